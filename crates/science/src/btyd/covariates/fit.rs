//! The fit: standardised covariates inside, the caller's scale outside.

use super::super::engine::natural;
use super::groups::Scale;
use super::{CovariateError, CovariateSummary, Scales};
use crate::fit::{Fit, Found, NotEnoughData, Start, Status, maximise, require};
use crate::linear::Matrix;
use crate::summary::Summary;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The effect of one covariate on one scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// `purchase`, `leaving`, `leaving_a` or `leaving_b`.
    pub of: String,
    /// The covariate.
    pub name: String,
    /// γ: for each unit of the covariate as given.
    pub value: f64,
    /// Its standard error; absent where the likelihood has no curvature.
    pub standard_error: Option<f64>,
}

/// A model with covariates, fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovariateFit<M> {
    /// The parameters of a customer whose covariates are all 0. Where 0 lies far from all customers (a year of birth) they
    /// are extrapolated, and cut at e^±30 of the typical ones; [`CovariateFit::model_for`] does not go through them.
    pub baseline: M,
    /// Standard errors of the baseline, in the order of its fields.
    pub baseline_errors: Option<[f64; 4]>,
    /// The parameters of a customer whose covariates are the means.
    pub typical: M,
    /// The means of the covariates over the customers.
    pub means: Vec<f64>,
    /// Effects, all covariates of one scale after those of another.
    pub coefficients: Vec<Coefficient>,
    /// Covariance of the logarithms of the typical parameters and, after them, of the coefficients; absent where the
    /// likelihood has no curvature.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Maximised log-likelihood.
    pub log_likelihood: f64,
    /// How far the optimum can be trusted.
    pub status: Status,
    /// What each start reached.
    pub starts: Vec<Start>,
    /// Customers fitted on.
    pub customers: u64,
    /// Distinct rows after merging equal customers.
    pub distinct_rows: u64,
}

/// Parameters that can be fitted at once.
const MOST: usize = 20;

/// The largest exponent a covariate may give: beyond it the scale leaves any range of use.
const LARGEST: f64 = 30.0;

impl<M: Scales> CovariateFit<M> {
    /// Fits baseline and coefficients by maximum likelihood.
    ///
    /// # Errors
    /// [`CovariateError::NotEnoughData`] as the models without covariates; [`CovariateError::TooMany`] beyond 16
    /// coefficients.
    pub fn fit(summary: &CovariateSummary) -> Result<Self, CovariateError> {
        let sum = |of: fn(&Summary) -> u64| summary.groups().iter().map(|(_, summary)| of(summary)).sum();
        require(sum(Summary::customers), sum(Summary::repeat_buyers))
            .map_err(CovariateError::NotEnoughData)?;
        if summary.means().weeks <= 0.0 {
            return Err(CovariateError::NotEnoughData(NotEnoughData::ObservationTime));
        }
        // The optimiser's size is known at compile time; a few sizes serve all.
        match 4 + M::MOVED.len() * summary.names().len() {
            4 => Ok(fit_sized::<M, 4>(summary)),
            5..=6 => Ok(fit_sized::<M, 6>(summary)),
            7 => Ok(fit_sized::<M, 7>(summary)),
            8 => Ok(fit_sized::<M, 8>(summary)),
            9..=10 => Ok(fit_sized::<M, 10>(summary)),
            11..=13 => Ok(fit_sized::<M, 13>(summary)),
            14..=16 => Ok(fit_sized::<M, 16>(summary)),
            17..=MOST => Ok(fit_sized::<M, MOST>(summary)),
            _ => Err(CovariateError::TooMany {
                have: summary.names().len(),
                most: (MOST - 4) / M::MOVED.len(),
            }),
        }
    }

    /// The model of a customer with these covariates, to be asked like any other. Missing values count as 0.
    pub fn model_for(&self, z: &[f64]) -> M {
        let gamma: Vec<f64> = self.coefficients.iter().map(|c| c.value).collect();
        moved(&self.typical.parameters(), &gamma, &self.less_means(z))
    }

    /// The same with the uncertainty of its parameters, to value customers with these covariates:
    /// [`crate::clv::score`] and [`crate::clv::score_one`] take it like a fit without covariates.
    pub fn fit_for(&self, z: &[f64]) -> Fit<M> {
        let model = self.model_for(z);
        let (parameters, directions) = (model.parameters(), self.directions(z));
        let entry = |rows: &Vec<Vec<f64>>, i: usize, j: usize| {
            parameters[i] * parameters[j] * bilinear(rows, &directions[i], &directions[j])
        };
        let square = |rows| (0..4).map(|i| (0..4).map(|j| entry(rows, i, j)).collect()).collect();
        Fit {
            model,
            log_likelihood: self.log_likelihood,
            covariance: self.covariance.as_ref().map(square),
            status: self.status,
            starts: self.starts.clone(),
            customers: self.customers,
            distinct_rows: self.distinct_rows,
        }
    }

    fn less_means(&self, z: &[f64]) -> Vec<f64> {
        let at = |(column, mean): (usize, &f64)| z.get(column).copied().unwrap_or(0.0) - mean;
        self.means.iter().enumerate().map(at).collect()
    }

    /// d ln parameter at these covariates / d (ln typical parameters, coefficients).
    fn directions(&self, z: &[f64]) -> [Vec<f64>; 4] {
        let (columns, z) = (self.means.len(), self.less_means(z));
        let mut directions: [Vec<f64>; 4] = std::array::from_fn(|i| {
            (0..4 + self.coefficients.len()).map(|j| f64::from(u8::from(i == j))).collect()
        });
        for (block, (parameter, sign, _)) in M::MOVED.iter().enumerate() {
            let of_block = &mut directions[*parameter][4 + block * columns..][..columns];
            of_block.iter_mut().zip(&z).for_each(|(direction, v)| *direction = sign * v);
        }
        directions
    }
}

/// a' M b.
fn bilinear(rows: &[Vec<f64>], a: &[f64], b: &[f64]) -> f64 {
    rows.iter().zip(a).map(|(row, a)| a * row.iter().zip(b).map(|(v, b)| v * b).sum::<f64>()).sum()
}

/// The model with its scales moved by γ'z.
fn moved<M: Scales>(typical: &[f64; 4], gamma: &[f64], z: &[f64]) -> M {
    let mut parameters = *typical;
    for (block, (parameter, sign, _)) in M::MOVED.iter().enumerate() {
        let of_block = &gamma[block * z.len()..][..z.len()];
        let exponent: f64 = of_block.iter().zip(z).map(|(g, v)| g * v).sum();
        parameters[*parameter] *= (sign * exponent.clamp(-LARGEST, LARGEST)).exp();
    }
    M::from_parameters(parameters)
}

/// The customers of each combination of standardised covariates.
type Standardised<'a> = Vec<(Vec<f64>, &'a Summary)>;

fn standardised<'a>(summary: &'a CovariateSummary, scales: &[Scale]) -> Standardised<'a> {
    let centred =
        |z: &[f64]| z.iter().zip(scales).map(|(v, scale)| (v - scale.mean) / scale.deviation).collect();
    summary.groups().iter().map(|(z, group)| (centred(z), group)).collect()
}

/// Fits in N dimensions; those beyond the model's own are held at 0 by a bowl that adds nothing there.
fn fit_sized<M: Scales, const N: usize>(summary: &CovariateSummary) -> CovariateFit<M> {
    let (scales, means) = (summary.scales(), summary.means());
    let groups = standardised(summary, &scales);
    let used = 4 + M::MOVED.len() * scales.len();
    let customers = summary.customers();
    let typical = |at: &[f64; N]| natural::<M>(&std::array::from_fn(|i| at[i]), means.weeks);
    let objective = |at: &[f64; N]| {
        let (mut value, mut gradient) = likelihood::<M, N>(&groups, &typical(at), &at[4..used]);
        for i in used..N {
            value -= customers as f64 * at[i] * at[i] / 2.0;
            gradient[i] = -(customers as f64) * at[i];
        }
        (value, gradient)
    };
    let starts =
        M::starts(means.orders).map(|start| std::array::from_fn(|i| start.get(i).copied().unwrap_or(0.0)));
    let found = maximise(objective, &starts, customers);
    let typical = typical(&found.at);
    report(summary, &scales, typical, found)
}

/// The log-likelihood and its gradient in the logarithms of the typical parameters and in γ.
fn likelihood<M: Scales, const N: usize>(
    groups: &Standardised<'_>,
    typical: &[f64; 4],
    gamma: &[f64],
) -> (f64, [f64; N]) {
    let of_group = |(z, group): &(Vec<f64>, &Summary)| -> (f64, [f64; 4]) {
        let model: M = moved(typical, gamma, z);
        let (value, slopes) = model.likelihood(group);
        let natural = model.parameters();
        (value, std::array::from_fn(|i| slopes[i] * natural[i]))
    };
    let parts: Vec<(f64, [f64; 4])> = groups.par_iter().map(of_group).collect();
    let (mut value, mut gradient) = (0.0, [0.0; N]);
    for ((z, _), (part, slopes)) in groups.iter().zip(parts) {
        value += part;
        gradient[..4].iter_mut().zip(slopes).for_each(|(g, s)| *g += s);
        for (block, (parameter, sign, _)) in M::MOVED.iter().enumerate() {
            for (column, v) in z.iter().enumerate() {
                gradient[4 + block * z.len() + column] += sign * v * slopes[*parameter];
            }
        }
    }
    (value, gradient)
}

/// What was found, on the scale of the covariates as given.
fn report<M: Scales, const N: usize>(
    summary: &CovariateSummary,
    scales: &[Scale],
    typical: [f64; 4],
    found: Found<N>,
) -> CovariateFit<M> {
    let columns = scales.len();
    let used = 4 + M::MOVED.len() * columns;
    // One unit of a coefficient inside is one standard deviation of its covariate outside.
    let unit = |i: usize| if i < 4 { 1.0 } else { scales[(i - 4) % columns].deviation };
    let outside = |rows: Matrix<N>| -> Vec<Vec<f64>> {
        (0..used).map(|i| (0..used).map(|j| rows[i][j] / (unit(i) * unit(j))).collect()).collect()
    };
    let covariance = found.log_covariance.map(outside);
    let coefficient = |i: usize| Coefficient {
        of: M::MOVED[i / columns].2.to_owned(),
        name: summary.names()[i % columns].clone(),
        value: found.at[4 + i] / unit(4 + i),
        standard_error: covariance.as_ref().map(|rows| rows[4 + i][4 + i].sqrt()),
    };
    let typical = M::from_parameters(typical);
    let mut fit = CovariateFit {
        baseline: typical,
        baseline_errors: None,
        typical,
        means: scales.iter().map(|scale| scale.mean).collect(),
        coefficients: (0..used - 4).map(coefficient).collect(),
        covariance,
        log_likelihood: found.log_likelihood,
        status: found.status,
        starts: found.starts,
        customers: summary.customers(),
        distinct_rows: summary.groups().iter().map(|(_, group)| group.rows().len() as u64).sum(),
    };
    let at_zero = fit.fit_for(&[]);
    fit.baseline = at_zero.model;
    fit.baseline_errors = at_zero.standard_errors().map(|errors| std::array::from_fn(|i| errors[i]));
    fit
}
