//! What a run of the models finds for the whole company, beside the scores of each person.

use super::fit::{Fitted, Models, PersonScore};
use crate::population::{Person, Population};
use kernel::{Currency, Day, Money, Month};
use know::facts::OrderDay;
use science::Summary;
use science::btyd::{LatentAttrition, MbgNbd};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The result of a run, kept with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunResult {
    /// The models.
    pub models: Models,
    /// Customers with a score.
    pub customers: u64,
    /// Whether value is margin or, while no margin is known, revenue.
    pub basis: Basis,
    /// Orders expected from all of them in the next 52 weeks.
    pub expected_orders_total: Option<f64>,
    /// Residual value of all of them.
    pub value_total: Option<Money>,
    /// Mean value of a live customer.
    pub value_per_person: Option<Money>,
    /// Back-test: what was expected of an earlier day on and what came.
    pub calibration: Vec<BackTest>,
    /// Ten equal groups by value, the best first.
    pub deciles: Vec<Decile>,
    /// Revenue of first order days and of later ones, by month.
    pub relationship: Vec<RelationshipMonth>,
}

/// What value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Revenue times the company's margin.
    Margin,
    /// Revenue.
    Revenue,
}

/// People with the same number of repeat orders by the earlier day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackTest {
    /// Repeat order days before; the last row stands for so many or more.
    pub x: u32,
    /// Mean order days that came afterwards.
    pub actual: f64,
    /// Mean order days that were expected.
    pub expected: f64,
    /// How many people.
    pub people: u64,
}

/// A tenth of the customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decile {
    /// 1 the best to 10.
    pub decile: u32,
    /// How many people.
    pub people: u64,
    /// Their residual value.
    pub value: Money,
    /// The least value among them, in minor units: where the list of these people begins.
    pub value_min: i64,
}

/// Revenue of known customers in a month, net of refunds, in the company's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelationshipMonth {
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
    /// On the first order day of a customer.
    pub first: Money,
    /// On later ones.
    pub repeat: Money,
}

/// First and repeat revenue by month, added up person by person.
#[derive(Debug, Clone)]
pub struct Relationship {
    currency: Currency,
    months: BTreeMap<Month, [i64; 2]>,
}

/// Months of revenue that are kept.
const RELATIONSHIP_MONTHS: usize = 24;

impl Relationship {
    /// Nothing yet.
    pub fn new(currency: Currency) -> Self {
        Self { currency, months: BTreeMap::new() }
    }

    /// Adds a person who buys in this currency.
    pub fn add(&mut self, currency: Option<Currency>, days: &[OrderDay]) {
        if currency == Some(self.currency) {
            for (index, day) in days.iter().enumerate() {
                self.months.entry(day.day.month()).or_default()[usize::from(index > 0)] += day.net;
            }
        }
    }

    /// The last 24 months.
    pub fn months(&self) -> Vec<RelationshipMonth> {
        let money = |amount: i64| Money::new(self.currency, amount);
        let skip = self.months.len().saturating_sub(RELATIONSHIP_MONTHS);
        let row = |(month, [first, repeat]): (&Month, &[i64; 2])| RelationshipMonth {
            month: *month,
            first: money(*first),
            repeat: money(*repeat),
        };
        self.months.iter().skip(skip).map(row).collect()
    }
}

/// The share of revenue that comes from people who came back, 0 to 1.
pub fn share(first: i64, repeat: i64) -> Option<f64> {
    let all = first + repeat;
    (first >= 0 && repeat >= 0 && all > 0).then(|| repeat as f64 / all as f64)
}

/// The totals of these scores.
pub fn summarise(fitted: &Fitted, scores: &[Option<PersonScore>], basis: Basis) -> RunResult {
    let known = || scores.iter().flatten();
    // Sorted first, so that the sums do not depend on the order of the people.
    let mut orders: Vec<f64> = known().map(|score| score.orders[0]).collect();
    orders.sort_unstable_by(f64::total_cmp);
    let mut values: Vec<i64> = known().filter_map(|score| Some(score.value?[0].round() as i64)).collect();
    values.sort_unstable_by(|a, b| b.cmp(a));
    let total = Money::new(fitted.currency, values.iter().sum());
    RunResult {
        models: fitted.models(),
        customers: known().count() as u64,
        basis,
        expected_orders_total: (!orders.is_empty()).then(|| orders.iter().sum()),
        value_total: (!values.is_empty()).then_some(total),
        value_per_person: None,
        calibration: Vec::new(),
        deciles: deciles(&values, fitted.currency),
        relationship: Vec::new(),
    }
}

/// The mean value of the people who are live, if there is anybody whose value is known.
pub fn mean_value(scores: &[Option<PersonScore>], live: &[bool], currency: Currency) -> Option<Money> {
    let live = scores.iter().zip(live).filter(|(_, live)| **live);
    let values = live.filter_map(|(score, _)| Some(score.as_ref()?.value?[0].round() as i64));
    let (sum, people) = values.fold((0, 0), |(sum, people), value| (sum + value, people + 1));
    (people > 0).then(|| Money::new(currency, sum / people))
}

/// Ten groups of values sorted downwards; their sizes differ by one at most.
fn deciles(values: &[i64], currency: Currency) -> Vec<Decile> {
    let bound = |decile: usize| values.len() * decile / 10;
    let group = |decile: u32| {
        let of = &values[bound(decile as usize - 1)..bound(decile as usize)];
        let value_min = *of.last()?;
        let value = Money::new(currency, of.iter().sum());
        Some(Decile { decile, people: of.len() as u64, value, value_min })
    };
    (1..=10).filter_map(group).collect()
}

/// Where the table's last row, "7 or more", begins.
const OPEN: u32 = 7;

/// Fits on the first two thirds of the time alone and compares what was then expected with what came; empty where
/// the first two thirds are not enough to fit on.
pub fn back_test(population: &Population, as_of: Day) -> Vec<BackTest> {
    let Some(first) = population.first_day() else { return Vec::new() };
    let held_out = as_of.since(first) / 3;
    let cut = as_of.plus(-held_out);
    let before = |person: &Person<'_>| {
        let mut known = person.days().take_while(|day| *day <= cut);
        let first = known.next()?;
        let (x, last) = known.fold((0_u32, first), |(x, _), day| (x + 1, day));
        Some((x, u32::try_from(last.since(first)).ok()?, u32::try_from(cut.since(first)).ok()?))
    };
    let histories: Vec<_> = population.people().map(|person| before(&person)).collect();
    let fit = Summary::from_days(histories.iter().copied().flatten())
        .ok()
        .and_then(|summary| MbgNbd::fit(&summary).ok());
    let Some(fit) = fit.filter(|_| held_out > 0) else { return Vec::new() };
    let weeks = |days: u32| f64::from(days) / 7.0;
    // Equal histories share one expectation, and whole numbers of people keep the sums the same in any order.
    let mut groups: BTreeMap<(u32, u32, u32), (u64, u64)> = BTreeMap::new();
    for (person, history) in population.people().zip(histories) {
        if let Some(history) = history {
            let group = groups.entry(history).or_default();
            group.0 += 1;
            group.1 += person.days().rev().take_while(|day| *day > cut).count() as u64;
        }
    }
    let mut rows = vec![(0_u64, 0_u64, 0.0); OPEN as usize + 1];
    for ((x, t_x, t), (people, came)) in groups {
        let expected = fit.model.expected_transactions(held_out as f64 / 7.0, x, weeks(t_x), weeks(t));
        let row = &mut rows[x.min(OPEN) as usize];
        *row = (row.0 + people, row.1 + came, row.2 + people as f64 * expected);
    }
    let row = |(x, (people, came, expected)): (u32, (u64, u64, f64))| BackTest {
        x,
        actual: came as f64 / people as f64,
        expected: expected / people as f64,
        people,
    };
    (0..).zip(rows).filter(|(_, (people, ..))| *people > 0).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deciles_are_equal_groups_from_the_best_down() {
        let values: Vec<i64> = (1..=23).rev().collect();
        let deciles = deciles(&values, Currency::KRW);
        assert_eq!(deciles.iter().map(|decile| decile.people).sum::<u64>(), 23);
        assert_eq!((deciles[0].people, deciles[0].value.amount_minor, deciles[0].value_min), (2, 45, 22));
        assert_eq!(super::deciles(&[5, 3], Currency::KRW).len(), 2);
    }

    #[test]
    fn revenue_is_first_or_repeat() {
        let day = |text: &str, net: i64| OrderDay { day: text.parse().unwrap(), net, own: true };
        let mut relationship = Relationship::new(Currency::KRW);
        relationship.add(
            Some(Currency::KRW),
            &[day("2026-01-03", 100), day("2026-01-09", 40), day("2026-02-01", 60)],
        );
        relationship.add(Some(Currency::USD), &[day("2026-01-03", 900)]);
        let months = relationship.months();
        let amounts: Vec<_> = months.iter().map(|m| (m.first.amount_minor, m.repeat.amount_minor)).collect();
        assert_eq!(amounts, [(100, 40), (0, 60)]);
        assert_eq!(
            [share(100, 40), share(0, 60), share(0, 0), share(-5, 10)],
            [Some(40.0 / 140.0), Some(1.0), None, None]
        );
    }

    #[test]
    fn a_back_test_needs_enough_early_orders() {
        let mut population = Population::default();
        let day = |day: i64| OrderDay { day: Day::from_epoch(day), net: 1, own: true };
        population.push(1.into(), None, &[day(20_000), day(20_020)]);
        assert_eq!(back_test(&population, Day::from_epoch(20_050)), []);
        for party in 2..400_i64 {
            let gap = 5 + party % 40;
            let days: Vec<OrderDay> =
                (0..1 + party % 7).map(|n| day(20_000 + party % 90 + n * gap)).collect();
            population.push(party.into(), None, &days);
        }
        let rows = back_test(&population, Day::from_epoch(20_400));
        let people: u64 = rows.iter().map(|row| row.people).sum();
        assert_eq!(people, 399, "everyone had come before the cut");
        assert!(rows.iter().all(|row| row.expected.is_finite() && row.expected >= 0.0));
    }
}
