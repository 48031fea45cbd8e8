//! Which party an order belongs to: its source's id, else e-mail, else phone; never a name alone, never a relay
//! number.
//!
//! Works on a chunk at a time: one look-up, then one insert for everyone who is new.

use super::model::{Contact, Identity};
use crate::parties::store;
use ::store::log::{self, Entry, Origin};
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::{Id, kinds};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

type Key = (String, String, String);

fn key(contact: &Contact) -> Key {
    (contact.kind.to_owned(), contact.source.clone(), contact.value.clone())
}

/// What a chunk adds.
#[derive(Default)]
struct Additions {
    parties: BTreeMap<PartyId, Option<String>>,
    contacts: Vec<(PartyId, Contact)>,
    revived: BTreeSet<PartyId>,
}

/// Finds or makes the party of each identity.
pub async fn resolve(tx: &mut Tx, from: &Origins<'_>, identities: &[Identity]) -> Result<Resolved> {
    let wanted: Vec<Vec<Contact>> =
        identities.iter().map(|identity| identity.contacts(from.source)).collect();
    let (mut known, retracted) = look_up(tx, &wanted).await?;
    let mut additions = Additions::default();
    let mut parties = Vec::with_capacity(identities.len());
    for (identity, contacts) in identities.iter().zip(&wanted) {
        let Some(first) =
            contacts.iter().find_map(|contact| known.get(&key(contact)).copied()).or_else(|| {
                (!contacts.is_empty()).then(|| {
                    let party = tx.id();
                    additions.parties.insert(party, identity.name.clone());
                    party
                })
            })
        else {
            parties.push(None);
            continue;
        };
        if retracted.contains(&first) {
            additions.revived.insert(first);
        }
        for contact in contacts {
            if let std::collections::hash_map::Entry::Vacant(free) = known.entry(key(contact)) {
                free.insert(first);
                additions.contacts.push((first, contact.clone()));
            }
        }
        parties.push(Some(first));
    }
    let added = i64::try_from(additions.parties.len() + additions.revived.len()).unwrap_or(i64::MAX);
    additions.write(tx, from).await?;
    Ok(Resolved { parties, added })
}

/// Who the identities are, as far as they are known: a look without writing.
pub async fn peek(tx: &mut Tx, source: &str, identities: &[Identity]) -> Result<Vec<Option<PartyId>>> {
    let wanted: Vec<Vec<Contact>> = identities.iter().map(|identity| identity.contacts(source)).collect();
    let (known, _) = look_up(tx, &wanted).await?;
    Ok(wanted
        .iter()
        .map(|contacts| contacts.iter().find_map(|contact| known.get(&key(contact)).copied()))
        .collect())
}

async fn look_up(tx: &mut Tx, wanted: &[Vec<Contact>]) -> Result<(HashMap<Key, PartyId>, BTreeSet<PartyId>)> {
    let keys: BTreeSet<Key> = wanted.iter().flatten().map(key).collect();
    let (mut known, mut retracted) = (HashMap::with_capacity(keys.len()), BTreeSet::new());
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
        for row in query.fetch_all::<Known>(tx).await? {
            if row.retracted_by.is_some() {
                retracted.insert(row.party);
            }
            known.insert((row.kind, row.source, row.value), row.party);
        }
    }
    Ok((known, retracted))
}

impl Additions {
    async fn write(self, tx: &mut Tx, from: &Origins<'_>) -> Result<()> {
        store::insert_parties(tx, &self.parties, from.import).await?;
        store::insert_contacts(tx, &self.contacts).await?;
        store::revive(tx, &self.revived).await?;
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
