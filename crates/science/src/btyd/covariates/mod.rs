//! Time-invariant covariates: Fader & Hardie, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD
//! models", note 019 (2007).
//!
//! Segment, channel or cohort move the scales of the mixing distributions by exp(±γ'z). Signs are such that a positive
//! coefficient means more of what it is named after:
//!
//! | model | purchases | leaving |
//! |---|---|---|
//! | Pareto/NBD | alpha exp(-γ₁'z) | beta exp(-γ₂'z) |
//! | BG/NBD, MBG/NBD | alpha exp(-γ₁'z) | a exp(γ₂'z), b exp(γ₃'z) |
//!
//! Customers with the same covariates share a [`crate::Summary`], so a few segments cost hardly more than none. Inside, covariates
//! are counted from their mean in standard deviations: a year of birth or an amount is fitted as well as a 0 and 1, and
//! coefficients come back on the caller's scale.
//!
//! ```
//! use science::btyd::ParetoNbd;
//! use science::btyd::covariates::{CovariateFit, CovariateSummary};
//! use science::clv::{Outlook, score};
//! // Customers of the web shop (1) come twice as often as those of the branch (0).
//! let row = |i: u32| {
//!     let web = i % 2;
//!     let x = (i / 2) % 4 * (1 + web);
//!     ((x, if x == 0 { 0 } else { 40 * x.min(4) + i % 31 }, 200 + i % 60), vec![f64::from(web)])
//! };
//! let summary = CovariateSummary::from_days(&["web"], (0..800).map(row)).unwrap();
//! let fit = CovariateFit::<ParetoNbd>::fit(&summary).unwrap();
//! assert!(fit.coefficients[0].of == "purchase" && fit.coefficients[0].value > 0.3);
//! // The customers of each group are valued by the model of their covariates.
//! for (z, group) in summary.groups() {
//!     let scores = score(&fit.fit_for(z), group, &Outlook::default());
//!     assert!(scores.iter().all(|score| score.residual.orders > 0.0));
//! }
//! ```

mod fit;
mod groups;

pub use fit::{Coefficient, CovariateFit};
pub use groups::CovariateSummary;

use super::{BgNbd, LatentAttrition, MbgNbd, ParetoNbd};
use crate::fit::NotEnoughData;
use crate::summary::InvalidHistory;
use std::fmt;

/// A model whose scales covariates may move.
pub trait Scales: LatentAttrition {
    /// (index of the parameter, sign of γ'z in its exponent, what the coefficients are called).
    const MOVED: &'static [(usize, f64, &'static str)];
}

impl Scales for ParetoNbd {
    const MOVED: &'static [(usize, f64, &'static str)] = &[(1, -1.0, "purchase"), (3, -1.0, "leaving")];
}

impl Scales for BgNbd {
    const MOVED: &'static [(usize, f64, &'static str)] =
        &[(1, -1.0, "purchase"), (2, 1.0, "leaving_a"), (3, 1.0, "leaving_b")];
}

impl Scales for MbgNbd {
    const MOVED: &'static [(usize, f64, &'static str)] = BgNbd::MOVED;
}

/// Why no model with covariates came about.
#[derive(Debug, Clone, PartialEq)]
pub enum CovariateError {
    /// Too few customers.
    NotEnoughData(NotEnoughData),
    /// A history that contradicts itself.
    InvalidHistory(InvalidHistory),
    /// A row with another number of values than there are names, or with one that is not a finite number.
    InvalidRow {
        /// Position in the input, from 0.
        index: usize,
    },
    /// A covariate that is the same for all customers, or follows from the others: its effect cannot be told.
    NoContrast {
        /// Its name.
        name: String,
    },
    /// More coefficients than can be fitted at once.
    TooMany {
        /// Covariates given.
        have: usize,
        /// Covariates the model takes at most.
        most: usize,
    },
}

impl fmt::Display for CovariateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEnoughData(reason) => reason.fmt(f),
            Self::InvalidHistory(fault) => fault.fmt(f),
            Self::InvalidRow { index } => {
                write!(
                    f,
                    "Row {index} does not have one finite number for each covariate; complete it or leave it out."
                )
            }
            Self::NoContrast { name } => write!(
                f,
                "Covariate {name} is the same for all customers or follows from the others; leave it out."
            ),
            Self::TooMany { have, most } => {
                write!(
                    f,
                    "{have} covariates are more than the {most} this model takes; leave out the weakest."
                )
            }
        }
    }
}

impl std::error::Error for CovariateError {}
