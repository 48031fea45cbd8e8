//! Price elasticity by log-log least squares: ln volume = group + elasticity × ln price + others.
//!
//! A fixed effect for each group (shop, product) takes out that large shops sell more and may be cheaper; without it the
//! answer mixes both. Prices are not set by chance, so the elasticity is what went together, not yet what a change causes.

use super::{PriceError, student};
use crate::least_squares::{Covariance, ols};
use crate::predict::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sales of one product in one place and period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sale {
    /// Shop or product: what gets a fixed effect and is a cluster.
    pub group: u32,
    /// Units sold; more than 0.
    pub volume: f64,
    /// Price of a unit; more than 0.
    pub price: f64,
    /// Other things that move sales (display, season), as many in each row; they enter as they are.
    pub others: Vec<f64>,
}

/// Which errors are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errors {
    /// Alike and independent in all rows.
    Classical,
    /// Of any size (White 1980, HC1).
    Robust,
    /// Of any size and hanging together within a group (Liang & Zeger 1986): the honest choice for weeks of one shop.
    Clustered,
}

/// How sales answer to price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Elasticity {
    /// Percent more sales for one percent more price: below −1 is elastic.
    pub elasticity: Estimate,
    /// Log of sales for one unit of each of the others.
    pub others: Vec<Estimate>,
    /// Share of the variance of log sales within groups that is explained.
    pub r_squared: f64,
    /// Rows.
    pub n: u64,
    /// Fixed effects.
    pub groups: u64,
    /// Which errors were believed.
    pub errors: Errors,
}

/// Fits the elasticity, with one fixed effect a group or, without, one intercept for all.
///
/// # Errors
/// [`PriceError`] names the row or column.
pub fn elasticity(sales: &[Sale], fixed_effects: bool, errors: Errors) -> Result<Elasticity, PriceError> {
    check(sales)?;
    let cluster = numbered(sales);
    let clusters = cluster.iter().max().map_or(0, |m| *m as usize + 1);
    if errors == Errors::Clustered && clusters < 2 {
        return Err(PriceError::OneCluster);
    }
    let group = if fixed_effects { cluster.clone() } else { vec![0; sales.len()] };
    let groups = if fixed_effects { clusters } else { 1 };
    let width = sales.first().map_or(0, |s| s.others.len());
    let mut columns = vec![sales.iter().map(|s| s.price.ln()).collect::<Vec<f64>>()];
    columns.extend((0..width).map(|j| sales.iter().map(|s| s.others[j]).collect()));
    let volumes: Vec<f64> = sales.iter().map(|s| s.volume.ln()).collect();
    let kind = match errors {
        Errors::Classical => Covariance::Classical,
        Errors::Robust => Covariance::Robust,
        Errors::Clustered => Covariance::Clustered(&cluster),
    };
    let name = |j: usize| if j == 0 { "The price".to_owned() } else { format!("Column {j} of the others") };
    let fit = ols(&volumes, &columns, &group, groups, kind).map_err(|u| PriceError::of(u, name))?;
    let freedom = if errors == Errors::Clustered { clusters as f64 - 1.0 } else { fit.freedom };
    let t = student(freedom);
    let estimate = |j: usize| {
        let (value, error) = (fit.coefficients[j], fit.covariance[j][j].max(0.0).sqrt());
        Estimate { value, standard_error: error, low: value - t * error, high: value + t * error }
    };
    Ok(Elasticity {
        elasticity: estimate(0),
        others: (1..=width).map(estimate).collect(),
        r_squared: fit.r_squared,
        n: sales.len() as u64,
        groups: groups as u64,
        errors,
    })
}

fn check(sales: &[Sale]) -> Result<(), PriceError> {
    let width = sales.first().map_or(0, |s| s.others.len());
    for (row, sale) in sales.iter().enumerate() {
        let positive = |v: f64| v > 0.0 && v.is_finite();
        let sound = sale.others.iter().all(|v| v.is_finite() && v.abs() < 1e100);
        if !positive(sale.volume) || !positive(sale.price) || !sound {
            return Err(PriceError::NotPositive { row });
        }
        if sale.others.len() != width {
            return Err(PriceError::Shape { row });
        }
    }
    Ok(())
}

/// Groups numbered from 0 in ascending order.
fn numbered(sales: &[Sale]) -> Vec<u32> {
    let mut numbers: BTreeMap<u32, u32> = sales.iter().map(|s| (s.group, 0)).collect();
    numbers.values_mut().zip(0..).for_each(|(number, i)| *number = i);
    sales.iter().map(|s| numbers[&s.group]).collect()
}
