//! BG/BB: Fader, Hardie & Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science
//! 29 (2010).
//!
//! Once a period a living customer buys with a probability that is beta(alpha, beta) over the customers, and at the
//! start of each period leaves with a probability that is beta(gamma, delta). The questions are those of
//! [`super::LatentAttrition`], in periods; histories are checked once, by [`OccasionHistory::new`].

use super::Diverges;
use super::bg_bb_likelihood::{history_likelihood, ln_ended, log_likelihood};
use super::occasions::{MAX_PERIODS, OccasionHistory, Occasions};
use crate::fit::{Fit, NotEnoughData, Size, maximise, require};
use crate::special::{GAUSS_LEGENDRE, digamma, ln_beta, ln_gamma};
use serde::{Deserialize, Serialize};

/// The BG/BB model; times in periods.
///
/// ```
/// use science::btyd::{BgBb, OccasionHistory};
/// // The published fit of 11,104 donors who first gave in 1995, over the six years to 2001.
/// let model = BgBb { alpha: 1.204, beta: 0.750, gamma: 0.657, delta: 2.783 };
/// // Who gave in every year is nearly sure to be with us; who never gave again most likely is not.
/// let (faithful, silent) = (OccasionHistory::new(6, 6, 6).unwrap(), OccasionHistory::new(0, 0, 6).unwrap());
/// assert!(model.p_alive(faithful) > 0.9 && model.p_alive(silent) < 0.15);
/// // Gifts of all the future at 10 % a year; four purchases in three periods cannot be.
/// assert!(model.dert(0.1, faithful).unwrap() > model.expected_transactions(5, faithful));
/// assert!(OccasionHistory::new(4, 3, 3).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgBb {
    /// First shape of the purchase probabilities.
    pub alpha: f64,
    /// Second shape of the purchase probabilities.
    pub beta: f64,
    /// First shape of the leaving probabilities.
    pub gamma: f64,
    /// Second shape of the leaving probabilities.
    pub delta: f64,
}

impl BgBb {
    /// Maximum likelihood from two deterministic starts.
    ///
    /// # Errors
    /// [`NotEnoughData`] below 50 customers or 20 repeat buyers.
    pub fn fit(occasions: &Occasions) -> Result<Fit<Self>, NotEnoughData> {
        require(occasions.customers(), occasions.repeat_buyers())?;
        let objective = |log: &[f64; 4]| {
            let parameters = log.map(f64::exp);
            let (value, slopes) = log_likelihood(&Self::from(parameters), occasions);
            (value, std::array::from_fn(|i| slopes[i] * parameters[i]))
        };
        let starts = [[0.0; 4], [1.0, 1.0, 0.5, 3.0].map(f64::ln)];
        let found = maximise(objective, &starts, occasions.customers());
        let parameters = found.at.map(f64::exp);
        let size = Size { customers: occasions.customers(), distinct_rows: occasions.rows().len() as u64 };
        Ok(found.fit(Self::from(parameters), &parameters, size))
    }

    /// (alpha, beta, gamma, delta).
    pub fn parameters(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }

    /// The log-likelihood of all customers.
    pub fn log_likelihood(&self, occasions: &Occasions) -> f64 {
        log_likelihood(self, occasions).0
    }

    /// The log-likelihood of one customer.
    pub fn customer_log_likelihood(&self, history: OccasionHistory) -> f64 {
        history_likelihood(self, history)
    }

    /// The probability that the customer is still there in the period after the last one observed.
    pub fn p_alive(&self, history: OccasionHistory) -> f64 {
        self.p_alive_in(1, history)
    }

    /// The probability that the customer is still there `ahead` periods after the last one observed.
    pub fn p_alive_in(&self, ahead: u32, history: OccasionHistory) -> f64 {
        let n = history.periods();
        let stayed = ln_ended(self, history.x(), n, false) - self.customer_log_likelihood(history);
        let so_far = self.delta + f64::from(n);
        let longer = ln_beta(self.gamma, so_far + f64::from(ahead)) - ln_beta(self.gamma, so_far);
        (stayed + longer).exp().min(1.0)
    }

    /// Expected purchases in the next `horizon` periods.
    pub fn expected_transactions(&self, horizon: u32, history: OccasionHistory) -> f64 {
        self.p_alive(history) * self.living(history).purchases(horizon)
    }

    /// Expected purchases of a new customer in the first `periods` periods after the first purchase.
    pub fn expected_transactions_new_customer(&self, periods: u32) -> f64 {
        self.expected_transactions(periods, OccasionHistory::NEW)
    }

    /// Expected purchases in the next `horizon` periods (at most [`MAX_PERIODS`]), each worth 1 / (1 + discount) less a
    /// period: one in the next period is discounted once.
    pub fn residual_transactions(&self, discount: f64, horizon: u32, history: OccasionHistory) -> f64 {
        let living = self.living(history);
        let sum: f64 = living.stays(discount).take(horizon.min(MAX_PERIODS) as usize).sum();
        self.p_alive(history) * living.buys * sum
    }

    /// DERT: expected purchases of all the future, each worth 1 / (1 + discount) less a period.
    ///
    /// # Errors
    /// [`Diverges`] without a discount while gamma <= 1, and for a discount that is negative or not a number.
    pub fn dert(&self, discount: f64, history: OccasionHistory) -> Result<f64, Diverges> {
        let orders = self.living(history).forever(discount).ok_or(Diverges { discount })?;
        Ok(self.p_alive(history) * orders)
    }

    /// P(X(periods) = n): the probability that a new customer buys n times in the first `periods` periods (at most
    /// [`MAX_PERIODS`]).
    pub fn probability_of_n(&self, n: u32, periods: u32) -> f64 {
        let periods = periods.min(MAX_PERIODS);
        if n > periods {
            return 0.0;
        }
        let ln_ways = |of: u32| {
            ln_gamma(f64::from(of) + 1.0) - ln_gamma(f64::from(n) + 1.0) - ln_gamma(f64::from(of - n) + 1.0)
        };
        let left = |last: u32| (ln_ways(last) + ln_ended(self, n, last, true)).exp();
        (n..periods).map(left).sum::<f64>() + (ln_ways(periods) + ln_ended(self, n, periods, false)).exp()
    }

    /// The probability that a customer with this history does not buy in the next `horizon` periods (at most
    /// [`MAX_PERIODS`]).
    pub fn p_zero_purchases(&self, horizon: u32, history: OccasionHistory) -> f64 {
        1.0 - self.p_alive(history) * (1.0 - self.living(history).silence(horizon))
    }

    /// What is to come of a customer with this history who is there in the next period.
    pub(crate) fn living(&self, history: OccasionHistory) -> Occasional {
        let (x, n) = (f64::from(history.x()), f64::from(history.periods()));
        let all = self.alpha + self.beta + n;
        let buys = (self.alpha + x) / all;
        Occasional {
            buys,
            buys_twice: buys * (self.alpha + x + 1.0) / (all + 1.0),
            skips: self.beta + n - x,
            all,
            gamma: self.gamma,
            so_far: self.delta + n + 1.0,
        }
    }
}

impl From<[f64; 4]> for BgBb {
    fn from([alpha, beta, gamma, delta]: [f64; 4]) -> Self {
        Self { alpha, beta, gamma, delta }
    }
}

/// A customer who is there in the next period: given that, the purchase probability is beta(alpha + x, beta + n - x) and
/// the leaving probability beta(gamma, delta + n + 1), independent of each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasional {
    /// E[p].
    pub buys: f64,
    /// E[p²].
    pub buys_twice: f64,
    skips: f64,
    all: f64,
    gamma: f64,
    so_far: f64,
}

/// After so many periods what is left of an infinite sum is taken as a geometric series of the last ratio.
const LONGEST: usize = 1_000_000;

impl Occasional {
    /// P(there in period k) / (1 + discount)^k for k from 1.
    pub fn stays(&self, discount: f64) -> impl Iterator<Item = f64> {
        let (gamma, so_far, once) = (self.gamma, self.so_far, 1.0 / (1.0 + discount));
        let next = move |(term, ahead): (f64, f64)| {
            let age = so_far + ahead;
            (term * once * age / (gamma + age), ahead + 1.0)
        };
        std::iter::successors(Some((once, 0.0)), move |state| Some(next(*state))).map(|(term, _)| term)
    }

    /// Expected purchases in `horizon` periods, in closed form: with d = delta + n + 1
    /// Σ (d)_k / (gamma + d)_k for k < H is (gamma + d - 1) / (gamma - 1) (1 - (d)_H / (gamma + d - 1)_H).
    fn purchases(&self, horizon: u32) -> f64 {
        let (d, above, h) = (self.so_far, self.gamma - 1.0, f64::from(horizon));
        // ln Γ(d + gamma - 1) - ln Γ(d); near gamma = 1, where it would cancel, as the integral of its slope.
        let slope = |d: f64| -> f64 {
            GAUSS_LEGENDRE.iter().map(|(at, weight)| weight * digamma(d + above * at)).sum()
        };
        let rise =
            |d: f64| if above.abs() < 0.25 { above * slope(d) } else { ln_gamma(d + above) - ln_gamma(d) };
        let folds = match above == 0.0 {
            true => digamma(d + h) - digamma(d),
            false => -(rise(d) - rise(d + h)).exp_m1() / above,
        };
        self.buys * (d + above) * folds
    }

    /// Expected discounted purchases of all the future; `None` where they are infinite.
    fn forever(&self, discount: f64) -> Option<f64> {
        if discount == 0.0 && self.gamma > 1.0 {
            return Some(self.buys * (self.gamma + self.so_far - 1.0) / (self.gamma - 1.0));
        }
        if discount.is_nan() || discount <= 0.0 {
            return None;
        }
        let (mut sum, mut last, mut ratio) = (0.0, 0.0, 0.0);
        for term in self.stays(discount).take(LONGEST) {
            (ratio, last, sum) = (term / last, term, sum + term);
            if term <= 1e-16 * sum {
                return Some(self.buys * sum);
            }
        }
        Some(self.buys * (sum + last * ratio / (1.0 - ratio)))
    }

    /// The probability of no purchase within `horizon` periods: still there and silent, or gone after k silent ones.
    pub fn silence(&self, horizon: u32) -> f64 {
        let (mut there, mut quiet, mut silent) = (1.0, 1.0, 0.0);
        for k in 0..horizon.min(MAX_PERIODS) {
            let k = f64::from(k);
            // There in period k + 1, and no purchase in it given none before.
            quiet *= (self.skips + k) / (self.all + k);
            let age = self.so_far + k;
            let leaves = there * self.gamma / (self.gamma + age);
            silent += leaves * quiet;
            there -= leaves;
        }
        // Whoever leaves after the last period was silent all along too.
        silent + there * quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: BgBb = BgBb { alpha: 1.2035, beta: 0.7497, gamma: 0.6567, delta: 2.7835 };

    fn history(x: u32, t_x: u32, periods: u32) -> OccasionHistory {
        OccasionHistory::new(x, t_x, periods).unwrap()
    }

    #[test]
    fn histories_and_counts_are_distributions() {
        let counts: f64 = (0..=6).map(|n| MODEL.probability_of_n(n, 6)).sum();
        assert!((counts - 1.0).abs() < 1e-12);
        let mean: f64 = (0..=6).map(|n| f64::from(n) * MODEL.probability_of_n(n, 6)).sum();
        assert!((mean - MODEL.expected_transactions_new_customer(6)).abs() < 1e-12);
        assert!(
            (MODEL.p_zero_purchases(6, OccasionHistory::NEW) - MODEL.probability_of_n(0, 6)).abs() < 1e-12
        );
    }

    /// Silence in the next five periods is the history of five more silent ones.
    #[test]
    fn no_purchase_is_a_longer_history() {
        for (x, t_x, n) in [(0, 0, 6), (2, 4, 6), (6, 6, 6), (1, 900, 1_000)] {
            let longer = MODEL.customer_log_likelihood(history(x, t_x, n + 5));
            let want = (longer - MODEL.customer_log_likelihood(history(x, t_x, n))).exp();
            assert!((MODEL.p_zero_purchases(5, history(x, t_x, n)) - want).abs() < 1e-12, "{x} {t_x} {n}");
        }
    }

    #[test]
    fn the_closed_form_is_the_sum() {
        for gamma in [0.3, 1.0 - 1e-7, 1.0, 1.0 + 1e-4, 2.5] {
            let model = BgBb { gamma, ..MODEL };
            for (x, t_x, n) in [(0, 0, 0), (3, 5, 6), (40, 90, 100)] {
                let h = history(x, t_x, n);
                let sum = model.residual_transactions(0.0, 500, h);
                let closed = model.expected_transactions(500, h);
                assert!((sum - closed).abs() < 1e-9 * sum, "gamma {gamma}: {closed} is not {sum}");
            }
        }
        // A horizon of thousands of millions takes no longer.
        assert!(MODEL.expected_transactions(u32::MAX, history(3, 5, 6)).is_finite());
    }

    #[test]
    fn value_for_ever_needs_a_discount() {
        let h = history(3, 6, 6);
        assert!(MODEL.dert(0.0, h).is_err() && MODEL.dert(-0.1, h).is_err());
        let brief = BgBb { gamma: 1.5, ..MODEL };
        let (sum, forever) = (brief.expected_transactions(2_000_000, h), brief.dert(0.0, h).unwrap());
        assert!((sum - forever).abs() < 5e-3 * forever, "{sum} {forever}");
        assert!((MODEL.dert(0.1, h).unwrap() - MODEL.residual_transactions(0.1, 5_000, h)).abs() < 1e-9);
        assert!(brief.dert(1.0, h).unwrap() < brief.expected_transactions(60, h));
    }
}
