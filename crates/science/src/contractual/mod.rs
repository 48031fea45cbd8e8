//! Customers who say when they leave: renewals, survival and what a subscriber is still worth.
//!
//! Time is counted in renewals: S(t) is the share of a cohort still there after t chances to leave.
//! [`ShiftedBetaGeometric`] lets customers differ in their leaving probability; [`BetaDiscreteWeibull`] lets the
//! probability of each also change with their age. [`Cohorts`] holds what they are fitted on. The textbook formula for
//! one constant retention rate is [`textbook_value`].

mod cohorts;
mod retention;
mod sbg;
mod weibull;

use crate::fit::{MIN_CUSTOMERS, NotEnoughData};

pub use cohorts::{Cohorts, InvalidCohort};
pub use retention::{Retention, forecast, forecast_share};
pub use sbg::ShiftedBetaGeometric;
pub use weibull::BetaDiscreteWeibull;

pub use crate::economics::contractual_value as textbook_value;

/// Fewest customers lost that a retention model is fitted on.
pub const MIN_LOST: u64 = 20;

/// Refuses what cannot be fitted.
fn cohorts_suffice(cohorts: &Cohorts) -> Result<(), NotEnoughData> {
    let (customers, lost) = (cohorts.customers(), cohorts.lost());
    if customers < MIN_CUSTOMERS {
        Err(NotEnoughData::Customers { have: customers, need: MIN_CUSTOMERS })
    } else if lost < MIN_LOST {
        Err(NotEnoughData::Losses { have: lost, need: MIN_LOST })
    } else {
        Ok(())
    }
}
