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

/// Writes the setting `name`, whatever it was; gives its new revision.
pub async fn put<T: Serialize>(tx: &mut Tx, name: &str, value: &T) -> Result<i64> {
    put_if(tx, name, value, None).await?.ok_or(crate::Error::NotFound)
}

/// Writes the setting `name` if it is still at `revision` (any, when that is not given); gives its new revision, or
/// nothing when somebody was faster. The comparison is part of the write: reading before it would not do on PostgreSQL,
/// where another transaction may commit in between.
pub async fn put_if<T: Serialize>(
    tx: &mut Tx,
    name: &str,
    value: &T,
    revision: Option<i64>,
) -> Result<Option<i64>> {
    let row: Option<(i64,)> = sql!(
        "insert into settings (name, value, revision, changed_at) values ($1, $2, 1, $3) \
         on conflict (name) do update set value = excluded.value, revision = settings.revision + 1, \
         changed_at = excluded.changed_at where settings.revision = coalesce($4, settings.revision) \
         returning revision"
    )
    .bind(name)
    .bind(serde_json::to_value(value)?)
    .bind(tx.now())
    .bind(revision)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(revision,)| revision))
}
