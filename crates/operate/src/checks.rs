//! What `dangol doctor` looks at beside the reactions: the disk, the database, the clock, what waits, backups.
//!
//! Each finding says what is and what to do. What is bad must be mended; what is to be watched may be as it should.

use crate::backup::{self, Standing};
use kernel::Instant;
use serde::Serialize;
use std::path::Path;
use store::health::Health;
use store::reactor::Lag;
use store::{Db, Result, Tx, freeze, health, sql};

/// Free bytes below which writes will soon be refused.
const ROOM: u64 = 1 << 30;
/// Bytes of SQLite's log of writes from which a reader must be holding it.
const LONG_LOG: i64 = 512 << 20;
/// Seconds after which a transaction of PostgreSQL holds up the readers of the log.
const LONG_TRANSACTION: i64 = 600;
/// Seconds by which clocks may differ.
const CLOCK: i64 = 120;
/// Interactions a reaction may be behind without anything being wrong.
const BEHIND: i64 = 100_000;
/// Times in a row that a shop may be silent.
const SILENT: i64 = 3;
/// Microseconds after which a row of the audit log should be sealed while a server runs.
const UNSEALED: i64 = 60 * Instant::SECOND;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Well,
    /// Worth a look.
    Watch,
    /// To be mended.
    Bad,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub code: &'static str,
    /// How it is.
    pub state: State,
    /// What it shows, and what to do.
    pub said: String,
}

fn check(code: &'static str, state: State, said: impl Into<String>) -> Check {
    Check { code, state, said: said.into() }
}

/// Looks at everything.
pub async fn all(db: &Db, folder: &Path, lags: &[Lag]) -> Result<Vec<Check>> {
    let health = health::look(db, folder).await?;
    let mut found = vec![engine(&health), disk(folder), clock(&health), reactions(lags)];
    found.extend(held_up(&health));
    let mut tx = db.read().await?;
    found.push(audit(&mut tx).await?);
    found.push(outbox(&mut tx).await?);
    found.push(backups(&mut tx).await?);
    found.push(shops(&mut tx).await?);
    Ok(found)
}

fn engine(health: &Health) -> Check {
    match health.missing_steps {
        0 => check("engine", State::Well, format!("{}, {} MiB", health.engine, health.bytes >> 20)),
        missing => check(
            "engine",
            State::Bad,
            format!("{}: {missing} steps of the schema are missing: run dangol migrate", health.engine),
        ),
    }
}

fn disk(folder: &Path) -> Check {
    let Ok(told) = rustix::fs::statvfs(folder) else {
        return check("disk", State::Watch, format!("how much room {} has cannot be told", folder.display()));
    };
    let free = told.f_bavail.saturating_mul(told.f_frsize);
    let said = format!("{} MiB are free at {}", free >> 20, folder.display());
    if free < ROOM {
        check("disk", State::Bad, format!("only {said}: make room before writes are refused"))
    } else {
        check("disk", State::Well, said)
    }
}

fn clock(health: &Health) -> Check {
    let ahead = health.clock_ahead_seconds;
    if ahead.abs() <= CLOCK {
        return check("clock", State::Well, format!("{} s from the database's", ahead.abs()));
    }
    let how = if ahead < 0 { "behind" } else { "ahead of" };
    let said =
        format!("this machine's clock is {} s {how} the database's: let it be set by NTP", ahead.abs());
    check("clock", State::Bad, said)
}

fn reactions(lags: &[Lag]) -> Check {
    let parked: i64 = lags.iter().map(|lag| lag.parked).sum();
    let behind = lags.iter().map(|lag| lag.behind).max().unwrap_or_default();
    if parked > 0 {
        let said =
            format!("{parked} interactions are parked: mend the cause, then dangol doctor --retry-parked");
        return check("reactions", State::Bad, said);
    }
    let state = if behind > BEHIND { State::Watch } else { State::Well };
    check("reactions", state, format!("at most {behind} interactions behind"))
}

/// What holds up the log: a reader on SQLite, an open transaction on PostgreSQL.
fn held_up(health: &Health) -> Option<Check> {
    if let Some(bytes) = health.log_bytes {
        let said = format!("the write-ahead log has {} MiB", bytes >> 20);
        return Some(if bytes > LONG_LOG {
            check(
                "log",
                State::Watch,
                format!("{said}: something has been reading for long, a backup or a report"),
            )
        } else {
            check("log", State::Well, said)
        });
    }
    let seconds = health.oldest_transaction_seconds?;
    let said = format!("the server's oldest transaction is open for {seconds} s");
    Some(if seconds > LONG_TRANSACTION {
        check("log", State::Watch, format!("{said}: readers of the log wait for it, find and end it"))
    } else {
        check("log", State::Well, said)
    })
}

async fn audit(tx: &mut Tx) -> Result<Check> {
    let (waiting, oldest, place): (i64, Option<Instant>, Option<i64>) = sql!(
        "select (select count(*) from audit_pending), \
         (select min(a.at) from audit a join audit_pending p on p.entry = a.id), (select max(place) from audit_head)"
    )
    .fetch_one(tx)
    .await?;
    let Some(place) = place else {
        let said = "the signed end of the audit log was removed: dangol audit verify says what is left";
        return Ok(check("audit", State::Bad, said.to_owned()));
    };
    let late = oldest.is_some_and(|at| tx.now() > at.plus(UNSEALED));
    Ok(if late {
        let said = format!("{waiting} rows wait to be sealed: dangol serve does it, if it runs read its log");
        check("audit", State::Watch, said)
    } else {
        check("audit", State::Well, format!("{place} rows are sealed; dangol audit verify goes through them"))
    })
}

async fn outbox(tx: &mut Tx) -> Result<Check> {
    let (waiting, given_up): (i64, i64) = sql!(
        "select (select count(*) from outbox where sent_at is null and given_up_at is null), \
         (select count(*) from outbox where given_up_at is not null)"
    )
    .fetch_one(tx)
    .await?;
    if let Some(frozen) = freeze::state(tx).await? {
        let said = format!(
            "nothing is sent since {}, after a restore: an owner lifts that in the browser",
            frozen.since
        );
        return Ok(check("sending", State::Watch, said));
    }
    let state = if given_up > 0 { State::Watch } else { State::Well };
    Ok(check("sending", state, format!("{waiting} parcels wait, {given_up} were given up")))
}

async fn shops(tx: &mut Tx) -> Result<Check> {
    let (asked, failing): (i64, i64) = sql!(
        "select count(*), count(case when fault is not null and failures >= $1 then 1 end) from shop_fetches \
         where state = 'on'"
    )
    .bind(SILENT)
    .fetch_one(tx)
    .await?;
    Ok(if failing > 0 {
        let said = format!("{failing} of {asked} shops do not answer: their faults stand in the settings");
        check("shops", State::Watch, said)
    } else {
        check("shops", State::Well, format!("{asked} are asked for orders"))
    })
}

async fn backups(tx: &mut Tx) -> Result<Check> {
    let last = backup::schedule::last(tx).await?;
    let when = last.written_at.map_or("never".to_owned(), |at| at.to_string());
    Ok(match backup::standing(tx).await? {
        Standing::Well => check("backups", State::Well, format!("last written {when}")),
        Standing::Off => check(
            "backups",
            State::Watch,
            format!("none are made by themselves (last written {when}): switch them on in the settings"),
        ),
        Standing::Failed => check(
            "backups",
            State::Bad,
            format!("the last one failed ({}), last written {when}", last.error.unwrap_or_default()),
        ),
        Standing::Missed => {
            check("backups", State::Bad, format!("none for more than a day, last written {when}"))
        }
    })
}
