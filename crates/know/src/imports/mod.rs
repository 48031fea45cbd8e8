//! Imports: files of orders and of customers, from the first look to the last row, and back again.
//!
//! A file is looked at ([`reading::probe`]), a person settles the plan, a dry run counts, a job writes, another takes
//! back. The file lies under `uploads` of the data folder, or where the command line found it.
//!
//! Invariants:
//! - A file that cannot be read as a whole writes nothing; a row that cannot be read is set aside and counted.
//! - Each chunk writes its lines, its faults, the counts and the job's place in one transaction: a killed import goes
//!   on at its chunk, and no row is written twice.
//! - The same file again changes nothing: `new + changed + unchanged + invalid = read`, then `unchanged + invalid`.
//! - Undo takes back what the import wrote and nobody changed since; running it again brings it back.

pub mod acquainted;
mod api;
mod cards;
mod check;
pub(crate) mod chunk;
mod customers;
mod details;
mod faults;
pub(crate) mod feed;
pub(crate) mod forget;
mod job;
mod listed;
mod model;
mod own;
mod passwords;
mod plan;
mod start;
mod store;
mod undo;
mod view;
mod words;

pub use model::{Counts, Import, State};
pub use start::{Options, Outcome, Started, count_file, outcome, start_file};

use ::store::{Tx, job as jobs};

/// Plugs imports into the program; `follow_ups` are the kinds of jobs that a finished import sets off.
pub fn register(registry: &mut web::Registry, follow_ups: &'static [&'static str]) {
    api::register(registry);
    registry.work(job::RunImport { follow_ups });
    registry.work(check::CheckImport);
    registry.work(undo::UndoImport { follow_ups });
    registry.cards(cards::ImportCards);
    registry.set_up(cards::ImportStep);
}

/// Sets off the jobs that derive things from everyone's orders, unless they already wait. One that runs may have
/// passed what was just written, so another follows it.
async fn follow_up(tx: &mut Tx, kinds: &[&'static str]) -> ::store::Result<()> {
    for kind in kinds {
        if !jobs::is_waiting(tx, kind).await? {
            jobs::start(tx, kind, serde_json::json!({})).await?;
        }
    }
    Ok(())
}
