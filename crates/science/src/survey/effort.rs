//! The customer effort score: "it was easy to …" from 1 (disagree) to 7 (agree).

use super::{Interval, Share};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
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

/// A customer effort score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    /// Respondents.
    pub n: u64,
    /// Mean score, 1 to 7.
    pub mean: f64,
    /// 95 % interval of the mean (Student's t), within the scale; absent with one respondent or when all answer alike,
    /// for then the answers say nothing about their spread.
    pub interval: Option<Interval>,
    /// The share that found it easy: 5, 6 or 7.
    pub easy: Share,
}

/// The effort score of answers from 1 to 7; `None` when nobody answered.
///
/// ```
/// let ces = science::survey::effort(&[7, 6, 5, 2, 6])?.ok_or("nobody answered")?;
/// assert_eq!((ces.mean, ces.easy.value), (5.2, 0.8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ScoreOutOfRange`] names the first answer outside 1 to 7.
pub fn effort(scores: &[u8]) -> Result<Option<Effort>, ScoreOutOfRange> {
    ScoreOutOfRange::check(scores, 1, 7)?;
    let n = scores.len() as f64;
    let mean = scores.iter().map(|s| f64::from(*s)).sum::<f64>() / n;
    let squares: f64 = scores.iter().map(|s| (f64::from(*s) - mean).powi(2)).sum();
    let interval = || {
        let t = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(0.975);
        let half = t * (squares / (n - 1.0) / n).sqrt();
        (squares > 0.0).then(|| Interval { low: (mean - half).max(1.0), high: (mean + half).min(7.0) })
    };
    Ok(Share::top_box(scores, 5).map(|easy| Effort { n: easy.n, mean, interval: interval(), easy }))
}
