//! sBG: Fader & Hardie, "How to project customer retention", Journal of Interactive Marketing 21 (2007).

use super::{Cohorts, Retention};
use crate::fit::{Fit, NotEnoughData, maximise};
use crate::special::{digamma, ln_gamma_ratio};
use serde::{Deserialize, Serialize};

/// The shifted-beta-geometric model: each customer leaves at every renewal with the same probability of their own, and
/// these are beta(alpha, beta) over the customers. Cohorts keep better with age because the flighty go first.
///
/// ```
/// use science::contractual::{Cohorts, Retention, ShiftedBetaGeometric};
/// // Alive per 1,000 in the regular segment of the paper: five years, four renewals.
/// let cohorts = Cohorts::from_survivors(&[[1000, 631, 468, 382, 326]]).unwrap();
/// let fit = ShiftedBetaGeometric::fit(&cohorts).unwrap();
/// assert!((fit.model.alpha - 0.764).abs() < 1e-3 && (fit.model.beta - 1.296).abs() < 1e-3);
/// assert!(fit.model.retention_rate(5) > fit.model.retention_rate(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShiftedBetaGeometric {
    /// First shape of the leaving probabilities.
    pub alpha: f64,
    /// Second shape of the leaving probabilities.
    pub beta: f64,
}

impl Retention for ShiftedBetaGeometric {
    fn parameters(&self) -> Vec<f64> {
        vec![self.alpha, self.beta]
    }

    fn with_parameters(&self, parameters: &[f64]) -> Self {
        Self { alpha: parameters[0], beta: parameters[1] }
    }

    /// ln(B(alpha, beta + t) / B(alpha, beta)).
    fn ln_survivor(&self, t: f64) -> f64 {
        (ln_gamma_ratio(self.beta, self.alpha) - ln_gamma_ratio(self.beta + t, self.alpha)).min(0.0)
    }

    fn tail(&self) -> f64 {
        self.alpha
    }
}

impl ShiftedBetaGeometric {
    /// Maximum likelihood from two deterministic starts.
    ///
    /// # Errors
    /// [`NotEnoughData`] below 50 customers, or when fewer than 20 left.
    pub fn fit(cohorts: &Cohorts) -> Result<Fit<Self>, NotEnoughData> {
        super::cohorts_suffice(cohorts)?;
        let objective = |log: &[f64; 2]| {
            let [alpha, beta] = log.map(f64::exp);
            let (value, slopes) = Self { alpha, beta }.likelihood(cohorts);
            (value, [slopes[0] * alpha, slopes[1] * beta])
        };
        let found = maximise(objective, &[[0.0; 2], [0.5, 2.0].map(f64::ln)], cohorts.customers());
        let [alpha, beta] = found.at.map(f64::exp);
        Ok(found.fit(Self { alpha, beta }, &[alpha, beta], cohorts.size()))
    }

    /// The log-likelihood of the cohorts.
    pub fn log_likelihood(&self, cohorts: &Cohorts) -> f64 {
        self.likelihood(cohorts).0
    }

    fn likelihood(&self, cohorts: &Cohorts) -> (f64, [f64; 2]) {
        let Self { alpha, beta } = *self;
        let both = digamma(alpha + beta);
        let (by_alpha, by_beta) = (both - digamma(alpha), both - digamma(beta));
        let mut sums = [0.0; 3];
        let mut add = |n: u64, value: f64, left: f64, survived: f64| {
            let seen = digamma(alpha + beta + left + survived);
            let slopes = [by_alpha + digamma(alpha + left) - seen, by_beta + digamma(beta + survived) - seen];
            for (sum, part) in sums.iter_mut().zip([value, slopes[0], slopes[1]]) {
                *sum += n as f64 * part;
            }
        };
        for (t, n) in cohorts.left() {
            let before = f64::from(t) - 1.0;
            // P(T = t) = S(t - 1) alpha / (alpha + beta + t - 1).
            let leaves = (alpha / (alpha + beta + before)).ln();
            add(n, self.ln_survivor(before) + leaves, 1.0, before);
        }
        for (t, n) in cohorts.stayed() {
            add(n, self.ln_survivor(f64::from(t)), 0.0, f64::from(t));
        }
        (sums[0], [sums[1], sums[2]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_the_slopes_of_the_likelihood() {
        let cohorts = Cohorts::from_survivors(&[vec![1000, 631, 468, 382], vec![50, 20]]).unwrap();
        let value = |alpha, beta| ShiftedBetaGeometric { alpha, beta }.likelihood(&cohorts);
        let slopes = value(0.7, 1.3).1;
        let by_alpha = (value(0.7 + 1e-6, 1.3).0 - value(0.7 - 1e-6, 1.3).0) / 2e-6;
        let by_beta = (value(0.7, 1.3 + 1e-6).0 - value(0.7, 1.3 - 1e-6).0) / 2e-6;
        assert!((slopes[0] - by_alpha).abs() < 1e-4 && (slopes[1] - by_beta).abs() < 1e-4);
    }

    #[test]
    fn residual_lifetime_without_discount() {
        // E[(1 - θ) / θ] for θ ~ beta(alpha, beta + n).
        let model = ShiftedBetaGeometric { alpha: 2.5, beta: 3.0 };
        let want = (3.0 + 4.0) / 1.5;
        assert!((model.expected_renewals(4).unwrap() - want).abs() < 1e-6);
        assert!(ShiftedBetaGeometric { alpha: 1.0, ..model }.expected_renewals(4).is_err());
    }
}
