//! Time moves people in and out without events: after midnight those whose turn has come are looked at again
//! ([`super::turn`]), and rules whose turns no index knows are looked at for everyone.

use super::frame::Frame;
use super::members::{self, Cause, Live};
use super::moves::{Moves, moves};
use super::turn::TURN;
use ::store::timer::{self, OnTimer};
use ::store::{Result, Tx, job, setting, sql};
use async_trait::async_trait;
use kernel::{Day, Instant};
use serde::{Deserialize, Serialize};
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

/// The setting that keeps when something imported was last taken in.
const IMPORTED: &str = "choose.segments_imported";

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Imported {
    at: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Last {
    day: Option<Day>,
}

/// Looks again at those whom time moves.
pub struct SegmentTick;

pub(super) async fn after_import(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    setting::put(tx, IMPORTED, &Imported { at: Some(now) }).await?;
    timer::set(tx, TICK, SETTLED, now.plus(QUIET)).await
}

/// When something imported was last taken in.
pub(super) async fn last_import(tx: &mut Tx) -> Result<Option<Instant>> {
    Ok(setting::get::<Imported>(tx, IMPORTED).await?.value.at)
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
        if last_day(tx).await? != Some(frame.today) {
            if !job::is_active(tx, TURN).await? {
                job::start(tx, TURN, serde_json::Value::Null).await?;
            }
            let nightly = |live: &Live| moves(&live.rule).contains(&Moves::Nightly);
            if members::live(tx).await?.iter().any(nightly) {
                members::request(tx, Cause::Time).await?;
            }
        }
        Ok(Some(frame.end().plus(PAST_MIDNIGHT)))
    }
}

/// The day of the last tick.
pub(super) async fn last_day(tx: &mut Tx) -> Result<Option<Day>> {
    Ok(setting::get::<Last>(tx, LAST).await?.value.day)
}

/// Keeps the day up to which turns were looked at.
pub(super) async fn keep_day(tx: &mut Tx, day: Day) -> Result<()> {
    setting::put(tx, LAST, &Last { day: Some(day) }).await.map(drop)
}

#[async_trait]
impl Starter for SegmentTick {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, TICK, DAILY, now).await
    }
}
