//! Records as they are written, read for a merge and for taking it back.

use super::details;
use super::model::{ContactRecord, LeavingRecord, PartyId, Record};
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::{Id, Instant, kinds};
use std::collections::HashMap;

#[derive(FromRow)]
struct PartyRow {
    id: PartyId,
    name: Option<String>,
    kind: String,
    registration: Option<String>,
    changed_at: Instant,
    revision: i64,
}

#[derive(FromRow)]
struct ContactRow {
    party: PartyId,
    #[sqlx(flatten)]
    contact: ContactRecord,
}

/// The records of `parties`, by their ids.
pub async fn records(tx: &mut Tx, parties: &[PartyId]) -> Result<Vec<Record>> {
    let mut query = sql_rows!(
        1,
        "select id, name, kind, registration, changed_at, revision from parties where id in (values {rows}) order by id"
    );
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<PartyRow> = query.fetch_of_set(tx).await?;
    let mut contacts = contacts(tx, parties).await?;
    let mut leaving = leaving(tx, parties).await?;
    let mut keepers = keepers(tx, parties).await?;
    let mut details = details::of(tx, parties).await?;
    Ok(rows
        .into_iter()
        .map(|row| Record {
            id: row.id,
            name: row.name,
            being: Some((row.kind, row.registration)),
            changed_at: row.changed_at,
            revision: row.revision,
            contacts: contacts.remove(&row.id).unwrap_or_default(),
            leaving: leaving.remove(&row.id),
            keeper: keepers.remove(&row.id),
            details: details.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

async fn contacts(tx: &mut Tx, parties: &[PartyId]) -> Result<HashMap<PartyId, Vec<ContactRecord>>> {
    let mut query = sql_rows!(
        1,
        "select party, id, kind, source, value, shown, phone_tail, created_at, import_id, unvouched from contacts \
         where party in (values {rows}) order by id"
    );
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    let mut found: HashMap<PartyId, Vec<ContactRecord>> = HashMap::new();
    for ContactRow { party, contact } in query.fetch_of_set(tx).await? {
        found.entry(party).or_default().push(contact);
    }
    Ok(found)
}

async fn leaving(tx: &mut Tx, parties: &[PartyId]) -> Result<HashMap<PartyId, LeavingRecord>> {
    let mut query = sql_rows!(
        1,
        "select party, reason, at, recorded_by from leaving_reasons where party in (values {rows})"
    );
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<(PartyId, String, Instant, Option<Id<kinds::User>>)> = query.fetch_of_set(tx).await?;
    let record = |(party, reason, at, recorded_by)| (party, LeavingRecord { reason, at, recorded_by });
    Ok(rows.into_iter().map(record).collect())
}

async fn keepers(tx: &mut Tx, parties: &[PartyId]) -> Result<HashMap<PartyId, (Id<kinds::User>, Instant)>> {
    let mut query = sql_rows!(1, "select party, user_id, since from keepers where party in (values {rows})");
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<(PartyId, Id<kinds::User>, Instant)> = query.fetch_of_set(tx).await?;
    Ok(rows.into_iter().map(|(party, user, since)| (party, (user, since))).collect())
}
