//! Refunds that a newer file makes no more: a cancellation was withdrawn, or a part that was paid back became the whole,
//! which is another line.
//!
//! They are taken back in the import's name, so that its undo brings them back.

use super::model::LineKey;
use super::store::{self, Stored};
use super::whole::taken_back;
use super::write::From;
use ::store::log::{self, Entry};
use ::store::{Result, Tx};
use std::collections::HashMap;

/// A refund that may stand, and the place of its sale among the lines of a chunk.
type Candidate<'k> = (usize, &'k LineKey);

/// The places of the sales whose refund stands.
pub async fn places(tx: &mut Tx, source: &str, candidates: &[Candidate<'_>]) -> Result<Vec<usize>> {
    let standing = standing(tx, source, candidates).await?;
    Ok(candidates.iter().filter(|(_, key)| standing.contains_key(*key)).map(|(place, _)| *place).collect())
}

/// Takes those refunds back that stand; gives the places of their sales.
pub async fn take_back(tx: &mut Tx, from: &From<'_>, candidates: &[Candidate<'_>]) -> Result<Vec<usize>> {
    let standing = standing(tx, from.source, candidates).await?;
    let (mut entries, mut places): (Vec<Entry>, Vec<usize>) = Default::default();
    for (place, key) in candidates {
        let Some(refund) = standing.get(*key) else { continue };
        store::keep_history(tx, refund, from.import).await?;
        store::retract_in(tx, refund.id, from.import).await?;
        entries.push(Entry { import: from.import, ..taken_back(tx, from, refund) });
        places.push(*place);
    }
    log::append_all(tx, entries).await?;
    Ok(places)
}

async fn standing(
    tx: &mut Tx,
    source: &str,
    candidates: &[Candidate<'_>],
) -> Result<HashMap<LineKey, Stored>> {
    let keys: Vec<&LineKey> = candidates.iter().map(|(_, key)| *key).collect();
    let mut found = store::find(tx, source, &keys).await?;
    found.retain(|_, refund| refund.retracted_by.is_none() && refund.amount < 0);
    Ok(found)
}
