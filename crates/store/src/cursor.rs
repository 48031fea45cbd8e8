//! Where a reaction stands in the log: a row of `reactions`, locked while a turn goes on, so that two processes on one
//! database take turns.

use crate::log::{self, Cursor};
use crate::reaction::{Nature, Reaction};
use crate::{Error, Result, Tx, sql};

/// A projection that is to read the log again.
#[derive(Debug, Clone, Copy)]
pub struct Rewind {
    pub(crate) name: &'static str,
}

impl Rewind {
    /// Sets its cursor back to the start.
    pub async fn apply(self, tx: &mut Tx) -> Result<()> {
        set(tx, self.name, Cursor::START).await
    }
}

/// Where it stands, locked for this transaction; made on first sight, at the head for an effect.
pub(crate) async fn locked(tx: &mut Tx, reaction: &dyn Reaction) -> Result<Cursor> {
    if let Some(cursor) = lock(tx, reaction.name()).await? {
        return Ok(cursor);
    }
    let start = match reaction.nature() {
        Nature::Projection => Cursor::START,
        // Not where readers are: what is committed by now is the past, even where an open transaction hides it.
        Nature::Effect => log::last(tx).await?,
    };
    // Another process may make the row meanwhile: its cursor counts, and the lock is taken on what is there.
    sql!(
        "insert into reactions (name, xid, seq, turned_at) values ($1, $2, $3, $4) on conflict (name) do nothing"
    )
    .bind(reaction.name())
    .bind(start.xid)
    .bind(start.seq)
    .bind(tx.now())
    .execute(tx)
    .await?;
    lock(tx, reaction.name()).await?.ok_or(Error::NotFound)
}

async fn lock(tx: &mut Tx, name: &str) -> Result<Option<Cursor>> {
    sql!("update reactions set turned_at = $1 where name = $2 returning xid, seq")
        .bind(tx.now())
        .bind(name)
        .fetch_optional(tx)
        .await
}

/// Where the reaction `name` stands; nothing before its first turn.
pub(crate) async fn of(tx: &mut Tx, name: &str) -> Result<Option<Cursor>> {
    sql!("select xid, seq from reactions where name = $1").bind(name).fetch_optional(tx).await
}

/// Moves the reaction `name`.
pub(crate) async fn set(tx: &mut Tx, name: &str, cursor: Cursor) -> Result<()> {
    sql!(
        "insert into reactions (name, xid, seq, turned_at) values ($1, $2, $3, $4) \
         on conflict (name) do update set xid = excluded.xid, seq = excluded.seq, turned_at = excluded.turned_at"
    )
    .bind(name)
    .bind(cursor.xid)
    .bind(cursor.seq)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}
