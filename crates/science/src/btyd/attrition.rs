//! The formulas both beta-geometric/NBD models share.
//!
//! k = chances to leave so far. The likelihood of either paper is that of a customer who stayed, times one plus the
//! odds of having left after the last purchase; so one logarithm of odds carries P(alive), the likelihood and their
//! slopes, and nothing is exponentiated before the sum.

use super::Flow;
use crate::fit::{Fit, NotEnoughData};
use crate::special::{ln_beta, ln_gamma, logistic, softplus_and_slope};
use crate::summary::Summary;

/// A beta-geometric/NBD model. All times are in weeks.
pub trait LatentAttrition: Copy + Send + Sync {
    /// Chances to leave at the first purchase: 0 or 1.
    const CHANCE_AT_FIRST: f64;

    /// The model with (r, alpha, a, b).
    fn from_parameters(parameters: [f64; 4]) -> Self;

    /// (r, alpha, a, b).
    fn parameters(&self) -> [f64; 4];

    /// Maximum likelihood from two deterministic starts.
    ///
    /// # Errors
    /// [`NotEnoughData`] below 50 customers or 20 repeat buyers, or when nothing was observed after the first day.
    fn fit(summary: &Summary) -> Result<Fit<Self>, NotEnoughData> {
        super::estimate::fit(summary)
    }

    /// The log-likelihood of all customers.
    fn log_likelihood(&self, summary: &Summary) -> f64 {
        super::estimate::log_likelihood(self, summary).0
    }

    /// Chances to leave after x repeat purchases.
    fn chances(x: u32) -> f64 {
        f64::from(x) + Self::CHANCE_AT_FIRST
    }

    /// The probability that a customer with x repeat purchases, the last at t_x, observed until t, has not left.
    fn p_alive(&self, x: u32, t_x: f64, t: f64) -> f64 {
        self.leaving_log_odds(x, t_x, t).map_or(1.0, |g| logistic(-g))
    }

    /// ln(P(left) / P(alive)); `None` without a chance to leave.
    fn leaving_log_odds(&self, x: u32, t_x: f64, t: f64) -> Option<f64> {
        let [r, alpha, a, b] = self.parameters();
        let k = Self::chances(x);
        (k > 0.0).then(|| {
            let silence = ((t - t_x).max(0.0) / (alpha + t_x)).ln_1p();
            (a / (b + k - 1.0)).ln() + (r + f64::from(x)) * silence
        })
    }

    /// Expected orders in the next `horizon` weeks of a customer with this history.
    fn expected_transactions(&self, horizon: f64, x: u32, t_x: f64, t: f64) -> f64 {
        self.residual_transactions(0.0, horizon, x, t_x, t)
    }

    /// Expected repeat orders of a new customer in the `t` weeks after the first order.
    fn expected_transactions_new(&self, t: f64) -> f64 {
        self.expected_transactions(t, 0, 0.0, 0.0)
    }

    /// Expected orders in the next `horizon` weeks, each discounted continuously at `discount` per week.
    fn residual_transactions(&self, discount: f64, horizon: f64, x: u32, t_x: f64, t: f64) -> f64 {
        self.p_alive(x, t_x, t) * Flow::of_living(self, x, t).expected(discount, horizon)
    }

    /// P(X(t) = n): the probability that a new customer makes n repeat orders in the first `t` weeks.
    fn probability_of_count(&self, n: u32, t: f64) -> f64 {
        let [_, _, a, b] = self.parameters();
        let k = Self::chances(n);
        let survived = (ln_beta(a, b + k) - ln_beta(a, b)).exp() * self.purchase_pmf(n, t);
        if k == 0.0 {
            return survived;
        }
        let fewer: f64 = (0..n).map(|j| self.purchase_pmf(j, t)).sum();
        survived + (ln_beta(a + 1.0, b + k - 1.0) - ln_beta(a, b)).exp() * (1.0 - fewer).max(0.0)
    }

    /// The negative binomial probability of n repeat purchases in t weeks, were nobody to leave.
    fn purchase_pmf(&self, n: u32, t: f64) -> f64 {
        let [r, alpha, ..] = self.parameters();
        let count = f64::from(n);
        if t <= 0.0 {
            return f64::from(u8::from(n == 0));
        }
        let ln_ways = ln_gamma(r + count) - ln_gamma(r) - ln_gamma(count + 1.0);
        (ln_ways - r * (t / alpha).ln_1p() - count * (alpha / t).ln_1p()).exp()
    }

    /// The log-likelihood of one customer; see [`Self::log_likelihood`].
    fn customer_log_likelihood(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let [r, alpha, a, b] = self.parameters();
        let (n, k) = (f64::from(x), Self::chances(x));
        let shared = ln_gamma(r + n) - ln_gamma(r) + r * alpha.ln() + ln_beta(a, b + k) - ln_beta(a, b);
        let left = self.leaving_log_odds(x, t_x, t).map_or(0.0, |odds| softplus_and_slope(odds).0);
        shared - (r + n) * (alpha + t).ln() + left
    }
}
