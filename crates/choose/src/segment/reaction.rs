//! The reaction that looks again at whoever something happened to.

use super::members::{self, Cause};
use super::tick;
use ::store::log::Interaction;
use ::store::reaction::Reaction;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Id, kinds};
use know::parties::root;
use std::collections::BTreeSet;

/// Looks again at whoever a batch touches.
pub struct MembersReaction;

/// Its name.
pub const NAME: &str = "choose.members";

/// What changes something a rule can ask about.
const KINDS: &[&str] = &[
    "party.added",
    "party.entered",
    "party.edited",
    "party.retracted",
    "party.merged",
    "party.unmerged",
    "order.added",
    "order.changed",
    "order.retracted",
    "order.entered",
    "visit.recorded",
    "note.written",
    "note.deleted",
    "state.changed",
    "event.told",
    "complaint.opened",
    "complaint.closed",
    "message.sent",
    "message.opened",
    "message.clicked",
    "survey.answered",
    "bond.present",
    "point.earned",
    "point.used",
];

#[async_trait]
impl Reaction for MembersReaction {
    fn name(&self) -> &'static str {
        NAME
    }

    fn kinds(&self) -> &'static [&'static str] {
        KINDS
    }

    fn after(&self) -> Option<&'static str> {
        Some(crate::lifecycle::STATES_REACTION)
    }

    fn last_alone(&self) -> bool {
        true
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let live = batch.iter().filter(|interaction| interaction.origin == "live");
        let touched: BTreeSet<Id<kinds::Party>> = live.filter_map(Interaction::party).collect();
        let roots = root::groups(tx, touched.iter().copied()).await?;
        let touched = touched.into_iter().map(|party| roots.of(party)).collect();
        members::look_again(tx, &touched, true).await?;
        if batch.iter().any(|interaction| interaction.origin != "live") {
            // An import touches almost everyone, again and again: once it is taken in, everyone is looked at once.
            tick::after_import(tx).await?;
        }
        Ok(())
    }
}

/// Asks for everyone to be looked at, once what the log does not tell of has moved: cells, intervals, scores.
pub async fn everyone_may_have_moved(tx: &mut Tx) -> Result<()> {
    members::request(tx, Cause::Everyone).await
}
