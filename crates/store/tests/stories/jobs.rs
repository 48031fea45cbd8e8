//! Jobs: resumed at their checkpoint, fenced against a runner that lost its lease.

use crate::place::{on_both, see, seen};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde_json::json;
use std::sync::{Arc, Mutex};
use store::job::{self, Checkpoint, Failure, Run, Work};
use store::{Db, Error, Lane};

/// Counts to `params`, one chunk a number; stops answering at `stuck`, panics at `broken`.
#[derive(Default)]
struct Counting {
    stuck: Option<i64>,
    broken: Option<i64>,
    checkpoint: Mutex<Option<Checkpoint>>,
}

#[async_trait]
impl Work for Counting {
    fn kind(&self) -> &'static str {
        "count"
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let last = run.params().as_i64().unwrap();
        let first = run.cursor().as_i64().unwrap_or(0) + 1;
        *self.checkpoint.lock().unwrap() = Some(run.checkpoint());
        for number in first..=last {
            if self.stuck == Some(number) {
                std::future::pending::<()>().await;
            }
            assert!(self.broken != Some(number), "told to fail");
            chunk(run.db(), run.checkpoint(), number, last).await?;
        }
        Ok(Some("counted".into()))
    }
}

async fn chunk(db: &Db, checkpoint: Checkpoint, number: i64, last: i64) -> store::Result<()> {
    db.write(Lane::Import, move |tx| {
        async move {
            see(tx, "count", number).await?;
            checkpoint.save(tx, "counting", number, last, &json!(number)).await
        }
        .boxed()
    })
    .await
}

async fn start(db: &Db, last: i64) -> Id<kinds::Job> {
    db.write(Lane::Interactive, move |tx| job::start(tx, "count", json!(last)).boxed()).await.unwrap()
}

async fn state(db: &Db, id: Id<kinds::Job>) -> job::JobState {
    job::state(&mut db.read().await.unwrap(), id).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_at_its_checkpoint_and_the_stale_runner_is_refused() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let id = start(&db, 6).await;
        let stuck = Arc::new(Counting { stuck: Some(4), ..Counting::default() });
        let works: [Arc<dyn Work>; 1] = [stuck.clone()];
        let cut = std::time::Duration::from_millis(500);
        assert!(tokio::time::timeout(cut, job::run_next(&db, &works, None)).await.is_err());
        let works: [Arc<dyn Work>; 1] = [Arc::new(Counting::default())];
        assert!(!job::run_next(&db, &works, None).await.unwrap(), "its lease still runs");
        place.clock.advance(31 * Instant::SECOND);
        assert!(job::run_next(&db, &works, None).await.unwrap());
        let stale = stuck.checkpoint.lock().unwrap().clone().unwrap();
        assert!(matches!(chunk(&db, stale, 4, 6).await, Err(Error::LeaseLost)));
        assert_eq!(seen(&db, "count").await, [1, 2, 3, 4, 5, 6]);
        let end = state(&db, id).await;
        assert_eq!((end.state.as_str(), end.done, end.message.as_deref()), ("done", 6, Some("counted")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_or_is_unknown_fails_and_the_next_one_runs() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let (broken, fine) = (start(&db, 3).await, start(&db, 1).await);
        let unknown =
            db.write(Lane::Interactive, |tx| job::start(tx, "dream", json!(null)).boxed()).await.unwrap();
        let works: [Arc<dyn Work>; 1] = [Arc::new(Counting { broken: Some(2), ..Counting::default() })];
        while job::run_next(&db, &works, None).await.unwrap() {}
        let states = [state(&db, broken).await, state(&db, fine).await, state(&db, unknown).await];
        assert_eq!(states.map(|state| state.state), ["failed", "done", "failed"]);
    })
    .await;
}
