//! What a campaign caused: holdout lift, CUPED, tests that may be peeked at, sample sizes.
//!
//! Customers are split by chance into those treated and a holdout (the control); what they do afterwards is compared.
//!
//! - [`rate_lift`] compares shares (who visited, who bought), [`mean_lift`] compares amounts (revenue a customer);
//! - [`cuped`] narrows the interval of an amount with what was known before the campaign;
//! - [`SequentialTest`] may be looked at after every customer without losing its promise;
//! - [`plan`] says how many customers and how many days a test needs.
//!
//! Intervals hold 95 %. Nothing here knows whether the split was by chance: that has to be true.
//!
//! ```
//! use science::experiment::{Rate, rate_lift};
//!
//! // Hillstrom's e-mail test: visits after the men's e-mail and without e-mail.
//! let lift = rate_lift(Rate { successes: 3_894, n: 21_307 }, Rate { successes: 2_262, n: 21_306 }).unwrap();
//! assert!((lift.difference.value - 0.0766).abs() < 1e-4);
//! assert!(lift.difference.low > 0.069 && lift.difference.high < 0.084);
//! ```

mod cuped;
mod mean;
pub mod plan;
mod rate;
mod sequential;

pub use cuped::{Cuped, cuped};
pub use mean::{Bootstrap, MeanLift, mean_lift};
pub use rate::{Rate, RateLift, rate_lift};
pub use sequential::{Arm, Look, SequentialTest};

use crate::predict::{Estimate, Z};
use crate::quantile::TooFewDraws;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;
use std::fmt;

/// Which side of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Those the campaign reached.
    Treated,
    /// The holdout.
    Control,
}

/// What the interval says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// All of the interval lies above zero.
    Higher,
    /// All of it lies below.
    Lower,
    /// It holds zero: chance explains the difference well enough.
    Unclear,
}

impl Evidence {
    pub(crate) fn of(low: f64, high: f64) -> Self {
        if low > 0.0 {
            Self::Higher
        } else if high < 0.0 {
            Self::Lower
        } else {
            Self::Unclear
        }
    }
}

/// Why an experiment cannot be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum ExperimentError {
    /// Too few customers on a side.
    TooFew {
        /// The side.
        side: Side,
        /// Customers given.
        have: u64,
        /// Customers needed.
        need: u64,
    },
    /// More successes than customers.
    MoreSuccessesThanCustomers {
        /// The side.
        side: Side,
    },
    /// A value that is not a finite number, or beyond 1e100.
    NotANumber {
        /// The side.
        side: Side,
        /// Position in the input, from 0.
        row: usize,
    },
    /// The columns of one side differ in length.
    Lengths {
        /// The side.
        side: Side,
    },
    /// All values are alike, so chance cannot be judged.
    NoVariance,
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

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Treated => "treated",
            Self::Control => "control",
        })
    }
}

impl fmt::Display for ExperimentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { side, have, need } => write!(
                f,
                "The {side} group has {have} customers and needs at least {need}; wait for more or widen the group."
            ),
            Self::MoreSuccessesThanCustomers { side } => {
                write!(f, "The {side} group has more successes than customers; count each customer once.")
            }
            Self::NotANumber { side, row } => {
                write!(f, "Row {row} of the {side} group is not a finite number; correct it or leave it out.")
            }
            Self::Lengths { side } => write!(
                f,
                "The {side} group has a different number of values before and after; give one of each a customer."
            ),
            Self::NoVariance => {
                f.write_str("All values are alike, so chance cannot be judged; choose another measure.")
            }
            Self::TooFewDraws(few) => few.fmt(f),
            Self::Setting { name, need } => write!(f, "{name} must be {need}; change it."),
        }
    }
}

impl std::error::Error for ExperimentError {}

/// Two-sided p-value of a standard normal statistic.
fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// A difference of two means whose parts have the squared errors `v1` and `v2` from `n1` and `n2` values: Welch's
/// interval and two-sided p-value by Student's t with Satterthwaite's degrees of freedom (Welch 1947, Biometrika 34).
pub(crate) fn welch(value: f64, (v1, n1): (f64, f64), (v2, n2): (f64, f64)) -> (Estimate, f64) {
    let error = (v1 + v2).sqrt();
    let shares = (v1 / (v1 + v2), v2 / (v1 + v2));
    let degrees = 1.0 / (shares.0.powi(2) / (n1 - 1.0) + shares.1.powi(2) / (n2 - 1.0));
    // Beyond a million degrees t and normal agree to six digits; without any spread there is nothing to judge by.
    let student = StudentsT::new(0.0, 1.0, degrees).ok().filter(|_| degrees < 1e6);
    let half = error * student.map_or(Z, |t| t.inverse_cdf(0.975));
    let p_value = match student {
        _ if error <= 0.0 => 1.0,
        Some(t) => (2.0 * t.sf((value / error).abs())).min(1.0),
        None => two_sided(value / error),
    };
    (Estimate { value, standard_error: error, low: value - half, high: value + half }, p_value)
}

/// Larger amounts are typing errors, and their squares would not stay finite.
const LARGEST: f64 = 1e100;

/// Mean and variance (n - 1) of one side, or why there is none.
fn moments(side: Side, values: &[f64]) -> Result<(f64, f64), ExperimentError> {
    if let Some(row) = values.iter().position(|v| !v.is_finite() || v.abs() > LARGEST) {
        return Err(ExperimentError::NotANumber { side, row });
    }
    if values.len() < 2 {
        return Err(ExperimentError::TooFew { side, have: values.len() as u64, need: 2 });
    }
    let n = values.len() as f64;
    // Around the first value, so that values all alike have no variance at all.
    let mean = values[0] + values.iter().map(|v| (v - values[0]) / n).sum::<f64>();
    let variance = values.iter().map(|v| (v - mean) * ((v - mean) / (n - 1.0))).sum::<f64>();
    Ok((mean, variance))
}
