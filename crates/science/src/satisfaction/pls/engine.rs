//! The weights: outer and inner approximation in turn until they settle.

use super::layout::{Block, Layout};
use super::{Mode, Scheme};
use crate::dense::{Dense, dot};

/// The largest change of a weight that counts as settled.
const TOLERANCE: f64 = 1e-9;
const MAX_ROUNDS: u32 = 300;

/// The number of a construct whose causes or items determine each other.
#[derive(Debug, Clone, Copy)]
pub struct Collinear(pub usize);

/// Where the rounds ended.
#[derive(Debug, Clone)]
pub struct Solution {
    /// A weight an item; the construct's scores have variance 1.
    pub weights: Vec<f64>,
    /// Correlations of items (rows) with constructs.
    pub cross_loadings: Dense,
    /// Of the constructs' scores.
    pub correlations: Dense,
    pub rounds: u32,
    pub converged: bool,
}

/// Finds the weights from the items' correlations.
pub fn solve(layout: &Layout, items: &Dense, scheme: Scheme) -> Result<Solution, Collinear> {
    let mut weights = vec![1.0; layout.items.len()];
    let mut state = approximate(layout, items, &mut weights);
    for round in 1..=MAX_ROUNDS {
        let inner = inner_weights(layout, &state.correlations, scheme)?;
        let mut next = outer_weights(layout, items, &state.cross_loadings, &inner)?;
        let after = approximate(layout, items, &mut next);
        let change = weights.iter().zip(&next).fold(0.0_f64, |m, (a, b)| m.max((a.abs() - b.abs()).abs()));
        (weights, state) = (next, after);
        if change < TOLERANCE {
            return Ok(Solution { weights, rounds: round, converged: true, ..state });
        }
    }
    Ok(Solution { weights, rounds: MAX_ROUNDS, converged: false, ..state })
}

/// Scales the weights to scores of variance 1 and correlates the scores with items and each other.
fn approximate(layout: &Layout, items: &Dense, weights: &mut [f64]) -> Solution {
    let constructs = layout.blocks.len();
    let mut cross = Dense::zeros(items.rows(), constructs);
    for (j, block) in layout.blocks.iter().enumerate() {
        let own = block.items.clone();
        let with_score = |k: usize, w: &[f64]| dot(&items.row(k)[own.clone()], &w[own.clone()]);
        let variance: f64 = own.clone().map(|k| weights[k] * with_score(k, weights)).sum();
        // Items that cancel exactly leave no score to scale; such weights stay as they are.
        let scale = if variance > 0.0 { variance.sqrt().recip() } else { 1.0 };
        weights[own.clone()].iter_mut().for_each(|w| *w *= scale);
        (0..items.rows()).for_each(|k| cross[(k, j)] = with_score(k, weights));
    }
    let score_with = |i: usize, j: usize| -> f64 {
        layout.blocks[i].items.clone().map(|k| weights[k] * cross[(k, j)]).sum()
    };
    let correlations = Dense::from_fn(constructs, constructs, |i, j| match i == j {
        true => 1.0,
        false => score_with(i.min(j), i.max(j)),
    });
    Solution { weights: Vec::new(), cross_loadings: cross, correlations, rounds: 0, converged: false }
}

/// How each construct (row) is approximated by its neighbours.
fn inner_weights(layout: &Layout, correlations: &Dense, scheme: Scheme) -> Result<Dense, Collinear> {
    let mut inner = Dense::zeros(layout.blocks.len(), layout.blocks.len());
    for (j, block) in layout.blocks.iter().enumerate() {
        for &i in block.causes.iter().chain(&block.consequences) {
            let r = correlations[(j, i)];
            inner[(j, i)] = if scheme == Scheme::Centroid { sign(r) } else { r };
        }
        if scheme == Scheme::Path && block.causes.len() > 1 {
            let (coefficients, _) = regress(correlations, j, &block.causes).ok_or(Collinear(j))?;
            block.causes.iter().zip(coefficients).for_each(|(i, b)| inner[(j, *i)] = b);
        }
    }
    Ok(inner)
}

/// 1 for zero too, so that a construct with uncorrelated neighbours keeps a score.
fn sign(r: f64) -> f64 {
    if r < 0.0 { -1.0 } else { 1.0 }
}

/// The next weights, not yet scaled.
fn outer_weights(
    layout: &Layout,
    items: &Dense,
    cross: &Dense,
    inner: &Dense,
) -> Result<Vec<f64>, Collinear> {
    let mut weights = Vec::with_capacity(items.rows());
    for (j, block) in layout.blocks.iter().enumerate() {
        let covariances: Vec<f64> = block.items.clone().map(|k| dot(cross.row(k), inner.row(j))).collect();
        // A construct that nothing around it correlates with keeps its items in equal parts.
        let silent = covariances.iter().all(|c| c.abs() < f64::MIN_POSITIVE);
        match block.mode {
            _ if silent => weights.extend(block.items.clone().map(|_| 1.0)),
            Mode::A => weights.extend(covariances),
            Mode::B => weights.extend(regression_weights(items, block, &covariances).ok_or(Collinear(j))?),
        }
    }
    Ok(weights)
}

fn regression_weights(items: &Dense, block: &Block, covariances: &[f64]) -> Option<Vec<f64>> {
    let own: Vec<usize> = block.items.clone().collect();
    Some(items.principal(&own).cholesky()?.solve(covariances))
}

/// Standardised coefficients and R² of one variable on others, from correlations; `None` when they are collinear.
pub fn regress(correlations: &Dense, of: usize, on: &[usize]) -> Option<(Vec<f64>, f64)> {
    let with: Vec<f64> = on.iter().map(|i| correlations[(of, *i)]).collect();
    let coefficients = match on {
        [_] => with.clone(),
        _ => correlations.principal(on).cholesky()?.solve(&with),
    };
    let r_squared = dot(&coefficients, &with);
    Some((coefficients, r_squared))
}

impl Solution {
    /// The item with the largest loading of each construct.
    pub fn dominant_items(&self, layout: &Layout) -> Vec<usize> {
        let dominant = |(j, block): (usize, &Block)| {
            let loading = |k: usize| self.cross_loadings[(k, j)].abs();
            let larger = |best: usize, k: usize| if loading(k) > loading(best) { k } else { best };
            block.items.clone().fold(block.items.start, larger)
        };
        layout.blocks.iter().enumerate().map(dominant).collect()
    }

    /// Turns every construct so that its anchor item loads positively.
    pub fn fix_signs(&mut self, layout: &Layout, anchors: &[usize]) {
        let turned: Vec<bool> =
            anchors.iter().enumerate().map(|(j, k)| self.cross_loadings[(*k, j)] < 0.0).collect();
        for (j, _) in turned.iter().enumerate().filter(|(_, turned)| **turned) {
            self.weights[layout.blocks[j].items.clone()].iter_mut().for_each(|w| *w = -*w);
            (0..self.cross_loadings.rows()).for_each(|k| self.cross_loadings[(k, j)] *= -1.0);
            for i in 0..anchors.len() {
                self.correlations[(i, j)] *= -1.0;
                self.correlations[(j, i)] *= -1.0;
            }
        }
    }
}
