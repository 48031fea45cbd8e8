//! The reaction that judges parties again when their orders change.

use super::store::{self, Standards};
use super::tick;
use ::store::log::Interaction;
use ::store::reaction::Reaction;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Id, kinds};
use know::facts::store as facts;
use know::parties::root;
use std::collections::BTreeSet;

/// Judges every party that a batch touches.
pub struct StatesReaction;

/// Its name.
pub const NAME: &str = "choose.states";

#[async_trait]
impl Reaction for StatesReaction {
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
            "markets.changed",
        ]
    }

    fn after(&self) -> Option<&'static str> {
        Some("know.facts")
    }

    fn last_alone(&self) -> bool {
        true
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let roots = root::groups(tx, parties(batch.iter())).await?;
        let standing = |parties: BTreeSet<Id<kinds::Party>>| -> BTreeSet<Id<kinds::Party>> {
            parties.into_iter().map(|party| roots.of(party)).collect()
        };
        let touched = standing(parties(batch.iter()));
        let live = standing(parties(batch.iter().filter(|interaction| interaction.origin == "live")));
        let kept = facts::kept(tx, &touched.into_iter().collect::<Vec<_>>()).await?;
        let mut changes = Standards::load(tx).await?.apply(tx, &kept).await?;
        changes.retain(|change| live.contains(&change.party));
        let now = tx.now();
        store::tell(tx, &changes, |_| now).await?;
        if batch.iter().any(|interaction| interaction.origin != "live") {
            tick::after_import(tx).await?;
        }
        Ok(())
    }
}

fn parties<'b>(batch: impl Iterator<Item = &'b Interaction>) -> BTreeSet<Id<kinds::Party>> {
    batch.filter_map(Interaction::party).collect()
}
