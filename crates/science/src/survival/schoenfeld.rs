//! Does an effect stay the same over time? Scaled Schoenfeld residuals against time (Grambsch & Therneau 1994,
//! Biometrika 81:515).

use super::partial::Sample;
use super::{Durations, KaplanMeier, chi_squared_tail};
use serde::{Deserialize, Serialize};

/// The scale of time against which an effect may drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeTransform {
    /// Time as it is.
    Identity,
    /// ln t; a time of 0 counts as the smallest positive one.
    Log,
    /// 1 - S(t), the share who have left.
    KaplanMeier,
}

/// A test that one effect is constant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProportionalityTest {
    /// The statistic, one degree of freedom.
    pub chi_squared: f64,
    /// Probability of so large a drift when there is none: below 0.05 the coefficient is an average over time only.
    pub p_value: f64,
}

/// One test a covariate; `covariance` is of the standardised coefficients.
pub fn test(
    sample: &Sample,
    beta: &[f64],
    covariance: &[Vec<f64>],
    durations: &Durations<'_>,
    transform: TimeTransform,
) -> Vec<ProportionalityTest> {
    let (times, residuals) = residuals(sample, beta);
    let mut g = transformed(&times, durations, transform);
    // The test does not depend on the unit of g; squares of very long times would leave the range of numbers.
    let largest = g.iter().fold(f64::MIN_POSITIVE, |m, g| g.abs().max(m));
    g.iter_mut().for_each(|g| *g /= largest);
    let events = g.len() as f64;
    let mean = g.iter().sum::<f64>() / events;
    let spread: f64 = g.iter().map(|g| (g - mean).powi(2)).sum();
    let drift = |k: usize| {
        let scaled = |row: &Vec<f64>| row.iter().zip(&covariance[k]).map(|(r, v)| r * v).sum::<f64>();
        g.iter().zip(&residuals).map(|(g, row)| (g - mean) * events * scaled(row)).sum::<f64>()
    };
    let test = |k: usize| {
        let variance = events * covariance[k][k] * spread;
        let chi_squared = if variance > 0.0 { drift(k).powi(2) / variance } else { 0.0 };
        ProportionalityTest { chi_squared, p_value: chi_squared_tail(chi_squared, 1) }
    };
    (0..sample.width).map(test).collect()
}

/// Each event's covariates less their mean over the risk set; with ties less the mean Efron's method gives them.
fn residuals(sample: &Sample, beta: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (mut times, mut rows) = (Vec::new(), Vec::new());
    sample.visit(beta, |moment, all, events| {
        let d = moment.events.len();
        let mut mean = vec![0.0; sample.width];
        for l in 0..d {
            let f = l as f64 / d as f64;
            let whole = (all.zero - f * events.zero) * d as f64;
            for (m, (a, e)) in mean.iter_mut().zip(all.one.iter().zip(&events.one)) {
                *m += (a - f * e) / whole;
            }
        }
        for i in &moment.events {
            times.push(moment.time);
            rows.push(sample.row(*i).iter().zip(&mean).map(|(z, m)| z - m).collect());
        }
    });
    (times, rows)
}

fn transformed(times: &[f64], durations: &Durations<'_>, transform: TimeTransform) -> Vec<f64> {
    match transform {
        TimeTransform::Identity => times.to_vec(),
        TimeTransform::Log => {
            let positive = times.iter().copied().filter(|t| *t > 0.0).fold(f64::INFINITY, f64::min);
            let least = if positive.is_finite() { positive } else { 1.0 };
            times.iter().map(|t| t.max(least).ln()).collect()
        }
        TimeTransform::KaplanMeier => {
            let curve = KaplanMeier::fit(durations);
            let left = |t: &f64| curve.survival_at(*t).map_or(0.0, |s| 1.0 - s.value);
            times.iter().map(left).collect()
        }
    }
}
