//! The price with the most profit when sales follow a constant elasticity.
//!
//! Profit (p - c) p^e is largest at p = c e / (1 + e) for e < -1 (Lerner 1934: (p - c) / p = -1 / e). At e >= -1 every
//! higher price earns more: the elasticity then says nothing about the best price.

use super::PriceError;
use crate::predict::Estimate;
use serde::{Deserialize, Serialize};

/// The best price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BestPrice {
    /// The price; `None` when demand is not elastic.
    pub price: Option<f64>,
    /// The best price at the end of the interval where demand is more elastic.
    pub low: Option<f64>,
    /// And where it is less elastic; `None` when that end is not elastic: no price is too high for all we know.
    pub high: Option<f64>,
    /// Profit at the best price over profit at today's price; `None` unless today's price earns something.
    pub gain: Option<f64>,
    /// Whether the price lies outside half to double today's, where the past says little.
    pub extrapolated: bool,
}

/// Finds the best price for a unit cost and today's price.
///
/// # Errors
/// [`PriceError::Setting`] unless cost and price are positive numbers.
///
/// ```
/// use science::{Estimate, price::best_price};
/// let elasticity = Estimate { value: -3.0, standard_error: 0.2, low: -3.4, high: -2.6 };
/// let best = best_price(&elasticity, 10.0, 12.0).unwrap();
/// assert_eq!(best.price, Some(15.0));
/// assert!(best.low < best.price && best.price < best.high);
/// ```
pub fn best_price(elasticity: &Estimate, unit_cost: f64, price_today: f64) -> Result<BestPrice, PriceError> {
    for (name, value) in [("The cost of a unit", unit_cost), ("Today's price", price_today)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(PriceError::Setting { name, need: "a positive number" });
        }
    }
    let best_at = |e: f64| {
        let price = unit_cost * e / (1.0 + e);
        (e < -1.0 && price.is_finite()).then_some(price)
    };
    let price = best_at(elasticity.value);
    let gain = price.and_then(|p| {
        let ratio = (p / price_today).powf(elasticity.value) * (p - unit_cost) / (price_today - unit_cost);
        (price_today > unit_cost && ratio.is_finite()).then_some(ratio)
    });
    Ok(BestPrice {
        price,
        low: best_at(elasticity.low),
        high: best_at(elasticity.high),
        gain,
        extrapolated: price.is_some_and(|p| !(0.5..=2.0).contains(&(p / price_today))),
    })
}
