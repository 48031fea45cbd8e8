//! A fresh database of an engine, with a clock that stands still.

use futures::FutureExt;
use kernel::{FakeClock, Instant, SeededChance};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::log::{self, Entry};
use store::{Db, Environment, Lane, Location, Query, Tx};
use tempfile::TempDir;

/// 2026-11-22T00:00:00Z.
pub const START: Instant = Instant::from_micros(1_795_305_600_000_000);

/// Where a story happens.
pub struct Place {
    pub location: Location,
    pub clock: Arc<FakeClock>,
    _folder: Option<TempDir>,
}

/// Tells a story on both engines.
pub async fn on_both(story: impl AsyncFn(&Place)) {
    story(&Place::sqlite()).await;
    on_postgres(story).await;
}

/// Tells a story on PostgreSQL, or says that it is left out.
pub async fn on_postgres(story: impl AsyncFn(&Place)) {
    let Ok(server) = std::env::var("DANGOL_TEST_POSTGRES_URL") else {
        println!("left out: PostgreSQL (DANGOL_TEST_POSTGRES_URL is not set)");
        return;
    };
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("stories_{}_{number}", std::process::id());
    command(&server, format!("create database {name}")).await;
    let (base, _) = server.rsplit_once('/').unwrap();
    story(&Place::new(Location::Postgres(format!("{base}/{name}")), None)).await;
    command(&server, format!("drop database {name} with (force)")).await;
}

/// Runs a statement on `server`, outside the store.
pub async fn command(server: &str, text: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(text)).await.unwrap();
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::new(Location::Folder(folder.path().to_owned()), Some(folder))
    }

    fn new(location: Location, folder: Option<TempDir>) -> Self {
        Self { location, clock: Arc::new(FakeClock::at(START)), _folder: folder }
    }

    pub fn environment(&self) -> Environment {
        Environment { clock: self.clock.clone(), chance: Arc::new(SeededChance::new(1)), durable: false }
    }

    pub async fn open(&self) -> Db {
        Db::open(&self.location, self.environment()).await.unwrap()
    }

    /// The database with a table `seen`, where the stories write what happened.
    pub async fn open_with_seen(&self) -> Db {
        let db = self.open().await;
        run(&db, "create table seen (who text not null, number bigint not null)").await;
        db
    }

    /// The address of PostgreSQL.
    pub fn url(&self) -> &str {
        match &self.location {
            Location::Postgres(url) => url,
            Location::Folder(_) => panic!("this place is no PostgreSQL"),
        }
    }
}

/// Runs a statement in a transaction of its own.
pub async fn run(db: &Db, text: &str) {
    let query = Query::built(text.to_owned());
    let done = db.write(Lane::Interactive, |tx| async move { query.execute(tx).await }.boxed());
    done.await.unwrap();
}

/// Notes that `who` saw `number`.
pub async fn see(tx: &mut Tx, who: &str, number: i64) -> store::Result<()> {
    let insert = Query::built("insert into seen (who, number) values ($1, $2)".into());
    insert.bind(who).bind(number).execute(tx).await.map(drop)
}

/// What `who` saw, in order.
pub async fn seen(db: &Db, who: &str) -> Vec<i64> {
    let mut tx = db.read().await.unwrap();
    let select = Query::built("select number from seen where who = $1 order by number".into());
    let rows: Vec<(i64,)> = select.bind(who).fetch_all(&mut tx).await.unwrap();
    rows.into_iter().map(|(number,)| number).collect()
}

/// Appends one live interaction for each number of `subjects`.
pub async fn append(db: &Db, kind: &'static str, subjects: std::ops::RangeInclusive<i64>) {
    let write = db.write(Lane::Interactive, move |tx| {
        async move {
            let entries = subjects.map(|subject| Entry::live(tx, kind, subject)).collect();
            log::append_all(tx, entries).await
        }
        .boxed()
    });
    write.await.unwrap();
}
