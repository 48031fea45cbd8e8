//! Shapley values: exact up to 12 players, else over sampled orders with their standard errors.

use super::Journeys;
use crate::random::stream;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Orders drawn above 12 players; each is used forwards and backwards, which cancels much of the noise.
pub const SAMPLED_PERMUTATIONS: u32 = 2_000;
/// Most players computed exactly: 4,096 sets.
const EXACT: usize = 12;

/// What each player adds, averaged over all orders of joining.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapleyValues {
    /// One a player; together worth(all) − worth(none).
    pub values: Vec<f64>,
    /// Standard errors where orders were sampled.
    pub standard_errors: Option<Vec<f64>>,
}

/// Shapley values of up to 64 players; `worth` tells what a set is worth, bit i standing for player i.
///
/// ```
/// use science::attribution::shapley_values;
/// // A left glove and two right ones: only a pair is worth something (Shapley 1953: 2/3, 1/6, 1/6).
/// let glove = |set: u64| f64::from(u8::from(set & 1 == 1 && set & 6 != 0));
/// let values = shapley_values(3, glove, 1).values;
/// assert!((values[0] - 2.0 / 3.0).abs() < 1e-12 && (values[1] - 1.0 / 6.0).abs() < 1e-12);
/// ```
pub fn shapley_values(players: usize, worth: impl Fn(u64) -> f64 + Sync, seed: u64) -> ShapleyValues {
    let players = players.min(64);
    if players <= EXACT { exact(players, worth) } else { sampled(players, worth, seed) }
}

fn exact(players: usize, worth: impl Fn(u64) -> f64) -> ShapleyValues {
    let worths: Vec<f64> = (0..1_u64 << players).map(worth).collect();
    let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
    let weight: Vec<f64> =
        (0..players).map(|s| factorial(s) * factorial(players - s - 1) / factorial(players)).collect();
    let value = |player: usize| {
        let without = (0..worths.len()).filter(|set| set >> player & 1 == 0);
        without.map(|set| weight[set.count_ones() as usize] * (worths[set | 1 << player] - worths[set])).sum()
    };
    ShapleyValues { values: (0..players).map(value).collect(), standard_errors: None }
}

fn sampled(players: usize, worth: impl Fn(u64) -> f64 + Sync, seed: u64) -> ShapleyValues {
    let walk = |order: &mut dyn Iterator<Item = usize>, gains: &mut [f64]| {
        let (mut set, mut before) = (0, worth(0));
        for player in order {
            set |= 1 << player;
            let after = worth(set);
            gains[player] += (after - before) / 2.0;
            before = after;
        }
    };
    let one = |draw: u32| {
        let mut order: Vec<usize> = (0..players).collect();
        order.shuffle(&mut stream(seed, u64::from(draw)));
        let mut gains = vec![0.0; players];
        walk(&mut order.iter().copied(), &mut gains);
        walk(&mut order.iter().rev().copied(), &mut gains);
        gains
    };
    let draws: Vec<Vec<f64>> = (0..SAMPLED_PERMUTATIONS).into_par_iter().map(one).collect();
    let n = f64::from(SAMPLED_PERMUTATIONS);
    let mean = |player: usize| draws.iter().map(|d| d[player]).sum::<f64>() / n;
    let values: Vec<f64> = (0..players).map(mean).collect();
    let error = |player: usize| {
        let squares: f64 = draws.iter().map(|d| (d[player] - values[player]).powi(2)).sum();
        (squares / (n - 1.0) / n).sqrt()
    };
    ShapleyValues { standard_errors: Some((0..players).map(error).collect()), values }
}

impl Journeys {
    /// The game "share that converts among journeys with only these channels".
    pub(super) fn shapley_rate(&self, seed: u64) -> ShapleyValues {
        let mut sets: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
        for journey in self.journeys().iter().filter(|j| !j.channels.is_empty()) {
            let set = journey.channels.iter().fold(0, |set, c| set | 1_u64 << c);
            let (conversions, all) = sets.entry(set).or_default();
            *conversions += journey.conversions;
            *all += journey.conversions + journey.lost;
        }
        let sets: Vec<(u64, (f64, f64))> = sets.into_iter().collect();
        let worth = |within: u64| {
            let inside = sets.iter().filter(|(set, _)| set & !within == 0);
            let (conversions, all) = inside.fold((0.0, 0.0), |(c, a), (_, (dc, da))| (c + dc, a + da));
            if all > 0.0 { conversions / all } else { 0.0 }
        };
        shapley_values(self.channels().len(), worth, seed)
    }
}
