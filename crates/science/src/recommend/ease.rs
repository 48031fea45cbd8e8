//! EASE, the embarrassingly shallow autoencoder (Steck, WWW 2019): items weighted by items, in closed form.
//!
//! B = argmin ‖X − XB‖² + λ‖B‖² with a zero diagonal is −P / diag(P) for P = (X'X + λI)⁻¹ (equation 8). A score is then
//! Σ over past items of weight × B, which is also its reason.

use super::interactions::{History, Interactions};
use super::sweep::{TILE, Tiles};
use super::{RecommendError, Recommender};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How EASE is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EaseOptions {
    /// The ridge λ, above 0. Steck's best are 200 to 1,000 for 20,000 items and 100,000 users; smaller data, smaller λ.
    pub lambda: f32,
    /// The most bytes it may take.
    pub memory_limit: u64,
}

impl Default for EaseOptions {
    /// λ = 200 and 2 GiB, about 18,000 items.
    fn default() -> Self {
        Self { lambda: 200.0, memory_limit: 2 << 30 }
    }
}

/// The item-item weights B.
///
/// ```
/// use science::recommend::{Ease, EaseOptions, Interactions, Recommender, Seen};
/// // (customer, item, times): coffee (0) goes with filters (1), tea (2) with honey (3).
/// let bought = (0..40).flat_map(|i| [(i, 2 * (i % 2), 1.0), (i, 2 * (i % 2) + 1, 1.0)]);
/// let interactions = Interactions::new(bought.chain([(40, 2, 1.0)])).unwrap();
/// let options = EaseOptions { lambda: 1.0, ..EaseOptions::default() };
/// let model = Ease::fit(&interactions, &options).unwrap();
/// assert_eq!(model.recommend(interactions.user(40), 1, Seen::LeaveOut)[0].item, 3);
/// // How much it will take is known before.
/// assert!(Ease::memory(4) < Ease::memory(40_000));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ease {
    items: usize,
    /// Row by row: `weights[j * items + i]` is what a past item j says for item i.
    weights: Vec<f32>,
}

impl Ease {
    /// Bytes taken at the peak: half the matrix to invert, and the weights.
    pub fn memory(items: usize) -> u64 {
        let n = items as u64;
        6 * n.saturating_mul(n) + 8 * n * TILE as u64
    }

    /// Fits the weights.
    ///
    /// # Errors
    /// [`RecommendError::Memory`] before anything is built, [`RecommendError::TooFewItems`] below two,
    /// [`RecommendError::Option`] for λ, [`RecommendError::Singular`] when λ is lost beside the weights.
    pub fn fit(interactions: &Interactions, options: &EaseOptions) -> Result<Self, RecommendError> {
        if !(options.lambda > 0.0 && options.lambda.is_finite()) {
            return Err(RecommendError::Option { name: "lambda", value: f64::from(options.lambda) });
        }
        interactions.require_items(2)?;
        let items = interactions.items();
        let (needs, limit) = (Self::memory(items), options.memory_limit);
        if needs > limit {
            return Err(RecommendError::Memory { items, needs, limit });
        }
        let mut matrix = gram(interactions, options.lambda);
        if !matrix.negative_inverse() {
            return Err(RecommendError::Singular);
        }
        let weights = weights(&matrix);
        if weights.iter().all(|weight| weight.is_finite()) {
            Ok(Self { items, weights })
        } else {
            Err(RecommendError::Singular)
        }
    }

    fn row(&self, item: u32) -> &[f32] {
        let start = item as usize * self.items;
        &self.weights[start..start + self.items]
    }
}

/// X'X + λI in tiles.
fn gram(interactions: &Interactions, lambda: f32) -> Tiles {
    let mut matrix = Tiles { size: interactions.items(), tiles: Vec::new() };
    for block in 0..matrix.blocks() {
        let first = block * TILE;
        let row = |item: usize| {
            let mut row = vec![0.0; item + 1];
            interactions.co_occurrence(item, &mut row);
            row[item] += lambda;
            row
        };
        let rows: Vec<Vec<f32>> = (first..first + matrix.rows(block)).into_par_iter().map(row).collect();
        for other in 0..=block {
            let columns = matrix.rows(other);
            let mut tile = vec![0.0; rows.len() * columns];
            for (r, row) in rows.iter().enumerate() {
                for (c, value) in row.iter().skip(other * TILE).take(columns).enumerate() {
                    tile[c * rows.len() + r] = *value;
                }
            }
            matrix.tiles.push(tile);
        }
    }
    matrix
}

/// B from −P: the signs cancel in all but one place.
fn weights(negative: &Tiles) -> Vec<f32> {
    let n = negative.size;
    let diagonal: Vec<f32> = (0..n).map(|i| negative.entry(i, i)).collect();
    let mut weights = vec![0.0; n * n];
    weights.par_chunks_mut(n).enumerate().for_each(|(j, row)| {
        for (i, weight) in row.iter_mut().enumerate().filter(|(i, _)| *i != j) {
            *weight = -negative.entry(j, i) / diagonal[i];
        }
    });
    weights
}

impl Recommender for Ease {
    fn items(&self) -> usize {
        self.items
    }

    fn scores(&self, history: History<'_>) -> Vec<f32> {
        let mut scores = vec![0.0; self.items];
        for (item, value) in history.iter().filter(|(item, _)| (*item as usize) < self.items) {
            for (score, weight) in scores.iter_mut().zip(self.row(item)) {
                *score += value * weight;
            }
        }
        scores
    }

    fn contributions(&self, history: History<'_>, items: &[u32]) -> Vec<Vec<f32>> {
        let part = |item: u32, (past, value): (u32, f32)| {
            if (past as usize) < self.items { value * self.row(past)[item as usize] } else { 0.0 }
        };
        items.iter().map(|&item| history.iter().map(|taken| part(item, taken)).collect()).collect()
    }

    fn similarities(&self, item: u32) -> Vec<f32> {
        self.row(item).to_vec()
    }
}
