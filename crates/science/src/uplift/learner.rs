//! The T-learner (Künzel, Sekhon, Bickel & Yu 2019, "Metalearners for estimating heterogeneous treatment effects", PNAS
//! 116): one regression for those treated, one for the control; the uplift is the difference of their predictions.
//!
//! Logistic for an outcome of 0 and 1, linear for amounts. Features are standardised first, and a small ridge keeps
//! separated or constant columns finite.

use super::UpliftError;
use crate::least_squares::{dot, inverse, logistic, times};
use crate::special::logistic as sigmoid;
use serde::{Deserialize, Serialize};

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Whether something happens (an outcome above zero).
    Happens,
    /// How much.
    Amount,
}

/// A fitted T-learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TLearner {
    outcome: Outcome,
    /// Mean and deviation of each feature.
    scale: Vec<(f64, f64)>,
    /// Coefficients of the standardised features, the intercept last.
    treated: Vec<f64>,
    control: Vec<f64>,
    /// Customers fitted on.
    pub n: u64,
}

/// Weight of the ridge, in customers.
const RIDGE: f64 = 1.0;

impl TLearner {
    /// Fits on customers split by chance; `rows[i]` are the features of customer i known before the campaign.
    ///
    /// # Errors
    /// [`UpliftError`] names the side or the customer.
    ///
    /// ```
    /// use science::uplift::{Outcome, TLearner};
    /// let rows: Vec<Vec<f64>> = (0..200).map(|i| vec![f64::from(i % 10)]).collect();
    /// let treated: Vec<bool> = (0..200).map(|i| i % 20 < 10).collect();
    /// let spent: Vec<f64> = (0..200).map(|i| if treated[i] { rows[i][0] } else { 1.0 }).collect();
    /// let model = TLearner::fit(&rows, &treated, &spent, Outcome::Amount).unwrap();
    /// assert!(model.uplift(&[9.0]) > 7.0 && model.uplift(&[1.0]).abs() < 0.2);
    /// ```
    pub fn fit(
        rows: &[Vec<f64>],
        treated: &[bool],
        outcomes: &[f64],
        outcome: Outcome,
    ) -> Result<Self, UpliftError> {
        check(rows, treated, outcomes)?;
        let scale = scale(rows);
        let standardised: Vec<Vec<f64>> = rows.iter().map(|row| standardise(row, &scale)).collect();
        let side = |of: bool| -> Result<Vec<f64>, UpliftError> {
            let on_side = || (0..rows.len()).filter(|i| treated[*i] == of);
            let need = scale.len() as u64 + 10;
            let have = on_side().count() as u64;
            if have < need {
                return Err(UpliftError::TooFew { treated: of, have, need });
            }
            let x: Vec<Vec<f64>> = on_side().map(|i| standardised[i].clone()).collect();
            let y: Vec<f64> = on_side().map(|i| outcomes[i]).collect();
            let fitted = match outcome {
                Outcome::Happens => logistic(&x, &y.iter().map(|y| *y > 0.0).collect::<Vec<_>>(), RIDGE),
                Outcome::Amount => linear(&x, &y),
            };
            fitted.ok_or(UpliftError::AllAlike { treated: of })
        };
        Ok(Self { outcome, treated: side(true)?, control: side(false)?, scale, n: rows.len() as u64 })
    }

    /// What treating a customer with these features changes: a difference of probabilities or of amounts. Features beyond
    /// those fitted are ignored, missing ones count as average.
    pub fn uplift(&self, features: &[f64]) -> f64 {
        let row = standardise(features, &self.scale);
        self.predict(&self.treated, &row) - self.predict(&self.control, &row)
    }

    fn predict(&self, coefficients: &[f64], row: &[f64]) -> f64 {
        let (intercept, slopes) = coefficients.split_last().expect("there is always an intercept");
        let linear = dot(slopes, row) + intercept;
        match self.outcome {
            Outcome::Happens => sigmoid(linear),
            Outcome::Amount => linear,
        }
    }
}

fn check(rows: &[Vec<f64>], treated: &[bool], outcomes: &[f64]) -> Result<(), UpliftError> {
    let n = rows.len();
    if treated.len() != n || outcomes.len() != n {
        return Err(UpliftError::Lengths { row: n.min(treated.len()).min(outcomes.len()) });
    }
    let width = rows.first().map_or(0, Vec::len);
    if let Some(row) = rows.iter().position(|r| r.len() != width) {
        return Err(UpliftError::Lengths { row });
    }
    let sound = |v: &f64| v.is_finite() && v.abs() < 1e100;
    let bad = |row: usize| !(sound(&outcomes[row]) && rows[row].iter().all(sound));
    (0..n).find(|row| bad(*row)).map_or(Ok(()), |row| Err(UpliftError::NotANumber { row }))
}

fn scale(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let n = rows.len() as f64;
    let column = |j: usize| {
        let mean = rows.iter().map(|r| r[j]).sum::<f64>() / n;
        (mean, (rows.iter().map(|r| (r[j] - mean).powi(2)).sum::<f64>() / n).sqrt())
    };
    (0..rows.first().map_or(0, Vec::len)).map(column).collect()
}

/// Constant and unknown features become 0.
fn standardise(row: &[f64], scale: &[(f64, f64)]) -> Vec<f64> {
    let one = |(j, (mean, deviation)): (usize, &(f64, f64))| {
        let value = row.get(j).copied().filter(|v| v.is_finite()).unwrap_or(*mean);
        if *deviation > 1e-12 * mean.abs() { (value - mean) / deviation } else { 0.0 }
    };
    scale.iter().enumerate().map(one).collect()
}

/// Ridge regression with a free intercept, last.
fn linear(rows: &[Vec<f64>], y: &[f64]) -> Option<Vec<f64>> {
    let (n, k) = (rows.len() as f64, rows.first()?.len());
    let mean_of = |j: usize| rows.iter().map(|r| r[j]).sum::<f64>() / n;
    let means: Vec<f64> = (0..k).map(mean_of).collect();
    let y_mean = y.iter().sum::<f64>() / n;
    let centred = |r: &[f64], j: usize| r[j] - means[j];
    let entry = |a: usize, b: usize| -> f64 {
        let ridge = if a == b { RIDGE } else { 0.0 };
        rows.iter().map(|r| centred(r, a) * centred(r, b)).sum::<f64>() + ridge
    };
    let gram = (0..k).map(|a| (0..k).map(|b| entry(a, b)).collect()).collect();
    let products: Vec<f64> =
        (0..k).map(|j| rows.iter().zip(y).map(|(r, y)| centred(r, j) * (y - y_mean)).sum()).collect();
    let mut slopes = times(&inverse(&gram).ok()?, &products);
    slopes.push(y_mean - dot(&slopes, &means));
    Some(slopes)
}
