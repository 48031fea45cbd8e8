//! Kotler's four steps: how many stay, why the others left, what profit went with them, and whether keeping
//! them would pay.
//!
//! Every figure has a default from the company's own orders and can be tried with another; nothing is stored.

use crate::leak::{self, Cause, ReasonCount};
use ::store::{Tx, sql};
use axum::Json;
use axum::extract::{Query, State};
use kernel::{Day, Money, Month};
use science::economics::RetentionCase;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use web::{Answer, App, Company, Permission, Problem, ProblemBody, Registry};

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(read)));
    registry.allow("GET", "/measure/kotler", Permission::FiguresRead);
}

/// Years a kept customer stays, unless another number is tried.
const YEARS: u32 = 3;
/// The part of the avoidable loss a programme keeps, unless another is tried.
const SAVED_SHARE: f64 = 0.4;
/// The shares of the sensitivity table.
const SHARES: [f64; 6] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.6];

/// Figures to try instead of the company's own.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Tried {
    /// Customers at the start.
    start: Option<u64>,
    /// Those of them who bought again.
    repeat: Option<u64>,
    /// Those of the lost who could have been kept.
    avoidable: Option<u64>,
    /// What the programme costs, in minor units.
    programme_cost: Option<i64>,
    /// The share of the avoidable loss it keeps, 0 to 1.
    saved_share: Option<f64>,
    /// Years a kept customer stays.
    years: Option<u32>,
    /// Yearly discount rate, 0.1 for ten percent.
    discount: Option<f64>,
    /// Profit of one customer in a year, in minor units.
    profit: Option<i64>,
}

/// The four steps.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kotler {
    /// What they are worked with.
    inputs: Inputs,
    /// Step 1: the share who bought again.
    retention: Option<f64>,
    /// Step 1: how many did not.
    loss: u64,
    /// Step 2: the company's own loss of the last year by reason.
    loss_by_reason: Vec<ReasonCount>,
    /// Step 3: discounted profit lost with one customer.
    profit_lost_each: Option<Money>,
    /// Step 3: the same for everyone who could have been kept.
    profit_lost: Option<Money>,
    /// Step 4: what the programme brings back.
    saved: Option<Money>,
    /// Step 4: whether that is more than it costs; none without a cost.
    spend: Option<bool>,
    /// Step 4 for other shares.
    sensitivity: Vec<Sensitivity>,
    /// What is not known: `year_of_orders`, `profit`, `programme_cost`.
    missing: Vec<Lack>,
}

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Lack {
    /// Its code.
    pub code: &'static str,
    /// Nothing, for now.
    #[schema(value_type = Object)]
    pub params: Value,
}

impl Lack {
    /// The lack with this code.
    pub fn of(code: &'static str) -> Self {
        Self { code, params: json!({}) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Inputs {
    start: u64,
    repeat: u64,
    avoidable: u64,
    profit_per_year: Option<Money>,
    years: u32,
    discount: f64,
    programme_cost: Option<Money>,
    saved_share: f64,
    /// The company's own figures.
    defaults: Defaults,
}

/// The company's own figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Defaults {
    /// The first month of the year that was looked at: lists of its people open with it as `lost_since` and
    /// `kept_since`. None before there is a year of orders.
    #[schema(value_type = Option<String>)]
    pub since: Option<Month>,
    /// Live customers a year ago.
    pub start: u64,
    /// Those of them who are live now.
    pub repeat: u64,
    /// Those of the lost with an avoidable reason, recorded or guessed.
    pub avoidable: u64,
    /// Margin of the last year per customer who bought in it.
    pub profit_per_year: Option<Money>,
    /// Years.
    pub years: u32,
    /// Yearly discount rate.
    pub discount: f64,
}

/// A line of the sensitivity table.
#[derive(Debug, Serialize, ToSchema)]
struct Sensitivity {
    saved_share: f64,
    saved: Money,
    spend: Option<bool>,
}

/// Kotler's four steps with the company's own numbers, or with others to try.
#[utoipa::path(get, path = "/measure/kotler", tag = "measure", params(Tried),
    responses((status = 200, body = Kotler), (status = 422, body = ProblemBody)))]
async fn read(State(app): State<App>, Query(tried): Query<Tried>) -> Answer<Json<Kotler>> {
    let mut tx = app.db().read().await?;
    let company = Company::load(&mut tx).await?;
    let (defaults, reasons) = own_figures(&mut tx, &company, company.today(app.clock())).await?;
    drop(tx);
    Ok(Json(four_steps(&company, defaults, reasons, tried)?))
}

/// The four steps, worked.
pub fn four_steps(
    company: &Company,
    own: Defaults,
    reasons: Vec<ReasonCount>,
    tried: Tried,
) -> Answer<Kotler> {
    let money = |amount: f64| Money::new(company.currency, amount.round() as i64);
    let profit = tried.profit.map(|amount| Money::new(company.currency, amount)).or(own.profit_per_year);
    let start = tried.start.unwrap_or(own.start);
    let repeat = tried.repeat.unwrap_or_else(|| own.repeat.min(start));
    let avoidable = tried.avoidable.unwrap_or_else(|| own.avoidable.min(start.saturating_sub(repeat)));
    let case = RetentionCase {
        at_start: start,
        repeated: repeat,
        avoidable,
        yearly_profit: profit.map_or(0.0, |profit| profit.amount_minor as f64),
        years: tried.years.unwrap_or(own.years),
        discount: tried.discount.unwrap_or(own.discount),
    };
    let saved_share = tried.saved_share.unwrap_or(SAVED_SHARE);
    check(case, saved_share, tried.programme_cost)?;
    let cost = tried.programme_cost.map(|cost| cost as f64);
    let verdict = |share: f64| case.verdict(cost.unwrap_or(0.0), share);
    let line = |share: &f64| {
        let verdict = verdict(*share);
        Sensitivity { saved_share: *share, saved: money(verdict.saved), spend: cost.map(|_| verdict.spend) }
    };
    let lacks =
        [("year_of_orders", start == 0), ("profit", profit.is_none()), ("programme_cost", cost.is_none())];
    Ok(Kotler {
        retention: case.retention(),
        loss: case.lost(),
        loss_by_reason: reasons,
        profit_lost_each: profit.map(|_| money(case.lost_profit_each())),
        profit_lost: profit.map(|_| money(case.lost_profit())),
        saved: profit.map(|_| money(verdict(saved_share).saved)),
        spend: cost.filter(|_| profit.is_some()).map(|_| verdict(saved_share).spend),
        sensitivity: if profit.is_some() { SHARES.iter().map(line).collect() } else { Vec::new() },
        missing: lacks.iter().filter(|(_, lacking)| *lacking).map(|(code, _)| Lack::of(code)).collect(),
        inputs: Inputs {
            start,
            repeat,
            avoidable,
            profit_per_year: profit,
            years: case.years,
            discount: case.discount,
            programme_cost: cost.map(money),
            saved_share,
            defaults: own,
        },
    })
}

fn check(case: RetentionCase, saved_share: f64, cost: Option<i64>) -> Answer<()> {
    let faults = [
        ("repeat", case.repeated > case.at_start),
        ("avoidable", case.avoidable > case.lost()),
        ("profit", case.yearly_profit < 0.0),
        ("years", !(1..=50).contains(&case.years)),
        ("discount", !(0.0..=10.0).contains(&case.discount)),
        ("saved_share", !(0.0..=1.0).contains(&saved_share)),
        ("programme_cost", cost.is_some_and(|cost| cost < 0)),
    ];
    let wrong = faults.into_iter().filter(|(_, wrong)| *wrong);
    let problem =
        wrong.fold(Problem::invalid("figures_invalid"), |all, (field, _)| all.field(field, "figure_range"));
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// What the company's own last twelve complete months say.
async fn own_figures(
    tx: &mut Tx,
    company: &Company,
    today: Day,
) -> ::store::Result<(Defaults, Vec<ReasonCount>)> {
    let discount = company.discount_percent / 100.0;
    let none = Defaults { years: YEARS, discount, ..Defaults::default() };
    let last = today.month().plus(-1);
    let months = leak::store::kept(tx, today).await?.unwrap_or_default();
    let Some(first) =
        months.iter().find(|month| month.month == last.plus(-11)).filter(|month| month.opening > 0)
    else {
        return Ok((none, Vec::new()));
    };
    // Live a year ago and away now: the last move of the year led out, and the first did as well.
    let lost: Vec<(Option<String>, i64)> = sql!(
        "with year (party, first, last) as (select party, min(month), max(month) from leak_moves \
         where month >= $1 and month <= $2 group by party) \
         select l.reason, count(*) from year y \
         join leak_moves f on f.month = y.first and f.party = y.party and f.direction = 'out' \
         join leak_moves l on l.month = y.last and l.party = y.party and l.direction = 'out' group by l.reason"
    )
    .bind(last.plus(-11))
    .bind(last)
    .fetch_all(tx)
    .await?;
    let mut by_cause: BTreeMap<Cause, i64> = BTreeMap::new();
    for (reason, count) in lost {
        *by_cause.entry(reason.map_or(Cause::UNKNOWN, |code| Cause::from_code(&code))).or_default() += count;
    }
    let mut reasons: Vec<ReasonCount> =
        by_cause.into_iter().map(|(cause, count)| cause.counted(count)).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    let loss: i64 = reasons.iter().map(|reason| reason.count).sum();
    let avoidable: i64 = reasons.iter().filter(|reason| reason.avoidable).map(|reason| reason.count).sum();
    let people = |number: i64| u64::try_from(number).unwrap_or_default();
    let defaults = Defaults {
        since: Some(first.month),
        start: people(first.opening),
        repeat: people(first.opening - loss),
        avoidable: people(avoidable),
        profit_per_year: yearly_profit(tx, company, today).await?,
        ..none
    };
    Ok((defaults, reasons))
}

/// What a customer who bought in the last year brought in it, times the margin; none without a margin.
async fn yearly_profit(tx: &mut Tx, company: &Company, today: Day) -> ::store::Result<Option<Money>> {
    let Some(margin) = company.margin_percent else { return Ok(None) };
    let (revenue, people): (i64, i64) = sql!(
        "select cast(coalesce(sum(l.amount), 0) as bigint), count(distinct coalesce(r.root, l.party)) \
         from order_lines l left join party_root r on r.party = l.party \
         where l.retracted_by is null and l.party is not null and l.currency = $1 and l.day > $2 and l.day <= $3"
    )
    .bind(company.currency)
    .bind(today.plus(-365))
    .bind(today)
    .fetch_one(tx)
    .await?;
    let each = (people > 0 && revenue > 0).then(|| revenue as f64 * margin / 100.0 / people as f64);
    Ok(each.map(|each| Money::new(company.currency, each.round() as i64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Defaults {
        let company = Company::default();
        let profit_per_year = Some(Money::new(company.currency, 50_000));
        Defaults {
            start: 1_000,
            repeat: 800,
            avoidable: 100,
            profit_per_year,
            years: 3,
            discount: 0.1,
            ..Defaults::default()
        }
    }

    fn steps(tried: Tried) -> Answer<Kotler> {
        four_steps(&Company::default(), own(), Vec::new(), tried)
    }

    /// exD35.
    #[test]
    fn the_worked_example() {
        let cost = Tried { programme_cost: Some(3_000_000), ..Tried::default() };
        let spend = steps(cost).unwrap();
        assert_eq!((spend.retention, spend.loss), (Some(0.8), 200));
        let amounts =
            [spend.profit_lost_each, spend.profit_lost, spend.saved].map(|money| money.unwrap().amount_minor);
        assert_eq!((amounts, spend.spend), ([124_343, 12_434_260, 4_973_704], Some(true)));
        let less = steps(Tried { saved_share: Some(0.2), ..cost }).unwrap();
        assert_eq!((less.saved.unwrap().amount_minor, less.spend), (2_486_852, Some(false)));
        assert_eq!(
            less.sensitivity.iter().map(|line| line.spend.unwrap()).collect::<Vec<_>>(),
            [false, false, false, true, true, true]
        );
    }

    #[test]
    fn what_is_not_known_is_said() {
        let unknown = four_steps(
            &Company::default(),
            Defaults { years: 3, ..Defaults::default() },
            Vec::new(),
            Tried::default(),
        );
        let codes: Vec<_> = unknown.unwrap().missing.into_iter().map(|lack| lack.code).collect();
        assert_eq!(codes, ["year_of_orders", "profit", "programme_cost"]);
    }

    #[test]
    fn impossible_figures_are_named() {
        let wrong = Tried { repeat: Some(1_001), saved_share: Some(1.5), years: Some(0), ..Tried::default() };
        let body = steps(wrong).unwrap_err().body(kernel::Locale::En);
        let fields: Vec<_> = body.fields.iter().map(|field| field.field.clone()).collect();
        assert_eq!(fields, ["repeat", "years", "saved_share"]);
    }
}
