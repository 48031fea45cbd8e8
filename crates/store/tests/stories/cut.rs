//! PostgreSQL behind a line that breaks: after a commit whose answer is lost, for a while, or onto a server that only reads.

use crate::place::{Place, command, on_postgres, see, seen};
use futures::FutureExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use store::log::{self, Entry};
use store::{Db, Error, Lane, Location, Query};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Everything goes through.
const WHOLE: u8 = 0;
/// A commit reaches the server, its answer does not come back.
const CUT_AFTER_COMMIT: u8 = 1;
/// Nobody gets through.
const GONE: u8 = 2;

/// The line to the server.
struct Line {
    state: Arc<AtomicU8>,
    location: Location,
}

impl Line {
    /// A line to the server of a place.
    async fn to(place: &Place) -> Self {
        let (head, name) = place.url().rsplit_once('/').unwrap();
        let server = head.rsplit_once('@').map_or(head, |(_, server)| server).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap();
        let state = Arc::new(AtomicU8::new(WHOLE));
        let location = Location::Postgres(format!("{}/{name}", head.replace(&server, &own.to_string())));
        let shared = state.clone();
        drop(spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, state) = (server.clone(), shared.clone());
                drop(spawn(async move { carry(client, server, state).await }));
            }
        }));
        Self { state, location }
    }

    fn is(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }
}

#[expect(clippy::disallowed_methods, reason = "it ends with the runtime of the story")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    tokio::spawn(task)
}

/// Carries bytes both ways until one end is gone or the line is cut.
async fn carry(mut client: TcpStream, server: String, state: Arc<AtomicU8>) {
    let is = |wanted| state.load(Ordering::SeqCst) == wanted;
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut asked, mut told) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    while !is(GONE) {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(count @ 1..) = read else { return };
                let commits = asked[..count].windows(6).any(|word| word.eq_ignore_ascii_case(b"commit"));
                if server.write_all(&asked[..count]).await.is_err() { return }
                if commits && is(CUT_AFTER_COMMIT) {
                    // The server has answered, so it is written; nobody hears of it.
                    let _ = server.read(&mut told).await;
                    return;
                }
            }
            read = server.read(&mut told) => {
                let Ok(count @ 1..) = read else { return };
                if client.write_all(&told[..count]).await.is_err() { return }
            }
            () = tokio::time::sleep(Duration::from_millis(20)) => {}
        }
    }
}

async fn tell(db: &Db) -> store::Result<()> {
    db.write(Lane::Interactive, |tx| {
        async move { log::append(tx, Entry::live(tx, "order.added", 7)).await }.boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_and_not_answered_is_refused_when_it_is_told_again() {
    on_postgres(async |place| {
        place.open().await.close().await.unwrap();
        let line = Line::to(place).await;
        let db = Db::open(&line.location, place.environment()).await.unwrap();
        line.is(CUT_AFTER_COMMIT);
        let told = tell(&db).await.unwrap_err();
        assert!(matches!(told, Error::Unavailable(_)), "{told:?}");
        line.is(WHOLE);
        tokio::time::sleep(Duration::from_millis(600)).await;
        let again = tell(&db).await.unwrap_err();
        assert!(matches!(again, Error::Constraint { unique: true, .. }), "{again:?}");
        let mut tx = db.read().await.unwrap();
        let (count,): (i64,) =
            Query::built("select count(*) from interactions".into()).fetch_one(&mut tx).await.unwrap();
        assert_eq!(count, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_for_a_while_is_told_and_comes_back_by_itself() {
    on_postgres(async |place| {
        place.open_with_seen().await.close().await.unwrap();
        let line = Line::to(place).await;
        let db = Db::open(&line.location, place.environment()).await.unwrap();
        line.is(GONE);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let write = || db.write(Lane::Interactive, |tx| see(tx, "gone", 1).boxed());
        assert!(matches!(write().await, Err(Error::Unavailable(_))));
        assert!(matches!(db.read().await.err(), Some(Error::Unavailable(_))));
        line.is(WHOLE);
        db.write(Lane::Interactive, |tx| see(tx, "back", 1).boxed()).await.unwrap();
        assert_eq!((seen(&db, "gone").await.len(), seen(&db, "back").await.len()), (0, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_told_and_can_be_read() {
    on_postgres(async |place| {
        let db = place.open_with_seen().await;
        let (head, name) = place.url().rsplit_once('/').unwrap();
        // What the database only reads can be turned from beside it alone.
        let beside = format!("{head}/postgres");
        let turn = async |to: &str| {
            command(&beside, format!("alter database {name} set default_transaction_read_only = {to}")).await;
            let cut =
                format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
            command(&beside, cut).await;
            tokio::time::sleep(Duration::from_millis(600)).await;
        };
        turn("on").await;
        let refused = db.write(Lane::Interactive, |tx| see(tx, "only", 1).boxed()).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        assert_eq!(seen(&db, "only").await.len(), 0, "reading goes on");
        turn("off").await;
        db.write(Lane::Interactive, |tx| see(tx, "only", 2).boxed()).await.unwrap();
    })
    .await;
}
