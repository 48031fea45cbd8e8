//! Migrations: forward only, one step one transaction, never edited once shipped.
//!
//! The same names stand in `migrations/sqlite` and `migrations/postgres`. A database that was changed by a newer
//! program is refused and left as it is.

use crate::tx::Connection;
use crate::{Db, Error, Lane, Result, Tx, sql};
use futures::FutureExt;
use rust_embed::RustEmbed;
use sqlx::{AssertSqlSafe, Executor};

#[derive(RustEmbed)]
#[folder = "../../migrations/sqlite"]
struct SqliteSteps;

#[derive(RustEmbed)]
#[folder = "../../migrations/postgres"]
struct PostgresSteps;

/// A step of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from the file's name.
    pub version: i64,
    /// The file's name, without its ending.
    pub name: String,
    text: String,
}

/// How far a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The newest step it has; none in a database that holds no company yet.
    pub newest: Option<i64>,
    /// What it lacks.
    pub pending: Vec<Step>,
}

/// Looks how far a database is, and changes nothing.
pub async fn look(db: &Db) -> Result<Standing> {
    let mut tx = db.read().await?;
    let done = if is_begun(&mut tx).await? { done(&mut tx).await? } else { Vec::new() };
    Ok(Standing { newest: done.last().copied(), pending: lacking(&mut tx, &done)? })
}

/// What a database lacks; changes nothing.
pub async fn pending(db: &Db) -> Result<Vec<Step>> {
    Ok(look(db).await?.pending)
}

/// Whether the table of the steps is there.
async fn is_begun(tx: &mut Tx) -> Result<bool> {
    let found = match tx.connection() {
        Connection::Sqlite(connection) => {
            let asked = "select 1 from sqlite_master where type = 'table' and name = 'schema_steps'";
            connection.fetch_optional(asked).await?.is_some()
        }
        Connection::Postgres(connection) => {
            let asked = "select 1 where to_regclass('schema_steps') is not null";
            connection.fetch_optional(asked).await?.is_some()
        }
    };
    Ok(found)
}

/// Applies every missing step. Two processes may try at once: one applies, the other waits and finds nothing left.
pub async fn run(db: &Db) -> Result<Vec<Step>> {
    let mut applied = Vec::new();
    while let Some(step) = db.write(Lane::Interactive, |tx| next(tx).boxed()).await? {
        tracing::info!(step = step.name, "migrated");
        applied.push(step);
    }
    Ok(applied)
}

/// Applies the steps of a backup, `wanted`, in the caller's transaction.
///
/// # Errors
/// [`Error::Refused`] when this program does not know one of them.
pub(crate) async fn run_up_to(tx: &mut Tx, wanted: &[(i64, String)]) -> Result<()> {
    refuse_newer(wanted)?;
    lock(tx).await?;
    for step in steps(tx) {
        if wanted.iter().any(|(version, _)| *version == step.version) {
            apply(tx, &step).await?;
        }
    }
    Ok(())
}

/// Applies every missing step in the caller's transaction.
pub(crate) async fn run_in(tx: &mut Tx) -> Result<()> {
    while next(tx).await?.is_some() {}
    Ok(())
}

/// The steps that a database has, by number and name.
pub(crate) async fn applied(tx: &mut Tx) -> Result<Vec<(i64, String)>> {
    sql!("select version, name from schema_steps order by version").fetch_all(tx).await
}

/// Refuses steps that this program does not know, or knows under another name.
pub(crate) fn refuse_newer(wanted: &[(i64, String)]) -> Result<()> {
    let known = embedded::<SqliteSteps>();
    let strange = wanted
        .iter()
        .find(|(version, name)| !known.iter().any(|step| step.version == *version && step.name == *name));
    match strange {
        None => Ok(()),
        Some((_, name)) => Err(Error::Refused(format!(
            "a newer Dangol wrote this backup (schema step {name}): restore it with that program; nothing was changed"
        ))),
    }
}

/// Whether a database has any step.
pub(crate) async fn is_begun_with_steps(tx: &mut Tx) -> Result<bool> {
    Ok(is_begun(tx).await? && !done(tx).await?.is_empty())
}

async fn next(tx: &mut Tx) -> Result<Option<Step>> {
    let Some(step) = missing(tx).await?.into_iter().next() else { return Ok(None) };
    apply(tx, &step).await?;
    Ok(Some(step))
}

async fn apply(tx: &mut Tx, step: &Step) -> Result<()> {
    script(tx, &step.text).await?;
    sql!("insert into schema_steps (version, name, applied_at) values ($1, $2, $3)")
        .bind(step.version)
        .bind(&step.name)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(())
}

async fn missing(tx: &mut Tx) -> Result<Vec<Step>> {
    lock(tx).await?;
    let done = done(tx).await?;
    lacking(tx, &done)
}

async fn done(tx: &mut Tx) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sql!("select version from schema_steps order by version").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

fn lacking(tx: &mut Tx, done: &[i64]) -> Result<Vec<Step>> {
    let known = steps(tx);
    let newest = known.last().map_or(0, |step| step.version);
    if let Some(version) = done.iter().find(|version| **version > newest) {
        return Err(Error::Refused(format!(
            "this data was written by a newer Dangol (schema step {version}, this program knows {newest}): \
             start the newer program; nothing was changed"
        )));
    }
    Ok(known.into_iter().filter(|step| !done.contains(&step.version)).collect())
}

/// Makes other processes wait. On SQLite the transaction itself does.
async fn lock(tx: &mut Tx) -> Result<()> {
    let table = "create table if not exists schema_steps (version bigint primary key, name text not null, \
                 applied_at bigint not null)";
    match tx.connection() {
        Connection::Sqlite(connection) => {
            connection
                .execute(
                    "create table if not exists schema_steps (version integer primary key, name text not null, \
                     applied_at integer not null) strict",
                )
                .await?;
        }
        Connection::Postgres(connection) => {
            connection.execute("select pg_advisory_xact_lock(4406217)").await?;
            connection.execute(table).await?;
        }
    }
    Ok(())
}

async fn script(tx: &mut Tx, text: &str) -> Result<()> {
    let script = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    match tx.connection() {
        Connection::Sqlite(connection) => script.execute(connection).await?.rows_affected(),
        Connection::Postgres(connection) => script.execute(connection).await?.rows_affected(),
    };
    Ok(())
}

fn steps(tx: &mut Tx) -> Vec<Step> {
    match tx.connection() {
        Connection::Sqlite(_) => embedded::<SqliteSteps>(),
        Connection::Postgres(_) => embedded::<PostgresSteps>(),
    }
}

fn embedded<E: RustEmbed>() -> Vec<Step> {
    let mut steps: Vec<Step> = E::iter()
        .filter_map(|path| {
            let name = path.strip_suffix(".sql")?.to_owned();
            let version = name.split('_').next()?.parse().ok()?;
            let text = String::from_utf8(E::get(&path)?.data.into_owned()).ok()?;
            Some(Step { version, name, text })
        })
        .collect();
    steps.sort_by_key(|step| step.version);
    steps
}

/// The names of the steps of both engines, for the test that compares them.
pub fn names() -> [Vec<String>; 2] {
    [embedded::<SqliteSteps>(), embedded::<PostgresSteps>()]
        .map(|steps| steps.into_iter().map(|step| step.name).collect())
}
