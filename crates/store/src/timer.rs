//! Timers: something to do at a time, once per (kind, key).

use crate::tasks::Stop;
use crate::{Db, Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Instant;
use std::sync::Arc;
use std::time::Duration;

/// How often due timers are looked for.
const TICK: Duration = Duration::from_secs(1);
/// Timers of one kind taken in one look.
const BATCH: i64 = 100;

/// What a kind of timer does. It runs in the transaction that removes the timer, so it happens exactly once.
#[async_trait]
pub trait OnTimer: Send + Sync {
    /// The kind.
    fn kind(&self) -> &'static str;

    /// Does what was due; a next due time sets the timer again.
    async fn due(&self, tx: &mut Tx, key: &str) -> Result<Option<Instant>>;
}

/// Sets the timer `(kind, key)`, moving it if it is already set.
pub async fn set(tx: &mut Tx, kind: &str, key: &str, due: Instant) -> Result<()> {
    sql!(
        "insert into timers (kind, key, due) values ($1, $2, $3) \
         on conflict (kind, key) do update set due = excluded.due"
    )
    .bind(kind)
    .bind(key)
    .bind(due)
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes the timer `(kind, key)`.
pub async fn clear(tx: &mut Tx, kind: &str, key: &str) -> Result<()> {
    sql!("delete from timers where kind = $1 and key = $2").bind(kind).bind(key).execute(tx).await?;
    Ok(())
}

/// Whether the timer `(kind, key)` is set.
pub async fn is_set(tx: &mut Tx, kind: &str, key: &str) -> Result<bool> {
    let found: Option<(Instant,)> = sql!("select due from timers where kind = $1 and key = $2")
        .bind(kind)
        .bind(key)
        .fetch_optional(tx)
        .await?;
    Ok(found.is_some())
}

/// Runs due timers until the program stops.
pub async fn run(db: Db, handlers: Vec<Arc<dyn OnTimer>>, mut stop: Stop) {
    while !stop.is_set() {
        match round(&db, &handlers).await {
            // What says that it is due again has more to do than one turn takes.
            Ok(round) if round.again => {}
            Ok(_) => stop.sleep(TICK).await,
            Err(error) => {
                tracing::error!(%error, "the timers could not run; trying again");
                stop.sleep(TICK).await;
            }
        }
    }
}

/// Runs every timer that is due now; gives how many there were.
pub async fn tick(db: &Db, handlers: &[Arc<dyn OnTimer>]) -> Result<usize> {
    Ok(round(db, handlers).await?.count)
}

/// A look at all timers.
#[derive(Debug, Default)]
struct Round {
    /// Timers that were due.
    count: usize,
    /// Whether one of them is due again at once.
    again: bool,
}

async fn round(db: &Db, handlers: &[Arc<dyn OnTimer>]) -> Result<Round> {
    let mut round = Round::default();
    for handler in handlers {
        let due = due(db, handler.kind()).await?;
        round.count += due.len();
        for (key,) in due {
            let acting = handler.clone();
            let fired =
                db.write(Lane::Reaction, move |tx| async move { fire(tx, &*acting, &key).await }.boxed());
            match fired.await {
                Ok(again) => round.again |= again,
                Err(error) => tracing::error!(%error, kind = handler.kind(), "a timer failed; it stays due"),
            }
        }
    }
    Ok(round)
}

/// The due timers of one kind: those of a kind that fails or that nobody knows any more hold up no other.
async fn due(db: &Db, kind: &str) -> Result<Vec<(String,)>> {
    let mut tx = db.read().await?;
    sql!("select key from timers where kind = $1 and due <= $2 order by due, key limit $3")
        .bind(kind)
        .bind(tx.now())
        .bind(BATCH)
        .fetch_all(&mut tx)
        .await
}

/// Gives whether the timer is due again at once. The delete is the lock: of two processes one finds the row, the other
/// nothing.
async fn fire(tx: &mut Tx, handler: &dyn OnTimer, key: &str) -> Result<bool> {
    let taken = sql!("delete from timers where kind = $1 and key = $2 and due <= $3")
        .bind(handler.kind())
        .bind(key)
        .bind(tx.now())
        .execute(tx)
        .await?;
    if taken == 0 {
        return Ok(false);
    }
    let next = handler.due(tx, key).await?;
    if let Some(next) = next {
        set(tx, handler.kind(), key, next).await?;
    }
    Ok(next.is_some_and(|next| next <= tx.now()))
}
