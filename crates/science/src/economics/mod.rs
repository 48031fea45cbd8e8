//! The arithmetic of keeping and losing customers.
//!
//! Amounts are floating point in any one unit (won, cents); the caller rounds for display. A ratio without a
//! denominator is `None`, never infinite.

mod bucket;
mod causes;
mod compare;
mod retention;
mod split;

pub use bucket::{Hole, LeakyBucket, RankedHole};
pub use causes::{Cause, CauseShare, LostAccounts, churn_by_cause, lost_accounts, return_on_retention};
pub use compare::{Campaigns, CostComparison, CostRatio, REFERENCE_RANGE, REFERENCE_RATIO, compare_costs};
pub use retention::{RetentionCase, SensitivityRow, Verdict};
pub use split::{Response, Split, best_split};

use std::fmt;

/// Why an amount cannot be worked out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EconomicsError {
    /// Retention of 1 + discount or more gives no finite lifetime value.
    RetentionTooHigh {
        /// Yearly retention rate.
        retention: f64,
        /// Yearly discount rate.
        discount: f64,
    },
    /// A figure that must be a number of at least zero is not.
    NotANumber {
        /// Which figure.
        field: &'static str,
    },
}

impl fmt::Display for EconomicsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RetentionTooHigh { retention, discount } => write!(
                f,
                "A retention rate of {retention} with a discount rate of {discount} has no finite value; give a \
                 retention rate below {}.",
                1.0 + discount
            ),
            Self::NotANumber { field } => write!(f, "{field} is not a number of at least 0; correct it."),
        }
    }
}

impl std::error::Error for EconomicsError {}

/// Refuses negative, infinite and undefined figures by name.
fn require(field: &'static str, value: f64) -> Result<f64, EconomicsError> {
    if value >= 0.0 && value.is_finite() { Ok(value) } else { Err(EconomicsError::NotANumber { field }) }
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    let value = numerator / denominator;
    (denominator > 0.0 && value.is_finite()).then_some(value)
}

/// The share of the customers at the start who are still there; `None` without a start.
pub fn retention_rate(at_start: u64, kept: u64) -> Option<f64> {
    ratio(kept.min(at_start) as f64, at_start as f64)
}

/// Customers lost in a period per customer active at its start.
pub fn churn_rate(active_at_start: u64, lost: u64) -> Option<f64> {
    ratio(lost as f64, active_at_start as f64)
}

/// Customer acquisition cost: spend per new customer.
pub fn acquisition_cost(spend: f64, new_customers: u64) -> Option<f64> {
    ratio(spend, new_customers as f64)
}

/// Months until the margin has paid back the acquisition cost.
pub fn payback_months(acquisition_cost: f64, monthly_margin: f64) -> Option<f64> {
    ratio(acquisition_cost, monthly_margin)
}

/// Contractual lifetime value m r / (1 + d - r): yearly margin, paid at the end of each year a customer renews.
///
/// # Errors
/// [`EconomicsError::RetentionTooHigh`] for r >= 1 + d; [`EconomicsError::NotANumber`] for a negative figure.
pub fn contractual_value(yearly_margin: f64, retention: f64, discount: f64) -> Result<f64, EconomicsError> {
    require("The retention rate", retention)?;
    require("The discount rate", discount)?;
    require("The yearly margin", yearly_margin)?;
    if retention >= 1.0 + discount {
        return Err(EconomicsError::RetentionTooHigh { retention, discount });
    }
    Ok(yearly_margin * retention / (1.0 + discount - retention))
}

/// Mean lifetime in periods at a constant retention rate, 1 / (1 - r); `None` for r >= 1.
pub fn mean_lifetime(retention: f64) -> Option<f64> {
    ratio(1.0, 1.0 - retention)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contractual_value_of_30_000_won() {
        // 30,000 * 0.8 / (1.1 - 0.8) = 80,000.
        assert_eq!(contractual_value(30_000.0, 0.8, 0.1).unwrap().round(), 80_000.0);
        for (r, want) in [(0.8, 266.67), (0.9, 450.0), (0.95, 633.33)] {
            assert!((contractual_value(100.0, r, 0.1).unwrap() - want).abs() < 0.005);
        }
    }

    #[test]
    fn impossible_retention_is_refused() {
        assert_eq!(
            contractual_value(1.0, 1.1, 0.1),
            Err(EconomicsError::RetentionTooHigh { retention: 1.1, discount: 0.1 })
        );
        assert!(contractual_value(1.0, 1.0, 0.1).is_ok());
        assert!(contractual_value(f64::NAN, 0.8, 0.1).is_err());
        assert!(contractual_value(1.0, -0.1, 0.1).is_err());
    }

    #[test]
    fn winning_costs_six_times_keeping() {
        let costs = compare_costs(6_000_000.0, 100.0, 2_000_000.0, 200.0);
        assert_eq!(costs.per_gained, Some(60_000.0));
        assert_eq!(costs.per_kept, Some(10_000.0));
        assert_eq!(costs.ratio, Some(6.0));
        assert_eq!(compare_costs(1.0, 1.0, 1.0, -3.0).ratio, None);
    }

    #[test]
    fn ratios_without_a_denominator_are_absent() {
        assert_eq!(retention_rate(1_000, 800), Some(0.8));
        assert_eq!(retention_rate(0, 0), None);
        assert_eq!(churn_rate(400, 10), Some(0.025));
        assert_eq!(acquisition_cost(500_000.0, 20), Some(25_000.0));
        assert_eq!(acquisition_cost(500_000.0, 0), None);
        assert_eq!(payback_months(25_000.0, 5_000.0), Some(5.0));
        assert_eq!(payback_months(25_000.0, 0.0), None);
        assert!((mean_lifetime(0.8).unwrap() - 5.0).abs() < 1e-12);
        assert_eq!(mean_lifetime(1.0), None);
    }
}
