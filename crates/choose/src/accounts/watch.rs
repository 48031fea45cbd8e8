//! The watch on those left out: what was expected of them, and what came.
//!
//! Invariant: what is expected and what came are of one currency, the one that the customer buys in; of whoever buys in
//! another one by now nothing is compared.

use super::store::{self, Watched};
use crate::worth::Figure;
use crate::worth::model::net;
use crate::worth::store as worth;
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::{Currency, Day, Id, Month, kinds};
use know::assessments::Input;
use know::facts::{History, OrderDay};
use know::privacy::suspension;
use know::ties;
use std::collections::BTreeMap;

type PartyId = Id<kinds::Party>;

/// Months that are shown.
const MONTHS: i64 = 12;
/// Months of a year.
const YEAR: i64 = 12;
/// Parties asked about in one statement.
const SLICE: usize = 500;
/// Days somebody must have been a customer for their own pace to be a forecast.
const OWN_PACE: i64 = 92;

/// How a month went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthOf {
    pub month: Month,
    pub actual: i64,
}

/// How a customer who was left out does.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    pub party: PartyId,
    /// Expected a month.
    pub forecast: i64,
    pub currency: Currency,
    pub basis: String,
    pub since: Month,
    /// The full months since, the latest last.
    pub months: Vec<MonthOf>,
    /// Actual over forecast of all full months; none before the first has ended.
    pub ratio: Option<f64>,
}

impl Course {
    /// How `watched` did up to `today`; of nobody who buys in another currency is it known.
    pub fn of(watched: Watched, bought: &Bought, today: Day) -> Self {
        let same = bought.currency.is_none_or(|currency| currency == watched.currency);
        let days: &[OrderDay] = if same { &bought.days } else { &[] };
        let last = today.month().plus(-1);
        let full = last.number() - watched.since.number() + 1;
        let month = |back: i64| {
            let month = last.plus(-back);
            MonthOf { month, actual: net(days, month.first_day(), month.last_day()) }
        };
        let actual = net(days, watched.since.first_day(), last.last_day());
        let expected = watched.forecast.saturating_mul(full);
        Self {
            months: (0..if same { full.clamp(0, MONTHS) } else { 0 }).rev().map(month).collect(),
            ratio: (same && full > 0 && expected > 0).then(|| actual as f64 / expected as f64),
            party: watched.party,
            forecast: watched.forecast,
            currency: watched.currency,
            basis: watched.basis,
            since: watched.since,
        }
    }
}

/// How everyone who is watched does; key accounts are not watched, nor who asked not to be used.
pub async fn courses(tx: &mut Tx, today: Day) -> Result<Vec<Course>> {
    let keys = worth::keys(tx).await?;
    let unused = suspension::all(tx).await?;
    // After a merge two watches may be of one: the older one counts.
    let mut watched: BTreeMap<PartyId, Watched> = BTreeMap::new();
    for one in store::watched(tx).await? {
        if !keys.contains(&one.party) && !unused.contains(&one.party) {
            watched.entry(one.party).or_insert(one);
        }
    }
    let parties: Vec<PartyId> = watched.keys().copied().collect();
    let bought = bought(tx, &parties).await?;
    let courses =
        bought.iter().filter_map(|(party, bought)| Some(Course::of(watched.remove(party)?, bought, today)));
    let mut courses: Vec<Course> = courses.collect();
    courses.sort_by(|a, b| b.ratio.unwrap_or(-1.0).total_cmp(&a.ratio.unwrap_or(-1.0)));
    Ok(courses)
}

/// What somebody bought, in the currency of most of their orders; an organisation with the people who work for it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bought {
    pub currency: Option<Currency>,
    /// In no order.
    pub days: Vec<OrderDay>,
    /// People whose orders are among them.
    pub people: usize,
}

async fn bought(tx: &mut Tx, parties: &[PartyId]) -> Result<BTreeMap<PartyId, Bought>> {
    let people = ties::people_of(tx, parties).await?;
    let mut all = alone(tx, parties).await?;
    let asked: Vec<PartyId> = people.iter().map(|(_, person)| *person).collect();
    let theirs = alone(tx, &asked).await?;
    for (organisation, person) in people {
        let (Some(whole), Some(part)) = (all.get_mut(&organisation), theirs.get(&person)) else { continue };
        let Some(theirs) = part.currency else { continue };
        if *whole.currency.get_or_insert(theirs) == theirs {
            whole.days.extend(&part.days);
            whole.people += 1;
        }
    }
    Ok(all)
}

async fn alone(tx: &mut Tx, parties: &[PartyId]) -> Result<BTreeMap<PartyId, Bought>> {
    let mut all = BTreeMap::new();
    for slice in parties.chunks(SLICE) {
        let mut query =
            sql_rows!(1, "select party, history, currency from facts where party in (values {rows})");
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        for (party, history, currency) in query.fetch_of_set::<(PartyId, Vec<u8>, _)>(tx).await? {
            all.insert(party, Bought { currency, days: History::days_from_bytes(&history), people: 0 });
        }
    }
    Ok(all)
}

/// What is expected of a customer in a month, in the currency they buy in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    pub amount: i64,
    pub currency: Currency,
    /// `stated`, `model` or `trend`.
    pub basis: &'static str,
}

/// What is expected of customers in a month, and by what: what somebody stated, else what the model expects of their
/// orders, else their own pace of the last year. Whoever never bought is expected to in the company's `currency`.
pub async fn forecasts(
    tx: &mut Tx,
    parties: &[PartyId],
    figures: &BTreeMap<PartyId, Figure>,
    today: Day,
    currency: Currency,
) -> Result<BTreeMap<PartyId, Forecast>> {
    let bought = bought(tx, parties).await?;
    let mut all = BTreeMap::new();
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "select f.party, f.spend, f.orders, s.expected_orders from facts f \
             left join scores s on s.party = f.party where f.party in (values {rows})"
        );
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        for pace in query.fetch_of_set::<Pace>(tx).await? {
            let (Some(figure), Some(bought)) = (figures.get(&pace.party), bought.get(&pace.party)) else {
                continue;
            };
            if let Some(expected) = expected(figure, &pace, bought, currency, today) {
                all.insert(pace.party, expected);
            }
        }
    }
    Ok(all)
}

/// How somebody buys.
#[derive(FromRow)]
struct Pace {
    party: PartyId,
    spend: i64,
    orders: i64,
    /// Orders that a model expects in a year.
    expected_orders: Option<f64>,
}

fn expected(
    figure: &Figure,
    pace: &Pace,
    bought: &Bought,
    company: Currency,
    today: Day,
) -> Option<Forecast> {
    let currency = bought.currency.unwrap_or(company);
    let monthly = |yearly: f64| (yearly / YEAR as f64).round() as i64;
    let said = figure.judged.get(&Input::Forecast).filter(|said| said.currency == Some(currency));
    let stated = said.map(|said| (monthly(said.value as f64), "stated"));
    // The model expects a person's own orders, not those of an organisation's people.
    let own = pace.orders > 0 && bought.people == 0;
    let mean = own.then(|| pace.spend as f64 / pace.orders as f64);
    let model = pace.expected_orders.zip(mean).map(|(orders, mean)| (monthly(orders * mean), "model"));
    let first = bought.days.iter().map(|day| day.day).min();
    let since = first.map(|first| today.since(first) + 1).filter(|since| *since >= OWN_PACE);
    let trend = since.map(|since| {
        let share = 365.0 / since.min(365) as f64;
        (monthly(net(&bought.days, today.plus(1 - 365), today) as f64 * share), "trend")
    });
    let (amount, basis) = stated.or(model).or(trend).filter(|(forecast, _)| *forecast > 0)?;
    Some(Forecast { amount, currency, basis })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_course_is_of_full_months_against_what_was_expected() {
        let days = [("2026-03-10", 500), ("2026-04-02", 1_000), ("2026-05-20", 1_400), ("2026-06-01", 9_000)];
        let days: Vec<OrderDay> =
            days.iter().map(|(at, net)| OrderDay { day: day(at), net: *net, own: true }).collect();
        let watched = Watched {
            party: Id::from_number(1),
            forecast: 1_000,
            currency: Currency::KRW,
            basis: "model".into(),
            since: day("2026-04-01").month(),
        };
        let bought = Bought { currency: Some(Currency::KRW), days, people: 0 };
        let course = Course::of(watched.clone(), &bought, day("2026-06-03"));
        assert_eq!(course.months.iter().map(|month| month.actual).collect::<Vec<_>>(), [1_000, 1_400]);
        assert_eq!(course.ratio, Some(1.2), "neither the month of the decision nor the running one counts");
        assert_eq!(Course::of(watched.clone(), &bought, day("2026-04-30")).ratio, None, "no month has ended");
        let abroad = Bought { currency: Some(Currency::USD), ..bought };
        let other = Course::of(watched, &abroad, day("2026-06-03"));
        assert_eq!((other.ratio, other.months), (None, Vec::new()), "won are not compared with dollars");
    }
}
