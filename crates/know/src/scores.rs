//! Scores of a party: what models say of it, with an interval and the run they come from. know owns the table and
//! the card that reads it; measure writes it.

use ::store::{FromRow, Result, Tx, sql, sql_rows};
use kernel::{Id, kinds};

/// A score of a party.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Score {
    /// Whose.
    pub party: Id<kinds::Party>,
    /// `p_alive`, `expected_orders`, `value`.
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Why, as a code.
    pub reason: Option<String>,
    /// The run it comes from.
    pub run: i64,
}

/// Rows of one statement.
const SLICE: usize = 2_000;

/// Writes scores, replacing what an earlier run said.
pub async fn write(tx: &mut Tx, scores: &[Score]) -> Result<()> {
    for slice in scores.chunks(SLICE) {
        let mut insert = sql_rows!(
            7,
            "insert into scores (party, name, value, low, high, reason, run) values {rows} \
             on conflict (party, name) do update set value = excluded.value, low = excluded.low, \
             high = excluded.high, reason = excluded.reason, run = excluded.run"
        );
        for score in slice {
            insert.push_row([
                score.party.into(),
                (&score.name).into(),
                score.value.into(),
                score.low.into(),
                score.high.into(),
                score.reason.clone().into(),
                score.run.into(),
            ]);
        }
        insert.execute(tx).await?;
    }
    Ok(())
}

/// Removes what runs before `run` said of parties that `run` did not score.
pub async fn forget_before(tx: &mut Tx, run: i64) -> Result<u64> {
    sql!("delete from scores where run < $1").bind(run).execute(tx).await
}

/// The scores of a party.
pub async fn of(tx: &mut Tx, party: Id<kinds::Party>) -> Result<Vec<Score>> {
    sql!("select party, name, value, low, high, reason, run from scores where party = $1 order by name")
        .bind(party)
        .fetch_all(tx)
        .await
}
