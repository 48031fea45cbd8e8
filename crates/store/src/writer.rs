//! The one writer of SQLite, with group commit.
//!
//! Writes wait in three lanes, the people's before the reactions' before the imports'. The writer opens a
//! transaction, runs each write in a savepoint, and commits after [`limits::GROUP_COMMIT_WRITES`] writes or
//! [`limits::GROUP_COMMIT_MICROS`]. Callers are answered after the commit, so an answer is a promise. A caller who
//! goes away cannot leave half a write: the writer owns it. A failed commit answers every caller of the group and
//! opens the database anew before anything else is written.

use crate::tx::Engine;
use crate::{Error, Result, Tx};
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::limits;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, SqliteConnection};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

/// Who waits for the writer: earlier lanes go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// A person waits for the answer.
    Interactive,
    /// A reaction, timer or job keeps derived data fresh.
    Reaction,
    /// A long import, in slices.
    Import,
}

/// A write: it runs in a savepoint and gives back how to answer its caller once the group is committed.
pub(crate) type Write = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Ran> + Send>;
/// What a write that ran leaves behind.
pub(crate) struct Ran {
    /// Whether its changes are kept.
    pub keep: bool,
    /// Answers the caller: with `Ok` after the commit, or with why the commit failed.
    pub answer: Box<dyn FnOnce(Result<()>) + Send>,
}

/// The lanes into the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    lanes: [Sender<Write>; 3],
}

impl Writer {
    /// Starts the writer on its own connection; `committed` is called after each commit that let the log grow.
    pub(crate) fn start(
        tx: Tx,
        options: SqliteConnectOptions,
        committed: impl Fn() + Send + 'static,
    ) -> (Self, BoxFuture<'static, ()>) {
        let (interactive, first) = channel(limits::WRITER_QUEUE);
        let (reaction, second) = channel(limits::WRITER_QUEUE);
        let (import, third) = channel(limits::WRITER_QUEUE);
        let desk = Desk { tx, options, lanes: [first, second, third], committed: Box::new(committed) };
        (Self { lanes: [interactive, reaction, import] }, desk.serve().boxed())
    }

    pub(crate) async fn send(&self, lane: Lane, write: Write) -> Result<()> {
        let stopped = || Error::Unavailable("the writer has stopped".into());
        self.lanes[lane as usize].send(write).await.map_err(|_| stopped())
    }
}

/// The writer's side of the lanes.
struct Desk {
    tx: Tx,
    options: SqliteConnectOptions,
    lanes: [Receiver<Write>; 3],
    committed: Box<dyn Fn() + Send>,
}

impl Desk {
    async fn serve(mut self) {
        while let Some(first) = self.next().await {
            let opened = self.run("begin immediate").await;
            let mut group = Vec::new();
            match opened {
                Ok(()) => {
                    self.fill(first, &mut group).await;
                    let committed = self.commit().await;
                    answer(group, committed);
                }
                Err(error) => {
                    // The write never ran: it is dropped, and its caller sees that the answer will not come.
                    tracing::error!(%error, "the writer could not begin a transaction");
                    drop(first);
                    self.reopen().await;
                }
            }
        }
    }

    async fn next(&mut self) -> Option<Write> {
        let [interactive, reaction, import] = &mut self.lanes;
        tokio::select! {
            biased;
            write = interactive.recv() => write,
            write = reaction.recv() => write,
            write = import.recv() => write,
        }
    }

    /// Runs the first write and all that follow within the group's time.
    async fn fill(&mut self, first: Write, group: &mut Vec<Ran>) {
        let until = Instant::now() + Duration::from_micros(limits::GROUP_COMMIT_MICROS);
        group.push(self.one(first).await);
        while group.len() < limits::GROUP_COMMIT_WRITES && Instant::now() < until {
            let Some(write) = self.lanes.iter_mut().find_map(|lane| lane.try_recv().ok()) else { break };
            group.push(self.one(write).await);
        }
    }

    async fn one(&mut self, write: Write) -> Ran {
        if let Err(error) = self.run("savepoint one_write").await {
            return failed(error);
        }
        let appended = std::mem::take(&mut self.tx.appended);
        let ran = AssertUnwindSafe(write(&mut self.tx)).catch_unwind().await;
        let ran = ran.unwrap_or_else(|_| failed(Error::Corrupt("a write panicked".into())));
        let end = if ran.keep { "release one_write" } else { "rollback to one_write; release one_write" };
        self.tx.appended = appended || (ran.keep && self.tx.appended);
        match self.run(end).await {
            Ok(()) => ran,
            Err(error) => Ran { keep: false, answer: Box::new(|_| (ran.answer)(Err(error))) },
        }
    }

    async fn commit(&mut self) -> Result<()> {
        let committed = self.run("commit").await;
        match committed {
            Ok(()) if std::mem::take(&mut self.tx.appended) => (self.committed)(),
            Ok(()) => {}
            Err(_) => self.reopen().await,
        }
        committed
    }

    /// After a failed commit nothing about the connection is trusted (SQLite: an error on fsync may have dropped
    /// the pages). Tries until the database opens again.
    async fn reopen(&mut self) {
        self.tx.appended = false;
        loop {
            match SqliteConnection::connect_with(&self.options).await {
                Ok(connection) => {
                    self.tx.engine = Engine::SqliteWriter(Box::new(connection));
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, "the database does not open; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn run(&mut self, text: &'static str) -> Result<()> {
        match &mut self.tx.engine {
            Engine::SqliteWriter(connection) => Ok(connection.execute(text).await.map(drop)?),
            _ => Err(Error::Refused("the writer runs on SQLite alone".into())),
        }
    }
}

fn failed(error: Error) -> Ran {
    Ran { keep: false, answer: Box::new(move |_| tracing::error!(%error, "a write failed")) }
}

fn answer(group: Vec<Ran>, committed: Result<()>) {
    let broken = committed.err().map(|error| error.to_string());
    for ran in group {
        (ran.answer)(broken.clone().map_or(Ok(()), |message| Err(Error::Unavailable(message))));
    }
}
