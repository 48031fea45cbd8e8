//! The reaction that lifts people as soon as they reach a tier.

use super::store::{self, Cause};
use crate::worth::WORTH_REACTION;
use ::store::log::Interaction;
use ::store::reaction::Reaction;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Id, kinds};
use know::merges::regroups;
use know::parties::root;
use std::collections::BTreeSet;

/// Judges whoever a batch touches, by the cut points of the last run.
pub struct VipReaction;

/// Its name.
pub const NAME: &str = "choose.vip";

#[async_trait]
impl Reaction for VipReaction {
    fn name(&self) -> &'static str {
        NAME
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[
            "order.added",
            "order.changed",
            "order.retracted",
            "party.merged",
            "party.unmerged",
            "party.retracted",
            "party.suspended",
            "party.resumed",
            "assessment.recorded",
            "assessment.retracted",
        ]
    }

    fn after(&self) -> Option<&'static str> {
        Some(WORTH_REACTION)
    }

    fn last_alone(&self) -> bool {
        true
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        // An import is followed by a refresh, which measures everyone anew.
        let now = batch.iter().filter(|interaction| interaction.origin == "live" || regroups(interaction));
        let touched: BTreeSet<Id<kinds::Party>> = now.filter_map(Interaction::party).collect();
        let roots = root::groups(tx, touched.iter().copied()).await?;
        for resumed in batch.iter().filter(|interaction| interaction.kind == "party.resumed") {
            if let Some(party) = resumed.party() {
                store::take_up(tx, roots.of(party)).await?;
            }
        }
        let asked = touched.into_iter().flat_map(|party| [party, roots.of(party)]).collect();
        store::judge(tx, &asked, Cause::Score).await
    }
}
