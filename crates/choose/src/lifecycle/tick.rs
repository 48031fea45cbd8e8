//! Time changes states without events: a tick each hour and just after the company's midnight moves those who are due.

use super::store::{self, Standards};
use crate::refresh;
use ::store::timer::{self, OnTimer};
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::Instant;
use web::{Company, Starter};

/// The kind of the timers.
pub const TICK: &str = "choose.tick";
/// The key of the tick that comes each hour.
pub const HOURLY: &str = "hourly";
/// The key of the one that comes once an import has been taken in.
const SETTLED: &str = "settled";
/// How long the log must bring nothing imported until an import counts as taken in.
const QUIET: i64 = 5 * Instant::SECOND;
/// How long after midnight the day's tick comes.
const PAST_MIDNIGHT: i64 = Instant::SECOND;

/// Moves those whose state changes by time, and asks for a refresh when one is called for.
pub struct Tick;

/// Asks for a refresh once the log has been quiet: each batch of an import puts it off.
pub(super) async fn after_import(tx: &mut Tx) -> Result<()> {
    let due = tx.now().plus(QUIET);
    timer::set(tx, TICK, SETTLED, due).await
}

#[async_trait]
impl OnTimer for Tick {
    fn kind(&self) -> &'static str {
        TICK
    }

    async fn due(&self, tx: &mut Tx, key: &str) -> Result<Option<Instant>> {
        if key == SETTLED {
            refresh::request(tx).await?;
            return Ok(None);
        }
        let standards = Standards::load(tx).await?;
        if store::move_due(tx, &standards).await? {
            // The next page comes with the next look at the timers.
            return Ok(Some(tx.now()));
        }
        if refresh::is_called_for(tx, &standards).await? {
            refresh::request(tx).await?;
        }
        let zone = Company::load(tx).await?.zone();
        let midnight = standards.today.plus(1).start_in(&zone).plus(PAST_MIDNIGHT);
        Ok(Some(midnight.min(tx.now().plus(Instant::HOUR))))
    }
}

#[async_trait]
impl Starter for Tick {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, TICK, HOURLY, now).await
    }
}
