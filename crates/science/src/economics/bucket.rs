//! The leaky bucket (Charmichael): customers flow in, leak out through holes, and settle at a level.

use super::{EconomicsError, require};

/// Why customers leave, and how many in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// Customers lost through it in a period.
    pub lost: f64,
    /// The share of them a plug would keep, 0 to 1.
    pub pluggable: f64,
}

/// Customers at the start of a period, inflow in a period and the share lost in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyBucket {
    /// Customers at the start.
    pub level: f64,
    /// New and returning customers in a period.
    pub inflow: f64,
    /// Share of the level lost in a period, 0 to 1.
    pub loss_rate: f64,
}

/// A hole beside the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankedHole {
    /// Position in the input, from 0.
    pub row: usize,
    /// Its part of the loss rate.
    pub loss_rate: f64,
    /// The steady state once it is plugged as far as it can be; `None` when nothing leaks then.
    pub steady_state: Option<f64>,
    /// What plugging it brings, see [`LeakyBucket::worth_of_plugging`].
    pub worth: f64,
}

impl LeakyBucket {
    /// Checks the figures: level and inflow at least 0, the loss rate from 0 to 1.
    ///
    /// # Errors
    /// [`EconomicsError::NotANumber`] names the first figure that is wrong.
    pub fn checked(self) -> Result<Self, EconomicsError> {
        require("The level", self.level)?;
        require("The inflow", self.inflow)?;
        require("The loss rate", self.loss_rate)?;
        require("The share that stays", 1.0 - self.loss_rate)?;
        Ok(self)
    }

    /// The holes, the one most worth plugging first; equal ones stay in the order of the input.
    ///
    /// ```
    /// use science::economics::{Hole, LeakyBucket};
    ///
    /// let bucket = LeakyBucket { level: 1_000.0, inflow: 100.0, loss_rate: 0.08 };
    /// let holes = [Hole { lost: 50.0, pluggable: 0.0 }, Hole { lost: 20.0, pluggable: 1.0 }];
    /// let ranked = bucket.rank_holes(&holes, 12, 10_000.0, 0.01);
    /// // Moving away cannot be helped; slow delivery can: 8 % becomes 6 %, and 1,250 become 1,667.
    /// assert_eq!(ranked[0].row, 1);
    /// assert_eq!(ranked[0].steady_state.unwrap().round(), 1_667.0);
    /// ```
    pub fn rank_holes(&self, holes: &[Hole], periods: u32, margin: f64, discount: f64) -> Vec<RankedHole> {
        let rank = |(row, hole): (usize, &Hole)| RankedHole {
            row,
            loss_rate: if self.level > 0.0 { hole.lost / self.level } else { 0.0 },
            steady_state: self.plugged(hole).steady_state(),
            worth: self.worth_of_plugging(hole, periods, margin, discount),
        };
        let mut ranked: Vec<RankedHole> = holes.iter().enumerate().map(rank).collect();
        ranked.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        ranked
    }

    /// The bucket of a period seen: `None` when nobody was there to lose.
    pub fn observed(level: f64, inflow: f64, outflow: f64) -> Option<Self> {
        (level > 0.0).then(|| Self { level, inflow, loss_rate: (outflow / level).clamp(0.0, 1.0) })
    }

    /// The level after one period.
    pub fn next_level(&self) -> f64 {
        self.level + self.inflow - self.loss_rate * self.level
    }

    /// The level at which inflow and outflow balance; `None` when nothing leaks, for then it grows for ever.
    pub fn steady_state(&self) -> Option<f64> {
        (self.loss_rate > 0.0).then(|| self.inflow / self.loss_rate)
    }

    /// The levels at the end of each of the next periods.
    pub fn simulate(&self, periods: u32) -> Vec<f64> {
        let mut bucket = *self;
        let step = |_| {
            bucket.level = bucket.next_level();
            bucket.level
        };
        (0..periods).map(step).collect()
    }

    /// The bucket once one hole is plugged.
    pub fn plugged(&self, hole: &Hole) -> Self {
        let saved =
            if self.level > 0.0 { hole.lost * hole.pluggable.clamp(0.0, 1.0) / self.level } else { 0.0 };
        Self { loss_rate: (self.loss_rate - saved).max(0.0), ..*self }
    }

    /// What plugging a hole brings over the next periods: customer-periods gained times the margin of one, each
    /// discounted at `discount` per period from its end.
    pub fn worth_of_plugging(&self, hole: &Hole, periods: u32, margin: f64, discount: f64) -> f64 {
        let (now, then) = (self.simulate(periods), self.plugged(hole).simulate(periods));
        let gains = now.iter().zip(&then).map(|(now, then)| (then - now) * margin);
        gains.zip(1..).map(|(gain, period)| gain / (1.0 + discount).powi(period)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: LeakyBucket = LeakyBucket { level: 1_000.0, inflow: 100.0, loss_rate: 0.08 };

    #[test]
    fn a_bucket_of_1_000() {
        assert_eq!(BUCKET.next_level(), 1_020.0);
        assert_eq!(BUCKET.steady_state(), Some(1_250.0));
        assert_eq!(LeakyBucket { loss_rate: 0.06, ..BUCKET }.steady_state().unwrap().round(), 1_667.0);
        assert_eq!(LeakyBucket { loss_rate: 0.0, ..BUCKET }.steady_state(), None);
    }

    #[test]
    fn simulation_settles_at_the_steady_state() {
        let levels = BUCKET.simulate(300);
        assert_eq!(levels[0], 1_020.0);
        assert!((levels[299] - 1_250.0).abs() < 1e-6);
    }

    #[test]
    fn plugging_a_hole() {
        // 20 of the 80 lost each period are kept: 8 % becomes 6 %.
        let hole = Hole { lost: 40.0, pluggable: 0.5 };
        assert!((BUCKET.plugged(&hole).loss_rate - 0.06).abs() < 1e-12);
        // Period 1: 1,040 against 1,020. Period 2: 1,077.6 against 1,038.4.
        let worth = BUCKET.worth_of_plugging(&hole, 2, 10.0, 0.1);
        assert!((worth - (200.0 / 1.1 + 392.0 / 1.21)).abs() < 1e-9);
    }

    #[test]
    fn an_observed_month() {
        assert_eq!(LeakyBucket::observed(1_000.0, 100.0, 80.0), Some(BUCKET));
        assert_eq!(LeakyBucket::observed(0.0, 100.0, 0.0), None);
    }
}
