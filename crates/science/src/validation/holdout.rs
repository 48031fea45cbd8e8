//! Forecasts against what came: the holdout table, and the lines of the field's two customary plots.

use crate::btyd::LatentAttrition;
use crate::summary::{Row, Summary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What customers with one history did in the holdout period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// Index of their history in [`Summary::rows`].
    pub row: usize,
    /// Repeat orders of one customer after the end of calibration.
    pub orders: u32,
}

/// Customers with a number of repeat orders in calibration: the plot of conditional expectations (Fader, Hardie & Lee
/// 2005, figure 4).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ConditionalRow {
    /// Repeat orders in calibration.
    pub x: u32,
    /// Whether the row stands for x or more.
    pub or_more: bool,
    /// Customers.
    pub customers: u64,
    /// Mean orders of one of them in the holdout period.
    pub actual: f64,
    /// Mean orders expected.
    pub expected: f64,
}

/// How a forecast of the holdout period did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holdout {
    /// Customers compared.
    pub customers: u64,
    /// Orders that came.
    pub actual: f64,
    /// Orders expected.
    pub expected: f64,
    /// expected / actual - 1; `None` when nobody came.
    pub relative_error: Option<f64>,
    /// Mean absolute error of one customer, in orders.
    pub mean_absolute_error: f64,
    /// Root of the mean squared error of one customer, in orders.
    pub root_mean_square_error: f64,
    /// Conditional expectations by repeat orders in calibration.
    pub by_frequency: Vec<ConditionalRow>,
}

/// Where the table's last row, "7 or more", begins.
const OPEN: u32 = 7;

/// Compares the forecast of a model fitted on `calibration` with what each customer did in the next `horizon` weeks.
/// Entries whose row does not exist are left out.
///
/// ```
/// use science::Summary;
/// use science::btyd::BgNbd;
/// use science::validation::{Came, holdout};
/// let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/// let calibration = Summary::from_days([(0, 0, 270), (2, 213, 272)]).unwrap();
/// let result = holdout(&model, &calibration, 39.0, &[Came { row: 0, orders: 0 }, Came { row: 1, orders: 1 }]);
/// assert_eq!((result.customers, result.actual, result.by_frequency.len()), (2, 1.0, 2));
/// ```
pub fn holdout(model: &impl LatentAttrition, calibration: &Summary, horizon: f64, came: &[Came]) -> Holdout {
    let expectation = |row: &Row| {
        let c = calibration.in_weeks(row);
        model.expected_transactions(horizon, c.x, c.t_x, c.t)
    };
    let expected: Vec<f64> = calibration.rows().iter().map(expectation).collect();
    // Equal (row, orders) are one entry, so that sums do not depend on the order of the customers.
    let mut entries: BTreeMap<(usize, u32), u64> = BTreeMap::new();
    for one in came.iter().filter(|one| one.row < expected.len()) {
        *entries.entry((one.row, one.orders)).or_default() += 1;
    }
    let mut groups: BTreeMap<u32, [f64; 3]> = BTreeMap::new();
    let [mut absolute, mut squared] = [0.0; 2];
    for ((row, orders), people) in entries {
        let (n, orders, forecast) = (people as f64, f64::from(orders), expected[row]);
        let sums = groups.entry(calibration.rows()[row].x.min(OPEN)).or_default();
        *sums = [sums[0] + n, sums[1] + n * orders, sums[2] + n * forecast];
        absolute += n * (orders - forecast).abs();
        squared += n * (orders - forecast).powi(2);
    }
    let sum = |i: usize| groups.values().map(|sums| sums[i]).sum::<f64>();
    let (people, actual, forecast) = (sum(0), sum(1), sum(2));
    let of_group = |(x, [n, actual, expected]): (&u32, &[f64; 3])| ConditionalRow {
        x: *x,
        or_more: *x == OPEN,
        customers: *n as u64,
        actual: actual / n,
        expected: expected / n,
    };
    Holdout {
        customers: people as u64,
        actual,
        expected: forecast,
        relative_error: (actual > 0.0).then(|| forecast / actual - 1.0),
        mean_absolute_error: absolute / people.max(1.0),
        root_mean_square_error: (squared / people.max(1.0)).sqrt(),
        by_frequency: groups.iter().map(of_group).collect(),
    }
}

/// One point of the tracking plot (Fader, Hardie & Lee 2005, figure 3).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrackingPoint {
    /// Weeks since the first customer came.
    pub week: u32,
    /// Repeat orders so far that came; `None` where nothing is known of the week.
    pub actual: Option<u64>,
    /// Repeat orders so far that the model expects.
    pub expected: f64,
}

/// Cumulative repeat orders of a cohort, week by week up to `weeks`: `first_days` has the day of each customer's first
/// order, `repeat_days` the day of each repeat order, both counted from the day the first customer came; what came after
/// `known_days` is not known.
pub fn tracking(
    model: &impl LatentAttrition,
    first_days: &[u32],
    repeat_days: &[u32],
    known_days: u32,
    weeks: u32,
) -> Vec<TrackingPoint> {
    let mut starts: BTreeMap<u32, u64> = BTreeMap::new();
    for day in first_days {
        *starts.entry(*day).or_default() += 1;
    }
    let mut repeats = repeat_days.to_vec();
    repeats.sort_unstable();
    let last = weeks.saturating_mul(7);
    // New customers' expectation by age, shared by all who began on any day.
    let ages: BTreeMap<u32, f64> = (1..=weeks)
        .flat_map(|week| starts.keys().filter_map(move |day| (7 * week).checked_sub(*day)))
        .filter(|age| *age <= last)
        .map(|age| (age, 0.0))
        .collect();
    let by_age: BTreeMap<u32, f64> = ages
        .into_keys()
        .map(|age| (age, model.expected_transactions_new_customer(f64::from(age) / 7.0)))
        .collect();
    let point = |week: u32| {
        let end = 7 * week;
        let of_day = |(day, n): (&u32, &u64)| Some(*n as f64 * by_age[&end.checked_sub(*day)?]);
        TrackingPoint {
            week,
            actual: (end <= known_days).then(|| repeats.partition_point(|day| *day < end) as u64),
            expected: starts.iter().filter_map(of_day).sum(),
        }
    };
    (1..=weeks).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::BgNbd;

    const MODEL: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };

    #[test]
    fn the_holdout_adds_up_whatever_the_order() {
        let calibration = Summary::from_days([(0, 0, 200), (9, 150, 200), (1, 70, 273)]).unwrap();
        let came = [Came { row: 2, orders: 5 }, Came { row: 0, orders: 0 }, Came { row: 1, orders: 1 }];
        let result = holdout(&MODEL, &calibration, 39.0, &came);
        let turned: Vec<Came> = came.iter().rev().copied().collect();
        assert_eq!(result, holdout(&MODEL, &calibration, 39.0, &turned));
        assert_eq!((result.customers, result.actual), (3, 6.0));
        assert!(result.by_frequency[2].or_more && result.by_frequency[2].actual == 5.0);
        assert!(result.root_mean_square_error >= result.mean_absolute_error);
        let unknown = holdout(&MODEL, &calibration, 39.0, &[Came { row: 9, orders: 1 }]);
        assert_eq!((unknown.customers, unknown.relative_error), (0, None));
    }

    #[test]
    fn tracking_counts_and_expects_up_to_the_week() {
        let points = tracking(&MODEL, &[0, 0, 10], &[3, 8, 30], 21, 4);
        assert_eq!(points.iter().map(|p| p.actual).collect::<Vec<_>>(), [Some(1), Some(2), Some(2), None]);
        let one = MODEL.expected_transactions_new_customer(1.0);
        assert!((points[0].expected - 2.0 * one).abs() < 1e-12);
        assert!(points.windows(2).all(|pair| pair[1].expected > pair[0].expected));
        assert!(tracking(&MODEL, &[], &[], 0, 2).iter().all(|p| p.expected == 0.0));
    }
}
