//! Models of those who leave silently: `cargo bench -p dangol-science --bench btyd [-- CUSTOMERS…]` (default 100000
//! 1000000).
//!
//! One JSON line a measurement: the least and the median time of several runs. Fits begin with day-grained histories in
//! any order, so merging them is in the time.

#[path = "../tests/it/real.rs"]
mod real;

use rand::Rng;
use rayon::prelude::*;
use science::Summary;
use science::btyd::{BgNbd, LatentAttrition, ParetoNbd, Simulate};
use science::clv::{Outlook, Valued, bootstrap, score};
use science::fit::{Fit, Parametric};
use science::random::stream;
use science::spend::{GammaGammaFit, Spend};
use std::time::Instant;

/// The fits of CDNOW (Fader, Hardie & Lee 2005).
const BG_NBD: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const PARETO_NBD: ParetoNbd = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
const MARGIN: f64 = 0.3;
const DRAWS: u32 = 1_000;

type History = (u32, u32, u32);

/// The last result and its least and median seconds.
fn timed<T>(runs: usize, work: impl Fn() -> T) -> (T, f64, f64) {
    let mut seconds = Vec::new();
    let mut last = None;
    for _ in 0..runs {
        drop(last.take());
        let start = Instant::now();
        last = Some(std::hint::black_box(work()));
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    (last.expect("at least one run"), seconds[0], seconds[runs / 2])
}

fn line(bench: &str, n: usize, (least, median): (f64, f64), rest: &str) {
    println!(
        "{{\"bench\":\"{bench}\",\"n\":{n},\"seconds\":{least:.4},\"median\":{median:.4}{rest},\"peer_key\":\"{bench}\"}}"
    );
}

/// Customers first seen on any day of a year, one year to two ago.
fn company<M: Simulate + Send + Sync>(model: &M, n: usize) -> Vec<History> {
    let person = |i: usize| {
        let mut chance = stream(7, i as u64);
        let t = chance.random_range(365..730);
        let (x, t_x) = model.draw(t, 1.0 / 7.0, &mut chance);
        (x, t_x, t)
    };
    (0..n).into_par_iter().map(person).collect()
}

fn fitting<M: LatentAttrition + Simulate + Parametric + Send + Sync>(name: &str, truth: &M, n: usize) {
    let histories = company(truth, n);
    let runs = if n > 1_000_000 { 1 } else { 3 };
    let work = || {
        let summary = Summary::from_days(histories.iter().copied()).expect("drawn histories are sound");
        let fit = M::fit(&summary).expect("there are customers enough");
        (summary, fit)
    };
    let ((summary, fit), least, median) = timed(runs, work);
    let pairs: Vec<String> =
        M::NAMES.iter().zip(fit.model.values()).map(|(name, v)| format!("\"{name}\":{v:.6}")).collect();
    let rest = format!(
        ",\"distinct\":{},\"log_likelihood\":{:.3},\"parameters\":{{{}}}",
        fit.distinct_rows,
        fit.log_likelihood,
        pairs.join(",")
    );
    line(&format!("{name}_simulated_fit"), n, (least, median), &rest);
    scoring(name, &fit, &summary, &histories, runs);
}

/// P(alive), expected orders and value with intervals, for each single customer.
fn scoring<M: LatentAttrition>(
    name: &str,
    fit: &Fit<M>,
    summary: &Summary,
    histories: &[History],
    runs: usize,
) {
    let spends: Vec<Spend> = (0..1_000).map(|i| Spend { x: 1 + i % 5, mean: spent(i as usize) }).collect();
    let spend = GammaGammaFit::fit(&spends).expect("spends differ");
    let work = || {
        let rows = score(fit, summary, &Outlook::default());
        let value = |(i, &(x, t_x, t)): (usize, &History)| {
            let row = &rows[summary.position(x, t_x, t).expect("every history is in the summary")];
            row.residual.value(&spend.forecast(x, spent(i)), MARGIN)
        };
        histories.par_iter().enumerate().map(value).collect::<Vec<_>>()
    };
    let (_, least, median) = timed(runs, work);
    line(&format!("{name}_simulated_score"), histories.len(), (least, median), "");
}

/// Mean spends that differ.
fn spent(i: usize) -> f64 {
    20.0 + (i * 37 % 101) as f64
}

/// (history, mean value of the repeat orders) of the CDNOW sample to 1997-09-30, or of as many simulated customers.
fn cdnow() -> (&'static str, Vec<(History, f64)>) {
    let row = |line: &str| {
        let cells: Vec<f64> = line.split(',').filter_map(|cell| cell.trim().parse().ok()).collect();
        let &[_, x, t_x, t, value] = &cells[..] else { return None };
        let days = |weeks: f64| (weeks * 7.0).round() as u32;
        Some(((x as u32, days(t_x), days(t)), value))
    };
    let read = real::text("cdnow/cdnow_customers_summary_with_transactions.csv");
    let rows: Vec<(History, f64)> = read.iter().flat_map(|text| text.lines().filter_map(row)).collect();
    if !rows.is_empty() {
        return ("cdnow", rows);
    }
    let drawn = company(&BG_NBD, 2_357);
    ("simulated", drawn.into_iter().enumerate().map(|(i, history)| (history, spent(i))).collect())
}

fn bootstrapping() {
    let (name, rows) = cdnow();
    let summary = Summary::from_days(rows.iter().map(|(history, _)| *history)).expect("histories are sound");
    let fit = BgNbd::fit(&summary).expect("there are customers enough");
    let bought = rows.iter().filter(|((x, ..), mean)| *x > 0 && *mean > 0.0);
    let spends: Vec<Spend> = bought.map(|&((x, ..), mean)| Spend { x, mean }).collect();
    let spend = GammaGammaFit::fit(&spends).expect("spends differ");
    let position = |(x, t_x, t)| summary.position(x, t_x, t).expect("every history is in the summary");
    let customers: Vec<Valued> =
        rows.iter().map(|(history, mean)| Valued { row: position(*history), mean_spend: *mean }).collect();
    let outlook = Outlook::default();
    let work = || bootstrap(&fit, &spend, &summary, &customers, &outlook, MARGIN, DRAWS, 7);
    let (result, least, median) = timed(1, work);
    let result = result.expect("draws can be fitted");
    let rest = format!(
        ",\"customers\":{},\"fitted\":{},\"total\":{:.0},\"low\":{:.0},\"high\":{:.0}",
        rows.len(),
        result.draws,
        result.total.value,
        result.total.low,
        result.total.high
    );
    line(&format!("clv_{name}_bootstrap"), DRAWS as usize, (least, median), &rest);
}

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    for n in if given.is_empty() { vec![100_000, 1_000_000] } else { given } {
        fitting("bg_nbd", &BG_NBD, n);
        fitting("pareto_nbd", &PARETO_NBD, n);
    }
    bootstrapping();
}
