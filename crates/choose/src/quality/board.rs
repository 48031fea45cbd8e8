//! The board of quality: cells that open their people, a ranking with all four inputs, and true customers with the
//! evidence.

use crate::accounts::{AccountPart, AccountParty, SignOf, flag, list_of, names, quality_parts, signs};
use crate::worth::model::CELLS;
use crate::worth::store as worth;
use crate::worth::{AccountSettings, Figure, Margin};
use ::store::{Result, Tx, sql};
use kernel::{Currency, Day, Id, Money, kinds};
use know::assessments::Input;
use know::parties::list::{self, Filter, View};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::{Company, Sight};

type PartyId = Id<kinds::Party>;

/// Customers about whom something was judged who are ranked: the best of them.
const RANKED: i64 = 500;
/// The four inputs.
const INPUTS: [Input; 4] =
    [Input::PurchaseNeeds, Input::Potential, Input::BargainingPower, Input::PriceSensitivity];

/// A cell of the quality matrix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualityCell {
    /// `pursue`: good and easy; `bargain`: good and hard; `keep`: modest and easy; `release`: modest and hard.
    cell: &'static str,
    /// How many are in it.
    count: i64,
    /// The list of them.
    href: String,
}

/// A customer with what was judged of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualityRow {
    party: AccountParty,
    /// The index in points of 100, when all four inputs are known.
    quality: Option<i64>,
    cell: Option<&'static str>,
    /// From 0 to 10 each.
    purchase_needs: Option<i64>,
    potential: Option<i64>,
    bargaining_power: Option<i64>,
    price_sensitivity: Option<i64>,
    /// What each input added to the middle, in points.
    parts: Vec<AccountPart>,
    /// People who work for the organisation and whose orders are counted with it.
    people: usize,
    margin: Option<Money>,
    /// Where the margin comes from.
    margin_from: Option<Margin>,
    cost: Option<Money>,
    /// Margin less cost to serve, when both are known.
    profit: Option<Money>,
    /// `true`, `not` or `unknown`.
    true_customer: &'static str,
    signs: Vec<SignOf>,
}

/// What is missing, and of how many.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualityGap {
    /// The input, or the sign of a true customer.
    input: &'static str,
    /// How many of those about whom something was judged lack it.
    count: usize,
    /// The list of them.
    href: String,
}

/// The board.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualityBoard {
    #[schema(value_type = String)]
    as_of: Day,
    settings: AccountSettings,
    cells: Vec<QualityCell>,
    /// The best first; those without an index last.
    rows: Vec<QualityRow>,
    /// How many are true customers.
    true_customers: i64,
    /// The list of them.
    true_href: String,
    /// How many somebody judged anything of.
    judged: usize,
    missing: Vec<QualityGap>,
}

/// The board as `sight` reaches it.
pub async fn board(tx: &mut Tx, sight: Sight) -> Result<QualityBoard> {
    let company = Company::load(tx).await?;
    let today = company.today(&*tx.environment().clock.clone());
    let judged: Vec<(PartyId,)> =
        sql!("select party from worth order by coalesce(quality, -1) desc, party limit $1")
            .bind(RANKED)
            .fetch_all(tx)
            .await?;
    let judged: Vec<PartyId> = judged.into_iter().map(|(party,)| party).collect();
    let view = View { today, currency: company.currency, sight };
    let names = names(tx, judged.iter().copied(), view).await?;
    let figures = worth::figures(tx, &judged).await?;
    let seen: Vec<(PartyId, &Figure)> = judged
        .iter()
        .filter(|party| names.contains_key(party))
        .filter_map(|party| Some((*party, figures.get(party)?)))
        .collect();
    let filter = Filter { true_customer: Some(true), ..Filter::default() };
    Ok(QualityBoard {
        as_of: today,
        settings: AccountSettings::load(tx).await?,
        cells: cells(tx, view).await?,
        rows: rows(&seen, &names, company.currency),
        true_customers: list::count(tx, &filter, today, sight).await?,
        true_href: "/know/customers?true_customer=true&sort=-spend".into(),
        judged: seen.len(),
        missing: missing(&seen),
    })
}

async fn cells(tx: &mut Tx, view: View) -> Result<Vec<QualityCell>> {
    let mut cells = Vec::with_capacity(CELLS.len());
    for cell in CELLS {
        let filter = Filter { quality_cell: Some(cell.into()), ..Filter::default() };
        let count = list::count(tx, &filter, view.today, view.sight).await?;
        cells.push(QualityCell {
            cell,
            count,
            href: format!("/know/customers?quality_cell={cell}&sort=-spend"),
        });
    }
    Ok(cells)
}

fn rows(
    seen: &[(PartyId, &Figure)],
    names: &BTreeMap<PartyId, AccountParty>,
    currency: Currency,
) -> Vec<QualityRow> {
    let money = |amount| Money::new(currency, amount);
    let row = |(party, figure): &(PartyId, &Figure)| {
        Some(QualityRow {
            party: names.get(party)?.clone(),
            quality: figure.points(),
            cell: figure.cell,
            purchase_needs: figure.score(Input::PurchaseNeeds),
            potential: figure.score(Input::Potential),
            bargaining_power: figure.score(Input::BargainingPower),
            price_sensitivity: figure.score(Input::PriceSensitivity),
            parts: quality_parts(figure),
            people: figure.people,
            margin: figure.margin.map(|(margin, _)| money(margin)),
            margin_from: figure.margin.map(|(_, from)| from),
            cost: figure.cost.map(money),
            profit: figure.profit.map(money),
            true_customer: flag(figure),
            signs: signs(figure),
        })
    };
    seen.iter().filter_map(row).collect()
}

/// Which inputs are not known of those about whom something was judged.
fn missing(seen: &[(PartyId, &Figure)]) -> Vec<QualityGap> {
    let lacking = |input: &'static str, has: &dyn Fn(&Figure) -> bool| {
        let lack: Vec<PartyId> =
            seen.iter().filter(|(_, figure)| !has(figure)).map(|(party, _)| *party).collect();
        QualityGap { input, count: lack.len(), href: list_of(&lack) }
    };
    let inputs = INPUTS.map(|input| lacking(input.text(), &|figure| figure.score(input).is_some()));
    let others = [
        lacking("margin", &|figure| figure.margin.is_some()),
        lacking("cost_to_serve", &|figure| figure.cost.is_some()),
        lacking("intention", &|figure| figure.score(Input::Intention).is_some()),
        lacking("promotion", &|figure| {
            [Input::Referral, Input::Review, Input::Recommendation]
                .into_iter()
                .any(|input| figure.score(input).is_some())
        }),
    ];
    inputs.into_iter().chain(others).filter(|gap| gap.count > 0).collect()
}
