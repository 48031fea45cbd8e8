//! What is compared of records, read for many at once.

use super::likeness::Known;
use super::model::PartyId;
use crate::parties::root::Roots;
use ::store::{Result, Tx, sql_rows};
use std::collections::{BTreeSet, HashMap};

/// What is known of the `parties`, who stand for themselves, with what those know who were merged into them.
pub async fn known(
    tx: &mut Tx,
    parties: &BTreeSet<PartyId>,
    roots: &Roots,
) -> Result<HashMap<PartyId, Known>> {
    let merged = roots.merged().filter(|(_, root)| parties.contains(root)).map(|(party, _)| party);
    let asked: BTreeSet<PartyId> = parties.iter().copied().chain(merged).collect();
    let mut known: HashMap<PartyId, Known> = parties.iter().map(|party| (*party, Known::default())).collect();
    let mut names = sql_rows!(
        1,
        "select id, name from parties where name is not null and id in (values {rows}) order by id"
    );
    asked.iter().for_each(|party| names.push_row([(*party).into()]));
    for (party, name) in names.fetch_of_set::<(PartyId, String)>(tx).await? {
        known.entry(roots.of(party)).or_default().names.push(name);
    }
    let mut contacts = sql_rows!(
        1,
        "select party, kind, source, value from contacts where party in (values {rows}) order by id"
    );
    asked.iter().for_each(|party| contacts.push_row([(*party).into()]));
    for (party, kind, source, value) in contacts.fetch_of_set::<(PartyId, String, String, String)>(tx).await?
    {
        let known = known.entry(roots.of(party)).or_default();
        match kind.as_str() {
            "email" => known.emails.push(value),
            "phone" => known.phones.push(value),
            _ => {
                known.ids.insert((source, value));
            }
        }
    }
    Ok(known)
}
