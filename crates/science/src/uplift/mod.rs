//! Whom a campaign moves: ranking by uplift, Qini and AUUC.
//!
//! A model that ranks customers by what the campaign changes (not by what they would do anyway) is judged on customers split
//! by chance: treat the best first and see how the gain grows.
//!
//! - [`TLearner`] fits one model to those treated and one to the control, and ranks by the difference;
//! - [`qini_curve`] gives the Qini and uplift curves, their coefficients with intervals, and [`deciles`] the uplift by tenth.
//!
//! ```
//! use science::uplift::{Case, qini_curve};
//!
//! // The best third is moved, the others are not.
//! let case = |i: u32| {
//!     let (treated, moved) = (i % 2 == 0, i % 3 == 0);
//!     Case { score: f64::from(u8::from(moved)), treated, outcome: f64::from(u8::from(treated && moved)) }
//! };
//! let cases: Vec<Case> = (0..600).map(case).collect();
//! let result = qini_curve(&cases, 200, 1).unwrap();
//! assert!(result.qini.low > 0.0);
//! ```

mod curve;
mod decile;
mod learner;

pub use curve::{Point, QiniCurve, qini_curve};
pub use decile::{Decile, deciles};
pub use learner::{Outcome, TLearner};

use crate::quantile::TooFewDraws;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One customer of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What the ranking says of the customer; the highest are treated first.
    pub score: f64,
    /// Whether the customer was treated, by chance.
    pub treated: bool,
    /// What the customer did: 0 or 1, or an amount.
    pub outcome: f64,
}

/// Why uplift cannot be judged or learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum UpliftError {
    /// Too few customers on a side.
    TooFew {
        /// Whether the treated side is meant.
        treated: bool,
        /// Customers given.
        have: u64,
        /// Customers needed.
        need: u64,
    },
    /// A score, outcome or feature that is not a finite number.
    NotANumber {
        /// The customer, from 0.
        row: usize,
    },
    /// A row with another number of features.
    Lengths {
        /// The customer, from 0.
        row: usize,
    },
    /// A model cannot be fitted: all outcomes or all features of a side are alike.
    AllAlike {
        /// Whether the treated side is meant.
        treated: bool,
    },
    /// Too few draws for a bootstrap interval.
    TooFewDraws(TooFewDraws),
}

impl fmt::Display for UpliftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |treated: &bool| if *treated { "treated" } else { "control" };
        match self {
            Self::TooFew { treated, have, need } => write!(
                f,
                "The {} group has {have} customers and needs at least {need}; wait for more.",
                side(treated)
            ),
            Self::NotANumber { row } => {
                write!(
                    f,
                    "Customer {row} has a value that is not a finite number; correct it or leave it out."
                )
            }
            Self::Lengths { row } => {
                write!(f, "Customer {row} has another number of values than the first; fill them in.")
            }
            Self::TooFewDraws(few) => few.fmt(f),
            Self::AllAlike { treated } => write!(
                f,
                "All customers of the {} group did the same; choose another outcome or a longer period.",
                side(treated)
            ),
        }
    }
}

impl std::error::Error for UpliftError {}

fn check(cases: &[Case], need: u64) -> Result<(), UpliftError> {
    let bad = |c: &Case| !(c.score.is_finite() && c.outcome.is_finite() && c.outcome.abs() < 1e150);
    if let Some(row) = cases.iter().position(bad) {
        return Err(UpliftError::NotANumber { row });
    }
    for treated in [true, false] {
        let have = cases.iter().filter(|c| c.treated == treated).count() as u64;
        if have < need {
            return Err(UpliftError::TooFew { treated, have, need });
        }
    }
    Ok(())
}
