//! How often the 95 % intervals of the parameters hold the truth, over 1,000 simulated worlds of each model:
//! `cargo run -p dangol-science --release --example recovery_btyd [worlds]`.
//!
//! One line a parameter: true value, customers a world, bias, coverage of the interval on the logarithm, share of worlds
//! with an interval on an interior optimum, seconds.

#[path = "../tests/it/worlds.rs"]
mod worlds;

use std::time::Instant;
use worlds::Recovery;

fn main() {
    let worlds = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000);
    println!(
        "{:<24} {:>9} {:>7} {:>9} {:>9} {:>8} {:>7}",
        "parameter", "true", "n", "bias", "covers", "inside", "s"
    );
    let mut start = Instant::now();
    for parameters in worlds::recover(worlds) {
        let seconds = start.elapsed().as_secs_f64();
        parameters.iter().for_each(|recovery| print(recovery, worlds, seconds));
        start = Instant::now();
    }
}

fn print(recovery: &Recovery, worlds: u64, seconds: f64) {
    println!(
        "{:<24} {:>9.4} {:>7} {:>9.4} {:>7.1} % {:>6.1} % {seconds:>7.1}",
        format!("{} {}", recovery.model, recovery.parameter),
        recovery.truth,
        recovery.customers,
        recovery.bias,
        100.0 * recovery.covered as f64 / recovery.answered.max(1) as f64,
        100.0 * recovery.answered as f64 / worlds as f64
    );
}
