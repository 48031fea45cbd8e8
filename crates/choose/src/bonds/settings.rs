//! What to do next with a customer at each level, which the owner writes: the setting `choose.bonds`.

use ::store::setting::{self, Versioned};
use ::store::{Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of the setting.
const SETTING: &str = "choose.bonds";
/// Characters of a text.
const TEXT: usize = 300;
/// Levels a customer can stand at: 0 to 3.
pub const STEPS: usize = 4;

/// What to do next, in both languages; an empty text stands for the program's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NextStep {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

/// What to do next at each level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BondSettings {
    /// For customers at level 0, 1, 2 and 3.
    pub next: Vec<NextStep>,
}

impl Default for BondSettings {
    fn default() -> Self {
        Self { next: vec![NextStep::default(); STEPS] }
    }
}

impl BondSettings {
    pub(super) async fn versioned(tx: &mut Tx) -> Result<Versioned<Self>> {
        setting::get(tx, SETTING).await
    }

    /// Writes the settings if they are still at `revision`, where one is given; gives their new revision.
    pub(super) async fn save(&self, tx: &mut Tx, revision: Option<i64>) -> Result<Option<i64>> {
        setting::put_if(tx, SETTING, self, revision).await
    }

    /// The fields that cannot be so, each with its code.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let is_long = |text: &String| text.chars().count() > TEXT;
        match () {
            () if self.next.len() != STEPS => vec![("next", "bond_steps")],
            () if self.next.iter().any(|next| is_long(&next.ko) || is_long(&next.en)) => {
                vec![("next", "too_long")]
            }
            () => Vec::new(),
        }
    }
}
