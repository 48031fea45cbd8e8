//! A file from before an erasure, imported again, brings nobody back.
//!
//! The rule, by the hashes of the contacts that a row names: what is dated up to the day of the erasure goes to the
//! record without a name, so that the same file again changes nothing and no sum moves; neither name nor contact nor the
//! row itself is kept of it. Refusing the rows would lose sales that the books have. What is dated later is somebody who
//! came back of their own accord: they are a new customer, without their past, and the import says so.

use super::salt;
use crate::parties::{Contact, Identity};
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
    let any: Option<(i64,)> =
        sql!("select until_day from erased_contacts limit 1").fetch_optional(tx).await?;
    let salt = match any {
        Some(_) => salt::find(tx).await?,
        None => None,
    };
    let Some(salt) = salt else { return Ok(vec![None; identities.len()]) };
    let hash = |contact: &Contact| salt.contact(contact.kind, &contact.source, &contact.value);
    let hashes: Vec<Vec<String>> =
        identities.iter().map(|identity| identity.contacts(source).iter().map(hash).collect()).collect();
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
    // The strongest contact comes first.
    Ok(hashes.iter().map(|hashes| hashes.iter().find_map(|hash| found.get(hash).copied())).collect())
}
