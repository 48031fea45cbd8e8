//! Pareto/NBD: Schmittlein, Morrison & Colombo, "Counting your customers: who are they and what will they do next?",
//! Management Science 33 (1987); expressions as in Fader & Hardie, note 009 (2005).

use super::LatentAttrition;
use super::attrition::with_leaving;
use super::engine::{Engine, Leaving};
use super::living::Living;
use super::{nbd, pareto_integral, pareto_likelihood};
use crate::special::{GAUSS_LEGENDRE, ln_gamma, ln_tricomi};
use crate::summary::Summary;
use serde::{Deserialize, Serialize};

/// The Pareto/NBD model; times in weeks. A customer may leave at any moment, bought or not.
///
/// ```
/// use science::btyd::{LatentAttrition, ParetoNbd};
/// // The published fit of the CDNOW sample.
/// let model = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
/// assert!((model.expected_transactions_new_customer(52.0) - 1.473).abs() < 1e-3);
/// assert!(model.p_alive(26, 30.86, 31.0) > 0.997);
/// // Value for ever needs a discount rate while s <= 1.
/// assert!(model.dert(0.0027, 2, 30.43, 38.86).is_ok() && model.dert(0.0, 2, 30.43, 38.86).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ParetoNbd {
    /// Shape of the purchase rates over customers.
    pub r: f64,
    /// Rate parameter of the purchase rates, in weeks.
    pub alpha: f64,
    /// Shape of the leaving rates over customers.
    pub s: f64,
    /// Rate parameter of the leaving rates, in weeks.
    pub beta: f64,
}

impl LatentAttrition for ParetoNbd {
    fn from_parameters([r, alpha, s, beta]: [f64; 4]) -> Self {
        Self { r, alpha, s, beta }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }
}

impl Engine for ParetoNbd {
    type Living = Customer;

    const TIMES: [bool; 4] = [false, true, false, true];

    fn living(&self, x: u32, t: f64) -> Customer {
        Customer { shape: self.r + f64::from(x), rate: self.alpha + t, s: self.s, beta: self.beta + t }
    }

    fn leaving(&self, x: u32, t_x: f64, t: f64) -> Option<Leaving> {
        let odds = pareto_integral::left_odds(self, x, t_x, t)?;
        let parameters = self.parameters();
        let slopes = std::array::from_fn(|i| odds.slopes[i] * parameters[i]);
        Some(Leaving { log_odds: odds.log_odds, slopes })
    }

    fn likelihood(&self, summary: &Summary) -> (f64, [f64; 4]) {
        pareto_likelihood::log_likelihood(self, summary)
    }

    fn history_likelihood(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let n = f64::from(x);
        let stayed = ln_gamma(r + n)
            - ln_gamma(r)
            - n * alpha.ln()
            - (r + n) * (t / alpha).ln_1p()
            - s * (t / beta).ln_1p();
        with_leaving(stayed, pareto_integral::left_odds(self, x, t_x, t).map(|odds| odds.log_odds))
    }

    /// Those who stayed, and those who left at some τ after n purchases (Fader & Hardie, note 012).
    fn count_probability(&self, n: u32, t: f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let stayed = nbd::pmf(r, alpha, n, t) * (-s * (t / beta).ln_1p()).exp();
        let scale = alpha.min(beta);
        let density = |u: f64| {
            let tau = scale * u.exp_m1();
            (scale + tau) * nbd::pmf(r, alpha, n, tau) * s / beta * (-(s + 1.0) * (tau / beta).ln_1p()).exp()
        };
        stayed + panels((t.max(0.0) / scale).ln_1p(), 0.0, density)
    }

    fn starts(orders_each: f64) -> [[f64; 4]; 2] {
        [[0.0; 4], [0.5, (0.5 / orders_each).clamp(1e-3, 1e3), 0.5, 0.5].map(f64::ln)]
    }
}

/// Integrates over [0, to] in panels of at most half a unit (a bump in n is about one wide), within which what falls by
/// `decay` e-folds a unit falls by at most eight.
fn panels(to: f64, decay: f64, f: impl Fn(f64) -> f64) -> f64 {
    let count = (to * (decay / 8.0).max(2.0)).ceil().clamp(1.0, 256.0);
    let width = to / count;
    let panel = |k: u32| -> f64 {
        GAUSS_LEGENDRE.iter().map(|(node, weight)| weight * f(width * (f64::from(k) + node))).sum()
    };
    width * (0..count as u32).map(panel).sum::<f64>()
}

/// Where an integrand has fallen below what a double notices.
const E_FOLDS: f64 = 46.0;

/// A living customer: given that they are, purchase rate λ and leaving rate μ are independent gamma(R, A) and
/// gamma(s, B) with R = r + x, A = alpha + T, B = beta + T.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    shape: f64,
    rate: f64,
    s: f64,
    beta: f64,
}

impl Customer {
    /// P(alive at s ahead) = (B / (B + s))^s.
    fn survival(&self, ahead: f64) -> f64 {
        (-self.s * (ahead / self.beta).ln_1p()).exp()
    }
}

impl Living for Customer {
    fn scale(&self) -> f64 {
        self.beta
    }

    fn intensity(&self, s: f64) -> f64 {
        self.shape / self.rate * self.survival(s)
    }

    fn pair_intensity(&self, s: f64) -> f64 {
        self.shape / self.rate * ((self.shape + 1.0) / self.rate) * self.survival(s)
    }

    /// Alive and silent to the end, or gone at u and silent until then.
    fn silence(&self, horizon: f64) -> f64 {
        let quiet = |u: f64| (-self.shape * (u / self.rate).ln_1p()).exp();
        let scale = self.rate.min(self.beta);
        let gone = |v: f64| {
            let u = scale * v.exp_m1();
            (scale + u) * self.s / (self.beta + u) * self.survival(u) * quiet(u)
        };
        let horizon = horizon.max(0.0);
        let decay = scale * (self.shape / self.rate + (self.s + 1.0) / self.beta) - 1.0;
        let whole = (horizon / scale).ln_1p();
        let reach = if decay > 0.0 { whole.min(E_FOLDS / decay) } else { whole };
        let left = panels(reach, decay, gone);
        (self.survival(horizon) * quiet(horizon) + left).min(1.0)
    }

    /// Undiscounted R/A ∫ (B / (B + u))^s du has a closed form, also where s passes 1.
    fn expected(&self, discount: f64, horizon: f64) -> f64 {
        let folds = (horizon.max(0.0) / self.beta).ln_1p();
        let power = (1.0 - self.s) * folds;
        if discount != 0.0 {
            let [sum] = self.integrate(0.0, horizon, |s| [(-discount * s).exp() * self.intensity(s)]);
            return sum;
        }
        let slope = if power.abs() < 1e-9 { 1.0 + power / 2.0 } else { power.exp_m1() / power };
        self.shape / self.rate * self.beta * folds * slope
    }

    /// R/A · B U(1, 2 - s, discount B), Tricomi's function; R/A · B / (s - 1) without discount.
    fn forever(&self, discount: f64) -> Option<f64> {
        let rate = self.shape / self.rate;
        if discount == 0.0 {
            return (self.s > 1.0).then(|| rate * self.beta / (self.s - 1.0));
        }
        Some(rate * (self.beta.ln() + ln_tricomi(self.s, discount * self.beta)).exp())
    }
}
