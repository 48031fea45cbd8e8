//! What Today and monitoring say of backups.

use super::schedule;
use async_trait::async_trait;
use kernel::{Day, Instant};
use serde_json::json;
use store::{Result, Tx};
use web::{Card, Cards, Company, Gauge, Gauges, Permission, Sight};

/// A backup that is missing comes right after faults of the program.
const RANK: i64 = 1;
/// How long after its hour a backup is missed, in microseconds.
const MISSED: i64 = 26 * Instant::HOUR;

/// Whether backups are as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody wants any.
    Off,
    /// The last one is as it should be.
    Well,
    /// The last one failed.
    Failed,
    /// None was written for more than a day.
    Missed,
}

/// Whether backups are as planned.
pub async fn standing(tx: &mut Tx) -> Result<Standing> {
    let (plan, last) = (schedule::plan(tx).await?, schedule::last(tx).await?);
    if !plan.value.on {
        return Ok(Standing::Off);
    }
    // A plan that is younger than a day has not missed anything.
    let since = last.written_at.max(schedule::changed_at(tx).await?);
    Ok(match (last.failed_at, since) {
        (Some(_), _) => Standing::Failed,
        (None, Some(since)) if tx.now() < since.plus(MISSED) => Standing::Well,
        _ => Standing::Missed,
    })
}

/// Tells of backups that failed or are missing.
pub(crate) struct Shown;

#[async_trait]
impl Cards for Shown {
    async fn cards(&self, tx: &mut Tx, _: &Company, _: Day, sight: Sight) -> Result<Vec<Card>> {
        if !sight.may(Permission::BackupsManage) {
            return Ok(Vec::new());
        }
        let id = match standing(tx).await? {
            Standing::Off | Standing::Well => return Ok(Vec::new()),
            Standing::Failed | Standing::Missed => "backup_failed",
        };
        Ok(vec![Card {
            id,
            params: json!({}),
            count: 1,
            people: Vec::new(),
            href: "/settings/backups".into(),
            value: None,
            due: None,
            rank: RANK,
        }])
    }
}

#[async_trait]
impl Gauges for Shown {
    async fn gauges(&self, tx: &mut Tx) -> Result<Vec<Gauge>> {
        let last = schedule::last(tx).await?;
        let seconds = |at: Option<Instant>| at.map_or(0, |at| at.micros() / Instant::SECOND);
        let failed = i64::from(matches!(standing(tx).await?, Standing::Failed | Standing::Missed));
        Ok(vec![
            Gauge::of(
                "backup_written_seconds",
                "When a backup was last written, in seconds of 1970.",
                seconds(last.written_at),
            ),
            Gauge::of("backup_missing", "1 when the last backup failed or none came for a day.", failed),
        ])
    }
}
