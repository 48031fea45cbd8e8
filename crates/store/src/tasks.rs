//! The one home of background tasks: named, and waited for at shutdown.

use crate::Error;
use futures::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// A group of background tasks that stop together.
pub struct Tasks {
    set: JoinSet<()>,
    stop: watch::Sender<bool>,
}

/// Tells a task that it should stop.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Whether the program is stopping.
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the program stops.
    pub async fn wait(&mut self) {
        // An error means that the group is gone, which is a stop as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Waits for `duration`, or until the program stops.
    pub async fn sleep(&mut self, duration: Duration) {
        let _ = tokio::time::timeout(duration, self.wait()).await;
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self { set: JoinSet::new(), stop: watch::channel(false).0 }
    }
}

impl Tasks {
    /// Starts a task; it must end soon after its [`Stop`] is set.
    pub fn start<F: Future<Output = ()> + Send + 'static>(&mut self, task: impl FnOnce(Stop) -> F) {
        let running = AssertUnwindSafe(task(Stop(self.stop.subscribe()))).catch_unwind();
        self.set.spawn(running.map(|ended| {
            if let Err(panic) = ended {
                tracing::error!(error = %Error::panicked(&*panic), "background work ended; restart the program");
            }
        }));
    }

    /// A [`Stop`] for something that is no task of this group.
    pub fn stop_signal(&self) -> Stop {
        Stop(self.stop.subscribe())
    }

    /// Tells every task to stop and waits for them, at most `patience`.
    pub async fn stop(mut self, patience: Duration) {
        self.stop.send_replace(true);
        let drained = async { while self.set.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, drained).await.is_err() {
            tracing::warn!(
                "some background work did not end in time and was cut off; it resumes at the next start"
            );
        }
    }
}

/// A task that lives as long as the database it serves.
#[expect(clippy::disallowed_methods, reason = "the one home of spawning")]
pub(crate) fn detached(task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(task)
}
