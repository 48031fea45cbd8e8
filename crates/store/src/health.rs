//! How the database itself is: what an operator looks at, and what only one engine has.

use crate::tx::Connection;
use crate::{Db, Query, Result, Tx, migrate, sql};
use kernel::Instant;
use serde::Serialize;
use std::path::Path;

/// What the database says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// The engine and its version: `SQLite 3.51.3`, `PostgreSQL 15.14`.
    pub engine: String,
    /// Bytes of the database.
    pub bytes: i64,
    /// Bytes of SQLite's write-ahead log.
    pub log_bytes: Option<i64>,
    /// For how many seconds the oldest transaction of PostgreSQL's server has been open: readers of the log wait for it.
    pub oldest_transaction_seconds: Option<i64>,
    /// Seconds by which this machine's clock is ahead of the database's last entry or of its server.
    pub clock_ahead_seconds: i64,
    /// Steps of the schema that are missing.
    pub missing_steps: usize,
}

/// Looks; `folder` is the data folder.
pub async fn look(db: &Db, folder: &Path) -> Result<Health> {
    let missing_steps = migrate::pending(db).await?.len();
    let mut tx = db.read().await?;
    let is_sqlite = matches!(tx.connection(), Connection::Sqlite(_));
    let mut health = if is_sqlite { sqlite(&mut tx, folder).await? } else { postgres(&mut tx).await? };
    health.missing_steps = missing_steps;
    Ok(health)
}

async fn sqlite(tx: &mut Tx, folder: &Path) -> Result<Health> {
    let text = "select 'SQLite ' || sqlite_version()";
    let (engine,): (String,) = Query::built(text.into()).fetch_one(tx).await?;
    let length = |name: &str| {
        let length = std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
        i64::try_from(length).unwrap_or(i64::MAX)
    };
    let (newest,): (Option<Instant>,) =
        sql!("select max(recorded_at) from (select recorded_at from interactions order by xid desc, seq desc limit 1) last")
            .fetch_one(tx)
            .await?;
    // What was written comes before now, unless the clock was set back: that is negative, and 0 otherwise.
    let ahead = newest.map_or(0, |newest| (tx.now().micros() - newest.micros()).min(0) / Instant::SECOND);
    Ok(Health {
        engine,
        bytes: length("dangol.db"),
        log_bytes: Some(length("dangol.db-wal")),
        oldest_transaction_seconds: None,
        clock_ahead_seconds: ahead,
        missing_steps: 0,
    })
}

async fn postgres(tx: &mut Tx) -> Result<Health> {
    let text = "select 'PostgreSQL ' || current_setting('server_version'), pg_database_size(current_database()), \
                coalesce((select cast(max(extract(epoch from clock_timestamp() - xact_start)) as bigint) \
                from pg_stat_activity where backend_xid is not null or backend_xmin is not null), 0), \
                cast(extract(epoch from clock_timestamp()) as bigint)";
    let (engine, bytes, oldest, clock): (String, i64, i64, i64) =
        Query::built(text.into()).fetch_one(tx).await?;
    Ok(Health {
        engine,
        bytes,
        log_bytes: None,
        oldest_transaction_seconds: Some(oldest),
        clock_ahead_seconds: tx.now().micros() / Instant::SECOND - clock,
        missing_steps: 0,
    })
}
