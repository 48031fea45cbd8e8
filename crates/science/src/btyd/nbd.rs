//! NBD: Ehrenberg, "The pattern of consumer purchases", Applied Statistics 8 (1959).
//!
//! Customers buy at gamma(r, alpha) rates and never leave: what the other models come to when dropout is nil, and so
//! the reference of likelihood-ratio tests against them.

use super::engine::checked;
use crate::fit::{Fit, NotEnoughData, chunked_sum, maximise};
use crate::special::{digamma, ln_gamma};
use crate::summary::{Row, Summary};
use serde::{Deserialize, Serialize};

/// The negative binomial model of repeat buying; times in weeks.
///
/// ```
/// use science::btyd::Nbd;
/// let model = Nbd { r: 0.385, alpha: 12.07 };
/// assert!((model.expected_transactions(52.0, 2, 38.86) - 52.0 * 2.385 / 50.93).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Nbd {
    /// Shape of the purchase rates over customers.
    pub r: f64,
    /// Rate parameter of the purchase rates, in weeks.
    pub alpha: f64,
}

impl Nbd {
    /// Maximum likelihood from two deterministic starts.
    ///
    /// # Errors
    /// [`NotEnoughData`] as for the models with dropout.
    pub fn fit(summary: &Summary) -> Result<Fit<Self>, NotEnoughData> {
        let means = checked(summary)?;
        let natural = |log: &[f64; 2]| [log[0].exp(), log[1].exp() * means.weeks];
        let objective = |log: &[f64; 2]| {
            let [r, alpha] = natural(log);
            let (value, slopes) = Self { r, alpha }.likelihood(summary);
            (value, [slopes[0] * r, slopes[1] * alpha])
        };
        let starts = [[0.0; 2], [0.5, (0.5 / means.orders).clamp(1e-3, 1e3)].map(f64::ln)];
        let found = maximise(objective, &starts, summary.customers());
        let [r, alpha] = natural(&found.at);
        Ok(found.fit(Self { r, alpha }, &[r, alpha], summary.size()))
    }

    /// The log-likelihood of the purchase times of all customers.
    pub fn log_likelihood(&self, summary: &Summary) -> f64 {
        self.likelihood(summary).0
    }

    fn likelihood(&self, summary: &Summary) -> (f64, [f64; 2]) {
        let Self { r, alpha } = *self;
        let (ln_gamma_r, digamma_r) = (ln_gamma(r), digamma(r));
        let of_row = |row: &Row| {
            let (n, t, weight) = (f64::from(row.x), summary.weeks(row.t), row.weight as f64);
            let (shape, observed) = (r + n, (t / alpha).ln_1p());
            [
                weight * (ln_gamma(shape) - ln_gamma_r - n * alpha.ln() - shape * observed),
                weight * (digamma(shape) - digamma_r - observed),
                weight * (r / alpha - shape / (alpha + t)),
            ]
        };
        let [value, by_r, by_alpha] = chunked_sum(summary.rows(), |rows: &[Row]| {
            rows.iter().map(of_row).fold([0.0; 3], |a, b| std::array::from_fn(|i| a[i] + b[i]))
        });
        (value, [by_r, by_alpha])
    }

    /// Expected orders in the next `horizon` weeks of a customer with x repeat orders in t weeks.
    pub fn expected_transactions(&self, horizon: f64, x: u32, t: f64) -> f64 {
        horizon * (self.r + f64::from(x)) / (self.alpha + t)
    }

    /// Expected repeat orders of a new customer in `t` weeks.
    pub fn expected_transactions_new_customer(&self, t: f64) -> f64 {
        self.expected_transactions(t, 0, 0.0)
    }

    /// P(X(t) = n) of a new customer.
    pub fn probability_of_n(&self, n: u32, t: f64) -> f64 {
        pmf(self.r, self.alpha, n, t)
    }

    /// The probability of no order in the next `horizon` weeks.
    pub fn p_zero_purchases(&self, horizon: f64, x: u32, t: f64) -> f64 {
        (-(self.r + f64::from(x)) * (horizon / (self.alpha + t)).ln_1p()).exp()
    }
}

/// The negative binomial probability of n repeat purchases in t weeks.
pub(super) fn pmf(r: f64, alpha: f64, n: u32, t: f64) -> f64 {
    if t <= 0.0 {
        return f64::from(u8::from(n == 0));
    }
    let count = f64::from(n);
    let ln_ways = ln_gamma(r + count) - ln_gamma(r) - ln_gamma(count + 1.0);
    (ln_ways - r * (t / alpha).ln_1p() - count * (alpha / t).ln_1p()).exp()
}
