//! How well a fitted model tells what was seen, and what came later.
//!
//! [`calibration_table`] is the frequency histogram of Fader, Hardie & Lee (2005, figure 2), [`tracking`] their cumulative
//! repeat orders by week (figure 3), [`holdout`] the forecast of later weeks against what came, with the conditional
//! expectations by frequency (figure 4).

mod holdout;

pub use holdout::{Came, ConditionalRow, Holdout, TrackingPoint, holdout, tracking};

use crate::btyd::LatentAttrition;
use crate::summary::Summary;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Customers with a number of repeat orders: seen and expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRow {
    /// Repeat orders.
    pub x: u32,
    /// Whether the row stands for x or more.
    pub or_more: bool,
    /// Customers seen.
    pub actual: u64,
    /// Customers the model expects, each at their own observation time.
    pub expected: f64,
}

/// Where the table's last row, "7 or more", begins.
pub const CALIBRATION_OPEN: u32 = 7;

/// The rows 0 to 6 and "7 or more".
pub fn calibration_table(model: &impl LatentAttrition, summary: &Summary) -> Vec<CalibrationRow> {
    let mut by_time: BTreeMap<u32, u64> = BTreeMap::new();
    let mut actual = [0; CALIBRATION_OPEN as usize + 1];
    for row in summary.rows() {
        *by_time.entry(row.t).or_default() += row.weight;
        actual[row.x.min(CALIBRATION_OPEN) as usize] += row.weight;
    }
    let expected_of = |x: u32| -> f64 {
        by_time.iter().map(|(t, n)| *n as f64 * model.probability_of_n(x, summary.weeks(*t))).sum()
    };
    let mut rest = summary.customers() as f64;
    let mut row = |x: u32| {
        let or_more = x == CALIBRATION_OPEN;
        let expected = if or_more { rest.max(0.0) } else { expected_of(x) };
        rest -= expected;
        CalibrationRow { x, or_more, actual: actual[x as usize], expected }
    };
    (0..=CALIBRATION_OPEN).map(&mut row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::BgNbd;

    #[test]
    fn rows_add_up_to_the_customers() {
        let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
        let summary = Summary::from_days([(0, 0, 200), (9, 150, 200), (1, 70, 273), (0, 0, 0)]).unwrap();
        let table = calibration_table(&model, &summary);
        assert_eq!(table.iter().map(|row| row.actual).collect::<Vec<_>>(), [2, 1, 0, 0, 0, 0, 0, 1]);
        assert!((table.iter().map(|row| row.expected).sum::<f64>() - 4.0).abs() < 1e-12);
        assert!(table[7].or_more && table[7].expected > 0.0);
    }
}
