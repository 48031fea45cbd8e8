//! What Today tells of requests: the one that is due first.

use super::clock::Urgency;
use super::store;
use crate::parties::keepers;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::Day;
use serde_json::json;
use web::{Card, Cards, Company, Person, Sight};

/// The last day has come.
const BREACH_RANK: i64 = 2;
/// The alarm has sounded.
const ALARM_RANK: i64 = 20;
/// Somebody waits.
const CALM_RANK: i64 = 120;

/// `privacy_requests`: people who wait for an answer about their data.
pub struct RequestCard;

#[async_trait]
impl Cards for RequestCard {
    async fn cards(&self, tx: &mut Tx, _: &Company, today: Day, sight: Sight) -> Result<Vec<Card>> {
        let mut waiting = Vec::new();
        for request in store::waiting(tx).await? {
            let seen = match request.root {
                Some(root) => keepers::is_seen(tx, root, sight).await?,
                None => sight.within().is_none(),
            };
            if seen {
                waiting.push(request);
            }
        }
        let Some(first) = waiting.first() else { return Ok(Vec::new()) };
        let urgency = Urgency::on(today, first.alarm_day, first.due_day);
        let people = waiting.iter().filter_map(|request| {
            let name = sight.text(request.name.clone().unwrap_or_default());
            Some(Person { id: request.root?, name })
        });
        Ok(vec![Card {
            id: "privacy_requests",
            params: json!({ "kind": first.kind, "urgency": urgency, "days": first.due_day.since(today) }),
            count: i64::try_from(waiting.len()).unwrap_or(i64::MAX),
            people: people.collect(),
            href: "/know/requests".into(),
            value: None,
            due: Some(first.due_day),
            rank: match urgency {
                Urgency::Breach => BREACH_RANK,
                Urgency::Alarm => ALARM_RANK,
                Urgency::Calm | Urgency::Done => CALM_RANK,
            },
        }])
    }
}
