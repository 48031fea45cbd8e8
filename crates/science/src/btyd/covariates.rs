//! Time-invariant covariates: Fader & Hardie, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD
//! models", note 019 (2007).
//!
//! Segment, channel or cohort move the scales of the mixing distributions by exp(±γ'z). Signs are such that a positive
//! coefficient means more of what it is named after:
//!
//! | model | purchases | leaving |
//! |---|---|---|
//! | Pareto/NBD | alpha exp(-γ₁'z) | beta exp(-γ₂'z) |
//! | BG/NBD, MBG/NBD | alpha exp(-γ₁'z) | a exp(γ₂'z), b exp(γ₃'z) |
//!
//! Customers with the same covariates share a [`Summary`], so a few segments cost hardly more than none.

use super::engine::{Means, natural};
use super::{BgNbd, LatentAttrition, MbgNbd, ParetoNbd};
use crate::fit::{Found, NotEnoughData, Start, Status, maximise, require};
use crate::summary::{InvalidHistory, Summary};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A model whose scales covariates may move.
pub trait Scales: LatentAttrition {
    /// (index of the parameter, sign of γ'z in its exponent, what the coefficients are called).
    const MOVED: &'static [(usize, f64, &'static str)];
}

impl Scales for ParetoNbd {
    const MOVED: &'static [(usize, f64, &'static str)] = &[(1, -1.0, "purchase"), (3, -1.0, "leaving")];
}

impl Scales for BgNbd {
    const MOVED: &'static [(usize, f64, &'static str)] =
        &[(1, -1.0, "purchase"), (2, 1.0, "leaving_a"), (3, 1.0, "leaving_b")];
}

impl Scales for MbgNbd {
    const MOVED: &'static [(usize, f64, &'static str)] = BgNbd::MOVED;
}

/// Customers grouped by equal covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateSummary {
    names: Vec<String>,
    groups: Vec<(Vec<f64>, Summary)>,
}

/// (x, t_x, t) in days.
type History = (u32, u32, u32);

/// Why no model with covariates came about.
#[derive(Debug, Clone, PartialEq)]
pub enum CovariateError {
    /// Too few customers.
    NotEnoughData(NotEnoughData),
    /// A history that contradicts itself.
    InvalidHistory(InvalidHistory),
    /// A row with another number of values than there are names, or with one that is not a finite number.
    InvalidRow {
        /// Position in the input, from 0.
        index: usize,
    },
    /// A covariate that is the same for all customers, or follows from the others: its effect cannot be told.
    NoContrast {
        /// Its name.
        name: String,
    },
    /// More coefficients than can be fitted at once.
    TooMany {
        /// Covariates given.
        have: usize,
        /// Covariates the model takes at most.
        most: usize,
    },
}

impl fmt::Display for CovariateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEnoughData(reason) => reason.fmt(f),
            Self::InvalidHistory(fault) => fault.fmt(f),
            Self::InvalidRow { index } => {
                write!(
                    f,
                    "Row {index} does not have one finite number for each covariate; complete it or leave it out."
                )
            }
            Self::NoContrast { name } => write!(
                f,
                "Covariate {name} is the same for all customers or follows from the others; leave it out."
            ),
            Self::TooMany { have, most } => {
                write!(
                    f,
                    "{have} covariates are more than the {most} this model takes; leave out the weakest."
                )
            }
        }
    }
}

impl std::error::Error for CovariateError {}

impl CovariateSummary {
    /// Groups day-grained histories (x, t_x, t) by their covariates; `names` are those of the columns.
    ///
    /// # Errors
    /// [`CovariateError::InvalidRow`] and [`CovariateError::InvalidHistory`] name the row,
    /// [`CovariateError::NoContrast`] the column.
    pub fn from_days(
        names: &[&str],
        rows: impl IntoIterator<Item = (History, Vec<f64>)>,
    ) -> Result<Self, CovariateError> {
        let mut groups: BTreeMap<Vec<u64>, (Vec<f64>, Vec<History>)> = BTreeMap::new();
        for (index, (history @ (x, t_x, t), z)) in rows.into_iter().enumerate() {
            if z.len() != names.len() || !z.iter().all(|v| v.is_finite()) {
                return Err(CovariateError::InvalidRow { index });
            }
            if t_x > t || (x == 0 && t_x > 0) {
                return Err(CovariateError::InvalidHistory(InvalidHistory { index, history }));
            }
            let key = z.iter().map(|v| (v + 0.0).to_bits()).collect();
            groups.entry(key).or_insert_with(|| (z, Vec::new())).1.push(history);
        }
        let summary = |(z, histories): (Vec<f64>, Vec<History>)| Ok((z, Summary::from_days(histories)?));
        let groups: Vec<(Vec<f64>, Summary)> = groups
            .into_values()
            .map(summary)
            .collect::<Result<_, _>>()
            .map_err(CovariateError::InvalidHistory)?;
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        match without_contrast(&groups, names.len()) {
            Some(column) => Err(CovariateError::NoContrast { name: names[column].clone() }),
            None => Ok(Self { names, groups }),
        }
    }

    /// The names of the covariates.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Each distinct combination of covariates with its customers.
    pub fn groups(&self) -> &[(Vec<f64>, Summary)] {
        &self.groups
    }

    fn means(&self) -> Means {
        let mut all = Means { orders: 0.0, weeks: 0.0 };
        let customers: u64 = self.groups.iter().map(|(_, summary)| summary.customers()).sum();
        for (_, summary) in &self.groups {
            let (share, of) = (summary.customers() as f64 / customers as f64, Means::of(summary));
            all = Means { orders: all.orders + share * of.orders, weeks: all.weeks + share * of.weeks };
        }
        all
    }
}

/// The first column that is constant or a linear function of those before it: Gram and Schmidt over the groups.
fn without_contrast(groups: &[(Vec<f64>, Summary)], columns: usize) -> Option<usize> {
    let mut basis = vec![vec![1.0; groups.len()]];
    for column in 0..columns {
        let mut rest: Vec<f64> = groups.iter().map(|(z, _)| z[column]).collect();
        let size = norm(&rest);
        for direction in &basis {
            let along = inner(&rest, direction) / inner(direction, direction);
            rest.iter_mut().zip(direction).for_each(|(r, d)| *r -= along * d);
        }
        if norm(&rest) <= 1e-9 * size || size == 0.0 {
            return Some(column);
        }
        basis.push(rest);
    }
    None
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(v: &[f64]) -> f64 {
    inner(v, v).sqrt()
}

/// The effect of one covariate on one scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// `purchase`, `leaving`, `leaving_a` or `leaving_b`.
    pub of: String,
    /// The covariate.
    pub name: String,
    /// γ.
    pub value: f64,
    /// Its standard error; absent where the likelihood has no curvature.
    pub standard_error: Option<f64>,
}

/// A model with covariates, fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovariateFit<M> {
    /// The parameters of a customer whose covariates are all 0.
    pub baseline: M,
    /// Standard errors of the baseline, in the order of its fields.
    pub baseline_errors: Option<[f64; 4]>,
    /// Effects, all covariates of one scale after those of another.
    pub coefficients: Vec<Coefficient>,
    /// Maximised log-likelihood.
    pub log_likelihood: f64,
    /// How far the optimum can be trusted.
    pub status: Status,
    /// What each start reached.
    pub starts: Vec<Start>,
    /// Customers fitted on.
    pub customers: u64,
}

impl<M: Scales> CovariateFit<M> {
    /// Fits baseline and coefficients by maximum likelihood.
    ///
    /// # Errors
    /// [`CovariateError::NotEnoughData`] as the models without covariates; [`CovariateError::TooMany`] beyond 16
    /// coefficients.
    ///
    /// ```
    /// use science::btyd::ParetoNbd;
    /// use science::btyd::covariates::{CovariateFit, CovariateSummary};
    /// // Customers of the web shop (1) come twice as often as those of the branch (0).
    /// let row = |i: u32| {
    ///     let web = i % 2;
    ///     let x = (i / 2) % 4 * (1 + web);
    ///     ((x, if x == 0 { 0 } else { 40 * x.min(4) + i % 31 }, 200 + i % 60), vec![f64::from(web)])
    /// };
    /// let summary = CovariateSummary::from_days(&["web"], (0..800).map(row)).unwrap();
    /// let fit = CovariateFit::<ParetoNbd>::fit(&summary).unwrap();
    /// assert!(fit.coefficients[0].of == "purchase" && fit.coefficients[0].value > 0.3);
    /// ```
    pub fn fit(summary: &CovariateSummary) -> Result<Self, CovariateError> {
        let sum = |of: fn(&Summary) -> u64| summary.groups.iter().map(|(_, summary)| of(summary)).sum();
        require(sum(Summary::customers), sum(Summary::repeat_buyers))
            .map_err(CovariateError::NotEnoughData)?;
        if summary.means().weeks <= 0.0 {
            return Err(CovariateError::NotEnoughData(NotEnoughData::ObservationTime));
        }
        // The optimiser's size is known at compile time; a few sizes serve all.
        match 4 + M::MOVED.len() * summary.names.len() {
            4 => Ok(fit_sized::<M, 4>(summary)),
            5..=6 => Ok(fit_sized::<M, 6>(summary)),
            7 => Ok(fit_sized::<M, 7>(summary)),
            8 => Ok(fit_sized::<M, 8>(summary)),
            9..=10 => Ok(fit_sized::<M, 10>(summary)),
            11..=13 => Ok(fit_sized::<M, 13>(summary)),
            14..=16 => Ok(fit_sized::<M, 16>(summary)),
            17..=MOST => Ok(fit_sized::<M, MOST>(summary)),
            _ => {
                Err(CovariateError::TooMany { have: summary.names.len(), most: (MOST - 4) / M::MOVED.len() })
            }
        }
    }

    /// The model of a customer with these covariates, to be asked like any other. Missing values count as 0.
    pub fn model_for(&self, z: &[f64]) -> M {
        let columns = self.coefficients.len() / M::MOVED.len();
        let values: Vec<f64> = self.coefficients.iter().map(|c| c.value).collect();
        moved(&self.baseline.parameters(), &values, columns, z)
    }
}

/// Parameters that can be fitted at once.
const MOST: usize = 20;

/// The largest exponent a covariate may give: beyond it the scale leaves any range of use.
const LARGEST: f64 = 30.0;

/// The model with its scales moved by γ'z.
fn moved<M: Scales>(baseline: &[f64; 4], gamma: &[f64], columns: usize, z: &[f64]) -> M {
    let mut parameters = *baseline;
    for (block, (parameter, sign, _)) in M::MOVED.iter().enumerate() {
        let of_block = &gamma[block * columns..][..columns];
        let exponent: f64 = of_block.iter().zip(z).map(|(g, v)| g * v).sum();
        parameters[*parameter] *= (sign * exponent.clamp(-LARGEST, LARGEST)).exp();
    }
    M::from_parameters(parameters)
}

/// Fits in N dimensions; those beyond the model's own are held at 0 by a bowl that adds nothing there.
fn fit_sized<M: Scales, const N: usize>(summary: &CovariateSummary) -> CovariateFit<M> {
    let (columns, means) = (summary.names.len(), summary.means());
    let used = 4 + M::MOVED.len() * columns;
    let customers: u64 = summary.groups.iter().map(|(_, summary)| summary.customers()).sum();
    let baseline = |at: &[f64; N]| natural::<M>(&std::array::from_fn(|i| at[i]), means.weeks);
    let objective = |at: &[f64; N]| {
        let (mut value, mut gradient) = likelihood::<M, N>(summary, &baseline(at), &at[4..used]);
        for i in used..N {
            value -= customers as f64 * at[i] * at[i] / 2.0;
            gradient[i] = -(customers as f64) * at[i];
        }
        (value, gradient)
    };
    let starts =
        M::starts(means.orders).map(|start| std::array::from_fn(|i| start.get(i).copied().unwrap_or(0.0)));
    report(summary, maximise(objective, &starts, customers), customers, baseline)
}

/// The log-likelihood and its gradient in the logarithms of the baseline and in γ.
fn likelihood<M: Scales, const N: usize>(
    summary: &CovariateSummary,
    baseline: &[f64; 4],
    gamma: &[f64],
) -> (f64, [f64; N]) {
    let columns = summary.names.len();
    let of_group = |(z, group): &(Vec<f64>, Summary)| -> (f64, [f64; 4]) {
        let model: M = moved(baseline, gamma, columns, z);
        let (value, slopes) = model.likelihood(group);
        let natural = model.parameters();
        (value, std::array::from_fn(|i| slopes[i] * natural[i]))
    };
    let parts: Vec<(f64, [f64; 4])> = summary.groups.par_iter().map(of_group).collect();
    let (mut value, mut gradient) = (0.0, [0.0; N]);
    for ((z, _), (part, slopes)) in summary.groups.iter().zip(parts) {
        value += part;
        gradient[..4].iter_mut().zip(slopes).for_each(|(g, s)| *g += s);
        for (block, (parameter, sign, _)) in M::MOVED.iter().enumerate() {
            for (column, v) in z.iter().enumerate() {
                gradient[4 + block * columns + column] += sign * v * slopes[*parameter];
            }
        }
    }
    (value, gradient)
}

fn report<M: Scales, const N: usize>(
    summary: &CovariateSummary,
    found: Found<N>,
    customers: u64,
    baseline: impl Fn(&[f64; N]) -> [f64; 4],
) -> CovariateFit<M> {
    let parameters = baseline(&found.at);
    let columns = summary.names.len();
    let error = |i: usize| found.log_covariance.map(|rows| rows[i][i].sqrt());
    let coefficient = |i: usize| Coefficient {
        of: M::MOVED[i / columns].2.to_owned(),
        name: summary.names[i % columns].clone(),
        value: found.at[4 + i],
        standard_error: error(4 + i),
    };
    CovariateFit {
        baseline: M::from_parameters(parameters),
        baseline_errors: found
            .log_covariance
            .map(|rows| std::array::from_fn(|i| parameters[i] * rows[i][i].sqrt())),
        coefficients: (0..M::MOVED.len() * columns).map(coefficient).collect(),
        log_likelihood: found.log_likelihood,
        status: found.status,
        starts: found.starts,
        customers,
    }
}
