//! The mean of ratings: effort scores, stars, the scores of a construct.

use super::Interval;
use crate::predict::Z;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean with its 95 % interval.
///
/// ```
/// use science::survey::Mean;
///
/// let stars = Mean::new(&[5.0, 4.0, 2.0, 5.0, 3.0, 4.0]).ok_or("fewer than two answers")?;
/// assert!((stars.value - 3.83).abs() < 0.01 && stars.interval.low < 2.7 && stars.interval.high > 4.9);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// Respondents.
    pub n: u64,
    /// The mean.
    pub value: f64,
    /// Standard deviation / √n; 0 when all answered alike, for then the answers say nothing about their spread.
    pub standard_error: f64,
    /// By Student's t; it may reach beyond the ends of a scale.
    pub interval: Interval,
}

impl Mean {
    /// The mean of these ratings; `None` with fewer than two, or when one is not a finite number.
    pub fn new(values: &[f64]) -> Option<Self> {
        if values.len() < 2 || !values.iter().all(|value| value.is_finite()) {
            return None;
        }
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - value).powi(2)).sum();
        let standard_error = (squares / (n - 1.0) / n).sqrt();
        let half = standard_error * StudentsT::new(0.0, 1.0, n - 1.0).map_or(Z, |t| t.inverse_cdf(0.975));
        let interval = Interval { low: value - half, high: value + half };
        Some(Self { n: values.len() as u64, value, standard_error, interval })
    }
}
