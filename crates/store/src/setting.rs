//! Settings: small JSON documents by name, with a revision for `If-Match`.

use crate::{Json, Result, Tx, sql};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A setting and the revision it was read at.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<T> {
    /// The setting.
    pub value: T,
    /// How often it was written; 0 when it never was.
    pub revision: i64,
}

/// The setting `name`, or `T`'s default if it was never written.
pub async fn get<T: DeserializeOwned + Default>(tx: &mut Tx, name: &str) -> Result<Versioned<T>> {
    let row: Option<(Json<serde_json::Value>, i64)> =
        sql!("select value, revision from settings where name = $1").bind(name).fetch_optional(tx).await?;
    Ok(match row {
        Some((Json(value), revision)) => Versioned { value: serde_json::from_value(value)?, revision },
        None => Versioned { value: T::default(), revision: 0 },
    })
}

/// Writes the setting `name`; gives its new revision.
pub async fn put<T: Serialize>(tx: &mut Tx, name: &str, value: &T) -> Result<i64> {
    let (revision,): (i64,) = sql!(
        "insert into settings (name, value, revision, changed_at) values ($1, $2, 1, $3) \
         on conflict (name) do update set value = excluded.value, revision = settings.revision + 1, \
         changed_at = excluded.changed_at returning revision"
    )
    .bind(name)
    .bind(serde_json::to_value(value)?)
    .bind(tx.now())
    .fetch_one(tx)
    .await?;
    Ok(revision)
}
