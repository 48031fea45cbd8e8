//! `/sending`: whether what should leave is held back, and letting it go.
//!
//! A company that was restored from a backup sends nothing until an owner has said why it may.

use crate::{Actor, Answer, App, Permission, Problem, Registry, audit};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::freeze::{self, Frozen};
use store::{Lane, Tx, setting, sql};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The name of the setting that keeps who lifted the freeze last, and why.
const LIFTED: &str = "sending.lifted";

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(read)).routes(routes!(lift)));
    registry.allow("GET", "/sending", Permission::SignedIn);
    registry.allow("POST", "/sending/lift", Permission::SendingLift);
}

/// Whether things are sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Sending {
    /// Since when and why nothing is sent, if so.
    frozen: Option<Frozen>,
    /// How many parcels wait.
    waiting: i64,
}

/// Whether things are sent.
#[utoipa::path(get, path = "/sending", tag = "company", responses((status = 200, body = Sending)))]
async fn read(State(app): State<App>) -> Answer<Json<Sending>> {
    let mut tx = app.db().read().await?;
    let frozen = freeze::state(&mut tx).await?;
    let (waiting,): (i64,) =
        sql!("select count(*) from outbox where sent_at is null and given_up_at is null")
            .fetch_one(&mut tx)
            .await?;
    Ok(Json(Sending { frozen, waiting }))
}

/// Why things may be sent again.
#[derive(Deserialize, utoipa::ToSchema)]
struct Lift {
    /// In the owner's words.
    reason: String,
    /// Nobody was erased after the restored backup was made: the owner answers for that. Asked for only where
    /// `erasures_owed` says that there was no list of them.
    #[serde(default)]
    nobody_was_erased: bool,
}

/// Who lifted the freeze, when and why.
#[derive(Serialize)]
struct Lifted {
    by: Id<kinds::User>,
    at: Instant,
    reason: String,
}

/// Lets things be sent again.
#[utoipa::path(post, path = "/sending/lift", tag = "company", request_body = Lift, responses((status = 204),
    (status = 409, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
async fn lift(State(app): State<App>, actor: Actor, Json(asked): Json<Lift>) -> Answer<StatusCode> {
    let reason = asked.reason.trim().to_owned();
    match reason.chars().count() {
        0 => return Err(Problem::invalid("invalid").field("reason", "required")),
        1..=limits::NAME_CHARS => {}
        _ => return Err(Problem::invalid("invalid").field("reason", "too_long")),
    }
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move { lift_by(tx, &actor, reason, asked.nobody_was_erased).await }.boxed()
        })
        .await
}

async fn lift_by(tx: &mut Tx, actor: &Actor, reason: String, waived: bool) -> Answer<StatusCode> {
    if freeze::state(tx).await?.is_some_and(|frozen| frozen.erasures_owed) {
        if !waived {
            return Err(Problem::conflict("erasures_owed"));
        }
        audit::write(tx, Some(actor), "restore.erasures_waived", None, json!({})).await?;
    }
    if !freeze::lift(tx).await? {
        return Err(Problem::conflict("not_frozen"));
    }
    let revision = setting::put(tx, LIFTED, &Lifted { by: actor.user, at: tx.now(), reason }).await?;
    // The words stay in the setting: the audit log holds no free text.
    audit::write(tx, Some(actor), "sending.lifted", None, json!({ "revision": revision })).await?;
    Ok(StatusCode::NO_CONTENT)
}
