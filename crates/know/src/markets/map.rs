//! The market map: how much each market matters, how much is done for it, and who belongs to it.

use super::model::{MARKETS, named};
use crate::parties::list::{self, Filter};
use ::store::{FromRow, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, IfMatch, Problem, ProblemBody, Sight, audit};

/// The most a market may matter, or be done for.
const MOST: i64 = 10;
/// Characters of a plan: an address, or a few sentences.
const PLAN_CHARS: usize = 2_000;

/// A market on the map.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketRow {
    /// Its code.
    market: &'static str,
    /// The market it is a part of.
    part_of: Option<&'static str>,
    /// How much it matters, 0 to 10.
    importance: Option<i64>,
    /// How much is done for it at present, 0 to 10.
    emphasis: Option<i64>,
    /// Importance minus emphasis: above 0 too little is done.
    gap: Option<i64>,
    /// Where its plan is, or the plan in a few sentences.
    plan: Option<String>,
    /// How many parties belong to it, of those whom the caller sees.
    parties: i64,
    /// For `If-Match`.
    etag: String,
    /// When it was scored.
    #[schema(value_type = Option<String>)]
    changed_at: Option<Instant>,
    /// By whom.
    changed_by: Option<String>,
}

#[derive(FromRow)]
struct Scored {
    market: String,
    importance: Option<i64>,
    emphasis: Option<i64>,
    plan: Option<String>,
    revision: i64,
    changed_at: Instant,
    changed_by_name: String,
}

async fn scored(tx: &mut Tx) -> Result<BTreeMap<String, Scored>> {
    let rows: Vec<Scored> =
        sql!("select market, importance, emphasis, plan, revision, changed_at, changed_by_name from markets")
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|row| (row.market.clone(), row)).collect())
}

/// Every market, in their order.
#[utoipa::path(get, path = "/markets", tag = "know", responses((status = 200, body = Vec<MarketRow>)))]
pub(super) async fn read(State(app): State<App>, actor: Actor) -> Answer<Json<Vec<MarketRow>>> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let mut scored = scored(&mut tx).await?;
    let mut rows = Vec::with_capacity(MARKETS.len());
    for market in &MARKETS {
        let filter = Filter { market: Some(market.code.into()), ..Filter::default() };
        let parties = list::count(&mut tx, &filter, today, actor.sight).await?;
        rows.push(row(market.code, market.part_of, scored.remove(market.code), parties, actor.sight));
    }
    Ok(Json(rows))
}

fn row(
    market: &'static str,
    part_of: Option<&'static str>,
    scored: Option<Scored>,
    parties: i64,
    sight: Sight,
) -> MarketRow {
    let (importance, emphasis) = (
        scored.as_ref().and_then(|scored| scored.importance),
        scored.as_ref().and_then(|scored| scored.emphasis),
    );
    MarketRow {
        market,
        part_of,
        importance,
        emphasis,
        gap: gap(importance, emphasis),
        plan: sight.maybe(scored.as_ref().and_then(|scored| scored.plan.clone())),
        parties,
        etag: web::etag(scored.as_ref().map_or(0, |scored| scored.revision)),
        changed_at: scored.as_ref().map(|scored| scored.changed_at),
        changed_by: scored.map(|scored| scored.changed_by_name),
    }
}

/// Importance minus present emphasis.
fn gap(importance: Option<i64>, emphasis: Option<i64>) -> Option<i64> {
    Some(importance? - emphasis?)
}

/// How much a market matters.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MarketEdit {
    /// How much it matters, 0 to 10; none while nobody has said.
    importance: Option<i64>,
    /// How much is done for it at present, 0 to 10.
    emphasis: Option<i64>,
    /// Where its plan is (an address that begins with `https://`), or the plan in a few sentences.
    plan: Option<String>,
}

impl MarketEdit {
    fn check(&self) -> Answer<()> {
        let mut problem = Problem::invalid("invalid");
        for (field, score) in [("importance", self.importance), ("emphasis", self.emphasis)] {
            if score.is_some_and(|score| !(0..=MOST).contains(&score)) {
                problem = problem.field(field, "market_score");
            }
        }
        if self.plan.as_deref().is_some_and(|plan| plan.chars().count() > PLAN_CHARS) {
            problem = problem.field("plan", "too_long");
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }

    fn plan(&self) -> Option<&str> {
        self.plan.as_deref().map(str::trim).filter(|plan| !plan.is_empty())
    }
}

/// Scores a market and says where its plan is.
#[utoipa::path(put, path = "/markets/{market}", tag = "know", request_body = MarketEdit,
    params(("market" = String, Path, description = "The code of the market")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(market): Path<String>,
    asked: IfMatch,
    Json(edit): Json<MarketEdit>,
) -> Answer<Response> {
    let market = named(&market).ok_or_else(Problem::not_found)?.code;
    edit.check()?;
    let revision = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { keep(tx, &actor, market, asked, edit).await }.boxed()
        })
        .await?;
    Ok((StatusCode::NO_CONTENT, [(header::ETAG, web::etag(revision))]).into_response())
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    market: &'static str,
    asked: IfMatch,
    edit: MarketEdit,
) -> Answer<i64> {
    let known: Option<(i64,)> =
        sql!("select revision from markets where market = $1").bind(market).fetch_optional(tx).await?;
    let revision = known.map_or(0, |(revision,)| revision);
    if !asked.allows(revision) {
        return Err(Problem::precondition_failed());
    }
    let kept = sql!(
        "insert into markets (market, importance, emphasis, plan, revision, changed_at, changed_by_name) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (market) do update set importance = excluded.importance, \
         emphasis = excluded.emphasis, plan = excluded.plan, revision = excluded.revision, \
         changed_at = excluded.changed_at, changed_by_name = excluded.changed_by_name \
         where markets.revision = excluded.revision - 1"
    )
    .bind(market)
    .bind(edit.importance)
    .bind(edit.emphasis)
    .bind(edit.plan().map(str::to_owned))
    .bind(revision + 1)
    .bind(tx.now())
    .bind(&actor.name)
    .execute(tx)
    .await?;
    if kept != 1 {
        return Err(Problem::precondition_failed());
    }
    let detail = json!({ "market": market, "importance": edit.importance, "emphasis": edit.emphasis });
    audit::write(tx, Some(actor), "market.scored", None, detail).await?;
    Ok(revision + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula of the market gap: importance minus present emphasis on one scale.
    #[test]
    fn the_gap_is_importance_minus_present_emphasis() {
        assert_eq!(gap(Some(9), Some(4)), Some(5));
        assert_eq!(gap(Some(3), Some(8)), Some(-5));
        assert_eq!((gap(None, Some(4)), gap(Some(4), None)), (None, None));
    }
}
