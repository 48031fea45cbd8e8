//! How long an import takes and how much memory, beside raw inserts of the same rows through the same driver:
//! `cargo xtask bench import`. The number of lines of the simulated export may be given.
//!
//! The floor writes the rows of `order_lines` alone, with the same indexes, settings and rows a transaction; the
//! program reads the file, tells the log, knows the parties and computes the facts besides.

#![forbid(unsafe_code)]

mod shared;

use anyhow::{Context, Result};
use shared::{Took, argument, dangol, ended, machine};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Column, Connection, Executor, Row, SqliteConnection, TypeInfo, ValueRef};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Lines of the simulated export.
const LINES: u64 = 1_000_000;
/// Names the PostgreSQL server, with a database to begin in.
const POSTGRES: &str = "DANGOL_TEST_POSTGRES_URL";
/// Rows of one transaction, as the program writes them.
const CHUNK: usize = 800;
/// Rows of one statement.
const ROWS: usize = 400;

fn main() -> Result<ExitCode> {
    if let Some(code) = shared::program() {
        return Ok(code);
    }
    machine();
    let folder = tempfile::TempDir::new()?;
    for (name, file) in [online_retail(folder.path())?, Some(simulated(folder.path())?)].into_iter().flatten()
    {
        let data = folder.path().join(&name);
        measure(&name, &file, &data)?;
        std::fs::remove_dir_all(data)?;
        on_postgres(&name, &file)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Online Retail, unpacked, where the real data is.
fn online_retail(folder: &Path) -> Result<Option<(String, PathBuf)>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("DANGOL_DATA_DIR").map_or_else(beside, PathBuf::from);
    let Ok(packed) = File::open(data.join("online_retail/online_retail.csv.gz")) else {
        println!("left out: Online Retail, because {} does not have it", data.display());
        return Ok(None);
    };
    let path = folder.join("online_retail.csv");
    std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut File::create(&path)?)?;
    Ok(Some(("online_retail".into(), path)))
}

fn simulated(folder: &Path) -> Result<(String, PathBuf)> {
    let lines = argument(1, LINES)?;
    let path = folder.join("simulated.csv");
    let mut out = BufWriter::new(File::create(&path)?);
    simulate::large::write_csv(&mut out, 1, u32::try_from(lines / 10)?, lines)?;
    out.flush()?;
    Ok((format!("simulated_{lines}"), path))
}

fn measure(name: &str, file: &Path, data: &Path) -> Result<()> {
    let start = Instant::now();
    let mut import = dangol(data, &["import", file.to_str().context("the path is text")?])?;
    let import = import.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let Took { time, cpu, peak_mib } = ended(import, start)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (rows, floor) = runtime.block_on(floor(data))?;
    let (seconds, floor) = (time.as_secs_f64(), floor.as_secs_f64());
    println!(
        "{name}: {rows} lines in {seconds:.1} s ({:.0} a second), {cpu:.1} s of processor time, peak {peak_mib:.0} MiB; \
         raw inserts {floor:.1} s; ratio {:.2}",
        rows as f64 / seconds,
        seconds / floor
    );
    Ok(())
}

/// The same import on PostgreSQL, into a database of its own, where a server is named.
fn on_postgres(name: &str, file: &Path) -> Result<()> {
    let Ok(server) = std::env::var(POSTGRES) else {
        println!("left out: {name} on PostgreSQL, because {POSTGRES} names no server");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let database = format!("bench_{name}_{}", std::process::id());
    let url =
        server.rsplit_once('/').context("the address ends with a database")?.0.to_owned() + "/" + &database;
    runtime.block_on(command(&server, format!("create database {database}")))?;
    let start = Instant::now();
    let mut import =
        shared::dangol_at(&["--database", &url], &["import", file.to_str().context("the path is text")?])?;
    let ended = ended(import.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?, start);
    runtime.block_on(command(&server, format!("drop database {database} with (force)")))?;
    let Took { time, cpu, peak_mib } = ended?;
    println!(
        "{name} on PostgreSQL: {:.1} s, {cpu:.1} s of processor time, peak {peak_mib:.0} MiB without the server's",
        time.as_secs_f64()
    );
    Ok(())
}

async fn command(server: &str, text: String) -> Result<()> {
    let mut connection = sqlx::PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(text)).await?;
    Ok(connection.close().await?)
}

async fn open(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// How many rows the import wrote, and how long it takes to insert them and nothing else.
async fn floor(data: &Path) -> Result<(usize, Duration)> {
    let mut from = open(&data.join("dangol.db")).await?;
    let mut to = open(&data.join("floor.db")).await?;
    let made =
        "select sql from sqlite_master where tbl_name = 'order_lines' and sql is not null order by type desc";
    for (statement,) in sqlx::query_as::<_, (String,)>(made).fetch_all(&mut from).await? {
        to.execute(AssertSqlSafe(statement)).await?;
    }
    let (mut after, mut count, mut took) = (i64::MIN, 0, Duration::ZERO);
    loop {
        let page = sqlx::query("select * from order_lines where id > ? order by id limit ?").bind(after);
        let rows = page.bind(i64::try_from(CHUNK)?).fetch_all(&mut from).await?;
        let Some(last) = rows.last() else { return Ok((count, took)) };
        (after, count) = (last.try_get("id")?, count + rows.len());
        let start = Instant::now();
        let mut tx = to.begin_with("begin immediate").await?;
        for rows in rows.chunks(ROWS) {
            insert(&mut tx, rows).await?;
        }
        tx.commit().await?;
        took += start.elapsed();
    }
}

async fn insert(to: &mut SqliteConnection, rows: &[SqliteRow]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let row = format!("({})", vec!["?"; first.len()].join(", "));
    let text = format!("insert into order_lines values {}", vec![row; rows.len()].join(", "));
    let mut query = sqlx::query(AssertSqlSafe(text));
    for row in rows {
        for column in row.columns() {
            let value = row.try_get_raw(column.ordinal())?;
            let is_number = !value.is_null() && value.type_info().name() == "INTEGER";
            query = match is_number {
                true => query.bind(row.try_get::<Option<i64>, _>(column.ordinal())?),
                false => query.bind(row.try_get::<Option<&str>, _>(column.ordinal())?),
            };
        }
    }
    query.execute(to).await?;
    Ok(())
}
