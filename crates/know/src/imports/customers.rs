//! Customers of a file, written a chunk at a time, compared with what the same source said of them before, and taken
//! back.
//!
//! Invariants:
//! - A customer of a source is known by the strongest contact of their row. The same row again changes nothing.
//! - Each row keeps what it wrote (`wrote`): contacts, a memo, a name and the one before it, details. Undo takes exactly
//!   that back, unless somebody has changed it since.
//! - What a row says of consent is a claim that allows nothing ([`crate::consent`]); an import that is taken back claims
//!   nothing any more.
//! - A name that somebody gave by hand, or another source, is not overwritten; one that an earlier file of the same
//!   source gave is.

use super::details::{self, Changed, Details, LeftOut};
use super::feed::Chunk;
use super::listed::Listed;
use super::model::Counts;
use crate::consent::{self, Channel, Claim, Evidence};
use crate::fields::{self, CustomField};
use crate::notes::{self, Memo};
use crate::parties::resolve::{Foreseen, Origins, resolve};
use crate::parties::{Contact, Identity, store};
use crate::privacy::forgotten;
use ::store::{FromRow, Json, Result, Tx, sql, sql_rows};
use kernel::{Day, Id, kinds, limits};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use web::Company;

type ImportId = Id<kinds::Import>;
type PartyId = Id<kinds::Party>;
type RowId = Id<kinds::CustomerRow>;

/// Rows asked about in one statement.
const SLICE: usize = 500;

/// What a row wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Wrote {
    /// Contacts that somebody who was known already got.
    contacts: Vec<Id<kinds::Contact>>,
    /// A memo.
    note: Option<Id<kinds::Note>>,
    /// A name for somebody who was known already, and the one before.
    name: Option<Named>,
    /// What the row said beside name and contacts.
    said: Details,
    /// What of it changed something.
    changed: Changed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    before: Option<String>,
    after: String,
}

/// What a source said of a customer last.
#[derive(Debug, Clone, FromRow)]
struct Known {
    key: String,
    content_hash: String,
    name: Option<String>,
    wrote: Json<Wrote>,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    New,
    Changed,
    Unchanged,
}

/// The rows of a chunk, each customer once, the last row winning; and what each row is.
struct Sorted<'c> {
    rows: Vec<(&'c Listed, String)>,
    outcomes: Vec<Outcome>,
}

/// Sorts the customers of a chunk into new, changed and unchanged ones. `said` is what their source said of them before.
fn sort<'c>(customers: &[&'c Listed], source: &str, said: &mut HashMap<String, String>) -> Sorted<'c> {
    let mut sorted = Sorted { rows: Vec::new(), outcomes: Vec::new() };
    let mut places: HashMap<String, usize> = HashMap::new();
    let keyed: Vec<(String, String)> =
        customers.iter().map(|listed| (listed.key(source), listed.customer.content_hash())).collect();
    // Whoever stands twice in a file is what the last row says: where that was said before, no row of theirs is news.
    let last: HashMap<&str, &str> = keyed.iter().map(|(key, hash)| (&**key, &**hash)).collect();
    let settled: HashSet<&str> = last
        .into_iter()
        .filter(|(key, hash)| said.get(*key).is_some_and(|before| before == hash))
        .map(|(key, _)| key)
        .collect();
    for (&listed, (key, hash)) in customers.iter().zip(&keyed) {
        if settled.contains(key.as_str()) {
            sorted.outcomes.push(Outcome::Unchanged);
            continue;
        }
        let (key, hash) = (key.clone(), hash.clone());
        let outcome = match said.insert(key.clone(), hash.clone()) {
            None => Outcome::New,
            Some(before) if before == hash => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
        };
        sorted.outcomes.push(outcome);
        if outcome == Outcome::Unchanged {
            continue;
        }
        match places.get(&key) {
            Some(place) => sorted.rows[*place].0 = listed,
            None => {
                places.insert(key.clone(), sorted.rows.len());
                sorted.rows.push((listed, key));
            }
        }
    }
    sorted
}

impl Sorted<'_> {
    fn counts(&self, parties: i64) -> Counts {
        let of = |outcome| {
            let count = self.outcomes.iter().filter(|other| **other == outcome).count();
            i64::try_from(count).unwrap_or(i64::MAX)
        };
        let (new, changed, unchanged) = (of(Outcome::New), of(Outcome::Changed), of(Outcome::Unchanged));
        Counts { read: new + changed + unchanged, new, changed, unchanged, parties, ..Counts::default() }
    }
}

/// What the customers of a chunk are written for.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'w> {
    /// The import.
    pub import: ImportId,
    /// What its file is called.
    pub file: &'w str,
    /// The own fields of the company.
    pub fields: &'w [CustomField],
}

/// Writes the customers of a chunk. Gives the counts, and what could not be kept.
pub async fn write(
    tx: &mut Tx,
    from: &Origins<'_>,
    Writing { import, file, fields }: Writing<'_>,
    chunk: &Chunk,
) -> Result<(Counts, LeftOut)> {
    let Here { customers, erased } = here(tx, from.source, &chunk.customers).await?;
    let known = known(tx, from.source, &customers).await?;
    let mut said = known.values().map(|row| (row.key.clone(), row.content_hash.clone())).collect();
    let sorted = sort(&customers, from.source, &mut said);
    let mark: RowId = tx.id();
    let identities: Vec<Identity> = sorted.rows.iter().map(|(row, _)| row.identity.clone()).collect();
    let resolved = resolve(tx, from, &identities).await?;
    let with = details::Reading { fields, today: today(tx).await? };
    let (mut left_out, mut claims) = (LeftOut { erased, ..LeftOut::default() }, Vec::new());
    for ((listed, key), party) in sorted.rows.iter().zip(&resolved.parties) {
        let Some(party) = *party else { continue };
        let before = known.get(key);
        let mut wrote =
            enrich(tx, from, mark, listed, party, before.and_then(|row| row.name.as_deref())).await?;
        let last = before.map(|row| row.wrote.0.said.clone()).unwrap_or_default();
        wrote.changed = details::learn(tx, party, &listed.details, &last, with, &mut left_out).await?;
        wrote.said = listed.details.clone();
        // What the source said stays its word until it says another: an empty cell takes nothing back.
        wrote.said.recall(last);
        let said_name = listed.customer.name.as_deref().or(before.and_then(|row| row.name.as_deref()));
        keep(tx, Kept { source: from.source, key, import, party, said_name }, listed, &wrote).await?;
        claims.extend(claimed(listed, party, import, file));
    }
    consent::record_claims(tx, &claims).await?;
    Ok((sorted.counts(resolved.added).with_unchanged(erased), left_out))
}

/// The customers of a chunk who may be written.
struct Here<'c> {
    customers: Vec<&'c Listed>,
    /// How many others there are, who were erased.
    erased: i64,
}

/// Leaves those out who were erased: a list has no date, and brings nobody back.
async fn here<'c>(tx: &mut Tx, source: &str, customers: &'c [Listed]) -> Result<Here<'c>> {
    let contacts: Vec<Vec<Contact>> = customers.iter().map(|listed| listed.contacts(source)).collect();
    let gone = forgotten::of_undated(tx, &contacts).await?;
    let here: Vec<&Listed> =
        customers.iter().zip(gone).filter(|(_, gone)| !gone).map(|(listed, _)| listed).collect();
    let erased = i64::try_from(customers.len() - here.len()).unwrap_or(i64::MAX);
    Ok(Here { customers: here, erased })
}

async fn today(tx: &mut Tx) -> Result<Day> {
    let clock = tx.environment().clock.clone();
    Ok(Company::load(tx).await?.today(&*clock))
}

/// What a row claims that somebody said about being written to.
fn claimed<'l>(
    listed: &'l Listed,
    party: PartyId,
    import: ImportId,
    file: &'l str,
) -> impl Iterator<Item = Claim> + 'l {
    listed.customer.consents.iter().map(move |said| Claim {
        party,
        channel: match said.channel {
            reading::Channel::Email => Channel::Email,
            reading::Channel::Sms => Channel::Sms,
        },
        yes: said.yes,
        evidence: Evidence {
            file: Some(file.to_owned()),
            row: i64::try_from(listed.customer.line).ok(),
            value: Some(said.word.clone()),
            ..Evidence::default()
        },
        import: Some(import),
    })
}

/// Counts what writing a chunk would do, and how many rows are of people who were erased; `said` is what the file itself
/// would have said by now.
pub async fn count(
    tx: &mut Tx,
    source: &str,
    people: &mut Foreseen,
    said: &mut HashMap<String, String>,
    customers: &[Listed],
) -> Result<(Counts, i64)> {
    let Here { customers, erased } = here(tx, source, customers).await?;
    for (key, row) in known(tx, source, &customers).await? {
        said.entry(key).or_insert(row.content_hash);
    }
    let sorted = sort(&customers, source, said);
    let identities: Vec<Identity> = sorted.rows.iter().map(|(row, _)| row.identity.clone()).collect();
    let resolved = people.resolve(tx, source, &identities).await?;
    Ok((sorted.counts(resolved.added).with_unchanged(erased), erased))
}

/// What the source said last of each of these customers.
async fn known(tx: &mut Tx, source: &str, customers: &[&Listed]) -> Result<BTreeMap<String, Known>> {
    let keys: Vec<String> = customers.iter().map(|listed| listed.key(source)).collect();
    let mut found = BTreeMap::new();
    for slice in keys.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "select c.key, c.content_hash, c.name, c.wrote from customer_rows c where c.source = $1 and c.id = \
             (select max(l.id) from customer_rows l where l.source = $1 and l.key = c.key) and c.key in (values {rows})"
        )
        .bind(source);
        slice.iter().for_each(|key| query.push_row([key.as_str().into()]));
        let rows: Vec<Known> = query.fetch_of_set(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.key.clone(), row)));
    }
    Ok(found)
}

/// Gives somebody what else the file says; `before` is the name that the source gave last.
async fn enrich(
    tx: &mut Tx,
    from: &Origins<'_>,
    mark: RowId,
    listed: &Listed,
    party: PartyId,
    before: Option<&str>,
) -> Result<Wrote> {
    let mut wrote = Wrote { name: rename(tx, listed, party, before).await?, ..Wrote::default() };
    for contact in &listed.more {
        if store::owner(tx, contact).await?.is_none() {
            store::insert_contacts(tx, &[(party, contact.clone())], from.import).await?;
        }
    }
    wrote.contacts = came_since(tx, mark, party, &listed.contacts(from.source)).await?;
    if let Some(text) = &listed.customer.note {
        wrote.note = memo(tx, from.source, party, text).await?;
    }
    Ok(wrote)
}

async fn rename(tx: &mut Tx, listed: &Listed, party: PartyId, said: Option<&str>) -> Result<Option<Named>> {
    let name = listed.customer.name.as_deref().map(kernel::one_line).filter(|name| !name.is_empty());
    let Some(name) = name else { return Ok(None) };
    let name: String = name.chars().take(limits::NAME_CHARS).collect();
    let (now,): (Option<String>,) =
        sql!("select name from parties where id = $1").bind(party).fetch_one(tx).await?;
    let is_ours = now.is_none() || now.as_deref() == said;
    if !is_ours || now.as_deref() == Some(name.as_str()) {
        return Ok(None);
    }
    store::rename_unasked(tx, party, Some(&name)).await?;
    Ok(Some(Named { before: now, after: name }))
}

/// Those of `contacts` that the party got since `mark`.
async fn came_since(
    tx: &mut Tx,
    mark: RowId,
    party: PartyId,
    contacts: &[Contact],
) -> Result<Vec<Id<kinds::Contact>>> {
    let came: Vec<(Id<kinds::Contact>, String, String)> =
        sql!("select id, kind, value from contacts where party = $1 and id > $2 order by id")
            .bind(party)
            .bind(mark)
            .fetch_all(tx)
            .await?;
    let is_of = |kind: &str, value: &str| contacts.iter().any(|one| one.kind == kind && one.value == value);
    Ok(came.into_iter().filter(|(_, kind, value)| is_of(kind, value)).map(|(id, ..)| id).collect())
}

/// Keeps what the shop has written about somebody, unless it is there already.
async fn memo(tx: &mut Tx, source: &str, party: PartyId, text: &str) -> Result<Option<Id<kinds::Note>>> {
    let text: String = text.chars().take(limits::NOTE_CHARS).collect();
    let there: Option<(Id<kinds::Note>,)> =
        sql!("select id from notes where party = $1 and body = $2 and deleted_at is null limit 1")
            .bind(party)
            .bind(&text)
            .fetch_optional(tx)
            .await?;
    if there.is_some() {
        return Ok(None);
    }
    let memo = Memo {
        party,
        text,
        contact: None,
        card: None,
        author: None,
        author_name: source.to_owned(),
        at: tx.now(),
    };
    notes::insert(tx, &memo).await.map(Some)
}

/// A row as its source knows it.
struct Kept<'k> {
    source: &'k str,
    key: &'k str,
    import: ImportId,
    party: PartyId,
    /// The name that the source gave last.
    said_name: Option<&'k str>,
}

async fn keep(tx: &mut Tx, kept: Kept<'_>, listed: &Listed, wrote: &Wrote) -> Result<()> {
    let id: RowId = tx.id();
    sql!(
        "insert into customer_rows (id, source, key, import_id, party, content_hash, name, wrote, raw) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(id)
    .bind(kept.source)
    .bind(kept.key)
    .bind(kept.import)
    .bind(kept.party)
    .bind(listed.customer.content_hash())
    .bind(kept.said_name)
    .bind(serde_json::to_value(wrote)?)
    .bind(listed.customer.raw.replace('\0', "\u{fffd}"))
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether rows of an import stand.
pub async fn stand(tx: &mut Tx, import: ImportId) -> Result<bool> {
    let row: Option<(RowId,)> = sql!("select id from customer_rows where import_id = $1 limit 1")
        .bind(import)
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

#[derive(FromRow)]
struct Written {
    id: RowId,
    party: PartyId,
    wrote: Json<Wrote>,
}

/// Takes back what up to `limit` rows of an import wrote, the newest first; gives whether there were any.
pub async fn undo_slice(tx: &mut Tx, import: ImportId, limit: i64) -> Result<bool> {
    let rows: Vec<Written> =
        sql!("select id, party, wrote from customer_rows where import_id = $1 order by id desc limit $2")
            .bind(import)
            .bind(limit)
            .fetch_all(tx)
            .await?;
    let fields = fields::all(tx).await?;
    let with = details::Reading { fields: &fields, today: today(tx).await? };
    for row in &rows {
        take_back(tx, import, row, with).await?;
        sql!("delete from customer_rows where id = $1").bind(row.id).execute(tx).await?;
    }
    let parties: Vec<PartyId> = rows.iter().map(|row| row.party).collect();
    consent::refresh_claimed(tx, &parties, import).await?;
    Ok(!rows.is_empty())
}

/// Contacts of somebody whom the import itself made stay with them: by these they come back when it runs again.
async fn take_back(tx: &mut Tx, import: ImportId, row: &Written, with: details::Reading<'_>) -> Result<()> {
    let wrote = &row.wrote.0;
    details::unlearn(tx, row.party, &wrote.changed, with).await?;
    if let Some(note) = wrote.note {
        sql!("update notes set deleted_at = $2 where id = $1 and deleted_at is null")
            .bind(note)
            .bind(tx.now())
            .execute(tx)
            .await?;
    }
    for contact in &wrote.contacts {
        sql!(
            "delete from contacts where id = $1 and party = $2 and not exists \
             (select 1 from parties p where p.id = $2 and p.import_id = $3)"
        )
        .bind(*contact)
        .bind(row.party)
        .bind(import)
        .execute(tx)
        .await?;
    }
    if let Some(named) = &wrote.name {
        let (now,): (Option<String>,) =
            sql!("select name from parties where id = $1").bind(row.party).fetch_one(tx).await?;
        if now.as_deref() == Some(named.after.as_str()) {
            store::rename_unasked(tx, row.party, named.before.as_deref()).await?;
        }
    }
    Ok(())
}
