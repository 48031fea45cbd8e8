//! Does the seven-factor model find a known truth again? Simulates worlds, estimates each by plain PLS, consistent PLS
//! and covariance SEM, and prints bias and coverage of the 95 % intervals per path.
//!
//! `cargo run --release -p dangol-science --example recovery_satisfaction -- 1000 500 300`: worlds, respondents in each,
//! bootstrap draws of consistent PLS.

use rayon::prelude::*;
use science::satisfaction::SevenFactor;
use science::satisfaction::pls::{BootstrapInterval, Status as PlsStatus};
use science::satisfaction::sem::Status as SemStatus;
use std::time::Instant;

/// An estimate, what its 95 % interval is, and whether its model was admissible.
#[derive(Clone, Copy)]
struct Guess {
    value: f64,
    low: f64,
    high: f64,
}

/// The guesses of the ten paths in one world; absent where the solution was impossible.
type World = Option<[Guess; 10]>;

fn main() {
    let mut given = std::env::args().skip(1).filter_map(|text| text.parse::<u32>().ok());
    let worlds = given.next().unwrap_or(1_000);
    let n = given.next().unwrap_or(500) as usize;
    let draws = given.next().unwrap_or(300);
    println!("{worlds} worlds of {n} respondents; consistent PLS with {draws} bootstrap draws");
    report("plain PLS", worlds, |world| pls(world, n, None));
    report("PLSc, percentile", worlds, |world| pls(world, n, Some((draws, false))));
    report("PLSc, ± 1.96 SE", worlds, |world| pls(world, n, Some((draws, true))));
    report("CB-SEM, analytic SE", worlds, |world| cb_sem(world, n));
}

fn report(method: &str, worlds: u32, estimate: impl Fn(u32) -> World + Send + Sync) {
    let start = Instant::now();
    let results: Vec<World> = (0..worlds).into_par_iter().map(estimate).collect();
    let good: Vec<[Guess; 10]> = results.into_iter().flatten().collect();
    let seconds = start.elapsed().as_secs_f64();
    println!("\n{method}: {} of {worlds} admissible, {seconds:.1} s", good.len());
    println!("{:<52} {:>6} {:>8} {:>9}", "path", "true", "bias", "coverage");
    for (at, ((from, to), truth)) in
        SevenFactor::paths().into_iter().zip(SevenFactor::EXAMPLE.effects).enumerate()
    {
        let count = good.len() as f64;
        let bias = good.iter().map(|world| world[at].value - truth).sum::<f64>() / count;
        let holds = |world: &&[Guess; 10]| world[at].low <= truth && truth <= world[at].high;
        let coverage = good.iter().filter(holds).count() as f64 / count;
        println!("{:<52} {truth:>6.2} {bias:>8.4} {coverage:>9.3}", format!("{from} -> {to}"));
    }
}

/// Without draws there is no interval.
fn pls(world: u32, n: usize, bootstrap: Option<(u32, bool)>) -> World {
    let preset = SevenFactor::with_items(3);
    let answers = preset.simulate(&SevenFactor::EXAMPLE, n, u64::from(world));
    let model = preset.pls().consistent(bootstrap.is_some());
    let fit = model.fit(&answers).ok().filter(|fit| fit.status == PlsStatus::Converged)?;
    let Some((draws, by_error)) = bootstrap else {
        return collect(|from, to| {
            fit.path(from, to).map(|value| Guess { value, low: f64::NAN, high: f64::NAN })
        });
    };
    let intervals = model.bootstrap(&answers, draws, u64::from(world) + (1 << 32)).ok()?;
    let guess = |i: &BootstrapInterval| match by_error {
        true => normal(i.estimate, i.standard_error),
        false => Guess { value: i.estimate, low: i.low, high: i.high },
    };
    collect(|from, to| intervals.path(from, to).map(guess))
}

fn cb_sem(world: u32, n: usize) -> World {
    let preset = SevenFactor::with_items(3);
    let answers = preset.simulate(&SevenFactor::EXAMPLE, n, u64::from(world));
    let fit = preset.cb_sem().fit(&answers).ok().filter(|fit| fit.status == SemStatus::Converged)?;
    collect(|from, to| {
        let parameter = fit.regression(to, from)?;
        Some(normal(parameter.standardised?, parameter.standardised_error?))
    })
}

fn normal(value: f64, error: f64) -> Guess {
    Guess { value, low: value - 1.96 * error, high: value + 1.96 * error }
}

fn collect(guess: impl Fn(&str, &str) -> Option<Guess>) -> World {
    let guesses: Option<Vec<Guess>> =
        SevenFactor::paths().into_iter().map(|(from, to)| guess(from, to)).collect();
    guesses?.try_into().ok()
}
