//! Whether an account is a part of itself through others.

use super::model::PART_OF;
use super::store;
use crate::parties::{keepers, root};
use ::store::{Result, Tx};
use kernel::{Id, kinds};
use std::collections::BTreeMap;
use web::{Actor, Answer, Problem};

type PartyId = Id<kinds::Party>;

/// Accounts looked at on the way up: more than any company has above one of its own.
const MOST: usize = 2_000;

/// Refuses that `child` becomes a part of `parent`, where that would make a circle, with the way.
pub async fn refuse(tx: &mut Tx, actor: &Actor, child: PartyId, parent: PartyId) -> Answer<()> {
    match way_up(tx, parent, child).await? {
        None => Ok(()),
        Some(way) => Err(refusal(tx, actor, &[&[child], way.as_slice()].concat()).await?),
    }
}

/// Refuses that the hierarchy above `root` leads back to it.
pub async fn through(tx: &mut Tx, actor: &Actor, root: PartyId) -> Answer<()> {
    for parent in store::above(tx, &[root]).await?.into_iter().map(|(_, parent)| parent) {
        if parent != root
            && let Some(way) = way_up(tx, parent, root).await?
        {
            return Err(refusal(tx, actor, &[&[root], way.as_slice()].concat()).await?);
        }
    }
    Ok(())
}

/// The shortest way up from `from` to `to`, both included.
async fn way_up(tx: &mut Tx, from: PartyId, to: PartyId) -> Result<Option<Vec<PartyId>>> {
    let mut below: BTreeMap<PartyId, Option<PartyId>> = [(from, None)].into();
    let mut edge = vec![from];
    while !edge.is_empty() && below.len() < MOST && !below.contains_key(&to) {
        let mut next = Vec::new();
        for (part, whole) in store::above(tx, &edge).await? {
            if part != whole && !below.contains_key(&whole) {
                below.insert(whole, Some(part));
                next.push(whole);
            }
        }
        edge = next;
    }
    if !below.contains_key(&to) {
        return Ok(None);
    }
    let way = std::iter::successors(Some(to), |at| below.get(at).copied().flatten());
    let mut way: Vec<PartyId> = way.collect();
    way.reverse();
    Ok(Some(way))
}

/// Says the way by its names, as far as they are seen.
async fn refusal(tx: &mut Tx, actor: &Actor, way: &[PartyId]) -> Result<Problem> {
    let mut names = Vec::with_capacity(way.len());
    for party in way {
        let head = root::of(tx, *party).await?;
        let seen = keepers::is_seen(tx, head, actor.sight).await?;
        let name = if seen { store::name_of(tx, *party).await? } else { None };
        names.push(actor.sight.text(name.unwrap_or_else(|| "…".into())));
    }
    let ids: Vec<String> = way.iter().map(ToString::to_string).collect();
    Ok(Problem::conflict("tie_circle")
        .with("way", names.join(" → "))
        .member("way", ids)
        .member("kind", PART_OF))
}
