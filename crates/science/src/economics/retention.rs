//! Kotler's four steps: measure retention, divide the loss by cause, find the profit lost through avoidable loss, and
//! compare it with what keeping those customers would cost.

use super::{EconomicsError, ratio, require};
use serde::{Deserialize, Serialize};

/// The figures of one company.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RetentionCase {
    /// Customers at the start of the period.
    pub at_start: u64,
    /// Those who bought again.
    pub repeated: u64,
    /// Of those lost, how many could have been kept.
    pub avoidable: u64,
    /// Profit of one customer in a year.
    pub yearly_profit: f64,
    /// Years a kept customer would have stayed.
    pub years: u32,
    /// Yearly discount rate.
    pub discount: f64,
}

/// Whether a programme pays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Share of the avoidable loss the programme keeps.
    pub saving: f64,
    /// Profit it keeps.
    pub saved: f64,
    /// What it costs.
    pub cost: f64,
    /// Whether the profit is more than the cost.
    pub spend: bool,
}

/// One line of the sensitivity table.
pub type SensitivityRow = Verdict;

/// More years than anyone plans for; keeps the sum short whatever is typed in.
const MAX_YEARS: u32 = 100;

impl RetentionCase {
    /// Checks the figures: avoidable loss cannot exceed the loss, amounts are at least zero.
    ///
    /// # Errors
    /// [`EconomicsError::NotANumber`] names the first figure that is wrong.
    pub fn checked(self) -> Result<Self, EconomicsError> {
        require("The yearly profit", self.yearly_profit)?;
        require("The discount rate", self.discount)?;
        let beyond = |part: u64, whole: u64| if part <= whole { 0.0 } else { -1.0 };
        require("The number who did not buy again", beyond(self.repeated, self.at_start))?;
        require("The loss that was not avoidable", beyond(self.avoidable, self.lost()))?;
        Ok(self)
    }

    /// Step 1: the retention rate.
    pub fn retention(&self) -> Option<f64> {
        super::retention_rate(self.at_start, self.repeated)
    }

    /// Step 2: customers lost.
    pub fn lost(&self) -> u64 {
        self.at_start.saturating_sub(self.repeated)
    }

    /// Step 3: the discounted profit lost with one customer, paid at the end of each year.
    pub fn lost_profit_each(&self) -> f64 {
        let yearly = 1.0 / (1.0 + self.discount);
        let discounted = |year: u32| self.yearly_profit * yearly.powf(f64::from(year));
        (1..=self.years.min(MAX_YEARS)).map(discounted).sum()
    }

    /// Step 3: the discounted profit lost through avoidable loss.
    pub fn lost_profit(&self) -> f64 {
        self.avoidable as f64 * self.lost_profit_each()
    }

    /// Step 4: whether a programme that costs `cost` and keeps the share `saving` of the avoidable loss pays.
    pub fn verdict(&self, cost: f64, saving: f64) -> Verdict {
        let saved = saving * self.lost_profit();
        Verdict { saving, saved, cost, spend: cost < saved }
    }

    /// The share of the avoidable loss a programme must keep to pay for itself; `None` when nothing is lost.
    pub fn breakeven_saving(&self, cost: f64) -> Option<f64> {
        ratio(cost, self.lost_profit())
    }

    /// The verdict for each share.
    pub fn sensitivity(&self, cost: f64, savings: &[f64]) -> Vec<SensitivityRow> {
        savings.iter().map(|saving| self.verdict(cost, *saving)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: RetentionCase = RetentionCase {
        at_start: 1_000,
        repeated: 800,
        avoidable: 100,
        yearly_profit: 50_000.0,
        years: 3,
        discount: 0.1,
    };

    #[test]
    fn kotlers_four_steps() {
        assert_eq!(CASE.retention(), Some(0.8));
        assert_eq!(CASE.lost(), 200);
        // 50,000 / 1.1 + 50,000 / 1.21 + 50,000 / 1.331.
        assert_eq!(CASE.lost_profit_each().round(), 124_343.0);
        assert_eq!(CASE.lost_profit().round(), 12_434_260.0);
        let table = CASE.sensitivity(3_000_000.0, &[0.4, 0.2]);
        let rounded: Vec<_> = table.iter().map(|row| (row.saved.round(), row.spend)).collect();
        assert_eq!(rounded, [(4_973_704.0, true), (2_486_852.0, false)]);
        let breakeven = CASE.breakeven_saving(3_000_000.0).unwrap();
        assert!((breakeven - 0.241_268_9).abs() < 1e-6, "{breakeven}");
    }

    #[test]
    fn kotlers_carrier() {
        let carrier = RetentionCase {
            at_start: 64_000,
            repeated: 60_800,
            avoidable: 3_200,
            yearly_profit: 40_000.0 * 0.1,
            years: 1,
            discount: 0.0,
        };
        assert_eq!((carrier.lost(), carrier.lost_profit()), (3_200, 12_800_000.0));
    }

    #[test]
    fn wrong_figures_are_named() {
        assert!(CASE.checked().is_ok());
        for wrong in [
            RetentionCase { avoidable: 201, ..CASE },
            RetentionCase { repeated: 1_001, ..CASE },
            RetentionCase { yearly_profit: f64::NAN, ..CASE },
            RetentionCase { discount: -0.1, ..CASE },
        ] {
            assert!(matches!(wrong.checked(), Err(EconomicsError::NotANumber { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn a_breakeven_needs_a_loss() {
        assert_eq!(RetentionCase { avoidable: 0, ..CASE }.breakeven_saving(1.0), None);
    }
}
