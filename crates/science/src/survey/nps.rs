//! The net promoter score: promoters (9, 10) less detractors (0 to 6) among all who answered from 0 to 10.

use super::{Interval, ScoreOutOfRange, bisect};
use crate::predict::Z;
use serde::{Deserialize, Serialize};

/// A net promoter score as a share from -1 to 1; times 100 it is the figure commonly shown.
///
/// ```
/// use science::survey::Nps;
///
/// let nps = Nps::of_scores(&[10, 9, 9, 8, 7, 6, 10, 3])?.ok_or("nobody answered")?;
/// assert_eq!((nps.promoters, nps.passives, nps.detractors), (4, 2, 2));
/// assert_eq!(nps.value, 0.25);
/// assert!(nps.interval.low < -0.3 && nps.interval.high > 0.6); // Eight answers say little.
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Nps {
    /// Respondents.
    pub n: u64,
    /// Scores of 9 and 10.
    pub promoters: u64,
    /// Scores of 7 and 8.
    pub passives: u64,
    /// Scores of 0 to 6.
    pub detractors: u64,
    /// (promoters - detractors) / n.
    pub value: f64,
    /// Standard error from the multinomial variance.
    pub standard_error: f64,
    /// The 95 % score interval: what Wilson's is for a share. It holds its level in small samples and never leaves
    /// -1 to 1, unlike value ± 1.96 standard errors (Rocks 2016; the formula is Tango's of 1998 for paired shares).
    pub interval: Interval,
}

impl Nps {
    /// The score of these counts; `None` when nobody answered.
    pub fn new(promoters: u64, passives: u64, detractors: u64) -> Option<Self> {
        let n = promoters.checked_add(passives)?.checked_add(detractors).filter(|n| *n > 0)?;
        let (b, c, all) = (promoters as f64, detractors as f64, n as f64);
        let value = (b - c) / all;
        Some(Self {
            n,
            promoters,
            passives,
            detractors,
            value,
            standard_error: (variance(b / all, c / all) / all).sqrt(),
            interval: Interval {
                low: bisect(value, -1.0, |delta| deviation(b, c, all, delta) < Z),
                high: bisect(value, 1.0, |delta| deviation(b, c, all, delta) > -Z),
            },
        })
    }

    /// The score of answers from 0 to 10; `None` when nobody answered.
    ///
    /// # Errors
    /// [`ScoreOutOfRange`] names the first answer above 10.
    pub fn of_scores(scores: &[u8]) -> Result<Option<Self>, ScoreOutOfRange> {
        ScoreOutOfRange::check(scores, 0, 10)?;
        let count = |from: u8, to: u8| scores.iter().filter(|s| (from..=to).contains(s)).count() as u64;
        Ok(Self::new(count(9, 10), count(7, 8), count(0, 6)))
    }
}

/// Variance of one answer counted +1, 0 or -1.
pub(super) fn variance(promoters: f64, detractors: f64) -> f64 {
    (promoters + detractors - (promoters - detractors).powi(2)).max(0.0)
}

/// How many standard errors the score lies above `delta`, the error being that of the likeliest shares whose
/// difference is `delta`.
fn deviation(b: f64, c: f64, n: f64, delta: f64) -> f64 {
    let linear = -b - c + (2.0 * n - b + c) * delta;
    let constant = -c * delta * (1.0 - delta);
    let detractors = ((linear * linear - 8.0 * n * constant).max(0.0).sqrt() - linear) / (4.0 * n);
    let error = (n * (2.0 * detractors + delta * (1.0 - delta)).max(0.0)).sqrt();
    let distance = b - c - n * delta;
    if error > 0.0 { distance / error } else { distance.signum() * f64::INFINITY }
}
