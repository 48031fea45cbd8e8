//! Uplift by tenth of the ranking.

use super::{Case, UpliftError, check};
use crate::experiment::welch;
use crate::predict::Estimate;
use serde::{Deserialize, Serialize};

/// A tenth of the customers.
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

/// Cuts the ranking into ten equally large parts; equal scores keep the order of the input.
///
/// # Errors
/// [`UpliftError::TooFew`] below 10 customers on a side, [`UpliftError::NotANumber`] names the customer.
pub fn deciles(cases: &[Case]) -> Result<Vec<Decile>, UpliftError> {
    check(cases, 10)?;
    let mut sorted = cases.to_vec();
    sorted.sort_by(|a, b| b.score.total_cmp(&a.score));
    let cut = |k: usize| sorted.len() * k / 10;
    Ok((0..10).map(|k| decile(k as u8 + 1, &sorted[cut(k)..cut(k + 1)])).collect())
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
