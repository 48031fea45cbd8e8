//! Taking a merge back: what would happen, and doing it.

use super::details;
use super::meanwhile::{self, Happened};
use super::model::{Choice, Edit, MergeId, PartyId, Record, What, detail_key, details_of, edits};
use super::restore;
use super::snapshot::records;
use super::store::{self, Kept};
use crate::consent;
use crate::parties::root;
use ::store::{Result, Tx};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use web::{Actor, Answer, Problem, audit};

/// What taking a merge back would do.
#[derive(Debug)]
pub struct Foreseen {
    /// The merge.
    pub merge: Kept,
    /// What was edited in between.
    pub edits: Vec<Edit>,
    /// What came for the absorbed side and is there again.
    pub returns: Vec<Happened>,
    /// What was recorded for the customer and stays with the survivor.
    pub stays: Vec<Happened>,
    /// The records of the merge that are still in the group, as they are.
    now: Vec<Record>,
    /// Everyone in the group.
    group: Vec<PartyId>,
}

/// What taking back the merge `id` would do.
///
/// # Errors
/// 404 when there is none for `actor`, 409 when it was taken back already.
pub async fn foresee(tx: &mut Tx, actor: &Actor, id: MergeId) -> Answer<Foreseen> {
    let merge = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    if !store::is_seen(tx, [merge.survivor, merge.absorbed], actor.sight).await? {
        return Err(Problem::not_found());
    }
    let head = root::of(tx, merge.survivor).await?;
    if merge.undone_at.is_some() {
        return Err(Problem::conflict("merge_undone"));
    }
    let group = root::group(tx, head).await?;
    // Who left the group by another undoing has been restored by it.
    let held: BTreeSet<PartyId> = group.iter().copied().collect();
    let before: Vec<&Record> = merge.before.0.records().filter(|record| held.contains(&record.id)).collect();
    let ids: Vec<PartyId> = before.iter().map(|record| record.id).collect();
    let now = records(tx, &ids).await?;
    let edits = edits(&before, &now, merge.survivor, merge.named.as_deref());
    let side = |records: &[Record]| -> Vec<PartyId> { records.iter().map(|record| record.id).collect() };
    let returns = meanwhile::since(tx, id, &side(&merge.before.0.absorbed), actor.locale).await?;
    let stays = meanwhile::by_hand_since(tx, id, merge.survivor, &group, actor.locale).await?;
    Ok(Foreseen { edits, returns, stays, now, group, merge })
}

/// Takes the merge `id` back, doing with the edits since what `choices` say; gives what could not be restored: contacts
/// that somebody else has by now.
///
/// # Errors
/// As [`foresee`]; 422 when a choice names no edit or one that it does not have.
pub async fn undo(
    tx: &mut Tx,
    actor: &Actor,
    id: MergeId,
    choices: &BTreeMap<String, Choice>,
) -> Answer<Vec<String>> {
    store::hold(tx).await?;
    let foreseen = foresee(tx, actor, id).await?;
    check(&foreseen.edits, choices)?;
    if !store::close(tx, actor, id).await? {
        return Err(Problem::conflict("merge_undone"));
    }
    let lost = restore(tx, &foreseen, choices).await?;
    store::regroup(tx, &foreseen.group).await?;
    let heads = [foreseen.merge.survivor, foreseen.merge.absorbed];
    let mut sides = [Vec::new(), Vec::new()];
    for (side, head) in sides.iter_mut().zip(heads) {
        let head = root::of(tx, head).await?;
        *side = root::group(tx, head).await?;
    }
    consent::share_refusals(tx, id.number(), &sides).await?;
    consent::refresh(tx, &foreseen.group).await?;
    store::part(tx, actor, id).await?;
    let Kept { survivor, absorbed, .. } = foreseen.merge;
    // Whoever stood for both, after a later merge, has changed as well.
    let sides = [root::of(tx, survivor).await?, root::of(tx, absorbed).await?];
    store::tell(tx, "party.unmerged", id, sides).await?;
    let detail = json!({ "survivor": survivor, "absorbed": absorbed, "edits": foreseen.edits.len() });
    audit::write(tx, Some(actor), "party.unmerged", Some(id.number()), detail).await?;
    Ok(lost)
}

fn check(edits: &[Edit], choices: &BTreeMap<String, Choice>) -> Answer<()> {
    let may = |(key, choice): (&String, &Choice)| {
        edits.iter().any(|edit| edit.key == *key && edit.choices.contains(choice))
    };
    if choices.iter().all(may) {
        Ok(())
    } else {
        Err(Problem::invalid("invalid").field("choices", "unknown"))
    }
}

async fn restore(
    tx: &mut Tx,
    foreseen: &Foreseen,
    choices: &BTreeMap<String, Choice>,
) -> Result<Vec<String>> {
    let edits: BTreeMap<&str, &Edit> = foreseen.edits.iter().map(|edit| (edit.key.as_str(), edit)).collect();
    let chosen = |key: &str| {
        choices
            .get(key)
            .copied()
            .or_else(|| edits.get(key).map(|edit| edit.default))
            .unwrap_or(Choice::Before)
    };
    let before = &foreseen.merge.before.0;
    let present: BTreeMap<PartyId, &Record> = foreseen.now.iter().map(|record| (record.id, record)).collect();
    let mut lost = Vec::new();
    for old in before.records() {
        let Some(new) = present.get(&old.id) else { continue };
        let is_same = (&new.name, new.revision) == (&old.name, old.revision);
        if !is_same && chosen(&format!("name:{}", old.id)) == Choice::Before {
            restore::row(tx, old).await?;
        }
        if new.keeper != old.keeper && chosen(&format!("keeper:{}", old.id)) == Choice::Before {
            restore::keeper(tx, old.id, old.keeper).await?;
        }
        if new.leaving != old.leaving && chosen(&format!("leaving:{}", old.id)) == Choice::Before {
            restore::leaving(tx, old.id, old.leaving.as_ref()).await?;
        }
        for (was, is) in details_of(old, new) {
            let key = was.or(is).map(|detail| detail_key(old.id, detail)).unwrap_or_default();
            if chosen(&key) == Choice::Before {
                details::put_back(tx, old.id, is, was).await?;
            }
        }
        for contact in &old.contacts {
            let key = format!("contact:{}", contact.id);
            match edits.get(key.as_str()).map(|edit| edit.what) {
                None => restore::home(tx, old.id, contact).await?,
                Some(What::ContactRemoved) if chosen(&key) == Choice::Before => {
                    if !restore::contact(tx, old.id, contact).await? {
                        lost.push(contact.shown.clone());
                    }
                }
                Some(_) => {}
            }
        }
    }
    give_what_came(tx, foreseen, chosen).await?;
    Ok(lost)
}

async fn give_what_came(tx: &mut Tx, foreseen: &Foreseen, chosen: impl Fn(&str) -> Choice) -> Result<()> {
    let is_new =
        |key: &str| foreseen.edits.iter().any(|edit| edit.key == key && edit.what == What::ContactAdded);
    let absorbed: BTreeSet<PartyId> =
        foreseen.merge.before.0.absorbed.iter().map(|record| record.id).collect();
    for record in &foreseen.now {
        let other =
            if absorbed.contains(&record.id) { foreseen.merge.survivor } else { foreseen.merge.absorbed };
        for contact in &record.contacts {
            let key = format!("contact:{}", contact.id);
            if is_new(&key) {
                restore::came(tx, contact, chosen(&key), other).await?;
            }
        }
    }
    Ok(())
}
