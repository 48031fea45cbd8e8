//! A party's orders, day by day: the one function from order lines to facts.
//!
//! The same function makes the facts that follow the log and the answers as of an earlier day, so both agree to
//! the digit. Order of arrival does not matter.

use kernel::{Currency, Day, limits};
use std::collections::{BTreeMap, BTreeSet};

/// The part of an order that facts are made from: all its lines of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTotal {
    /// Which source and number.
    pub order: OrderKey,
    /// The local day of the lines.
    pub day: Day,
    /// Their currency.
    pub currency: Currency,
    /// The sum of the amounts of zero and more.
    pub sold: i64,
    /// The sum of the negative amounts, as a positive number.
    pub refunded: i64,
    /// How many lines have an amount of zero or more.
    pub sale_lines: i64,
}

/// What tells one order from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// Preset and account.
    pub source: String,
    /// The order's number there.
    pub number: String,
}

/// An order day and what was spent on it, net of refunds, in the party's main currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderDay {
    /// The day.
    pub day: Day,
    /// Net amount in minor units.
    pub net: i64,
    /// Whether something was bought in that currency: on a day with orders in another one alone, nothing of `net` says
    /// what the party spends on an order.
    pub own: bool,
}

/// What is added to a day that is not [`OrderDay::own`] when it is kept: far beyond every day there is.
const FOREIGN: i32 = 1 << 30;

/// What a party spent in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spend {
    /// Distinct orders.
    pub orders: i64,
    /// Net of refunds.
    pub net: i64,
    /// Refunds, as a positive number.
    pub refunds: i64,
}

/// Everything facts, states and models need to know of a party's orders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Distinct order numbers with at least one line of zero or more.
    pub orders: i64,
    /// Days with a line of zero or more that refunds have not wholly taken back, in order.
    pub days: Vec<OrderDay>,
    /// What was spent, a currency each.
    pub money: BTreeMap<Currency, Spend>,
    /// The currency of most orders.
    pub currency: Option<Currency>,
    /// Orders that refunds which name them have wholly taken back, in this currency.
    pub taken_back: BTreeSet<(OrderKey, Currency)>,
}

#[derive(Default, Clone, Copy)]
struct DayMoney {
    sold: i64,
    refunded: i64,
    sale_lines: i64,
}

impl DayMoney {
    /// Refunds have not wholly taken the day back. A free order counts; a refund on an empty day is no order day.
    fn counts(self) -> bool {
        self.sale_lines > 0 && !(self.refunded > 0 && self.refunded >= self.sold)
    }
}

impl History {
    /// The history that these order totals tell.
    pub fn from_totals(totals: &[OrderTotal]) -> Self {
        let money = spend_by_currency(totals);
        let currency = money
            .iter()
            .max_by_key(|(code, spend)| (spend.orders, std::cmp::Reverse(**code)))
            .map(|(code, _)| *code);
        let days = order_days(totals, currency);
        let orders: BTreeSet<&OrderKey> =
            totals.iter().filter(|total| total.sale_lines > 0).map(|total| &total.order).collect();
        let orders = i64::try_from(orders.len()).unwrap_or(i64::MAX);
        Self { orders, days, money, currency, taken_back: taken_back(totals) }
    }

    /// Days between one order day and the next.
    pub fn gaps(&self) -> impl Iterator<Item = i64> + '_ {
        self.days.windows(2).map(|pair| pair[1].day.since(pair[0].day))
    }

    /// The last order day.
    pub fn last_day(&self) -> Option<Day> {
        self.days.last().map(|last| last.day)
    }

    /// The first order day.
    pub fn first_day(&self) -> Option<Day> {
        self.days.first().map(|first| first.day)
    }

    /// The order days as bytes: day and net amount, little endian, twelve bytes a day.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.days.len() * 12);
        for OrderDay { day, net, own } in &self.days {
            let day = i32::try_from(day.epoch()).unwrap_or(i32::MAX);
            bytes.extend((if *own { day } else { day + FOREIGN }).to_le_bytes());
            bytes.extend(net.to_le_bytes());
        }
        bytes
    }

    /// The order days that [`History::to_bytes`] wrote.
    pub fn days_from_bytes(bytes: &[u8]) -> Vec<OrderDay> {
        let (rows, _) = bytes.as_chunks::<12>();
        rows.iter()
            .map(|row| {
                let [a, b, c, d, net @ ..] = *row;
                let day = i32::from_le_bytes([a, b, c, d]);
                let own = day < FOREIGN / 2;
                let day = Day::from_epoch(i64::from(if own { day } else { day - FOREIGN }));
                OrderDay { day, net: i64::from_le_bytes(net), own }
            })
            .collect()
    }
}

/// Adds within what JSON carries exactly: more than that is nobody's spend, and one absurd customer must not stop the
/// facts of all others.
fn add(sum: &mut i64, amount: i64) {
    *sum = sum.saturating_add(amount).clamp(-limits::AMOUNT_MAX, limits::AMOUNT_MAX);
}

fn spend_by_currency(totals: &[OrderTotal]) -> BTreeMap<Currency, Spend> {
    let mut money: BTreeMap<Currency, Spend> = BTreeMap::new();
    let mut counted: BTreeSet<(&OrderKey, Currency)> = BTreeSet::new();
    for total in totals {
        let spend = money.entry(total.currency).or_default();
        add(&mut spend.net, total.sold.saturating_sub(total.refunded));
        add(&mut spend.refunds, total.refunded);
        if total.sale_lines > 0 && counted.insert((&total.order, total.currency)) {
            spend.orders += 1;
        }
    }
    money
}

/// The orders that refunds of the same number have wholly taken back: as of a day, but of one order instead of all of
/// the day.
fn taken_back(totals: &[OrderTotal]) -> BTreeSet<(OrderKey, Currency)> {
    if totals.iter().all(|total| total.refunded == 0) {
        return BTreeSet::new();
    }
    let mut orders: BTreeMap<(&OrderKey, Currency), DayMoney> = BTreeMap::new();
    for total in totals {
        let money = orders.entry((&total.order, total.currency)).or_default();
        add(&mut money.sold, total.sold);
        add(&mut money.refunded, total.refunded);
        money.sale_lines += total.sale_lines;
    }
    let gone = orders.into_iter().filter(|(_, money)| money.sale_lines > 0 && !money.counts());
    gone.map(|((order, currency), _)| (order.clone(), currency)).collect()
}

/// A refund that names a sold order reduces that order's day, else its own.
fn order_days(totals: &[OrderTotal], currency: Option<Currency>) -> Vec<OrderDay> {
    let mut sold_on: BTreeMap<(&OrderKey, Currency), Day> = BTreeMap::new();
    for total in totals.iter().filter(|total| total.sale_lines > 0) {
        let day = sold_on.entry((&total.order, total.currency)).or_insert(total.day);
        *day = (*day).min(total.day);
    }
    let mut days: BTreeMap<Day, BTreeMap<Currency, DayMoney>> = BTreeMap::new();
    for total in totals {
        let sold = days.entry(total.day).or_default().entry(total.currency).or_default();
        add(&mut sold.sold, total.sold);
        sold.sale_lines += total.sale_lines;
        let refund_day = sold_on.get(&(&total.order, total.currency)).copied().unwrap_or(total.day);
        let refunded = days.entry(refund_day).or_default().entry(total.currency).or_default();
        add(&mut refunded.refunded, total.refunded);
    }
    days.into_iter()
        .filter(|(_, money)| money.values().any(|money| money.counts()))
        .map(|(day, money)| {
            let own = currency.and_then(|currency| money.get(&currency)).copied().unwrap_or_default();
            OrderDay { day, net: own.sold.saturating_sub(own.refunded), own: own.counts() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn total(number: &str, day: i64, sold: i64, refunded: i64, sale_lines: i64) -> OrderTotal {
        let order = OrderKey { source: "shop".into(), number: number.into() };
        OrderTotal { order, day: Day::from_epoch(day), currency: Currency::KRW, sold, refunded, sale_lines }
    }

    fn days(totals: &[OrderTotal]) -> Vec<(i64, i64)> {
        History::from_totals(totals).days.iter().map(|day| (day.day.epoch(), day.net)).collect()
    }

    #[test]
    fn a_linked_refund_reduces_the_day_of_its_order() {
        let partly = [total("A", 10, 5_000, 0, 2), total("A", 14, 0, 2_000, 0)];
        assert_eq!(days(&partly), [(10, 3_000)]);
        let wholly = [total("A", 10, 5_000, 0, 2), total("A", 14, 0, 5_000, 0)];
        assert_eq!(days(&wholly), []);
        let history = History::from_totals(&wholly);
        assert_eq!(history.orders, 1, "the order was placed all the same");
        assert_eq!(history.taken_back.len(), 1);
        assert!(History::from_totals(&partly).taken_back.is_empty());
    }

    #[test]
    fn an_unlinked_refund_reduces_its_own_day_and_makes_none() {
        let apart = [total("A", 10, 5_000, 0, 1), total("C-A", 12, 0, 5_000, 0)];
        assert_eq!(days(&apart), [(10, 5_000)]);
        let same_day = [total("A", 10, 5_000, 0, 1), total("C-A", 10, 0, 5_000, 0)];
        assert_eq!(days(&same_day), []);
    }

    #[test]
    fn more_than_can_be_written_down_is_as_much_as_can_be() {
        let absurd: Vec<_> = (0..9).map(|day| total(&day.to_string(), day, i64::MAX / 2, 0, 1)).collect();
        let history = History::from_totals(&absurd);
        assert_eq!(history.money[&Currency::KRW].net, limits::AMOUNT_MAX);
        assert_eq!((history.orders, history.days.len(), history.days[0].net), (9, 9, limits::AMOUNT_MAX));
    }

    #[test]
    fn a_free_order_is_an_order_day() {
        assert!(
            History::from_totals(&[total("A", 10, 0, 0, 1)]).days[0].own,
            "it is worth nothing in its currency"
        );
        assert_eq!(days(&[total("A", 10, 0, 0, 1)]), [(10, 0)]);
    }

    #[test]
    fn currencies_stay_apart() {
        let mut dollars = total("B", 11, 700, 0, 1);
        dollars.currency = Currency::USD;
        let history =
            History::from_totals(&[total("A", 10, 5_000, 0, 1), total("C", 12, 1_000, 0, 1), dollars]);
        assert_eq!(history.currency, Some(Currency::KRW));
        assert_eq!(history.money[&Currency::USD].net, 700);
        let days: Vec<_> = history.days.iter().map(|day| (day.net, day.own)).collect();
        assert_eq!(days, [(5_000, true), (0, false), (1_000, true)]);
        assert_eq!(History::days_from_bytes(&history.to_bytes()), history.days);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(
            rows in prop::collection::vec((0..6_u8, 0..30_i64, 0..9_000_i64, 0..9_000_i64, 0..3_i64), 0..40),
            seed in any::<u64>(),
        ) {
            let totals: Vec<OrderTotal> = rows.iter()
                .map(|(number, day, sold, refunded, lines)| {
                    total(&number.to_string(), *day, if *lines > 0 { *sold } else { 0 }, *refunded, *lines)
                }).collect();
            let mut shuffled = totals.clone();
            let mut state = seed;
            for position in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(position, usize::try_from(state >> 33).unwrap() % (position + 1));
            }
            let history = History::from_totals(&totals);
            prop_assert_eq!(&history, &History::from_totals(&shuffled));
            prop_assert_eq!(&history.days, &History::days_from_bytes(&history.to_bytes()));
        }
    }
}
