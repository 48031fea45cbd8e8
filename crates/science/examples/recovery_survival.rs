//! Do the 95 % intervals hold the truth in 95 of 100 worlds? Simulated worlds with known answers:
//! `cargo run -p dangol-science --release --example recovery_survival [worlds]`.

use rand::Rng;
use rand_distr::{Binomial, Distribution, Poisson};
use rayon::prelude::*;
use science::economics::Campaigns;
use science::random::stream;
use science::share::{Difference, Share};
use science::survival::{Column, CoxModel, Durations, KaplanMeier, Ties, concordance};
use science::{Estimate, Status};
use std::time::Instant;

/// Customers of a world.
const CUSTOMERS: usize = 400;
/// The true effects: of a kind of customer (half of them) and of a figure from -1 to 1.
const BETA: [f64; 2] = [0.7, -0.5];
/// Months are rounded up in some worlds, which makes many ties.
const HAZARD: f64 = 0.05;

/// One answer of one world: the error, and whether the interval holds the truth.
type Answer = Option<(f64, bool)>;

struct World {
    times: Vec<f64>,
    events: Vec<bool>,
    kind: Vec<f64>,
    figure: Vec<f64>,
}

/// Exponential times, censored at a uniform time up to 40; rounded up to whole months when `tied`.
fn world(index: u64, beta: [f64; 2], tied: bool) -> World {
    let mut chance = stream(20_260, index);
    let mut made = World { times: vec![], events: vec![], kind: vec![], figure: vec![] };
    for i in 0..CUSTOMERS {
        let (kind, figure) = ((i % 2) as f64, chance.random_range(-1.0..1.0));
        let hazard = HAZARD * (beta[0] * kind + beta[1] * figure).exp();
        let left = -(1.0 - chance.random::<f64>()).ln() / hazard;
        let watched = 40.0 * chance.random::<f64>();
        let time = left.min(watched);
        made.times.push(if tied { time.ceil() } else { time });
        made.events.push(left <= watched);
        made.kind.push(kind);
        made.figure.push(figure);
    }
    made
}

fn of_estimate(estimate: &Estimate, truth: f64) -> Answer {
    Some((estimate.value - truth, estimate.low <= truth && truth <= estimate.high))
}

fn cox(index: u64, k: usize, tied: bool) -> Answer {
    let made = world(index, BETA, tied);
    let columns =
        [Column { name: "kind", values: &made.kind }, Column { name: "figure", values: &made.figure }];
    let durations = Durations::new(&made.times, &made.events).ok()?;
    let model = CoxModel::fit(&durations, &columns, Ties::Efron).ok()?;
    let c = &model.coefficients[k];
    let sound = model.status == Status::Converged;
    sound.then_some((c.value - BETA[k], c.low <= BETA[k] && BETA[k] <= c.high))
}

fn proportionality(index: u64) -> Answer {
    let made = world(index, BETA, false);
    let columns = [Column { name: "figure", values: &made.figure }];
    let durations = Durations::new(&made.times, &made.events).ok()?;
    let model = CoxModel::fit(&durations, &columns, Ties::Efron).ok()?;
    Some((0.0, model.proportionality[0].p_value > 0.05))
}

fn curve(index: u64) -> KaplanMeier {
    let made = world(index, [0.0; 2], false);
    KaplanMeier::fit(&Durations::new(&made.times, &made.events).expect("simulated times are sound"))
}

fn median(index: u64) -> Answer {
    let (truth, median) = (2.0_f64.ln() / HAZARD, curve(index).median());
    let inside = median.low? <= truth && median.high.is_none_or(|high| truth <= high);
    Some((median.value? - truth, inside))
}

/// The true index is that of a far larger world.
fn index_of_concordance(index: u64, truth: f64) -> Answer {
    of_estimate(&concordance_of(&world(index, BETA, false))?, truth)
}

fn concordance_of(made: &World) -> Option<Estimate> {
    let risk: Vec<f64> = made.kind.iter().zip(&made.figure).map(|(k, f)| BETA[0] * k + BETA[1] * f).collect();
    Some(concordance(&Durations::new(&made.times, &made.events).ok()?, &risk).ok()?.index)
}

fn cost_ratio(index: u64) -> Answer {
    let mut chance = stream(31, index);
    let mut kept = |share: f64| Binomial::new(1_500, share).expect("a share").sample(&mut chance);
    let (treated_kept, control_kept) = (kept(0.85), kept(0.75));
    let gained = Poisson::new(120.0).expect("a mean").sample(&mut stream(32, index)) as u64;
    let campaigns = Campaigns {
        offensive: 6e6,
        gained,
        defensive: 2e6,
        treated: 1_500,
        treated_kept,
        control: 1_500,
        control_kept,
    };
    let found = campaigns.ratio().ok()?;
    let [low, high] = found.interval?;
    Some((found.ratio? - 3.75, low <= 3.75 && 3.75 <= high))
}

fn difference(index: u64) -> Answer {
    let mut chance = stream(33, index);
    let mut of =
        |n: u64, share: f64| Share::wilson(Binomial::new(n, share).expect("a share").sample(&mut chance), n);
    let found = Difference::of(&of(80, 0.8)?, &of(60, 0.7)?);
    Some((found.value - 0.1, found.low <= 0.1 && 0.1 <= found.high))
}

fn study(name: &str, truth: f64, n: usize, worlds: u64, answer: impl Fn(u64) -> Answer + Sync) {
    let start = Instant::now();
    let answers: Vec<(f64, bool)> =
        (0..worlds).into_par_iter().map(&answer).collect::<Vec<_>>().into_iter().flatten().collect();
    let made = answers.len() as f64;
    println!(
        "{name:<38} {truth:>8.3} {n:>6} {:>9.4} {:>9.1} % {:>9.1} % {:>7.1} s",
        answers.iter().map(|a| a.0).sum::<f64>() / made,
        100.0 * answers.iter().filter(|a| a.1).count() as f64 / made,
        100.0 * made / worlds as f64,
        start.elapsed().as_secs_f64()
    );
}

fn main() {
    let worlds: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000);
    println!(
        "{worlds} worlds\nwhat                                      truth      n      bias   coverage admissible"
    );
    study("Cox β of a kind", BETA[0], CUSTOMERS, worlds, |i| cox(i, 0, false));
    study("Cox β of a figure", BETA[1], CUSTOMERS, worlds, |i| cox(i, 1, false));
    study("Cox β of a kind, months (Efron)", BETA[0], CUSTOMERS, worlds, |i| cox(i, 0, true));
    study("proportionality not refused at 5 %", 0.0, CUSTOMERS, worlds, proportionality);
    let ten = (-10.0 * HAZARD).exp();
    study("Kaplan-Meier S(10)", ten, CUSTOMERS, worlds, |i| of_estimate(&curve(i).survival_at(10.0)?, ten));
    study("Kaplan-Meier median", 2.0_f64.ln() / HAZARD, CUSTOMERS, worlds, median);
    let mean = (1.0 - (-24.0 * HAZARD).exp()) / HAZARD;
    study("mean within 24 months", mean, CUSTOMERS, worlds, |i| {
        of_estimate(&curve(i).restricted_mean(24.0)?, mean)
    });
    let many: Vec<f64> = (0..2_000)
        .into_par_iter()
        .filter_map(|i| Some(concordance_of(&world(1 << 40 | i, BETA, false))?.value))
        .collect();
    let index = many.iter().sum::<f64>() / many.len() as f64;
    study("concordance", index, CUSTOMERS, worlds, |i| index_of_concordance(i, index));
    study("cost ratio (Fieller)", 3.75, 3_000, worlds, cost_ratio);
    study("difference of shares (Newcombe)", 0.1, 140, worlds, difference);
}
