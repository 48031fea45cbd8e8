//! Time moves people in and out without events: after midnight those whose turn has come are looked at again, and
//! rules whose turns no index knows are looked at for everyone.

use super::frame::Frame;
use super::members::{self, Cause, Live, SLICE, Scope};
use super::moves::{Moves, moves};
use ::store::timer::{self, OnTimer};
use ::store::{Query, Result, Tx, setting, sql};
use async_trait::async_trait;
use kernel::{Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use web::Starter;

/// The kind of the timers.
pub const TICK: &str = "choose.segments_tick";
/// The key of the one that comes each day.
pub const DAILY: &str = "daily";
/// The key of the one that comes once an import has been taken in.
const SETTLED: &str = "settled";
/// How long the log must bring nothing imported: longer than the states wait, so that they come first.
const QUIET: i64 = 8 * Instant::SECOND;
/// How long after midnight the day's tick comes: the states move in the seconds before.
const PAST_MIDNIGHT: i64 = 60 * Instant::SECOND;
/// The setting that keeps the day of the last tick.
const LAST: &str = "choose.segments_tick";

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Last {
    day: Option<Day>,
}

/// Looks again at those whom time moves.
pub struct SegmentTick;

pub(super) async fn after_import(tx: &mut Tx) -> Result<()> {
    let due = tx.now().plus(QUIET);
    timer::set(tx, TICK, SETTLED, due).await
}

/// Whether an import is being taken in: what moves meanwhile is its doing.
pub(super) async fn is_importing(tx: &mut Tx) -> Result<bool> {
    let (timers,): (i64,) = sql!("select count(*) from timers where kind = $1 and key = $2")
        .bind(TICK)
        .bind(SETTLED)
        .fetch_one(tx)
        .await?;
    Ok(timers > 0)
}

#[async_trait]
impl OnTimer for SegmentTick {
    fn kind(&self) -> &'static str {
        TICK
    }

    async fn due(&self, tx: &mut Tx, key: &str) -> Result<Option<Instant>> {
        if key == SETTLED {
            members::request(tx, Cause::Import).await?;
            return Ok(None);
        }
        let frame = Frame::load(tx).await?;
        let last: Last = setting::get(tx, LAST).await?.value;
        if last.day != Some(frame.today) {
            // The first tick of all knows no day before: everyone was looked at when the segment was built.
            let since = last.day.unwrap_or(frame.today.plus(-1));
            pass(tx, &frame, since).await?;
            setting::put(tx, LAST, &Last { day: Some(frame.today) }).await?;
        }
        Ok(Some(frame.end().plus(PAST_MIDNIGHT)))
    }
}

/// Looks at everyone whose turn came after the day `since`.
async fn pass(tx: &mut Tx, frame: &Frame, since: Day) -> Result<()> {
    let all = members::live(tx).await?;
    if all.iter().any(|live| moves(&live.rule).contains(&Moves::Nightly)) {
        members::request(tx, Cause::Time).await?;
    }
    // Whoever a rule asks about another segment follows it.
    let mut moved: BTreeSet<Id<kinds::Party>> = BTreeSet::new();
    for live in &all {
        let mut turned = turning(tx, live, frame, since).await?;
        if live.rule.segments().next().is_some() {
            turned.extend(moved.iter().copied());
        }
        let turned: Vec<_> = turned.into_iter().collect();
        for slice in turned.chunks(SLICE) {
            let found = live.sync(tx, frame, Scope::Some(slice)).await?;
            live.tell(tx, &found).await?;
            moved.extend(found.entered.iter().chain(&found.left).copied());
        }
    }
    Ok(())
}

/// Those for whom a condition of the rule turns by time.
async fn turning(tx: &mut Tx, live: &Live, frame: &Frame, since: Day) -> Result<BTreeSet<Id<kinds::Party>>> {
    let mut turned = BTreeSet::new();
    for moves in moves(&live.rule) {
        let Moves::Range { column, offset } = moves else { continue };
        let text = format!("select f.party from facts f where {column} between $1 and $2");
        // A day more on each side: "before" and "on or before" turn a day apart.
        let (first, last) = (since.plus(-offset - 1), frame.today.plus(1 - offset));
        let rows: Vec<(Id<kinds::Party>,)> = Query::built(text).bind(first).bind(last).fetch_all(tx).await?;
        turned.extend(rows.into_iter().map(|(party,)| party));
    }
    Ok(turned)
}

#[async_trait]
impl Starter for SegmentTick {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, TICK, DAILY, now).await
    }
}
