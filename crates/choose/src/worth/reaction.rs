//! The reaction that works figures out anew when something happens to a customer.

use super::store;
use crate::lifecycle::STATES_REACTION;
use ::store::log::Interaction;
use ::store::reaction::Reaction;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Id, kinds};
use know::parties::root;
use know::ties;
use std::collections::BTreeSet;

type PartyId = Id<kinds::Party>;

/// Works out the figures of whoever a batch touches.
pub struct WorthReaction;

/// Its name.
pub const NAME: &str = "choose.worth";

/// What makes a row, where there was none.
const MAKES: [&str; 6] = [
    "assessment.recorded",
    "assessment.retracted",
    "account.decided",
    "party.merged",
    "party.unmerged",
    "party.resumed",
];

#[async_trait]
impl Reaction for WorthReaction {
    fn name(&self) -> &'static str {
        NAME
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[
            "assessment.recorded",
            "assessment.retracted",
            "account.decided",
            "party.merged",
            "party.unmerged",
            "party.retracted",
            "party.suspended",
            "party.resumed",
            "order.added",
            "order.changed",
            "order.retracted",
            "state.changed",
            "tie.added",
            "tie.changed",
            "tie.removed",
        ]
    }

    fn after(&self) -> Option<&'static str> {
        Some(STATES_REACTION)
    }

    fn last_alone(&self) -> bool {
        // Imports bring none of the kinds that make rows, and a refresh follows them.
        true
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let touched: BTreeSet<PartyId> = batch.iter().filter_map(Interaction::party).collect();
        let roots = root::groups(tx, touched.iter().copied()).await?;
        let made = batch.iter().filter(|it| MAKES.contains(&it.kind.as_str())).filter_map(Interaction::party);
        // Whoever was merged away has no facts, and loses the row; who stood for others gets an own one back.
        let mut again: BTreeSet<PartyId> = made.flat_map(|party| [party, roots.of(party)]).collect();
        let mut others: BTreeSet<PartyId> = touched.into_iter().map(|party| roots.of(party)).collect();
        // What somebody buys counts for the organisation they work for as well.
        let people: Vec<PartyId> = others.iter().copied().collect();
        let organisations = ties::organisations_of(tx, &people).await?;
        others.extend(organisations.into_iter().map(|(organisation, _)| organisation));
        let others: Vec<PartyId> = others.difference(&again).copied().collect();
        again.extend(store::concerned(tx, &others).await?);
        store::rewrite(tx, &again).await
    }
}
