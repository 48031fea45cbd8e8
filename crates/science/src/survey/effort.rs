//! The customer effort score: "it was easy to …" from 1 (disagree) to 7 (agree).

use super::{Interval, Mean, Proportion};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why scores cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOutOfRange {
    /// The respondent, from 0.
    pub row: usize,
    /// What was given.
    pub score: u8,
    /// The lowest score there is.
    pub lowest: u8,
    /// The highest.
    pub highest: u8,
}

impl fmt::Display for ScoreOutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, score, lowest, highest } = self;
        write!(
            f,
            "Respondent {row} gave {score}, the scale goes from {lowest} to {highest}; correct the answer."
        )
    }
}

impl std::error::Error for ScoreOutOfRange {}

impl ScoreOutOfRange {
    pub(super) fn check(scores: &[u8], lowest: u8, highest: u8) -> Result<(), Self> {
        match scores.iter().position(|score| !(lowest..=highest).contains(score)) {
            Some(row) => Err(Self { row, score: scores[row], lowest, highest }),
            None => Ok(()),
        }
    }
}

/// A customer effort score (CES).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CustomerEffortScore {
    /// Respondents.
    pub n: u64,
    /// Mean score, 1 to 7.
    pub mean: f64,
    /// 95 % interval of the mean (Student's t), within the scale; absent with one respondent or when all answer alike,
    /// for then the answers say nothing about their spread.
    pub interval: Option<Interval>,
    /// The share that found it easy: 5, 6 or 7.
    pub easy: Proportion,
}

/// The effort score of answers from 1 to 7; `None` when nobody answered.
///
/// ```
/// let ces = science::survey::customer_effort_score(&[7, 6, 5, 2, 6])?.ok_or("nobody answered")?;
/// assert_eq!((ces.mean, ces.easy.value), (5.2, 0.8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ScoreOutOfRange`] names the first answer outside 1 to 7.
pub fn customer_effort_score(scores: &[u8]) -> Result<Option<CustomerEffortScore>, ScoreOutOfRange> {
    ScoreOutOfRange::check(scores, 1, 7)?;
    let values: Vec<f64> = scores.iter().map(|score| f64::from(*score)).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let interval = Mean::new(&values)
        .filter(|mean| mean.standard_error > 0.0)
        .map(|mean| Interval { low: mean.interval.low.max(1.0), high: mean.interval.high.min(7.0) });
    Ok(Proportion::top_box(scores, 5).map(|easy| CustomerEffortScore { n: easy.n, mean, interval, easy }))
}
