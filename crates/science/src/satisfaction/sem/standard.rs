//! The standardised solution: every variable, items and factors, has variance 1.

use super::likelihood::implied;
use super::parameters::{Place, Structure};
use crate::dense::{Dense, dot};

/// The cells' standardised values; NaN where a variance is not positive.
pub fn standardise(structure: &Structure, parameters: &[f64]) -> Option<Vec<f64>> {
    let covariance = implied(structure, parameters)?.covariance;
    let (_, symmetric) = structure.matrices(parameters);
    let values = structure.values(parameters);
    let spread = |i: usize| covariance[(i, i)].sqrt();
    let standard = |(at, value): (usize, &f64)| match structure.cells[at].place {
        Place::Directed { to, from } => value * spread(from) / spread(to),
        Place::Symmetric { a, b } if a == b => value / covariance[(a, a)],
        Place::Symmetric { a, b } => value / (symmetric[(a, a)] * symmetric[(b, b)]).sqrt(),
    };
    Some(values.iter().enumerate().map(standard).collect())
}

/// Standard errors of the standardised values by the delta method with central differences.
pub fn errors(structure: &Structure, parameters: &[f64], covariance: &Dense) -> Option<Vec<f64>> {
    const STEP: f64 = 1e-5;
    let mut slopes: Vec<Vec<f64>> = vec![vec![0.0; parameters.len()]; structure.cells.len()];
    for k in 0..parameters.len() {
        // A thousandth of a standard error is small for the parameter and large for rounding.
        let step = (covariance[(k, k)].sqrt() * 1e-3).max(STEP * parameters[k].abs()).max(f64::MIN_POSITIVE);
        let at = |by: f64| {
            let mut moved = parameters.to_vec();
            moved[k] += by;
            standardise(structure, &moved)
        };
        let (up, down) = (at(step)?, at(-step)?);
        slopes.iter_mut().enumerate().for_each(|(i, row)| row[k] = (up[i] - down[i]) / (2.0 * step));
    }
    Some(slopes.iter().map(|row| dot(row, &covariance.times_vector(row)).max(0.0).sqrt()).collect())
}
