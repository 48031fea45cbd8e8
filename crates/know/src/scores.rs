//! Scores of a party: what models say of it, each with an interval, and the run they come from. know owns the table and
//! the card that reads it; measure writes it.
//!
//! Invariants:
//! - One row a party, in the order of their ids: a run scores everyone anew, so whatever lies in another order would be
//!   written at random places (decision 11).
//! - All scores of a party come from one run.

use ::store::{FromRow, Result, Tx, Value, sql, sql_rows};
use kernel::{Id, kinds};

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end of its interval, where there is one.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// The scores of a party.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Whose.
    pub party: Id<kinds::Party>,
    /// Probability of still being a customer.
    pub p_alive: Option<Estimate>,
    /// Orders expected in the next year.
    pub expected_orders: Option<Estimate>,
    /// Residual value in minor units of the company's currency.
    pub value: Option<Estimate>,
    /// The run they come from.
    pub run: i64,
}

impl Scores {
    /// The score of this name: `p_alive`, `expected_orders` or `value`.
    pub fn named(&self, name: &str) -> Option<Estimate> {
        match name {
            "p_alive" => self.p_alive,
            "expected_orders" => self.expected_orders,
            "value" => self.value,
            _ => None,
        }
    }
}

fn members(estimate: Option<Estimate>) -> [Value; 3] {
    let Some(Estimate { value, low, high }) = estimate else { return [None::<f64>; 3].map(Value::from) };
    [Some(value), low, high].map(Value::from)
}

/// Writes scores, replacing what an earlier run said; quickest in the order of the parties.
pub async fn write(tx: &mut Tx, scores: &[Scores]) -> Result<()> {
    let mut scores = scores.iter().peekable();
    while scores.peek().is_some() {
        let mut insert = sql_rows!(
            11,
            "insert into scores (party, p_alive, p_alive_low, p_alive_high, expected_orders, expected_orders_low, \
             expected_orders_high, value, value_low, value_high, run) values {rows} \
             on conflict (party) do update set p_alive = excluded.p_alive, p_alive_low = excluded.p_alive_low, \
             p_alive_high = excluded.p_alive_high, expected_orders = excluded.expected_orders, \
             expected_orders_low = excluded.expected_orders_low, \
             expected_orders_high = excluded.expected_orders_high, value = excluded.value, \
             value_low = excluded.value_low, value_high = excluded.value_high, run = excluded.run"
        );
        while let Some(score) = (!insert.is_full()).then(|| scores.next()).flatten() {
            let [a, b, c] = members(score.p_alive);
            let [d, e, f] = members(score.expected_orders);
            let [g, h, i] = members(score.value);
            insert.push_row([score.party.into(), a, b, c, d, e, f, g, h, i, score.run.into()]);
        }
        insert.execute(tx).await?;
    }
    Ok(())
}

/// Removes what runs before `run` said of parties that `run` did not score.
pub async fn forget_before(tx: &mut Tx, run: i64) -> Result<u64> {
    sql!("delete from scores where run < $1").bind(run).execute(tx).await
}

#[derive(FromRow)]
struct Row {
    p_alive: Option<f64>,
    p_alive_low: Option<f64>,
    p_alive_high: Option<f64>,
    expected_orders: Option<f64>,
    expected_orders_low: Option<f64>,
    expected_orders_high: Option<f64>,
    value: Option<f64>,
    value_low: Option<f64>,
    value_high: Option<f64>,
    run: i64,
}

/// The scores of a party, if a run knew it.
pub async fn of(tx: &mut Tx, party: Id<kinds::Party>) -> Result<Option<Scores>> {
    let row: Option<Row> = sql!(
        "select p_alive, p_alive_low, p_alive_high, expected_orders, expected_orders_low, expected_orders_high, \
         value, value_low, value_high, run from scores where party = $1"
    )
    .bind(party)
    .fetch_optional(tx)
    .await?;
    let estimate = |value: Option<f64>, low, high| value.map(|value| Estimate { value, low, high });
    Ok(row.map(|row| Scores {
        party,
        p_alive: estimate(row.p_alive, row.p_alive_low, row.p_alive_high),
        expected_orders: estimate(row.expected_orders, row.expected_orders_low, row.expected_orders_high),
        value: estimate(row.value, row.value_low, row.value_high),
        run: row.run,
    }))
}
