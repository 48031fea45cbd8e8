//! Where a backup is restored to: beside what is there, and in its place only when it is whole.

use super::frame::{Header, Summary, check};
use super::load;
use crate::db::sqlite_options;
use crate::tx::Engine;
use crate::{Environment, Error, Location, Query, Result, Tx, migrate};
use kernel::IdSource;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The folder within the data folder in which a database is restored before it takes its place.
const BESIDE: &str = "restoring";
/// What the replaced database's files are called.
const REPLACED: &str = "before-restore";
/// The database and what belongs to it.
const FILES: [&str; 3] = ["dangol.db", "dangol.db-wal", "dangol.db-shm"];

/// What a restore did.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What was in the backup.
    pub summary: Summary,
    /// Where the company lies that was there before.
    pub replaced: Option<PathBuf>,
}

/// Restores the backup that `open` gives, from its beginning each time, to `location`. It is read twice: once to the
/// end to check it, then into the database.
///
/// # Errors
/// [`Error::Refused`] when the backup is damaged or from a newer program, when a company is there and `replace` does not
/// say so, or while a program uses it. Nothing is changed then.
pub async fn restore<R: Read + Send + 'static>(
    open: impl Fn() -> Result<R>,
    location: &Location,
    environment: &Environment,
    replace: bool,
) -> Result<Restored> {
    let input = open()?;
    let checked = tokio::task::spawn_blocking(move || check(input)).await;
    let summary = checked.map_err(|error| Error::Panicked(error.to_string()))??;
    migrate::refuse_newer(&summary.header.schema)?;
    let input = open()?;
    let replaced = match location {
        Location::Folder(folder) => into_folder(input, folder, environment, replace).await?,
        Location::Postgres(url) => {
            into_postgres(input, url, environment, replace).await?;
            None
        }
    };
    Ok(Restored { summary, replaced })
}

fn refused() -> Error {
    Error::Refused(
        "there is a company already: name another place, or say --replace to put the backup in its place; nothing was \
         changed"
            .into(),
    )
}

fn tx(engine: Engine, environment: &Environment) -> Tx {
    let ids = Arc::new(IdSource::new(environment.clock.clone(), 0));
    Tx { engine, environment: environment.clone(), ids, appended: false, patience: None }
}

async fn into_folder<R: Read + Send + 'static>(
    input: R,
    folder: &Path,
    environment: &Environment,
    replace: bool,
) -> Result<Option<PathBuf>> {
    let there = folder.join(FILES[0]).exists();
    if there && !replace {
        return Err(refused());
    }
    let beside = folder.join(BESIDE);
    let made = make(input, &beside, environment).await;
    let placed = made.and_then(|()| place(folder, &beside, there).map_err(unplaced));
    // Half a database must not stay, whatever happened; that it is gone already is as well.
    let _ = fs::remove_dir_all(&beside);
    placed
}

fn unplaced(error: std::io::Error) -> Error {
    Error::Refused(format!("the restored company cannot be put in its place: {error}"))
}

/// Makes the database in `beside`, whole and on the disk.
async fn make<R: Read + Send + 'static>(input: R, beside: &Path, environment: &Environment) -> Result<()> {
    let _ = fs::remove_dir_all(beside);
    fs::create_dir_all(beside).map_err(unplaced)?;
    let file = beside.join(FILES[0]);
    // Nobody else sees this file, and what goes wrong removes it: it needs no journal.
    let options = sqlite_options(&file, true)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off);
    let connection = SqliteConnection::connect_with(&options).await?;
    let mut tx = tx(Engine::SqliteWriter(Box::new(connection)), environment);
    Query::built("begin immediate".into()).execute(&mut tx).await?;
    load::company(&mut tx, input).await?;
    Query::built("commit".into()).execute(&mut tx).await?;
    if let Engine::SqliteWriter(connection) = tx.engine {
        connection.close().await?;
    }
    fs::File::open(&file).and_then(|file| file.sync_all()).map_err(unplaced)
}

/// Moves the old database aside and the new one in.
fn place(folder: &Path, beside: &Path, there: bool) -> std::io::Result<Option<PathBuf>> {
    let aside = free(folder);
    if there {
        fs::create_dir(&aside)?;
        // The log of writes first: a database that has lost it must not be found under its own name.
        for file in FILES.iter().rev().filter(|file| folder.join(file).exists()) {
            fs::rename(folder.join(file), aside.join(file))?;
        }
    }
    fs::rename(beside.join(FILES[0]), folder.join(FILES[0]))?;
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(there.then_some(aside))
}

/// A name that no earlier restore has taken.
fn free(folder: &Path) -> PathBuf {
    let name = |count: u32| match count {
        1 => folder.join(REPLACED),
        _ => folder.join(format!("{REPLACED}-{count}")),
    };
    (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1))
}

async fn into_postgres<R: Read + Send + 'static>(
    input: R,
    url: &str,
    environment: &Environment,
    replace: bool,
) -> Result<()> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Refused(format!("the database address cannot be read: {error}")))?
        .application_name("dangol restore");
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let mut tx = tx(Engine::Postgres(pool.begin().await?), environment);
    let loaded = replacing(&mut tx, input, replace).await;
    if let Engine::Postgres(transaction) = tx.engine {
        match &loaded {
            Ok(_) => transaction.commit().await?,
            Err(_) => transaction.rollback().await?,
        }
    }
    pool.close().await;
    loaded.map(drop)
}

/// One transaction from the old company to the new one.
async fn replacing<R: Read + Send + 'static>(tx: &mut Tx, input: R, replace: bool) -> Result<Header> {
    let tables = tables(tx).await?;
    let is_ours = tables.iter().any(|table| table == "schema_steps");
    if !tables.is_empty() && !is_ours {
        return Err(Error::Refused(
            "the database holds tables that are not Dangol's: give it one of its own".into(),
        ));
    }
    if is_ours && migrate::is_begun_with_steps(tx).await? {
        if !replace {
            return Err(refused());
        }
        refuse_while_used(tx).await?;
    }
    for table in tables {
        run(tx, format!("drop table {} cascade", super::source::quoted(&table))).await?;
    }
    load::company(tx, input).await
}

async fn tables(tx: &mut Tx) -> Result<Vec<String>> {
    let text = "select table_name::text from information_schema.tables \
                where table_schema = current_schema() and table_type = 'BASE TABLE'";
    let rows: Vec<(String,)> = Query::built(text.into()).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// A program that runs holds a node number; one that was killed holds it for two minutes more.
async fn refuse_while_used(tx: &mut Tx) -> Result<()> {
    let nodes = Query::built("select count(*) from nodes where leased_until > $1".into());
    let (used,): (i64,) = nodes.bind(tx.now()).fetch_one(tx).await?;
    if used > 0 {
        return Err(Error::Refused(
            "a Dangol is using this database: stop it (one that was killed is forgotten after two minutes), then restore; \
             nothing was changed"
                .into(),
        ));
    }
    Ok(())
}

async fn run(tx: &mut Tx, text: String) -> Result<()> {
    Query::built(text).execute(tx).await.map(drop)
}
