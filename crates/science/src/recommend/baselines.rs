//! What any model has to beat: what everybody takes, and what this customer takes again.

use super::interactions::{History, Interactions};
use super::{RecommendError, Recommender};
use serde::{Deserialize, Serialize};

/// Items by the number of customers who took them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Popularity {
    customers: Vec<f32>,
}

impl Popularity {
    /// Counts the customers of each item.
    ///
    /// # Errors
    /// [`RecommendError::TooFewItems`] without an item.
    pub fn fit(interactions: &Interactions) -> Result<Self, RecommendError> {
        interactions.require_items(1)?;
        let customers = |item| interactions.by_item().row(item).items.len() as f32;
        Ok(Self { customers: (0..interactions.items()).map(customers).collect() })
    }
}

impl Recommender for Popularity {
    fn items(&self) -> usize {
        self.customers.len()
    }

    fn scores(&self, _: History<'_>) -> Vec<f32> {
        self.customers.clone()
    }

    fn contributions(&self, history: History<'_>, items: &[u32]) -> Vec<Vec<f32>> {
        vec![vec![0.0; history.items.len()]; items.len()]
    }

    fn similarities(&self, _: u32) -> Vec<f32> {
        self.customers.clone()
    }
}

/// The customer's own items by weight (times bought), what is popular after them.
///
/// ```
/// use science::recommend::{RepeatPurchase, Interactions, Recommender, Seen};
/// // (customer, item, times): coffee (0) goes with filters (1), tea (2) with honey (3).
/// let bought = (0..40).flat_map(|i| [(i, 2 * (i % 2), 1.0), (i, 2 * (i % 2) + 1, 1.0)]);
/// let interactions = Interactions::new(bought.chain([(40, 2, 1.0)])).unwrap();
/// let model = RepeatPurchase::fit(&interactions).unwrap();
/// assert_eq!(model.recommend(interactions.user(40), 1, Seen::Keep)[0].item, 2);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatPurchase {
    popularity: Popularity,
    most: f32,
}

impl RepeatPurchase {
    /// Counts the customers of each item.
    ///
    /// # Errors
    /// [`RecommendError::TooFewItems`] without an item.
    pub fn fit(interactions: &Interactions) -> Result<Self, RecommendError> {
        let popularity = Popularity::fit(interactions)?;
        let most = popularity.customers.iter().copied().fold(1.0, f32::max);
        Ok(Self { popularity, most })
    }
}

impl Recommender for RepeatPurchase {
    fn items(&self) -> usize {
        self.popularity.items()
    }

    fn scores(&self, history: History<'_>) -> Vec<f32> {
        // Popularity is pressed below the smallest weight: it only orders what weighs the same.
        let least = history.values.iter().copied().fold(1.0, f32::min);
        let mut scores: Vec<f32> =
            self.popularity.customers.iter().map(|c| least * 0.5 * c / self.most).collect();
        for (item, value) in history.iter().filter(|(item, _)| (*item as usize) < self.items()) {
            scores[item as usize] += value;
        }
        scores
    }

    fn contributions(&self, history: History<'_>, items: &[u32]) -> Vec<Vec<f32>> {
        let own = |item: u32| history.iter().map(|(past, v)| if past == item { v } else { 0.0 }).collect();
        items.iter().map(|&item| own(item)).collect()
    }

    fn similarities(&self, item: u32) -> Vec<f32> {
        self.popularity.similarities(item)
    }
}
