//! The purchases to come of a customer known to be alive.
//!
//! Given that a customer is alive, the purchase rate is gamma(R, A) with R = r + x, A = alpha + T, and the leaving
//! probability p is beta(a, B) with B = b + k. Purchases then come at the expected rate R/A · E[(1 + p s/A)^-(R+1)] at
//! time s ahead. Integrating this rate (Gauss-Legendre in ln(1 + s/A)) gives expected and discounted orders; the
//! published closed form divides by a - 1 and cancels near a = 1, this does not.

use super::LatentAttrition;
use crate::special::{GAUSS_LEGENDRE, beta_laplace};

/// The stream of purchases of a living customer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    shape: f64,
    rate: f64,
    a: f64,
    b: f64,
    /// a + B - (R + 1), computed where x and k cancel exactly.
    excess: f64,
}

/// How far to look: orders within `orders` weeks, value within `value` weeks discounted continuously per week.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Horizons {
    pub orders: f64,
    pub discount: f64,
    /// At least `orders`.
    pub value: f64,
}

/// Moments of the orders to come of a living customer. With weights w_i = e^(-discount s_i):
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    /// E[N], undiscounted, within the orders' horizon.
    pub orders: f64,
    /// E[N (N - 1)], likewise.
    pub pairs: f64,
    /// E[Σ w_i] within the value's horizon.
    pub discounted: f64,
    /// E[Σ w_i²], likewise.
    pub discounted_squares: f64,
    /// E[Σ w_i w_j, i ≠ j], likewise.
    pub discounted_pairs: f64,
}

impl Flow {
    pub(crate) fn of_living<M: LatentAttrition>(model: &M, x: u32, t: f64) -> Self {
        let [r, alpha, a, b] = model.parameters();
        Self {
            shape: r + f64::from(x),
            rate: alpha + t,
            a,
            b: b + M::chances(x),
            excess: a + (b - r) + M::CHANCE_AT_FIRST - 1.0,
        }
    }

    /// The probability of no purchase within `horizon`.
    pub(crate) fn silence(&self, horizon: f64) -> f64 {
        (-self.shape * (horizon / self.rate).ln_1p()).exp()
    }

    /// Expected purchases within `horizon`, discounted to now.
    pub(crate) fn expected(&self, discount: f64, horizon: f64) -> f64 {
        let [sum] = self.integrate(0.0, horizon, |s| [(-discount * s).exp() * self.intensity(s)]);
        sum
    }

    /// Expected orders, and discounted orders.
    pub(crate) fn means(&self, to: &Horizons) -> [f64; 2] {
        let at = |s: f64| {
            let intensity = self.intensity(s);
            [intensity, intensity * (-to.discount * s).exp()]
        };
        let near = self.integrate(0.0, to.orders, at);
        let far = self.integrate(to.orders, to.value, at);
        [near[0], near[1] + far[1]]
    }

    /// All moments for a forecast with its spread.
    pub(crate) fn moments(&self, to: &Horizons) -> Moments {
        let at = |s: f64| {
            let (intensity, pair) = (self.intensity(s), 2.0 * self.pair_intensity(s));
            let weight = (-to.discount * s).exp();
            let earlier = earlier_weight(to.discount, s);
            [intensity, pair * s, intensity * weight, intensity * weight * weight, pair * weight * earlier]
        };
        let near = self.integrate(0.0, to.orders, at);
        let far = self.integrate(to.orders, to.value, at);
        Moments {
            orders: near[0],
            pairs: near[1],
            discounted: near[2] + far[2],
            discounted_squares: near[3] + far[3],
            discounted_pairs: near[4] + far[4],
        }
    }

    /// Integrates over [from, to] in u = ln(1 + s/A), where the intensity is smooth for any A.
    fn integrate<const N: usize>(&self, from: f64, to: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
        let [low, high] = [from, to].map(|s| (s.max(0.0) / self.rate).ln_1p());
        let width = (high - low).max(0.0);
        let mut sums = [0.0; N];
        if width > 0.0 {
            for (node, weight) in GAUSS_LEGENDRE.iter() {
                let s = self.rate * (low + width * node).exp_m1();
                for (sum, value) in sums.iter_mut().zip(f(s)) {
                    *sum += width * weight * (self.rate + s) * value;
                }
            }
        }
        sums
    }

    /// E[λ e^(-λ p s)]: purchases per week expected at s.
    fn intensity(&self, s: f64) -> f64 {
        self.shape / self.rate * beta_laplace(self.shape + 1.0, self.a, self.b, self.excess, s / self.rate)
    }

    /// E[λ² (1 - p) e^(-λ p s)]: the density of a purchase at s together with one at any given earlier time.
    fn pair_intensity(&self, s: f64) -> f64 {
        let survives = self.b / (self.a + self.b);
        let squared_rate = self.shape / self.rate * ((self.shape + 1.0) / self.rate);
        let w = s / self.rate;
        squared_rate * survives * beta_laplace(self.shape + 2.0, self.a, self.b + 1.0, self.excess, w)
    }
}

/// The discounted length of [0, s]: the weight of all purchases that may come before one at s.
fn earlier_weight(discount: f64, s: f64) -> f64 {
    if discount * s < 1e-12 { s } else { -(-discount * s).exp_m1() / discount }
}
