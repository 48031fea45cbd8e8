//! Standardised answers, their correlations, and those of resampled respondents.

use super::{Answers, ModelError};
use crate::dense::{Dense, dot};
use rand::Rng;

/// Z-scores, a row a respondent.
#[derive(Debug)]
pub struct Scores {
    respondents: Dense,
}

/// A resample in which an item has no spread left.
#[derive(Debug)]
pub struct NoSpread;

/// The variance, of 1 in the data, below which a resampled item counts as constant.
const MIN_VARIANCE: f64 = 1e-10;

impl Scores {
    /// The z-scores of the named items.
    pub fn new(answers: &Answers, items: &[String]) -> Result<Self, ModelError> {
        Ok(Self { respondents: answers.standardised(items)?.transpose() })
    }

    pub fn respondents(&self) -> usize {
        self.respondents.rows()
    }

    pub fn correlations(&self) -> Dense {
        let columns = self.respondents.transpose();
        let n = self.respondents.rows() as f64;
        Dense::from_fn(columns.rows(), columns.rows(), |i, j| match i == j {
            true => 1.0,
            false => dot(columns.row(i.min(j)), columns.row(i.max(j))) / n,
        })
    }

    /// The correlations of as many respondents drawn with replacement.
    pub fn resampled(&self, dice: &mut impl Rng) -> Result<Dense, NoSpread> {
        let n = self.respondents.rows();
        let mut times = vec![0_u32; n];
        (0..n).for_each(|_| times[dice.random_range(0..n)] += 1);
        let items = self.respondents.row(0).len();
        let (mut sums, mut products) = (vec![0.0; items], Dense::zeros(items, items));
        for (row, &count) in times.iter().enumerate().filter(|(_, count)| **count > 0) {
            let scores = self.respondents.row(row);
            for (i, score) in scores.iter().enumerate() {
                let weighted = f64::from(count) * score;
                sums[i] += weighted;
                let upper = &mut products.row_mut(i)[i..];
                upper.iter_mut().zip(&scores[i..]).for_each(|(sum, other)| *sum += weighted * other);
            }
        }
        correlations_of(&sums, &products, n as f64)
    }
}

/// Correlations from sums and the upper triangle of sums of products.
fn correlations_of(sums: &[f64], products: &Dense, n: f64) -> Result<Dense, NoSpread> {
    let covariance = |i: usize, j: usize| products[(i, j)] / n - sums[i] / n * (sums[j] / n);
    let variances: Vec<f64> = (0..sums.len()).map(|i| covariance(i, i)).collect();
    if !variances.iter().all(|v| *v > MIN_VARIANCE) {
        return Err(NoSpread);
    }
    let scales: Vec<f64> = variances.iter().map(|v| v.sqrt().recip()).collect();
    Ok(Dense::from_fn(sums.len(), sums.len(), |i, j| match i == j {
        true => 1.0,
        false => covariance(i.min(j), i.max(j)) * scales[i] * scales[j],
    }))
}
