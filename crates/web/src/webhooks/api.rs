//! `/webhooks`: making and changing webhooks, the log of deliveries, and telling again.

use super::address::Reach;
use super::reaction::KINDS;
use super::sign;
use super::store::{self as hooks, Delivery, Hook, HookId};
use crate::{Actor, Answer, App, Page, PageQuery, Problem, audit, cursor};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, Tx};

/// Webhooks at most.
const HOOKS: usize = 50;
/// Characters of an address.
const URL_CHARS: usize = 2_000;
/// Bytes of a secret (Standard Webhooks: 24 to 64).
const SECRET_BYTES: usize = 32;

/// A webhook, without its secret.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Webhook {
    /// Its id.
    #[schema(value_type = String)]
    id: HookId,
    /// Where it goes.
    url: String,
    /// The kinds of interaction it is told of.
    kinds: Vec<String>,
    /// Whether it is told of anything now.
    active: bool,
    /// When it was made.
    #[schema(value_type = String)]
    created_at: Instant,
}

impl From<Hook> for Webhook {
    fn from(hook: Hook) -> Self {
        let kinds = hook.kinds.split_whitespace().map(str::to_owned).collect();
        Self { id: hook.id, url: hook.url, kinds, active: hook.active, created_at: hook.created_at }
    }
}

/// The webhooks, the newest first.
#[utoipa::path(get, path = "/webhooks", tag = "access", responses((status = 200, body = Vec<Webhook>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<Webhook>>> {
    let mut tx = app.db().read().await?;
    Ok(Json(hooks::all(&mut tx).await?.into_iter().map(Webhook::from).collect()))
}

/// Where a webhook goes and what it is told of.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct WebhookEdit {
    /// A public address that speaks https.
    url: String,
    /// `order.added`, `order.changed`, `order.retracted`, `party.added`, `party.edited`, `visit.recorded`,
    /// `note.written`, `state.changed`, `event.told`.
    kinds: Vec<String>,
    /// Whether it is told of anything; true when left out.
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

impl WebhookEdit {
    fn check(&self, reach: Reach) -> Answer<()> {
        let mut problem = Problem::invalid("invalid");
        if self.url.chars().count() > URL_CHARS {
            problem = problem.field("url", "too_long");
        } else if let Some(code) = reach.fault(&self.url) {
            problem = problem.field("url", code);
        }
        if self.kinds.is_empty() {
            problem = problem.field("kinds", "required");
        } else if !self.kinds.iter().all(|kind| KINDS.contains(&kind.as_str())) {
            problem = problem.field("kinds", "webhook_kind_unknown").with("kinds", KINDS.join(", "));
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

/// A webhook with its secret: shown now and never again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    /// By which the receiver checks the signature.
    secret: String,
}

/// Makes a webhook; it is told of what happens from now on.
#[utoipa::path(post, path = "/webhooks", tag = "access", request_body = WebhookEdit, responses(
    (status = 201, body = MadeWebhook), (status = 409, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(edit): Json<WebhookEdit>,
) -> Answer<(StatusCode, Json<MadeWebhook>)> {
    edit.check(app.registry().reach())?;
    app.db().write(Lane::Interactive, move |tx| async move { make(tx, &actor, edit).await }.boxed()).await
}

async fn make(tx: &mut Tx, actor: &Actor, edit: WebhookEdit) -> Answer<(StatusCode, Json<MadeWebhook>)> {
    if hooks::all(tx).await?.len() >= HOOKS {
        return Err(Problem::conflict("webhooks_full").with("max", HOOKS));
    }
    let mut secret = vec![0; SECRET_BYTES];
    tx.environment().chance.clone().fill(&mut secret);
    let (id, created_at) = (tx.id(), tx.now());
    let hook =
        Hook { id, url: edit.url, secret, kinds: edit.kinds.join(" "), active: edit.active, created_at };
    hooks::insert(tx, &hook).await?;
    audit::write(tx, Some(actor), "webhook.created", Some(id.number()), json!({ "kinds": edit.kinds }))
        .await?;
    let secret = sign::shown(&hook.secret);
    Ok((StatusCode::CREATED, Json(MadeWebhook { webhook: hook.into(), secret })))
}

/// Changes where a webhook goes and what it is told of. What is in the outbox goes where it was meant to.
#[utoipa::path(put, path = "/webhooks/{id}", tag = "access", request_body = WebhookEdit,
    params(("id" = String, Path, description = "The webhook")), responses((status = 200, body = Webhook),
    (status = 404, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<HookId>,
    Json(edit): Json<WebhookEdit>,
) -> Answer<Json<Webhook>> {
    edit.check(app.registry().reach())?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let before = hooks::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                let hook = Hook { url: edit.url, kinds: edit.kinds.join(" "), active: edit.active, ..before };
                hooks::update(tx, &hook).await?;
                let detail = json!({ "kinds": edit.kinds, "active": edit.active });
                audit::write(tx, Some(&actor), "webhook.changed", Some(id.number()), detail).await?;
                Ok(Json(hook.into()))
            }
            .boxed()
        })
        .await
}

/// Removes a webhook, with its log of deliveries and whatever was still to be told to it.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "access",
    params(("id" = String, Path, description = "The webhook")),
    responses((status = 204), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<HookId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !hooks::delete(tx, id).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "webhook.deleted", Some(id.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// A delivery.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WebhookDelivery {
    /// Its id.
    #[schema(value_type = String)]
    id: Id<kinds::Outgoing>,
    /// The message's name, the same at every try and replay: `webhook-id`.
    message: String,
    /// The kind of interaction.
    kind: String,
    /// What was told.
    payload: String,
    /// `waiting`, `delivered` or `failed`.
    state: &'static str,
    /// Tries so far.
    tries: i64,
    /// What went wrong at the last one.
    error: Option<String>,
    /// When it was to be told first.
    #[schema(value_type = String)]
    created_at: Instant,
    /// When it was taken, or given up.
    #[schema(value_type = Option<String>)]
    ended_at: Option<Instant>,
    /// When it is tried next.
    #[schema(value_type = Option<String>)]
    next_at: Option<Instant>,
}

impl From<Delivery> for WebhookDelivery {
    fn from(row: Delivery) -> Self {
        let state = match (row.sent_at, row.given_up_at) {
            (Some(_), _) => "delivered",
            (None, Some(_)) => "failed",
            (None, None) => "waiting",
        };
        Self {
            id: row.delivery,
            message: row.message,
            kind: row.kind,
            payload: row.payload,
            state,
            tries: row.tries,
            error: row.error,
            created_at: row.created_at,
            ended_at: row.sent_at.or(row.given_up_at),
            next_at: (state == "waiting").then_some(row.next_at),
        }
    }
}

/// The deliveries to a webhook, the newest first.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "access", params(PageQuery,
    ("id" = String, Path, description = "The webhook")),
    responses((status = 200, body = Page<WebhookDelivery>), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn deliveries(
    State(app): State<App>,
    Path(id): Path<HookId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<WebhookDelivery>>> {
    let before = page.cursor.as_deref().map(cursor::decode::<i64>).transpose()?.unwrap_or(i64::MAX);
    let limit = page.limit();
    let mut tx = app.db().read().await?;
    hooks::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let mut rows = hooks::deliveries(&mut tx, id, before, limit + 1).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| cursor::encode(&last.delivery.number()));
    Ok(Json(Page { items: rows.into_iter().map(WebhookDelivery::from).collect(), next }))
}

/// Tells something again, under the same `webhook-id` and where the webhook goes now.
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/replay", tag = "access",
    params(("id" = String, Path, description = "The webhook"), ("delivery" = String, Path, description = "The delivery")),
    responses((status = 202, body = Object), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn replay(
    State(app): State<App>,
    actor: Actor,
    Path((id, delivery)): Path<(HookId, Id<kinds::Outgoing>)>,
) -> Answer<(StatusCode, Json<serde_json::Value>)> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let hook = hooks::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                let told = hooks::told(tx, id, delivery).await?.ok_or_else(Problem::not_found)?;
                let again = hooks::put(tx, &hook, &told.0, &told.1, &told.2).await?;
                audit::write(tx, Some(&actor), "webhook.replayed", Some(id.number()), json!({})).await?;
                Ok((StatusCode::ACCEPTED, Json(json!({ "delivery": again }))))
            }
            .boxed()
        })
        .await
}
