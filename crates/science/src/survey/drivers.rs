//! Key drivers: how much of what an outcome's answers vary is owed to each driver, when drivers are correlated.
//!
//! Johnson (2000), "A heuristic method for estimating the relative weight of predictor variables in multiple
//! regression": the drivers are replaced by the closest uncorrelated ones, the outcome is explained by those, and the
//! shares are handed back. The weights are never negative and add up to R². Weight is not cause.

use crate::dense::Dense;
use crate::quantile::{TooFewDraws, percentile_interval};
use crate::random::stream;
use crate::satisfaction::scores::Scores;
use crate::satisfaction::{Answers, ModelError};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// An eigenvalue below this is a driver that others determine; it carries nothing of its own.
const DEPENDENT: f64 = 1e-10;

/// The drivers of one outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drivers {
    /// Respondents.
    pub n: u64,
    /// Share of the outcome's variance all drivers explain.
    pub r_squared: f64,
    /// In the order given.
    pub drivers: Vec<Driver>,
    /// Resamples asked for.
    pub draws: u32,
    /// Resamples used: those in which every item still had spread.
    pub used: u32,
}

/// One driver, with 95 % percentile intervals of the resamples.
///
/// A weight is never negative, so its interval cannot hold zero: compare weights with each other, not with zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// The item.
    pub item: String,
    /// Its correlation with the outcome, which has a sign.
    pub correlation: f64,
    /// Its part of R².
    pub weight: f64,
    /// Lower end for the weight.
    pub low: f64,
    /// Upper end for the weight.
    pub high: f64,
    /// weight / R²; 0 when nothing is explained.
    pub share: f64,
}

/// Relative weights of drivers for an outcome, with `draws` resamples of `seed`.
///
/// ```
/// use science::{satisfaction::Answers, survey::relative_weights};
///
/// let answers = Answers::new([
///     ("overall", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 6.0]),
///     ("staff", vec![1.0, 3.0, 2.0, 4.0, 6.0, 5.0, 7.0, 7.0]),
///     ("price", vec![4.0, 1.0, 5.0, 2.0, 6.0, 3.0, 4.0, 5.0]),
/// ])?;
/// let drivers = relative_weights(&answers, "overall", &["staff", "price"], 200, 1)?;
/// assert!(drivers.drivers[0].weight > drivers.drivers[1].weight);
/// let sum: f64 = drivers.drivers.iter().map(|d| d.weight).sum();
/// assert!((sum - drivers.r_squared).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ModelError`] names an unknown item or one without spread; at least two respondents more than drivers are needed,
/// and 200 resamples in which every item still has spread ([`ModelError::TooFewDraws`]).
pub fn relative_weights(
    answers: &Answers,
    outcome: &str,
    drivers: &[&str],
    draws: u32,
    seed: u64,
) -> Result<Drivers, ModelError> {
    let items: Vec<String> = drivers.iter().chain([&outcome]).map(|name| (*name).to_owned()).collect();
    if let Some(twice) = items.iter().enumerate().find(|(at, item)| items[..*at].contains(item)) {
        return Err(ModelError::ItemTwice { item: twice.1.clone() });
    }
    if drivers.is_empty() {
        return Err(ModelError::NoItems { construct: outcome.to_owned() });
    }
    let (have, need) = (answers.len(), drivers.len() + 2);
    if have < need {
        return Err(ModelError::NotEnoughAnswers { have, need });
    }
    TooFewDraws::asked(draws).map_err(ModelError::TooFewDraws)?;
    let scores = Scores::new(answers, &items)?;
    let correlations = scores.correlations();
    let weights = johnson(&correlations);
    let draw = |index: u32| scores.resampled(&mut stream(seed, u64::from(index))).ok().map(|r| johnson(&r));
    let drawn: Vec<Option<Vec<f64>>> = (0..draws).into_par_iter().map(draw).collect();
    let drawn: Vec<Vec<f64>> = drawn.into_iter().flatten().collect();
    let r_squared: f64 = weights.iter().sum();
    let driver = |(i, item): (usize, &&str)| {
        let interval = percentile_interval(weights[i], draws, drawn.iter().map(|weights| weights[i]))
            .map_err(ModelError::TooFewDraws)?;
        Ok(Driver {
            item: (*item).to_owned(),
            correlation: correlations[(i, drivers.len())],
            weight: weights[i],
            low: interval.low,
            high: interval.high,
            share: if r_squared > 0.0 { weights[i] / r_squared } else { 0.0 },
        })
    };
    Ok(Drivers {
        n: answers.len() as u64,
        r_squared,
        drivers: drivers.iter().enumerate().map(driver).collect::<Result<_, ModelError>>()?,
        draws,
        used: drawn.len() as u32,
    })
}

/// Σ_k Λ²_ik β²_k with Λ the symmetric root of the drivers' correlations and β = Λ⁻¹ r; the outcome stands last.
fn johnson(correlations: &Dense) -> Vec<f64> {
    let p = correlations.rows() - 1;
    let own: Vec<usize> = (0..p).collect();
    let (values, vectors) = correlations.principal(&own).symmetric_eigen();
    let power = |of: &dyn Fn(f64) -> f64| {
        let entry = |i: usize, j: usize| -> f64 {
            (0..p).map(|k| vectors[(i, k)] * vectors[(j, k)] * of(values[k])).sum()
        };
        Dense::from_fn(p, p, entry)
    };
    let root = power(&|v| v.max(0.0).sqrt());
    let inverse = power(&|v| if v > DEPENDENT { v.sqrt().recip() } else { 0.0 });
    let beta = inverse.times_vector(&correlations.row(p)[..p]);
    let weight = |i: usize| (0..p).map(|k| (root[(i, k)] * beta[k]).powi(2)).sum();
    (0..p).map(weight).collect()
}
