//! CUPED: Deng, Xu, Kohavi & Walker, "Improving the sensitivity of online controlled experiments by utilizing
//! pre-experiment data" (WSDM 2013).
//!
//! The amount after the start is corrected by theta × (amount before - its mean), theta = cov(before, after) / var(before)
//! within the sides. The estimate stays the same in expectation, its variance shrinks by the squared correlation.

use super::{Evidence, ExperimentError, Side, moments, welch};
use crate::predict::Estimate;
use serde::{Deserialize, Serialize};

/// What the campaign did to an amount, corrected for what was known before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cuped {
    /// Treated less control after the correction, with the normal interval.
    pub difference: Estimate,
    /// The same without correction.
    pub uncorrected: Estimate,
    /// Slope of after on before; 0 when all were alike before.
    pub theta: f64,
    /// Share of the variance the correction takes away, 0 to 1.
    pub variance_reduction: f64,
    /// Two-sided, of the corrected z.
    pub p_value: f64,
    /// What the corrected interval says.
    pub evidence: Evidence,
    /// Customers on both sides.
    pub n: u64,
}

/// Compares (before, after) of those treated with the control; `before` must be known from before the split.
///
/// # Errors
/// As [`super::mean_lift`]: too few, not a number, no variance.
///
/// ```
/// use science::experiment::cuped;
/// let customer = |i: u32, gain: f64| (f64::from(i % 17), f64::from(i % 17) + f64::from(i % 3) + gain);
/// let treated: Vec<_> = (0..90).map(|i| customer(i, 1.0)).collect();
/// let control: Vec<_> = (0..90).map(|i| customer(i, 0.0)).collect();
/// let result = cuped(&treated, &control).unwrap();
/// assert!((result.difference.value - 1.0).abs() < 1e-9 && result.variance_reduction > 0.9);
/// ```
pub fn cuped(treated: &[(f64, f64)], control: &[(f64, f64)]) -> Result<Cuped, ExperimentError> {
    let one = Group::new(Side::Treated, treated)?;
    let two = Group::new(Side::Control, control)?;
    let spread = one.before_squares + two.before_squares;
    let theta = if spread > 0.0 { (one.products + two.products) / spread } else { 0.0 };
    let error = |group: &Group, theta: f64| (group.error(theta).powi(2), group.n);
    let (uncorrected, _) = welch(one.after - two.after, error(&one, 0.0), error(&two, 0.0));
    if uncorrected.standard_error <= 0.0 {
        return Err(ExperimentError::NoVariance);
    }
    let value = uncorrected.value - theta * (one.before - two.before);
    let (difference, p_value) = welch(value, error(&one, theta), error(&two, theta));
    let kept = (difference.standard_error / uncorrected.standard_error).powi(2);
    Ok(Cuped {
        difference,
        uncorrected,
        theta,
        variance_reduction: (1.0 - kept).clamp(0.0, 1.0),
        p_value,
        evidence: Evidence::of(difference.low, difference.high),
        n: (treated.len() + control.len()) as u64,
    })
}

/// Means and centred sums of one side.
struct Group {
    n: f64,
    before: f64,
    after: f64,
    before_squares: f64,
    after_squares: f64,
    products: f64,
}

impl Group {
    fn new(side: Side, rows: &[(f64, f64)]) -> Result<Self, ExperimentError> {
        let (before, after): (Vec<f64>, Vec<f64>) = rows.iter().copied().unzip();
        let (mean_before, variance_before) = moments(side, &before)?;
        let (mean_after, variance_after) = moments(side, &after)?;
        let n = rows.len() as f64;
        Ok(Self {
            n,
            before: mean_before,
            after: mean_after,
            before_squares: variance_before * (n - 1.0),
            after_squares: variance_after * (n - 1.0),
            products: rows.iter().map(|(b, a)| (b - mean_before) * (a - mean_after)).sum(),
        })
    }

    /// Standard error of the mean of after - theta × before.
    fn error(&self, theta: f64) -> f64 {
        let squares = self.after_squares - 2.0 * theta * self.products + theta * theta * self.before_squares;
        (squares.max(0.0) / (self.n - 1.0) / self.n).sqrt()
    }
}
