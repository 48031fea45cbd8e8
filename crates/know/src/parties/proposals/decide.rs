//! What people decide about proposals, one or many at a time.

use super::model::{PartyId, ProposalId};
use super::store;
use crate::merges;
use crate::parties::keepers;
use ::store::Tx;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, Problem, audit};

/// How long a proposal waits that was put off.
const LATER: i64 = 7 * Instant::DAY;

/// What is decided about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// They are one.
    Merge,
    /// They are two.
    Dismiss,
    /// Ask again in a week.
    Later,
    /// Take back that they are two, or that it waits.
    Reopen,
}

/// A decision about one proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Decided {
    /// The proposal.
    #[schema(value_type = String)]
    pub id: ProposalId,
    /// What is decided.
    pub decision: Decision,
    /// With `merge`: who stays; the older record when left out.
    #[schema(value_type = Option<String>)]
    pub survivor: Option<PartyId>,
}

/// What became of a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Outcome {
    /// The proposal.
    #[schema(value_type = String)]
    pub id: ProposalId,
    /// Whether it was done; a proposal that was decided already is left as it is.
    pub done: bool,
    /// The merge that was made.
    #[schema(value_type = Option<String>)]
    pub merge: Option<Id<kinds::Merge>>,
}

/// Does what was decided.
///
/// # Errors
/// 404 when there is no such proposal; 422 when the survivor is none of the two.
pub async fn decide(tx: &mut Tx, actor: &Actor, decided: &Decided) -> Answer<Outcome> {
    let row = store::find(tx, decided.id).await?.ok_or_else(Problem::not_found)?;
    for party in [row.party, row.other] {
        if !keepers::is_seen(tx, party, actor.sight).await? {
            return Err(Problem::not_found());
        }
    }
    let mut outcome = Outcome { id: decided.id, done: false, merge: None };
    let (change, waits_until) = match decided.decision {
        Decision::Merge => {
            if row.state == "open" && row.party != row.other {
                outcome.merge = Some(merge(tx, actor, decided, [row.party, row.other]).await?);
                outcome.done = true;
            }
            return Ok(outcome);
        }
        Decision::Dismiss => (["open", "dismissed"], None),
        Decision::Later => (["open", "open"], Some(tx.now().plus(LATER))),
        Decision::Reopen if row.state == "open" => (["open", "open"], None),
        Decision::Reopen => (["dismissed", "open"], None),
    };
    outcome.done = store::decide(tx, decided.id, change, waits_until, actor.user).await?;
    if outcome.done {
        let action = match decided.decision {
            Decision::Dismiss => "proposal.dismissed",
            Decision::Later => "proposal.put_off",
            _ => "proposal.reopened",
        };
        audit::write(tx, Some(actor), action, Some(decided.id.number()), json!({})).await?;
    }
    Ok(outcome)
}

async fn merge(
    tx: &mut Tx,
    actor: &Actor,
    decided: &Decided,
    [one, other]: [PartyId; 2],
) -> Answer<Id<kinds::Merge>> {
    let older = one.min(other);
    let survivor = match decided.survivor {
        None => older,
        Some(survivor) if [one, other].contains(&survivor) => survivor,
        Some(_) => return Err(Problem::invalid("invalid").field("survivor", "unknown")),
    };
    let absorbed = if survivor == one { other } else { one };
    merges::merge(tx, actor, survivor, absorbed).await
}
