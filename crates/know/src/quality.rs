//! The quality of the customer base: what share of it is in order, and what is still to be set up, each with a door.
//!
//! Invariants:
//! - Each figure counts with the predicate of the list that it opens, within the caller's sight.
//! - A figure without anything to count is not known, and counts neither for nor against the score.
//! - The checklist reaches 100 %: every step of it can be done.

use crate::parties::list::{self, Filter, View};
use crate::parties::proposals;
use ::store::{Result, Tx, sql};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Registry};

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(read)));
    registry.allow("GET", "/quality", Permission::FiguresRead);
}

/// A share of the base that is in order.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Quality {
    /// `reachable`, `named`, `single`, `rows` or `products`.
    pub code: &'static str,
    /// The share that is in order, 0 to 1; none where there is nothing to count.
    pub share: Option<f64>,
    /// How many are not.
    pub wrong: i64,
    /// Of how many.
    pub of: i64,
    /// How much it counts in the score.
    pub weight: i64,
    /// Where those that are not in order stand.
    pub href: &'static str,
}

/// A step of setting up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckStep {
    /// What it is.
    pub step: String,
    /// Whether it is done.
    pub done: bool,
}

/// How good the customer base is, and what is still to be set up.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityReport {
    /// The weighted mean of the shares, 0 to 1; none without customers.
    score: Option<f64>,
    /// What the score is made of.
    parts: Vec<Quality>,
    /// What there is to set up.
    checklist: Vec<CheckStep>,
}

/// How good the customer base is, what the score is made of, and what is still to be set up.
#[utoipa::path(get, path = "/quality", tag = "know", responses((status = 200, body = QualityReport)))]
async fn read(State(app): State<App>, actor: Actor) -> Answer<Json<QualityReport>> {
    let mut tx = app.db().read().await?;
    let company = Company::load(&mut tx).await?;
    let view = View { today: company.today(app.clock()), currency: company.currency, sight: actor.sight };
    let parts = parts(&mut tx, view).await?;
    let mut checklist: Vec<CheckStep> = web::today::steps(&app, &mut tx, &company)
        .await?
        .into_iter()
        .map(|step| CheckStep { step: step.step.to_owned(), done: step.done })
        .collect();
    checklist.extend(own_steps(&mut tx, &parts).await?);
    Ok(Json(QualityReport { score: score(&parts), parts, checklist }))
}

/// The weighted mean of the shares that are known.
fn score(parts: &[Quality]) -> Option<f64> {
    let known = || parts.iter().filter_map(|part| Some((part.share?, part.weight as f64)));
    let weight: f64 = known().map(|(_, weight)| weight).sum();
    (weight > 0.0).then(|| known().map(|(share, weight)| share * weight).sum::<f64>() / weight)
}

fn part(code: &'static str, wrong: i64, of: i64, weight: i64, href: &'static str) -> Quality {
    let share = (of > 0).then(|| 1.0 - wrong.min(of) as f64 / of as f64);
    Quality { code, share, wrong, of, weight, href }
}

async fn parts(tx: &mut Tx, view: View) -> Result<Vec<Quality>> {
    let everyone = list::summary(tx, &Filter::default(), view).await?.count;
    let unreachable = Filter { reachable: Some(false), ..Filter::default() };
    let unreachable = list::summary(tx, &unreachable, view).await?.count;
    let nameless = Filter { named: Some(false), ..Filter::default() };
    let nameless = list::summary(tx, &nameless, view).await?.count;
    let (pairs, ..) = proposals::counts(tx, view.sight).await?;
    let (invalid, read) = rows(tx).await?;
    let (unnamed, lines) = lines(tx).await?;
    Ok(vec![
        part("reachable", unreachable, everyone, 4, "/know/customers?reachable=false"),
        part("named", nameless, everyone, 2, "/know/customers?named=false"),
        // A pair is one record too many.
        part("single", pairs, everyone, 2, "/know/duplicates"),
        part("rows", invalid, read, 1, "/know/imports"),
        part("products", unnamed, lines, 1, "/know/imports"),
    ])
}

/// Rows that could not be read, and all rows, of the imports that stand.
async fn rows(tx: &mut Tx) -> Result<(i64, i64)> {
    sql!(
        "select cast(coalesce(sum(rows_invalid), 0) as bigint), cast(coalesce(sum(rows_read), 0) as bigint) \
         from imports where state = 'done'"
    )
    .fetch_one(tx)
    .await
}

/// Order lines without a product, and all order lines.
async fn lines(tx: &mut Tx) -> Result<(i64, i64)> {
    sql!(
        "select cast(coalesce(sum(case when product is null then 1 else 0 end), 0) as bigint), count(*) \
         from order_lines where retracted_by is null and amount >= 0"
    )
    .fetch_one(tx)
    .await
}

/// What know adds to the steps of setting up.
async fn own_steps(tx: &mut Tx, parts: &[Quality]) -> Result<Vec<CheckStep>> {
    let in_order = |code: &str| parts.iter().any(|part| part.code == code && part.of > 0 && part.wrong == 0);
    let (questions,): (i64,) =
        sql!("select count(*) from questions where closed_at is null").fetch_one(tx).await?;
    let (memos,): (i64,) =
        sql!("select count(*) from (select id from notes where author is not null and deleted_at is null limit 1) one")
            .fetch_one(tx)
            .await?;
    let steps = [("duplicates", in_order("single")), ("question", questions > 0), ("memo", memos > 0)];
    Ok(steps.map(|(step, done)| CheckStep { step: step.to_owned(), done }).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_the_weighted_mean_of_what_is_known() {
        // (0.75 × 4 + 1.0 × 2) / 6
        let parts =
            [part("reachable", 25, 100, 4, ""), part("named", 0, 100, 2, ""), part("rows", 0, 0, 1, "")];
        assert_eq!(parts[2].share, None, "nothing was read");
        assert!((score(&parts).unwrap() - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(score(&parts[2..]), None);
    }
}
