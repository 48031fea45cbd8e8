//! At the edges nothing panics and no figure is NaN or infinite.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use proptest::prelude::*;
use science::btyd::{BgNbd, LatentAttrition, MbgNbd, Nbd, ParetoNbd};
use science::clv::{Outlook, RowScore, score, score_one};
use science::rfm::{RfmInput, score as rfm};
use science::spend::{GammaGammaFit, Spend};
use science::validation::calibration_table;
use science::{Estimate, Summary};

fn parameter() -> impl Strategy<Value = f64> {
    (-7.0..7.0_f64).prop_map(f64::exp)
}

fn parameters() -> impl Strategy<Value = [f64; 4]> {
    [parameter(), parameter(), parameter(), parameter()]
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1), 0..60u32, Just(1_000), Just(1_000_000_000)]
}

fn weeks() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.0..600.0, Just(1e9)]
}

/// (x, t_x, t) with t_x within t, at its ends too.
fn history() -> impl Strategy<Value = (u32, u32, u32)> {
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0];
    (count(), share, prop_oneof![Just(0), 0..800u32, Just(u32::MAX)]).prop_map(|(x, share, t)| {
        let t_x = if x == 0 { 0 } else { (share * f64::from(t)) as u32 };
        (x, t_x, t)
    })
}

fn check_model<M: LatentAttrition>(model: &M, x: u32, share: f64, t: f64, horizon: f64) {
    let t_x = if x == 0 { 0.0 } else { share * t };
    let alive = model.p_alive(x, t_x, t);
    assert!((0.0..=1.0).contains(&alive), "alive {alive}");
    let plain = model.expected_transactions(horizon, x, t_x, t);
    let discounted = model.residual_transactions(0.002, horizon, x, t_x, t);
    assert!(plain.is_finite() && plain >= 0.0, "{plain}");
    assert!(discounted >= 0.0 && discounted <= plain, "{discounted} of {plain}");
    assert!(model.customer_log_likelihood(x, t_x, t).is_finite());
    let nothing = model.p_zero_purchases(horizon, x, t_x, t);
    assert!((0.0..=1.0).contains(&nothing), "nothing {nothing}");
    let forever = model.dert(0.002, x, t_x, t).unwrap();
    assert!(forever.is_finite() && forever >= 0.0, "{forever}");
}

fn check_estimate(e: &Estimate) {
    let all = [e.low, e.value, e.high, e.standard_error];
    assert!(all.iter().all(|v| v.is_finite() && *v >= 0.0), "{e:?}");
    assert!(e.low <= e.value && e.value <= e.high, "{e:?}");
}

fn check_score(score: &RowScore, spend: &GammaGammaFit, x: u32) {
    check_estimate(&score.p_alive);
    check_estimate(&score.orders);
    for mean in [0.0, 1.0, 1e12] {
        check_estimate(&score.residual.value(&spend.forecast(x, mean), 0.3));
    }
}

fn some_spend() -> GammaGammaFit {
    let spends: Vec<Spend> =
        (1..80).map(|i| Spend { x: 1 + i % 4, mean: 10.0 + f64::from(i * 37 % 50) }).collect();
    GammaGammaFit::fit(&spends).unwrap()
}

/// Fits and scores what can be fitted; a refusal is as good an answer.
fn fit_and_score<M: LatentAttrition>(summary: &Summary) {
    let Ok(fit) = M::fit(summary) else { return };
    assert!(fit.log_likelihood.is_finite());
    assert!(fit.model.parameters().iter().all(|p| p.is_finite() && *p > 0.0), "{:?}", fit.model.parameters());
    let spend = some_spend();
    for (row, score) in summary.rows().iter().zip(score(&fit, summary, &Outlook::default())) {
        check_score(&score, &spend, row.x);
    }
}

proptest! {
    #[test]
    fn forecasts_are_numbers(
        p in parameters(), x in count(), share in 0.0..=1.0, t in weeks(), horizon in weeks(),
    ) {
        check_model(&BgNbd::from_parameters(p), x, share, t, horizon);
        check_model(&MbgNbd::from_parameters(p), x, share, t, horizon);
        check_model(&ParetoNbd::from_parameters(p), x, share, t, horizon);
    }

    #[test]
    fn counts_have_probabilities(p in parameters(), n in 0..200u32, t in weeks()) {
        for value in [
            BgNbd::from_parameters(p).probability_of_n(n, t),
            MbgNbd::from_parameters(p).probability_of_n(n, t),
            ParetoNbd::from_parameters(p).probability_of_n(n, t),
        ] {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&value), "{}", value);
        }
    }

    #[test]
    fn rfm_scores_are_monotone(values in prop::collection::vec((0..900u32, 0..40u32, -500..90_000i64), 0..200)) {
        let people: Vec<RfmInput> = values
            .iter()
            .map(|&(recency_days, frequency, monetary)| RfmInput { recency_days, frequency, monetary })
            .collect();
        let (_, scores) = rfm(&people, 5);
        for (a, sa) in people.iter().zip(&scores) {
            prop_assert!([sa.recency, sa.frequency, sa.monetary].iter().all(|s| (1..=5).contains(s)));
            for (b, sb) in people.iter().zip(&scores) {
                prop_assert!(a.recency_days < b.recency_days || sa.recency <= sb.recency);
                prop_assert!(a.monetary > b.monetary || sa.monetary <= sb.monetary);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_customer_base_is_fitted_or_refused(histories in prop::collection::vec(history(), 40..160)) {
        let summary = Summary::from_days(histories).unwrap();
        fit_and_score::<BgNbd>(&summary);
        fit_and_score::<MbgNbd>(&summary);
        fit_and_score::<ParetoNbd>(&summary);
        if let Ok(fit) = Nbd::fit(&summary) {
            assert!(fit.log_likelihood.is_finite() && fit.model.r > 0.0 && fit.model.alpha.is_finite());
        }
    }

    #[test]
    fn customers_all_alike(one in history(), n in 1..300usize) {
        let summary = Summary::from_days(vec![one; n]).unwrap();
        fit_and_score::<BgNbd>(&summary);
        fit_and_score::<MbgNbd>(&summary);
        fit_and_score::<ParetoNbd>(&summary);
        if let Ok(fit) = Nbd::fit(&summary) {
            assert!(fit.log_likelihood.is_finite() && fit.model.r > 0.0 && fit.model.alpha.is_finite());
        }
    }

    #[test]
    fn any_spend_is_fitted_or_refused(
        rows in prop::collection::vec((1..50u32, prop_oneof![Just(1e-9), 0.01..1e3, Just(1e15)]), 0..200),
    ) {
        let spends: Vec<Spend> = rows.into_iter().map(|(x, mean)| Spend { x, mean }).collect();
        if let Ok(fitted) = GammaGammaFit::fit(&spends) {
            let forecast = fitted.forecast(3, 20.0);
            prop_assert!(forecast.mean.is_finite() && forecast.mean > 0.0);
            prop_assert!(forecast.standard_error.is_finite());
        }
    }
}

#[test]
fn one_customer_alone_can_be_scored() {
    let histories = (0..200u32).map(|i| (i % 5, if i % 5 == 0 { 0 } else { 10 * (i % 5) }, 60 + i));
    let summary = Summary::from_days(histories).unwrap();
    let fit = MbgNbd::fit(&summary).unwrap();
    let (outlook, all) = (Outlook::default(), score(&fit, &summary, &Outlook::default()));
    let position = summary.position(3, 30, 63).unwrap();
    let alone = score_one(&fit, &outlook, 3, 30.0 / 7.0, 63.0 / 7.0);
    assert_eq!((all[position].p_alive, all[position].orders.high), (alone.p_alive, alone.orders.high));
    // Among others the figures are interpolated between observation times.
    let (with, without) = (all[position].residual, alone.residual);
    assert!((with.orders - without.orders).abs() < 1e-11 * without.orders);
    assert!((with.standard_error - without.standard_error).abs() < 1e-9 * without.standard_error);
    assert_eq!(calibration_table(&fit.model, &summary)[0].actual, 40);
}

#[test]
fn refusals_say_what_is_missing() {
    let few = Summary::from_days(vec![(1, 7, 14); 49]).unwrap();
    assert_eq!(
        BgNbd::fit(&few).unwrap_err().to_string(),
        "Not enough data: 49 customers, the model needs 50; import more orders."
    );
    let nobody_back = Summary::from_days(vec![(0, 0, 14); 500]).unwrap();
    assert_eq!(
        MbgNbd::fit(&nobody_back).unwrap_err().to_string(),
        "Not enough data: 0 customers came back, the model needs 20; import a longer period."
    );
    let one_day = Summary::from_days(vec![(1, 0, 0); 500]).unwrap();
    assert!(MbgNbd::fit(&one_day).unwrap_err().to_string().contains("all orders fall on one day"));
}

/// A fit without curvature says that it does not know, not that it is certain.
#[test]
fn without_curvature_intervals_are_wide() {
    let histories = (0..600_u32).map(|i| {
        let x = i % 4;
        (x, if x == 0 { 0 } else { 30 * x + i % 17 }, 150 + i % 90)
    });
    let summary = Summary::from_days(histories).unwrap();
    let mut fit = MbgNbd::fit(&summary).unwrap();
    let mut spend = some_spend();
    let known = score_one(&fit, &Outlook::default(), 2, 10.0, 30.0);
    let known_value = known.residual.value(&spend.forecast(2, 30.0), 0.3);
    (fit.covariance, spend.fit.covariance) = (None, None);
    assert!(fit.standard_errors().is_none() && fit.intervals(0.95).is_none());
    let score = score_one(&fit, &Outlook::default(), 2, 10.0, 30.0);
    check_score(&score, &spend, 2);
    assert_eq!((score.p_alive.low, score.p_alive.high), (0.0, 1.0));
    assert_eq!((score.p_alive.value, score.orders.value), (known.p_alive.value, known.orders.value));
    assert!(score.orders.low == 0.0 && score.orders.high > known.orders.high, "{score:?} {known:?}");
    let value = score.residual.value(&spend.forecast(2, 30.0), 0.3);
    assert!(value.low == 0.0 && value.high > known_value.high && value.value == known_value.value);
}
