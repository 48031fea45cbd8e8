//! A share of respondents: CSAT, top boxes, any yes or no.

use super::exact::incomplete_beta;
use super::{Interval, bisect};
use serde::{Deserialize, Serialize};

/// The share that said yes, with two 95 % intervals. CSAT is the share that chose one of the top boxes.
///
/// ```
/// use science::survey::Proportion;
///
/// let csat = Proportion::top_box(&[5, 4, 2, 5, 3, 4, 5, 1], 4).ok_or("nobody answered")?;
/// assert_eq!((csat.yes, csat.n, csat.value), (5, 8, 0.625));
/// assert!(csat.exact.low < csat.wilson.low && csat.wilson.high < csat.exact.high);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// Respondents.
    pub n: u64,
    /// Of them, yes.
    pub yes: u64,
    /// yes / n.
    pub value: f64,
    /// Wilson's (1927) score interval: 95 % on average over shares; for reports.
    pub wilson: Interval,
    /// Clopper & Pearson's (1934) exact interval: never less than 95 %; for promises.
    pub exact: Interval,
}

impl Proportion {
    /// The share of `yes` among `n`; `None` when nobody answered. More than `n` count as `n`.
    pub fn new(yes: u64, n: u64) -> Option<Self> {
        let share = crate::share::Share::wilson(yes, n)?;
        Some(Self {
            n,
            yes: share.part,
            value: share.value,
            wilson: Interval { low: share.low, high: share.high },
            exact: exact(share.part as f64, n as f64),
        })
    }

    /// The share of scores of at least `from`, as CSAT counts 4 and 5 of five.
    pub fn top_box(scores: &[u8], from: u8) -> Option<Self> {
        Self::new(scores.iter().filter(|score| **score >= from).count() as u64, scores.len() as u64)
    }
}

fn exact(yes: f64, n: f64) -> Interval {
    const TAIL: f64 = 0.025;
    let p = yes / n;
    // The lower end makes `yes` or more as rare as the tail, the upper end `yes` or fewer.
    let too_likely = |at: f64| incomplete_beta(yes, n - yes + 1.0, at) > TAIL;
    let still_likely = |at: f64| 1.0 - incomplete_beta(yes + 1.0, n - yes, at) > TAIL;
    Interval {
        low: if yes == 0.0 { 0.0 } else { bisect(p, 0.0, too_likely) },
        high: if yes == n { 1.0 } else { bisect(p, 1.0, still_likely) },
    }
}
