//! What a relationship gives and what it is worth: delivered value, customer quality, key accounts, bonds, and who is a
//! true customer.
//!
//! Invariants: every result carries its reasons, the inputs with what each added; an input that is not known makes the
//! result [`ValueError::Missing`], never a guess.

mod accounts;
mod bonds;
mod delivered;
mod effect;
mod migration;
mod quality;
mod true_customer;

pub use accounts::{
    AccountScore, Criterion, LeftOut, MAX_KEY_ACCOUNTS, MIN_KEY_ACCOUNTS, Screening, SensitivityOptions,
    extra_candidates, screen,
};
pub use bonds::{
    BondLevel, Bonds, IncentiveUse, StructuralService, Switching, level_distribution, switching,
};
pub use delivered::{Component, DeliveredValue, MeanDeliveredValue, Offer, compare, mean_delivered_value};
pub use effect::{Group, MIN_GROUP, RetentionEffect, retention_effect};
pub use migration::{MigrationMatrix, migration};
pub use quality::{Quality, QualityInputs, QualityWeights, RankedQuality, quality, rank_quality};
pub use true_customer::{CustomerEvidence, Evidence, Sign, TrueCustomer, TrueCustomerFlag, true_customer};

use serde::{Deserialize, Serialize};
use std::fmt;

/// One input of a result and what it added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The input.
    pub input: String,
    /// What it added to the result, in the result's unit; below zero it took away.
    pub contribution: f64,
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum ValueError {
    /// Inputs that are not known yet.
    Missing {
        /// Which.
        inputs: Vec<String>,
    },
    /// An input is not a finite number within its range.
    OutOfRange {
        /// Which.
        input: String,
        /// The lowest it may be.
        low: f64,
        /// The highest.
        high: f64,
    },
    /// Weights must be numbers of at least 0, not all 0.
    Weights,
    /// Two columns differ in length.
    Lengths {
        /// Rows of the one.
        have: usize,
        /// Rows of the other.
        need: usize,
    },
    /// Too few people in a group.
    TooFew {
        /// People given.
        have: u64,
        /// People needed.
        need: u64,
    },
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { inputs } => {
                write!(f, "Not enough data: {} not known; ask for it.", inputs.join(", "))
            }
            Self::OutOfRange { input, low, high } => {
                write!(f, "{input} is not a number from {low} to {high}; correct it.")
            }
            Self::Weights => f.write_str("Weights are numbers of at least 0, not all 0; correct them."),
            Self::Lengths { have, need } => {
                write!(f, "One column has {have} rows and another {need}; make them equal.")
            }
            Self::TooFew { have, need } => {
                write!(f, "Not enough data: {have} people in a group, {need} are needed; wait for more.")
            }
        }
    }
}

impl std::error::Error for ValueError {}

/// An input within its range.
fn within(input: &str, value: f64, low: f64, high: f64) -> Result<f64, ValueError> {
    // Comparisons with what is not a number are false.
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(ValueError::OutOfRange { input: input.into(), low, high })
    }
}

/// Weights as shares of their sum.
fn shares(weights: &[f64]) -> Result<Vec<f64>, ValueError> {
    let largest = weights.iter().fold(0.0_f64, |m, w| m.max(*w));
    if weights.iter().any(|w| !(*w >= 0.0 && w.is_finite())) || largest <= 0.0 {
        return Err(ValueError::Weights);
    }
    // Divided first, so that very large weights do not add up to infinity.
    let sum: f64 = weights.iter().map(|w| w / largest).sum();
    Ok(weights.iter().map(|w| w / largest / sum).collect())
}

/// Reasons with the largest contribution, up or down, first.
fn by_size(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    reasons
}
