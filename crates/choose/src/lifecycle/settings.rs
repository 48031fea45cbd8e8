//! The thresholds of the life cycle, which the owner may change: the setting `choose.states`.

use ::store::setting::{self, Versioned};
use ::store::{Result, Tx};
use serde::{Deserialize, Serialize};

/// The name of the setting.
const SETTING: &str = "choose.states";

/// When someone counts as active, regular, dormant and lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct StateSettings {
    /// Active up to so many usual intervals after the last order; dormant from then on.
    pub active_until: f64,
    /// Lost after so many usual intervals.
    pub lost_after: f64,
    /// Regular with at least so many order days…
    pub regular_orders: i64,
    /// …within so many days.
    pub regular_days: i64,
    /// A shorter usual interval is taken for so many days.
    pub min_interval_days: i64,
}

impl Default for StateSettings {
    fn default() -> Self {
        Self {
            active_until: 1.5,
            lost_after: 3.0,
            regular_orders: 3,
            regular_days: 365,
            min_interval_days: 3,
        }
    }
}

impl StateSettings {
    /// The settings as they stand.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(Self::versioned(tx).await?.value)
    }

    pub(crate) async fn versioned(tx: &mut Tx) -> Result<Versioned<Self>> {
        setting::get(tx, SETTING).await
    }

    /// Writes the settings if they are still at `revision`, where one is given; gives their new revision.
    pub(super) async fn save(&self, tx: &mut Tx, revision: Option<i64>) -> Result<Option<i64>> {
        setting::put_if(tx, SETTING, self, revision).await
    }

    /// The fields that cannot be so, each with its code.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let lost = self.active_until..=50.0;
        let checks = [
            ("active_until", (1.0..=10.0).contains(&self.active_until), "active_until_range"),
            (
                "lost_after",
                lost.contains(&self.lost_after) && self.lost_after > self.active_until,
                "lost_after_range",
            ),
            ("regular_orders", (2..=100).contains(&self.regular_orders), "regular_orders_range"),
            ("regular_days", (30..=3_650).contains(&self.regular_days), "regular_days_range"),
            ("min_interval_days", (1..=60).contains(&self.min_interval_days), "min_interval_range"),
        ];
        checks.into_iter().filter(|(_, sound, _)| !sound).map(|(field, _, code)| (field, code)).collect()
    }

    pub(super) fn min_interval(&self) -> f64 {
        self.min_interval_days as f64
    }

    pub(super) fn regular_orders(&self) -> usize {
        usize::try_from(self.regular_orders).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;
    use web::text;

    #[test]
    fn settings_that_contradict_themselves_are_named() {
        assert_eq!(StateSettings::default().faults(), []);
        let odd =
            StateSettings { active_until: 3.0, lost_after: 3.0, regular_orders: 1, ..Default::default() };
        assert_eq!(
            odd.faults(),
            [("lost_after", "lost_after_range"), ("regular_orders", "regular_orders_range")]
        );
        for (_, code) in odd.faults() {
            let key = format!("field.{code}");
            assert!(
                [Locale::Ko, Locale::En].iter().all(|locale| text::find(*locale, &key).is_some()),
                "{key}"
            );
        }
        let nothing = StateSettings { active_until: f64::NAN, min_interval_days: 0, ..Default::default() };
        let fields: Vec<_> = nothing.faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["active_until", "lost_after", "min_interval_days"]);
    }
}
