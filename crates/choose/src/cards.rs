//! The cards that choose brings to Today. Each counts with the predicate of the list it opens.

use crate::accounts::candidates::candidates;
use crate::lifecycle::{State, StateSettings};
use crate::rfm;
use crate::vip::store as vip;
use crate::visits;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Day, limits};
use know::parties::keepers;
use know::parties::list::{self, Filter, Sort, View};
use serde_json::{Value, json};
use web::{Card, Cards, Company, Person, Sight};

/// Regulars about to leave: they can still be called.
const LATE: i64 = 200;
/// An occasion to say thank you.
const NEW_VIPS: i64 = 300;
/// Who was left out and does better than expected: once a month is enough.
const CANDIDATES: i64 = 350;
/// Growth.
const ONE_AWAY: i64 = 410;

/// Late regulars, new VIPs, candidates for key accounts, people one visit away from being regulars.
pub struct ChooseCards;

#[async_trait]
impl Cards for ChooseCards {
    async fn cards(&self, tx: &mut Tx, company: &Company, today: Day, sight: Sight) -> Result<Vec<Card>> {
        let view = View { today, currency: company.currency, sight };
        let cards = [
            late(tx, view).await?,
            new_vips(tx, view).await?,
            account_candidates(tx, view).await?,
            one_away(tx, view).await?,
        ];
        Ok(cards.into_iter().filter(|card| card.count > 0).collect())
    }
}

async fn late(tx: &mut Tx, view: View) -> Result<Card> {
    let filter = Filter { late: Some(true), contacted: Some(false), ..Filter::default() };
    let all = Filter { state: Some(State::Regular.text().into()), ..Filter::default() };
    let regulars = list::count(tx, &all, view.today, view.sight).await?;
    let href = "/know/customers?late=true&contacted=false&sort=-spend".into();
    let card = card(tx, "late_regulars", &filter, view, href, LATE).await?;
    Ok(Card { params: json!({ "late": card.count, "regulars": regulars }), ..card })
}

/// Days for which somebody's rise to a tier is news.
const NEWS: i64 = 7;
/// New VIPs that are kept: enough for a card and the list it opens.
const RISEN: i64 = 100;

/// Those who rose to a tier lately; without tiers, who is new in the best cell.
async fn new_vips(tx: &mut Tx, view: View) -> Result<Card> {
    if !vip::rules(tx).await?.value.tiers.is_empty() {
        let risen = vip::risen_since(tx, view.today.plus(1 - NEWS), RISEN).await?;
        let ids = risen.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let href = format!("/know/customers?ids={ids}&sort=-spend");
        let filter = Filter { ids: Some(ids), ..Filter::default() };
        return card(tx, "new_vips", &filter, view, href, NEW_VIPS).await;
    }
    let run = rfm::store::last_run(tx).await?;
    let mut ids = Vec::new();
    for party in run.map(|run| run.new_vips).unwrap_or_default() {
        if keepers::is_seen(tx, party, view.sight).await? {
            ids.push(party.to_string());
        }
    }
    let ids = ids.join(",");
    let href = format!("/know/customers?vip=true&ids={ids}&sort=-spend");
    let filter = Filter { vip: Some(true), ids: Some(ids), ..Filter::default() };
    card(tx, "new_vips", &filter, view, href, NEW_VIPS).await
}

async fn account_candidates(tx: &mut Tx, view: View) -> Result<Card> {
    let candidates = candidates(tx, view.today).await?;
    let ids: Vec<String> = candidates.iter().map(|course| course.party.to_string()).collect();
    let filter = Filter { ids: Some(ids.join(",")), ..Filter::default() };
    card(tx, "account_candidates", &filter, view, "/choose/accounts#watch".into(), CANDIDATES).await
}

async fn one_away(tx: &mut Tx, view: View) -> Result<Card> {
    let (filter, href) = visits::one_away(&StateSettings::load(tx).await?);
    card(tx, "one_visit_away", &filter, view, href, ONE_AWAY).await
}

/// A card about everyone whom `filter` means, with those who spent most named.
async fn card(
    tx: &mut Tx,
    id: &'static str,
    filter: &Filter,
    view: View,
    href: String,
    rank: i64,
) -> Result<Card> {
    let summary = list::summary(tx, filter, view).await?;
    let sort = Sort::parse(Some("-spend")).expect("spend is a column of the list");
    let named = i64::try_from(limits::CARD_PEOPLE).unwrap_or(i64::MAX);
    let (rows, _) = list::page(tx, filter, sort, None, named, view).await?;
    let people =
        rows.into_iter().map(|row| Person { id: row.id, name: row.name.unwrap_or(row.handle) }).collect();
    let params: Value = json!({ "count": summary.count });
    let value = summary.value.first().copied();
    Ok(Card { id, params, count: summary.count, people, href, value, due: None, rank })
}
