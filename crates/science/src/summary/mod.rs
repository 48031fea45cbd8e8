//! Sufficient statistics: what a purchase history tells a buy-till-you-die model, with equal rows merged.
//!
//! Invariants: rows are distinct, sorted by (x, t, t_x) and carry how many customers share them; times are whole
//! ticks (days by default), so neither the engine that stored the orders nor the number of threads can change a bit of
//! any sum over them.

mod merge;
mod places;

pub use places::Places;

use crate::fit::Size;
use rand::Rng;
use rand_distr::{Binomial, Distribution};
use std::fmt;

/// One distinct history, shared by `weight` customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Repeat purchases: order days less the first.
    pub x: u32,
    /// Ticks from the first purchase to the end of observation.
    pub t: u32,
    /// Ticks from the first purchase to the last one; 0 when x = 0.
    pub t_x: u32,
    /// Customers with exactly this history.
    pub weight: u64,
}

/// A history in the models' unit, the week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Customer {
    /// Repeat purchases.
    pub x: u32,
    /// Weeks from the first purchase to the last.
    pub t_x: f64,
    /// Weeks from the first purchase to the end of observation.
    pub t: f64,
}

/// The distinct histories of a customer base.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    rows: Vec<Row>,
    ticks_per_week: u32,
    customers: u64,
}

/// A history that contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidHistory {
    /// Position in the input, from 0.
    pub index: usize,
    /// (x, t_x, t) as given.
    pub history: (u32, u32, u32),
}

impl fmt::Display for InvalidHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (x, t_x, t) = self.history;
        write!(
            f,
            "History {} contradicts itself: {x} repeat orders, the last {t_x} after the first, observed for {t}; \
             the last order must lie within the observation, and on the first day when there is no repeat.",
            self.index
        )
    }
}

impl std::error::Error for InvalidHistory {}

impl Summary {
    /// Merges day-grained histories (x repeat order days, t_x days, t days).
    ///
    /// Orders of one day are one order here, and repeats on the first day are none, while the models take orders to come
    /// at any moment. So the quickest orders are missing, and alpha comes out too high, r a little: of a million customers
    /// drawn at the parameters of CDNOW and seen by the day alpha is 4.59 instead of 4.41 (4 %) in BG/NBD and 10.93
    /// instead of 10.58 (3 %) in Pareto/NBD, r 1 % too high. Observed by the hour (`examples/recovery_btyd.rs`) the bias of
    /// alpha is half a percent. It is no error of the fit and does not shrink with more customers: the parameters then
    /// describe order days, and order days are what is forecast too. Give [`Summary::from_ticks`] hours where orders have
    /// a time and their rate itself matters.
    ///
    /// # Errors
    /// [`InvalidHistory`] names the first row where t_x > t, or x = 0 with t_x > 0.
    pub fn from_days(histories: impl IntoIterator<Item = (u32, u32, u32)>) -> Result<Self, InvalidHistory> {
        Self::from_ticks(histories, 7)
    }

    /// The same for another grain: `ticks_per_week` is 7 for days, 100 for hundredths of a week.
    ///
    /// # Errors
    /// As [`Summary::from_days`].
    pub fn from_ticks(
        histories: impl IntoIterator<Item = (u32, u32, u32)>,
        ticks_per_week: u32,
    ) -> Result<Self, InvalidHistory> {
        let (rows, customers) = merge::merge(histories.into_iter())?;
        Ok(Self { rows, ticks_per_week: ticks_per_week.max(1), customers })
    }

    /// The distinct histories in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Customers in all.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// Customers and distinct histories.
    pub(crate) fn size(&self) -> Size {
        Size { customers: self.customers, distinct_rows: self.rows.len() as u64 }
    }

    /// Customers with at least one repeat purchase.
    pub fn repeat_buyers(&self) -> u64 {
        self.rows.iter().filter(|row| row.x > 0).map(|row| row.weight).sum()
    }

    /// As many customers drawn with replacement: a multinomial draw over the rows, one binomial after the other.
    pub(crate) fn resampled(&self, chance: &mut impl Rng) -> Self {
        let (mut draws, mut left) = (self.customers, self.customers);
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let share = row.weight as f64 / left as f64;
            let weight = Binomial::new(draws, share.min(1.0)).map_or(0, |binomial| binomial.sample(chance));
            rows.extend((weight > 0).then_some(Row { weight, ..*row }));
            (draws, left) = (draws - weight, left - row.weight);
        }
        Self { rows, ..*self }
    }

    /// About `most` customers at even distances in the order of the rows, so that each history has its share; `None`
    /// where that is not far fewer than there are.
    pub(crate) fn thinned(&self, most: u64) -> Option<Self> {
        let step = self.customers / most.max(1);
        (step > 1).then(|| {
            let (mut passed, mut rows) = (0, Vec::new());
            for row in &self.rows {
                let before = passed / step;
                passed += row.weight;
                let weight = passed / step - before;
                rows.extend((weight > 0).then_some(Row { weight, ..*row }));
            }
            Self { rows, customers: passed / step, ..*self }
        })
    }

    /// A row in weeks.
    pub fn in_weeks(&self, row: &Row) -> Customer {
        Customer { x: row.x, t_x: self.weeks(row.t_x), t: self.weeks(row.t) }
    }

    /// Ticks as weeks.
    pub fn weeks(&self, ticks: u32) -> f64 {
        f64::from(ticks) / f64::from(self.ticks_per_week)
    }

    /// Ticks in a week: 7 for days.
    pub fn ticks_per_week(&self) -> u32 {
        self.ticks_per_week
    }

    /// Where the history (x, t_x, t), in ticks, stands among the rows: the index of its score. To look up many,
    /// [`Summary::places`] is quicker.
    pub fn position(&self, x: u32, t_x: u32, t: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&(x, t, t_x), |row| (row.x, row.t, row.t_x)).ok()
    }

    /// An index of the rows, for looking up the scores of many customers.
    ///
    /// ```
    /// let summary = science::Summary::from_days([(0, 0, 14), (1, 7, 14), (1, 7, 14)]).unwrap();
    /// let places = summary.places();
    /// assert_eq!((places.of(1, 7, 14), places.of(1, 8, 14)), (Some(1), None));
    /// ```
    pub fn places(&self) -> Places<'_> {
        Places::new(&self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_histories_merge_whatever_their_order() {
        let one = Summary::from_days([(1, 7, 14), (0, 0, 14), (1, 7, 14)]).unwrap();
        let two = Summary::from_days([(0, 0, 14), (1, 7, 14), (1, 7, 14)]).unwrap();
        assert_eq!(one, two);
        assert_eq!(one.rows().len(), 2);
        assert_eq!((one.customers(), one.repeat_buyers()), (3, 2));
        assert_eq!(one.position(1, 7, 14), Some(1));
        assert_eq!(one.position(1, 8, 14), None);
        assert_eq!(one.in_weeks(&one.rows()[1]), Customer { x: 1, t_x: 1.0, t: 2.0 });
    }

    #[test]
    fn many_histories_keep_their_counts() {
        let histories = || (0..200_000u32).map(|i| (i % 97, 1 + i % 31, 31 + i % 1_009));
        let summary =
            Summary::from_days(histories().map(|(x, t_x, t)| (x, if x == 0 { 0 } else { t_x }, t))).unwrap();
        let mut counts = std::collections::BTreeMap::new();
        for (x, t_x, t) in histories() {
            *counts.entry((x, t, if x == 0 { 0 } else { t_x })).or_insert(0_u64) += 1;
        }
        let rows: Vec<_> = summary.rows().iter().map(|row| ((row.x, row.t, row.t_x), row.weight)).collect();
        assert_eq!(rows, counts.into_iter().collect::<Vec<_>>());
        assert_eq!(summary.customers(), 200_000);
    }

    /// Every tenth customer, whatever the rows they share: each row keeps a tenth of its own, less or more by one.
    #[test]
    fn the_thinned_are_like_all() {
        let histories =
            || (0..100_000u32).map(|i| (i % 13, if i % 13 == 0 { 0 } else { 1 + i % 7 }, 7 + i % 3));
        let summary = Summary::from_days(histories()).unwrap();
        let thinned = summary.thinned(10_000).unwrap();
        assert_eq!(thinned.customers(), 10_000);
        assert_eq!(thinned.rows().iter().map(|row| row.weight).sum::<u64>(), 10_000);
        for row in summary.rows() {
            let kept = thinned.position(row.x, row.t_x, row.t).map_or(0, |at| thinned.rows()[at].weight);
            assert!((kept as f64 - row.weight as f64 / 10.0).abs() < 1.0, "{row:?} {kept}");
        }
        assert_eq!(summary.thinned(60_000), None);
    }

    /// Rows of 1, 2 and 5 customers: each draw has 8, and of 20,000 draws the means lie within five standard errors.
    #[test]
    fn as_many_customers_are_drawn_again() {
        let weights = [1_u64, 2, 5];
        let histories = weights.iter().zip(1..).flat_map(|(n, x)| (0..*n).map(move |_| (x, 7, 14)));
        let summary = Summary::from_days(histories).unwrap();
        let mut sums = [0.0; 3];
        for draw in 0..20_000 {
            let drawn = summary.resampled(&mut crate::random::stream(5, draw));
            assert_eq!(drawn.rows().iter().map(|row| row.weight).sum::<u64>(), 8);
            assert_eq!(drawn.customers(), 8);
            drawn.rows().iter().for_each(|row| sums[row.x as usize - 1] += row.weight as f64);
        }
        for (sum, weight) in sums.into_iter().zip(weights) {
            let share = weight as f64 / 8.0;
            let error = (8.0 * share * (1.0 - share) / 20_000.0).sqrt();
            assert!((sum / 20_000.0 - weight as f64).abs() < 5.0 * error, "{sum} {weight}");
        }
    }

    #[test]
    fn contradictions_are_named() {
        let late = Summary::from_days([(0, 0, 1), (1, 9, 8)]).unwrap_err();
        assert_eq!(late, InvalidHistory { index: 1, history: (1, 9, 8) });
        assert!(Summary::from_days([(0, 3, 8)]).is_err());
    }
}
