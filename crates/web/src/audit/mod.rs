//! The audit log: who did what, in ids and codes, written in the transaction of the deed.
//!
//! Invariants:
//! - Rows are only added, and hold ids and codes: never a name, a contact or free text.
//! - Each row waits in `audit_pending` until the sealer chains it ([`seal`]). A row outside both, a row that differs
//!   from its hash, and a chain that is shorter than its signed head or than a line of the anchor file are found by
//!   [`verify`].

mod api;
mod chain;
mod key;
pub mod seal;
mod store;
pub mod verify;

pub(crate) use api::register;
pub use key::{FILE as KEY_FILE, KEY};

use crate::Actor;
use ::store::{Result, Tx, sql};
use kernel::{Id, kinds};

/// Writes one entry. `detail` holds ids and codes only: never a name, a contact or free text.
pub async fn write(
    tx: &mut Tx,
    actor: Option<&Actor>,
    action: &'static str,
    subject: Option<i64>,
    detail: serde_json::Value,
) -> Result<()> {
    let mut detail = detail;
    if let (Some(key), Some(detail)) = (actor.and_then(|actor| actor.key), detail.as_object_mut()) {
        detail.insert("key".into(), key.to_string().into());
    }
    write_by(tx, actor.map(|actor| actor.user), action, subject, detail).await
}

/// Writes one entry for what the program does later, on the word of a user or of nobody.
pub async fn write_by(
    tx: &mut Tx,
    user: Option<Id<kinds::User>>,
    action: &'static str,
    subject: Option<i64>,
    detail: serde_json::Value,
) -> Result<()> {
    let id: Id<kinds::Audit> = tx.id();
    sql!("insert into audit (id, at, user_id, action, subject, detail) values ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(tx.now())
        .bind(user)
        .bind(action)
        .bind(subject)
        .bind(detail)
        .execute(tx)
        .await?;
    sql!("insert into audit_pending (entry) values ($1)").bind(id).execute(tx).await?;
    Ok(())
}
