//! Runs of the models in the database.

use super::fit::PersonScore;
use super::run::RunResult;
use crate::population::PartyId;
use ::store::{FromRow, Json, Result, Tx, sql};
use kernel::{Day, Id, Money, kinds};
use know::scores::{Estimate, Scores};
use web::Company;

/// Runs that are kept.
const RUNS: i64 = 30;

/// A run.
#[derive(Debug, Clone, FromRow)]
pub struct Run {
    /// The day it stood at.
    pub as_of: Day,
    /// What it found.
    pub result: Json<RunResult>,
}

/// The latest run.
pub async fn latest(tx: &mut Tx) -> Result<Option<Run>> {
    sql!("select as_of, result from model_runs order by id desc limit 1").fetch_optional(tx).await
}

/// Keeps a run and forgets old ones.
pub async fn keep(tx: &mut Tx, run: Id<kinds::Run>, as_of: Day, result: &RunResult) -> Result<()> {
    sql!("insert into model_runs (id, as_of, customers, result, at) values ($1, $2, $3, $4, $5)")
        .bind(run)
        .bind(as_of)
        .bind(i64::try_from(result.customers).unwrap_or(i64::MAX))
        .bind(serde_json::to_value(result)?)
        .bind(tx.now())
        .execute(tx)
        .await?;
    sql!("delete from model_runs where id not in (select id from model_runs order by id desc limit $1)")
        .bind(RUNS)
        .execute(tx)
        .await
        .map(drop)
}

/// The scores of one person as they are kept.
pub fn scores(party: PartyId, score: &PersonScore, run: Id<kinds::Run>) -> Scores {
    // What the model cannot bound is stored as no bound.
    let end = |end: f64| end.is_finite().then_some(end);
    let estimate = |[value, low, high]: [f64; 3]| Estimate { value, low: end(low), high: end(high) };
    Scores {
        party,
        p_alive: Some(estimate(score.p_alive)),
        expected_orders: Some(estimate(score.orders)),
        value: score.value.map(estimate),
        run: run.number(),
    }
}

/// The mean value of a live customer: by the scores, else from what they spent so far and the margin, else unknown.
pub async fn mean_value(tx: &mut Tx, company: &Company) -> Result<Option<Money>> {
    let (sum, people): (i64, i64) = sql!(
        "select cast(coalesce(sum(cast(round(s.value) as bigint)), 0) as bigint), count(s.value) from facts f \
         join scores s on s.party = f.party where f.state in ('new', 'active', 'regular', 'returned')"
    )
    .fetch_one(tx)
    .await?;
    if people > 0 {
        return Ok(Some(Money::new(company.currency, sum / people)));
    }
    mean_spend(tx, company).await
}

/// The mean of what live customers spent so far, times the margin, where one is known.
pub async fn mean_spend(tx: &mut Tx, company: &Company) -> Result<Option<Money>> {
    let (spend, people): (i64, i64) = sql!(
        "select cast(coalesce(sum(spend), 0) as bigint), count(*) from facts \
         where currency = $1 and state in ('new', 'active', 'regular', 'returned')"
    )
    .bind(company.currency)
    .fetch_one(tx)
    .await?;
    let margin = company.margin_percent.filter(|_| people > 0 && spend > 0);
    Ok(margin.map(|percent| {
        Money::new(company.currency, (spend as f64 * percent / 100.0 / people as f64).round() as i64)
    }))
}

/// The mean value of a live customer as the latest run left it, in the company's present currency.
pub async fn value_per_person(tx: &mut Tx, company: &Company) -> Result<Option<Money>> {
    match latest(tx).await? {
        Some(run) => Ok(run.result.0.value_per_person.filter(|value| value.currency == company.currency)),
        None => mean_value(tx, company).await,
    }
}
