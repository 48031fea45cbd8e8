//! BdW: Fader, Hardie, Liu, Davin & Steenburgh, "How to project customer retention revisited: the role of duration
//! dependence", Journal of Interactive Marketing 43 (2018).

use super::{Cohorts, Retention};
use crate::fit::{Fit, NotEnoughData, maximise};
use crate::special::{digamma, ln_gamma_ratio};
use serde::{Deserialize, Serialize};

/// The beta-discrete-Weibull model: like [`super::ShiftedBetaGeometric`], which it is for c = 1, but each customer
/// becomes more likely to leave with age when c > 1 and less likely when c < 1.
///
/// ```
/// use science::contractual::{BetaDiscreteWeibull, Cohorts, Retention};
/// let cohorts = Cohorts::from_survivors(&[[1000, 869, 743, 653, 593, 551, 517, 491]]).unwrap();
/// let fit = BetaDiscreteWeibull::fit(&cohorts).unwrap();
/// // Twelve years on 394 were left; the model saw seven.
/// assert!((fit.model.survivor(12) - 0.404).abs() < 1e-3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BetaDiscreteWeibull {
    /// First shape of the leaving probabilities.
    pub gamma: f64,
    /// Second shape of the leaving probabilities.
    pub delta: f64,
    /// Duration dependence.
    pub c: f64,
}

impl Retention for BetaDiscreteWeibull {
    fn parameters(&self) -> Vec<f64> {
        vec![self.gamma, self.delta, self.c]
    }

    fn with_parameters(&self, parameters: &[f64]) -> Self {
        Self { gamma: parameters[0], delta: parameters[1], c: parameters[2] }
    }

    /// ln(B(gamma, delta + t^c) / B(gamma, delta)).
    fn ln_survivor(&self, t: f64) -> f64 {
        let aged = self.delta + t.powf(self.c);
        (ln_gamma_ratio(self.delta, self.gamma) - ln_gamma_ratio(aged, self.gamma)).min(0.0)
    }

    fn tail(&self) -> f64 {
        self.gamma * self.c
    }
}

impl BetaDiscreteWeibull {
    /// Maximum likelihood from two deterministic starts.
    ///
    /// # Errors
    /// [`NotEnoughData`] below 50 customers, or when fewer than 20 left.
    pub fn fit(cohorts: &Cohorts) -> Result<Fit<Self>, NotEnoughData> {
        super::cohorts_suffice(cohorts)?;
        let objective = |log: &[f64; 3]| {
            let natural = log.map(f64::exp);
            let [gamma, delta, c] = natural;
            let (value, slopes) = Self { gamma, delta, c }.likelihood(cohorts);
            (value, std::array::from_fn(|i| slopes[i] * natural[i]))
        };
        let found = maximise(objective, &[[0.0; 3], [0.5, 1.0, 1.5].map(f64::ln)], cohorts.customers());
        let natural = found.at.map(f64::exp);
        let [gamma, delta, c] = natural;
        Ok(found.fit(Self { gamma, delta, c }, &natural, cohorts.size()))
    }

    /// The log-likelihood of the cohorts.
    pub fn log_likelihood(&self, cohorts: &Cohorts) -> f64 {
        self.likelihood(cohorts).0
    }

    fn likelihood(&self, cohorts: &Cohorts) -> (f64, [f64; 3]) {
        let mut sums = [0.0; 4];
        let mut add = |n: u64, value: f64, slopes: [f64; 3]| {
            for (sum, part) in sums.iter_mut().zip([value, slopes[0], slopes[1], slopes[2]]) {
                *sum += n as f64 * part;
            }
        };
        for (t, n) in cohorts.left() {
            let (before, after) = (f64::from(t) - 1.0, f64::from(t));
            let (ln_before, ln_after) = (self.ln_survivor(before), self.ln_survivor(after));
            // ln(S(t - 1) - S(t)) and its slopes, relative to S(t - 1).
            let kept = (ln_after - ln_before).exp();
            let lost = (-(ln_after - ln_before).exp_m1()).max(f64::MIN_POSITIVE);
            let (slopes_before, slopes_after) = (self.survivor_slopes(before), self.survivor_slopes(after));
            let slopes = std::array::from_fn(|i| (slopes_before[i] - kept * slopes_after[i]) / lost);
            add(n, ln_before + lost.ln(), slopes);
        }
        for (t, n) in cohorts.stayed() {
            add(n, self.ln_survivor(f64::from(t)), self.survivor_slopes(f64::from(t)));
        }
        (sums[0], [sums[1], sums[2], sums[3]])
    }

    /// d ln S(t) in (gamma, delta, c).
    fn survivor_slopes(&self, t: f64) -> [f64; 3] {
        if t == 0.0 {
            return [0.0; 3];
        }
        let Self { gamma, delta, c } = *self;
        let power = t.powf(c);
        let (both, aged) = (digamma(gamma + delta), digamma(gamma + delta + power));
        let by_power = digamma(delta + power) - aged;
        [both - aged, by_power - digamma(delta) + both, by_power * power * t.ln()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contractual::ShiftedBetaGeometric;

    #[test]
    fn gradients_are_the_slopes_of_the_likelihood() {
        let cohorts = Cohorts::from_survivors(&[vec![1000, 631, 468, 382], vec![50, 20]]).unwrap();
        let at = [0.5, 0.8, 1.3];
        let value =
            |[gamma, delta, c]: [f64; 3]| BetaDiscreteWeibull { gamma, delta, c }.likelihood(&cohorts);
        for i in 0..3 {
            let moved = |step: f64| {
                let mut parameters = at;
                parameters[i] += step;
                value(parameters).0
            };
            assert!((value(at).1[i] - (moved(1e-6) - moved(-1e-6)) / 2e-6).abs() < 1e-4, "{i}");
        }
    }

    #[test]
    fn without_duration_dependence_it_is_the_shifted_beta_geometric() {
        let (weibull, plain) = (
            BetaDiscreteWeibull { gamma: 0.7, delta: 1.2, c: 1.0 },
            ShiftedBetaGeometric { alpha: 0.7, beta: 1.2 },
        );
        for t in [1, 5, 100, 1_000_000_000] {
            assert!((weibull.survivor(t) - plain.survivor(t)).abs() < 1e-12);
            assert!((weibull.retention_rate(t) - plain.retention_rate(t)).abs() < 1e-12);
        }
        let (a, b) = (weibull.derl(0.1, 7).unwrap(), plain.derl(0.1, 7).unwrap());
        assert!((a - b).abs() < 1e-9 * a);
    }
}
