//! Interactions that a reaction could not take in: parked with their error, so that the reaction goes on, shown, and tried
//! again when a person asks for it.

use crate::cursor;
use crate::log::{self, Cursor, Interaction};
use crate::outlook::Outlook;
use crate::reaction::Reaction;
use crate::{FromRow, Result, Tx, sql};
use kernel::Instant;
use serde::Serialize;
use std::sync::Arc;

/// An interaction that a reaction could not take in.
#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct Parked {
    /// The reaction.
    pub reaction: String,
    /// The place in the log.
    pub seq: i64,
    /// Why.
    pub error: String,
    /// When it was parked.
    #[schema(value_type = String)]
    pub at: Instant,
}

/// Parks the interaction that comes after `before`, of a backlog the one that is due next, unless another process got past it meanwhile; gives how many it passed, nothing
/// at the end of the log.
pub(crate) async fn park(
    tx: &mut Tx,
    reaction: &dyn Reaction,
    before: Option<Cursor>,
    outlook: Option<Arc<Outlook>>,
    error: &str,
) -> Result<Option<usize>> {
    let cursor = cursor::locked(tx, reaction).await?;
    if before.is_some_and(|before| before != cursor) {
        return Ok(Some(0));
    }
    let every = Cursor { xid: i64::MAX, seq: i64::MAX };
    let outlook = outlook.filter(|outlook| outlook.covers(cursor));
    let due = outlook.and_then(|outlook| outlook.next(cursor, 1, every).0.first().copied());
    let after = log::after(tx, cursor, 1).await?;
    let Some(next) = due.or(after.first().map(place)) else { return Ok(None) };
    sql!(
        "insert into parked (reaction, seq, error, at) values ($1, $2, $3, $4) \
         on conflict (reaction, seq) do update set error = excluded.error, at = excluded.at"
    )
    .bind(reaction.name())
    .bind(next.seq)
    .bind(error)
    .bind(tx.now())
    .execute(tx)
    .await?;
    cursor::set(tx, reaction.name(), next).await?;
    Ok(Some(1))
}

/// Takes a parked interaction in, and out of the parked ones.
pub(crate) async fn unpark(tx: &mut Tx, reaction: &dyn Reaction, seq: i64) -> Result<()> {
    let interaction: Interaction = sql!(
        "select seq, xid, at, recorded_at, origin, party, kind, subject, amount, currency, import_id, body \
         from interactions where seq = $1"
    )
    .bind(seq)
    .fetch_one(tx)
    .await?;
    let mine = sql!("delete from parked where reaction = $1 and seq = $2")
        .bind(reaction.name())
        .bind(seq)
        .execute(tx)
        .await?;
    // The delete is the lock: of two processes that retry, one finds the row.
    if mine == 0 {
        return Ok(());
    }
    reaction.react(tx, &[interaction]).await
}

/// Every parked interaction, oldest first.
pub async fn parked(tx: &mut Tx) -> Result<Vec<Parked>> {
    sql!("select reaction, seq, error, at from parked order by at, reaction, seq limit 1000")
        .fetch_all(tx)
        .await
}

fn place(interaction: &Interaction) -> Cursor {
    Cursor { xid: interaction.xid, seq: interaction.seq }
}
