//! A part of a transaction that may fail without taking the rest with it.
//!
//! ```ignore
//! attempt::begin(tx).await?;
//! let done = risky(tx).await;
//! match attempt::end(tx, done).await? { Ok(done) => …, Err(why) => … }
//! ```

use crate::tx::Connection;
use crate::{Result, Tx};
use sqlx::Executor;

/// Begins a part: what follows can be taken back up to here. Parts do not stand within each other.
///
/// # Errors
/// When the transaction cannot go on.
pub async fn begin(tx: &mut Tx) -> Result<()> {
    run(tx, "savepoint one_part").await
}

/// Ends the part: of one that failed nothing is kept, the transaction goes on, and the inner result says why.
///
/// # Errors
/// When the transaction cannot go on, and when the same may succeed later ([`crate::Error::is_transient`]).
pub async fn end<T>(tx: &mut Tx, done: Result<T>) -> Result<Result<T>> {
    match done {
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => run(tx, "rollback to one_part").await?,
        Ok(_) => {}
    }
    run(tx, "release one_part").await?;
    Ok(done)
}

async fn run(tx: &mut Tx, text: &'static str) -> Result<()> {
    match tx.connection() {
        Connection::Sqlite(connection) => connection.execute(text).await.map(drop)?,
        Connection::Postgres(connection) => connection.execute(text).await.map(drop)?,
    }
    Ok(())
}
