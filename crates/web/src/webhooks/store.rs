//! Webhooks and their deliveries in the database.

use super::sign;
use kernel::{Id, Instant, kinds};
use serde_json::json;
use store::{FromRow, Result, Tx, outbox, sql};

pub(super) type HookId = Id<kinds::Webhook>;

/// The carrier of the outbox.
pub(super) const CARRIER: &str = "webhook";

/// A webhook as its row stands.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Hook {
    pub id: HookId,
    pub url: String,
    pub secret: Vec<u8>,
    pub kinds: String,
    pub active: bool,
    pub created_at: Instant,
}

/// All webhooks, the newest first.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Hook>> {
    sql!("select id, url, secret, kinds, active, created_at from webhooks order by id desc")
        .fetch_all(tx)
        .await
}

/// One webhook.
pub(super) async fn find(tx: &mut Tx, id: HookId) -> Result<Option<Hook>> {
    sql!("select id, url, secret, kinds, active, created_at from webhooks where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// Writes a new webhook.
pub(super) async fn insert(tx: &mut Tx, hook: &Hook) -> Result<()> {
    sql!("insert into webhooks (id, url, secret, kinds, active, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(hook.id)
        .bind(&hook.url)
        .bind(hook.secret.clone())
        .bind(&hook.kinds)
        .bind(hook.active)
        .bind(hook.created_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Changes a webhook.
pub(super) async fn update(tx: &mut Tx, hook: &Hook) -> Result<()> {
    sql!("update webhooks set url = $1, kinds = $2, active = $3 where id = $4")
        .bind(&hook.url)
        .bind(&hook.kinds)
        .bind(hook.active)
        .bind(hook.id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Removes a webhook and whatever was still to be told to it; gives whether there was one.
pub(super) async fn delete(tx: &mut Tx, id: HookId) -> Result<bool> {
    sql!("delete from outbox where id in (select delivery from webhook_deliveries where hook = $1)")
        .bind(id)
        .execute(tx)
        .await?;
    sql!("delete from webhook_deliveries where hook = $1").bind(id).execute(tx).await?;
    Ok(sql!("delete from webhooks where id = $1").bind(id).execute(tx).await? == 1)
}

/// Puts a message to `hook` into the outbox. `message` is its name, the same at every try and replay.
pub(super) async fn put(
    tx: &mut Tx,
    hook: &Hook,
    message: &str,
    kind: &str,
    payload: &str,
) -> Result<Id<kinds::Outgoing>> {
    let secret = sign::shown(&hook.secret);
    let body = json!({ "url": hook.url, "secret": secret, "message": message, "payload": payload });
    let delivery = outbox::put(tx, CARRIER, body).await?;
    sql!(
        "insert into webhook_deliveries (delivery, hook, message, kind, payload) values ($1, $2, $3, $4, $5)"
    )
    .bind(delivery)
    .bind(hook.id)
    .bind(message)
    .bind(kind)
    .bind(payload)
    .execute(tx)
    .await?;
    Ok(delivery)
}

/// A delivery as the log of them shows it.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Delivery {
    pub delivery: Id<kinds::Outgoing>,
    pub message: String,
    pub kind: String,
    pub payload: String,
    pub tries: i64,
    pub created_at: Instant,
    pub next_at: Instant,
    pub sent_at: Option<Instant>,
    pub given_up_at: Option<Instant>,
    pub error: Option<String>,
}

/// Deliveries to a webhook before `before`, the newest first.
pub(super) async fn deliveries(tx: &mut Tx, hook: HookId, before: i64, limit: i64) -> Result<Vec<Delivery>> {
    sql!(
        "select d.delivery, d.message, d.kind, d.payload, o.tries, o.created_at, o.next_at, o.sent_at, \
         o.given_up_at, o.error from webhook_deliveries d join outbox o on o.id = d.delivery \
         where d.hook = $1 and d.delivery < $2 order by d.delivery desc limit $3"
    )
    .bind(hook)
    .bind(before)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// What a delivery told: its name, kind and payload.
pub(super) async fn told(
    tx: &mut Tx,
    hook: HookId,
    delivery: Id<kinds::Outgoing>,
) -> Result<Option<(String, String, String)>> {
    sql!("select message, kind, payload from webhook_deliveries where hook = $1 and delivery = $2")
        .bind(hook)
        .bind(delivery)
        .fetch_optional(tx)
        .await
}
