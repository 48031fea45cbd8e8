//! Customer quality (Porter, Competitive Strategy, 1980): whom to want as a buyer.

use super::{Reason, ValueError, by_size, shares, within};
use serde::{Deserialize, Serialize};

/// The four inputs of one account or segment, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct QualityInputs {
    /// Purchasing needs against our capabilities: 1 when we serve just what they need.
    pub purchase_needs: Option<f64>,
    /// Growth potential.
    pub growth: Option<f64>,
    /// Bargaining power; counts against.
    pub bargaining_power: Option<f64>,
    /// Price sensitivity; counts against.
    pub price_sensitivity: Option<f64>,
}

/// How much each input counts; only their proportions matter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QualityWeights {
    /// Of purchasing needs.
    pub purchase_needs: f64,
    /// Of growth.
    pub growth: f64,
    /// Of bargaining power.
    pub bargaining_power: f64,
    /// Of price sensitivity.
    pub price_sensitivity: f64,
}

impl Default for QualityWeights {
    /// All alike.
    fn default() -> Self {
        Self { purchase_needs: 1.0, growth: 1.0, bargaining_power: 1.0, price_sensitivity: 1.0 }
    }
}

/// The quality of one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// From 0 to 1: the weighted mean, bargaining power and price sensitivity reversed.
    pub index: f64,
    /// What each input added to the middle, 0.5; they add up to index − 0.5.
    pub reasons: Vec<Reason>,
}

/// The quality index.
///
/// ```
/// use science::value::{QualityInputs, QualityWeights, quality};
///
/// let account = QualityInputs {
///     purchase_needs: Some(0.9), growth: Some(0.7), bargaining_power: Some(0.2), price_sensitivity: Some(0.4),
/// };
/// // (0.9 + 0.7 + 0.8 + 0.6) / 4 = 0.75.
/// let found = quality(&account, &QualityWeights::default())?;
/// assert!((found.index - 0.75).abs() < 1e-12);
/// assert_eq!(found.reasons[0].input, "purchase needs");
/// # Ok::<(), science::value::ValueError>(())
/// ```
///
/// # Errors
/// [`ValueError::Missing`] names the inputs not known; [`ValueError`] for one out of range or useless weights.
pub fn quality(inputs: &QualityInputs, weights: &QualityWeights) -> Result<Quality, ValueError> {
    let named = [
        ("purchase needs", inputs.purchase_needs, false),
        ("growth", inputs.growth, false),
        ("bargaining power", inputs.bargaining_power, true),
        ("price sensitivity", inputs.price_sensitivity, true),
    ];
    let unknown: Vec<String> = named.iter().filter(|n| n.1.is_none()).map(|n| n.0.into()).collect();
    if !unknown.is_empty() {
        return Err(ValueError::Missing { inputs: unknown });
    }
    let shares = shares(&[
        weights.purchase_needs,
        weights.growth,
        weights.bargaining_power,
        weights.price_sensitivity,
    ])?;
    let reason = |((name, value, against), share): (&(&str, Option<f64>, bool), &f64)| {
        let value = within(name, value.unwrap_or(f64::NAN), 0.0, 1.0)?;
        let good = if *against { 1.0 - value } else { value };
        Ok(Reason { input: (*name).into(), contribution: share * (good - 0.5) })
    };
    let reasons = named.iter().zip(&shares).map(reason).collect::<Result<Vec<_>, ValueError>>()?;
    let index = 0.5 + reasons.iter().map(|r| r.contribution).sum::<f64>();
    Ok(Quality { index: index.clamp(0.0, 1.0), reasons: by_size(reasons) })
}

/// An account of a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedQuality {
    /// Position in the input, from 0.
    pub row: usize,
    /// Its quality, or why there is none.
    pub quality: Result<Quality, ValueError>,
}

/// All accounts, the best first, those without an index last; equal indices stay in the order of the input.
pub fn rank_quality(accounts: &[QualityInputs], weights: &QualityWeights) -> Vec<RankedQuality> {
    let entry = |(row, inputs)| RankedQuality { row, quality: quality(inputs, weights) };
    let mut ranked: Vec<RankedQuality> = accounts.iter().enumerate().map(entry).collect();
    let index = |r: &RankedQuality| r.quality.as_ref().map_or(-1.0, |q| q.index);
    ranked.sort_by(|a, b| index(b).total_cmp(&index(a)));
    ranked
}
