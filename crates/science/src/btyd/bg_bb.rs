//! BG/BB: Fader, Hardie & Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science
//! 29 (2010).
//!
//! Once a period a living customer buys with a probability that is beta(alpha, beta) over the customers, and at the
//! start of each period leaves with a probability that is beta(gamma, delta). Everything is a sum over the period of
//! leaving; its terms are kept as logarithms.

use super::Diverges;
use super::occasions::{OccasionRow, Occasions};
use crate::fit::{Fit, NotEnoughData, Size, maximise, require};
use crate::special::{digamma, ln_beta, ln_gamma};
use serde::{Deserialize, Serialize};

/// The BG/BB model; times in periods.
///
/// ```
/// use science::btyd::BgBb;
/// // The published fit of 11,104 donors who first gave in 1995, over the six years to 2001.
/// let model = BgBb { alpha: 1.204, beta: 0.750, gamma: 0.657, delta: 2.783 };
/// // Who gave in every year is nearly sure to be with us; who never gave again most likely is not.
/// assert!(model.p_alive(6, 6, 6) > 0.9 && model.p_alive(0, 0, 6) < 0.15);
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
            let (value, slopes) = Self::from(parameters).likelihood(occasions);
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
        self.likelihood(occasions).0
    }

    fn likelihood(&self, occasions: &Occasions) -> (f64, [f64; 4]) {
        let mut sums = [0.0; 5];
        for row in occasions.rows() {
            let (value, slopes) = self.history(row);
            let parts = [value, slopes[0], slopes[1], slopes[2], slopes[3]];
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += row.weight as f64 * part;
            }
        }
        let [value, a, b, c, d] = sums;
        (value, [a, b, c, d])
    }

    /// Value and gradient of one history: those who left in each silent period, and those who stayed.
    fn history(&self, row: &OccasionRow) -> (f64, [f64; 4]) {
        let ends = || (row.t_x..row.periods).map(|last| (last, true)).chain([(row.periods, false)]);
        let ln_term = |(last, left)| self.ln_ended(row.x, last, left);
        let largest = ends().map(ln_term).fold(f64::NEG_INFINITY, f64::max);
        let base = self.slopes(0, 0, None);
        let mut total = 0.0;
        let mut slopes = [0.0; 4];
        for end in ends() {
            let share = (ln_term(end) - largest).exp();
            total += share;
            let of_term = self.slopes(row.x, end.0, Some(end.1));
            for i in 0..4 {
                slopes[i] += share * (of_term[i] - base[i]);
            }
        }
        (largest + total.ln(), slopes.map(|slope| slope / total))
    }

    /// ln P(x purchases at given occasions, alive through `last` periods, then left or not yet).
    fn ln_ended(&self, x: u32, last: u32, left: bool) -> f64 {
        let (x, last) = (f64::from(x), f64::from(last));
        let Self { alpha, beta, gamma, delta } = *self;
        let buys = ln_beta(alpha + x, beta + last - x) - ln_beta(alpha, beta);
        let leaves = f64::from(u8::from(left));
        buys + ln_beta(gamma + leaves, delta + last) - ln_beta(gamma, delta)
    }

    /// d ln B(alpha + x, beta + last - x) B(gamma + left, delta + last) in the parameters; `None` is no history.
    fn slopes(&self, x: u32, last: u32, left: Option<bool>) -> [f64; 4] {
        let (x, last) = (f64::from(x), f64::from(last));
        let leaves = f64::from(u8::from(left == Some(true)));
        let Self { alpha, beta, gamma, delta } = *self;
        let (buys, stays) = (digamma(alpha + beta + last), digamma(gamma + delta + leaves + last));
        [
            digamma(alpha + x) - buys,
            digamma(beta + last - x) - buys,
            digamma(gamma + leaves) - stays,
            digamma(delta + last) - stays,
        ]
    }

    /// The log-likelihood of x purchases in `periods` periods, the last in period t_x.
    pub fn customer_log_likelihood(&self, x: u32, t_x: u32, periods: u32) -> f64 {
        self.history(&OccasionRow { x, t_x, periods, weight: 1 }).0
    }

    /// The probability that the customer is still there in the period after the last one observed.
    pub fn p_alive(&self, x: u32, t_x: u32, periods: u32) -> f64 {
        self.p_alive_in(1, x, t_x, periods)
    }

    /// The probability that the customer is still there `ahead` periods after the last one observed.
    pub fn p_alive_in(&self, ahead: u32, x: u32, t_x: u32, periods: u32) -> f64 {
        let Self { gamma, delta, .. } = *self;
        let n = f64::from(periods);
        let stayed = self.ln_ended(x, periods, false) - self.customer_log_likelihood(x, t_x, periods);
        let longer = ln_beta(gamma, delta + n + f64::from(ahead)) - ln_beta(gamma, delta + n);
        (stayed + longer).exp().min(1.0)
    }

    /// Expected purchases in the next `horizon` periods.
    pub fn expected_transactions(&self, horizon: u32, x: u32, t_x: u32, periods: u32) -> f64 {
        let (first, probability) = self.next_purchase(x, t_x, periods);
        let mut survives = first;
        let mut sum = 0.0;
        for ahead in 1..=horizon {
            sum += survives;
            survives *= self.stays(periods, ahead);
        }
        probability * sum
    }

    /// Expected purchases of a new customer in the first `periods` periods after the first purchase.
    pub fn expected_transactions_new_customer(&self, periods: u32) -> f64 {
        self.expected_transactions(periods, 0, 0, 0)
    }

    /// DERT: expected purchases of all the future, each worth 1 / (1 + discount) less a period.
    ///
    /// # Errors
    /// [`Diverges`] without a discount while gamma <= 1, and for a discount that is negative or not a number.
    pub fn dert(&self, discount: f64, x: u32, t_x: u32, periods: u32) -> Result<f64, Diverges> {
        /// After so many periods what is left is taken as a geometric series of the last ratio.
        const LONGEST: u32 = 1_000_000;
        let Self { gamma, delta, .. } = *self;
        let (first, probability) = self.next_purchase(x, t_x, periods);
        if discount == 0.0 && gamma > 1.0 {
            // The sum over the future of P(alive) for a leaving probability that is beta(gamma, delta + n + 1).
            return Ok(probability * first * (gamma + delta + f64::from(periods)) / (gamma - 1.0));
        }
        if discount.is_nan() || discount <= 0.0 {
            return Err(Diverges { discount });
        }
        let (mut term, mut sum, mut ratio) = (first / (1.0 + discount), 0.0, 0.0);
        for ahead in 1..=LONGEST {
            sum += term;
            ratio = self.stays(periods, ahead) / (1.0 + discount);
            term *= ratio;
            if term <= 1e-16 * sum {
                return Ok(probability * sum);
            }
        }
        Ok(probability * (sum + term / (1.0 - ratio)))
    }

    /// P(alive in the next period), and the probability that a living customer buys.
    fn next_purchase(&self, x: u32, t_x: u32, periods: u32) -> (f64, f64) {
        let probability = (self.alpha + f64::from(x)) / (self.alpha + self.beta + f64::from(periods));
        (self.p_alive(x, t_x, periods), probability)
    }

    /// P(alive in period n + ahead + 1 | alive in period n + ahead).
    fn stays(&self, periods: u32, ahead: u32) -> f64 {
        let so_far = self.delta + f64::from(periods) + f64::from(ahead);
        so_far / (self.gamma + so_far)
    }

    /// P(X(periods) = n): the probability that a new customer buys n times in the first `periods` periods.
    pub fn probability_of_n(&self, n: u32, periods: u32) -> f64 {
        if n > periods {
            return 0.0;
        }
        let ln_ways = |of: u32| {
            ln_gamma(f64::from(of) + 1.0) - ln_gamma(f64::from(n) + 1.0) - ln_gamma(f64::from(of - n) + 1.0)
        };
        let left: f64 = (n..periods).map(|last| (ln_ways(last) + self.ln_ended(n, last, true)).exp()).sum();
        left + (ln_ways(periods) + self.ln_ended(n, periods, false)).exp()
    }

    /// The probability that a customer with this history does not buy in the next `horizon` periods.
    pub fn p_zero_purchases(&self, horizon: u32, x: u32, t_x: u32, periods: u32) -> f64 {
        let quiet = OccasionRow { x, t_x, periods: periods.saturating_add(horizon), weight: 1 };
        (self.history(&quiet).0 - self.customer_log_likelihood(x, t_x, periods)).exp().min(1.0)
    }
}

impl From<[f64; 4]> for BgBb {
    fn from([alpha, beta, gamma, delta]: [f64; 4]) -> Self {
        Self { alpha, beta, gamma, delta }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: BgBb = BgBb { alpha: 1.2035, beta: 0.7497, gamma: 0.6567, delta: 2.7835 };

    #[test]
    fn gradients_are_the_slopes_of_the_likelihood() {
        let occasions = Occasions::new([(0, 0, 6, 5), (3, 4, 6, 2), (6, 6, 6, 1), (1, 1, 2, 9)]).unwrap();
        let slopes = MODEL.likelihood(&occasions).1;
        for i in 0..4 {
            let moved = |step: f64| {
                let mut parameters = MODEL.parameters();
                parameters[i] += step;
                BgBb::from(parameters).log_likelihood(&occasions)
            };
            assert!((slopes[i] - (moved(1e-6) - moved(-1e-6)) / 2e-6).abs() < 1e-6);
        }
    }

    #[test]
    fn histories_and_counts_are_distributions() {
        let counts: f64 = (0..=6).map(|n| MODEL.probability_of_n(n, 6)).sum();
        assert!((counts - 1.0).abs() < 1e-12);
        let mean: f64 = (0..=6).map(|n| f64::from(n) * MODEL.probability_of_n(n, 6)).sum();
        assert!((mean - MODEL.expected_transactions_new_customer(6)).abs() < 1e-12);
        assert!((MODEL.p_zero_purchases(6, 0, 0, 0) - MODEL.probability_of_n(0, 6)).abs() < 1e-12);
    }

    #[test]
    fn value_for_ever_needs_a_discount() {
        assert!(MODEL.dert(0.0, 3, 6, 6).is_err() && MODEL.dert(-0.1, 3, 6, 6).is_err());
        let brief = BgBb { gamma: 1.5, ..MODEL };
        let sum = brief.expected_transactions(2_000_000, 3, 6, 6);
        let forever = brief.dert(0.0, 3, 6, 6).unwrap();
        assert!((sum - forever).abs() < 5e-3 * forever, "{sum} {forever}");
        let one = brief.dert(1.0, 3, 6, 6).unwrap();
        assert!(one < brief.expected_transactions(60, 3, 6, 6));
    }
}
