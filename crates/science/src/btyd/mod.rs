//! Buy till you die: customers buy at random at their own rate until, unseen, they leave for good.
//!
//! Both models here are beta-geometric/NBD: purchase rates are gamma(r, alpha) over the customers, and at each *chance
//! to leave* a customer leaves with a probability that is beta(a, b) over the customers. They differ only in when the
//! chances come: after each repeat purchase ([`BgNbd`]) or after every purchase, the first too ([`MbgNbd`]). With
//! k = the chances a customer has had, one set of formulas ([`LatentAttrition`]) serves both.

mod attrition;
mod bg_nbd;
mod estimate;
mod flow;
mod mbg_nbd;

pub use attrition::LatentAttrition;
pub use bg_nbd::BgNbd;
pub use mbg_nbd::MbgNbd;

pub(crate) use flow::{Flow, Horizons, Moments};

#[cfg(test)]
mod tests;
