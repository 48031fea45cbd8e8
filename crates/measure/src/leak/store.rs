//! The leak in the database: causes in, months and moves out.

use super::cause::{Cause, Causes};
use super::model::{Direction, Leak, LeakMonth, Move, loss_rate, reason_counts};
use crate::blocking;
use crate::population::{PartyId, Population, refund_days};
use ::store::setting;
use ::store::{Db, FromRow, Lane, Result, Tx, sql, sql_rows};
use choose::lifecycle::StateSettings;
use futures::{FutureExt, StreamExt, stream};
use kernel::{Day, Instant, Month};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use web::Company;

/// The setting that says what is kept.
const SETTING: &str = "measure.leak";
/// Moves written in one transaction.
const SLICE: usize = 5_000;

/// What the tables hold: through which month, and a fingerprint of each month's moves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Held {
    through: Option<Month>,
    fingerprints: BTreeMap<i64, u64>,
}

/// What the causes of everyone who left are found from, with refunds up to `as_of`.
pub async fn causes(tx: &mut Tx, as_of: Day, company: &Company) -> Result<Causes> {
    // Of several reasons that merged records brought along, the newest is taken.
    let rows: Vec<(PartyId, String, Instant)> = sql!(
        "select coalesce(r.root, l.party), l.reason, l.at from leaving_reasons l \
         left join party_root r on r.party = l.party order by l.at"
    )
    .fetch_all(tx)
    .await?;
    let zone = company.zone();
    let recorded =
        rows.into_iter().map(|(party, reason, at)| (party, (Cause::from_code(&reason), at.day_in(&zone))));
    Ok(Causes { recorded: recorded.collect(), refunds: refund_days(tx, as_of).await? })
}

/// Brings the kept months up to date; months in which nothing has changed are left alone.
pub async fn refresh(db: &Db, population: Arc<Population>, as_of: Day) -> Result<()> {
    let mut tx = db.read().await?;
    let company = Company::load(&mut tx).await?;
    let settings = StateSettings::load(&mut tx).await?;
    let causes = Arc::new(causes(&mut tx, as_of, &company).await?);
    let held: Held = setting::get(&mut tx, SETTING).await?.value;
    drop(tx);
    let people = population.clone();
    let leak = Arc::new(blocking(move || Leak::new(&people, as_of, &settings)).await);
    forget_outside(db, leak.span().to_vec()).await?;
    if let Some(first) = leak.span().first() {
        write_changed(db, &held, first.plus(-1), None, leak.opening(&population)).await?;
    }
    // The next month is worked out while one is written.
    let mut months = stream::iter(0..leak.span().len())
        .map(|index| {
            let (leak, people, causes) = (leak.clone(), population.clone(), causes.clone());
            blocking(move || {
                let moves = leak.moves(&people, index, &causes);
                (leak.month(index, &moves), moves)
            })
        })
        .buffered(2);
    while let Some((month, moves)) = months.next().await {
        write_changed(db, &held, month.month, Some(month), moves).await?;
    }
    let through = as_of.month().plus(-1);
    db.write(Lane::Reaction, move |tx| change_held(tx, move |held| held.through = Some(through)).boxed())
        .await
}

/// Writes what is held of `at`, unless it is held already. The month before the first has no figures: its moves are
/// the people the first month opens with, so that "live at the end of a month" is one look at a person's last move.
async fn write_changed(
    db: &Db,
    held: &Held,
    at: Month,
    month: Option<LeakMonth>,
    moves: Vec<Move>,
) -> Result<()> {
    let fingerprint = fingerprint(month.as_ref(), &moves);
    match held.fingerprints.get(&at.number()) == Some(&fingerprint) {
        true => Ok(()),
        false => write(db, at, month, moves, fingerprint).await,
    }
}

fn fingerprint(month: Option<&LeakMonth>, moves: &[Move]) -> u64 {
    let mut hasher = DefaultHasher::new();
    month.map(|month| (month.opening, month.level)).hash(&mut hasher);
    for moved in moves {
        (moved.party.number(), moved.direction.text(), moved.cause).hash(&mut hasher);
    }
    // JSON readers round above 2^53.
    hasher.finish() >> 11
}

async fn change_held(tx: &mut Tx, change: impl FnOnce(&mut Held) + Send) -> Result<()> {
    let mut held: Held = setting::get(tx, SETTING).await?.value;
    change(&mut held);
    setting::put(tx, SETTING, &held).await.map(drop)
}

/// Forgets months that are not looked at any more.
async fn forget_outside(db: &Db, span: Vec<Month>) -> Result<()> {
    let first = span.first().map_or(Month::from_number(i64::MAX), |first| first.plus(-1));
    let last = span.last().copied().unwrap_or(first);
    db.write(Lane::Reaction, move |tx| {
        async move {
            for drop in [
                sql!("delete from leak_moves where month < $1 or month > $2"),
                sql!("delete from leak_months where month < $1 or month > $2"),
                sql!("delete from leak_reasons where month < $1 or month > $2"),
            ] {
                drop.bind(first).bind(last).execute(tx).await?;
            }
            let kept = first.number()..=last.number();
            change_held(tx, move |held| held.fingerprints.retain(|month, _| kept.contains(month))).await
        }
        .boxed()
    })
    .await
}

/// Writes a month. Its fingerprint goes first and comes back last, so that a month cut off in the middle is written
/// again.
async fn write(
    db: &Db,
    at: Month,
    month: Option<LeakMonth>,
    moves: Vec<Move>,
    fingerprint: u64,
) -> Result<()> {
    db.write(Lane::Reaction, move |tx| {
        async move {
            change_held(tx, move |held| held.fingerprints.retain(|month, _| *month != at.number())).await?;
            sql!("delete from leak_moves where month = $1").bind(at).execute(tx).await.map(drop)
        }
        .boxed()
    })
    .await?;
    for slice in moves.chunks(SLICE) {
        let slice = slice.to_vec();
        db.write(Lane::Reaction, move |tx| async move { insert_moves(tx, at, &slice).await }.boxed()).await?;
    }
    db.write(Lane::Reaction, move |tx| {
        async move {
            if let Some(month) = month {
                insert_month(tx, &month).await?;
            }
            count_reasons(tx, at).await?;
            change_held(tx, move |held| held.fingerprints.extend([(at.number(), fingerprint)])).await
        }
        .boxed()
    })
    .await
}

async fn insert_moves(tx: &mut Tx, month: Month, moves: &[Move]) -> Result<()> {
    let statement = || {
        sql_rows!(
            5,
            "insert into leak_moves (month, direction, party, reason, inferred) values {rows} on conflict do nothing"
        )
    };
    let mut insert = statement();
    for moved in moves {
        insert.push_row([
            month.into(),
            moved.direction.text().into(),
            moved.party.into(),
            moved.cause.map(|cause| cause.code.to_owned()).into(),
            moved.cause.is_some_and(|cause| cause.inferred).into(),
        ]);
        if insert.is_full() {
            std::mem::replace(&mut insert, statement()).execute(tx).await?;
        }
    }
    if insert.is_empty() { Ok(()) } else { insert.execute(tx).await.map(drop) }
}

/// Counts why people left in a month: the board would count millions of moves each time it is opened.
async fn count_reasons(tx: &mut Tx, month: Month) -> Result<()> {
    sql!("delete from leak_reasons where month = $1").bind(month).execute(tx).await?;
    sql!(
        "insert into leak_reasons (month, reason, people) select month, coalesce(reason, 'unknown'), count(*) \
         from leak_moves where month = $1 and direction = 'out' group by month, coalesce(reason, 'unknown')"
    )
    .bind(month)
    .execute(tx)
    .await
    .map(drop)
}

async fn insert_month(tx: &mut Tx, month: &LeakMonth) -> Result<()> {
    sql!(
        "insert into leak_months (month, opening, inflow, outflow, level) values ($1, $2, $3, $4, $5) \
         on conflict (month) do update set opening = excluded.opening, inflow = excluded.inflow, \
         outflow = excluded.outflow, level = excluded.level"
    )
    .bind(month.month)
    .bind(month.opening)
    .bind(month.inflow)
    .bind(month.outflow)
    .bind(month.level)
    .execute(tx)
    .await
    .map(drop)
}

#[derive(FromRow)]
struct MonthRow {
    month: Month,
    opening: i64,
    inflow: i64,
    outflow: i64,
    level: i64,
}

impl MonthRow {
    fn with(self, reasons: Vec<super::ReasonCount>) -> LeakMonth {
        LeakMonth {
            month: self.month,
            opening: self.opening,
            inflow: self.inflow,
            outflow: self.outflow,
            level: self.level,
            loss_rate: loss_rate(self.opening, self.outflow),
            reasons,
        }
    }
}

/// The kept months, unless they have not been worked out up to the last one before `as_of`.
pub async fn kept(tx: &mut Tx, as_of: Day) -> Result<Option<Vec<LeakMonth>>> {
    let held: Held = setting::get(tx, SETTING).await?.value;
    if held.through != Some(as_of.month().plus(-1)) {
        return Ok(None);
    }
    let months: Vec<MonthRow> =
        sql!("select month, opening, inflow, outflow, level from leak_months order by month")
            .fetch_all(tx)
            .await?;
    let counts: Vec<(Month, String, i64)> =
        sql!("select month, reason, people from leak_reasons").fetch_all(tx).await?;
    let reasons = |at: Month| {
        let of = counts.iter().filter(|(month, _, _)| *month == at);
        let mut reasons: Vec<_> = of.map(|(_, code, count)| (Cause::from_code(code), *count)).collect();
        reasons.sort_unstable_by_key(|(cause, count)| (std::cmp::Reverse(*count), *cause));
        reasons.into_iter().map(|(cause, count)| cause.counted(count)).collect()
    };
    Ok(Some(
        months
            .into_iter()
            .map(|row| {
                let reasons = reasons(row.month);
                row.with(reasons)
            })
            .collect(),
    ))
}

/// The last complete month before `as_of`, without its reasons.
pub async fn last(tx: &mut Tx, as_of: Day) -> Result<Option<LeakMonth>> {
    let row: Option<MonthRow> =
        sql!("select month, opening, inflow, outflow, level from leak_months where month = $1")
            .bind(as_of.month().plus(-1))
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|row| row.with(reason_counts(std::iter::empty()))))
}

/// The months in which `party` left.
pub async fn left_in(tx: &mut Tx, party: PartyId) -> Result<Vec<Month>> {
    let rows: Vec<(Month,)> =
        sql!("select month from leak_moves where party = $1 and direction = $2 order by month")
            .bind(party)
            .bind(Direction::Out.text())
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|(month,)| month).collect())
}

/// Says why `party` left in `month`.
pub async fn explain(tx: &mut Tx, party: PartyId, month: Month, cause: Cause) -> Result<()> {
    sql!(
        "update leak_moves set reason = $1, inferred = $2 where month = $3 and direction = $4 and party = $5"
    )
    .bind(cause.code)
    .bind(cause.inferred)
    .bind(month)
    .bind(Direction::Out.text())
    .bind(party)
    .execute(tx)
    .await?;
    count_reasons(tx, month).await
}
