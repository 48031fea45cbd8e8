//! The purchases to come of a customer known to be alive.
//!
//! Purchases come at the expected rate `intensity(s)` at time s ahead. Integrating it (Gauss-Legendre in
//! ln(1 + s/scale), where it is smooth for any parameters) gives expected and discounted orders.

use crate::special::GAUSS_LEGENDRE;

/// How far to look: orders within `orders` weeks, value within `value` weeks discounted continuously per week.
#[derive(Debug, Clone, Copy)]
pub struct Horizons {
    /// Weeks in which orders count.
    pub orders: f64,
    /// Per week.
    pub discount: f64,
    /// At least `orders`.
    pub value: f64,
}

/// Moments of the orders to come of a living customer, with weights w_i = e^(-discount s_i).
#[derive(Debug, Clone, Copy)]
pub struct Moments {
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

/// The stream of purchases of a living customer.
pub trait Living {
    /// The time on whose scale the intensity changes, in weeks.
    fn scale(&self) -> f64;

    /// Purchases per week expected at s.
    fn intensity(&self, s: f64) -> f64;

    /// The density of a purchase at s together with one at any given earlier time.
    fn pair_intensity(&self, s: f64) -> f64;

    /// The probability of no purchase within `horizon`.
    fn silence(&self, horizon: f64) -> f64;

    /// Expected purchases of all the future; `None` where they are infinite.
    fn forever(&self, discount: f64) -> Option<f64>;

    /// Expected purchases within `horizon`, discounted to now.
    fn expected(&self, discount: f64, horizon: f64) -> f64 {
        let [sum] = self.integrate(0.0, horizon, |s| [(-discount * s).exp() * self.intensity(s)]);
        sum
    }

    /// Expected orders, and discounted orders.
    fn means(&self, to: &Horizons) -> [f64; 2] {
        let at = |s: f64| {
            let intensity = self.intensity(s);
            [intensity, intensity * (-to.discount * s).exp()]
        };
        let near = self.integrate(0.0, to.orders, at);
        let far = self.integrate(to.orders, to.value, at);
        [near[0], near[1] + far[1]]
    }

    /// All moments for a forecast with its spread.
    fn moments(&self, to: &Horizons) -> Moments {
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

    /// Integrates over [from, to] in u = ln(1 + s/scale).
    fn integrate<const N: usize>(&self, from: f64, to: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
        let scale = self.scale();
        let [low, high] = [from, to].map(|s| (s.max(0.0) / scale).ln_1p());
        let width = (high - low).max(0.0);
        let mut sums = [0.0; N];
        if width > 0.0 {
            for (node, weight) in GAUSS_LEGENDRE.iter() {
                let s = scale * (low + width * node).exp_m1();
                for (sum, value) in sums.iter_mut().zip(f(s)) {
                    *sum += width * weight * (scale + s) * value;
                }
            }
        }
        sums
    }
}

/// The discounted length of [0, s]: the weight of all purchases that may come before one at s.
fn earlier_weight(discount: f64, s: f64) -> f64 {
    if discount * s < 1e-12 { s } else { -(-discount * s).exp_m1() / discount }
}
