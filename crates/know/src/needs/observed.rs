//! What orders show: what somebody buys most, when they come, what they spend.

use super::model::{Observed, Topic};
use crate::parties::root::members;
use ::store::{FromRow, Result, Tx, sql};
use jiff::tz::TimeZone;
use kernel::{Currency, Day, Id, Instant, kinds};
use std::collections::BTreeMap;

/// Order lines that are looked at, the newest: habits of years ago are no habits.
const LINES: i64 = 500;
/// Orders from which on something is a habit.
const HABIT_ORDERS: i64 = 3;
/// The share of orders from which on a weekday or a time is usual: chance alone gives 1/7 and 1/4.
const USUAL_SHARE: f64 = 0.4;

#[derive(Debug, Clone, FromRow)]
pub(super) struct Line {
    pub order_no: String,
    pub product: Option<String>,
    pub category: Option<String>,
    pub at: Instant,
    pub day: Day,
    pub amount: i64,
}

/// What the orders of a customer show, in the company's currency and zone.
pub async fn observed(
    tx: &mut Tx,
    party: Id<kinds::Party>,
    currency: Currency,
    zone: &TimeZone,
) -> Result<Vec<(Topic, Observed)>> {
    let lines: Vec<Line> = sql!(concat!(
        "select source || ':' || order_no as order_no, product, category, at, day, amount from order_lines where party in ",
        members!("$1"),
        " and retracted_by is null and amount >= 0 and currency = $2 order by day desc, id desc limit $3"
    ))
    .bind(party)
    .bind(currency.code())
    .bind(LINES)
    .fetch_all(tx)
    .await?;
    Ok(habits(&lines, zone))
}

/// What the lines show, each as often as there are orders with it.
pub(super) fn habits(lines: &[Line], zone: &TimeZone) -> Vec<(Topic, Observed)> {
    let mut orders: BTreeMap<&str, (&Line, i64)> = BTreeMap::new();
    for line in lines {
        orders.entry(&line.order_no).or_insert((line, 0)).1 += line.amount;
    }
    let count = i64::try_from(orders.len()).unwrap_or(i64::MAX);
    if count < HABIT_ORDERS {
        return Vec::new();
    }
    let named = |name: fn(&Line) -> Option<&String>| {
        let pairs = lines.iter().filter_map(|line| Some((line, name(line)?.clone())));
        most(pairs, count).filter(|seen| seen.times > 1)
    };
    let first = || orders.values().map(|(line, _)| *line);
    let usual = |seen: &Observed| seen.times as f64 >= USUAL_SHARE * seen.of as f64 && seen.times > 1;
    let days = most(first().map(|line| (line, weekday(line.day).to_owned())), count).filter(usual);
    // A day without a time is its midnight: nobody shops at that minute.
    let timed: Vec<&Line> = first().filter(|line| line.at != line.day.start_in(zone)).collect();
    let timed_count = i64::try_from(timed.len()).unwrap_or(i64::MAX);
    let times = most(
        timed.into_iter().filter_map(|line| Some((line, time_of(line.at, zone)?.to_owned()))),
        timed_count,
    );
    let last = first().map(|line| line.day).max().unwrap_or_default();
    let spent: i64 = orders.values().map(|(_, amount)| amount).sum();
    let average = Observed { value: (spent / count).to_string(), times: count, of: count, day: last };
    [
        (Topic::Product, named(|line| line.product.as_ref())),
        (Topic::Category, named(|line| line.category.as_ref())),
        (Topic::Weekday, days),
        (Topic::Time, times.filter(|seen| usual(seen) && seen.of >= HABIT_ORDERS)),
        (Topic::Amount, Some(average)),
    ]
    .into_iter()
    .filter_map(|(topic, seen)| Some((topic, seen?)))
    .collect()
}

/// The value that most orders have; among equals the one seen last, then by name.
fn most<'l>(values: impl Iterator<Item = (&'l Line, String)>, of: i64) -> Option<Observed> {
    let mut seen: BTreeMap<String, (std::collections::BTreeSet<&str>, Day)> = BTreeMap::new();
    for (line, value) in values {
        let (orders, day) = seen.entry(value).or_insert_with(|| (Default::default(), line.day));
        orders.insert(&line.order_no);
        *day = (*day).max(line.day);
    }
    let best = seen
        .into_iter()
        .max_by_key(|(value, (orders, day))| (orders.len(), *day, std::cmp::Reverse(value.clone())));
    best.map(|(value, (orders, day))| {
        let times = i64::try_from(orders.len()).unwrap_or(i64::MAX);
        Observed { value, times, of, day }
    })
}

fn weekday(day: Day) -> &'static str {
    let at = usize::try_from(day.date().weekday().to_monday_zero_offset()).unwrap_or_default();
    Topic::Weekday.words()[at]
}

/// Morning until 11, noon until 14, afternoon until 18, then evening.
fn time_of(at: Instant, zone: &TimeZone) -> Option<&'static str> {
    let hour = jiff::Timestamp::from_microsecond(at.micros()).ok()?.to_zoned(zone.clone()).hour();
    Some(match hour {
        ..11 => "morning",
        11..14 => "noon",
        14..18 => "afternoon",
        _ => "evening",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(order: &str, product: &str, at: &str, amount: i64) -> Line {
        let at = Instant::from(at.parse::<jiff::Timestamp>().unwrap());
        let day = at.day_in(&TimeZone::UTC);
        let product = Some(product.to_owned());
        Line { order_no: order.into(), product, category: None, at, day, amount }
    }

    fn value(found: &[(Topic, Observed)], topic: Topic) -> Option<(&str, i64, i64)> {
        let seen = &found.iter().find(|(of, _)| *of == topic)?.1;
        Some((seen.value.as_str(), seen.times, seen.of))
    }

    #[test]
    fn a_habit_is_what_most_orders_have() {
        // Three Mondays in the morning and a Friday evening; two lattes in one order count once.
        let lines = [
            line("1", "latte", "2026-11-02T08:00:00Z", 4000),
            line("1", "latte", "2026-11-02T08:00:00Z", 4000),
            line("2", "tea", "2026-11-06T19:00:00Z", 3000),
            line("3", "latte", "2026-11-09T09:00:00Z", 4000),
            line("4", "tea", "2026-11-16T09:30:00Z", 5000),
        ];
        let found = habits(&lines, &TimeZone::UTC);
        assert_eq!(value(&found, Topic::Product), Some(("tea", 2, 4)), "two each; tea was last");
        assert_eq!(value(&found, Topic::Weekday), Some(("mon", 3, 4)));
        assert_eq!(value(&found, Topic::Time), Some(("morning", 3, 4)));
        assert_eq!(value(&found, Topic::Amount), Some(("5000", 4, 4)));
        assert_eq!(habits(&lines[..3], &TimeZone::UTC), [], "two orders are no habit");
    }

    #[test]
    fn a_day_without_a_time_tells_no_time() {
        let lines = ["2026-11-02", "2026-11-03", "2026-11-04"]
            .map(|day| line(day, "latte", &format!("{day}T00:00:00Z"), 1000));
        let found = habits(&lines, &TimeZone::UTC);
        assert_eq!(value(&found, Topic::Time), None);
        assert_eq!(value(&found, Topic::Weekday), None, "three days, none of them usual");
    }
}
