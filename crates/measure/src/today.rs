//! What measure brings to Today: the leak, the share of revenue from people who came back, the steps of setting up.

use crate::{costs, leak, models};
use ::store::{FromRow, Result, Tx, sql};
use async_trait::async_trait;
use kernel::{Day, Id, Money, Month, kinds, limits};
use serde_json::json;
use web::{Card, Cards, Company, Person, SetUp, Share, SharePoint, Sight, Step};

/// Plugs them in.
pub fn register(registry: &mut web::Registry) {
    registry.cards(LeakCard);
    registry.share(RepeatShare);
    registry.set_up(Steps);
}

/// People are about to leave: after those who wait.
const RANK: i64 = 220;

/// The leak of the last complete month, when somebody left.
struct LeakCard;

#[async_trait]
impl Cards for LeakCard {
    async fn cards(&self, tx: &mut Tx, company: &Company, today: Day, sight: Sight) -> Result<Vec<Card>> {
        // It counts the whole company and opens the board.
        if !sight.counts_everyone() {
            return Ok(Vec::new());
        }
        let Some(month) = leak::store::last(tx, today).await?.filter(|month| month.outflow > 0) else {
            return Ok(Vec::new());
        };
        let value = models::store::value_per_person(tx, company).await?;
        Ok(vec![Card {
            id: "leak",
            params: json!({
                "month": month.month, "outflow": month.outflow, "inflow": month.inflow, "loss_rate": month.loss_rate,
            }),
            count: month.outflow,
            people: leavers(tx, month.month, sight).await?,
            href: "/measure/leak".into(),
            value: value
                .map(|each| Money::new(each.currency, each.amount_minor.saturating_mul(month.outflow))),
            due: None,
            rank: RANK,
        }])
    }
}

#[derive(FromRow)]
struct Leaver {
    id: Id<kinds::Party>,
    name: Option<String>,
}

/// A few of those who left, the best customers first; a person without a name is left to the list.
async fn leavers(tx: &mut Tx, month: Month, sight: Sight) -> Result<Vec<Person>> {
    let rows: Vec<Leaver> = sql!(
        "select p.id, p.name from leak_moves m join facts f on f.party = m.party join parties p on p.id = m.party \
         where m.month = $1 and m.direction = 'out' and p.name is not null \
         order by f.spend desc, p.id limit $2"
    )
    .bind(month)
    .bind(i64::try_from(limits::CARD_PEOPLE).unwrap_or(i64::MAX))
    .fetch_all(tx)
    .await?;
    let shown = |row: Leaver| Some(Person { id: row.id, name: sight.text(row.name?) });
    Ok(rows.into_iter().filter_map(shown).collect())
}

/// The share of revenue that comes from people who came back.
struct RepeatShare;

#[async_trait]
impl Share for RepeatShare {
    async fn share(&self, tx: &mut Tx, _company: &Company, today: Day) -> Result<Option<SharePoint>> {
        let Some(run) = models::store::latest(tx).await? else { return Ok(None) };
        let of = |month: Month| {
            let row = run.result.0.relationship.iter().find(|row| row.month == month)?;
            models::share(row.first.amount_minor, row.repeat.amount_minor)
        };
        let month = today.month().plus(-1);
        let point = SharePoint { share: of(month), previous: of(month.plus(-1)), month };
        Ok(Some(point).filter(|point| point.share.is_some()))
    }
}

/// Entering costs and fitting the models.
struct Steps;

#[async_trait]
impl SetUp for Steps {
    async fn steps(&self, tx: &mut Tx, _company: &Company) -> Result<Vec<Step>> {
        Ok(vec![
            Step { step: "costs", done: costs::store::any(tx).await? },
            Step { step: "refit", done: models::store::latest(tx).await?.is_some() },
        ])
    }
}
