//! Privacy: everything about one person as files, and erasing a person, by what tables say they hold
//! ([`::store::holding`]).
//!
//! Invariants:
//! - What is exported and what is erased is decided by the same registry, so that nothing is in one and forgotten by the
//!   other.
//! - An erasure is one transaction: names, contacts, memos, rows of files and whatever repeats them go; figures and what
//!   a law says must stay stay under the record's number, which nothing leads back to a person any more.
//! - Whoever is erased is in no list, search, segment or card, and in every sum as before.
//! - An erasure is written to the list beside the database ([`list`]) as salted hashes. A restored backup sends nothing
//!   until those who were erased since are erased again.
//! - A file from before an erasure brings nobody back: its rows go to the record without a name ([`forgotten`]).

pub mod again;
mod api;
pub mod erase;
mod export;
pub mod forgotten;
mod jobs;
pub mod list;
mod preview;
mod salt;
pub(crate) mod store;
pub mod suspension;
mod words;

use ::store::{Db, Result, freeze};
use std::path::Path;

/// At each start: erases those again whom a restored backup still knows, if that was cut off, and writes into the list
/// what it does not know yet.
///
/// # Errors
/// When the list cannot be read or written.
pub async fn settle(db: &Db, list: &Path) -> Result<()> {
    let owed = freeze::state(&mut db.read().await?).await?.is_some_and(|frozen| frozen.erasures_owed);
    match (owed, list.exists()) {
        // A list that is begun now would pass for the one that is missing.
        (true, false) => Ok(()),
        (true, true) => {
            again::erase(db, &list::read(list)?).await?;
            list::sync(db, list).await
        }
        (false, _) => list::sync(db, list).await,
    }
}

/// Plugs it into the program.
pub fn register(registry: &mut web::Registry) {
    api::register(registry);
    suspension::register(registry);
    registry.work(jobs::MakeExport);
    registry.work(jobs::EraseParty);
}
