//! The usual interval between order days: a customer's own median gap, or the company's pooled one; who comes back
//! after how long ([`RepeatStatistics`]); how far the present is from a customer's own usual ([`Baseline`]).

mod baseline;
mod repeat;

pub use baseline::{Baseline, Deviation, MIN_HISTORY, NoBaseline};
pub use repeat::{MAX_STEPS, RepeatStatistics, RepeatStep};

use std::collections::BTreeMap;

/// The median gap between order days, in days; `None` with fewer than two different days. The days need no order.
pub fn median_gap(order_days: &[i32]) -> Option<f64> {
    let mut gaps = GapHistogram::default();
    gaps.add(order_days);
    gaps.median()
}

/// The gaps of many customers, merged by length; the result does not depend on the order of adding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GapHistogram {
    counts: BTreeMap<u32, u64>,
}

impl GapHistogram {
    /// Gaps that are counted already.
    fn of_counts(counts: impl Iterator<Item = (u32, u64)>) -> Self {
        Self { counts: counts.filter(|(_, count)| *count > 0).collect() }
    }

    /// Adds the gaps between the order days of one customer; equal days count once.
    pub fn add(&mut self, order_days: &[i32]) {
        let mut days = order_days.to_vec();
        days.sort_unstable();
        days.dedup();
        for pair in days.windows(2) {
            *self.counts.entry(pair[1].abs_diff(pair[0])).or_default() += 1;
        }
    }

    /// The median of all gaps, in days: the middle one, or the mean of the two in the middle.
    pub fn median(&self) -> Option<f64> {
        let total: u64 = self.counts.values().sum();
        let lower = self.at(total.checked_sub(1)? / 2)?;
        let upper = self.at(total / 2)?;
        Some((f64::from(lower) + f64::from(upper)) / 2.0)
    }

    /// The gap at a rank, from 0.
    fn at(&self, rank: u64) -> Option<u32> {
        let mut seen = 0;
        let reaches = |(_, count): &(&u32, &u64)| {
            seen += **count;
            seen > rank
        };
        self.counts.iter().find(reaches).map(|(gap, _)| *gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_gap() {
        assert_eq!(median_gap(&[10, 31, 52, 80]), Some(21.0));
        assert_eq!(median_gap(&[80, 10, 31, 31]), Some(35.0));
        assert_eq!(median_gap(&[-3, 4]), Some(7.0));
        assert_eq!(median_gap(&[5, 5]), None);
        assert_eq!(median_gap(&[]), None);
    }

    #[test]
    fn pooled_over_customers() {
        let mut pooled = GapHistogram::default();
        for days in [&[0, 7, 14][..], &[0, 30], &[100], &[i32::MIN, i32::MAX]] {
            pooled.add(days);
        }
        assert_eq!(pooled.median(), Some(18.5));
    }
}
