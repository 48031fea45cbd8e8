//! Questions that may be too large to be answered in time, such as the live count of a rule.
//!
//! Invariant: a connection that goes back to its pool answers the next question for as long as that takes. On SQLite
//! the limit lives in the transaction and not in the connection, on PostgreSQL it ends with the transaction.

use crate::tx::Connection;
use crate::{Result, Tx};
use sqlx::{AssertSqlSafe, Executor};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Steps of SQLite's machine between two looks at the time: some microseconds.
const STEPS: i32 = 5_000;

/// Until when the questions of a transaction may take.
pub(crate) struct Patience {
    until: Instant,
}

impl Tx {
    /// From now on every question of this transaction that is not answered within `limit` ends with
    /// [`crate::Error::TooSlow`]. On PostgreSQL nothing more can be asked in the transaction then.
    pub async fn give_up_after(&mut self, limit: Duration) -> Result<()> {
        let patience = Arc::new(Patience { until: Instant::now() + limit });
        let weak: Weak<Patience> = Arc::downgrade(&patience);
        self.patience = Some(patience);
        match self.connection() {
            Connection::Sqlite(connection) => {
                let goes_on = move || weak.upgrade().is_none_or(|patience| Instant::now() < patience.until);
                connection.lock_handle().await?.set_progress_handler(STEPS, goes_on);
            }
            Connection::Postgres(connection) => {
                let text = format!("set local statement_timeout = {}", limit.as_millis().max(1));
                connection.execute(AssertSqlSafe(text)).await?;
            }
        }
        Ok(())
    }
}
