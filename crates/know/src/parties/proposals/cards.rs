//! What Today tells of proposals.

use super::store;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::Day;
use serde_json::json;
use web::{Card, Cards, Company, Sight};

/// Nobody waits for it, and the sums are wrong until it is done.
const RANK: i64 = 160;

/// `merge_proposals`: people who may be entered twice.
pub struct ProposalCard;

#[async_trait]
impl Cards for ProposalCard {
    async fn cards(&self, tx: &mut Tx, _: &Company, _: Day, sight: Sight) -> Result<Vec<Card>> {
        let (open, ..) = store::counts(tx, sight).await?;
        let card = Card {
            id: "merge_proposals",
            params: json!({}),
            count: open,
            people: Vec::new(),
            href: "/know/duplicates".into(),
            value: None,
            due: None,
            rank: RANK,
        };
        Ok((open > 0).then_some(card).into_iter().collect())
    }
}
