//! `/choose/rfm`: the cells of the last run.

use super::model::{ENOUGH, RfmRun};
use super::store;
use ::store::{Result, Tx, sql};
use axum::Json;
use axum::extract::State;
use kernel::{Day, Money};
use science::rfm::RfmCuts;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{Answer, App};

/// The cells, or why there are none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RfmAnswer {
    /// The cells of the last run.
    Known(Rfm),
    /// Why there are none.
    Missing {
        /// What is missing.
        missing: Missing,
    },
}

/// What is missing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RfmMissing)]
pub struct Missing {
    /// `not_enough_data`, or `not_computed` until the first run.
    code: &'static str,
    /// `have` and `need`: customers.
    #[schema(value_type = Object)]
    params: Value,
}

/// The cells of a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RfmCells)]
pub struct Rfm {
    /// The day the run stands at.
    #[schema(value_type = String)]
    as_of: Day,
    /// Recency by frequency.
    cells: Vec<RfmCell>,
    /// The cut points.
    cuts: Cuts,
    /// People by spending.
    m: Vec<BySpend>,
}

/// A cell of recency by frequency, 1 to 5 each, 5 the best.
#[derive(Debug, Serialize, ToSchema)]
pub struct RfmCell {
    /// Recency.
    r: i64,
    /// Frequency.
    f: i64,
    /// People.
    count: i64,
    /// What they spent.
    spend: Money,
}

/// The upper ends of all classes but the last, ascending.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RfmCuts)]
pub struct Cuts {
    /// Days since the last order.
    r: Vec<i64>,
    /// Order days.
    f: Vec<i64>,
    /// Minor units.
    m: Vec<i64>,
}

/// People with a score of spending.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RfmBySpend)]
pub struct BySpend {
    /// The score.
    m: i64,
    /// People.
    count: i64,
}

/// The RFM cells.
#[utoipa::path(get, path = "/choose/rfm", tag = "choose", responses((status = 200, body = RfmAnswer)))]
pub(super) async fn cells(State(app): State<App>) -> Answer<Json<RfmAnswer>> {
    let mut tx = app.db().read().await?;
    let missing = |code, params| RfmAnswer::Missing { missing: Missing { code, params } };
    let answer = match store::last_run(&mut tx).await? {
        None => missing("not_computed", json!({})),
        Some(RfmRun { cuts: None, customers, .. }) => {
            missing("not_enough_data", json!({ "have": customers, "need": ENOUGH }))
        }
        Some(RfmRun { cuts: Some(cuts), as_of, currency, .. }) => {
            let cells = by_cell(&mut tx, |amount| Money::new(currency, amount)).await?;
            RfmAnswer::Known(Rfm { as_of, cells, cuts: shown(cuts), m: by_spend(&mut tx).await? })
        }
    };
    Ok(Json(answer))
}

fn shown(cuts: RfmCuts) -> Cuts {
    Cuts { r: cuts.recency_days, f: cuts.frequency, m: cuts.monetary }
}

async fn by_cell(tx: &mut Tx, money: impl Fn(i64) -> Money) -> Result<Vec<RfmCell>> {
    let rows: Vec<(i64, i64, i64, i64)> = sql!(
        "select r, f, count(*), cast(coalesce(sum(spend), 0) as bigint) from facts where r is not null \
         group by r, f order by r, f"
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(r, f, count, spend)| RfmCell { r, f, count, spend: money(spend) }).collect())
}

async fn by_spend(tx: &mut Tx) -> Result<Vec<BySpend>> {
    let rows: Vec<(i64, i64)> =
        sql!("select m, count(*) from facts where m is not null group by m order by m").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(m, count)| BySpend { m, count }).collect())
}
