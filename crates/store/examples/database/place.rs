//! Where the bench runs: one engine, its database and the driver's own connections to it.

use crate::Outcome;
use crate::cluster::Cluster;
use crate::driver::{Driver, postgres, sqlite};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Location;

/// An engine and where its database lies.
pub struct Place {
    location: Location,
}

impl Place {
    /// A file below `folder`.
    pub fn sqlite(folder: &Path) -> Self {
        Self { location: Location::Folder(folder.join("data")) }
    }

    /// A new database of `cluster`.
    pub async fn postgres(cluster: &Cluster) -> Outcome<Self> {
        let name = format!("bench_{}", std::process::id());
        let mut connection = PgConnection::connect(cluster.url()).await?;
        connection.execute(AssertSqlSafe(format!("create database {name}"))).await?;
        let (server, _) = cluster.url().rsplit_once('/').ok_or("the address names no database")?;
        Ok(Self { location: Location::Postgres(format!("{server}/{name}")) })
    }

    /// The engine's name.
    pub fn name(&self) -> &'static str {
        match self.location {
            Location::Folder(_) => "SQLite",
            Location::Postgres(_) => "PostgreSQL",
        }
    }

    /// Where the store opens it.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The driver's own connections, with the settings that the store uses.
    pub async fn driver(&self, durable: bool) -> Outcome<Box<dyn Driver>> {
        Ok(match &self.location {
            Location::Folder(folder) => Box::new(sqlite_driver(folder.join("dangol.db"), durable).await?),
            Location::Postgres(url) => Box::new(postgres_driver(url).await?),
        })
    }
}

async fn sqlite_driver(file: PathBuf, durable: bool) -> Outcome<sqlite::Raw> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .statement_cache_capacity(400)
        .row_buffer_size(256)
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-16384")
        .pragma("journal_size_limit", "67108864");
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writer = pool().max_connections(1).connect_with(options.clone()).await?;
    let readers = pool().max_connections(4).connect_with(options.pragma("query_only", "on")).await?;
    Ok(sqlite::Raw { writer, readers, begin_write: "begin immediate", begin_read: "begin" })
}

async fn postgres_driver(url: &str) -> Outcome<postgres::Raw> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.statement_cache_capacity(400);
    let pool = PgPoolOptions::new().max_connections(12).test_before_acquire(false);
    let writer = pool.connect_with(options).await?;
    let begin_read = "begin isolation level repeatable read read only";
    Ok(postgres::Raw { readers: writer.clone(), writer, begin_write: "begin", begin_read })
}

/// One line: processor, and how many of its cores this process may use.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model);
    let all = info.lines().filter(|line| line.starts_with("processor")).count();
    let ours = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{model}, measured on {ours} of {all} cores")
}
