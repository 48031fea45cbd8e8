//! Models of those who leave silently, by size: `cargo bench -p dangol-science --bench btyd [-- CUSTOMERS…]` (default
//! 100000 1000000).
//!
//! Fits begin with day-grained histories in any order, so merging them is in the time.

#[path = "../tests/it/real.rs"]
mod real;
mod report;

use rand::Rng;
use rayon::prelude::*;
use report::timed;
use science::Summary;
use science::btyd::{BgNbd, LatentAttrition, ParetoNbd, Simulate};
use science::clv::{Fitted, Outlook, Valued, bootstrap, score};
use science::fit::{Fit, Parametric};
use science::orders::{OrderLog, summarise};
use science::random::stream;
use science::spend::{GammaGammaFit, Spend};
use std::ops::Range;

/// The fits of CDNOW (Fader, Hardie & Lee 2005).
const BG_NBD: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const PARETO_NBD: ParetoNbd = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
const MARGIN: f64 = 0.3;
const DRAWS: u32 = 1_000;
/// Days looked back on.
const DAYS: u32 = 730;

type History = (u32, u32, u32);

/// As in CDNOW: a cohort first seen within twelve weeks, 27 to 39 weeks ago.
const COHORT: Range<u32> = 189..274;
/// A company that keeps winning customers: first seen on any day of a year, one year to two ago.
const YEAR: Range<u32> = 365..DAYS;

/// Customers first seen so many days ago.
fn company<M: Simulate + Send + Sync>(model: &M, n: usize, seen: &Range<u32>) -> Vec<History> {
    let person = |i: usize| {
        let mut chance = stream(7, i as u64);
        let t = chance.random_range(seen.clone());
        let (x, t_x) = model.draw(t, 1.0 / 7.0, &mut chance);
        (x, t_x, t)
    };
    (0..n).into_par_iter().map(person).collect()
}

fn runs(n: usize) -> usize {
    if n > 1_000_000 { 2 } else { 3 }
}

fn fitting<M: LatentAttrition + Simulate + Parametric + Send + Sync>(
    name: &str,
    truth: &M,
    n: usize,
    seen: &Range<u32>,
) {
    let histories = company(truth, n, seen);
    let fitted = timed(runs(n), || {
        let summary = Summary::from_days(histories.iter().copied()).expect("drawn histories are sound");
        let fit = M::fit(&summary).expect("there are customers enough");
        (summary, fit)
    });
    let (summary, fit) = &fitted.result;
    let off =
        fit.model.values().into_iter().zip(truth.values()).map(|(got, truth)| (got / truth - 1.0).abs());
    let off = 100.0 * off.fold(0.0, f64::max);
    fitted.print(&format!("{name}_fit"), n, &format!("within {off:.1} % of the truth"));
    scoring(name, fit, summary, &histories);
}

/// P(alive) and expected orders, then value as well, with intervals, for each single customer.
fn scoring<M: LatentAttrition>(name: &str, fit: &Fit<M>, summary: &Summary, histories: &[History]) {
    let n = histories.len();
    let spends: Vec<Spend> = (0..1_000).map(|i| Spend { x: 1 + i % 5, mean: spent(i as usize) }).collect();
    let spend = GammaGammaFit::fit(&spends).expect("spends differ");
    let outlook = Outlook::default();
    let scored = timed(runs(n), || {
        let (rows, places) = (score(fit, summary, &outlook), summary.places());
        let of = |&(x, t_x, t): &History| {
            let row = &rows[places.of(x, t_x, t).expect("every history has a row")];
            (row.p_alive, row.orders)
        };
        histories.par_iter().map(of).collect::<Vec<_>>()
    });
    let orders: f64 = scored.result.iter().map(|(_, orders)| orders.value).sum();
    scored.print(&format!("{name}_score"), n, &format!("{:.3} orders a year each", orders / n as f64));
    let valued = timed(runs(n), || {
        let (rows, places) = (score(fit, summary, &outlook), summary.places());
        let of = |(i, &(x, t_x, t)): (usize, &History)| {
            let row = &rows[places.of(x, t_x, t).expect("every history has a row")];
            row.residual.value(&spend.forecast(x, spent(i)), MARGIN)
        };
        histories.par_iter().enumerate().map(of).collect::<Vec<_>>()
    });
    let value: f64 = valued.result.iter().map(|value| value.value).sum();
    valued.print(&format!("{name}_clv"), n, &format!("{:.2} each", value / n as f64));
}

/// Mean spends that differ.
fn spent(i: usize) -> f64 {
    20.0 + (i * 37 % 101) as f64
}

/// The order log of these customers, day by day as a shop writes it, to their summary.
fn logging(n: usize) {
    let histories = company(&BG_NBD, n, &YEAR);
    let orders = |(i, &(x, t_x, t)): (usize, &History)| {
        let day = move |k: u32| {
            DAYS - t + if x == 0 { 0 } else { (u64::from(k) * u64::from(t_x) / u64::from(x)) as u32 }
        };
        (0..=x).map(move |k| (day(k), i as u64))
    };
    let mut log: Vec<(u32, u64)> = histories.iter().enumerate().flat_map(orders).collect();
    log.par_sort_by_key(|(day, _)| *day);
    let customers: Vec<u64> =
        log.iter().map(|(_, customer)| customer.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    let days: Vec<i32> = log.iter().map(|(day, _)| day.cast_signed()).collect();
    let amounts: Vec<i64> =
        log.iter().map(|(_, customer)| 1_000 + (customer * 37 % 9_000).cast_signed()).collect();
    drop((histories, log));
    let log = OrderLog::new(&customers, &days, &amounts).expect("equal columns");
    let summarised = timed(runs(n), || {
        let customers = summarise(&log, DAYS.cast_signed()).expect("sums fit");
        customers.summary()
    });
    summarised.print("orders_simulated_summary", n, &format!("{} orders", days.len()));
}

/// (history, mean value of the repeat orders) of the CDNOW sample to 1997-09-30.
fn cdnow() -> Option<Vec<(History, f64)>> {
    let row = |line: &str| {
        let cells: Vec<f64> = line.split(',').filter_map(|cell| cell.trim().parse().ok()).collect();
        let &[_, x, t_x, t, value] = &cells[..] else { return None };
        let days = |weeks: f64| (weeks * 7.0).round() as u32;
        Some(((x as u32, days(t_x), days(t)), value))
    };
    let text = real::text("cdnow/cdnow_customers_summary_with_transactions.csv")?;
    Some(text.lines().filter_map(row).collect())
}

fn bootstrapping() -> Option<()> {
    let rows = cdnow()?;
    let summary = Summary::from_days(rows.iter().map(|(history, _)| *history)).expect("histories are sound");
    let fit = BgNbd::fit(&summary).expect("there are customers enough");
    let bought = rows.iter().filter(|((x, ..), mean)| *x > 0 && *mean > 0.0);
    let spends: Vec<Spend> = bought.map(|&((x, ..), mean)| Spend { x, mean }).collect();
    let spend = GammaGammaFit::fit(&spends).expect("spends differ");
    let position = |(x, t_x, t)| summary.position(x, t_x, t).expect("every history is in the summary");
    let customers: Vec<Valued> =
        rows.iter().map(|(history, mean)| Valued { row: position(*history), mean_spend: *mean }).collect();
    let fitted = Fitted { summary: &summary, attrition: &fit, spends: &spends, spend: &spend };
    let drawn = timed(3, || {
        bootstrap(fitted, &customers, &Outlook::default(), MARGIN, DRAWS, 7).expect("draws can be fitted")
    });
    let total = drawn.result.total;
    let value = format!("total {:.0} ({:.0} to {:.0})", total.value, total.low, total.high);
    drawn.print("clv_cdnow_bootstrap", DRAWS as usize, &value);
    Some(())
}

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    for n in if given.is_empty() { vec![100_000, 1_000_000] } else { given } {
        fitting("bg_nbd_cohort", &BG_NBD, n, &COHORT);
        fitting("pareto_nbd_cohort", &PARETO_NBD, n, &COHORT);
        fitting("bg_nbd_year", &BG_NBD, n, &YEAR);
        fitting("pareto_nbd_year", &PARETO_NBD, n, &YEAR);
        logging(n);
    }
    bootstrapping();
}
