//! What Today tells of follow-ups.

use super::model::State;
use super::store::{self, Asked};
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Day, limits};
use serde_json::json;
use std::collections::BTreeSet;
use web::{Card, Cards, Company, Person, Sight};

/// Something that was promised.
const PROMISED: i64 = 90;
/// An occasion.
const OCCASION: i64 = 305;

/// `follow_ups`: what is to be said or done now.
pub struct FollowUpCard;

#[async_trait]
impl Cards for FollowUpCard {
    async fn cards(&self, tx: &mut Tx, _: &Company, today: Day, sight: Sight) -> Result<Vec<Card>> {
        let asked = Asked { due: Some(true), state: Some(State::Open), ..Asked::default() };
        let (count, promised) = store::count(tx, asked, today, sight).await?;
        let named = i64::try_from(limits::CARD_PEOPLE).unwrap_or(i64::MAX);
        let first = store::page(tx, asked, today, None, named, sight).await?;
        let mut seen = BTreeSet::new();
        let people = first.iter().filter(|row| seen.insert(row.party.number()));
        let people =
            people.filter_map(|row| Some(Person { id: row.party, name: row.name.clone()? })).collect();
        let title = first.first().map(|row| row.title.clone());
        let card = Card {
            id: "follow_ups",
            params: json!({ "count": count, "promised": promised, "title": title }),
            count,
            people,
            href: "/know/follow-ups".into(),
            value: None,
            due: first.first().map(|row| row.due),
            rank: if promised > 0 { PROMISED } else { OCCASION },
        };
        Ok((count > 0).then_some(card).into_iter().collect())
    }
}
