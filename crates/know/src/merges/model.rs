//! What a merge keeps of both sides, and what was edited since: pure.

use super::details::{Detail, Table};
use ::store::FromRow;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

pub type PartyId = Id<kinds::Party>;
pub type MergeId = Id<kinds::Merge>;

/// A party's own row and what hangs on it, as it is written: taking a merge back writes it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The party.
    pub id: PartyId,
    /// Its name.
    pub name: Option<String>,
    /// `person` or `organisation`, and its registration number; none in what was kept before there was one.
    #[serde(default)]
    pub being: Option<(String, Option<String>)>,
    /// When it was changed last.
    pub changed_at: Instant,
    /// How often it was changed.
    pub revision: i64,
    /// Its contacts, by their ids.
    pub contacts: Vec<ContactRecord>,
    /// Why it left, as recorded.
    pub leaving: Option<LeavingRecord>,
    /// Who looks after it, and since when.
    pub keeper: Option<(Id<kinds::User>, Instant)>,
    /// Tags, markets, own fields, birthday, addresses.
    #[serde(default)]
    pub details: Vec<Detail>,
}

/// A contact as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct ContactRecord {
    /// Its id.
    pub id: Id<kinds::Contact>,
    /// `source_id`, `email` or `phone`.
    pub kind: String,
    /// The source of a source id, else empty.
    pub source: String,
    /// The normal form.
    pub value: String,
    /// As it is shown.
    pub shown: String,
    /// The last digits of a phone.
    pub phone_tail: Option<String>,
    /// When it came to be known.
    pub created_at: Instant,
    /// The import that told of it first.
    #[serde(default)]
    pub import_id: Option<Id<kinds::Import>>,
    /// 1 where nobody could vouch for whose it is.
    #[serde(default)]
    pub unvouched: i64,
}

/// A reason for leaving as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingRecord {
    /// Its code.
    pub reason: String,
    /// When it was recorded.
    pub at: Instant,
    /// By whom.
    pub recorded_by: Option<Id<kinds::User>>,
}

/// Both sides of a merge as they were before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The survivor and those it stood for already.
    pub survivors: Vec<Record>,
    /// The absorbed party and those it stood for until then.
    pub absorbed: Vec<Record>,
}

impl Snapshot {
    /// Every record of both sides.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.survivors.iter().chain(&self.absorbed)
    }
}

/// What is to become of an edit when the merge is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// As it was before the merge.
    Before,
    /// As it is now, with whom it is now.
    Now,
    /// As it is now, with the other side.
    Other,
}

/// What was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The name.
    Name,
    /// A contact came.
    ContactAdded,
    /// A contact went.
    ContactRemoved,
    /// Why they left.
    Leaving,
    /// Who looks after them.
    Keeper,
    /// A tag, a market, a value of an own field, a birthday or an address.
    Detail,
}

/// Something that was edited between a merge and its undoing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Edit {
    /// Names it in the choice: `name:pty_…`, `contact:con_…`, `leaving:pty_…`, `keeper:pty_…`, or `tag:pty_…:VIP` and the
    /// like of `market`, `field`, `birthday` and `address`.
    pub key: String,
    /// What it is.
    pub what: What,
    /// Whose record.
    #[schema(value_type = String)]
    pub party: PartyId,
    /// What it said before the merge.
    pub before: Option<String>,
    /// What it says now.
    pub now: Option<String>,
    /// What happens unless something else is chosen: what was changed or taken away goes back, what came stays.
    pub default: Choice,
    /// Which choices there are.
    pub choices: Vec<Choice>,
}

/// What was edited in `now` since `before`; `named` is the name that the merge itself gave its survivor.
pub fn edits(before: &[&Record], now: &[Record], survivor: PartyId, named: Option<&str>) -> Vec<Edit> {
    let kept = before.iter().filter(|record| record.id != survivor).find_map(|record| record.keeper);
    let present: BTreeMap<PartyId, &Record> = now.iter().map(|record| (record.id, record)).collect();
    let mut edits = Vec::new();
    for old in before {
        let Some(new) = present.get(&old.id) else { continue };
        let expected = named.filter(|_| old.id == survivor).or(old.name.as_deref());
        if new.name.as_deref() != expected {
            edits.push(changed(What::Name, "name", old.id, old.name.clone(), new.name.clone()));
        }
        let reason = |record: &Record| record.leaving.as_ref().map(|leaving| leaving.reason.clone());
        // The merge itself let who looked after the absorbed look after the survivor nobody looked after.
        let keeper = old.keeper.or(kept.filter(|_| old.id == survivor));
        if new.keeper.map(|(user, _)| user) != keeper.map(|(user, _)| user) {
            edits.push(changed(What::Keeper, "keeper", old.id, None, None));
        }
        if new.leaving != old.leaving {
            edits.push(changed(What::Leaving, "leaving", old.id, reason(old), reason(new)));
        }
        edits.extend(details_of(old, new).into_iter().map(|(was, is)| detail_edit(old.id, was, is)));
    }
    edits.extend(contact_edits(before, now));
    edits
}

/// The details that are not what they were, each as it was and as it is.
pub fn details_of<'r>(old: &'r Record, new: &'r Record) -> Vec<(Option<&'r Detail>, Option<&'r Detail>)> {
    let by_key = |record: &'r Record| -> BTreeMap<(Table, &'r str), &'r Detail> {
        record.details.iter().map(|detail| ((detail.table, detail.key.as_str()), detail)).collect()
    };
    let (was, is) = (by_key(old), by_key(new));
    let keys: BTreeSet<_> = was.keys().chain(is.keys()).copied().collect();
    let pairs = keys.into_iter().map(|key| (was.get(&key).copied(), is.get(&key).copied()));
    pairs.filter(|(was, is)| was != is).collect()
}

/// Names an edit of a detail.
pub fn detail_key(party: PartyId, detail: &Detail) -> String {
    format!("{}:{party}:{}", detail.table.word(), detail.key)
}

fn detail_edit(party: PartyId, was: Option<&Detail>, is: Option<&Detail>) -> Edit {
    let key = was.or(is).map(|detail| detail_key(party, detail)).unwrap_or_default();
    // What came stays, what was changed or taken away goes back.
    let default = if was.is_none() { Choice::Now } else { Choice::Before };
    let shown = |detail: Option<&Detail>| detail.map(|detail| detail.shown.clone());
    let choices = vec![Choice::Before, Choice::Now];
    Edit { key, what: What::Detail, party, before: shown(was), now: shown(is), default, choices }
}

fn changed(what: What, word: &str, party: PartyId, before: Option<String>, now: Option<String>) -> Edit {
    let choices = vec![Choice::Before, Choice::Now];
    Edit { key: format!("{word}:{party}"), what, party, before, now, default: Choice::Before, choices }
}

fn contact_edits(before: &[&Record], now: &[Record]) -> Vec<Edit> {
    let ids = |records: &mut dyn Iterator<Item = &Record>| -> BTreeSet<Id<kinds::Contact>> {
        records.flat_map(|record| record.contacts.iter().map(|contact| contact.id)).collect()
    };
    let (had, has) = (ids(&mut before.iter().copied()), ids(&mut now.iter()));
    let gone = before.iter().flat_map(|record| {
        record.contacts.iter().filter(|contact| !has.contains(&contact.id)).map(|contact| Edit {
            key: format!("contact:{}", contact.id),
            what: What::ContactRemoved,
            party: record.id,
            before: Some(contact.shown.clone()),
            now: None,
            default: Choice::Before,
            choices: vec![Choice::Before, Choice::Now],
        })
    });
    let came = now.iter().flat_map(|record| {
        record.contacts.iter().filter(|contact| !had.contains(&contact.id)).map(|contact| Edit {
            key: format!("contact:{}", contact.id),
            what: What::ContactAdded,
            party: record.id,
            before: None,
            now: Some(contact.shown.clone()),
            default: Choice::Now,
            choices: vec![Choice::Before, Choice::Now, Choice::Other],
        })
    });
    gone.chain(came).collect()
}

/// Who stands for whom: each party that was absorbed, with the end of its way through `standing` merges (absorbed,
/// survivor).
pub fn roots(standing: &[(PartyId, PartyId)]) -> BTreeMap<PartyId, PartyId> {
    let next: BTreeMap<PartyId, PartyId> = standing.iter().copied().collect();
    let end = |party: PartyId| {
        // A way longer than there are merges would be a circle, which merging two roots cannot make.
        (0..standing.len()).fold(party, |at, _| next.get(&at).copied().unwrap_or(at))
    };
    next.keys().map(|party| (*party, end(*party))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(number: i64) -> PartyId {
        Id::from_number(number)
    }

    fn record(number: i64, name: &str, contacts: &[i64]) -> Record {
        let contact = |id: &i64| ContactRecord {
            id: Id::from_number(*id),
            kind: "email".into(),
            source: String::new(),
            value: format!("{id}@example.com"),
            shown: format!("{id}@example.com"),
            phone_tail: None,
            created_at: Instant::from_micros(0),
            import_id: None,
            unvouched: 0,
        };
        Record {
            id: party(number),
            name: Some(name.into()),
            being: None,
            changed_at: Instant::from_micros(0),
            revision: 1,
            contacts: contacts.iter().map(contact).collect(),
            leaving: None,
            keeper: None,
            details: Vec::new(),
        }
    }

    #[test]
    fn nothing_edited_is_no_edit_even_where_the_merge_gave_a_name() {
        let (one, other) = (Record { name: None, ..record(1, "", &[7]) }, record(2, "홍길동", &[8]));
        let now = [Record { name: Some("홍길동".into()), revision: 2, ..one.clone() }, other.clone()];
        assert_eq!(edits(&[&one, &other], &now, party(1), Some("홍길동")), []);
        assert_eq!(edits(&[&one, &other], &now, party(1), None).len(), 1);
    }

    #[test]
    fn what_changed_or_went_goes_back_by_itself_and_what_came_stays() {
        let before = record(1, "김하나", &[7, 8]);
        let now = [record(1, "김두리", &[8, 9])];
        let found = edits(&[&before], &now, party(1), None);
        let told: Vec<_> = found.iter().map(|edit| (edit.what, edit.default)).collect();
        assert_eq!(
            told,
            [
                (What::Name, Choice::Before),
                (What::ContactRemoved, Choice::Before),
                (What::ContactAdded, Choice::Now)
            ]
        );
    }

    #[test]
    fn a_contact_that_went_from_one_record_to_the_other_is_no_edit() {
        let before = [record(1, "a", &[7]), record(2, "b", &[])];
        let now = [record(1, "a", &[]), record(2, "b", &[7])];
        assert_eq!(edits(&before.iter().collect::<Vec<_>>(), &now, party(1), None), []);
    }

    #[test]
    fn a_way_of_merges_ends_at_its_root_whatever_the_order() {
        let [a, b, c, d] = [1, 2, 3, 4].map(party);
        assert_eq!(roots(&[(b, c), (a, b), (d, c)]), [(a, c), (b, c), (d, c)].into());
        assert_eq!(roots(&[(a, b), (d, c)]), [(a, b), (d, c)].into());
    }
}
