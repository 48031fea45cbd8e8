//! Lift of an amount: Welch's interval, and the BCa bootstrap for skewed revenue.
//!
//! Revenue is mostly zero with a few large orders, so the interval of the mean is not symmetric. BCa (Efron 1987, "Better
//! bootstrap confidence intervals", JASA 82) resamples the customers of each side, corrects the median bias (z0) and the
//! skewness (a, from the empirical influence values). Draw i uses stream i, so any number of threads gives the same bits.

use super::{Evidence, ExperimentError, Side, moments, welch};
use crate::predict::{Estimate, Z};
use crate::quantile::{Draws, TooFewDraws, quantile};
use crate::random::stream;
use crate::special::normal_quantile;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;

/// How the bootstrap is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Draws; at least 200, 2,000 for an interval that is printed.
    pub draws: u32,
    /// The seed.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { draws: 2_000, seed: 1 }
    }
}

/// What the campaign did to an amount a customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanLift {
    /// Mean of those treated.
    pub treated: f64,
    /// Mean of the control.
    pub control: f64,
    /// Treated less control with Welch's standard error and interval (Student's t).
    pub difference: Estimate,
    /// The same difference with the bootstrap's standard error and BCa interval: the one to trust when revenue is skewed.
    pub bootstrap: Estimate,
    /// Treated over control less 1 by the delta method; `None` unless the control's mean is positive.
    pub relative: Option<Estimate>,
    /// Two-sided, of Welch's t: of `difference`, while `evidence` is of `bootstrap`.
    pub p_value: f64,
    /// What the bootstrap interval says.
    pub evidence: Evidence,
    /// Customers on both sides.
    pub n: u64,
}

/// Compares an amount (revenue, orders) of those treated with the control; one value a customer, zeros included.
///
/// # Errors
/// [`ExperimentError::TooFew`] below two customers on a side, [`ExperimentError::NotANumber`] names the row,
/// [`ExperimentError::NoVariance`] when all values are alike on both sides, [`ExperimentError::TooFewDraws`] below 200 draws.
///
/// ```
/// use science::experiment::{Bootstrap, mean_lift};
/// let treated: Vec<f64> = (0..400).map(|i| if i % 10 == 0 { 50.0 } else { 0.0 }).collect();
/// let control: Vec<f64> = (0..400).map(|i| if i % 20 == 0 { 50.0 } else { 0.0 }).collect();
/// let lift = mean_lift(&treated, &control, Bootstrap { draws: 500, seed: 7 }).unwrap();
/// assert!((lift.difference.value - 2.5).abs() < 1e-9 && lift.bootstrap.low > 0.0);
/// ```
pub fn mean_lift(
    treated: &[f64],
    control: &[f64],
    bootstrap: Bootstrap,
) -> Result<MeanLift, ExperimentError> {
    let (mean1, variance1) = moments(Side::Treated, treated)?;
    let (mean2, variance2) = moments(Side::Control, control)?;
    TooFewDraws::asked(bootstrap.draws).map_err(ExperimentError::TooFewDraws)?;
    let (n1, n2) = (treated.len() as f64, control.len() as f64);
    let value = mean1 - mean2;
    let (difference, p_value) = welch(value, (variance1 / n1, n1), (variance2 / n2, n2));
    if difference.standard_error <= 0.0 {
        return Err(ExperimentError::NoVariance);
    }
    let resampled = bca(treated, control, value, bootstrap).ok_or(ExperimentError::NoVariance)?;
    Ok(MeanLift {
        treated: mean1,
        control: mean2,
        difference,
        bootstrap: resampled,
        relative: relative((mean1, variance1 / n1), (mean2, variance2 / n2)),
        p_value,
        evidence: Evidence::of(resampled.low, resampled.high),
        n: (treated.len() + control.len()) as u64,
    })
}

/// A value with its normal 95 % interval.
fn symmetric(value: f64, standard_error: f64) -> Estimate {
    let half = Z * standard_error;
    Estimate { value, standard_error, low: value - half, high: value + half }
}

/// The ratio of two means less 1: variance r²(v₁/m₁² + v₂/m₂²).
fn relative((mean1, v1): (f64, f64), (mean2, v2): (f64, f64)) -> Option<Estimate> {
    let error = (v1 + (mean1 / mean2).powi(2) * v2).sqrt() / mean2;
    let sound = mean2 > 0.0 && error.is_finite();
    sound.then(|| symmetric(mean1 / mean2 - 1.0, error))
}

fn bca(treated: &[f64], control: &[f64], value: f64, bootstrap: Bootstrap) -> Option<Estimate> {
    let one = |draw: u32| {
        let mut random = stream(bootstrap.seed, u64::from(draw));
        let mut mean = |values: &[f64]| {
            let sum: f64 = (0..values.len()).map(|_| values[random.random_range(0..values.len())]).sum();
            sum / values.len() as f64
        };
        mean(treated) - mean(control)
    };
    let draws = Draws::new((0..bootstrap.draws).into_par_iter().map(one).collect())?;
    let b = draws.sorted().len() as f64;
    let below = draws.sorted().partition_point(|d| *d < value) as f64;
    let ties = draws.sorted().partition_point(|d| *d <= value) as f64 - below;
    let z0 = normal_quantile(((below + ties / 2.0) / b).clamp(0.5 / b, 1.0 - 0.5 / b));
    let a = acceleration(treated, control);
    let level = |z: f64| normal_cdf(z0 + (z0 + z) / (1.0 - a * (z0 + z)).max(0.05));
    let end = |z: f64| quantile(draws.sorted(), level(z));
    Some(draws.around(value, (end(-Z), end(Z))))
}

/// a = Σl³ / 6(Σl²)^1.5 over the influence values (x - mean) / n of both sides, the control's with a minus.
fn acceleration(treated: &[f64], control: &[f64]) -> f64 {
    let sums = |values: &[f64]| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let add = |(two, three): (f64, f64), v: &f64| {
            let l = (v - mean) / n;
            (two + l * l, three + l * l * l)
        };
        values.iter().fold((0.0, 0.0), add)
    };
    let (t, c) = (sums(treated), sums(control));
    let a = (t.1 - c.1) / (6.0 * (t.0 + c.0).powf(1.5));
    if a.is_finite() { a } else { 0.0 }
}

fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}
