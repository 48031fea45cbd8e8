//! `/parties/proposals`: the pairs, what is decided about them, and the search for more.

use super::decide::{Decided, Decision, Outcome, decide};
use super::model::ProposalId;
use super::store::{self, Which};
use super::view::{MergeProposal, shown};
use super::{cards, search};
use crate::parties::api::view;
use ::store::{Lane, Tx, job};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Answer, App, Page, PageQuery, Permission, Problem, ProblemBody, Registry};

/// Decisions of one request.
const AT_ONCE: usize = 200;

/// Registers the routes, the card and the search.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list_proposals))
        .routes(routes!(count_proposals))
        .routes(routes!(decide_proposals))
        .routes(routes!(search_duplicates))
        .routes(routes!(dismiss));
    registry.routes(routes);
    registry.allow("GET", "/parties/proposals", Permission::PartiesRead);
    registry.allow("GET", "/parties/proposals/counts", Permission::PartiesRead);
    registry.allow("POST", "/parties/proposals/decide", Permission::PartiesWrite);
    registry.allow("POST", "/parties/proposals/search", Permission::PartiesWrite);
    registry.allow("POST", "/parties/proposals/{id}/dismiss", Permission::PartiesWrite);
    registry.work(search::SearchDuplicates);
    registry.cards(cards::ProposalCard);
}

/// Which proposals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StateQuery {
    /// `open`, `waiting`, `dismissed` or `merged`; `open` when left out.
    state: Option<String>,
}

/// Pairs of customers that may be one, the surest first.
#[utoipa::path(get, path = "/parties/proposals", tag = "know", params(StateQuery, PageQuery),
    responses((status = 200, body = Page<MergeProposal>), (status = 422, body = ProblemBody)))]
async fn list_proposals(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<StateQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<MergeProposal>>> {
    let state = asked.state.as_deref().unwrap_or("open");
    let which = Which::parse(state).ok_or_else(|| Problem::invalid("invalid").field("state", "unknown"))?;
    let after = page.cursor.as_deref().map(web::cursor::decode).transpose()?.unwrap_or((i64::MAX, i64::MAX));
    let limit = page.limit();
    let mut tx = app.db().read().await?;
    let view = view(&app, &mut tx, &actor).await?;
    let mut rows = store::page(&mut tx, which, after, limit + 1).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| web::cursor::encode(&(last.score, last.id.number())));
    Ok(Json(Page { items: shown(&mut tx, rows, view).await?, next }))
}

/// How many proposals there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalCounts {
    /// To be looked at.
    open: i64,
    /// Put off for some days.
    waiting: i64,
    /// Two people, as somebody said.
    dismissed: i64,
    /// Merged.
    merged: i64,
}

/// How many proposals there are in each state.
#[utoipa::path(get, path = "/parties/proposals/counts", tag = "know", responses((status = 200, body = ProposalCounts)))]
async fn count_proposals(State(app): State<App>, actor: Actor) -> Answer<Json<ProposalCounts>> {
    let mut tx = app.db().read().await?;
    let (open, waiting, dismissed, merged) = store::counts(&mut tx, actor.sight).await?;
    Ok(Json(ProposalCounts { open, waiting, dismissed, merged }))
}

/// Decisions about proposals.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Decisions {
    /// At most 200, done in this order: all of them or none.
    decisions: Vec<Decided>,
}

/// What became of decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outcomes {
    /// In the order they were given.
    outcomes: Vec<Outcome>,
}

/// Decides about proposals: merge, two people, later, or open again.
#[utoipa::path(post, path = "/parties/proposals/decide", tag = "know", request_body = Decisions,
    responses((status = 200, body = Outcomes), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
async fn decide_proposals(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<Decisions>,
) -> Answer<Json<Outcomes>> {
    if asked.decisions.is_empty() || asked.decisions.len() > AT_ONCE {
        return Err(Problem::invalid("invalid").field("decisions", "record_count").with("max", AT_ONCE));
    }
    let outcomes = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { decide_all(tx, &actor, &asked.decisions).await }.boxed()
        })
        .await?;
    app.reactor().drain().await?;
    Ok(Json(Outcomes { outcomes }))
}

async fn decide_all(tx: &mut Tx, actor: &Actor, decisions: &[Decided]) -> Answer<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(decisions.len());
    for decided in decisions {
        outcomes.push(decide(tx, actor, decided).await?);
    }
    Ok(outcomes)
}

/// Looks for customers who are entered twice, in the background.
#[utoipa::path(post, path = "/parties/proposals/search", tag = "know", responses((status = 202, body = job::JobState)))]
async fn search_duplicates(State(app): State<App>) -> Answer<(StatusCode, Json<job::JobState>)> {
    let state = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let id = job::start(tx, search::KIND, serde_json::json!({})).await?;
                job::state(tx, id).await?.ok_or_else(Problem::not_found)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(state)))
}

/// Says that two customers are two.
#[utoipa::path(post, path = "/parties/proposals/{id}/dismiss", tag = "know",
    params(("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = MergeProposal), (status = 404, body = ProblemBody)))]
async fn dismiss(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<ProposalId>,
) -> Answer<Json<MergeProposal>> {
    let decided = Decided { id, decision: Decision::Dismiss, survivor: None };
    let by = actor.clone();
    app.db()
        .write(Lane::Interactive, move |tx| async move { decide(tx, &by, &decided).await }.boxed())
        .await?;
    let mut tx = app.db().read().await?;
    let view = view(&app, &mut tx, &actor).await?;
    let row = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    shown(&mut tx, vec![row], view).await?.pop().map(Json).ok_or_else(Problem::not_found)
}
