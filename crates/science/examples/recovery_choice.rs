//! How often the 95 % intervals of experiments and prices hold the truth, over 1,000 simulated worlds:
//! `cargo run -p dangol-science --release --example recovery_choice [worlds]`.
//!
//! One line a parameter: true value, customers (or rows) a world, bias, coverage, share of worlds with an answer, seconds.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use science::Estimate;
use science::experiment::{Arm, Bootstrap, Evidence, Rate, SequentialTest, cuped, mean_lift, rate_lift};
use science::price::{
    Attribute, Coding, Errors, PriceAnswer, Profile, Sale, conjoint, elasticity, van_westendorp,
};
use science::random::stream;
use std::time::Instant;

/// The seed of a world's own bootstrap, far from those of the worlds: no draw shares a stream with any data.
fn resampling(world: u64) -> u64 {
    1_000_000 + world
}

/// Simulates each world and prints how its estimates did against the truth.
fn study(
    names: &[&str],
    truths: &[f64],
    n: usize,
    worlds: u64,
    world: impl Fn(u64) -> Vec<Option<Estimate>> + Send + Sync,
) {
    let start = Instant::now();
    let all: Vec<Vec<Option<Estimate>>> = (0..worlds).into_par_iter().map(world).collect();
    let seconds = start.elapsed().as_secs_f64();
    for (i, (name, truth)) in names.iter().zip(truths).enumerate() {
        let answers: Vec<Estimate> = all.iter().filter_map(|w| w[i]).collect();
        let count = answers.len().max(1) as f64;
        let bias = answers.iter().map(|e| e.value - truth).sum::<f64>() / count;
        let holds = answers.iter().filter(|e| e.low <= *truth && *truth <= e.high).count();
        println!(
            "{name:<34} {truth:>9.4} {n:>7} {bias:>9.4} {:>7.1} % {:>6.1} % {seconds:>7.1}",
            100.0 * holds as f64 / count,
            100.0 * answers.len() as f64 / worlds as f64
        );
    }
}

fn normal(random: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(random)
}

fn spend(random: &mut ChaCha8Rng, rate: f64) -> f64 {
    if random.random_bool(rate) { (3.0 + normal(random)).exp() } else { 0.0 }
}

fn rates(world: u64) -> Vec<Option<Estimate>> {
    let mut random = stream(1, world);
    let mut draw =
        |n: u64, p: f64| Rate { successes: (0..n).filter(|_| random.random_bool(p)).count() as u64, n };
    let lift = rate_lift(draw(4_000, 0.013), draw(1_000, 0.010)).ok();
    vec![lift.map(|l| l.difference), lift.and_then(|l| l.relative)]
}

fn revenue(world: u64) -> Vec<Option<Estimate>> {
    let mut random = stream(2, world);
    let treated: Vec<f64> = (0..6_000).map(|_| spend(&mut random, 0.05)).collect();
    let control: Vec<f64> = (0..3_000).map(|_| spend(&mut random, 0.03)).collect();
    let lift = mean_lift(&treated, &control, Bootstrap { draws: 1_000, seed: resampling(world) }).ok();
    vec![lift.map(|l| l.difference), lift.map(|l| l.bootstrap), lift.and_then(|l| l.relative)]
}

fn corrected(world: u64) -> Vec<Option<Estimate>> {
    let mut random = stream(3, world);
    let mut customer = |gain: f64| {
        let before = normal(&mut random);
        (before, 0.8 * before + 0.6 * normal(&mut random) + gain)
    };
    let treated: Vec<(f64, f64)> = (0..400).map(|_| customer(0.1)).collect();
    let control: Vec<(f64, f64)> = (0..200).map(|_| customer(0.0)).collect();
    let result = cuped(&treated, &control).ok();
    vec![result.map(|r| r.difference), result.map(|r| r.uncorrected)]
}

fn sales(world: u64) -> Vec<Option<Estimate>> {
    let mut random = stream(4, world);
    let mut sales = Vec::new();
    for group in 0..60 {
        let (level, slope) = (normal(&mut random), 0.5 * normal(&mut random));
        for _ in 0..20 {
            let ln_price = 1.0 + 0.3 * normal(&mut random) - 0.1 * level;
            let ln_volume = 5.0 + level + (slope - 2.0) * ln_price + 0.2 * normal(&mut random);
            sales.push(Sale { group, volume: ln_volume.exp(), price: ln_price.exp(), others: vec![] });
        }
    }
    let fit = |errors| elasticity(&sales, true, errors).ok().map(|f| f.elasticity);
    vec![fit(Errors::Clustered)]
}

fn ratings(world: u64) -> Vec<Option<Estimate>> {
    let attribute = |name: &str, levels: &[&str]| Attribute {
        name: name.into(),
        levels: levels.iter().map(|l| (*l).into()).collect(),
    };
    let attributes =
        [attribute("brand", &["ours", "theirs"]), attribute("size", &["small", "middle", "large"])];
    let mut random = stream(5, world);
    let mut profiles = Vec::new();
    for person in 0..50 {
        let (mood, like) = (normal(&mut random), 0.5 * normal(&mut random));
        for i in 0..18_u8 {
            let (brand, size, price) = (i % 2, i / 2 % 3, f64::from(i / 6) * 5.0 + 10.0);
            let worth = f64::from(size) * 1.5 - (1.0 + like) * f64::from(brand) - 0.2 * price;
            let rating = 7.0 + mood + worth + normal(&mut random);
            profiles.push(Profile { person, levels: vec![brand, size], price, rating });
        }
    }
    let fit = conjoint(&attributes, &profiles, Coding::Dummy).ok();
    let level = |i: usize| fit.as_ref().map(|f| &f.levels[i]);
    vec![
        level(1).map(|l| l.part_worth),
        level(4).map(|l| l.part_worth),
        level(4).and_then(|l| l.willingness_to_pay),
        fit.as_ref().and_then(|f| f.price_slope),
    ]
}

/// People who differ by more than their own range, so that all curves overlap where they cross.
fn prices(world: u64) -> Vec<Option<Estimate>> {
    let mut random = stream(6, world);
    let mut answer = || {
        let level = 100.0 + 20.0 * normal(&mut random);
        let far = 8.0 + 6.0 * random.random::<f64>();
        PriceAnswer {
            too_cheap: (level - 2.0 * far).max(0.0),
            cheap: (level - far).max(0.0),
            expensive: (level + far).max(0.0),
            too_expensive: (level + 2.0 * far).max(0.0),
        }
    };
    let answers: Vec<PriceAnswer> = (0..400).map(|_| answer()).collect();
    let meter = van_westendorp(&answers, 500, resampling(world)).ok();
    vec![meter.as_ref().map(|m| m.ipp), meter.map(|m| m.opp)]
}

/// Share of worlds without an effect that stop falsely when looked at after every one of 10,000 pairs.
fn peeking(worlds: u64, seed: u64, share: f64) {
    let start = Instant::now();
    let stops = |world: u64| {
        let mut random = stream(seed, world);
        let mut test = SequentialTest::new(0.05, 0.02).expect("sound settings");
        let (mut a, mut b) = (Arm::default(), Arm::default());
        let mut pair = |_: u32| {
            a.add(f64::from(u8::from(random.random_bool(share))));
            b.add(f64::from(u8::from(random.random_bool(share))));
            test.look(a, b).evidence != Evidence::Unclear
        };
        usize::from((0..10_000).any(&mut pair))
    };
    let stopped: usize = (0..worlds).into_par_iter().map(stops).sum();
    println!(
        "false stops, rate {share:<4}, 10,000 looks {:>8.1} % of {worlds} worlds {:>7.1} s",
        100.0 * stopped as f64 / worlds as f64,
        start.elapsed().as_secs_f64()
    );
}

fn main() {
    let worlds: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000);
    println!(
        "{:<34} {:>9} {:>7} {:>9} {:>9} {:>8} {:>7}",
        "", "true", "n", "bias", "coverage", "answers", "s"
    );
    study(&["rate lift (Newcombe)", "relative rate lift (Katz)"], &[0.003, 0.3], 5_000, worlds, rates);
    let buyer = 3.5_f64.exp();
    let names = ["revenue lift (Welch)", "revenue lift (BCa)", "relative revenue lift (delta)"];
    study(&names, &[0.02 * buyer, 0.02 * buyer, 2.0 / 3.0], 9_000, worlds, revenue);
    study(&["CUPED", "without CUPED"], &[0.1, 0.1], 600, worlds, corrected);
    study(&["elasticity (clustered)"], &[-2.0], 1_200, worlds, sales);
    let names = ["part-worth brand", "part-worth size", "willingness to pay (delta)", "price slope"];
    study(&names, &[-1.0, 3.0, 15.0, -0.2], 900, worlds, ratings);
    study(&["indifference price", "optimal price"], &[100.0, 100.0], 400, worlds, prices);
    for (seed, share) in [(7, 0.02), (8, 0.1), (9, 0.5)] {
        peeking(worlds, seed, share);
    }
}
