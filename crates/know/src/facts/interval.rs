//! The usual interval: how many days lie between a party's order days.

use super::history::OrderDay;
use std::collections::BTreeMap;

/// Gaps between order days of the whole company, counted.
pub type Gaps = BTreeMap<i64, i64>;

/// A usual interval shorter than this is taken for this (days).
pub const MIN_INTERVAL: f64 = 3.0;
/// With fewer order days than this, the company's interval stands in for the party's own.
pub const OWN_INTERVAL_DAYS: usize = 3;

/// How long a party usually stays away, and whether that is its own habit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsualInterval {
    /// Days; a multiple of one half.
    pub days: f64,
    /// Whether it comes from the party's own orders.
    pub own: bool,
}

/// The median gap of a party, or the company's if it has fewer than three order days.
pub fn usual_interval(days: &[OrderDay], company: Option<f64>) -> Option<UsualInterval> {
    if days.len() < OWN_INTERVAL_DAYS {
        return company.map(|days| UsualInterval { days: days.max(MIN_INTERVAL), own: false });
    }
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1].day.since(pair[0].day)).collect();
    gaps.sort_unstable();
    let (low, high) = (gaps[(gaps.len() - 1) / 2], gaps[gaps.len() / 2]);
    Some(UsualInterval { days: midpoint(low, high).max(MIN_INTERVAL), own: true })
}

/// The median of counted gaps: the company's interval.
pub fn median(gaps: &Gaps) -> Option<f64> {
    let total: i64 = gaps.values().sum();
    if total == 0 {
        return None;
    }
    Some(midpoint(nth(gaps, (total - 1) / 2)?, nth(gaps, total / 2)?))
}

fn nth(gaps: &Gaps, position: i64) -> Option<i64> {
    let mut passed = 0;
    gaps.iter().find_map(|(days, count)| {
        passed += count;
        (passed > position).then_some(*days)
    })
}

/// Days are far below 2^52, so the sum is exact.
fn midpoint(low: i64, high: i64) -> f64 {
    (low + high) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Day;

    fn on(days: &[i64]) -> Vec<OrderDay> {
        days.iter().map(|day| OrderDay { day: Day::from_epoch(*day), net: 1, own: true }).collect()
    }

    #[test]
    fn the_median_gap_of_at_least_three_days() {
        let interval = |days: &[i64]| usual_interval(&on(days), Some(40.0)).unwrap();
        assert_eq!(interval(&[0, 20, 50]), UsualInterval { days: 25.0, own: true });
        assert_eq!(interval(&[0, 1, 2, 3]), UsualInterval { days: 3.0, own: true });
        assert_eq!(interval(&[0, 20]), UsualInterval { days: 40.0, own: false });
        assert_eq!(usual_interval(&on(&[0]), None), None);
    }

    #[test]
    fn the_median_of_counted_gaps() {
        assert_eq!(median(&Gaps::from([(7, 2), (14, 1), (30, 1)])), Some(10.5));
        assert_eq!(median(&Gaps::from([(7, 1), (14, 1), (30, 1)])), Some(14.0));
        assert_eq!(median(&Gaps::new()), None);
    }
}
