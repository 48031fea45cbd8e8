//! Buy till you die: customers buy at random at their own rate until, unseen, they leave for good.
//!
//! Purchase rates are gamma(r, alpha) over the customers in all models of continuous time. They differ in how customers
//! leave:
//! - [`ParetoNbd`]: at any moment, at gamma(s, beta) rates; the first of its kind and the most trusted;
//! - [`BgNbd`] and [`MbgNbd`]: at each *chance to leave*, with a probability that is beta(a, b) over the customers; the
//!   chances come after each repeat purchase or after every purchase, the first too;
//! - not at all in [`Nbd`].
//!
//! [`BgBb`] is for occasions that come once a period, such as yearly donations. [`LatentAttrition`] has the questions
//! the models with dropout answer. [`covariates`] lets segment, channel or cohort move their scales.

mod attrition;
mod beta_geometric;
mod bg_bb;
mod bg_bb_likelihood;
mod bg_likelihood;
mod bg_nbd;
pub mod covariates;
mod engine;
mod living;
mod mbg_nbd;
mod nbd;
mod occasions;
mod over_times;
mod pareto_integral;
mod pareto_likelihood;
mod pareto_nbd;
mod simulate;

pub use attrition::{Diverges, LatentAttrition};
pub use bg_bb::BgBb;
pub use bg_nbd::BgNbd;
pub use mbg_nbd::MbgNbd;
pub use nbd::Nbd;
pub use occasions::{InvalidOccasions, MAX_PERIODS, OccasionHistory, OccasionRow, Occasions};
pub use pareto_nbd::ParetoNbd;
pub use simulate::Simulate;

pub(crate) use bg_bb::Occasional;
pub(crate) use engine::{Leaving, refit};
pub(crate) use living::{Horizons, Living, Moments};
pub(crate) use over_times::over_times;

#[cfg(test)]
mod tests;
