//! Jobs: long work in resumable chunks, with progress that people can watch.
//!
//! A job runs under a lease with a fence: every checkpoint names the fence it runs under, so a process that lost
//! its lease cannot write any more. A job that was cut off goes on at its last checkpoint.

use crate::tasks::Stop;
use crate::{Db, Error, FromRow, Json, Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, Instant, kinds, limits};
use serde::Serialize;
use serde_json::Value as Body;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How often the queue is looked at.
const TICK: Duration = Duration::from_millis(300);
/// How often a running job shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(8);

/// A kind of work.
#[async_trait]
pub trait Work: Send + Sync {
    /// The kind, the key in the table.
    fn kind(&self) -> &'static str;

    /// Does the work from `run.cursor()` on, with a checkpoint after each chunk. Gives a message for people, or
    /// the problem as text.
    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure>;
}

/// Why a job ended early.
#[derive(Debug)]
pub enum Failure {
    /// The database said no; the job is tried again after its lease.
    Store(Error),
    /// The work cannot be done: what happened and what to do.
    Problem(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

/// What people see of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct JobState {
    /// The job.
    #[schema(value_type = String)]
    pub id: Id<kinds::Job>,
    /// Its kind.
    pub kind: String,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// Units done.
    pub done: i64,
    /// Units in all, 0 while it is not known.
    pub total: i64,
    /// What it is busy with.
    pub phase: String,
    /// A message at the end.
    pub message: Option<String>,
    /// When it was first started.
    #[schema(value_type = Option<String>)]
    pub started_at: Option<Instant>,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    pub finished_at: Option<Instant>,
}

/// A job that runs.
pub struct Run {
    db: Db,
    id: Id<kinds::Job>,
    fence: i64,
    params: Body,
    cursor: Body,
    stop: Option<Stop>,
}

/// Where a job stands, written with its chunk.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    id: Id<kinds::Job>,
    fence: i64,
}

impl Run {
    /// The job's id.
    pub fn id(&self) -> Id<kinds::Job> {
        self.id
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// What it was started with.
    pub fn params(&self) -> &Body {
        &self.params
    }

    /// Where it was cut off; null at the first start.
    pub fn cursor(&self) -> &Body {
        &self.cursor
    }

    /// Whether the program is stopping: the job should return after its chunk with [`Run::interrupted`].
    pub fn is_stopping(&self) -> bool {
        self.stop.as_ref().is_some_and(Stop::is_set)
    }

    /// Says what the job is busy with, of which it keeps no place to go on from; notices when the program stops.
    ///
    /// # Errors
    /// [`Run::interrupted`] when the program stops, [`Error::LeaseLost`] when another process has the job now.
    pub async fn report(
        &self,
        phase: &'static str,
        done: i64,
        total: i64,
    ) -> std::result::Result<(), Failure> {
        if self.is_stopping() {
            return Err(Self::interrupted());
        }
        let checkpoint = self.checkpoint();
        let saving = self.db.write(Lane::Reaction, move |tx| {
            async move { checkpoint.save(tx, phase, done, total, &Body::Null).await }.boxed()
        });
        Ok(saving.await?)
    }

    /// What a job returns that stops because the program does: it stays in the queue.
    pub fn interrupted() -> Failure {
        Failure::Store(Error::LeaseLost)
    }

    /// What each chunk's transaction passes to [`Checkpoint::save`].
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { id: self.id, fence: self.fence }
    }
}

impl Checkpoint {
    /// Writes where the job stands, in the chunk's own transaction, and renews the lease.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when another process has the job now: the chunk must not be kept.
    pub async fn save(&self, tx: &mut Tx, phase: &str, done: i64, total: i64, cursor: &Body) -> Result<()> {
        let kept = sql!(
            "update jobs set phase = $1, done = $2, total = $3, cursor = $4, leased_until = $5 \
             where id = $6 and fence = $7 and state = 'running'"
        )
        .bind(phase)
        .bind(done)
        .bind(total)
        .bind(cursor.clone())
        .bind(lease_end(tx))
        .bind(self.id)
        .bind(self.fence)
        .execute(tx)
        .await?;
        if kept == 1 { Ok(()) } else { Err(Error::LeaseLost) }
    }
}

fn lease_end(tx: &Tx) -> Instant {
    tx.now().plus(limits::LEASE_SECONDS * Instant::SECOND)
}

/// Puts a job into the queue, in the caller's transaction.
pub async fn start(tx: &mut Tx, kind: &str, params: Body) -> Result<Id<kinds::Job>> {
    let id: Id<kinds::Job> = tx.id();
    sql!(
        "insert into jobs (id, kind, state, params, cursor, done, total, phase, fence, leased_until, created_at) \
         values ($1, $2, 'queued', $3, $4, 0, 0, 'waiting', 0, 0, $5)"
    )
    .bind(id)
    .bind(kind)
    .bind(params)
    .bind(Body::Null)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(id)
}

/// What people see of the job `id`.
pub async fn state(tx: &mut Tx, id: Id<kinds::Job>) -> Result<Option<JobState>> {
    sql!(
        "select id, kind, state, done, total, phase, message, started_at, finished_at from jobs where id = $1"
    )
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Jobs that wait or run, and those that ended since `since`.
pub async fn recent(tx: &mut Tx, since: Instant) -> Result<Vec<JobState>> {
    sql!(
        "select id, kind, state, done, total, phase, message, started_at, finished_at from jobs \
         where state in ('queued', 'running') or finished_at >= $1 order by id desc limit 50"
    )
    .bind(since)
    .fetch_all(tx)
    .await
}

/// Whether a job of this kind waits or runs.
pub async fn is_active(tx: &mut Tx, kind: &str) -> Result<bool> {
    let (count,): (i64,) =
        sql!("select count(*) from jobs where kind = $1 and state in ('queued', 'running')")
            .bind(kind)
            .fetch_one(tx)
            .await?;
    Ok(count > 0)
}

/// Whether a job of this kind waits for its first start: whatever is committed by now, it will see.
pub async fn is_waiting(tx: &mut Tx, kind: &str) -> Result<bool> {
    let (count,): (i64,) =
        sql!("select count(*) from jobs where kind = $1 and state = 'queued' and fence = 0")
            .bind(kind)
            .fetch_one(tx)
            .await?;
    Ok(count > 0)
}

/// Forgets jobs of a kind that ended before `before`: of work that comes every few minutes.
pub async fn forget(tx: &mut Tx, kind: &str, before: Instant) -> Result<()> {
    sql!("delete from jobs where kind = $1 and state in ('done', 'failed') and finished_at < $2")
        .bind(kind)
        .bind(before)
        .execute(tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Taken {
    id: Id<kinds::Job>,
    kind: String,
    fence: i64,
    params: Json<Body>,
    cursor: Json<Body>,
}

/// Runs queued jobs until the program stops.
pub async fn run(db: Db, works: Vec<Arc<dyn Work>>, mut stop: Stop) {
    while !stop.is_set() {
        match run_next(&db, &works, Some(stop.clone())).await {
            Ok(true) => {}
            Ok(false) => stop.sleep(TICK).await,
            Err(error) => {
                tracing::error!(%error, "a job could not run; trying again");
                stop.sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Runs the next waiting job, if there is one.
pub async fn run_next(db: &Db, works: &[Arc<dyn Work>], stop: Option<Stop>) -> Result<bool> {
    let Some(taken) = db.write(Lane::Reaction, |tx| take(tx).boxed()).await? else { return Ok(false) };
    let Some(work) = works.iter().find(|work| work.kind() == taken.kind).cloned() else {
        let message = format!("this program does not know jobs of the kind {}", taken.kind);
        finish(db, taken.id, taken.fence, "failed", Some(message)).await?;
        return Ok(true);
    };
    let (id, fence) = (taken.id, taken.fence);
    let mut run =
        Run { db: db.clone(), id, fence, params: taken.params.0, cursor: taken.cursor.0, stop: stop.clone() };
    let outcome = tokio::select! {
        outcome = guarded(&*work, &mut run) => outcome,
        lost = heartbeat(db, id, fence) => Err(Failure::Store(lost)),
    };
    match outcome {
        Ok(message) => finish(db, id, fence, "done", message).await?,
        Err(Failure::Problem(message)) => finish(db, id, fence, "failed", Some(message)).await?,
        Err(Failure::Store(Error::LeaseLost)) if run.is_stopping() => release(db, id, fence).await?,
        Err(Failure::Store(error)) if error.is_transient() => {
            tracing::warn!(%id, "a job was interrupted; it goes on when its lease ends");
        }
        Err(Failure::Store(error)) => finish(db, id, fence, "failed", Some(error.to_string())).await?,
    }
    Ok(true)
}

/// Does the work; a panic is a problem of the job, so that it is not tried for ever.
async fn guarded(work: &dyn Work, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
    let running = AssertUnwindSafe(work.run(run)).catch_unwind();
    running.await.unwrap_or_else(|panic| Err(Failure::Problem(Error::panicked(&*panic).to_string())))
}

async fn take(tx: &mut Tx) -> Result<Option<Taken>> {
    sql!(
        "update jobs set state = 'running', fence = fence + 1, leased_until = $1, \
         started_at = coalesce(started_at, $2) where id = (select id from jobs where state = 'queued' \
         or (state = 'running' and leased_until < $2) order by id limit 1) \
         and (state = 'queued' or leased_until < $2) returning id, kind, fence, params, cursor"
    )
    .bind(lease_end(tx))
    .bind(tx.now())
    .fetch_optional(tx)
    .await
}

async fn heartbeat(db: &Db, id: Id<kinds::Job>, fence: i64) -> Error {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let renewed = db.write(Lane::Interactive, move |tx| {
            async move {
                sql!("update jobs set leased_until = $1 where id = $2 and fence = $3 and state = 'running'")
                    .bind(lease_end(tx))
                    .bind(id)
                    .bind(fence)
                    .execute(tx)
                    .await
            }
            .boxed()
        });
        if matches!(renewed.await, Ok(0)) {
            return Error::LeaseLost;
        }
    }
}

async fn finish(
    db: &Db,
    id: Id<kinds::Job>,
    fence: i64,
    state: &'static str,
    message: Option<String>,
) -> Result<()> {
    db.write(Lane::Reaction, move |tx| {
        async move {
            sql!("update jobs set state = $1, message = $2, finished_at = $3 where id = $4 and fence = $5")
                .bind(state)
                .bind(message)
                .bind(tx.now())
                .bind(id)
                .bind(fence)
                .execute(tx)
                .await
                .map(drop)
        }
        .boxed()
    })
    .await
}

/// Puts a job back into the queue at once, for the next start.
async fn release(db: &Db, id: Id<kinds::Job>, fence: i64) -> Result<()> {
    db.write(Lane::Interactive, move |tx| {
        async move {
            sql!("update jobs set state = 'queued', leased_until = 0 where id = $1 and fence = $2")
                .bind(id)
                .bind(fence)
                .execute(tx)
                .await
                .map(drop)
        }
        .boxed()
    })
    .await
}
