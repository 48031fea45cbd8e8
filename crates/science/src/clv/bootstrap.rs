//! Lifetime value with intervals by parametric bootstrap.
//!
//! The delta method of [`super::score`] takes the likelihood as quadratic. Here instead the fitted models draw the
//! customer base anew, with the same observation times; the models are fitted to each draw, and each fit values the real
//! customers. The spread of these values is the uncertainty of *expected* value that comes from the parameters, whatever
//! its shape. Draw number i has its own stream of chance, so the result does not depend on the number of threads.

use super::Outlook;
use crate::btyd::{Living as _, Simulate, refit};
use crate::fit::Fit;
use crate::predict::Estimate;
use crate::random::stream;
use crate::spend::{GammaGamma, GammaGammaFit, Spend, refit_spend};
use crate::summary::{Row, Summary};
use rand::Rng;
use rand_distr::{Distribution, Gamma};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A customer to be valued: where their history stands in the summary, and what their repeat orders came to on average
/// (0 without any).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Valued {
    /// Index in [`Summary::rows`]; see [`Summary::position`].
    pub row: usize,
    /// Mean value of the repeat orders.
    pub mean_spend: f64,
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

/// Draws and fits `draws` customer bases; value is at a contribution margin between 0 and 1. `None` when not even ten
/// draws could be fitted. Keeps draws × customers figures in memory.
///
/// ```
/// use science::Summary;
/// use science::btyd::{BgNbd, LatentAttrition};
/// use science::clv::{Outlook, Valued, bootstrap};
/// use science::spend::{GammaGammaFit, Spend};
///
/// let histories = (0..600_u32).map(|i| (i % 4, if i % 4 == 0 { 0 } else { 30 * (i % 4) + i % 17 }, 150 + i % 90));
/// let summary = Summary::from_days(histories).unwrap();
/// let spends: Vec<Spend> = (0..450).map(|i| Spend { x: 1 + i % 3, mean: 20.0 + f64::from(i * 7 % 31) }).collect();
/// let (fit, spend) = (BgNbd::fit(&summary).unwrap(), GammaGammaFit::fit(&spends).unwrap());
/// let customers = [Valued { row: summary.rows().len() - 1, mean_spend: 25.0 }];
/// let result = bootstrap(&fit, &spend, &summary, &customers, &Outlook::default(), 0.3, 40, 7).unwrap();
/// assert!(result.values[0].low < result.values[0].value && result.values[0].value < result.values[0].high);
/// ```
#[allow(clippy::too_many_arguments, reason = "each is a different thing")]
pub fn bootstrap<M: Simulate>(
    fit: &Fit<M>,
    spend: &GammaGammaFit,
    summary: &Summary,
    customers: &[Valued],
    outlook: &Outlook,
    margin: f64,
    draws: u32,
    seed: u64,
) -> Option<Bootstrapped> {
    let base = Base { summary, customers, outlook, margin };
    let draw = |index: u32| {
        let mut chance = stream(seed, u64::from(index));
        let (model, spend) = redrawn(fit, spend, summary, &mut chance)?;
        Some(base.values(&model, &spend))
    };
    let all: Vec<Vec<f64>> =
        (0..draws).into_par_iter().map(draw).collect::<Vec<_>>().into_iter().flatten().collect();
    if all.len() < FEWEST {
        return None;
    }
    let point = base.values(&fit.model, &spend.fit.model);
    let of = |i: usize| estimate(point[i], all.iter().map(|values| values[i]).collect());
    let values = (0..customers.len()).into_par_iter().map(of).collect();
    let total = estimate(point.iter().sum(), all.iter().map(|values| values.iter().sum()).collect());
    Some(Bootstrapped { values, total, draws: u32::try_from(all.len()).unwrap_or(draws) })
}

/// Fewer draws say nothing of a 95 % interval.
const FEWEST: usize = 10;

/// The models fitted to a customer base drawn from the fitted models.
fn redrawn<M: Simulate>(
    fit: &Fit<M>,
    spend: &GammaGammaFit,
    summary: &Summary,
    chance: &mut impl Rng,
) -> Option<(M, GammaGamma)> {
    let (mut histories, mut spends) = (Vec::new(), Vec::new());
    for row in summary.rows() {
        for _ in 0..row.weight {
            let (x, t_x) = fit.model.draw(row.t, summary.weeks(1), chance);
            histories.push((x, t_x, row.t));
            if x > 0 {
                spends.push(Spend { x, mean: mean_spend(&spend.fit.model, x, chance) });
            }
        }
    }
    let drawn = Summary::from_ticks(histories, summary.ticks_per_week()).ok()?;
    Some((refit(&drawn, &fit.model).ok()?, refit_spend(&spends, &spend.fit.model)?))
}

/// The mean of x orders of a customer drawn from the model.
fn mean_spend(model: &GammaGamma, x: u32, chance: &mut impl Rng) -> f64 {
    let n = f64::from(x);
    let draw =
        |shape: f64, chance: &mut _| Gamma::new(shape, 1.0).map_or(shape, |gamma| gamma.sample(chance));
    let rate = draw(model.q, chance) / model.gamma;
    (draw(model.p * n, chance) / (n * rate)).clamp(f64::MIN_POSITIVE, f64::MAX)
}

struct Base<'a> {
    summary: &'a Summary,
    customers: &'a [Valued],
    outlook: &'a Outlook,
    margin: f64,
}

impl Base<'_> {
    /// The expected residual value of each customer under these models.
    fn values<M: Simulate>(&self, model: &M, spend: &GammaGamma) -> Vec<f64> {
        let orders = self.residual_orders(model);
        let value = |customer: &Valued| {
            let x = self.summary.rows()[customer.row].x;
            self.margin * orders[customer.row] * spend.expected_spend(x, customer.mean_spend)
        };
        self.customers.iter().map(value).collect()
    }

    /// Discounted residual orders of each row; what is to come of the living is shared by rows of one x and T.
    fn residual_orders<M: Simulate>(&self, model: &M) -> Vec<f64> {
        let horizons = self.outlook.horizons();
        let rows = self.summary.rows();
        let mut orders = Vec::with_capacity(rows.len());
        for group in rows.chunk_by(|a: &Row, b: &Row| (a.x, a.t) == (b.x, b.t)) {
            let living = model.living(group[0].x, self.summary.weeks(group[0].t));
            let expected = living.expected(horizons.discount, horizons.value);
            orders.extend(group.iter().map(|row| {
                let c = self.summary.in_weeks(row);
                expected * model.p_alive(c.x, c.t_x, c.t)
            }));
        }
        orders
    }
}

/// The middle 95 % of the draws about the fitted value.
fn estimate(value: f64, mut draws: Vec<f64>) -> Estimate {
    draws.sort_unstable_by(f64::total_cmp);
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let quantile = |share: f64| {
        let rank = share * (n - 1.0);
        let (below, part) = (rank.floor() as usize, rank.fract());
        let above = (below + 1).min(draws.len() - 1);
        draws[below] + part * (draws[above] - draws[below])
    };
    let (low, high) = (quantile(0.025), quantile(0.975));
    Estimate { value, standard_error: variance.sqrt(), low: low.min(value), high: high.max(value) }
}
