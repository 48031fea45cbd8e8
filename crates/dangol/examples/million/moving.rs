//! The same company on PostgreSQL: moved there by a backup, which is timed.

use crate::shared::{dangol_at, ended};
use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

/// Names the PostgreSQL server, with a database to begin in.
const POSTGRES: &str = "DANGOL_TEST_POSTGRES_URL";

/// A copy of the company, in a database of its own.
pub struct Moved {
    server: String,
    name: String,
    /// Where it is.
    pub url: String,
}

impl Moved {
    /// Moves the company in `data`; nothing where no server is named, which is said. The backup lies in `folder`.
    pub async fn from(folder: &Path, data: &Path) -> Result<Option<Self>> {
        let Ok(server) = std::env::var(POSTGRES) else {
            println!("left out: PostgreSQL, because {POSTGRES} names no server");
            return Ok(None);
        };
        let name = format!("bench_{}", std::process::id());
        let (host, _) = server.rsplit_once('/').context("the address ends with a database")?;
        let moved = Self { url: format!("{host}/{name}"), server, name };
        command(&moved.server, format!("create database {}", moved.name)).await?;
        match moved.fill(folder, data).await {
            Ok(()) => Ok(Some(moved)),
            Err(error) => {
                moved.end().await?;
                Err(error)
            }
        }
    }

    async fn fill(&self, folder: &Path, data: &Path) -> Result<()> {
        let file = folder.join("company.dangol");
        let file = file.to_str().context("the path is text")?;
        let place = ["--data", data.to_str().context("the path is text")?];
        run(&place, &["backup", "--out", file, "--plain"], "backup from SQLite")?;
        run(&["--database", &self.url], &["restore", file, "--no-erased-list"], "restore into PostgreSQL")?;
        std::fs::remove_file(file)?;
        command(&self.url, "vacuum analyze".into()).await
    }

    /// Away with it.
    pub async fn end(self) -> Result<()> {
        command(&self.server, format!("drop database {} with (force)", self.name)).await
    }
}

async fn command(server: &str, text: String) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(text)).await?;
    Ok(connection.close().await?)
}

fn run(place: &[&str], words: &[&str], what: &str) -> Result<()> {
    let start = Instant::now();
    let child = dangol_at(place, words)?.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let took = ended(child, start)?;
    println!("{what}: {:.0} s, peak {:.0} MiB", took.time.as_secs_f64(), took.peak_mib);
    Ok(())
}
