//! What customers would pay: elasticity, van Westendorp, conjoint.
//!
//! - [`elasticity`] reads how sales answer to price from past sales, with fixed effects and robust intervals;
//! - [`best_price`] turns it into the price with the most profit;
//! - [`van_westendorp`] finds the acceptable range from four questions;
//! - [`conjoint`] finds part-worths, importance and willingness to pay from rated profiles.
//!
//! ```
//! use science::price::{Errors, Sale, elasticity};
//!
//! // Sales that halve twice when the price doubles: elasticity -2.
//! let sale = |i: u32| {
//!     let price = 1.0 + f64::from(i % 10);
//!     Sale { group: i % 3, volume: 900.0 / price.powi(2) * (1.0 + f64::from(i % 7) / 50.0), price, others: vec![] }
//! };
//! let sales: Vec<Sale> = (0..210).map(sale).collect();
//! let fit = elasticity(&sales, true, Errors::Robust).unwrap();
//! assert!((fit.elasticity.value + 2.0).abs() < 0.02);
//! ```

mod conjoint;
mod elasticity;
mod profit;
mod van_westendorp;

pub use conjoint::{Attribute, Coding, Conjoint, LevelWorth, Profile, conjoint};
pub use elasticity::{Elasticity, Errors, Sale, elasticity};
pub use profit::{BestPrice, best_price};
pub use van_westendorp::{PriceAnswer, PriceShares, VanWestendorp, van_westendorp};

use crate::least_squares::Unfit;
use crate::quantile::TooFewDraws;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a price question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum PriceError {
    /// Too few rows.
    TooFew {
        /// Rows given.
        have: u64,
        /// Rows needed.
        need: u64,
    },
    /// A price or volume that is not positive, or a figure that is not a number.
    NotPositive {
        /// The row, from 0.
        row: usize,
    },
    /// The four prices of an answer do not rise from "too cheap" to "too expensive".
    NotRising {
        /// The answer, from 0.
        row: usize,
    },
    /// A row with another number of values than the first, or a level that does not exist.
    Shape {
        /// The row, from 0.
        row: usize,
    },
    /// A column that does not vary within groups or repeats others.
    Column {
        /// Its name.
        name: String,
    },
    /// The curves do not cross.
    NoCrossing {
        /// The point looked for.
        point: &'static str,
    },
    /// Clusters are asked for, but there is only one.
    OneCluster,
    /// Too few draws for a bootstrap interval.
    TooFewDraws(TooFewDraws),
    /// A setting outside its range.
    Setting {
        /// Its name.
        name: &'static str,
        /// What it must be.
        need: &'static str,
    },
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { have, need } => {
                write!(f, "There are {have} usable rows and at least {need} are needed; collect more.")
            }
            Self::NotPositive { row } => {
                write!(
                    f,
                    "Row {row} has a price or volume that is not a positive number; correct it or leave it out."
                )
            }
            Self::NotRising { row } => {
                write!(f, "The four prices of answer {row} do not rise; ask again or leave it out.")
            }
            Self::Shape { row } => {
                write!(f, "Row {row} has too many or too few values or an unknown level; correct it.")
            }
            Self::Column { name } => {
                write!(f, "{name} does not vary by itself, so its effect cannot be told; leave it out.")
            }
            Self::NoCrossing { point } => {
                write!(f, "The curves do not cross at the {point}; ask more people.")
            }
            Self::OneCluster => f.write_str("There is only one cluster; use robust errors instead."),
            Self::TooFewDraws(few) => few.fmt(f),
            Self::Setting { name, need } => write!(f, "{name} must be {need}; change it."),
        }
    }
}

impl std::error::Error for PriceError {}

impl PriceError {
    fn of(unfit: Unfit, name: impl Fn(usize) -> String) -> Self {
        match unfit {
            Unfit::TooFew { have, need } => Self::TooFew { have: have as u64, need: need as u64 },
            Unfit::Column(column) => Self::Column { name: name(column) },
        }
    }
}

/// The 97.5 % quantile of Student's t.
fn student(freedom: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF, StudentsT};
    StudentsT::new(0.0, 1.0, freedom).map_or(crate::predict::Z, |t| t.inverse_cdf(0.975))
}
