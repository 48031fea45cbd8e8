//! Erasures and exports in the database.

use super::export::Parts;
use super::words::Known;
use crate::merges::snapshots_of;
use crate::parties::root::members;
use crate::requests::model::RequestId;
use ::store::{FromRow, Json, Result, Tx, sql};
use kernel::{Id, Instant, kinds};
use serde_json::Value;

type PartyId = Id<kinds::Party>;
/// The id of an export.
pub type ExportId = Id<kinds::PersonExport>;
/// The id of an erasure.
pub type ErasureId = Id<kinds::Erasure>;

/// Bytes of a piece of an export: a row that every engine takes with ease.
pub const PIECE: usize = 512 * 1024;

/// The lines of every erasure, the oldest first.
pub async fn lines(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sql!("select line from erasures order by id").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(line,)| line).collect())
}

/// Whether a record was erased.
pub async fn is_erased(tx: &mut Tx, party: PartyId) -> Result<bool> {
    let row: Option<(i64,)> = sql!("select id from parties where id = $1 and erased_at is not null")
        .bind(party)
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// A contact by which somebody is known.
#[derive(Debug, Clone, FromRow)]
pub struct Held {
    /// Which record has it.
    pub party: PartyId,
    /// `source_id`, `email` or `phone`.
    pub kind: String,
    /// The source of a source id.
    pub source: String,
    /// The normal form.
    pub value: String,
    /// As it is shown.
    pub shown: String,
}

/// The contacts of a person, of every record.
pub async fn contacts(tx: &mut Tx, root: PartyId) -> Result<Vec<Held>> {
    sql!(concat!(
        "select party, kind, source, value, shown from contacts where party in ",
        members!("$1"),
        " order by id"
    ))
    .bind(root)
    .fetch_all(tx)
    .await
}

/// What a person is known by: the names and contacts of every record, and those that merges remember of them.
pub async fn known(tx: &mut Tx, root: PartyId, group: &[PartyId]) -> Result<Known> {
    let mut known = Known::default();
    let names: Vec<(Option<String>,)> =
        sql!(concat!("select name from parties where id in ", members!("$1")))
            .bind(root)
            .fetch_all(tx)
            .await?;
    names.iter().filter_map(|(name,)| name.as_deref()).for_each(|name| known.name(name));
    for held in contacts(tx, root).await? {
        known.contact(&held.kind, &held.value);
        known.contact(&held.kind, &held.shown);
    }
    for snapshot in snapshots_of(tx, root).await? {
        for record in snapshot.records().filter(|record| group.contains(&record.id)) {
            record.name.iter().for_each(|name| known.name(name));
            record.contacts.iter().for_each(|contact| known.contact(&contact.kind, &contact.value));
        }
    }
    Ok(known)
}

/// Takes the name and the date from every record of a person.
pub async fn unname(tx: &mut Tx, root: PartyId) -> Result<u64> {
    sql!(concat!(
        "update parties set name = null, name_fold = '', erased_at = $2, changed_at = $2, revision = revision + 1 \
         where id in ",
        members!("$1")
    ))
    .bind(root)
    .bind(tx.now())
    .execute(tx)
    .await
}

/// An erasure to keep.
pub struct NewErasure<'e> {
    /// Its id.
    pub id: ErasureId,
    /// The record that stays.
    pub party: PartyId,
    /// The request it answers.
    pub request: Option<RequestId>,
    /// Who did it.
    pub by: &'e crate::requests::store::By,
    /// The line of the list.
    pub line: String,
    /// How many rows of what went and stayed.
    pub report: Value,
}

/// Keeps an erasure.
pub async fn insert(tx: &mut Tx, new: NewErasure<'_>) -> Result<()> {
    sql!(
        "insert into erasures (id, party, at, request, by_user, by_name, line, report) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing"
    )
    .bind(new.id)
    .bind(new.party)
    .bind(tx.now())
    .bind(new.request)
    .bind(new.by.user)
    .bind(&new.by.name)
    .bind(new.line)
    .bind(new.report)
    .execute(tx)
    .await?;
    Ok(())
}

/// Remembers the hash of a contact of somebody who was erased, with the last day of what is theirs.
pub async fn remember(tx: &mut Tx, hash: &str, party: Option<PartyId>, until: kernel::Day) -> Result<()> {
    sql!(
        "insert into erased_contacts (hash, party, until_day) values ($1, $2, $3) on conflict (hash) do update set \
         party = coalesce(excluded.party, erased_contacts.party), until_day = excluded.until_day"
    )
    .bind(hash)
    .bind(party.map(Id::number))
    .bind(until)
    .execute(tx)
    .await?;
    Ok(())
}

/// What an erasure did, as it is shown.
#[derive(Debug, Clone, FromRow)]
pub struct Done {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by_name: String,
    /// How many rows of what went and stayed.
    pub report: Json<Value>,
}

/// The erasure that a request led to.
pub async fn of_request(tx: &mut Tx, request: RequestId) -> Result<Option<Done>> {
    sql!("select at, by_name, report from erasures where request = $1 order by id desc limit 1")
        .bind(request)
        .fetch_optional(tx)
        .await
}

/// An export as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct Kept {
    /// Its id.
    pub id: ExportId,
    /// When it was made.
    pub made_at: Instant,
    /// How long the file is.
    pub bytes: i64,
    /// The SHA-256 of its bytes, as proof of what was given out.
    pub hash: String,
    /// How many rows of what are in it.
    pub parts: Json<Parts>,
    /// When it was fetched first.
    pub fetched_at: Option<Instant>,
}

/// The last export that a request led to.
pub async fn export_of(tx: &mut Tx, request: RequestId) -> Result<Option<Kept>> {
    sql!(
        "select id, made_at, bytes, hash, parts, fetched_at from person_exports where request = $1 \
         order by id desc limit 1"
    )
    .bind(request)
    .fetch_optional(tx)
    .await
}

/// Keeps an export, instead of what was made for the same request before.
pub async fn keep_export(
    tx: &mut Tx,
    (party, request): (PartyId, RequestId),
    file: &[u8],
    hash: String,
    parts: &Parts,
) -> Result<ExportId> {
    sql!(
        "delete from person_export_pieces where export in (select id from person_exports where request = $1)"
    )
    .bind(request)
    .execute(tx)
    .await?;
    sql!("delete from person_exports where request = $1").bind(request).execute(tx).await?;
    let id: ExportId = tx.id();
    sql!(
        "insert into person_exports (id, party, request, made_at, bytes, hash, parts) values ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(id)
    .bind(party)
    .bind(request)
    .bind(tx.now())
    .bind(i64::try_from(file.len()).unwrap_or(i64::MAX))
    .bind(hash)
    .bind(serde_json::to_value(parts)?)
    .execute(tx)
    .await?;
    for (place, piece) in (0_i64..).zip(file.chunks(PIECE)) {
        sql!("insert into person_export_pieces (export, place, bytes) values ($1, $2, $3)")
            .bind(id)
            .bind(place)
            .bind(piece.to_vec())
            .execute(tx)
            .await?;
    }
    Ok(id)
}

/// The bytes of an export.
pub async fn bytes(tx: &mut Tx, id: ExportId) -> Result<Vec<u8>> {
    let pieces: Vec<(Vec<u8>,)> =
        sql!("select bytes from person_export_pieces where export = $1 order by place")
            .bind(id)
            .fetch_all(tx)
            .await?;
    Ok(pieces.into_iter().flat_map(|(piece,)| piece).collect())
}

/// Notes that an export was fetched.
pub async fn fetched(tx: &mut Tx, id: ExportId) -> Result<()> {
    sql!("update person_exports set fetched_at = coalesce(fetched_at, $2) where id = $1")
        .bind(id)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(())
}
