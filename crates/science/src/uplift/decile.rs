//! Uplift by tenth of the ranking.

use super::{Case, UpliftError, check};
use crate::experiment::welch;
use crate::predict::Estimate;
use serde::{Deserialize, Serialize};

/// About a tenth of the customers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decile {
    /// 1 holds the best scores.
    pub decile: u8,
    /// Customers treated.
    pub treated: u64,
    /// Customers of the control.
    pub control: u64,
    /// Mean outcome of those treated.
    pub treated_mean: f64,
    /// Mean outcome of the control.
    pub control_mean: f64,
    /// Treated less control with Welch's interval; `None` with fewer than two customers on a side.
    pub uplift: Option<Estimate>,
}

/// Cuts the ranking into ten parts of equal size but for ties: customers with equal scores stay together, in the part in
/// which the middle of them stands, so the order of the input does not matter. A ranking with few different scores has
/// large parts and empty ones.
///
/// # Errors
/// [`UpliftError::TooFew`] below 10 customers on a side, [`UpliftError::NotANumber`] names the customer.
pub fn deciles(cases: &[Case]) -> Result<Vec<Decile>, UpliftError> {
    check(cases, 10)?;
    let mut sorted = cases.to_vec();
    // Equal scores by side and outcome too, so that no sum depends on the order of the input.
    sorted.sort_unstable_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.treated.cmp(&b.treated)).then(a.outcome.total_cmp(&b.outcome))
    });
    let mut parts: [Vec<Case>; 10] = Default::default();
    let mut before = 0;
    for tied in sorted.chunk_by(|a, b| a.score == b.score) {
        let middle = before + (tied.len() - 1) / 2;
        parts[middle * 10 / sorted.len()].extend_from_slice(tied);
        before += tied.len();
    }
    Ok((1..).zip(&parts).map(|(number, part)| decile(number, part)).collect())
}

fn decile(decile: u8, cases: &[Case]) -> Decile {
    let side = |treated: bool| {
        let values: Vec<f64> = cases.iter().filter(|c| c.treated == treated).map(|c| c.outcome).collect();
        let n = values.len() as f64;
        let mean = if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / n };
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        (values.len() as u64, mean, squares / (n - 1.0).max(1.0) / n.max(1.0))
    };
    let ((treated, treated_mean, v1), (control, control_mean, v2)) = (side(true), side(false));
    let estimate = || welch(treated_mean - control_mean, (v1, treated as f64), (v2, control as f64)).0;
    let uplift = (treated > 1 && control > 1).then(estimate);
    Decile { decile, treated, control, treated_mean, control_mean, uplift }
}
