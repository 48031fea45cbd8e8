//! The one writer of SQLite, with group commit.
//!
//! Writes wait in three lanes, the people's before the reactions' before the imports'. The writer opens a
//! transaction, runs each write after the first in a savepoint, and commits after [`limits::GROUP_COMMIT_WRITES`]
//! writes or [`limits::GROUP_COMMIT_MICROS`]. The first needs none, because nothing was written before it: a savepoint
//! would copy every page that a slice of an import touches. Before the second write the writer makes sure that the
//! transaction is still open, because outside of one a savepoint would commit alone. A group takes from its first
//! write's lane and the lanes before it, so that a person never waits for a slice of an import that happened to come
//! along. Callers are answered after the commit, so an answer is a promise. A caller who goes away cannot leave half
//! a write: the writer owns it. When the transaction is lost (a full disk makes SQLite roll all of it back) or the
//! commit fails, every caller of the group is told so, and the database is opened anew before anything else is written.

use crate::turnstile::Turnstile;
use crate::tx::Engine;
use crate::{Error, Result, Tx};
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::limits;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, SqliteConnection};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

/// What SQLite says to `begin` inside a transaction.
const WITHIN: &str = "within a transaction";

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

/// A write: it can be undone alone, or is told why it cannot, and gives back how to answer its caller once the group
/// is committed. It never panics.
pub(crate) type Write = Box<dyn for<'t> FnOnce(Result<&'t mut Tx>) -> BoxFuture<'t, Ran> + Send>;
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
        turnstile: Turnstile,
        committed: impl Fn() + Send + 'static,
    ) -> (Self, BoxFuture<'static, ()>) {
        let (interactive, first) = channel(limits::WRITER_QUEUE);
        let (reaction, second) = channel(limits::WRITER_QUEUE);
        let (import, third) = channel(limits::WRITER_QUEUE);
        let lanes = [first, second, third];
        let desk = Desk { tx, options, turnstile, lanes, committed: Box::new(committed) };
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
    turnstile: Turnstile,
    lanes: [Receiver<Write>; 3],
    committed: Box<dyn Fn() + Send>,
}

impl Desk {
    async fn serve(mut self) {
        while let Some((lane, first)) = self.next().await {
            match self.begin().await {
                Ok(()) => self.group(lane, first).await,
                Err(error) => {
                    tracing::error!(%error, "the writer could not begin a transaction");
                    let refused = first(Err(error)).await;
                    (refused.answer)(Ok(()));
                    self.reopen().await;
                }
            }
        }
    }

    /// Begins a transaction, in turn with other processes.
    async fn begin(&mut self) -> Result<()> {
        let _turn = self.turnstile.pass().await;
        self.run("begin immediate").await
    }

    /// The next write, the people's first; nothing when every lane is closed and empty.
    async fn next(&mut self) -> Option<(Lane, Write)> {
        let [interactive, reaction, import] = &mut self.lanes;
        tokio::select! {
            biased;
            Some(write) = interactive.recv() => Some((Lane::Interactive, write)),
            Some(write) = reaction.recv() => Some((Lane::Reaction, write)),
            Some(write) = import.recv() => Some((Lane::Import, write)),
            else => None,
        }
    }

    /// One transaction from the first write to the answers.
    async fn group(&mut self, lane: Lane, first: Write) {
        let mut group = Vec::new();
        let committed = match self.fill(lane, first, &mut group).await {
            Ok(true) => self.run("commit").await,
            Ok(false) => self.run("rollback").await,
            Err(error) => Err(error),
        };
        let grown = std::mem::take(&mut self.tx.appended);
        match committed {
            Ok(()) if grown => (self.committed)(),
            Ok(()) => {}
            Err(ref error) => {
                tracing::error!(%error, "a group of writes was lost");
                self.reopen().await;
            }
        }
        answer(group, committed);
    }

    /// Runs the first write and those that already wait, within the group's time. It does not wait for more: while
    /// a commit is under way, the next group gathers by itself. Gives whether there is anything to keep.
    ///
    /// # Errors
    /// When the transaction is lost, and with it every write of the group.
    async fn fill(&mut self, lane: Lane, first: Write, group: &mut Vec<Ran>) -> Result<bool> {
        let until = Instant::now() + Duration::from_micros(limits::GROUP_COMMIT_MICROS);
        let ran = first(Ok(&mut self.tx)).await;
        let keep = ran.keep;
        group.push(ran);
        if !keep {
            self.tx.appended = false;
            return Ok(false);
        }
        if self.lanes[..=lane as usize].iter().all(Receiver::is_empty) {
            return Ok(true);
        }
        self.still_open().await?;
        while group.len() < limits::GROUP_COMMIT_WRITES && Instant::now() < until {
            let waiting = self.lanes[..=lane as usize].iter_mut().find_map(|lane| lane.try_recv().ok());
            let Some(write) = waiting else { break };
            self.one(write, group).await?;
        }
        Ok(true)
    }

    /// Makes sure that the first write, which has no savepoint, did not lose the transaction and hide it.
    ///
    /// # Errors
    /// When it did.
    async fn still_open(&mut self) -> Result<()> {
        // What SQLite refuses inside a transaction alone, without touching it.
        match self.connection()?.execute("begin").await {
            Err(sqlx::Error::Database(refusal)) if refusal.message().contains(WITHIN) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Err(Error::Unavailable("the database took the first write of a group back".into())),
        }
    }

    async fn one(&mut self, write: Write, group: &mut Vec<Ran>) -> Result<()> {
        self.run("savepoint one_write").await?;
        let appended = std::mem::take(&mut self.tx.appended);
        let ran = write(Ok(&mut self.tx)).await;
        let end = if ran.keep { "release one_write" } else { "rollback to one_write; release one_write" };
        self.tx.appended = appended || (ran.keep && self.tx.appended);
        group.push(ran);
        self.run(end).await
    }

    /// After a lost transaction nothing about the connection is trusted (an error on fsync may have dropped the
    /// pages). Tries until the database opens again.
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
        Ok(self.connection()?.execute(text).await.map(drop)?)
    }

    fn connection(&mut self) -> Result<&mut SqliteConnection> {
        match &mut self.tx.engine {
            Engine::SqliteWriter(connection) => Ok(connection),
            _ => Err(Error::Refused("the writer runs on SQLite alone".into())),
        }
    }
}

fn answer(group: Vec<Ran>, committed: Result<()>) {
    for ran in group {
        (ran.answer)(match &committed {
            Ok(()) => Ok(()),
            Err(Error::Full) => Err(Error::Full),
            Err(error) => Err(Error::Unavailable(format!("nothing was written; try again ({error})"))),
        });
    }
}
