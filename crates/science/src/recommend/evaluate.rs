//! How well a model finds what was held out: recall@k and NDCG@k as in Liang et al. (WWW 2018).

use super::interactions::Interactions;
use super::{History, Recommender, Seen};
use crate::predict::Z;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Interactions cut in two: what a model learns from and what it has to find.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// To learn from; same numbers of customers and items as the whole.
    pub train: Interactions,
    /// To find.
    pub held_out: Interactions,
}

impl Split {
    /// Holds out a share of the items, at least one, of every customer who has `min_items` or more; the rest of the
    /// customers only teach. Which items is chance by `seed` and the customer's number.
    pub fn leave_out(interactions: &Interactions, share: f64, min_items: usize, seed: u64) -> Self {
        let (mut train, mut held_out) = (Vec::new(), Vec::new());
        for user in 0..interactions.users() as u32 {
            let history = interactions.user(user);
            let mut out = vec![false; history.items.len()];
            if history.items.len() >= min_items.max(2) {
                mark(&mut out, share, seed, user);
            }
            for ((item, value), out) in history.iter().zip(out) {
                if out { &mut held_out } else { &mut train }.push((user, item, value));
            }
        }
        let (users, items) = (interactions.users(), interactions.items());
        let part = |triples: &[_]| Interactions::from_sorted(users, items, triples);
        Self { train: part(&train), held_out: part(&held_out) }
    }
}

/// Marks a share of the places, at least one and not all.
fn mark(places: &mut [bool], share: f64, seed: u64, user: u32) {
    let n = places.len();
    let wanted = ((share * n as f64).round() as usize).clamp(1, n - 1);
    let mut chance = crate::random::stream(seed, u64::from(user));
    let mut order: Vec<usize> = (0..n).collect();
    for i in 0..wanted {
        order.swap(i, chance.random_range(i..n));
        places[order[i]] = true;
    }
}

/// Hits among the first k, divided by the most there could be: min(k, held out). 0 when nothing was held out.
pub fn recall_at(k: usize, ranked: &[u32], held_out: History<'_>) -> f64 {
    let most = k.min(held_out.items.len());
    let hits = ranked.iter().take(k).filter(|item| held_out.has(**item)).count();
    if most == 0 { 0.0 } else { hits as f64 / most as f64 }
}

/// Discounted gain Σ 1 / log₂(rank + 1) over the hits among the first k, divided by the best possible.
pub fn ndcg_at(k: usize, ranked: &[u32], held_out: History<'_>) -> f64 {
    let gain = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
    let best: f64 = (0..k.min(held_out.items.len())).map(gain).sum();
    let hits = ranked.iter().take(k).enumerate().filter(|(_, item)| held_out.has(**item));
    let got: f64 = hits.map(|(rank, _)| gain(rank)).sum();
    if best == 0.0 { 0.0 } else { got / best }
}

/// A mean over customers with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Its standard error over customers.
    pub standard_error: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Mean {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - value) * (v - value)).sum();
        let standard_error = (squares / (n * (n - 1.0).max(1.0))).sqrt();
        let (low, high) = (value - Z * standard_error, value + Z * standard_error);
        Self { value, standard_error, low: low.max(0.0), high: high.min(1.0) }
    }
}

/// How well a model did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Suggestions looked at.
    pub k: usize,
    /// Customers with something to find.
    pub customers: u64,
    /// Recall@k.
    pub recall: Mean,
    /// NDCG@k.
    pub ndcg: Mean,
}

/// Measures the first `k` items for every customer with something held out; `None` when there is none.
pub fn evaluate(model: &impl Recommender, split: &Split, k: usize, seen: Seen) -> Option<Evaluation> {
    let with_some = |user: &u32| !split.held_out.user(*user).items.is_empty();
    let customers: Vec<u32> = (0..split.held_out.users() as u32).filter(with_some).collect();
    if customers.is_empty() || k == 0 {
        return None;
    }
    let measure = |user: &u32| {
        let (history, held_out) = (split.train.user(*user), split.held_out.user(*user));
        let scores = model.scores(history);
        let ranked = super::best(&scores, k, |item| seen == Seen::Keep || !history.has(item));
        (recall_at(k, &ranked, held_out), ndcg_at(k, &ranked, held_out))
    };
    let (recalls, ndcgs): (Vec<f64>, Vec<f64>) = customers.par_iter().map(measure).unzip();
    let (recall, ndcg) = (Mean::of(&recalls), Mean::of(&ndcgs));
    Some(Evaluation { k, customers: customers.len() as u64, recall, ndcg })
}
