//! Measures a fit and the scoring of a million simulated customers:
//! `cargo run -p dangol-science --profile demo --example million [customers]`.

#[path = "../tests/it/simulate.rs"]
mod simulate;

use science::btyd::{BgNbd, LatentAttrition, MbgNbd};
use science::clv::{Outlook, score};
use science::spend::{GammaGamma, GammaGammaFit, Spend};
use science::{Fit, Summary};
use simulate::{Dice, Person, person};
use std::time::Instant;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what:<44} {:>8.3} s", start.elapsed().as_secs_f64());
    result
}

fn main() {
    let n: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let btyd = MbgNbd { r: 0.6, alpha: 5.0, a: 0.8, b: 2.5 };
    let spend = GammaGamma { p: 6.0, q: 4.0, gamma: 15_000.0 };
    let mut dice = Dice::new(7);
    let people: Vec<Person> = timed("simulate", || {
        (0..n).map(|i| person(&mut dice, &btyd, &spend, i.wrapping_mul(2_654_435_769) % 730, 0)).collect()
    });
    let orders: u64 = people.iter().map(|p| u64::from(p.history.0) + 1).sum();
    println!("{n} customers, {orders} order days");

    let all = Instant::now();
    let summary = timed("merge equal histories", || {
        Summary::from_days(people.iter().map(|p| p.history)).expect("simulated histories are sound")
    });
    println!("{} distinct histories", summary.rows().len());
    let bg = timed("fit BG/NBD", || BgNbd::fit(&summary)).expect("enough customers");
    let fit = timed("fit MBG/NBD", || MbgNbd::fit(&summary)).expect("enough customers");
    let spends: Vec<Spend> = people
        .iter()
        .filter(|p| p.history.0 > 0)
        .map(|p| Spend { x: p.history.0, mean: p.mean_spend })
        .collect();
    let money = timed("fit Gamma-Gamma", || GammaGammaFit::fit(&spends)).expect("enough customers");
    let scores =
        timed("score distinct histories, with intervals", || score(&fit, &summary, &Outlook::default()));
    let total: f64 = timed("value of every customer, with interval", || {
        let places = summary.places();
        let value = |p: &Person| {
            let (x, t_x, t) = p.history;
            let at = places.of(x, t_x, t).expect("every history is a row");
            scores[at].residual.value(&money.forecast(x, p.mean_spend), 0.6).value
        };
        people.iter().map(value).sum()
    });
    println!("{:<44} {:>8.3} s", "all of it", all.elapsed().as_secs_f64());
    println!("BG/NBD {:?}, log-likelihood {:.1}", bg.model, bg.log_likelihood);
    println!("MBG/NBD {:?}, log-likelihood {:.1}, {:?}", fit.model, fit.log_likelihood, fit.status);
    println!("iterations {:?}, {:?}, {:?}", iterations(&bg), iterations(&fit), iterations(&money.fit));
    println!("Gamma-Gamma {:?}; residual value {total:.0}", money.fit.model);
}

/// Iterations of each start.
fn iterations<M>(fit: &Fit<M>) -> Vec<u32> {
    fit.starts.iter().map(|start| start.iterations).collect()
}
