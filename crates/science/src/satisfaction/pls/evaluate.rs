//! Every figure of a solution: paths, effects, R², reliability, HTMT, and what is impossible among them.

use super::Mode;
use super::engine::{Collinear, Solution, regress};
use super::layout::Layout;
use crate::dense::Dense;

/// Room for rounding before a figure counts as impossible.
const ROUNDING: f64 = 1e-9;

/// The figures of one solution, by number.
#[derive(Debug, Clone)]
pub struct Figures {
    pub weights: Vec<f64>,
    /// Of each item on its own construct.
    pub loadings: Vec<f64>,
    pub cross_loadings: Dense,
    /// Of the constructs; freed of measurement error when consistent.
    pub correlations: Dense,
    /// Direct effects, row cause, column consequence.
    pub direct: Dense,
    /// Total effects.
    pub total: Dense,
    /// Absent for constructs without causes.
    pub r_squared: Vec<Option<f64>>,
    /// Standardised Cronbach alpha; 1 for one item, absent for Mode B, as the next two.
    pub alpha: Vec<Option<f64>>,
    pub rho_a: Vec<Option<f64>>,
    pub composite: Vec<Option<f64>>,
    pub ave: Vec<f64>,
    pub htmt: Vec<Vec<Option<f64>>>,
    /// √(mean communality × mean R²).
    pub goodness_of_fit: f64,
    pub impossible: Vec<Impossible>,
    pub rounds: u32,
    pub converged: bool,
}

/// An impossible figure, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impossible {
    Reliability(usize),
    Loading(usize),
    RSquared(usize),
    Correlations,
}

/// Works out every figure of a solution.
pub fn evaluate(
    layout: &Layout,
    items: &Dense,
    solution: Solution,
    consistent: bool,
) -> Result<Figures, Collinear> {
    let constructs = 0..layout.blocks.len();
    let raw_rho: Vec<Option<f64>> = constructs.clone().map(|j| rho_a(layout, items, &solution, j)).collect();
    let reliability = |j: usize| raw_rho[j].filter(|rho| *rho > 0.0).unwrap_or(1.0);
    let mut loadings: Vec<f64> = Vec::with_capacity(items.rows());
    for (j, block) in layout.blocks.iter().enumerate() {
        let corrected = consistent && raw_rho[j].is_some() && !layout.is_single(j);
        let own: f64 = block.items.clone().map(|k| solution.weights[k].powi(2)).sum();
        loadings.extend(block.items.clone().map(|k| match corrected {
            true => solution.weights[k] * reliability(j).sqrt() / own,
            false => solution.cross_loadings[(k, j)],
        }));
    }
    let correlations = match consistent {
        false => solution.correlations,
        true => Dense::from_fn(constructs.len(), constructs.len(), |i, j| match i == j {
            true => 1.0,
            false => solution.correlations[(i, j)] / (reliability(i) * reliability(j)).sqrt(),
        }),
    };
    let (direct, r_squared) = structure(layout, &correlations)?;
    let ave: Vec<f64> = constructs.clone().map(|j| mean_square(layout, &loadings, j)).collect();
    let alpha = constructs.clone().map(|j| alpha(layout, items, j)).collect();
    let composite = constructs.clone().map(|j| composite(layout, &loadings, j)).collect();
    let goodness_of_fit = goodness_of_fit(layout, &loadings, &r_squared);
    let mut figures = Figures {
        weights: solution.weights,
        loadings,
        cross_loadings: solution.cross_loadings,
        correlations,
        total: total_effects(layout, &direct),
        direct,
        r_squared,
        alpha,
        rho_a: raw_rho,
        composite,
        ave,
        htmt: htmt(layout, items),
        goodness_of_fit,
        impossible: Vec::new(),
        rounds: solution.rounds,
        converged: solution.converged,
    };
    if consistent {
        figures.impossible = impossible(layout, &figures);
    }
    Ok(figures)
}

/// Regressions of every construct on its causes.
fn structure(layout: &Layout, correlations: &Dense) -> Result<(Dense, Vec<Option<f64>>), Collinear> {
    let q = layout.blocks.len();
    let (mut direct, mut r_squared) = (Dense::zeros(q, q), vec![None; q]);
    for (j, block) in layout.blocks.iter().enumerate().filter(|(_, block)| !block.causes.is_empty()) {
        let (coefficients, explained) = regress(correlations, j, &block.causes).ok_or(Collinear(j))?;
        block.causes.iter().zip(coefficients).for_each(|(i, b)| direct[(*i, j)] = b);
        r_squared[j] = Some(explained);
    }
    Ok((direct, r_squared))
}

/// Sums over all routes: total(i, j) = Σ over causes k of j of [i = k] or total(i, k), times direct(k, j).
fn total_effects(layout: &Layout, direct: &Dense) -> Dense {
    let q = layout.blocks.len();
    let mut total = Dense::zeros(q, q);
    for &j in &layout.order {
        for i in 0..q {
            let via = |k: &usize| (f64::from(u8::from(*k == i)) + total[(i, *k)]) * direct[(*k, j)];
            total[(i, j)] = layout.blocks[j].causes.iter().map(via).sum();
        }
    }
    total
}

/// Dijkstra & Henseler's rho_A; 1 for one item, `None` for Mode B or where it does not exist.
fn rho_a(layout: &Layout, items: &Dense, solution: &Solution, j: usize) -> Option<f64> {
    let block = &layout.blocks[j];
    if layout.is_single(j) {
        return Some(1.0);
    }
    if block.mode == Mode::B {
        return None;
    }
    let w = |k: usize| solution.weights[k];
    let own: f64 = block.items.clone().map(|k| w(k) * w(k)).sum();
    let pairs = || block.items.clone().flat_map(|k| block.items.clone().map(move |l| (k, l)));
    let sum = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
        pairs().filter(|(k, l)| k != l).map(|(k, l)| of(k, l)).sum()
    };
    let rho = own * own * sum(&|k, l| w(k) * items[(k, l)] * w(l)) / sum(&|k, l| (w(k) * w(l)).powi(2));
    rho.is_finite().then_some(rho)
}

/// Standardised alpha from the mean correlation.
fn alpha(layout: &Layout, items: &Dense, j: usize) -> Option<f64> {
    let block = &layout.blocks[j];
    let own: Vec<usize> = block.items.clone().collect();
    match (own.len(), block.mode) {
        (1, _) => Some(1.0),
        (_, Mode::B) => None,
        _ => crate::survey::alpha_of(&items.principal(&own)),
    }
}

/// Composite reliability rho_C = (Σλ)² / ((Σλ)² + Σ(1 - λ²)).
fn composite(layout: &Layout, loadings: &[f64], j: usize) -> Option<f64> {
    let own = &loadings[layout.blocks[j].items.clone()];
    if own.len() == 1 {
        return Some(1.0);
    }
    let common = own.iter().sum::<f64>().powi(2);
    let value = common / (common + own.iter().map(|l| 1.0 - l * l).sum::<f64>());
    (layout.blocks[j].mode == Mode::A && value.is_finite()).then_some(value)
}

fn mean_square(layout: &Layout, loadings: &[f64], j: usize) -> f64 {
    let own = &loadings[layout.blocks[j].items.clone()];
    own.iter().map(|l| l * l).sum::<f64>() / own.len() as f64
}

/// Tenenhaus et al. (2005): communality is averaged over the items of constructs that have several; a model of single
/// items is measured perfectly.
fn goodness_of_fit(layout: &Layout, loadings: &[f64], r_squared: &[Option<f64>]) -> f64 {
    let many = layout.blocks.iter().filter(|block| block.items.len() > 1);
    let squares: Vec<f64> = many.flat_map(|b| loadings[b.items.clone()].iter().map(|l| l * l)).collect();
    let communality =
        if squares.is_empty() { 1.0 } else { squares.iter().sum::<f64>() / squares.len() as f64 };
    let explained: Vec<f64> = r_squared.iter().flatten().copied().collect();
    (communality * explained.iter().sum::<f64>() / explained.len() as f64).max(0.0).sqrt()
}

/// Heterotrait-monotrait ratios (Henseler, Ringle & Sarstedt 2015): the mean correlation of items between two
/// constructs over the geometric mean of those within them; absent where a construct's items do not correlate.
fn htmt(layout: &Layout, items: &Dense) -> Vec<Vec<Option<f64>>> {
    let mean = |i: usize, j: usize| {
        let (a, b) = (layout.blocks[i].items.clone(), layout.blocks[j].items.clone());
        let pairs = a.flat_map(|k| b.clone().map(move |l| (k, l))).filter(|(k, l)| k != l);
        let (sum, count) = pairs.fold((0.0, 0.0), |(sum, n), at| (sum + items[at].abs(), n + 1.0));
        if count > 0.0 { sum / count } else { 1.0 }
    };
    let constructs = 0..layout.blocks.len();
    let within: Vec<f64> = constructs.clone().map(|j| mean(j, j)).collect();
    let ratio = |i: usize, j: usize| {
        let value = mean(i, j) / (within[i] * within[j]).sqrt();
        (i != j && value.is_finite()).then_some(value)
    };
    constructs.clone().map(|i| constructs.clone().map(|j| ratio(i.min(j), i.max(j))).collect()).collect()
}

fn impossible(layout: &Layout, figures: &Figures) -> Vec<Impossible> {
    let mut found = Vec::new();
    for (j, block) in layout.blocks.iter().enumerate() {
        let needed = block.mode == Mode::A && !layout.is_single(j);
        let possible = |rho: f64| rho > 0.0 && rho <= 1.0 + ROUNDING;
        if needed && !figures.rho_a[j].is_some_and(possible) {
            found.push(Impossible::Reliability(j));
        }
        let above = |k: &usize| needed && figures.loadings[*k].abs() > 1.0 + ROUNDING;
        found.extend(block.items.clone().filter(above).map(Impossible::Loading));
        if figures.r_squared[j].is_some_and(|r| r > 1.0 + ROUNDING) {
            found.push(Impossible::RSquared(j));
        }
    }
    if figures.correlations.cholesky().is_none() {
        found.push(Impossible::Correlations);
    }
    found
}
