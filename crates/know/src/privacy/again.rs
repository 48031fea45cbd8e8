//! Erasing those again whom a restored backup still knows.
//!
//! A record of the backup is somebody of the list when its number is; or when a contact of its is, and it had that
//! contact before the erasure: whoever came back later of their own accord is not erased for what they once asked.

use super::erase::{self, Order};
use super::list::Line;
use super::salt;
use super::store;
use crate::requests::store::By;
use ::store::{Db, Lane, Result, Tx, freeze, sql};
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use std::collections::HashMap;
use web::{Company, audit};

type PartyId = Id<kinds::Party>;

/// Rows read at a time.
const PAGE: i64 = 2_000;

/// Erases everyone of the list again, and lets the freeze be lifted; gives how many were there.
pub async fn erase(db: &Db, lines: &[Line]) -> Result<usize> {
    let mut found: Vec<(PartyId, Line)> = Vec::new();
    for (salt, lines) in by_salt(lines) {
        found.extend(of_records(db, &salt, &lines).await?);
        found.extend(of_contacts(db, &salt, &lines).await?);
    }
    let mut erased = 0;
    for (root, line) in found {
        erase::sweep(db, root).await?;
        let by = By { user: None, name: String::new() };
        let order = Order { root, request: None, by, again: Some(line) };
        let done =
            db.write(Lane::Interactive, move |tx| async move { erase::erase(tx, &order).await }.boxed());
        erased += usize::from(done.await?.is_some());
    }
    let lines = lines.to_vec();
    db.write(Lane::Interactive, move |tx| async move { remember(tx, &lines).await }.boxed()).await?;
    db.write(Lane::Interactive, |tx| async move { settle(tx, "restore.erased_again").await }.boxed()).await?;
    db.forget().await?;
    Ok(erased)
}

/// Restores without a list, because whoever does it says so.
pub async fn waive(db: &Db) -> Result<()> {
    db.write(Lane::Interactive, |tx| async move { settle(tx, "restore.erasures_waived").await }.boxed()).await
}

async fn settle(tx: &mut Tx, action: &'static str) -> Result<()> {
    freeze::settle_erasures(tx).await?;
    audit::write_by(tx, None, action, None, serde_json::json!({})).await
}

fn by_salt(lines: &[Line]) -> Vec<(salt::Salt, Vec<&Line>)> {
    let mut by: std::collections::BTreeMap<salt::Salt, Vec<&Line>> = Default::default();
    lines.iter().for_each(|line| by.entry(line.salt.clone()).or_default().push(line));
    by.into_iter().collect()
}

/// Records whose number the list names.
async fn of_records(db: &Db, salt: &salt::Salt, lines: &[&Line]) -> Result<Vec<(PartyId, Line)>> {
    let named: HashMap<&str, &Line> =
        lines.iter().flat_map(|line| line.parties.iter().map(move |hash| (hash.as_str(), *line))).collect();
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page: Vec<(PartyId,)> =
            sql!("select id from parties where id > $1 and erased_at is null order by id limit $2")
                .bind(after)
                .bind(PAGE)
                .fetch_all(&mut db.read().await?)
                .await?;
        let Some((last,)) = page.last() else { return Ok(found) };
        after = last.number();
        let is_named = |(party,): &(PartyId,)| {
            Some((*party, (*named.get(salt.party(party.number()).as_str())?).clone()))
        };
        found.extend(page.iter().filter_map(is_named));
    }
}

/// Records with a contact that the list names and that they had before.
async fn of_contacts(db: &Db, salt: &salt::Salt, lines: &[&Line]) -> Result<Vec<(PartyId, Line)>> {
    let named: HashMap<&str, &Line> =
        lines.iter().flat_map(|line| line.contacts.iter().map(move |hash| (hash.as_str(), *line))).collect();
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page: Vec<(i64, PartyId, String, String, String, Instant)> = sql!(
            "select id, party, kind, source, value, created_at from contacts where id > $1 order by id limit $2"
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut db.read().await?)
        .await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.0;
        let is_named =
            |(_, party, kind, source, value, created_at): &(_, PartyId, String, String, String, Instant)| {
                let line = *named.get(salt.contact(kind, source, value).as_str())?;
                (*created_at <= line.at).then(|| (*party, line.clone()))
            };
        found.extend(page.iter().filter_map(is_named));
    }
}

/// Remembers the contacts of everyone on the list, those the backup does not know among them: a file brings them back no
/// more than it did before.
async fn remember(tx: &mut Tx, lines: &[Line]) -> Result<()> {
    let Some(newest) = lines.last() else { return Ok(()) };
    let own = salt::adopt(tx, newest.salt.clone()).await?;
    let zone = Company::load(tx).await?.zone();
    for line in lines.iter().filter(|line| line.salt == own) {
        for hash in &line.contacts {
            store::remember(tx, hash, None, line.at.day_in(&zone)).await?;
        }
    }
    Ok(())
}
