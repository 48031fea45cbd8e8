//! The card that tells of interactions which a reaction could not take in.

use super::{Card, Cards};
use crate::{Company, Permission, Sight};
use async_trait::async_trait;
use kernel::Day;
use serde_json::json;
use store::{Result, Tx, sql};

/// A fault of the program: before everything that is about people.
const RANK: i64 = 0;

/// Tells of parked interactions.
pub(super) struct ParkedCard;

#[async_trait]
impl Cards for ParkedCard {
    async fn cards(&self, tx: &mut Tx, _: &Company, _: Day, sight: Sight) -> Result<Vec<Card>> {
        if !sight.may(Permission::SettingsRead) {
            return Ok(Vec::new());
        }
        let (count,): (i64,) = sql!("select count(*) from parked").fetch_one(tx).await?;
        let card = Card {
            id: "reactions_parked",
            params: json!({ "count": count }),
            count,
            people: Vec::new(),
            href: "/settings".into(),
            value: None,
            due: None,
            rank: RANK,
        };
        Ok(if count == 0 { Vec::new() } else { vec![card] })
    }
}
