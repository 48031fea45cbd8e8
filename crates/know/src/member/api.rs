//! `/parties/{id}/member-link`: a link to somebody's own page, to be handed to them.

use super::{PartyId, link};
use crate::parties::store;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::Instant;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, ProblemBody, Registry, audit};

pub(super) fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(make)));
    registry.allow("POST", "/parties/{id}/member-link", Permission::PartiesWrite);
}

/// A link to somebody's own page.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberLink {
    /// Its path, to be put behind the address of the program.
    path: String,
    /// Until when it works.
    #[schema(value_type = String)]
    expires_at: Instant,
}

/// Makes a link to a customer's own page, for them alone. What is done through it is recorded with who made it.
#[utoipa::path(post, path = "/parties/{id}/member-link", tag = "know",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = MemberLink), (status = 404, body = ProblemBody)))]
async fn make(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<PartyId>,
) -> Answer<(StatusCode, Json<MemberLink>)> {
    let made = app
        .db()
        .write(Lane::Interactive, move |tx| async move { issue(tx, &actor, id).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn issue(tx: &mut Tx, actor: &Actor, id: PartyId) -> Answer<MemberLink> {
    store::standing(tx, id, actor.sight).await?;
    let path = link::path(tx, id, link::BY_STAFF, link::Handed::ByStaff(actor.user)).await?;
    audit::write(tx, Some(actor), "member.link_made", Some(id.number()), json!({})).await?;
    Ok(MemberLink { path, expires_at: tx.now().plus(link::BY_STAFF) })
}
