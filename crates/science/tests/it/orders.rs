//! Order logs against a plain reference, on real data, at the edges, and on any number of threads.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::cdnow::day;
use proptest::prelude::*;
use science::cohort::{CohortTable, Period};
use science::interval::{Baseline, RepeatStatistics};
use science::orders::{CustomerColumns, OrderLog, OrderLogError, summarise};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
struct Columns {
    customers: Vec<u64>,
    days: Vec<i32>,
    amounts: Vec<i64>,
}

impl Columns {
    fn of(rows: &[(u64, i32, i64)]) -> Self {
        let mut columns = Self::default();
        for (customer, day, amount) in rows {
            columns.customers.push(*customer);
            columns.days.push(*day);
            columns.amounts.push(*amount);
        }
        columns
    }

    fn log(&self) -> OrderLog<'_> {
        OrderLog::new(&self.customers, &self.days, &self.amounts).unwrap()
    }
}

/// The rules of the module, written down without any haste.
fn plainly(rows: &[(u64, i32, i64)], end: i32) -> CustomerColumns {
    let mut all: BTreeMap<u64, BTreeMap<i32, (bool, i64)>> = BTreeMap::new();
    for (customer, day, amount) in rows.iter().filter(|row| row.1 <= end) {
        let entry = all.entry(*customer).or_default().entry(*day).or_default();
        *entry = (entry.0 || *amount >= 0, entry.1 + amount);
    }
    let mut out = CustomerColumns { end, ..CustomerColumns::default() };
    for (customer, days) in all {
        let ordered: Vec<i32> = days.iter().filter(|(_, d)| d.0).map(|(day, _)| *day).collect();
        let (Some(first), Some(last)) = (ordered.first(), ordered.last()) else { continue };
        out.customer.push(customer);
        out.first_day.push(*first);
        out.last_day.push(*last);
        out.order_days.push(u32::try_from(ordered.len()).unwrap());
        out.spend.push(days.values().map(|d| d.1).sum());
        out.first_spend.push(days.range(..=*first).map(|(_, d)| d.1).sum());
    }
    out
}

/// Many orders without pattern; `wide` spreads the customers' numbers over 64 bits.
fn many(n: u64, wide: bool) -> Vec<(u64, i32, i64)> {
    let scramble = |x: u64| {
        let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    };
    let row = |i: u64| {
        let r = scramble(i + 1);
        let customer = r % (n / 8);
        let customer = if wide { scramble(customer + 77) } else { 5_000_000_000 + customer };
        let amount = i64::try_from(scramble(r) % 100_000).unwrap() - 5_000;
        (customer, i32::try_from(scramble(r ^ i) % 900).unwrap() - 400, amount)
    };
    (0..n).map(row).collect()
}

#[test]
fn two_hundred_thousand_orders_as_the_plain_way() {
    for wide in [false, true] {
        let rows = many(200_000, wide);
        for end in [300, 600] {
            assert!(
                summarise(&Columns::of(&rows).log(), end).unwrap() == plainly(&rows, end),
                "{wide} {end}"
            );
        }
    }
}

#[test]
fn the_same_bits_on_one_two_and_three_threads_and_in_any_order() {
    let rows = many(150_000, false);
    let mut reversed = rows.clone();
    reversed.reverse();
    let all = |rows: &[(u64, i32, i64)]| {
        let columns = Columns::of(rows);
        let customers = summarise(&columns.log(), 450).unwrap();
        let scores = customers.scores(&customers.quantile_cuts(5));
        let cohorts = CohortTable::of(&columns.log(), Period::Month, 450).unwrap();
        let repeat = RepeatStatistics::of(&columns.log(), 450).unwrap().unwrap();
        (customers, scores, cohorts, repeat)
    };
    let on = |threads: usize, rows: &[(u64, i32, i64)]| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| all(rows))
    };
    let one = on(1, &rows);
    assert!(one == on(2, &rows) && one == on(3, &rows) && one == on(2, &reversed));
}

/// Days and cents of the CDNOW 1/10 sample.
fn cdnow() -> Option<Columns> {
    let text = crate::real::text("cdnow/CDNOW_sample.txt")?;
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [id, _, date, _, amount] = fields[..] else { return None };
        let cents = (amount.parse::<f64>().unwrap() * 100.0).round() as i64;
        Some((id.parse().unwrap(), i32::try_from(day(date)).unwrap(), cents))
    };
    Some(Columns::of(&text.lines().filter_map(row).collect::<Vec<_>>()))
}

/// 2,357 customers, 946 repeat buyers to 1997-09-30 (Fader & Hardie 2013, note 025).
#[test]
fn cdnow_sample_gives_the_published_base() {
    let Some(columns) = cdnow() else { return };
    let end = i32::try_from(day("19970930")).unwrap();
    let customers = summarise(&columns.log(), end).unwrap();
    let summary = customers.summary();
    assert_eq!((summary.customers(), summary.repeat_buyers()), (2_357, 946));
    assert_eq!(customers.spends().len(), 946);
    let repeat = RepeatStatistics::of(&columns.log(), end).unwrap().unwrap();
    assert_eq!((repeat.steps[0].again.part, repeat.steps[0].again.whole), (946, 2_357));
    // Open gaps are the long ones: less than half came back, so the median is beyond what was watched.
    assert_eq!(repeat.first_return.median().value, None);
    assert!(repeat.median_closed.unwrap() < repeat.gaps.median().value.unwrap_or(f64::INFINITY));
    let table = CohortTable::of(&columns.log(), Period::Month, end).unwrap();
    // All came first between January and March 1997.
    assert_eq!(table.cohorts.iter().map(|c| c.active.len()).collect::<Vec<_>>(), [9, 8, 7]);
    assert_eq!(table.cohorts.iter().map(|c| c.customers).sum::<u64>(), 2_357);
    assert_eq!((table.retention[0].value, table.too_new), (1.0, 0));
}

#[test]
fn refunds_lower_the_spend_and_make_no_day() {
    let rows = [(1, 5, 1_000), (1, 9, -400), (1, 9, 300), (1, 12, -1_000), (2, 5, -10), (3, 99, 5)];
    let customers = summarise(&Columns::of(&rows).log(), 20).unwrap();
    assert_eq!((&customers.customer[..], &customers.spend[..]), (&[1][..], &[-100][..]));
    assert_eq!((customers.history(0), customers.first_spend[0]), ((1, 4, 15), 1_000));
    assert!(customers.spends().is_empty(), "all of the repeat order came back");
    assert_eq!(customers.recency_days(), [11]);
}

#[test]
fn wrong_logs_are_named() {
    assert!(matches!(OrderLog::new(&[1], &[], &[1]), Err(OrderLogError::Lengths { days: 0, .. })));
    let rows = [(8, 0, i64::MAX), (8, 0, 1)];
    let refused = OrderLogError::AmountTooLarge { customer: 8 };
    assert_eq!(summarise(&Columns::of(&rows).log(), 0), Err(refused));
    let rows = [(8, 0, i64::MAX), (8, 1, 1)];
    assert_eq!(summarise(&Columns::of(&rows).log(), 1), Err(refused));
    assert!(refused.to_string().contains("customer 8"));
    assert!(summarise(&Columns::default().log(), 0).unwrap().is_empty());
    assert_eq!(RepeatStatistics::of(&Columns::default().log(), 0).unwrap(), None);
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..6u64, Just(u64::MAX), any::<u64>()]
}

fn any_day() -> impl Strategy<Value = i32> {
    prop_oneof![0..40i32, Just(i32::MIN), Just(i32::MAX), any::<i32>()]
}

proptest! {
    #[test]
    fn any_log_as_the_plain_way(
        rows in prop::collection::vec((number(), any_day(), -900..9_000i64), 0..120), end in any_day(),
    ) {
        let columns = Columns::of(&rows);
        let customers = summarise(&columns.log(), end).unwrap();
        prop_assert_eq!(&customers, &plainly(&rows, end));
        prop_assert_eq!(customers.summary().customers(), customers.len() as u64);
        let scores = customers.scores(&customers.quantile_cuts(5));
        prop_assert!(scores.iter().all(|s| (1..=5).contains(&s.recency) && (1..=5).contains(&s.monetary)));
    }

    #[test]
    fn cohorts_and_gaps_count_everyone_once(
        rows in prop::collection::vec((number(), any_day(), -900..9_000i64), 1..120), end in any_day(),
        length in 0..50u32,
    ) {
        let columns = Columns::of(&rows);
        let people = summarise(&columns.log(), end).unwrap().len() as u64;
        for period in [Period::Month, Period::Days(length)] {
            let table = CohortTable::of(&columns.log(), period, end).unwrap();
            let counted: u64 = table.cohorts.iter().map(|c| c.customers).sum();
            prop_assert_eq!(counted + table.too_new, people);
            prop_assert!(table.cohorts.iter().all(|c| c.active.iter().all(|a| *a <= c.customers)));
            prop_assert!(table.cohorts.iter().all(|c| c.active[0] == c.customers));
        }
        if let Some(repeat) = RepeatStatistics::of(&columns.log(), end).unwrap() {
            prop_assert_eq!((repeat.customers, repeat.open_gaps), (people, people));
            prop_assert_eq!(repeat.first_return.customers, people);
        }
    }

    #[test]
    fn the_present_is_judged_by_the_own_history(
        history in prop::collection::vec(prop_oneof![Just(0.0), Just(30.0), -1e300..1e300], 0..30),
        present in prop_oneof![Just(30.0), -1e300..1e300, Just(f64::NAN)],
    ) {
        if let Ok(baseline) = Baseline::of(&history) {
            let d = baseline.deviation(present, 0.1);
            prop_assert!(d.usual.is_finite() && d.chance > 0.0 && d.chance <= 1.0);
            prop_assert!(!d.alarm || d.chance <= 0.1);
        }
    }
}
