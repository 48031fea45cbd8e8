//! How to split a budget between winning and keeping customers.
//!
//! Each side brings customers with diminishing returns: with `ceiling` the most that money can bring and `scale` the
//! spend that brings 63 % of it, a spend s brings ceiling · (1 − e^(−s / scale)). The best split spends the next won
//! where it brings most, so that both sides' last won bring the same (unless one side gets nothing).

use super::{EconomicsError, require};
use serde::{Deserialize, Serialize};

/// What spending on one side brings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The most customers that can be gained or kept.
    pub ceiling: f64,
    /// The spend that brings 1 − 1/e of them.
    pub scale: f64,
    /// Profit of each.
    pub profit_each: f64,
}

/// A split and what it brings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Spend on winning.
    pub offensive: f64,
    /// Spend on keeping.
    pub defensive: f64,
    /// Customers gained.
    pub gained: f64,
    /// Customers kept beyond those who stay anyway.
    pub kept: f64,
    /// Profit of both less the budget.
    pub profit: f64,
}

impl Response {
    /// The response through one point seen: `spend` brought `customers` of at most `ceiling`.
    ///
    /// # Errors
    /// [`EconomicsError::NotANumber`] unless 0 < customers < ceiling and the spend is above 0.
    pub fn through(
        spend: f64,
        customers: f64,
        ceiling: f64,
        profit_each: f64,
    ) -> Result<Self, EconomicsError> {
        let scale = -require("The spend", spend)? / (-customers / ceiling).ln_1p();
        let inside = customers > 0.0 && customers < ceiling && spend > 0.0;
        require("The number of customers", if inside { customers } else { -1.0 })?;
        Self { ceiling, scale, profit_each }.checked()
    }

    /// # Errors
    /// [`EconomicsError::NotANumber`] names the first figure that is not a number above 0.
    fn checked(self) -> Result<Self, EconomicsError> {
        require("The ceiling", self.ceiling)?;
        require("The profit of a customer", self.profit_each)?;
        require("The scale of the spend", if self.scale > 0.0 { self.scale } else { -1.0 })?;
        require("The profit of all", self.ceiling * self.profit_each / self.scale)?;
        Ok(self)
    }

    /// The same where each won does only so much of what it did: a buyer's market, in which rivals outbid each other
    /// for the same customers, has an effect below 1 on winning.
    ///
    /// # Errors
    /// [`EconomicsError::NotANumber`] unless the effect is above 0.
    pub fn with_effect(self, effect: f64) -> Result<Self, EconomicsError> {
        require("The effect", if effect > 0.0 { effect } else { -1.0 })?;
        Self { scale: self.scale / effect, ..self }.checked()
    }

    /// Customers that a spend brings.
    pub fn customers(&self, spend: f64) -> f64 {
        -self.ceiling * (-spend.max(0.0) / self.scale).exp_m1()
    }

    /// Profit of the first unit spent.
    fn first_return(&self) -> f64 {
        self.ceiling * self.profit_each / self.scale
    }
}

/// The split of a budget with the highest profit.
///
/// ```
/// use science::economics::{Response, best_split};
///
/// let winning = Response::through(6_000_000.0, 100.0, 400.0, 100_000.0)?;
/// let keeping = Response::through(2_000_000.0, 200.0, 500.0, 100_000.0)?;
/// let split = best_split(8_000_000.0, &winning, &keeping)?;
/// assert!(split.defensive > 2_000_000.0);
/// // In a buyer's market winning does half as much for the same money: keep more.
/// let buyers = best_split(8_000_000.0, &winning.with_effect(0.5)?, &keeping)?;
/// assert!(buyers.defensive > split.defensive && buyers.profit < split.profit);
/// # Ok::<(), science::economics::EconomicsError>(())
/// ```
///
/// # Errors
/// [`EconomicsError::NotANumber`] names the first figure that is wrong.
pub fn best_split(budget: f64, winning: &Response, keeping: &Response) -> Result<Split, EconomicsError> {
    require("The budget", budget)?;
    let (winning, keeping) = (winning.checked()?, keeping.checked()?);
    // Equal last returns: ln(first return) − s / scale alike on both sides, with s adding up to the budget.
    let lead = winning.first_return().ln() - keeping.first_return().ln();
    let (one, other) = (winning.scale, keeping.scale);
    let inner = one / (one + other) * budget + lead * (one / (one + other)) * other;
    // Where neither brings anything there is nothing to choose.
    let offensive = if inner.is_nan() { budget / 2.0 } else { inner.clamp(0.0, budget) };
    let defensive = budget - offensive;
    let (gained, kept) = (winning.customers(offensive), keeping.customers(defensive));
    let profit = gained * winning.profit_each + kept * keeping.profit_each - budget;
    Ok(Split { offensive, defensive, gained, kept, profit })
}
