//! Erasing a person.
//!
//! First the rows that only their words tell apart are looked for, a page at a time, while the words are still known;
//! then everything goes in one transaction. A process that dies in between has taken away copies alone, and does the
//! whole again.

use super::list::Line;
use super::salt;
use super::store::{self, ErasureId, NewErasure};
use super::words::Known;
use crate::consent;
use crate::imports::forget as imports;
use crate::merges;
use crate::parties::root;
use crate::requests::model::RequestId;
use crate::requests::store::By;
use crate::tags;
use ::store::holding::{self, Erasure, Holding, Holds, Whose};
use ::store::log::{self, Entry};
use ::store::{Db, Lane, Result, Tx};
use futures::FutureExt;
use kernel::{Id, kinds};
use serde_json::{Map, json};
use std::collections::BTreeSet;
use web::{Company, audit};

type PartyId = Id<kinds::Party>;

/// Rows of a page that are read for words.
const PAGE: i64 = 500;

/// Which person, why and by whom.
#[derive(Debug, Clone)]
pub struct Order {
    /// The record that stands for all of theirs.
    pub root: PartyId,
    /// The request it answers.
    pub request: Option<RequestId>,
    /// Who does it.
    pub by: By,
    /// The line of the list that has them already: they are erased again.
    pub again: Option<Line>,
}

/// A row that says somebody's words, and what becomes of it.
struct Said {
    table: &'static str,
    key: &'static [&'static str],
    values: Vec<String>,
    erasure: Erasure,
}

/// The rows of `holding` that say what is `known`, from the key `after` on; and the key the page ended with, if it was
/// full.
async fn said(
    tx: &mut Tx,
    holding: &Holding,
    known: &Known,
    after: Option<&[String]>,
) -> Result<(Vec<Said>, Option<Vec<String>>)> {
    let Holds::Somebody { whose: Whose::Words { key, columns }, erasure, .. } = holding.holds else {
        return Ok((Vec::new(), None));
    };
    let rows = holding::words(tx, holding.table, (key, columns), after, PAGE).await?;
    let full = i64::try_from(rows.len()) == Ok(PAGE);
    let keyed = |cells: &holding::Cells| -> Vec<String> {
        cells.0[..key.len()].iter().map(|cell| cell.clone().unwrap_or_default()).collect()
    };
    let next = rows.last().filter(|_| full).map(keyed);
    let found =
        rows.iter().filter(|cells| cells.0[key.len()..].iter().flatten().any(|text| known.is_said_in(text)));
    let found = found.map(|cells| Said { table: holding.table, key, values: keyed(cells), erasure });
    Ok((found.collect(), next))
}

/// How many rows of a holding say what is `known`.
pub async fn count_said(tx: &mut Tx, holding: &Holding, known: &Known) -> Result<i64> {
    let (mut count, mut after) = (0, None);
    loop {
        let (found, next) = said(tx, holding, known, after.as_deref()).await?;
        count += i64::try_from(found.len()).unwrap_or(i64::MAX);
        match next {
            Some(next) => after = Some(next),
            None => return Ok(count),
        }
    }
}

/// Takes away what only words tell apart, in small transactions; gives how many rows.
pub async fn sweep(db: &Db, root: PartyId) -> Result<i64> {
    let known = {
        let mut tx = db.read().await?;
        let group = root::group(&mut tx, root).await?;
        store::known(&mut tx, root, &group).await?
    };
    if known.is_empty() {
        return Ok(0);
    }
    let mut swept = 0;
    for holding in holding::all() {
        let mut after: Option<Vec<String>> = None;
        loop {
            let mut tx = db.read().await?;
            let (found, next) = said(&mut tx, holding, &known, after.as_deref()).await?;
            drop(tx);
            swept += i64::try_from(found.len()).unwrap_or(0);
            for said in found.iter().filter(|said| matches!(said.table, "imports" | "import_faults")) {
                imports::upload(db, import_of(said)).await?;
            }
            if !found.is_empty() {
                let known = known.clone();
                db.write(Lane::Reaction, move |tx| async move { forget(tx, found, &known).await }.boxed())
                    .await?;
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    Ok(swept)
}

/// The import that a row of `imports` or of its faults is of: the first column of both keys.
fn import_of(said: &Said) -> Id<kinds::Import> {
    Id::from_number(said.values[0].parse().unwrap_or_default())
}

async fn forget(tx: &mut Tx, found: Vec<Said>, known: &Known) -> Result<()> {
    for said in found {
        match said.table {
            "imports" => imports::words(tx, import_of(&said), |text| known.is_said_in(text)).await?,
            _ => drop(holding::erase_one(tx, said.table, said.key, &said.values, said.erasure).await?),
        }
    }
    Ok(())
}

/// Erases a person, in one transaction; gives the erasure, nothing where they are erased already.
pub async fn erase(tx: &mut Tx, order: &Order) -> Result<Option<ErasureId>> {
    merges::hold(tx).await?;
    let root = root::of(tx, order.root).await?;
    if store::is_erased(tx, root).await? {
        return Ok(None);
    }
    let group = root::group(tx, root).await?;
    let line = line(tx, root, &group, order.again.as_ref()).await?;
    let known = store::known(tx, root, &group).await?;
    let report = empty(tx, root, &group).await?;
    tags::forget(tx, |name| known.is_said_in(name)).await?;
    let id: ErasureId = line.id.parse().unwrap_or_else(|_| tx.id());
    let new =
        NewErasure { id, party: root, request: order.request, by: &order.by, line: line.text(), report };
    store::insert(tx, new).await?;
    tell(tx, id, &group, order, &line).await?;
    Ok(Some(id))
}

/// The line of the list, and the memory of their contacts: from now on a file from before finds the record without a name.
async fn line(tx: &mut Tx, root: PartyId, group: &[PartyId], again: Option<&Line>) -> Result<Line> {
    let salt = match again {
        Some(line) => salt::adopt(tx, line.salt.clone()).await?,
        None => salt::salt(tx).await?,
    };
    let at = again.map_or_else(|| tx.now(), |line| line.at);
    let until = at.day_in(&Company::load(tx).await?.zone());
    let mut contacts = BTreeSet::new();
    for held in store::contacts(tx, root).await? {
        let hash = salt.contact(&held.kind, &held.source, &held.value);
        store::remember(tx, &hash, Some(held.party), until).await?;
        contacts.insert(hash);
    }
    let parties = group.iter().map(|party| salt.party(party.number())).collect();
    Ok(match again {
        Some(line) => line.clone(),
        None => Line { id: tx.id::<kinds::Erasure>().to_string(), at, salt, parties, contacts },
    })
}

/// Does what each holding says; gives how many rows of what.
async fn empty(tx: &mut Tx, root: PartyId, group: &[PartyId]) -> Result<serde_json::Value> {
    let mut report = Map::new();
    for holding in holding::all() {
        let Holds::Somebody { whose, erasure, .. } = holding.holds else { continue };
        let Some(count) = holding::count(tx, holding.table, whose, root.number()).await? else { continue };
        if count == 0 {
            continue;
        }
        let (what, why) = match erasure {
            Erasure::Delete => ("gone", None),
            Erasure::Strip(_, why) => ("stripped", Some(why)),
            Erasure::Keep(why) => ("kept", Some(why)),
            Erasure::Own => ("stripped", Some("pseudonym")),
            Erasure::Tell => continue,
        };
        match holding.table {
            "parties" => drop(store::unname(tx, root).await?),
            "consents" => consent::erase(tx, group).await?,
            _ => drop(holding::erase(tx, holding.table, whose, erasure, root.number()).await?),
        }
        report.insert(holding.table.to_owned(), json!({ "rows": count, "what": what, "why": why }));
    }
    Ok(report.into())
}

async fn tell(tx: &mut Tx, id: ErasureId, group: &[PartyId], order: &Order, line: &Line) -> Result<()> {
    let entries = group.iter().map(|party| {
        let entry = Entry::live(tx, "party.erased", id.number()).about(*party);
        entry.named(format!("party.erased:{}:{}", id.number(), party.number()))
    });
    let entries = entries.collect();
    log::append_all(tx, entries).await?;
    // The hashes prove later, to whoever names a contact, that the person who had it was erased on that day.
    let detail = json!({
        "erasure": id.to_string(), "request": order.request, "records": group.len(),
        "again": order.again.is_some(), "contacts": line.contacts,
    });
    audit::write_by(tx, order.by.user, "party.erased", Some(order.root.number()), detail).await
}
