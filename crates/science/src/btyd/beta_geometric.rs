//! The formulas both beta-geometric/NBD models share.
//!
//! k = chances to leave so far. The likelihood of either paper is that of a customer who stayed, times one plus the
//! odds of having left after the last purchase; so one logarithm of odds carries P(alive), the likelihood and their
//! slopes, and nothing is exponentiated before the sum.
//!
//! Given that a customer is alive, the purchase rate is gamma(R, A) with R = r + x, A = alpha + T, and the leaving
//! probability p is beta(a, B) with B = b + k. Purchases then come at the expected rate R/A · E[(1 + p s/A)^-(R+1)] at
//! time s ahead; the published closed form divides by a - 1 and cancels near a = 1, this does not.

use super::attrition::with_leaving;
use super::engine::{Engine, Leaving};
use super::living::Living;
use super::{bg_likelihood, nbd};
use crate::special::{GAUSS_LEGENDRE, beta_laplace, ln_beta, ln_gamma};
use crate::summary::Summary;

/// A beta-geometric/NBD model with (r, alpha, a, b).
pub trait BetaGeometric: Copy + Send + Sync {
    /// Chances to leave at the first purchase: 0 or 1.
    const CHANCE_AT_FIRST: f64;

    /// (r, alpha, a, b).
    fn shapes(&self) -> [f64; 4];

    /// Chances to leave after x repeat purchases.
    fn chances(x: u32) -> f64 {
        f64::from(x) + Self::CHANCE_AT_FIRST
    }
}

impl<M: BetaGeometric> Engine for M {
    type Living = Stayer;

    const TIMES: [bool; 4] = [false, true, false, false];

    fn living(&self, x: u32, t: f64) -> Stayer {
        let [r, alpha, a, b] = self.shapes();
        Stayer {
            shape: r + f64::from(x),
            rate: alpha + t,
            a,
            b: b + M::chances(x),
            excess: a + (b - r) + M::CHANCE_AT_FIRST - 1.0,
        }
    }

    fn leaving(&self, x: u32, t_x: f64, t: f64) -> Option<Leaving> {
        let [r, alpha, a, b] = self.shapes();
        let k = M::chances(x);
        (k > 0.0).then(|| {
            let (n, silent) = (f64::from(x), (t - t_x).max(0.0));
            let silence = (silent / (alpha + t_x)).ln_1p();
            let by_alpha = (r + n) * alpha / (alpha + t) * (silent / (alpha + t_x));
            Leaving {
                log_odds: (a / (b + k - 1.0)).ln() + (r + n) * silence,
                slopes: [r * silence, -by_alpha, 1.0, -b / (b + k - 1.0)],
            }
        })
    }

    fn likelihood(&self, summary: &Summary) -> (f64, [f64; 4]) {
        bg_likelihood::log_likelihood(self, summary)
    }

    fn history_likelihood(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let [r, alpha, a, b] = self.shapes();
        let (n, k) = (f64::from(x), M::chances(x));
        let shared = ln_gamma(r + n) - ln_gamma(r) + r * alpha.ln() + ln_beta(a, b + k) - ln_beta(a, b);
        let stayed = shared - (r + n) * (alpha + t).ln();
        with_leaving(stayed, self.leaving(x, t_x, t).map(|leaving| leaving.log_odds))
    }

    fn count_probability(&self, n: u32, t: f64) -> f64 {
        let [r, alpha, a, b] = self.shapes();
        let k = M::chances(n);
        let purchases = |j: u32| nbd::pmf(r, alpha, j, t);
        let survived = (ln_beta(a, b + k) - ln_beta(a, b)).exp() * purchases(n);
        if k == 0.0 {
            return survived;
        }
        let fewer: f64 = (0..n).map(purchases).sum();
        survived + (ln_beta(a + 1.0, b + k - 1.0) - ln_beta(a, b)).exp() * (1.0 - fewer).max(0.0)
    }

    fn starts(orders_each: f64) -> [[f64; 4]; 2] {
        [[0.0; 4], [0.5, (0.5 / orders_each).clamp(1e-3, 1e3), 0.5, 1.5].map(f64::ln)]
    }
}

/// A living customer of a beta-geometric model.
#[derive(Debug, Clone, Copy)]
pub struct Stayer {
    shape: f64,
    rate: f64,
    a: f64,
    b: f64,
    /// a + B - (R + 1), computed where x and k cancel exactly.
    excess: f64,
}

/// Discounted beyond this many e-folds, nothing is left that a double would notice.
const E_FOLDS: f64 = 46.0;

impl Living for Stayer {
    fn scale(&self) -> f64 {
        self.rate
    }

    /// E[λ e^(-λ p s)].
    fn intensity(&self, s: f64) -> f64 {
        self.shape / self.rate * beta_laplace(self.shape + 1.0, self.a, self.b, self.excess, s / self.rate)
    }

    /// E[λ² (1 - p) e^(-λ p s)].
    fn pair_intensity(&self, s: f64) -> f64 {
        let survives = self.b / (self.a + self.b);
        let squared_rate = self.shape / self.rate * ((self.shape + 1.0) / self.rate);
        let w = s / self.rate;
        squared_rate * survives * beta_laplace(self.shape + 2.0, self.a, self.b + 1.0, self.excess, w)
    }

    /// Nobody leaves without a purchase: (A / (A + horizon))^R.
    fn silence(&self, horizon: f64) -> f64 {
        (-self.shape * (horizon / self.rate).ln_1p()).exp()
    }

    /// Without discount E[1/p], each living customer's mean number of purchases; with it panels of one e-fold each.
    fn forever(&self, discount: f64) -> Option<f64> {
        if discount == 0.0 {
            return (self.a > 1.0).then(|| (self.a + self.b - 1.0) / (self.a - 1.0));
        }
        let last = (E_FOLDS / (discount * self.rate)).ln_1p();
        let panels = last.ceil().clamp(1.0, 1024.0);
        let width = last / panels;
        let at = |u: f64| {
            let s = self.rate * u.exp_m1();
            (self.rate + s) * (-discount * s).exp() * self.intensity(s)
        };
        let panel = |k: u32| -> f64 {
            GAUSS_LEGENDRE.iter().map(|(node, weight)| weight * at(width * (f64::from(k) + node))).sum()
        };
        Some(width * (0..panels as u32).map(panel).sum::<f64>())
    }
}
