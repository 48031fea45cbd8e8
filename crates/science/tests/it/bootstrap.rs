//! Value by parametric bootstrap against the delta method, on the CDNOW sample.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::cdnow::{CALIBRATION_END, history, order_days};
use science::Summary;
use science::btyd::{BgNbd, ParetoNbd, Simulate};
use science::clv::{Bootstrapped, Outlook, Valued, bootstrap, score};
use science::spend::{GammaGammaFit, Spend};

struct Company {
    summary: Summary,
    customers: Vec<Valued>,
    spend: GammaGammaFit,
}

fn company() -> Option<Company> {
    let days = order_days(&crate::real::text("cdnow/CDNOW_sample.txt")?, CALIBRATION_END);
    let histories: Vec<_> = days.iter().map(history).collect();
    let summary = Summary::from_days(histories.iter().copied()).unwrap();
    let mean = |i: usize| days[i].values().skip(1).sum::<f64>() / f64::from(histories[i].0.max(1));
    let valued = |(i, (x, t_x, t)): (usize, &(u32, u32, u32))| Valued {
        row: summary.position(*x, *t_x, *t).unwrap(),
        mean_spend: mean(i),
    };
    let customers: Vec<Valued> = histories.iter().enumerate().map(valued).collect();
    let spends: Vec<Spend> = histories
        .iter()
        .zip(&customers)
        .filter(|(_, valued)| valued.mean_spend > 0.0)
        .map(|((x, ..), valued)| Spend { x: *x, mean: valued.mean_spend })
        .collect();
    Some(Company { spend: GammaGammaFit::fit(&spends).unwrap(), summary, customers })
}

fn run<M: Simulate>(company: &Company, draws: u32) -> Bootstrapped {
    let fit = M::fit(&company.summary).unwrap();
    let Company { summary, customers, spend } = company;
    bootstrap(&fit, spend, summary, customers, &Outlook::default(), 0.3, draws, 11).unwrap()
}

fn agrees_with_delta<M: Simulate>(company: &Company) {
    let result = run::<M>(company, 120);
    assert_eq!(result.draws, 120);
    let fit = M::fit(&company.summary).unwrap();
    let scores = score(&fit, &company.summary, &Outlook::default());
    let mut ratios = Vec::new();
    for (valued, estimate) in company.customers.iter().zip(&result.values) {
        let x = company.summary.rows()[valued.row].x;
        let delta = scores[valued.row].residual.value(&company.spend.forecast(x, valued.mean_spend), 0.3);
        assert!((delta.value - estimate.value).abs() <= 1e-5 * delta.value, "{delta:?} {estimate:?}");
        assert!(estimate.low <= estimate.value && estimate.value <= estimate.high);
        ratios.push(estimate.standard_error / delta.standard_error);
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    assert!((0.75..1.35).contains(&median), "{median}");
    let sum: f64 = result.values.iter().map(|e| e.value).sum();
    assert!(
        (result.total.value - sum).abs() < 1e-9 * sum && result.total.low < sum && sum < result.total.high
    );
}

#[test]
fn errors_of_bootstrap_and_delta_method_agree() {
    let Some(company) = company() else { return };
    agrees_with_delta::<BgNbd>(&company);
    agrees_with_delta::<ParetoNbd>(&company);
}

#[test]
fn threads_do_not_change_a_bit() {
    let Some(company) = company() else { return };
    let with_threads = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| run::<ParetoNbd>(&company, 12))
    };
    let alone = with_threads(1);
    assert!([2, 3].into_iter().all(|threads| with_threads(threads) == alone));
}
