//! What happened, to the outbox: a message for each interaction and each webhook that asked for its kind.

use super::store::{self as hooks};
use async_trait::async_trait;
use kernel::{Id, kinds};
use serde_json::json;
use store::log::Interaction;
use store::reaction::{Nature, Reaction};
use store::{Result, Tx};

/// The kinds of the log that can be told.
pub(super) const KINDS: [&str; 17] = [
    "order.added",
    "order.changed",
    "order.retracted",
    "party.added",
    "party.edited",
    "visit.recorded",
    "note.written",
    "state.changed",
    "event.told",
    "consent.recorded",
    "complaint.opened",
    "complaint.closed",
    "survey.answered",
    "review.written",
    "segment.entered",
    "segment.left",
    "vip.changed",
];

/// Tells webhooks what happened.
pub(super) struct Tell;

#[async_trait]
impl Reaction for Tell {
    fn name(&self) -> &'static str {
        "web.webhooks"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn nature(&self) -> Nature {
        Nature::Effect
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let mut active = hooks::all(tx).await?;
        active.retain(|hook| hook.active);
        for interaction in batch {
            for hook in &active {
                if hook.kinds.split_whitespace().any(|kind| kind == interaction.kind) {
                    let message = format!("msg_{}_{}", interaction.seq, hook.id.number());
                    hooks::put(tx, hook, &message, &interaction.kind, &payload(interaction)).await?;
                }
            }
        }
        Ok(())
    }
}

fn payload(interaction: &Interaction) -> String {
    let party: Option<Id<kinds::Party>> = interaction.party();
    json!({
        "type": interaction.kind,
        "timestamp": interaction.at,
        "data": {
            "party": party,
            "amount_minor": interaction.amount,
            "currency": interaction.currency,
            "codes": interaction.body.0,
        },
    })
    .to_string()
}
