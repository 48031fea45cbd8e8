//! RFM: quantile scores of recency, frequency and monetary value.
//!
//! Equal values share a score, whatever the number of people who have them: a score counts the cut points a value
//! lies above, and cut points are values. Recency is reversed, so that the highest score is always the best.

use serde::{Deserialize, Serialize};

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

impl RfmCuts {
    /// The cut points of a customer base.
    pub fn of(customers: &[RfmInput], classes: u8) -> Self {
        let classes = classes.clamp(2, 10);
        let cuts = |value: fn(&RfmInput) -> i64| quantiles(customers.iter().map(value).collect(), classes);
        Self {
            classes,
            recency_days: cuts(|c| i64::from(c.recency_days)),
            frequency: cuts(|c| i64::from(c.frequency)),
            monetary: cuts(|c| c.monetary),
        }
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
    values.sort_unstable();
    let (n, classes) = (values.len(), usize::from(classes));
    (1..classes).filter_map(|k| values.get((n * k).div_ceil(classes).max(1) - 1).copied()).collect()
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
    fn nobody_is_no_fault() {
        let (cuts, scores) = score(&[], DEFAULT_CLASSES);
        assert!(scores.is_empty() && cuts.monetary.is_empty());
    }
}
