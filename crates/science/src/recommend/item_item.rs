//! Item-item neighbours: cosine between the customers of two items, shrunk where few customers speak.
//!
//! s = Σ x_i x_j / (|x_i| |x_j| + h): pairs seen by few customers are drawn towards 0 (Sarwar et al. 2001; the shrinkage
//! h as in Koren 2008). Only the nearest neighbours of an item are kept.

use super::interactions::{History, Interactions};
use super::{RecommendError, Recommender, best};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How neighbours are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemItemOptions {
    /// The shrinkage h, 0 or more, in units of weight²: about as many common customers count half.
    pub shrinkage: f32,
    /// Neighbours kept for each item.
    pub neighbours: usize,
}

impl Default for ItemItemOptions {
    /// Ten customers, a hundred neighbours.
    fn default() -> Self {
        Self { shrinkage: 10.0, neighbours: 100 }
    }
}

/// The nearest neighbours of every item.
///
/// ```
/// use science::recommend::{ItemItem, ItemItemOptions, Interactions, Recommender, Seen};
/// // (customer, item, times): coffee (0) goes with filters (1), tea (2) with honey (3).
/// let bought = (0..40).flat_map(|i| [(i, 2 * (i % 2), 1.0), (i, 2 * (i % 2) + 1, 1.0)]);
/// let interactions = Interactions::new(bought.chain([(40, 2, 1.0)])).unwrap();
/// let model = ItemItem::fit(&interactions, &ItemItemOptions::default()).unwrap();
/// assert_eq!(model.recommend(interactions.user(40), 1, Seen::LeaveOut)[0].item, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemItem {
    /// (neighbour, similarity), the nearest first.
    neighbours: Vec<Vec<(u32, f32)>>,
}

impl ItemItem {
    /// Finds the neighbours.
    ///
    /// # Errors
    /// [`RecommendError::TooFewItems`] below two, [`RecommendError::Option`] for the shrinkage.
    pub fn fit(interactions: &Interactions, options: &ItemItemOptions) -> Result<Self, RecommendError> {
        if !(options.shrinkage >= 0.0 && options.shrinkage.is_finite()) {
            return Err(RecommendError::Option { name: "shrinkage", value: f64::from(options.shrinkage) });
        }
        interactions.require_items(2)?;
        let items = interactions.items();
        let norm = |item: usize| {
            let squares = interactions.by_item().row(item).iter().map(|(_, v)| f64::from(v) * f64::from(v));
            squares.sum::<f64>().sqrt()
        };
        let norms: Vec<f64> = (0..items).map(norm).collect();
        let nearest = |row: &mut Vec<f32>, item: usize| {
            interactions.co_occurrence(item, row);
            for (other, value) in row.iter_mut().enumerate() {
                let size = norms[item] * norms[other] + f64::from(options.shrinkage);
                *value = if *value > 0.0 { (f64::from(*value) / size).min(1.0) as f32 } else { 0.0 };
            }
            let nearest = best(row, options.neighbours, |other| other as usize != item);
            nearest.into_iter().map(|other| (other, row[other as usize])).collect()
        };
        let neighbours = (0..items).into_par_iter().map_init(|| vec![0.0; items], nearest).collect();
        Ok(Self { neighbours })
    }

    fn of(&self, item: u32) -> &[(u32, f32)] {
        self.neighbours.get(item as usize).map_or(&[], Vec::as_slice)
    }
}

impl Recommender for ItemItem {
    fn items(&self) -> usize {
        self.neighbours.len()
    }

    fn scores(&self, history: History<'_>) -> Vec<f32> {
        let mut scores = vec![0.0; self.items()];
        for (item, value) in history.iter() {
            for (other, similarity) in self.of(item) {
                scores[*other as usize] += value * similarity;
            }
        }
        scores
    }

    fn contributions(&self, history: History<'_>, items: &[u32]) -> Vec<Vec<f32>> {
        let part = |item: u32, (past, value): (u32, f32)| {
            let near = self.of(past).iter().find(|(other, _)| *other == item);
            near.map_or(0.0, |(_, similarity)| value * similarity)
        };
        items.iter().map(|&item| history.iter().map(|taken| part(item, taken)).collect()).collect()
    }

    fn similarities(&self, item: u32) -> Vec<f32> {
        let mut all = vec![0.0; self.items()];
        for (other, similarity) in self.of(item) {
            all[*other as usize] = *similarity;
        }
        all
    }
}
