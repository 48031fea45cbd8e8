//! Quantiles, and what the draws of a bootstrap say of a figure.
//!
//! A 95 % percentile interval rests on the outermost 2.5 % of the draws on each side: of [`MIN_DRAWS`] these are five.
//! Fewer are refused, and so is a bootstrap most of whose draws could not be used.

use crate::predict::Estimate;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Fewest draws an interval is taken from (Efron & Tibshirani 1993, "An introduction to the bootstrap", section 13.3,
/// ask for some 1,000 where it is to be printed).
pub const MIN_DRAWS: u32 = 200;

/// Too few draws for an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooFewDraws {
    /// Draws asked for.
    pub asked: u32,
    /// Draws that gave a figure.
    pub used: u32,
}

impl fmt::Display for TooFewDraws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, used } = self;
        write!(
            f,
            "{used} of {asked} draws gave an answer and an interval needs {MIN_DRAWS}; ask for more draws."
        )
    }
}

impl std::error::Error for TooFewDraws {}

impl TooFewDraws {
    /// Refuses before the work is done.
    pub(crate) fn asked(asked: u32) -> Result<(), Self> {
        Self::used(asked, asked as usize)
    }

    /// Refuses what too few of the draws gave an answer to.
    pub(crate) fn used(asked: u32, used: usize) -> Result<(), Self> {
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        if used < MIN_DRAWS { Err(Self { asked, used }) } else { Ok(()) }
    }
}

/// The p-th quantile of sorted values, between neighbours by distance (type 7 of Hyndman & Fan 1996).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

/// What the draws of one figure came to.
#[derive(Debug, Clone)]
pub(crate) struct Draws {
    sorted: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub standard_error: f64,
}

impl Draws {
    /// `None` with fewer than two, or when one is not a finite number.
    pub fn new(mut draws: Vec<f64>) -> Option<Self> {
        if draws.len() < 2 || draws.iter().any(|draw| !draw.is_finite()) {
            return None;
        }
        draws.sort_unstable_by(f64::total_cmp);
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / (n - 1.0);
        Some(Self { sorted: draws, mean, standard_error: variance.sqrt() })
    }

    /// The values in ascending order.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The values between which the middle 95 % lie.
    pub fn middle(&self) -> (f64, f64) {
        (quantile(&self.sorted, 0.025), quantile(&self.sorted, 0.975))
    }

    /// The estimate `value` with the ends `low` and `high`, widened to hold it.
    pub fn around(&self, value: f64, (low, high): (f64, f64)) -> Estimate {
        Estimate { value, standard_error: self.standard_error, low: low.min(value), high: high.max(value) }
    }
}

/// The percentile interval of `value` from those of the `asked` draws that gave a finite number.
pub(crate) fn percentile_interval(
    value: f64,
    asked: u32,
    draws: impl IntoIterator<Item = f64>,
) -> Result<Estimate, TooFewDraws> {
    let draws: Vec<f64> = draws.into_iter().filter(|draw| draw.is_finite()).collect();
    TooFewDraws::used(asked, draws.len())?;
    let draws = Draws::new(draws).expect("two hundred finite numbers have quantiles");
    Ok(draws.around(value, draws.middle()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let values = [1.0, 2.0, 4.0, 8.0];
        for (p, want) in [(-1.0, 1.0), (0.0, 1.0), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0), (2.0, 8.0)] {
            assert!((quantile(&values, p) - want).abs() < 1e-12, "{p}");
        }
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
    }

    #[test]
    fn the_middle_of_a_thousand_draws() {
        let draws: Vec<f64> = (0..=1_000).rev().map(f64::from).collect();
        let estimate = percentile_interval(400.0, 1_001, draws.clone()).unwrap();
        assert_eq!((estimate.low, estimate.high), (25.0, 975.0));
        assert!((estimate.standard_error - (1_001.0 * 1_002.0 / 12.0_f64).sqrt()).abs() < 1e-9);
        let outside = percentile_interval(990.0, 1_001, draws).unwrap();
        assert_eq!((outside.low, outside.high), (25.0, 990.0));
        assert!(Draws::new(vec![1.0, f64::NAN]).is_none() && Draws::new(vec![1.0]).is_none());
    }

    #[test]
    fn too_few_draws_are_refused_with_what_to_do() {
        assert_eq!(TooFewDraws::asked(200), Ok(()));
        let unusable = (0..500).map(|i| if i < 199 { 1.0 } else { f64::NAN });
        let refused = percentile_interval(1.0, 500, unusable).unwrap_err();
        assert_eq!(refused, TooFewDraws { asked: 500, used: 199 });
        assert!(
            refused.to_string().starts_with("199 of 500 draws")
                && refused.to_string().contains("ask for more")
        );
    }
}
