//! A test that may be looked at whenever one likes: the mixture sequential probability ratio test (mSPRT).
//!
//! Robbins 1970 ("Statistical methods related to the law of the iterated logarithm"); for experiments with two sides Johari,
//! Koomen, Pekelis & Walsh 2022 ("Always valid inference", Operations Research 70). With the estimate d, its variance V
//! and effects spread as N(0, τ²) the likelihood ratio is Λ = √(V/(V+τ²)) exp(d²τ² / 2V(V+τ²)). The always valid p-value is
//! the smallest 1/Λ so far, and the confidence sequence is d ± √(V(V+τ²)/τ² (ln((V+τ²)/V) + 2 ln(1/α))), intersected over
//! the looks. Both hold at all looks together for large samples; V is estimated, so each side first collects
//! [`SequentialTest::BURN_IN`] customers (and, for a share, as many successes and failures as make its variance known).

use super::{Evidence, ExperimentError};
use serde::{Deserialize, Serialize};

/// What one side has brought so far.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Arm {
    /// Customers.
    pub n: u64,
    /// Sum of their values.
    pub sum: f64,
    /// Sum of the squares.
    pub squares: f64,
}

impl Arm {
    /// Adds one customer's value: 0 or 1 for a share, an amount for revenue.
    pub fn add(&mut self, value: f64) {
        self.n += 1;
        self.sum += value;
        self.squares += value * value;
    }

    /// A side of a share: `successes` of `n`.
    pub fn of_rate(successes: u64, n: u64) -> Self {
        Self { n, sum: successes as f64, squares: successes as f64 }
    }

    fn mean(&self) -> f64 {
        self.sum / self.n as f64
    }

    /// Variance of the mean.
    fn variance_of_mean(&self) -> f64 {
        let n = self.n as f64;
        (self.squares / n - self.mean().powi(2)).max(0.0) / (n - 1.0)
    }
}

/// The test between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SequentialTest {
    alpha: f64,
    tau: f64,
    p_value: f64,
    low: f64,
    high: f64,
    looks: u64,
    /// What the first look that crossed said.
    #[serde(default)]
    decided: Option<Evidence>,
}

/// What can be said at a look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Treated less control; 0 before anyone came.
    pub value: f64,
    /// Lower end of the confidence sequence, `None` while nothing is excluded.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Always valid p-value: never rises.
    pub p_value: f64,
    /// Whether the test may stop, and with what: once it could, that stays, whatever later looks bring.
    pub evidence: Evidence,
    /// Customers on both sides.
    pub n: u64,
    /// Looks so far, this one included.
    pub looks: u64,
}

impl SequentialTest {
    /// Customers each side needs before a look counts.
    pub const BURN_IN: u64 = 50;
    /// Successes and failures a side needs in the sense of an effective number: (Σv)² / Σv² of the rarer outcome.
    const EFFECTIVE: f64 = 10.0;

    /// A test at level `alpha`, most sensitive to effects about as large as `tau` (in units of the values): the smallest
    /// effect worth knowing. The promise holds for any `tau`; it has to be chosen before the first look.
    ///
    /// # Errors
    /// [`ExperimentError::Setting`] unless 0 < alpha < 1 and tau is positive.
    ///
    /// ```
    /// use science::experiment::{Arm, SequentialTest};
    /// let mut test = SequentialTest::new(0.05, 0.02).unwrap();
    /// assert!(test.look(Arm::of_rate(52, 500), Arm::of_rate(50, 500)).p_value > 0.05);
    /// assert!(test.look(Arm::of_rate(900, 5_000), Arm::of_rate(500, 5_000)).p_value < 0.05);
    /// ```
    pub fn new(alpha: f64, tau: f64) -> Result<Self, ExperimentError> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(ExperimentError::Setting { name: "The level alpha", need: "between 0 and 1" });
        }
        if !(tau > 0.0 && tau.is_finite()) {
            return Err(ExperimentError::Setting { name: "The effect tau", need: "a positive number" });
        }
        Ok(Self {
            alpha,
            tau,
            p_value: 1.0,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            looks: 0,
            decided: None,
        })
    }

    /// Looks at all that came so far; the counts only grow from look to look.
    pub fn look(&mut self, treated: Arm, control: Arm) -> Look {
        self.looks += 1;
        let value = if treated.n > 0 && control.n > 0 { treated.mean() - control.mean() } else { 0.0 };
        let variance = if ready(treated) && ready(control) {
            treated.variance_of_mean() + control.variance_of_mean()
        } else {
            0.0
        };
        if variance > 0.0 && value.is_finite() && variance.is_finite() {
            self.weigh(value, variance);
        }
        let now = Evidence::of(self.low, self.high);
        if now != Evidence::Unclear {
            self.decided.get_or_insert(now);
        }
        let finite = |end: f64| end.is_finite().then_some(end);
        Look {
            value: if value.is_finite() { value } else { 0.0 },
            low: finite(self.low),
            high: finite(self.high),
            p_value: self.p_value,
            evidence: self.decided.unwrap_or(now),
            n: treated.n.saturating_add(control.n),
            looks: self.looks,
        }
    }

    fn weigh(&mut self, value: f64, variance: f64) {
        let prior = self.tau * self.tau;
        let both = variance + prior;
        let ln_ratio = 0.5 * (variance / both).ln() + value * value * prior / (2.0 * variance * both);
        self.p_value = self.p_value.min((-ln_ratio).exp());
        let half = (variance * both / prior * ((both / variance).ln() - 2.0 * self.alpha.ln())).sqrt();
        let (low, high) = (self.low.max(value - half), self.high.min(value + half));
        // Looks that exclude each other mean the world changed; the last one then stands alone.
        (self.low, self.high) = if low <= high { (low, high) } else { (value - half, value + half) };
    }
}

/// Whether the variance of a side can be trusted.
fn ready(arm: Arm) -> bool {
    let n = arm.n as f64;
    let effective = if arm.squares > 0.0 { arm.sum * arm.sum / arm.squares } else { 0.0 };
    let binary = (arm.sum - arm.squares).abs() <= 1e-9 * arm.squares.abs();
    let rarer = if binary { effective.min(n - effective) } else { f64::INFINITY };
    arm.n >= SequentialTest::BURN_IN && rarer >= SequentialTest::EFFECTIVE
}
