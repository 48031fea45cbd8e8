//! A customer's own usual, and how far the present is from it: "usually 30 days, now 62".

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is usual for one customer in one figure: gaps between visits, amounts, sentiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The figures, ascending.
    history: Vec<f64>,
}

/// The present against the usual.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Deviation {
    /// Figures the baseline rests on.
    pub n: u64,
    /// Their median.
    pub usual: f64,
    /// The figure now.
    pub present: f64,
    /// present − usual.
    pub difference: f64,
    /// The share of the customer's own figures that lie at least as far out on this side, the present one counted too:
    /// 1 / (n + 1) at the least. A chance of so much when nothing has changed.
    pub chance: f64,
    /// Whether `chance` is at or below the alarm level.
    pub alarm: bool,
}

/// Too few figures of a customer's own, or figures that are no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum NoBaseline {
    /// Too few figures.
    TooFew {
        /// Figures given.
        have: u64,
        /// Figures needed.
        need: u64,
    },
    /// A figure is not a finite number.
    NotANumber {
        /// Position, from 0.
        row: usize,
    },
}

impl fmt::Display for NoBaseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { have, need } => {
                write!(
                    f,
                    "Not enough data: {have} earlier figures of this customer, {need} are needed; wait for more."
                )
            }
            Self::NotANumber { row } => write!(f, "The figure in row {row} is not a number; leave it out."),
        }
    }
}

impl std::error::Error for NoBaseline {}

/// Fewest figures: below it even the furthest has a chance of one in five.
pub const MIN_HISTORY: u64 = 5;

impl Baseline {
    /// The baseline of a customer's earlier figures, in any order.
    ///
    /// ```
    /// use science::interval::Baseline;
    ///
    /// let gaps = Baseline::of(&[28.0, 30.0, 31.0, 27.0, 35.0, 30.0, 33.0, 29.0, 30.0])?;
    /// let late = gaps.deviation(62.0, 0.1);
    /// assert_eq!((late.usual, late.present, late.alarm), (30.0, 62.0, true));
    /// assert!((late.chance - 0.1).abs() < 1e-12);
    /// # Ok::<(), science::interval::NoBaseline>(())
    /// ```
    ///
    /// # Errors
    /// [`NoBaseline`] below [`MIN_HISTORY`] figures, or for one that is not a number.
    pub fn of(history: &[f64]) -> Result<Self, NoBaseline> {
        if let Some(row) = history.iter().position(|v| !v.is_finite()) {
            return Err(NoBaseline::NotANumber { row });
        }
        let have = history.len() as u64;
        if have < MIN_HISTORY {
            return Err(NoBaseline::TooFew { have, need: MIN_HISTORY });
        }
        let mut history = history.to_vec();
        history.sort_unstable_by(f64::total_cmp);
        Ok(Self { history })
    }

    /// The middle figure, or the mean of the two in the middle.
    pub fn usual(&self) -> f64 {
        let n = self.history.len();
        self.history[(n - 1) / 2] / 2.0 + self.history[n / 2] / 2.0
    }

    /// How far the present figure is from the usual. A present that is not a number counts as the usual.
    pub fn deviation(&self, present: f64, alarm_level: f64) -> Deviation {
        let usual = self.usual();
        let present = if present.is_finite() { present } else { usual };
        let below = self.history.partition_point(|v| *v < present);
        let through = self.history.partition_point(|v| *v <= present);
        let beyond = if present >= usual { self.history.len() - below } else { through };
        let chance = (beyond + 1) as f64 / (self.history.len() + 1) as f64;
        let difference = present - usual;
        let alarm = chance <= alarm_level && difference != 0.0;
        Deviation { n: self.history.len() as u64, usual, present, difference, chance, alarm }
    }
}
