//! Customers grouped by equal covariates.

use super::super::engine::Means;
use super::CovariateError;
use crate::summary::{InvalidHistory, Summary};
use std::collections::BTreeMap;

/// Customers grouped by equal covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateSummary {
    names: Vec<String>,
    groups: Vec<(Vec<f64>, Summary)>,
}

/// (x, t_x, t) in days.
type History = (u32, u32, u32);

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

    /// Customers of all groups.
    pub fn customers(&self) -> u64 {
        self.groups.iter().map(|(_, summary)| summary.customers()).sum()
    }

    /// Repeat orders and weeks of the mean customer.
    pub(super) fn means(&self) -> Means {
        let mut all = Means { orders: 0.0, weeks: 0.0 };
        for (share, _, summary) in self.shares() {
            let of = Means::of(summary);
            all = Means { orders: all.orders + share * of.orders, weeks: all.weeks + share * of.weeks };
        }
        all
    }

    /// Mean and standard deviation of each covariate over the customers.
    pub(super) fn scales(&self) -> Vec<Scale> {
        let scale = |column: usize| {
            let mean = self.shares().map(|(share, z, _)| share * z[column]).sum::<f64>();
            let variance = self.shares().map(|(share, z, _)| share * (z[column] - mean).powi(2)).sum::<f64>();
            Scale { mean, deviation: variance.sqrt() }
        };
        (0..self.names.len()).map(scale).collect()
    }

    fn shares(&self) -> impl Iterator<Item = (f64, &[f64], &Summary)> {
        let customers = self.customers() as f64;
        self.groups.iter().map(move |(z, group)| (group.customers() as f64 / customers, &z[..], group))
    }
}

/// Where a covariate lies and how far it spreads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub mean: f64,
    pub deviation: f64,
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
