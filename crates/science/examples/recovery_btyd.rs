//! How often the 95 % intervals of the parameters hold the truth, over 1,000 simulated worlds of each model:
//! `cargo run -p dangol-science --release --example recovery_btyd [worlds]`.
//!
//! One line a parameter: true value, customers a world, bias, coverage of the interval on the logarithm, share of worlds
//! with an interval on an interior optimum, seconds.
//!
//! The models know orders to the moment, the data know days. Worlds are observed by the hour, so that what is measured is
//! the intervals and not the merging of orders of one day.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Gamma};
use rayon::prelude::*;
use science::btyd::{BgNbd, LatentAttrition, ParetoNbd, Simulate};
use science::contractual::{Cohorts, ShiftedBetaGeometric};
use science::fit::{Fit, Parametric};
use science::random::stream;
use science::spend::{GammaGamma, GammaGammaFit, Spend};
use science::{Estimate, Status, Summary};
use std::time::Instant;

/// Hours in a week.
const TICKS: u32 = 168;

fn study<M: Parametric>(
    name: &str,
    truth: &M,
    n: usize,
    worlds: u64,
    world: impl Fn(u64) -> World + Send + Sync,
) {
    let start = Instant::now();
    let all: Vec<World> = (0..worlds).into_par_iter().map(world).collect();
    let seconds = start.elapsed().as_secs_f64();
    for (i, (parameter, truth)) in M::NAMES.iter().zip(truth.values()).enumerate() {
        let answers: Vec<Estimate> = all.iter().flatten().map(|w| w[i]).collect();
        let count = answers.len().max(1) as f64;
        let bias = answers.iter().map(|e| e.value - truth).sum::<f64>() / count;
        let holds = answers.iter().filter(|e| e.low <= truth && truth <= e.high).count();
        println!(
            "{:<24} {truth:>9.4} {n:>7} {bias:>9.4} {:>7.1} % {:>6.1} % {seconds:>7.1}",
            format!("{name} {parameter}"),
            100.0 * holds as f64 / count,
            100.0 * answers.len() as f64 / worlds as f64
        );
    }
}

/// The parameters of one world; `None` where its optimum is not inside.
type World = Option<Vec<Estimate>>;

fn inside<M: Parametric>(fit: &Fit<M>) -> World {
    fit.intervals(0.95).filter(|_| matches!(fit.status, Status::Converged | Status::Ridge { .. }))
}

/// Customers first seen within the first year of two.
fn attrition<M: LatentAttrition + Simulate + Parametric>(
    truth: &M,
    n: usize,
    mut chance: ChaCha8Rng,
) -> World {
    let person = |i: usize| {
        let t = (104 - (i % 53) as u32) * TICKS;
        let (x, t_x) = truth.draw(t, 1.0 / f64::from(TICKS), &mut chance);
        (x, t_x, t)
    };
    let histories: Vec<_> = (0..n).map(person).collect();
    inside(&M::fit(&Summary::from_ticks(histories, TICKS).ok()?).ok()?)
}

fn spending(truth: &GammaGamma, n: usize, mut chance: ChaCha8Rng) -> World {
    let GammaGamma { p, q, gamma } = *truth;
    let rates = Gamma::new(q, 1.0 / gamma).ok()?;
    let person = |i: usize| {
        let x = 1 + (i % 6) as u32;
        let rate: f64 = rates.sample(&mut chance);
        let total: f64 = Gamma::new(p * f64::from(x), 1.0 / rate).ok()?.sample(&mut chance);
        Some(Spend { x, mean: total / f64::from(x) })
    };
    let spends: Vec<Spend> = (0..n).map(person).collect::<Option<_>>()?;
    inside(&GammaGammaFit::fit(&spends).ok()?.fit)
}

/// One cohort over eight renewals.
fn renewals(truth: &ShiftedBetaGeometric, n: usize, mut chance: ChaCha8Rng) -> World {
    let leaving = Beta::new(truth.alpha, truth.beta).ok()?;
    let mut survivors = vec![n as u64; 9];
    for _ in 0..n {
        let leaves: f64 = leaving.sample(&mut chance);
        let left = (1..9).find(|_| chance.random::<f64>() < leaves).unwrap_or(9);
        survivors.iter_mut().skip(left).for_each(|s| *s -= 1);
    }
    inside(&ShiftedBetaGeometric::fit(&Cohorts::from_survivors(&[survivors]).ok()?).ok()?)
}

fn main() {
    let worlds = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000);
    println!(
        "{:<24} {:>9} {:>7} {:>9} {:>9} {:>8} {:>7}",
        "parameter", "true", "n", "bias", "covers", "inside", "s"
    );
    let model = ShiftedBetaGeometric { alpha: 0.7, beta: 1.3 };
    study("sBG", &model, 2_000, worlds, |world| renewals(&model, 2_000, stream(4, world)));
    let model = GammaGamma { p: 6.0, q: 4.0, gamma: 15.0 };
    study("Gamma-Gamma", &model, 2_000, worlds, |world| spending(&model, 2_000, stream(3, world)));
    let model = BgNbd { r: 0.6, alpha: 5.0, a: 0.8, b: 2.5 };
    study("BG/NBD", &model, 3_000, worlds, |world| attrition(&model, 3_000, stream(1, world)));
    let model = ParetoNbd { r: 0.8, alpha: 8.0, s: 0.7, beta: 12.0 };
    study("Pareto/NBD", &model, 4_000, worlds, |world| attrition(&model, 4_000, stream(2, world)));
}
