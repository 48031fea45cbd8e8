//! The database: where it lies, how it is read and written.

use crate::lease::NodeLease;
use crate::turnstile::Turnstile;
use crate::tx::Engine;
use crate::writer::{Lane, Ran, Write, Writer};
use crate::{Environment, Error, Result, Tx, lease, migrate};
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::{Clock, IdSource};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgConnection, PgPool, SqliteConnection, SqlitePool};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The oldest SQLite that may run: before 3.51.3 two connections can lose a commit in WAL mode.
const SQLITE_FLOOR: [u32; 3] = [3, 51, 3];
/// Connections that read, on SQLite.
const READERS: u32 = 4;
/// Memory for pages of each reader on SQLite, in the pragma's unit: KiB below zero.
const READER_CACHE: &str = "-4096";
/// Memory for pages of the writer: an import touches the lines' index on the party at random places. Twice as much made an
/// import no quicker, not even into a company of a million, and its peak 30 MiB higher.
const WRITER_CACHE: &str = "-16384";
/// Pages in the write-ahead log before they move to the database, 128 MiB: an import writes the same pages of its
/// indexes again and again, and each moves once. A start after a crash reads them in some tenths of a second.
const CHECKPOINT_PAGES: &str = "32768";
/// Bytes that the file of the write-ahead log keeps when it begins anew: as many as it will take again.
const LOG_BYTES: &str = "134217728";
/// Connections, on PostgreSQL.
const CONNECTIONS: u32 = 12;
/// How long a transaction waits for a connection before [`Error::Unavailable`].
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a process waits for another that begins the same database.
const BEGINNING: Duration = Duration::from_millis(20);
/// A connection that was idle for less needs no check that the server still answers on it.
const FRESH: Duration = Duration::from_millis(500);

/// Where a company's data lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder that holds `dangol.db`.
    Folder(PathBuf),
    /// A PostgreSQL database.
    Postgres(String),
}

/// A company's database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pools: Pools,
    environment: Environment,
    ids: Arc<IdSource>,
    lease: Mutex<Option<NodeLease>>,
    grown: Arc<Notify>,
    background: Vec<JoinHandle<()>>,
}

enum Pools {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres(PgPool),
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.background.iter().for_each(JoinHandle::abort);
    }
}

impl Db {
    /// Opens the database, creating and migrating it as needed.
    ///
    /// # Errors
    /// [`Error::Refused`] when the engine is too old or the data comes from a newer program.
    pub async fn open(location: &Location, environment: Environment) -> Result<Self> {
        let db = Self::connect(location, environment).await?;
        migrate::run(&db).await?;
        Self::lease_node(db).await
    }

    /// Opens the database without migrating it or taking part in its work: for `migrate --check`.
    pub async fn connect(location: &Location, environment: Environment) -> Result<Self> {
        let grown = Arc::new(Notify::new());
        let ids = Arc::new(IdSource::new(environment.clock.clone(), 0));
        let (pools, background) = match location {
            Location::Folder(folder) => sqlite(folder, &environment, &ids, grown.clone()).await?,
            Location::Postgres(url) => (Pools::Postgres(postgres(url).await?), Vec::new()),
        };
        let lease = Mutex::new(None);
        Ok(Self(Arc::new(Inner { pools, environment, ids, lease, grown, background })))
    }

    /// Takes a node number of its own, so that no two processes make the same id.
    async fn lease_node(self) -> Result<Self> {
        self.hold(lease::take_node(&self).await?);
        let mut inner = Arc::into_inner(self.0).expect("nobody else has the database while it opens");
        Ok(Self(Arc::new_cyclic(|weak| {
            let weak = weak.clone();
            let keeping = lease::keep_node(move || weak.upgrade().map(Self));
            inner.background.push(crate::tasks::detached(keeping));
            inner
        })))
    }

    /// Renews the node number, or takes another when it was lost while the machine slept.
    pub(crate) async fn renew_node(&self) -> Result<()> {
        let Some(held) = self.held() else { return Ok(()) };
        let renewed = lease::renew_node(self, held).await?;
        if renewed.is_none() {
            tracing::warn!(node = held.node, "another process took over the node number; taking another");
        }
        self.hold(match renewed {
            Some(lease) => lease,
            None => lease::take_node(self).await?,
        });
        Ok(())
    }

    fn held(&self) -> Option<NodeLease> {
        *self.0.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, lease: NodeLease) {
        self.0.ids.move_to(lease.node);
        *self.0.lease.lock().unwrap_or_else(PoisonError::into_inner) = Some(lease);
    }

    /// The number this process has leased.
    pub fn node(&self) -> u8 {
        self.0.ids.node()
    }

    /// Time and chance.
    pub fn environment(&self) -> &Environment {
        &self.0.environment
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.environment.clock
    }

    /// Waits until the log grows in this process; other processes are noticed by polling.
    pub(crate) fn grown(&self) -> &Notify {
        &self.0.grown
    }

    /// A reading transaction: one snapshot, dropped when it goes out of scope.
    pub async fn read(&self) -> Result<Tx> {
        let engine = match &self.0.pools {
            Pools::Sqlite { readers, .. } => Engine::SqliteReader(readers.begin().await?),
            Pools::Postgres(pool) => {
                Engine::Postgres(pool.begin_with("begin isolation level repeatable read read only").await?)
            }
        };
        Ok(self.tx(engine))
    }

    /// Runs `write` in a transaction that is kept if it gives `Ok`. On SQLite the write shares its commit with
    /// others; either way the answer comes after the commit.
    ///
    /// Dropping this future never halves the write: on SQLite it goes on to its end, on PostgreSQL it is undone
    /// unless its commit was already on the way. A panic in `write` undoes it and comes back as
    /// [`Error::Panicked`].
    pub async fn write<T, E, F>(&self, lane: Lane, write: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => through(writer, lane, write).await,
            Pools::Postgres(pool) => {
                let mut tx = self.tx(Engine::Postgres(pool.begin().await.map_err(Error::from)?));
                let value = guarded(&mut tx, write).await?;
                self.finish(tx).await?;
                Ok(value)
            }
        }
    }

    async fn finish(&self, tx: Tx) -> Result<()> {
        let appended = tx.appended;
        if let Engine::Postgres(transaction) = tx.engine {
            transaction.commit().await?;
        }
        if appended {
            self.0.grown.notify_waiters();
        }
        Ok(())
    }

    fn tx(&self, engine: Engine) -> Tx {
        Tx {
            engine,
            environment: self.0.environment.clone(),
            ids: self.0.ids.clone(),
            appended: false,
            patience: None,
        }
    }

    /// Makes what was deleted unreadable in the files: on SQLite, where deleted rows are overwritten, the log of writes is
    /// moved to the database and cut to nothing; on PostgreSQL vacuum gives the room of the rows away. What the operating
    /// system, a server's own log of writes and backups still hold, the guide says how to treat.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a reader holds on to the log for too long.
    pub async fn forget(&self) -> Result<()> {
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => {
                let options = readers.connect_options();
                let mut connection =
                    SqliteConnection::connect_with(&options.as_ref().clone().pragma("query_only", "off"))
                        .await?;
                let cut: (i64, i64, i64) =
                    sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
                connection.close().await?;
                match cut.0 {
                    0 => Ok(()),
                    _ => Err(Error::Unavailable("the log of writes is being read; try again".into())),
                }
            }
            Pools::Postgres(pool) => {
                sqlx::query("vacuum").execute(pool).await?;
                Ok(())
            }
        }
    }

    /// Lets go of every connection, after giving back the node number.
    pub async fn close(self) -> Result<()> {
        if let Some(held) = self.held() {
            lease::give_back_node(&self, held).await?;
        }
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => readers.close().await,
            Pools::Postgres(pool) => pool.close().await,
        }
        Ok(())
    }
}

/// Hands a write to the writer and waits for the commit.
async fn through<T, E, F>(writer: &Writer, lane: Lane, write: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (send, receive) = oneshot::channel::<Result<T, E>>();
    let boxed: Write = Box::new(move |tx| {
        async move {
            let outcome = match tx {
                Ok(tx) => guarded(tx, write).await,
                Err(error) => Err(E::from(error)),
            };
            let keep = outcome.is_ok();
            let answer = Box::new(move |committed: Result<()>| {
                let outcome = outcome.and_then(|value| committed.map(|()| value).map_err(E::from));
                // The caller may have gone away; the write stands all the same.
                let _ = send.send(outcome);
            });
            Ran { keep, answer: answer as Box<dyn FnOnce(Result<()>) + Send> }
        }
        .boxed()
    });
    writer.send(lane, boxed).await?;
    receive.await.map_err(|_| E::from(Error::Unavailable("the write did not run; try again".into())))?
}

/// Runs a write; a panic in it becomes an error, so that it takes neither the writer nor a worker with it.
async fn guarded<T, E, F>(tx: &mut Tx, write: F) -> Result<T, E>
where
    E: From<Error>,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
{
    let running = AssertUnwindSafe(async move { write(tx).await }).catch_unwind();
    running.await.unwrap_or_else(|panic| Err(E::from(Error::panicked(panic.as_ref()))))
}

async fn sqlite(
    folder: &Path,
    environment: &Environment,
    ids: &Arc<IdSource>,
    grown: Arc<Notify>,
) -> Result<(Pools, Vec<JoinHandle<()>>)> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Error::Refused(format!("the data folder {} cannot be made: {error}", folder.display()))
    })?;
    let file = folder.join("dangol.db");
    let turnstile = Turnstile::beside(&file)?;
    let options = sqlite_options(&file, environment.durable);
    let mut first = first_connection(&options).await?;
    refuse_old_sqlite(&mut first).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("query_only", "on").pragma("cache_size", READER_CACHE))
        .await?;
    let tx = Tx {
        engine: Engine::SqliteWriter(Box::new(first)),
        environment: environment.clone(),
        ids: ids.clone(),
        appended: false,
        patience: None,
    };
    let (writer, serving) = Writer::start(tx, options, turnstile, move || grown.notify_waiters());
    Ok((Pools::Sqlite { readers, writer }, vec![crate::tasks::detached(serving)]))
}

/// Where several processes begin a database at once, the change to the write-ahead log is refused to all but one without a
/// wait, whatever the busy time says: the others try again.
async fn first_connection(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let until = Instant::now() + PATIENCE;
    loop {
        match SqliteConnection::connect_with(options).await {
            Err(error) if is_busy(&error) && Instant::now() < until => tokio::time::sleep(BEGINNING).await,
            done => return Ok(done?),
        }
    }
}

/// SQLITE_BUSY or SQLITE_LOCKED, whatever its extended form.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

pub(crate) fn sqlite_options(file: &Path, durable: bool) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .statement_cache_capacity(400)
        .row_buffer_size(256)
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory")
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_BYTES)
}

/// Asks the library that really runs, not the header it was built with.
async fn refuse_old_sqlite(connection: &mut SqliteConnection) -> Result<()> {
    let (version,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(connection).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let number = [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
    if number < SQLITE_FLOOR {
        return Err(Error::Refused(format!(
            "SQLite {version} can lose commits: Dangol needs 3.51.3 or later"
        )));
    }
    Ok(())
}

async fn postgres(url: &str) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Refused(format!("the database address cannot be read: {error}")))?
        .application_name("dangol")
        .statement_cache_capacity(400)
        .options([("statement_timeout", "120s"), ("idle_in_transaction_session_timeout", "120s")]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        // A question to the server before each transaction would cost a round trip: only idle connections are asked.
        .test_before_acquire(false)
        .before_acquire(|connection, about| async move { alive(connection, about.idle_for).await }.boxed())
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// Whether a connection from the pool still works; `false` makes the pool open another.
async fn alive(connection: &mut PgConnection, idle: Duration) -> Result<bool, sqlx::Error> {
    Ok(idle < FRESH || connection.ping().await.is_ok())
}
