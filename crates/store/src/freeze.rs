//! The freeze: a company that comes from a backup sends nothing until a person says so.
//!
//! What is in the outbox of a backup may have been sent since, and people may have asked to be left alone since. While
//! the setting is there, no parcel leaves the outbox; new ones gather behind it. Nor can it be lifted while people may be
//! in it who were erased after the backup was made.

use crate::{Json, Result, Tx, setting, sql};
use kernel::Instant;
use serde::{Deserialize, Serialize};

/// The name of the setting; the outbox looks for it by name.
const SETTING: &str = "sending.frozen";

/// Since when and why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Frozen {
    /// Since when.
    #[schema(value_type = String)]
    pub since: Instant,
    /// Why, as a code: `restored`.
    pub why: String,
    /// Whether those who were erased after the backup was made may still be in it: then nobody can lift the freeze.
    #[serde(default)]
    pub erasures_owed: bool,
}

/// Freezes what would be sent. A company that comes from a backup owes those who were erased since to be erased again.
pub async fn freeze(tx: &mut Tx, why: &str) -> Result<()> {
    let frozen = Frozen { since: tx.now(), why: why.to_owned(), erasures_owed: true };
    setting::put(tx, SETTING, &frozen).await.map(drop)
}

/// Says that those who were erased are erased again, or that whoever restored it answers for there being nobody.
pub async fn settle_erasures(tx: &mut Tx) -> Result<()> {
    match state(tx).await? {
        Some(frozen) => {
            let frozen = Frozen { erasures_owed: false, ..frozen };
            setting::put(tx, SETTING, &frozen).await.map(drop)
        }
        None => Ok(()),
    }
}

/// Whether and why nothing is sent.
pub async fn state(tx: &mut Tx) -> Result<Option<Frozen>> {
    let row: Option<(Json<Frozen>,)> =
        sql!("select value from settings where name = $1").bind(SETTING).fetch_optional(tx).await?;
    Ok(row.map(|(Json(frozen),)| frozen))
}

/// Lets things be sent again; gives whether anything was frozen.
pub async fn lift(tx: &mut Tx) -> Result<bool> {
    let lifted = sql!("delete from settings where name = $1").bind(SETTING).execute(tx).await?;
    Ok(lifted > 0)
}
