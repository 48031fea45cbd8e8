//! Lifetime value with intervals by bootstrap.
//!
//! The delta method of [`super::score`] takes the likelihood as quadratic. Here instead the customer base is drawn anew
//! from itself (as many customers, with replacement; histories and spends apart, as the models take them for
//! independent), the models are fitted to each draw, and each fit values the real customers. The spread of these values is
//! the uncertainty of *expected* value that comes from the parameters, whatever its shape. Draw number i has its own
//! stream of chance, so the result does not depend on the number of threads.

use super::Outlook;
use crate::btyd::{LatentAttrition, Living as _, over_times, refit};
use crate::fit::Fit;
use crate::predict::Estimate;
use crate::quantile::{TooFewDraws, percentile_interval};
use crate::random::stream;
use crate::spend::{GammaGamma, GammaGammaFit, Spend, SpendError, refit_spend, sorted_spends};
use crate::summary::{Row, Summary};
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A customer to be valued: where their history stands in the summary, and what their repeat orders came to on average
/// (0 without any).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Valued {
    /// Index in [`Summary::rows`]; see [`Summary::position`].
    pub row: usize,
    /// Mean value of the repeat orders.
    pub mean_spend: f64,
}

/// A customer base and the models fitted to it.
#[derive(Debug, Clone, Copy)]
pub struct Fitted<'a, M> {
    /// The histories.
    pub summary: &'a Summary,
    /// When customers buy and leave.
    pub attrition: &'a Fit<M>,
    /// The mean spends.
    pub spends: &'a [Spend],
    /// What an order is worth.
    pub spend: &'a GammaGammaFit,
}

/// What the draws say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bootstrapped {
    /// Expected residual value of each customer; the interval holds the middle 95 % of draws.
    pub values: Vec<Estimate>,
    /// Of all of them together.
    pub total: Estimate,
    /// Draws that could be fitted, of those asked for.
    pub draws: u32,
}

/// Why no bootstrap came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BootstrapError {
    /// Too few draws that could be fitted.
    TooFewDraws(TooFewDraws),
    /// A customer whose row the summary does not have.
    UnknownRow {
        /// Position of the customer in the input, from 0.
        index: usize,
        /// The row named.
        row: usize,
        /// Rows of the summary.
        rows: usize,
    },
    /// A spend the model cannot have been fitted on.
    Spend(SpendError),
}

impl fmt::Display for BootstrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewDraws(few) => few.fmt(f),
            Self::UnknownRow { index, row, rows } => write!(
                f,
                "Customer {index} has history number {row}, but the summary has {rows}; look it up in this summary."
            ),
            Self::Spend(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BootstrapError {}

/// Draws and fits `draws` customer bases; value is at a contribution margin between 0 and 1. Keeps draws × customers
/// figures in memory.
///
/// # Errors
/// [`BootstrapError::TooFewDraws`] when fewer than 200 draws are asked for or can be fitted,
/// [`BootstrapError::UnknownRow`] and [`BootstrapError::Spend`] name the customer at fault.
///
/// ```
/// use science::Summary;
/// use science::btyd::{BgNbd, LatentAttrition};
/// use science::clv::{Fitted, Outlook, Valued, bootstrap};
/// use science::spend::{GammaGammaFit, Spend};
///
/// let histories = (0..600_u32).map(|i| (i % 4, if i % 4 == 0 { 0 } else { 30 * (i % 4) + i % 17 }, 150 + i % 90));
/// let summary = Summary::from_days(histories).unwrap();
/// let spends: Vec<Spend> = (0..450).map(|i| Spend { x: 1 + i % 3, mean: 20.0 + f64::from(i * 7 % 31) }).collect();
/// let (fit, spend) = (BgNbd::fit(&summary).unwrap(), GammaGammaFit::fit(&spends).unwrap());
/// let fitted = Fitted { summary: &summary, attrition: &fit, spends: &spends, spend: &spend };
/// let customers = [Valued { row: summary.rows().len() - 1, mean_spend: 25.0 }];
/// let result = bootstrap(fitted, &customers, &Outlook::default(), 0.3, 200, 7).unwrap();
/// assert!(result.values[0].low < result.values[0].value && result.values[0].value < result.values[0].high);
/// ```
pub fn bootstrap<M: LatentAttrition>(
    fitted: Fitted<'_, M>,
    customers: &[Valued],
    outlook: &Outlook,
    margin: f64,
    draws: u32,
    seed: u64,
) -> Result<Bootstrapped, BootstrapError> {
    TooFewDraws::asked(draws).map_err(BootstrapError::TooFewDraws)?;
    let rows = fitted.summary.rows().len();
    if let Some(index) = customers.iter().position(|customer| customer.row >= rows) {
        return Err(BootstrapError::UnknownRow { index, row: customers[index].row, rows });
    }
    GammaGammaFit::check(fitted.spends).map_err(BootstrapError::Spend)?;
    let spends = sorted_spends(fitted.spends);
    let base = Base { summary: fitted.summary, customers, outlook, margin };
    let draw = |index: u32| {
        let mut chance = stream(seed, u64::from(index));
        let summary = fitted.summary.resampled(&mut chance);
        let model = refit(&summary, &fitted.attrition.model).ok()?;
        let spend = refit_spend(&resampled(&spends, &mut chance), &fitted.spend.fit.model)?;
        Some(base.values(&model, &spend, QUICK))
    };
    let all: Vec<Option<Vec<f64>>> = (0..draws).into_par_iter().map(draw).collect();
    let all: Vec<Vec<f64>> = all.into_iter().flatten().collect();
    let point = base.values(&fitted.attrition.model, &fitted.spend.fit.model, EXACT);
    let of = |i: usize| percentile_interval(point[i], draws, all.iter().map(|values| values[i]));
    let values: Result<_, _> = (0..customers.len()).into_par_iter().map(of).collect();
    let total = percentile_interval(point.iter().sum(), draws, all.iter().map(|values| values.iter().sum()));
    Ok(Bootstrapped {
        values: values.map_err(BootstrapError::TooFewDraws)?,
        total: total.map_err(BootstrapError::TooFewDraws)?,
        draws: u32::try_from(all.len()).unwrap_or(draws),
    })
}

/// Relative error of the expected orders of a draw, far below what draws differ by.
const QUICK: f64 = 1e-8;
/// The same of the fitted value.
const EXACT: f64 = 1e-13;

/// As many spends drawn with replacement, in the same order.
fn resampled(sorted: &[Spend], chance: &mut impl Rng) -> Vec<Spend> {
    let mut times = vec![0_usize; sorted.len()];
    (0..sorted.len()).for_each(|_| times[chance.random_range(0..sorted.len())] += 1);
    sorted.iter().zip(times).flat_map(|(spend, times)| std::iter::repeat_n(*spend, times)).collect()
}

struct Base<'a> {
    summary: &'a Summary,
    customers: &'a [Valued],
    outlook: &'a Outlook,
    margin: f64,
}

impl Base<'_> {
    /// The expected residual value of each customer under these models.
    fn values<M: LatentAttrition>(&self, model: &M, spend: &GammaGamma, error: f64) -> Vec<f64> {
        let orders = self.residual_orders(model, error);
        let value = |customer: &Valued| {
            let x = self.summary.rows()[customer.row].x;
            self.margin * orders[customer.row] * spend.expected_spend(x, customer.mean_spend)
        };
        self.customers.iter().map(value).collect()
    }

    /// Discounted residual orders of each row; what is to come of the living is shared by rows of one x and T.
    fn residual_orders<M: LatentAttrition>(&self, model: &M, error: f64) -> Vec<f64> {
        let horizons = self.outlook.horizons();
        let mut orders = Vec::with_capacity(self.summary.rows().len());
        for of_count in self.summary.rows().chunk_by(|a: &Row, b: &Row| a.x == b.x) {
            let of_time = || of_count.chunk_by(|a, b| a.t == b.t);
            let times: Vec<f64> = of_time().map(|rows| self.summary.weeks(rows[0].t)).collect();
            let living = |t| [model.living(of_count[0].x, t).expected(horizons.discount, horizons.value)];
            for (rows, [expected]) in of_time().zip(over_times(model, &times, error, living)) {
                orders.extend(rows.iter().map(|row| {
                    let c = self.summary.in_weeks(row);
                    expected * model.p_alive(c.x, c.t_x, c.t)
                }));
            }
        }
        orders
    }
}
