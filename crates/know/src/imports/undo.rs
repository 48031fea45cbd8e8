//! The job that takes an import back: `know.undo`.
//!
//! First the lines, then what rows of customers wrote, then the parties that the import made and that have nothing left,
//! then what it told of others and proposed of them. What a later import or a person
//! changed since stays. Taking back what is taken back already changes nothing, so the job needs no place.

use super::job::{Ground, Params};
use super::model::State;
use super::{customers, follow_up, store};
use crate::orders::undo::undo_slice;
use crate::parties;
use ::store::job::{Checkpoint, Failure, Run, Work};
use ::store::log::{self, Entry, Origin};
use ::store::{Lane, Result, Tx};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde_json::json;

/// The kind of the job.
pub const KIND: &str = "know.undo";
/// Lines or parties of a slice: about 30 ms of writing.
const SLICE: i64 = 400;

/// Takes an import back, slice by slice.
pub struct UndoImport {
    /// Jobs that an undone import sets off.
    pub follow_ups: &'static [&'static str],
}

#[async_trait]
impl Work for UndoImport {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let Some(ground) = Ground::load(run).await? else { return Ok(None) };
        if ground.import.state != State::Undoing {
            return Ok(None);
        }
        let total = ground.import.counts.new + ground.import.counts.changed;
        let import = Params::of(run)?;
        let mut steps = vec![(Step::Lines, import), (Step::Customers, import), (Step::Parties, import)];
        // People whom an import brought that is gone stay as long as later imports know them.
        let undone = store::undone_with_parties(&mut run.db().read().await?).await?;
        steps.extend(undone.into_iter().map(|undone| (Step::Parties, undone)));
        let (mut after, mut done) = (0, 0);
        for (step, import) in steps {
            while let Some(last) = take_back(run, step, import, after, (done, total)).await? {
                (after, done) = (last, (done + SLICE).min(total));
                if run.is_stopping() {
                    return Err(Run::interrupted());
                }
            }
            after = 0;
        }
        let (checkpoint, follow_ups) = (run.checkpoint(), self.follow_ups);
        run.db()
            .write(Lane::Import, move |tx| {
                async move {
                    checkpoint.save(tx, "reacting", total, total, &json!(null)).await?;
                    parties::store::forget_contacts_of(tx, import).await?;
                    parties::proposals::forget_open_of(tx, import).await?;
                    store::end(tx, import, State::Undone, None).await?;
                    follow_up(tx, follow_ups).await
                }
                .boxed()
            })
            .await?;
        Ok(None)
    }
}

/// What is taken back.
#[derive(Clone, Copy)]
enum Step {
    Lines,
    Customers,
    Parties,
}

/// Takes a slice back; gives the last line or party it came to, nothing at the end.
async fn take_back(
    run: &Run,
    step: Step,
    import: Id<kinds::Import>,
    after: i64,
    (done, total): (i64, i64),
) -> Result<Option<i64>> {
    let checkpoint: Checkpoint = run.checkpoint();
    run.db()
        .write(Lane::Import, move |tx| {
            async move {
                checkpoint.save(tx, "writing", done, total, &json!(null)).await?;
                match step {
                    Step::Customers => Ok(customers::undo_slice(tx, import, SLICE).await?.then_some(0)),
                    Step::Lines => undo_slice(tx, import, after, SLICE).await,
                    Step::Parties => retract(tx, import, after).await,
                }
            }
            .boxed()
        })
        .await
}

async fn retract(tx: &mut Tx, import: Id<kinds::Import>, after: i64) -> Result<Option<i64>> {
    let parties = store::idle_parties(tx, import, after, SLICE).await?;
    let Some(last) = parties.last().map(|party| party.number()) else { return Ok(None) };
    store::retract_parties(tx, &parties, import).await?;
    let entries = parties.iter().map(|party| retracted(tx, *party, import)).collect();
    log::append_all(tx, entries).await?;
    Ok(Some(last))
}

/// An import can be run and taken back more than once: each time has a name of its own.
fn retracted(tx: &Tx, party: Id<kinds::Party>, import: Id<kinds::Import>) -> Entry {
    let time: Id<kinds::Run> = tx.id();
    let mut entry = Entry::live(tx, "party.retracted", party.number()).about(party);
    (entry.origin, entry.import) = (Origin::Undo, Some(import));
    entry.named(format!("party.retracted:{}:{}", party.number(), time.number()))
}
