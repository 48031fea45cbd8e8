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

/// A refund that may stand.
#[derive(Debug)]
pub struct Candidate {
    /// The place of its sale among the lines of a chunk.
    pub sale: usize,
    /// Its key.
    pub key: LineKey,
    /// Only a refund of this whole amount is meant, in minor units; nothing where any is.
    pub of: Option<i64>,
}

/// The places of the sales whose refund stands.
pub async fn places(tx: &mut Tx, source: &str, candidates: &[Candidate]) -> Result<Vec<usize>> {
    let standing = standing(tx, source, candidates).await?;
    Ok(candidates.iter().filter(|one| found(&standing, one).is_some()).map(|one| one.sale).collect())
}

/// Takes those refunds back that stand; gives the places of their sales.
pub async fn take_back(tx: &mut Tx, from: &From<'_>, candidates: &[Candidate]) -> Result<Vec<usize>> {
    let standing = standing(tx, from.source, candidates).await?;
    let (mut entries, mut places): (Vec<Entry>, Vec<usize>) = Default::default();
    for one in candidates {
        let Some(refund) = found(&standing, one) else { continue };
        store::keep_history(tx, refund, from.import).await?;
        store::retract_in(tx, refund.id, from.import).await?;
        entries.push(Entry { import: from.import, ..taken_back(tx, from, refund) });
        places.push(one.sale);
    }
    log::append_all(tx, entries).await?;
    Ok(places)
}

fn found<'s>(standing: &'s HashMap<LineKey, Stored>, one: &Candidate) -> Option<&'s Stored> {
    standing.get(&one.key).filter(|refund| one.of.is_none_or(|amount| refund.amount == -amount))
}

async fn standing(tx: &mut Tx, source: &str, candidates: &[Candidate]) -> Result<HashMap<LineKey, Stored>> {
    let keys: Vec<&LineKey> = candidates.iter().map(|one| &one.key).collect();
    let mut found = store::find(tx, source, &keys).await?;
    found.retain(|_, refund| refund.retracted_by.is_none() && refund.amount < 0);
    Ok(found)
}
