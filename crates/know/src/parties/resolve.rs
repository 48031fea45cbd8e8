//! Which party an order belongs to: its source's id, else e-mail, else phone; never a name alone, never a relay
//! number. [`who`] has the rule; here it meets the database.
//!
//! Works on a chunk at a time: one look-up, then one insert for everyone who is new.

use super::model::{Contact, Identity};
use super::proposals::{self, Found};
use super::root;
use super::who::{self, Book, Key, Settled, key};
use crate::parties::store;
use ::store::log::{self, Entry, Origin};
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::{Id, kinds};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

type PartyId = Id<kinds::Party>;

/// Where identities come from.
#[derive(Debug, Clone)]
pub struct Origins<'a> {
    /// Preset and account, whose ids tell parties apart.
    pub source: &'a str,
    /// The import, if it is one.
    pub import: Option<Id<kinds::Import>>,
    /// How they come to be told.
    pub origin: Origin,
}

/// Who the identities are.
#[derive(Debug, Default)]
pub struct Resolved {
    /// A party for each identity, `None` where nothing identifies.
    pub parties: Vec<Option<PartyId>>,
    /// How many parties were made.
    pub added: i64,
}

#[derive(FromRow)]
struct Known {
    kind: String,
    source: String,
    value: String,
    party: PartyId,
    retracted_by: Option<i64>,
}

/// What a chunk adds.
#[derive(Default)]
struct Additions {
    parties: BTreeMap<PartyId, Option<String>>,
    contacts: Vec<(PartyId, Contact)>,
    freed: Vec<Key>,
    revived: BTreeSet<PartyId>,
    proposals: BTreeMap<(PartyId, PartyId), Found>,
}

/// Finds or makes the party of each identity; two that a record speaks of as one are proposed for merging.
pub async fn resolve(tx: &mut Tx, from: &Origins<'_>, identities: &[Identity]) -> Result<Resolved> {
    let wanted: Vec<Vec<Contact>> =
        identities.iter().map(|identity| identity.contacts(from.source)).collect();
    let mut book = look_up(tx, &wanted).await?;
    book.numbered = numbered(tx, from.source, &book, &wanted).await?;
    let mut additions = Additions::default();
    let mut parties = Vec::with_capacity(identities.len());
    for (identity, contacts) in identities.iter().zip(&wanted) {
        let settled = book.settle(contacts, || tx.id());
        parties.push(settled.as_ref().map(|settled| settled.party));
        if let Some(settled) = settled {
            additions.take(identity, contacts, &settled);
        }
    }
    let added = i64::try_from(additions.parties.len() + additions.revived.len()).unwrap_or(i64::MAX);
    additions.write(tx, from).await?;
    Ok(Resolved { parties, added })
}

/// Who identities would be: reads, and remembers who a run would have made by now.
#[derive(Debug, Default)]
pub struct Foreseen {
    /// Contacts that a run would have given away by now, by their hashes.
    people: HashMap<u64, PartyId>,
    numbered: HashSet<PartyId>,
    revived: HashSet<PartyId>,
    added: i64,
}

impl Foreseen {
    /// Who the identities would be after a run over everything before them.
    pub async fn resolve(&mut self, tx: &mut Tx, source: &str, identities: &[Identity]) -> Result<Resolved> {
        let wanted: Vec<Vec<Contact>> = identities.iter().map(|identity| identity.contacts(source)).collect();
        let mut book = look_up(tx, &wanted).await?;
        for contact in wanted.iter().flatten() {
            if let Some(party) = self.people.get(&hash(contact)) {
                book.known.insert(key(contact), *party);
            }
        }
        book.retracted.retain(|party| !self.revived.contains(party));
        book.numbered = numbered(tx, source, &book, &wanted).await?;
        book.numbered.extend(&self.numbered);
        let mut resolved = Resolved::default();
        for contacts in &wanted {
            // Ids from the clock are positive: nobody has these.
            let settled = book.settle(contacts, || Id::from_number(-1 - self.added));
            resolved.parties.push(settled.as_ref().map(|settled| settled.party));
            let Some(settled) = settled else { continue };
            if settled.comes_back {
                self.revived.insert(settled.party);
            }
            resolved.added += i64::from(settled.is_new || settled.comes_back);
            self.added += i64::from(settled.is_new);
            for at in settled.gained {
                self.people.insert(hash(&contacts[at]), settled.party);
                if contacts[at].kind == "source_id" {
                    self.numbered.insert(book.roots.of(settled.party));
                }
            }
        }
        Ok(resolved)
    }
}

fn hash(contact: &Contact) -> u64 {
    let mut hasher = DefaultHasher::new();
    contact.hash(&mut hasher);
    hasher.finish()
}

/// Who is known by the contacts, and which of them were taken back.
async fn look_up(tx: &mut Tx, wanted: &[Vec<Contact>]) -> Result<Book> {
    let keys: BTreeSet<Key> = wanted.iter().flatten().map(key).collect();
    let mut book = Book::default();
    let mut keys = keys.into_iter().peekable();
    while keys.peek().is_some() {
        let mut query = sql_rows!(
            3,
            "with asked (kind, source, value) as (values {rows}) \
             select c.kind, c.source, c.value, c.party, p.retracted_by from asked a \
             join contacts c on c.kind = a.kind and c.source = a.source and c.value = a.value \
             join parties p on p.id = c.party"
        );
        while let Some((kind, source, value)) = (!query.is_full()).then(|| keys.next()).flatten() {
            query.push_row([kind.into(), source.into(), value.into()]);
        }
        for row in query.fetch_of_set::<Known>(tx).await? {
            if row.retracted_by.is_some() {
                book.retracted.insert(row.party);
            }
            book.known.insert((row.kind, row.source, row.value), row.party);
        }
    }
    book.roots = root::groups(tx, book.known.values().copied()).await?;
    Ok(book)
}

/// Which of those found by e-mail or phone have an id of the source: asked only where an id is new.
async fn numbered(
    tx: &mut Tx,
    source: &str,
    book: &Book,
    wanted: &[Vec<Contact>],
) -> Result<HashSet<PartyId>> {
    let is_known = |contact: &Contact| {
        book.known.get(&key(contact)).is_some_and(|party| !book.retracted.contains(party))
    };
    let is_new_id = |contact: &&Contact| contact.kind == "source_id" && !is_known(contact);
    let found = |contacts: &[Contact]| {
        contacts.iter().filter_map(|contact| book.known.get(&key(contact)).copied()).collect::<Vec<_>>()
    };
    let is_asked = |contacts: &&Vec<Contact>| contacts.first().as_ref().is_some_and(is_new_id);
    if !wanted.iter().any(|contacts| is_asked(&contacts) && !found(contacts).is_empty()) {
        return Ok(HashSet::new());
    }
    // All who were found: whom an earlier identity of the chunk leads to, a later one may be led to as well.
    let members = book.roots.merged().map(|(party, _)| party);
    let asked: BTreeSet<PartyId> = book.known.values().copied().chain(members).collect();
    let (mut numbered, mut asked) = (HashSet::new(), asked.into_iter().peekable());
    while asked.peek().is_some() {
        let mut query = sql_rows!(
            1,
            "select distinct party from contacts where kind = 'source_id' and source = $1 and party in (values {rows})"
        )
        .bind(source);
        while let Some(party) = (!query.is_full()).then(|| asked.next()).flatten() {
            query.push_row([party.into()]);
        }
        let rows: Vec<(PartyId,)> = query.fetch_of_set(tx).await?;
        numbered.extend(rows.into_iter().map(|(party,)| book.roots.of(party)));
    }
    Ok(numbered)
}

impl Additions {
    fn take(&mut self, identity: &Identity, contacts: &[Contact], settled: &Settled) {
        let Settled { party, is_new, comes_back, gained, freed, clashes } = settled;
        if *is_new {
            self.parties.insert(*party, identity.name.clone());
        }
        if *comes_back {
            self.revived.insert(*party);
        }
        self.contacts.extend(gained.iter().map(|at| (*party, contacts[*at].clone())));
        self.freed.extend(freed.iter().map(|at| key(&contacts[*at])));
        for who::Clash { contact, party: other } in clashes {
            let pair = (*party.min(other), *party.max(other));
            self.proposals.entry(pair).or_insert_with(|| Found::new(*party, contacts, *contact, *other));
        }
    }

    async fn write(self, tx: &mut Tx, from: &Origins<'_>) -> Result<()> {
        store::insert_parties(tx, &self.parties, from.import).await?;
        store::free_contacts(tx, &self.freed).await?;
        store::insert_contacts(tx, &self.contacts, from.import).await?;
        store::revive(tx, &self.revived).await?;
        proposals::insert(tx, &self.proposals, from.import).await?;
        let entries = self.parties.keys().chain(&self.revived).map(|party| added(tx, from, *party)).collect();
        log::append_all(tx, entries).await
    }
}

fn added(tx: &Tx, from: &Origins<'_>, party: PartyId) -> Entry {
    let mut entry = Entry::live(tx, "party.added", party.number()).about(party);
    entry.origin = from.origin;
    if let Some(import) = from.import {
        entry.import = Some(import);
        from.source.clone_into(&mut entry.source);
        // An import can be undone and run again: each coming back has a name of its own.
        let time: Id<kinds::Run> = tx.id();
        entry = entry.named(format!("party.added:{}:{}", party.number(), time.number()));
    }
    entry
}
