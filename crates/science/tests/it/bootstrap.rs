//! Value by parametric bootstrap against the delta method, on the CDNOW sample.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::cdnow::{CALIBRATION_END, history, order_days};
use science::TooFewDraws;
use science::btyd::{BgNbd, LatentAttrition, ParetoNbd};
use science::clv::{BootstrapError, Bootstrapped, Fitted, Outlook, Valued, bootstrap, score};
use science::spend::{GammaGammaFit, Spend};
use science::{Fit, Summary};

struct Company {
    summary: Summary,
    customers: Vec<Valued>,
    spends: Vec<Spend>,
    spend: GammaGammaFit,
}

impl Company {
    fn fitted<'a, M>(&'a self, attrition: &'a Fit<M>) -> Fitted<'a, M> {
        Fitted { summary: &self.summary, attrition, spends: &self.spends, spend: &self.spend }
    }
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
    Some(Company { spend: GammaGammaFit::fit(&spends).unwrap(), summary, customers, spends })
}

fn run<M: LatentAttrition>(company: &Company, draws: u32) -> Bootstrapped {
    let fit = M::fit(&company.summary).unwrap();
    bootstrap(company.fitted(&fit), &company.customers, &Outlook::default(), 0.3, draws, 11).unwrap()
}

fn agrees_with_delta<M: LatentAttrition>(company: &Company) {
    let result = run::<M>(company, 250);
    assert_eq!(result.draws, 250);
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
        pool.install(|| run::<ParetoNbd>(&company, 200))
    };
    let alone = with_threads(1);
    assert!([2, 3].into_iter().all(|threads| with_threads(threads) == alone));
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let histories = (0..600_u32).map(|i| (i % 4, i % 4 * 30, 150 + i % 90));
    let summary = Summary::from_days(histories).unwrap();
    let spends: Vec<Spend> =
        (0..450).map(|i| Spend { x: 1 + i % 3, mean: 20.0 + f64::from(i * 7 % 31) }).collect();
    let company =
        Company { spend: GammaGammaFit::fit(&spends).unwrap(), summary, customers: Vec::new(), spends };
    let fit = BgNbd::fit(&company.summary).unwrap();
    let rows = company.summary.rows().len();
    let at = |row: usize| Valued { row, mean_spend: 20.0 };
    let refused = |fitted: Fitted<'_, BgNbd>, customers: &[Valued], draws: u32| {
        bootstrap(fitted, customers, &Outlook::default(), 0.3, draws, 1).unwrap_err()
    };
    let fitted = company.fitted(&fit);
    let few = BootstrapError::TooFewDraws(TooFewDraws { asked: 199, used: 199 });
    assert_eq!(refused(fitted, &[at(0)], 199), few);
    let foreign = refused(fitted, &[at(0), at(rows)], 200);
    assert_eq!(foreign, BootstrapError::UnknownRow { index: 1, row: rows, rows });
    assert!(foreign.to_string().starts_with("Customer 1 has history number"));
    let free = [Spend { x: 1, mean: 0.0 }];
    assert!(matches!(refused(Fitted { spends: &free, ..fitted }, &[at(0)], 200), BootstrapError::Spend(_)));
    let alone = Fitted { spends: &[], ..fitted };
    assert_eq!(
        refused(alone, &[at(0)], 200),
        BootstrapError::TooFewDraws(TooFewDraws { asked: 200, used: 0 })
    );
}
