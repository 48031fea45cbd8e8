//! `/consent/notices`: notices that are owed, and saying that one was given by hand.

use super::model::{NoticeId, PartyId};
use crate::parties::keepers;
use ::store::{FromRow, Lane, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Instant};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, audit};

/// Notices listed: those that are due soonest.
const LISTED: i64 = 200;

pub(super) fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(routes!(open)).routes(routes!(given)));
    registry.allow("GET", "/consent/notices", Permission::PartiesRead);
    registry.allow("POST", "/consent/notices/{id}/told", Permission::PartiesWrite);
}

/// A notice that is owed.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[schema(as = ConsentNotice)]
pub struct Owed {
    /// Its id.
    #[schema(value_type = String)]
    pub id: NoticeId,
    /// To whom.
    #[schema(value_type = String)]
    pub party: PartyId,
    /// Their name.
    pub name: Option<String>,
    /// `result`: that their word was taken in; `reconfirm`: that their consent still stands.
    pub kind: String,
    /// The medium.
    pub channel: String,
    /// What for.
    pub purpose: String,
    /// What they said.
    pub state: String,
    /// When.
    #[schema(value_type = String)]
    pub said_at: Instant,
    /// By when the notice must be given.
    #[schema(value_type = String)]
    pub due_on: Day,
    /// Whether a letter is on its way.
    pub on_its_way: bool,
}

/// Notices that the law asks for and that were not given yet, the most urgent first.
#[utoipa::path(get, path = "/consent/notices", tag = "know", responses((status = 200, body = [Owed])))]
async fn open(State(app): State<App>, actor: Actor) -> Answer<Json<Vec<Owed>>> {
    let mut tx = app.db().read().await?;
    let rows: Vec<Owed> = sql!(
        "select n.id, coalesce(r.root, n.party) as party, p.name, n.kind, n.channel, n.purpose, n.state, n.said_at, \
         n.due_on, n.outgoing is not null as on_its_way from consent_notices n \
         left join party_root r on r.party = n.party join parties p on p.id = coalesce(r.root, n.party) \
         where n.told_at is null order by n.due_on, n.id limit $1"
    )
    .bind(LISTED)
    .fetch_all(&mut tx)
    .await?;
    let mut seen = Vec::new();
    for row in rows {
        if keepers::is_seen(&mut tx, row.party, actor.sight).await? {
            seen.push(Owed { name: actor.sight.maybe(row.name.clone()), ..row });
        }
    }
    Ok(Json(seen))
}

/// Says that a notice was given by hand.
#[utoipa::path(post, path = "/consent/notices/{id}/told", tag = "know",
    params(("id" = String, Path, description = "The notice")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn given(State(app): State<App>, actor: Actor, Path(id): Path<NoticeId>) -> Answer<StatusCode> {
    app.db().write(Lane::Interactive, move |tx| async move { close(tx, &actor, id).await }.boxed()).await
}

async fn close(tx: &mut Tx, actor: &Actor, id: NoticeId) -> Answer<StatusCode> {
    let about: Option<(PartyId,)> = sql!(
        "select coalesce(r.root, n.party) from consent_notices n left join party_root r on r.party = n.party \
         where n.id = $1 and n.told_at is null"
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    let (party,) = about.ok_or_else(Problem::not_found)?;
    if !keepers::is_seen(tx, party, actor.sight).await? {
        return Err(Problem::not_found());
    }
    sql!("update consent_notices set told_at = $1, told_by = $2 where id = $3")
        .bind(tx.now())
        .bind(actor.user)
        .bind(id)
        .execute(tx)
        .await?;
    audit::write(tx, Some(actor), "consent.notice_given", Some(id.number()), json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}
