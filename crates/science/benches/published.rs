//! The published fits, one by one: `cargo bench -p dangol-science --bench published`.
//!
//! The value of a line is what the paper prints, so that both can be laid side by side.

#[path = "../tests/it/real.rs"]
mod real;
mod report;

use report::timed;
use science::btyd::{BgBb, BgNbd, LatentAttrition, MbgNbd, Nbd, Occasions, ParetoNbd};
use science::contractual::{BetaDiscreteWeibull, Cohorts, Retention, ShiftedBetaGeometric};
use science::fit::{Fit, Parametric};
use science::spend::{GammaGammaFit, Spend};
use science::{NotEnoughData, Summary};

const RUNS: usize = 25;

/// Parameters and log-likelihood, as papers print them.
fn report<M: Parametric>(bench: &str, fit: impl Fn() -> Result<Fit<M>, NotEnoughData>) {
    let fitted = timed(RUNS, || fit().expect("published data suffice"));
    let fit = &fitted.result;
    let parameters: Vec<String> =
        M::NAMES.iter().zip(fit.model.values()).map(|(name, value)| format!("{name} {value:.4}")).collect();
    let value = format!("{}, LL {:.3}", parameters.join(" "), fit.log_likelihood);
    fitted.print(bench, fit.customers as usize, &value);
}

/// The numbers of a table without its head.
fn numbers(name: &str) -> Option<Vec<Vec<f64>>> {
    let row = |line: &str| line.split(',').filter_map(|cell| cell.trim().parse().ok()).collect();
    Some(real::text(name)?.lines().skip(1).map(row).collect())
}

/// The CDNOW sample as published with lifetimes: hundredths of a week.
fn cdnow() -> Option<()> {
    let rows = numbers("cdnow/cdnow_customers_summary_with_transactions.csv")?;
    let ticks = |weeks: f64| (weeks * 100.0).round() as u32;
    let histories = rows.iter().map(|row| (row[1] as u32, ticks(row[2]), ticks(row[3])));
    let summary = Summary::from_ticks(histories, 100).expect("published histories are sound");
    report("bg_nbd_cdnow", || BgNbd::fit(&summary));
    report("mbg_nbd_cdnow", || MbgNbd::fit(&summary));
    report("pareto_nbd_cdnow", || ParetoNbd::fit(&summary));
    report("nbd_cdnow", || Nbd::fit(&summary));
    let bought = rows.iter().filter(|row| row[1] > 0.0 && row[4] > 0.0);
    let spends: Vec<Spend> = bought.map(|row| Spend { x: row[1] as u32, mean: row[4] }).collect();
    report("gamma_gamma_cdnow", || Ok(GammaGammaFit::fit(&spends).expect("spends differ").fit));
    Some(())
}

fn donations() -> Option<()> {
    let rows = numbers("cdnow/donations.csv")?;
    let row = |row: &Vec<f64>| (row[0] as u32, row[1] as u32, row[2] as u32, row[3] as u64);
    let occasions = Occasions::new(rows.iter().map(row)).expect("published histories are sound");
    report("bg_bb_donations", || BgBb::fit(&occasions));
    Some(())
}

/// Regular and high-end subscribers of Fader & Hardie (2007) over seven renewals, out of 1,000.
fn renewals() {
    let regular = Cohorts::from_survivors(&[[1000, 631, 468, 382, 326, 289, 262, 241]]).expect("they fall");
    let high_end = Cohorts::from_survivors(&[[1000, 869, 743, 653, 593, 551, 517, 491]]).expect("they fall");
    report("sbg_regular", || ShiftedBetaGeometric::fit(&regular));
    report("bdw_regular", || BetaDiscreteWeibull::fit(&regular));
    report("sbg_high_end", || ShiftedBetaGeometric::fit(&high_end));
    report("bdw_high_end", || BetaDiscreteWeibull::fit(&high_end));
    let fit = ShiftedBetaGeometric::fit(&high_end).expect("published data suffice");
    let derl = timed(RUNS, || fit.model.derl(0.1, 7).expect("discounted"));
    derl.print("derl_high_end", 1_000, &format!("{:.3}", derl.result));
}

fn main() {
    cdnow();
    donations();
    renewals();
}
