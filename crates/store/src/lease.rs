//! Leases: which process has which node number.
//!
//! A node number is part of every id, so no two processes may have the same. A process takes the lowest free one
//! when it opens the database, renews it while it runs and gives it back at the end; after a crash it comes free
//! when its lease runs out.

use crate::tasks::Stop;
use crate::{Db, Error, Lane, Result, Tx, sql};
use futures::FutureExt;
use kernel::Instant;

/// How long a node number is kept after the last sign of life.
const NODE_LEASE: i64 = 120 * Instant::SECOND;
/// How often a running process renews it.
const NODE_RENEWAL: std::time::Duration = std::time::Duration::from_secs(30);

/// Takes the lowest free node number.
pub(crate) async fn take_node(db: &Db) -> Result<u8> {
    db.write(Lane::Interactive, |tx| async move { free_node(tx).await }.boxed()).await
}

async fn free_node(tx: &mut Tx) -> Result<u8> {
    let until = tx.now().plus(NODE_LEASE);
    // The table is filled by its migration with all 256 numbers; a crash costs a number for two minutes.
    let taken: Option<(i64,)> = sql!(
        "update nodes set leased_until = $1 where node = \
         (select min(node) from nodes where leased_until < $2) and leased_until < $2 returning node"
    )
    .bind(until)
    .bind(tx.now())
    .fetch_optional(tx)
    .await?;
    let (node,) = taken.ok_or_else(|| {
        Error::Unavailable("256 processes are using this database; wait two minutes or end some".into())
    })?;
    u8::try_from(node).map_err(|_| Error::Corrupt("a node number is not between 0 and 255".into()))
}

/// Keeps this process's node number until the program stops.
pub async fn keep_node(db: Db, mut stop: Stop) {
    while !stop.is_set() {
        stop.sleep(NODE_RENEWAL).await;
        let node = i64::from(db.node());
        let kept = db.write(Lane::Interactive, move |tx| set_node(tx, node, NODE_LEASE).boxed()).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "the node number could not be renewed; trying again");
        }
    }
}

/// Gives the node number back.
pub(crate) async fn give_back_node(db: &Db) -> Result<()> {
    let node = i64::from(db.node());
    db.write(Lane::Interactive, move |tx| set_node(tx, node, -1).boxed()).await
}

async fn set_node(tx: &mut Tx, node: i64, lease: i64) -> Result<()> {
    let until = tx.now().plus(lease);
    sql!("update nodes set leased_until = $1 where node = $2").bind(until).bind(node).execute(tx).await?;
    Ok(())
}
