//! Why customers were lost: each cause with its share, and how much of the loss could have been avoided.

use super::{EconomicsError, RetentionCase, ratio, require};
use crate::share::Share;
use serde::{Deserialize, Serialize};

/// Customers lost for one cause in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Customers lost.
    pub lost: u64,
    /// Those of them who could have been kept.
    pub avoidable: u64,
}

/// A cause among the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CauseShare {
    /// Position in the input, from 0.
    pub row: usize,
    /// Its part of all loss.
    pub of_loss: Share,
    /// Customers lost for it out of all at the start: its part of the churn rate.
    pub of_start: Share,
    /// Those of them who could have been kept.
    pub avoidable: u64,
}

/// Step 2 of Kotler's four: the causes, the largest first; equal ones stay in the order of the input.
///
/// ```
/// use science::economics::{Cause, churn_by_cause};
///
/// let causes = [Cause { lost: 50, avoidable: 0 }, Cause { lost: 150, avoidable: 100 }];
/// let shares = churn_by_cause(1_000, &causes)?;
/// assert_eq!((shares[0].row, shares[0].of_loss.value, shares[0].of_start.value), (1, 0.75, 0.15));
/// # Ok::<(), science::economics::EconomicsError>(())
/// ```
///
/// # Errors
/// [`EconomicsError::NotANumber`] when more were lost than were there, or more avoidable than lost.
pub fn churn_by_cause(at_start: u64, causes: &[Cause]) -> Result<Vec<CauseShare>, EconomicsError> {
    let lost = total(causes, |cause| cause.lost);
    let beyond = |part: u64, whole: u64| if part <= whole { 0.0 } else { -1.0 };
    require("The number who stayed", beyond(lost, at_start))?;
    for cause in causes {
        require("The loss of a cause that was not avoidable", beyond(cause.avoidable, cause.lost))?;
    }
    let entry = |(row, cause): (usize, &Cause)| {
        let (of_loss, of_start) = (Share::wilson(cause.lost, lost)?, Share::wilson(cause.lost, at_start)?);
        Some(CauseShare { row, of_loss, of_start, avoidable: cause.avoidable })
    };
    let mut shares: Vec<CauseShare> = causes.iter().enumerate().filter_map(entry).collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.of_loss.part));
    Ok(shares)
}

fn total(causes: &[Cause], part: impl Fn(&Cause) -> u64) -> u64 {
    causes.iter().fold(0, |sum, cause| sum.saturating_add(part(cause)))
}

impl RetentionCase {
    /// The case of a period whose loss is known by cause.
    pub fn of_causes(at_start: u64, causes: &[Cause], yearly_profit: f64, years: u32, discount: f64) -> Self {
        let repeated = at_start.saturating_sub(total(causes, |cause| cause.lost));
        let avoidable = total(causes, |cause| cause.avoidable);
        Self { at_start, repeated, avoidable, yearly_profit, years, discount }
    }

    /// The most a programme may cost that keeps the share `saving` of the avoidable loss.
    pub fn breakeven_spend(&self, saving: f64) -> f64 {
        saving * self.lost_profit()
    }
}

/// What losing accounts costs: Kotler's carrier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LostAccounts {
    /// Accounts lost in the period.
    pub accounts: f64,
    /// Revenue that would have come from them.
    pub revenue: f64,
    /// Profit of it.
    pub profit: f64,
}

/// Revenue and profit lost with a share of the accounts.
///
/// ```
/// // 64,000 accounts, 5 % lost, $40,000 each, 10 % margin (Kotler's carrier).
/// let lost = science::economics::lost_accounts(64_000, 0.05, 40_000.0, 0.1)?;
/// assert_eq!((lost.accounts, lost.revenue, lost.profit), (3_200.0, 128_000_000.0, 12_800_000.0));
/// # Ok::<(), science::economics::EconomicsError>(())
/// ```
///
/// # Errors
/// [`EconomicsError::NotANumber`] for a figure below 0, a loss rate or a margin above 1.
pub fn lost_accounts(
    accounts: u64,
    loss_rate: f64,
    revenue_each: f64,
    margin: f64,
) -> Result<LostAccounts, EconomicsError> {
    let share = |field, value: f64| require(field, value).and_then(|v| require(field, 1.0 - v).map(|_| v));
    let accounts = accounts as f64 * share("The loss rate", loss_rate)?;
    let revenue = accounts * require("The revenue of an account", revenue_each)?;
    let profit = revenue * share("The margin", margin)?;
    require("The revenue lost", revenue)?;
    Ok(LostAccounts { accounts, revenue, profit })
}

/// Profit that keeping the share `saving` of lost customers brings for each unit spent; `None` without a cost.
pub fn return_on_retention(case: &RetentionCase, cost: f64, saving: f64) -> Option<f64> {
    ratio(case.breakeven_spend(saving) - cost, cost)
}
