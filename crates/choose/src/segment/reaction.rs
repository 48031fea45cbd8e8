//! The reaction that looks again at whoever something happened to.

use super::members::{self, Cause};
use super::tick;
use ::store::log::{Interaction, Origin};
use ::store::reaction::Reaction;
use ::store::{Result, Tx, sql};
use async_trait::async_trait;
use kernel::{Id, Instant, kinds};
use know::events::BUILT_IN;
use know::merges::regroups;
use know::parties::root;
use know::ties;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Looks again at whoever a batch touches.
pub struct MembersReaction;

/// Its name.
pub const NAME: &str = "choose.members";

/// What changes something a rule can ask about, besides the kinds of [`BUILT_IN`].
const KINDS: [&str; 32] = [
    "party.added",
    "party.entered",
    "party.edited",
    "party.retracted",
    "party.merged",
    "party.unmerged",
    "party.erased",
    "party.suspended",
    "party.resumed",
    "markets.changed",
    "tag.added",
    "tag.removed",
    "tie.added",
    "tie.changed",
    "tie.removed",
    "fields.changed",
    "birthday.changed",
    "order.added",
    "order.changed",
    "order.retracted",
    "order.entered",
    "visit.recorded",
    "note.written",
    "note.deleted",
    "state.changed",
    "event.told",
    "consent.recorded",
    "assessment.recorded",
    "assessment.retracted",
    "account.decided",
    "bond.retracted",
    "vip.changed",
];

static ALL: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| KINDS.into_iter().chain(BUILT_IN.iter().map(|kind| kind.code)).collect());

#[async_trait]
impl Reaction for MembersReaction {
    fn name(&self) -> &'static str {
        NAME
    }

    fn kinds(&self) -> &'static [&'static str] {
        &ALL
    }

    fn after(&self) -> Option<&'static str> {
        Some(crate::vip::VIP_REACTION)
    }

    fn last_alone(&self) -> bool {
        true
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let live = batch.iter().filter(|interaction| interaction.origin == "live");
        let mut live = standing(tx, live).await?;
        // What somebody buys is among the figures of the organisation they work for.
        let people: Vec<_> = live.iter().copied().collect();
        let organisations = ties::organisations_of(tx, &people).await?;
        live.extend(organisations.into_iter().map(|(organisation, _)| organisation));
        members::look_again(tx, &live, Origin::Live).await?;
        let regrouped = batch.iter().filter(|interaction| regroups(interaction));
        let regrouped = standing(tx, regrouped).await?;
        members::look_again(tx, &regrouped, Origin::Backfill).await?;
        if batch.iter().any(|interaction| interaction.origin != "live" && !regroups(interaction)) {
            // An import touches almost everyone, again and again: once it is taken in, everyone is looked at once.
            tick::after_import(tx).await?;
        }
        Ok(())
    }
}

/// Whom these tell of, and whoever stands for them: of one who was merged away the own rows have to go.
async fn standing(
    tx: &mut Tx,
    interactions: impl Iterator<Item = &Interaction>,
) -> Result<BTreeSet<Id<kinds::Party>>> {
    let touched: BTreeSet<Id<kinds::Party>> = interactions.filter_map(Interaction::party).collect();
    let roots = root::groups(tx, touched.iter().copied()).await?;
    Ok(touched.into_iter().flat_map(|party| [party, roots.of(party)]).collect())
}

/// Asks for everyone to be looked at, once what the log does not tell of has moved: cells, intervals, scores. `job` is
/// the kind of the running job that moved them.
pub async fn everyone_may_have_moved(tx: &mut Tx, job: &str) -> Result<()> {
    let cause = if follows_import(tx, job).await? { Cause::Import } else { Cause::Everyone };
    members::request(tx, cause).await
}

/// Whether something was imported since the last run of this job began: what moves now is the import's doing.
async fn follows_import(tx: &mut Tx, job: &str) -> Result<bool> {
    let Some(imported) = tick::last_import(tx).await? else { return Ok(false) };
    let (before,): (Option<Instant>,) =
        sql!("select max(started_at) from jobs where kind = $1 and state = 'done'")
            .bind(job)
            .fetch_one(tx)
            .await?;
    Ok(before.is_none_or(|before| before <= imported))
}
