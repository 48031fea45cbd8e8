//! The reaction that keeps facts up with the log.

use super::store;
use crate::merges::regroups;
use crate::notes;
use ::store::log::Interaction;
use ::store::reaction::Reaction;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Id, kinds};
use std::collections::BTreeSet;

/// Recomputes the facts of every party that a batch touches.
pub struct FactsReaction;

/// Its name, which reactions that read facts follow.
pub const NAME: &str = "know.facts";

#[async_trait]
impl Reaction for FactsReaction {
    fn name(&self) -> &'static str {
        NAME
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[
            "party.added",
            "party.retracted",
            "party.merged",
            "party.unmerged",
            "order.added",
            "order.changed",
            "order.retracted",
        ]
    }

    fn last_alone(&self) -> bool {
        true
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let touched: BTreeSet<Id<kinds::Party>> = batch.iter().filter_map(Interaction::party).collect();
        store::recompute(tx, &touched.into_iter().collect::<Vec<_>>()).await?;
        // Who was merged or told apart has other memos now, and so another day of the last contact.
        let regrouped = batch.iter().filter(|interaction| regroups(interaction));
        for party in regrouped.filter_map(Interaction::party).collect::<BTreeSet<_>>() {
            notes::restore_contact(tx, party).await?;
        }
        Ok(())
    }
}
