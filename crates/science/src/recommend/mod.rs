//! What a customer may want next, learnt from what customers like them bought.
//!
//! Four models behind one trait, [`Recommender`], and two baselines any of them must beat:
//! - [`Ease`] (Steck 2019): the closed-form linear model, best where items number in the thousands;
//! - [`Als`] (Hu, Koren & Volinsky 2008): implicit matrix factorisation, for more items than EASE has memory for;
//! - [`ItemItem`]: cosine with shrinkage between items (Sarwar et al. 2001), the easiest to explain;
//! - [`Popularity`] and [`RepeatPurchase`]: what everybody buys, what this customer always buys.
//!
//! A model knows items, not customers: it scores a [`History`], so someone who bought first a minute ago is served like
//! anybody else. Every suggestion carries the past items that made it. [`evaluate`] measures recall@k and NDCG@k on
//! what [`Split`] held out. Results are the same to the last bit for any number of threads on one machine.
//!
//! ```
//! use science::recommend::{Ease, EaseOptions, Interactions, Recommender, Seen};
//!
//! // (customer, item, times): coffee (0) goes with filters (1), tea (2) with honey (3).
//! let bought = (0..20).flat_map(|i| if i % 2 == 0 { [(i, 0, 1.0), (i, 1, 1.0)] } else { [(i, 2, 1.0), (i, 3, 1.0)] });
//! let interactions = Interactions::new(bought.chain([(20, 0, 1.0)])).unwrap();
//! let model = Ease::fit(&interactions, &EaseOptions { lambda: 1.0, ..EaseOptions::default() }).unwrap();
//! let next = model.recommend(interactions.user(20), 1, Seen::LeaveOut);
//! assert_eq!((next[0].item, next[0].because[0].item), (1, 0));
//! ```

mod als;
mod baselines;
mod cholesky;
mod ease;
mod error;
mod evaluate;
mod interactions;
mod item_item;
mod sweep;

pub use als::{Als, AlsOptions};
pub use baselines::{Popularity, RepeatPurchase};
pub use ease::{Ease, EaseOptions};
pub use error::RecommendError;
pub use evaluate::{Evaluation, Mean, Split, evaluate, ndcg_at, recall_at};
pub use interactions::{History, Interactions};
pub use item_item::{ItemItem, ItemItemOptions};

use serde::{Deserialize, Serialize};

/// What to do with items the customer has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Suggest new items only.
    LeaveOut,
    /// Suggest them too: what is used up is bought again.
    Keep,
}

/// An item suggested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The item.
    pub item: u32,
    /// The model's score; comparable within one model and one customer only.
    pub score: f32,
    /// The past items that made it, the strongest first; empty where the reason is not the customer's own past.
    pub because: Vec<Reason>,
}

/// A past item behind a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The past item.
    pub item: u32,
    /// Its share of all that speaks for the suggestion, above 0 and at most 1.
    pub share: f32,
}

/// Past items named as the reason of a suggestion, at most.
pub const MAX_REASONS: usize = 3;

/// A fitted model that scores items for a history. Items of a history the model does not know are passed over.
pub trait Recommender: Sync {
    /// Items the model knows, numbered from 0.
    fn items(&self) -> usize;

    /// A score for every item.
    fn scores(&self, history: History<'_>) -> Vec<f32>;

    /// For each of `items`, what each item of the history adds to its score, in the order of the history.
    fn contributions(&self, history: History<'_>, items: &[u32]) -> Vec<Vec<f32>>;

    /// How close every item is to `item`, the higher the closer.
    fn similarities(&self, item: u32) -> Vec<f32>;

    /// The `n` best items with a score above 0: without evidence nothing is suggested. Ties go to the lower number.
    fn recommend(&self, history: History<'_>, n: usize, seen: Seen) -> Vec<Suggestion> {
        let scores = self.scores(history);
        let best = best(&scores, n, |item| seen == Seen::Keep || !history.has(item));
        let contributions = self.contributions(history, &best);
        let suggestion = |(item, parts): (u32, Vec<f32>)| Suggestion {
            item,
            score: scores[item as usize],
            because: reasons(history, &parts),
        };
        best.into_iter().zip(contributions).map(suggestion).collect()
    }

    /// The `n` items closest to one, itself left out; none for an item the model does not know.
    fn similar(&self, item: u32, n: usize) -> Vec<Suggestion> {
        if item as usize >= self.items() {
            return Vec::new();
        }
        let scores = self.similarities(item);
        let because = vec![Reason { item, share: 1.0 }];
        let suggestion =
            |other: u32| Suggestion { item: other, score: scores[other as usize], because: because.clone() };
        best(&scores, n, |other| other != item).into_iter().map(suggestion).collect()
    }
}

/// The `n` items of highest positive score among those allowed, in order.
fn best(scores: &[f32], n: usize, allowed: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut items: Vec<u32> =
        (0..scores.len() as u32).filter(|item| scores[*item as usize] > 0.0 && allowed(*item)).collect();
    let order = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
    if n < items.len() {
        items.select_nth_unstable_by(n, order);
        items.truncate(n);
    }
    items.sort_unstable_by(order);
    items
}

/// The past items that spoke for it most.
fn reasons(history: History<'_>, parts: &[f32]) -> Vec<Reason> {
    let total: f32 = parts.iter().filter(|part| **part > 0.0).sum();
    if !(total > 0.0 && total.is_finite()) {
        return Vec::new();
    }
    // A part beside others many orders of magnitude larger has a share that rounds to nothing: it is no reason.
    let mut positive: Vec<Reason> = (history.items.iter().zip(parts))
        .map(|(&item, part)| Reason { item, share: part / total })
        .filter(|reason| reason.share > 0.0)
        .collect();
    positive.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.item.cmp(&b.item)));
    positive.truncate(MAX_REASONS);
    positive
}
