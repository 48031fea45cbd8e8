//! Lift of a share: Newcombe's hybrid score interval (Newcombe 1998, "Interval estimation for the difference between
//! independent proportions", Statistics in Medicine 17, method 10).
//!
//! It stays inside (-1, 1), needs no successes on either side, and holds its 95 % for rare events, where the Wald
//! interval does not. The standard error given beside it is Wald's, √(p₁q₁/n₁ + p₂q₂/n₂), as campaign reports print it.

use super::{Evidence, ExperimentError, Side, two_sided};
use crate::predict::{Estimate, Z};
use crate::share::{Difference, Share};
use serde::{Deserialize, Serialize};

/// How many of n did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Customers who did.
    pub successes: u64,
    /// Customers.
    pub n: u64,
}

/// What the campaign did to a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RateLift {
    /// The share of those treated, with Wilson's interval.
    pub treated: Share,
    /// The share of the control, with Wilson's interval.
    pub control: Share,
    /// Treated less control: Wald's standard error, Newcombe's interval.
    pub difference: Estimate,
    /// Treated over control less 1, by the delta method on the logarithm (Katz 1978); `None` without a success on each
    /// side.
    pub relative: Option<Estimate>,
    /// Customers who did because of the campaign: the difference times those treated.
    pub extra: Estimate,
    /// Two-sided, of the pooled z test that nothing changed.
    pub p_value: f64,
    /// What the interval of the difference says.
    pub evidence: Evidence,
    /// Customers on both sides.
    pub n: u64,
}

impl Rate {
    fn share(&self) -> f64 {
        self.successes as f64 / self.n as f64
    }

    /// Variance of the share.
    fn variance(&self) -> f64 {
        self.share() * (1.0 - self.share()) / self.n as f64
    }

    fn with_interval(&self, side: Side) -> Result<Share, ExperimentError> {
        if self.successes > self.n {
            return Err(ExperimentError::MoreSuccessesThanCustomers { side });
        }
        Share::wilson(self.successes, self.n).ok_or(ExperimentError::TooFew { side, have: 0, need: 1 })
    }
}

/// Compares a share of those treated with the control.
///
/// # Errors
/// [`ExperimentError::TooFew`] for an empty side, [`ExperimentError::MoreSuccessesThanCustomers`].
pub fn rate_lift(treated: Rate, control: Rate) -> Result<RateLift, ExperimentError> {
    let (one, two) = (treated.with_interval(Side::Treated)?, control.with_interval(Side::Control)?);
    let Difference { value, low, high } = Difference::of(&one, &two);
    let difference =
        Estimate { value, standard_error: (treated.variance() + control.variance()).sqrt(), low, high };
    let reached = treated.n as f64;
    let extra = Estimate {
        value: difference.value * reached,
        standard_error: difference.standard_error * reached,
        low: difference.low * reached,
        high: difference.high * reached,
    };
    Ok(RateLift {
        treated: one,
        control: two,
        difference,
        relative: relative(treated, control),
        extra,
        p_value: pooled_p_value(treated, control),
        evidence: Evidence::of(difference.low, difference.high),
        n: treated.n.saturating_add(control.n),
    })
}

fn relative(treated: Rate, control: Rate) -> Option<Estimate> {
    if treated.successes == 0 || control.successes == 0 {
        return None;
    }
    let ratio = treated.share() / control.share();
    let variance_of_log = |r: Rate| 1.0 / r.successes as f64 - 1.0 / r.n as f64;
    let spread = (variance_of_log(treated) + variance_of_log(control)).max(0.0).sqrt();
    Some(Estimate {
        value: ratio - 1.0,
        standard_error: ratio * spread,
        low: ratio * (-Z * spread).exp() - 1.0,
        high: ratio * (Z * spread).exp() - 1.0,
    })
}

fn pooled_p_value(treated: Rate, control: Rate) -> f64 {
    let (n1, n2) = (treated.n as f64, control.n as f64);
    let share = (treated.successes as f64 + control.successes as f64) / (n1 + n2);
    let error = (share * (1.0 - share) * (1.0 / n1 + 1.0 / n2)).sqrt();
    if error > 0.0 { two_sided((treated.share() - control.share()) / error) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, Statistics in Medicine 17:873, table II, method 10: cases (a) to (e) and (g), to the four digits
    /// printed.
    #[test]
    fn newcombes_table_ii() {
        let cases = [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
        ];
        for ((a, m), (b, n), low, high) in cases {
            let lift = rate_lift(Rate { successes: a, n: m }, Rate { successes: b, n }).unwrap().difference;
            assert!((lift.low - low).abs() < 6e-5, "{a}/{m} {b}/{n}: {lift:?}");
            assert!((lift.high - high).abs() < 6e-5, "{a}/{m} {b}/{n}: {lift:?}");
        }
    }

    #[test]
    fn impossible_counts_are_refused() {
        let good = Rate { successes: 1, n: 2 };
        let too_few = ExperimentError::TooFew { side: Side::Control, have: 0, need: 1 };
        assert_eq!(rate_lift(good, Rate { successes: 0, n: 0 }), Err(too_few));
        assert_eq!(
            rate_lift(Rate { successes: 3, n: 2 }, good),
            Err(ExperimentError::MoreSuccessesThanCustomers { side: Side::Treated })
        );
    }
}
