//! The audit log: who did what, in ids and codes, written in the transaction of the deed.

use crate::Actor;
use kernel::{Id, kinds};
use store::{Result, Tx, sql};

/// Writes one entry. `detail` holds ids and codes only: never a name, a contact or free text.
pub async fn write(
    tx: &mut Tx,
    actor: Option<&Actor>,
    action: &'static str,
    subject: Option<i64>,
    detail: serde_json::Value,
) -> Result<()> {
    let id: Id<kinds::Audit> = tx.id();
    let mut detail = detail;
    if let (Some(key), Some(detail)) = (actor.and_then(|actor| actor.key), detail.as_object_mut()) {
        detail.insert("key".into(), key.to_string().into());
    }
    sql!("insert into audit (id, at, user_id, action, subject, detail) values ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(tx.now())
        .bind(actor.map(|actor| actor.user))
        .bind(action)
        .bind(subject)
        .bind(detail)
        .execute(tx)
        .await?;
    Ok(())
}
