//! Worlds with known parameters, and how often the 95 % intervals of a fit hold them.
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

/// Hours in a week.
const TICKS: u32 = 168;

/// One parameter over all worlds.
pub struct Recovery {
    pub model: &'static str,
    pub parameter: &'static str,
    pub truth: f64,
    /// Customers of a world.
    pub customers: usize,
    /// Mean estimate less the truth.
    pub bias: f64,
    /// Worlds whose interval (on the logarithm) holds the truth.
    pub covered: u64,
    /// Worlds with an interval on an interior optimum.
    pub answered: u64,
}

/// The parameters of one world; `None` where its optimum is not inside.
type World = Option<Vec<Estimate>>;

/// Every model that is studied; each world has a stream of random numbers of its own.
pub fn recover(worlds: u64) -> impl Iterator<Item = Vec<Recovery>> {
    let studies: [fn(u64) -> Vec<Recovery>; 4] = [sbg, gamma_gamma, bg_nbd, pareto_nbd];
    studies.into_iter().map(move |study| study(worlds))
}

fn sbg(worlds: u64) -> Vec<Recovery> {
    let truth = ShiftedBetaGeometric { alpha: 0.7, beta: 1.3 };
    study("sBG", &truth, 2_000, worlds, |n, world| renewals(&truth, n, stream(4, world)))
}

fn gamma_gamma(worlds: u64) -> Vec<Recovery> {
    let truth = GammaGamma { p: 6.0, q: 4.0, gamma: 15.0 };
    study("Gamma-Gamma", &truth, 2_000, worlds, |n, world| spending(&truth, n, stream(3, world)))
}

fn bg_nbd(worlds: u64) -> Vec<Recovery> {
    let truth = BgNbd { r: 0.6, alpha: 5.0, a: 0.8, b: 2.5 };
    study("BG/NBD", &truth, 3_000, worlds, |n, world| attrition(&truth, n, stream(1, world)))
}

fn pareto_nbd(worlds: u64) -> Vec<Recovery> {
    let truth = ParetoNbd { r: 0.8, alpha: 8.0, s: 0.7, beta: 12.0 };
    study("Pareto/NBD", &truth, 4_000, worlds, |n, world| attrition(&truth, n, stream(2, world)))
}

fn study<M: Parametric>(
    model: &'static str,
    truth: &M,
    customers: usize,
    worlds: u64,
    world: impl Fn(usize, u64) -> World + Send + Sync,
) -> Vec<Recovery> {
    let all: Vec<World> = (0..worlds).into_par_iter().map(|index| world(customers, index)).collect();
    let parameters = M::NAMES.iter().zip(truth.values()).enumerate();
    let summed = parameters.map(|(i, (parameter, truth))| {
        let answers: Vec<Estimate> = all.iter().flatten().map(|world| world[i]).collect();
        let bias = answers.iter().map(|e| e.value - truth).sum::<f64>() / answers.len().max(1) as f64;
        let covered = answers.iter().filter(|e| e.low <= truth && truth <= e.high).count() as u64;
        Recovery { model, parameter, truth, customers, bias, covered, answered: answers.len() as u64 }
    });
    summed.collect()
}

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
