//! Bootstrap intervals: every draw estimates the whole model on resampled respondents.
//!
//! Draw i has the random stream i of the seed, and draws are summed in order: any number of threads gives the same bits.
//! In every draw a construct has the sign its dominant item of the full data gives it, so signs never flip by chance.
//! Draws that cannot be estimated, or whose consistent solution is impossible, are left out and counted by reason.

use super::engine::solve;
use super::evaluate::{Figures, evaluate};
use super::fit::routes;
use super::layout::Layout;
use super::{PlsModel, engine};
use crate::quantile::Draws;
use crate::random::stream;
use crate::satisfaction::scores::Scores;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What an interval is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[allow(missing_docs, reason = "the fields are the names of constructs and items")]
pub enum Quantity {
    /// A path.
    Direct { from: String, to: String },
    /// What goes through other constructs.
    Indirect { from: String, to: String },
    /// Both.
    Total { from: String, to: String },
    /// Share of variance explained.
    RSquared { construct: String },
    /// Correlation of an item with its construct.
    Loading { item: String },
    /// Weight of an item in its construct.
    Weight { item: String },
    /// Heterotrait-monotrait ratio.
    Htmt { a: String, b: String },
}

/// An estimate with what its bootstrap draws did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BootstrapInterval {
    /// On the full data.
    pub estimate: f64,
    /// Mean of the draws; its distance from the estimate is the bootstrap's guess of the bias.
    pub mean: f64,
    /// Standard deviation of the draws.
    pub standard_error: f64,
    /// 2.5 % percentile of the draws.
    pub low: f64,
    /// 97.5 % percentile of the draws.
    pub high: f64,
}

/// Draws that were left out, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// An item was answered alike by all respondents drawn.
    pub zero_variance: u32,
    /// Causes or formative items determined each other.
    pub collinear: u32,
    /// The weights did not settle.
    pub not_converged: u32,
    /// The consistent solution was impossible.
    pub inadmissible: u32,
}

/// The intervals of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bootstrapped {
    /// Respondents.
    pub n: u64,
    /// Draws asked for.
    pub draws: u32,
    /// Draws the intervals rest on.
    pub used: u32,
    /// The others.
    pub left_out: LeftOut,
    /// Whether enough draws could be used; look at `left_out` otherwise.
    pub status: Status,
    /// 95 % percentile intervals; empty when fewer than two draws could be used.
    pub intervals: Vec<(Quantity, BootstrapInterval)>,
}

/// Whether the draws that could be used stand for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// At least 95 % of the draws were used.
    Complete,
    /// Fewer were: the intervals are conditional on the model working out, and too narrow.
    ManyLeftOut,
}

/// The share of draws that must have been used for intervals to be taken as they are.
const ENOUGH: f64 = 0.95;

impl Bootstrapped {
    /// The interval of a path.
    pub fn path(&self, from: &str, to: &str) -> Option<&BootstrapInterval> {
        self.get(&Quantity::Direct { from: from.to_owned(), to: to.to_owned() })
    }

    /// The interval of a total effect.
    pub fn total(&self, from: &str, to: &str) -> Option<&BootstrapInterval> {
        self.get(&Quantity::Total { from: from.to_owned(), to: to.to_owned() })
    }

    /// The interval of a quantity.
    pub fn get(&self, quantity: &Quantity) -> Option<&BootstrapInterval> {
        self.intervals.iter().find(|(what, _)| what == quantity).map(|(_, interval)| interval)
    }
}

enum Lost {
    ZeroVariance,
    Collinear,
    NotConverged,
    Inadmissible,
}

impl From<engine::Collinear> for Lost {
    fn from(_: engine::Collinear) -> Self {
        Self::Collinear
    }
}

/// Runs (draws, seed) and takes percentiles.
pub(super) fn run(
    model: &PlsModel,
    layout: &Layout,
    data: &Scores,
    anchors: &[usize],
    figures: &Figures,
    (draws, seed): (u32, u64),
) -> Bootstrapped {
    let estimates = flatten(layout, figures);
    let draw = |index: u32| -> Result<Vec<f64>, Lost> {
        let mut dice = stream(seed, u64::from(index));
        let correlations = data.resampled(&mut dice).map_err(|_| Lost::ZeroVariance)?;
        let mut solution = solve(layout, &correlations, model.scheme)?;
        solution.fix_signs(layout, anchors);
        let figures = evaluate(layout, &correlations, solution, model.consistent)?;
        match (figures.converged, figures.impossible.is_empty()) {
            (false, _) => Err(Lost::NotConverged),
            (true, false) => Err(Lost::Inadmissible),
            (true, true) => Ok(flatten(layout, &figures)),
        }
    };
    let results: Vec<Result<Vec<f64>, Lost>> = (0..draws).into_par_iter().map(draw).collect();
    let mut left_out = LeftOut::default();
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(results.len()); estimates.len()];
    for result in results {
        match result {
            Ok(values) => columns.iter_mut().zip(values).for_each(|(column, v)| column.push(v)),
            Err(Lost::ZeroVariance) => left_out.zero_variance += 1,
            Err(Lost::Collinear) => left_out.collinear += 1,
            Err(Lost::NotConverged) => left_out.not_converged += 1,
            Err(Lost::Inadmissible) => left_out.inadmissible += 1,
        }
    }
    let LeftOut { zero_variance, collinear, not_converged, inadmissible } = left_out;
    let used = draws - zero_variance - collinear - not_converged - inadmissible;
    let intervals: Vec<Option<BootstrapInterval>> =
        columns.into_par_iter().zip(estimates).map(|(column, estimate)| interval(column, estimate)).collect();
    let named = quantities(model, layout).into_iter().zip(intervals);
    Bootstrapped {
        n: data.respondents() as u64,
        draws,
        used,
        left_out,
        status: match used >= 2 && f64::from(used) >= ENOUGH * f64::from(draws) {
            true => Status::Complete,
            false => Status::ManyLeftOut,
        },
        intervals: named.filter_map(|(what, interval)| Some((what, interval?))).collect(),
    }
}

/// Absent figures become NaN and give no interval.
fn flatten(layout: &Layout, figures: &Figures) -> Vec<f64> {
    let mut flat = Vec::new();
    for (i, j, joined) in routes(layout) {
        let (direct, total) = (figures.direct[(i, j)], figures.total[(i, j)]);
        if joined {
            flat.push(direct);
        }
        flat.extend([total - direct, total]);
    }
    flat.extend(figures.r_squared.iter().flatten());
    flat.extend(&figures.loadings);
    flat.extend(&figures.weights);
    for (i, row) in figures.htmt.iter().enumerate() {
        flat.extend(row[i + 1..].iter().map(|ratio| ratio.unwrap_or(f64::NAN)));
    }
    flat
}

/// The names of what [`flatten`] gives, in its order.
fn quantities(model: &PlsModel, layout: &Layout) -> Vec<Quantity> {
    let name = |at: usize| model.constructs[at].name.clone();
    let mut named = Vec::new();
    for (i, j, joined) in routes(layout) {
        let (from, to) = (name(i), name(j));
        if joined {
            named.push(Quantity::Direct { from: from.clone(), to: to.clone() });
        }
        named.push(Quantity::Indirect { from: from.clone(), to: to.clone() });
        named.push(Quantity::Total { from, to });
    }
    let explained = (0..layout.blocks.len()).filter(|j| !layout.blocks[*j].causes.is_empty());
    named.extend(explained.map(|j| Quantity::RSquared { construct: name(j) }));
    named.extend(layout.items.iter().map(|item| Quantity::Loading { item: item.clone() }));
    named.extend(layout.items.iter().map(|item| Quantity::Weight { item: item.clone() }));
    for i in 0..layout.blocks.len() {
        named.extend((i + 1..layout.blocks.len()).map(|j| Quantity::Htmt { a: name(i), b: name(j) }));
    }
    named
}

/// The percentile interval; `None` with fewer than two draws or an absent figure among them.
fn interval(column: Vec<f64>, estimate: f64) -> Option<BootstrapInterval> {
    let draws = Draws::new(column).filter(|_| estimate.is_finite())?;
    let (low, high) = draws.middle();
    Some(BootstrapInterval { estimate, mean: draws.mean, standard_error: draws.standard_error, low, high })
}
