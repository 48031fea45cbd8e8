//! Time until a customer leaves, with customers who have not left yet (right censoring).
//!
//! [`KaplanMeier`] draws the curve, [`log_rank`] compares groups, [`CoxModel`] weighs what makes leaving likelier and
//! [`concordance`] says how well a score orders customers by it. Times are in any one unit from each customer's own
//! start; a customer whose end is not seen is *censored* at the last time they were seen. Censoring must not depend
//! on what will happen next: whoever stops being watched because they are about to leave spoils every figure here.

mod concordance;
mod cox;
mod dense;
mod kaplan_meier;
mod log_rank;
mod partial;
mod schoenfeld;

pub use concordance::{Concordance, concordance};
pub use cox::{Coefficient, Column, CoxModel, GlobalTest, MIN_EVENTS_PER_COVARIATE, Ties};
pub use kaplan_meier::{KaplanMeier, Quantile, SurvivalRow};
pub use log_rank::{GroupCount, GroupTest, Weighting, log_rank};
pub use schoenfeld::{ProportionalityTest, TimeTransform};

use std::fmt;

/// Customers' times and whether each time ends with the event (leaving) or with censoring.
#[derive(Debug, Clone, Copy)]
pub struct Durations<'a> {
    times: &'a [f64],
    events: &'a [bool],
}

impl<'a> Durations<'a> {
    /// Checks the columns: as long as each other, not empty, times finite and at least 0.
    ///
    /// # Errors
    /// [`SurvivalError`] names the first row that is wrong.
    pub fn new(times: &'a [f64], events: &'a [bool]) -> Result<Self, SurvivalError> {
        if times.len() != events.len() {
            return Err(SurvivalError::Lengths { column: "events", have: events.len(), need: times.len() });
        }
        if times.is_empty() {
            return Err(SurvivalError::Nobody);
        }
        match times.iter().position(|t| !(*t >= 0.0 && t.is_finite())) {
            Some(row) => Err(SurvivalError::Time { row }),
            None => Ok(Self { times, events }),
        }
    }

    /// Customers.
    pub fn customers(&self) -> usize {
        self.times.len()
    }

    /// Customers whose event was seen.
    pub fn events(&self) -> usize {
        self.events.iter().filter(|event| **event).count()
    }

    /// Positions by time ascending; equal times stay in the order of the input.
    fn ascending(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.times.len()).collect();
        order.sort_by(|a, b| self.times[*a].total_cmp(&self.times[*b]));
        order
    }
}

/// Why a survival analysis is not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurvivalError {
    /// There is nobody in the data.
    Nobody,
    /// Two columns differ in length.
    Lengths {
        /// The column that does not fit.
        column: &'static str,
        /// Its length.
        have: usize,
        /// The length of the times.
        need: usize,
    },
    /// A time is negative or not a number.
    Time {
        /// Position, from 0.
        row: usize,
    },
    /// A covariate is not a finite number.
    Value {
        /// The covariate.
        column: String,
        /// Position, from 0.
        row: usize,
    },
    /// A covariate is the same for everyone.
    Constant {
        /// The covariate.
        column: String,
    },
    /// A covariate follows from the ones before it.
    Collinear {
        /// The covariate.
        column: String,
    },
    /// Fewer than two groups.
    OneGroup,
    /// Too few events to learn from.
    Events {
        /// Events seen.
        have: usize,
        /// Events needed.
        need: usize,
    },
}

impl fmt::Display for SurvivalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => {
                f.write_str("Not enough data: there is nobody in it; give at least one customer.")
            }
            Self::Lengths { column, have, need } => {
                write!(f, "The column {column} has {have} rows but the times have {need}; make them equal.")
            }
            Self::Time { row } => {
                write!(f, "The time in row {row} is not a number of at least 0; correct it.")
            }
            Self::Value { column, row } => {
                write!(f, "{column} in row {row} is not a finite number; correct it or leave the row out.")
            }
            Self::Constant { column } => {
                write!(
                    f,
                    "{column} is the same for everyone, so nothing can be learnt from it; leave it out."
                )
            }
            Self::Collinear { column } => {
                write!(f, "{column} follows from the columns before it; leave one of them out.")
            }
            Self::OneGroup => f.write_str("There is only one group; a comparison needs two."),
            Self::Events { have, need } => write!(
                f,
                "Not enough data: {have} customers left while watched, this needs {need}; watch longer or use fewer \
                 covariates."
            ),
        }
    }
}

impl std::error::Error for SurvivalError {}

/// P(a chi-squared variable of so many degrees of freedom is larger).
fn chi_squared_tail(value: f64, degrees: u32) -> f64 {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    match ChiSquared::new(f64::from(degrees)) {
        Ok(distribution) if value > 0.0 => distribution.sf(value).clamp(0.0, 1.0),
        _ => 1.0,
    }
}

/// P(a standard normal variable is further from 0 on either side).
fn normal_two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}
