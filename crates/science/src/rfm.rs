//! RFM: scores of recency, frequency and monetary value by quantiles or by fixed cut points.
//!
//! Equal values share a score, whatever the number of people who have them: a score counts the cut points a value
//! lies above, and cut points are values. Recency is reversed, so that the highest score is always the best.
//!
//! ```
//! use science::rfm::{RfmCuts, RfmInput};
//!
//! // Up to 30 days ago, two or more orders above 1, more than 100,000: fixed by the owner.
//! let cuts = RfmCuts::fixed(vec![30, 90], vec![1, 4], vec![20_000, 100_000])?;
//! let score = cuts.score(&RfmInput { recency_days: 30, frequency: 4, monetary: 150_000 });
//! assert_eq!((score.recency, score.frequency, score.monetary), (3, 2, 3));
//! # Ok::<(), science::rfm::CutsError>(())
//! ```

use rayon::join;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What RFM looks at in one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RfmInput {
    /// Days since the last order.
    pub recency_days: u32,
    /// Orders (order days) in the window.
    pub frequency: u32,
    /// Spend in the window, in minor units of one currency.
    pub monetary: i64,
}

/// Scores from 1 to the number of classes, the highest the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RfmScore {
    /// Recency: the highest for those who came last.
    pub recency: u8,
    /// Frequency.
    pub frequency: u8,
    /// Monetary value.
    pub monetary: u8,
}

/// The upper ends of all classes but the last, ascending; stored with a run so that a score can be explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RfmCuts {
    /// Classes per dimension.
    pub classes: u8,
    /// Days; a value up to `recency_days[0]` is in the most recent class.
    pub recency_days: Vec<i64>,
    /// Orders.
    pub frequency: Vec<i64>,
    /// Minor units.
    pub monetary: Vec<i64>,
}

/// The usual number of classes.
pub const DEFAULT_CLASSES: u8 = 5;

/// Scores everyone against the quantiles of all; `classes` is held within 2 to 10.
pub fn score(customers: &[RfmInput], classes: u8) -> (RfmCuts, Vec<RfmScore>) {
    let cuts = RfmCuts::of(customers, classes);
    let scores = customers.iter().map(|customer| cuts.score(customer)).collect();
    (cuts, scores)
}

/// Why fixed cut points cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutsError {
    /// The three lists need the same length, 1 to 9.
    Count,
    /// The cut points of one dimension do not rise.
    NotAscending {
        /// Which.
        dimension: &'static str,
    },
}

impl fmt::Display for CutsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => {
                f.write_str("Give recency, frequency and monetary value equally many cut points, 1 to 9.")
            }
            Self::NotAscending { dimension } => {
                write!(
                    f,
                    "The cut points of {dimension} do not rise; put them in ascending order, each once."
                )
            }
        }
    }
}

impl std::error::Error for CutsError {}

impl RfmCuts {
    /// The cut points of a customer base.
    pub fn of(customers: &[RfmInput], classes: u8) -> Self {
        let column = |value: fn(&RfmInput) -> i64| move || customers.iter().map(value).collect();
        Self::of_columns(
            classes,
            column(|c| i64::from(c.recency_days)),
            column(|c| i64::from(c.frequency)),
            column(|c| c.monetary),
        )
    }

    /// The cut points of three columns, which are made when their turn comes and need not stand in memory together.
    pub(crate) fn of_columns(
        classes: u8,
        recency: impl FnOnce() -> Vec<i64> + Send,
        frequency: impl FnOnce() -> Vec<i64> + Send,
        monetary: impl FnOnce() -> Vec<i64> + Send,
    ) -> Self {
        let classes = classes.clamp(2, 10);
        let ((recency_days, frequency), monetary) = join(
            || (quantiles(recency(), classes), quantiles(frequency(), classes)),
            || quantiles(monetary(), classes),
        );
        Self { classes, recency_days, frequency, monetary }
    }

    /// Cut points the owner sets: the upper ends, inclusive, of all classes but the last.
    ///
    /// # Errors
    /// [`CutsError`] unless the lists are equally long, 1 to 9, and rise.
    pub fn fixed(recency_days: Vec<i64>, frequency: Vec<i64>, monetary: Vec<i64>) -> Result<Self, CutsError> {
        let count = recency_days.len();
        if !(1..=9).contains(&count) || frequency.len() != count || monetary.len() != count {
            return Err(CutsError::Count);
        }
        for (dimension, cuts) in
            [("recency", &recency_days), ("frequency", &frequency), ("monetary value", &monetary)]
        {
            if !cuts.is_sorted_by(|a, b| a < b) {
                return Err(CutsError::NotAscending { dimension });
            }
        }
        let classes = u8::try_from(count + 1).expect("at most ten classes");
        Ok(Self { classes, recency_days, frequency, monetary })
    }

    /// The scores of one customer, also of one who was not among those the cuts were made of.
    pub fn score(&self, customer: &RfmInput) -> RfmScore {
        RfmScore {
            recency: self.classes + 1 - class(&self.recency_days, i64::from(customer.recency_days)),
            frequency: class(&self.frequency, i64::from(customer.frequency)),
            monetary: class(&self.monetary, customer.monetary),
        }
    }
}

/// 1 + the number of cut points below the value.
fn class(cuts: &[i64], value: i64) -> u8 {
    1 + u8::try_from(cuts.partition_point(|cut| *cut < value)).expect("at most ten classes")
}

/// For each inner class boundary the smallest value that at least its share of people do not exceed.
fn quantiles(mut values: Vec<i64>, classes: u8) -> Vec<i64> {
    let (n, classes) = (values.len(), usize::from(classes));
    if n == 0 {
        return Vec::new();
    }
    let mut done = 0;
    let mut cut = |k: usize| {
        // What earlier cuts left behind lies in front of `done` and is no larger.
        let rank = (n * k).div_ceil(classes).max(1) - 1;
        let value = *values[done..].select_nth_unstable(rank - done).1;
        done = rank;
        value
    };
    (1..classes).map(&mut cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(recency_days: u32, frequency: u32, monetary: i64) -> RfmInput {
        RfmInput { recency_days, frequency, monetary }
    }

    #[test]
    fn ten_people_fall_two_into_each_class() {
        let people: Vec<_> = (1..=10).map(|i| customer(i, i, i64::from(i) * 1_000)).collect();
        let (cuts, scores) = score(&people, DEFAULT_CLASSES);
        assert_eq!(cuts.frequency, [2, 4, 6, 8]);
        assert_eq!(scores.iter().map(|s| s.frequency).collect::<Vec<_>>(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(scores.iter().map(|s| s.recency).collect::<Vec<_>>(), [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
        assert_eq!(scores[0].monetary, 1);
    }

    #[test]
    fn ties_share_a_score() {
        // Seven of ten bought once: they cannot be told apart, so all are in the lowest class.
        let people: Vec<_> = [1, 1, 1, 1, 1, 1, 1, 2, 3, 9].map(|n| customer(0, n, 0)).into();
        let (cuts, scores) = score(&people, DEFAULT_CLASSES);
        assert_eq!(cuts.frequency, [1, 1, 1, 2]);
        assert_eq!(scores.iter().map(|s| s.frequency).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 1, 1, 4, 5, 5]);
        assert!(scores.iter().all(|s| s.recency == 5 && s.monetary == 1));
    }

    #[test]
    fn cuts_are_the_values_at_their_ranks() {
        for n in 1..60_i64 {
            let values: Vec<i64> = (0..n).map(|i| i * 37 % 23).collect();
            let mut sorted = values.clone();
            sorted.sort_unstable();
            for classes in 2..=10_u8 {
                let rank = |k: usize| (values.len() * k).div_ceil(usize::from(classes)).max(1) - 1;
                let want: Vec<i64> = (1..usize::from(classes)).map(|k| sorted[rank(k)]).collect();
                assert_eq!(quantiles(values.clone(), classes), want);
            }
        }
    }

    #[test]
    fn fixed_cuts_must_rise_and_match() {
        let fixed = |r: &[i64], f: &[i64], m: &[i64]| RfmCuts::fixed(r.into(), f.into(), m.into());
        assert_eq!(
            fixed(&[1, 2], &[1, 2], &[2, 2]),
            Err(CutsError::NotAscending { dimension: "monetary value" })
        );
        assert_eq!(fixed(&[1, 2], &[1], &[1, 2]), Err(CutsError::Count));
        assert_eq!(fixed(&[], &[], &[]), Err(CutsError::Count));
        let cuts = fixed(&[30], &[1], &[0]).unwrap();
        assert_eq!(cuts.score(&customer(31, 1, 1)), RfmScore { recency: 1, frequency: 1, monetary: 2 });
    }

    #[test]
    fn nobody_is_no_fault() {
        let (cuts, scores) = score(&[], DEFAULT_CLASSES);
        assert!(scores.is_empty() && cuts.monetary.is_empty());
    }
}
