//! Covariates: effects put into simulated customers are found again, and the edges are refused by name.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use science::Summary;
use science::btyd::covariates::{CovariateError, CovariateFit, CovariateSummary, Scales};
use science::btyd::{BgNbd, LatentAttrition, MbgNbd, ParetoNbd, Simulate};
use science::clv::{Outlook, score};
use science::random::stream;

type Row = ((u32, u32, u32), Vec<f64>);

/// Customers of two channels and three levels of a segment, drawn from the model each combination gives.
fn company<M: Simulate>(n: u32, model_for: impl Fn(&[f64]) -> M) -> Vec<Row> {
    let mut chance = stream(20_261_122, 0);
    let person = |i: u32| {
        let (z, t) = (vec![f64::from(i % 2), f64::from(i / 2 % 3) / 2.0], 300 + i % 120);
        let (x, t_x) = model_for(&z).draw(t, 1.0 / 7.0, &mut chance);
        ((x, t_x, t), z)
    };
    (0..n).map(person).collect()
}

/// The truth of customers with two covariates.
fn moved<M: Scales>(truth: &M, gamma: &[f64], z: &[f64]) -> M {
    let mut parameters = truth.parameters();
    for (block, (parameter, sign, _)) in M::MOVED.iter().enumerate() {
        parameters[*parameter] *= f64::exp(sign * (gamma[2 * block] * z[0] + gamma[2 * block + 1] * z[1]));
    }
    M::from_parameters(parameters)
}

/// Two standard errors of what the parameters bring are the half of a 95 % interval.
fn values_each_group<M: Simulate + Scales>(
    summary: &CovariateSummary,
    fit: &CovariateFit<M>,
    truth: &M,
    gamma: &[f64],
) {
    for (z, group) in summary.groups() {
        let right = moved(truth, gamma, z);
        let scores = score(&fit.fit_for(z), group, &Outlook::default());
        let [mut got, mut error, mut want] = [0.0; 3];
        for (row, score) in group.rows().iter().zip(scores) {
            let (weight, c) = (row.weight as f64, group.in_weeks(row));
            got += weight * score.orders.value;
            error += weight * score.orders.standard_error;
            want += weight * right.expected_transactions(52.0, c.x, c.t_x, c.t);
            assert!(score.p_alive.low <= score.p_alive.value && score.p_alive.value <= score.p_alive.high);
        }
        // A day's orders merge, which costs a little.
        assert!((got - want).abs() < 4.0 * error + 0.02 * want, "{z:?}: {got} ± {error}, not {want}");
        assert!(error < 0.2 * got, "{z:?}: {got} ± {error}");
    }
}

fn check<M: Simulate + Scales>(truth: M, gamma: &[f64]) {
    let rows = company(30_000, |z| moved(&truth, gamma, z));
    let plain = M::fit(&Summary::from_days(rows.iter().map(|(history, _)| *history)).unwrap()).unwrap();
    let summary = CovariateSummary::from_days(&["web", "segment"], rows).unwrap();
    assert_eq!(summary.groups().len(), 6);
    let fit = CovariateFit::<M>::fit(&summary).unwrap();
    assert!(fit.log_likelihood > plain.log_likelihood + 50.0);
    assert_eq!(fit.coefficients.len(), gamma.len());
    for (coefficient, want) in fit.coefficients.iter().zip(gamma) {
        let error = coefficient.standard_error.unwrap();
        assert!(
            (coefficient.value - want).abs() < 4.0 * error && error < 0.4,
            "{coefficient:?} is not {want}"
        );
    }
    for ((got, error), want) in
        fit.baseline.parameters().iter().zip(fit.baseline_errors.unwrap()).zip(truth.parameters())
    {
        assert!((got - want).abs() < 4.0 * error + 0.05 * want, "{:?}", fit.baseline.parameters());
    }
    values_each_group(&summary, &fit, &truth, gamma);
    let web = fit.model_for(&[1.0, 0.0]).expected_transactions_new_customer(52.0);
    assert!(web > fit.model_for(&[0.0, 0.0]).expected_transactions_new_customer(52.0));
}

#[test]
fn effects_on_pareto_nbd_are_found_again() {
    check(ParetoNbd { r: 0.8, alpha: 10.0, s: 0.7, beta: 12.0 }, &[0.7, -0.4, -0.5, 0.3]);
}

#[test]
fn effects_on_bg_nbd_are_found_again() {
    check(BgNbd { r: 0.8, alpha: 8.0, a: 0.8, b: 2.5 }, &[0.7, -0.4, -0.5, 0.3, 0.4, 0.0]);
}

#[test]
fn effects_on_mbg_nbd_are_found_again() {
    check(MbgNbd { r: 0.8, alpha: 8.0, a: 0.8, b: 2.5 }, &[0.7, -0.4, -0.5, 0.3, 0.4, 0.0]);
}

/// A covariate in other units (a year, an amount) is the same covariate: the same fit, its coefficient in these units.
#[test]
fn the_units_of_a_covariate_do_not_matter() {
    let truth = BgNbd { r: 0.8, alpha: 8.0, a: 0.8, b: 2.5 };
    let rows = company(4_000, |z| moved(&truth, &[0.7, -0.4, -0.5, 0.3, 0.4, 0.0], z));
    let fit = |rows: Vec<Row>| {
        CovariateFit::<BgNbd>::fit(&CovariateSummary::from_days(&["web", "segment"], rows).unwrap()).unwrap()
    };
    let other = |z: &[f64]| vec![1_990.0 + 20.0 * z[0], 3e6 * z[1] - 4e6];
    let (plain, scaled) =
        (fit(rows.clone()), fit(rows.into_iter().map(|(history, z)| (history, other(&z))).collect()));
    assert!((plain.log_likelihood - scaled.log_likelihood).abs() < 1e-6);
    assert_eq!(plain.status, scaled.status);
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-4 * b.abs().max(1e-3), "{a} is not {b}");
    for ((one, two), unit) in
        plain.coefficients.iter().zip(&scaled.coefficients).zip([20.0, 3e6].into_iter().cycle())
    {
        close(unit * two.value, one.value);
        close(unit * two.standard_error.unwrap(), one.standard_error.unwrap());
    }
    for z in [[0.0, 0.0], [1.0, 0.5], [0.5, 1.0]] {
        let (one, two) = (plain.fit_for(&z), scaled.fit_for(&other(&z)));
        for (a, b) in one.model.parameters().into_iter().zip(two.model.parameters()) {
            close(b, a);
        }
        for (a, b) in one.standard_errors().unwrap().into_iter().zip(two.standard_errors().unwrap()) {
            close(b, a);
        }
    }
    assert_eq!(plain.fit_for(&[0.0, 0.0]).standard_errors().unwrap()[..], plain.baseline_errors.unwrap()[..]);
}

#[test]
fn without_covariates_it_is_the_plain_model() {
    let rows = company(3_000, |_| ParetoNbd { r: 0.8, alpha: 10.0, s: 0.7, beta: 12.0 });
    let plain =
        ParetoNbd::fit(&Summary::from_days(rows.iter().map(|(history, _)| *history)).unwrap()).unwrap();
    let bare = rows.into_iter().map(|(history, _)| (history, Vec::new()));
    let fit = CovariateFit::<ParetoNbd>::fit(&CovariateSummary::from_days(&[], bare).unwrap()).unwrap();
    assert_eq!(fit.baseline, plain.model);
}

#[test]
fn threads_do_not_change_a_bit() {
    let rows = company(3_000, |_| BgNbd { r: 0.8, alpha: 8.0, a: 0.8, b: 2.5 });
    let summary = CovariateSummary::from_days(&["web", "segment"], rows).unwrap();
    let with_threads = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| CovariateFit::<BgNbd>::fit(&summary).unwrap())
    };
    let alone = with_threads(1);
    assert!([2, 3].into_iter().all(|threads| with_threads(threads) == alone));
}

#[test]
fn what_cannot_be_told_is_refused_by_name() {
    let rows = |z: fn(u32) -> Vec<f64>| (0..400).map(move |i| ((i % 3, i % 3 * 40, 200 + i % 50), z(i)));
    let refused =
        |names: &[&str], z: fn(u32) -> Vec<f64>| CovariateSummary::from_days(names, rows(z)).unwrap_err();
    assert_eq!(refused(&["one"], |_| vec![1.0]), CovariateError::NoContrast { name: "one".into() });
    let copy = refused(&["a", "b"], |i| vec![f64::from(i % 2), 3.0 - 2.0 * f64::from(i % 2)]);
    assert_eq!(copy, CovariateError::NoContrast { name: "b".into() });
    assert_eq!(
        refused(&["a"], |i| vec![if i == 7 { f64::NAN } else { 0.0 }]),
        CovariateError::InvalidRow { index: 7 }
    );
    assert_eq!(refused(&["a"], |_| Vec::new()), CovariateError::InvalidRow { index: 0 });
    let many: Vec<String> = (0..9).map(|i| format!("c{i}")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let nine = rows(|i| (0..9).map(|bit| f64::from(i >> bit & 1)).collect());
    let summary = CovariateSummary::from_days(&names, nine).unwrap();
    let error = CovariateFit::<ParetoNbd>::fit(&summary).unwrap_err();
    assert_eq!(error, CovariateError::TooMany { have: 9, most: 8 });
    assert!(error.to_string().contains("leave out"));
}

/// A channel in which nobody ever came back: its effect runs away, the fit says so and stays finite.
#[test]
fn perfect_separation_ends_with_numbers() {
    let rows = (0..600u32).map(|i| {
        let back = i % 2 == 0 && i % 3 > 0;
        ((u32::from(back), if back { 30 + i % 90 } else { 0 }, 200 + i % 50), vec![f64::from(i % 2)])
    });
    let summary = CovariateSummary::from_days(&["silent"], rows).unwrap();
    let fit = CovariateFit::<ParetoNbd>::fit(&summary).unwrap();
    assert!(fit.log_likelihood.is_finite() && fit.coefficients.iter().all(|c| c.value.is_finite()));
    assert!(fit.coefficients[0].value < -1.0);
}
