//! Leases: which process has which node number.
//!
//! A node number is part of every id, so no two processes may have the same. A process takes the lowest free one
//! when it opens the database, renews it while the database is open and gives it back at the end; after a crash it
//! comes free when its lease runs out. The end of the lease is its fence: a process that slept through it finds
//! another end in the row and goes on under another number.

use crate::{Db, Error, Lane, Result, Tx, sql};
use futures::FutureExt;
use kernel::Instant;
use std::time::Duration;

/// Node numbers there are.
const NODES: usize = 256;
/// How long a node number is kept after the last sign of life, in microseconds.
const NODE_LEASE: i64 = 120 * Instant::SECOND;
/// How often a running process renews it.
const NODE_RENEWAL: Duration = Duration::from_secs(30);

/// A node number and until when it is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeLease {
    pub node: u8,
    until: Instant,
}

/// Takes the lowest free node number.
pub(crate) async fn take_node(db: &Db) -> Result<NodeLease> {
    // Of several processes that start at once on PostgreSQL one gets the number and the others try the next.
    for _ in 0..NODES {
        if let Some(lease) = db.write(Lane::Interactive, |tx| free_node(tx).boxed()).await? {
            return Ok(lease);
        }
    }
    Err(Error::Unavailable("256 processes are using this database; wait two minutes or end some".into()))
}

async fn free_node(tx: &mut Tx) -> Result<Option<NodeLease>> {
    let now = tx.now();
    let until = now.plus(NODE_LEASE);
    // The table is filled by its migration with all 256 numbers; a crash costs a number for two minutes.
    let taken: Option<(i64,)> = sql!(
        "update nodes set leased_until = $1 where node = \
         (select min(node) from nodes where leased_until < $2) and leased_until < $2 returning node"
    )
    .bind(until)
    .bind(now)
    .fetch_optional(tx)
    .await?;
    let Some((node,)) = taken else { return Ok(None) };
    let node =
        u8::try_from(node).map_err(|_| Error::Corrupt("a node number is not between 0 and 255".into()))?;
    Ok(Some(NodeLease { node, until }))
}

/// Keeps the node number of a database for as long as `open` gives it.
pub(crate) async fn keep_node(open: impl Fn() -> Option<Db>) {
    loop {
        tokio::time::sleep(NODE_RENEWAL).await;
        let Some(db) = open() else { return };
        if let Err(error) = db.renew_node().await {
            tracing::warn!(%error, "the node number could not be renewed; trying again");
        }
    }
}

/// Renews the lease; nothing when another process has the number now.
pub(crate) async fn renew_node(db: &Db, held: NodeLease) -> Result<Option<NodeLease>> {
    db.write(Lane::Interactive, move |tx| {
        async move {
            let until = tx.now().plus(NODE_LEASE);
            Ok(set_node(tx, held, until).await?.then_some(NodeLease { until, ..held }))
        }
        .boxed()
    })
    .await
}

/// Gives the node number back, if it is still ours.
pub(crate) async fn give_back_node(db: &Db, held: NodeLease) -> Result<()> {
    db.write(Lane::Interactive, move |tx| {
        async move { set_node(tx, held, tx.now().plus(-1)).await.map(drop) }.boxed()
    })
    .await
}

async fn set_node(tx: &mut Tx, held: NodeLease, until: Instant) -> Result<bool> {
    let ours = sql!("update nodes set leased_until = $1 where node = $2 and leased_until = $3")
        .bind(until)
        .bind(i64::from(held.node))
        .bind(held.until)
        .execute(tx)
        .await?;
    Ok(ours == 1)
}
