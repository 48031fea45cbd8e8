//! `/sessions`: the own sessions, and ending them.

use super::{Current, store as sessions};
use crate::{Answer, App, Problem, audit};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use serde_json::json;
use store::Lane;

/// A browser in which the caller is signed in.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnSession {
    /// Its id.
    #[schema(value_type = String)]
    id: Id<kinds::Session>,
    /// When they signed in.
    #[schema(value_type = String)]
    created_at: Instant,
    /// When it was last used, to the minute.
    #[schema(value_type = String)]
    seen_at: Instant,
    /// From where they signed in.
    address: String,
    /// What the browser calls itself.
    agent: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// The browsers in which the caller is signed in, the last used first.
#[utoipa::path(get, path = "/sessions", tag = "session", responses((status = 200, body = Vec<OwnSession>)))]
pub(super) async fn list(State(app): State<App>, current: Current) -> Answer<Json<Vec<OwnSession>>> {
    let mut tx = app.db().read().await?;
    let open = sessions::of(&mut tx, current.actor.user, current.actor.role).await?;
    let shown = |open: sessions::Open| {
        let sessions::Open { id, created_at, seen_at, address, agent } = open;
        OwnSession { id, created_at, seen_at, address, agent, current: id == current.session }
    };
    Ok(Json(open.into_iter().map(shown).collect()))
}

/// Signs out everywhere else.
#[utoipa::path(delete, path = "/sessions", tag = "session", responses((status = 204)))]
pub(super) async fn end_others(State(app): State<App>, current: Current) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let Current { actor, session, .. } = current;
                sessions::end_others(tx, actor.user, session).await?;
                let subject = Some(actor.user.number());
                audit::write(tx, Some(&actor), "session.others_ended", subject, json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// Signs out in one browser.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "session",
    params(("id" = String, Path, description = "The session")),
    responses((status = 204), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn end(
    State(app): State<App>,
    current: Current,
    Path(id): Path<Id<kinds::Session>>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let actor = current.actor;
                if !sessions::end_one(tx, actor.user, id).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "session.ended", Some(actor.user.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
