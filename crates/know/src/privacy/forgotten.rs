//! A file from before an erasure, imported again, brings nobody back.
//!
//! The rule, by the hashes of the contacts that a row names: what is dated up to the day of the erasure goes to the
//! record without a name, so that the same file again changes nothing and no sum moves; neither name nor contact nor the
//! row itself is kept of it. Refusing the rows would lose sales that the books have. What is dated later is somebody who
//! came back of their own accord: they are a new customer, without their past, and the import says so.
//!
//! A row of a list of customers has no date ([`of_undated`]): it is left out as long as one of the contacts it names was
//! erased and is nobody's since.

use super::salt;
use crate::parties::{Contact, Identity, store};
use ::store::{Result, Tx, sql, sql_rows};
use kernel::{Day, Id, kinds};
use std::collections::HashMap;

/// Somebody who was erased, as a row of a file finds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// The record without a name, where there is one.
    pub party: Option<Id<kinds::Party>>,
    /// What is dated up to this day is theirs.
    pub until: Day,
}

/// For each identity, whether it is somebody who was erased. Nothing is asked while nobody was.
pub async fn of(tx: &mut Tx, source: &str, identities: &[Identity]) -> Result<Vec<Option<Gone>>> {
    let contacts: Vec<Vec<Contact>> = identities.iter().map(|identity| identity.contacts(source)).collect();
    let found = of_each(tx, &contacts).await?;
    let mut gone = Vec::with_capacity(found.len());
    for (contacts, found) in contacts.iter().zip(found) {
        gone.push(first(tx, contacts, &found).await?);
    }
    Ok(gone)
}

/// Who of those who were erased somebody with these contacts is, the strongest of which comes first: nobody where a stronger
/// one is of somebody who stands. Two people may have shared a phone.
async fn first(tx: &mut Tx, contacts: &[Contact], found: &[Option<Gone>]) -> Result<Option<Gone>> {
    if found.iter().all(Option::is_none) {
        return Ok(None);
    }
    for (contact, found) in contacts.iter().zip(found) {
        if found.is_some() {
            return Ok(*found);
        }
        if is_somebodys(tx, contact).await? {
            return Ok(None);
        }
    }
    Ok(None)
}

async fn is_somebodys(tx: &mut Tx, contact: &Contact) -> Result<bool> {
    Ok(store::owner(tx, contact).await?.is_some_and(|(_, is_retracted)| !is_retracted))
}

/// For each list of contacts without a date, whether it may bring nobody back: one of the contacts was erased, and has
/// been given by nobody since. Whoever came back is known by what they gave then, and a list speaks of them again.
pub async fn of_undated(tx: &mut Tx, contacts: &[Vec<Contact>]) -> Result<Vec<bool>> {
    let found = of_each(tx, contacts).await?;
    let mut gone = Vec::with_capacity(contacts.len());
    for (contacts, found) in contacts.iter().zip(found) {
        let mut is_gone = false;
        if found.iter().any(Option::is_some) {
            for (contact, found) in contacts.iter().zip(found) {
                match (found.is_some(), is_somebodys(tx, contact).await?) {
                    // A row of somebody else, who had a contact in common.
                    (false, true) => break,
                    (true, false) => is_gone = true,
                    _ => {}
                }
            }
        }
        gone.push(is_gone);
    }
    Ok(gone)
}

/// For each list of contacts, whether somebody who was erased had one of them.
pub async fn are_named(tx: &mut Tx, contacts: &[Vec<Contact>]) -> Result<Vec<bool>> {
    let found = of_each(tx, contacts).await?;
    Ok(found.into_iter().map(|gone| gone.iter().any(Option::is_some)).collect())
}

/// For each of these contacts, who was erased and had it.
async fn of_each(tx: &mut Tx, contacts: &[Vec<Contact>]) -> Result<Vec<Vec<Option<Gone>>>> {
    let any: Option<(i64,)> =
        sql!("select until_day from erased_contacts limit 1").fetch_optional(tx).await?;
    let salt = match any {
        Some(_) => salt::find(tx).await?,
        None => None,
    };
    let Some(salt) = salt else {
        return Ok(contacts.iter().map(|contacts| vec![None; contacts.len()]).collect());
    };
    let hash = |contact: &Contact| salt.contact(contact.kind, &contact.source, &contact.value);
    let hashes: Vec<Vec<String>> =
        contacts.iter().map(|contacts| contacts.iter().map(hash).collect()).collect();
    let mut found: HashMap<String, Gone> = HashMap::new();
    let mut asked = hashes.iter().flatten().peekable();
    while asked.peek().is_some() {
        let mut query =
            sql_rows!(1, "select hash, party, until_day from erased_contacts where hash in (values {rows})");
        while let Some(hash) = (!query.is_full()).then(|| asked.next()).flatten() {
            query.push_row([hash.into()]);
        }
        let rows: Vec<(String, Option<i64>, Day)> = query.fetch_of_set(tx).await?;
        found.extend(
            rows.into_iter()
                .map(|(hash, party, until)| (hash, Gone { party: party.map(Id::from_number), until })),
        );
    }
    Ok(hashes.iter().map(|hashes| hashes.iter().map(|hash| found.get(hash).copied()).collect()).collect())
}
