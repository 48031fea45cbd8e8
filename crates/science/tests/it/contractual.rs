//! Published numbers of contractual retention: Fader & Hardie (2007) and Fader, Hardie, Liu, Davin & Steenburgh (2018).
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use science::Status;
use science::contractual::{
    BetaDiscreteWeibull, Cohorts, Retention, ShiftedBetaGeometric, forecast, forecast_share, textbook_value,
};

/// Alive per 1,000 after 0 to 12 years.
const REGULAR: [u64; 13] = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173];
const HIGH_END: [u64; 13] = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394];

fn seen(survivors: &[u64; 13], renewals: usize) -> Cohorts {
    Cohorts::from_survivors(&[&survivors[..=renewals]]).unwrap()
}

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// (survivors, renewals, sBG alpha, beta, LL, BdW gamma, delta, c, LL, S(12) of both), to the digits printed.
type Published = (&'static [u64; 13], usize, [f64; 3], [f64; 4], [f64; 2]);

const PUBLISHED: [Published; 3] = [
    (&REGULAR, 7, [0.7041, 1.1820, -1680.265], [0.4556, 0.7793, 1.2835, -1679.603], [0.170, 0.177]),
    (&HIGH_END, 7, [0.6681, 3.8061, -1611.158], [0.2143, 1.4266, 1.7236, -1605.314], [0.378, 0.404]),
    (&REGULAR, 4, [0.7637, 1.2958, -1401.559], [0.5230, 0.8943, 1.1964, -1401.383], [0.160, 0.171]),
];

/// Tolerances: shapes 1e-4, log-likelihood 1e-3, survivors 6e-4.
#[test]
fn shifted_beta_geometric_as_fader_and_hardie_2007() {
    for (survivors, renewals, [alpha, beta, ll], _, [twelve, _]) in PUBLISHED {
        let fit = ShiftedBetaGeometric::fit(&seen(survivors, renewals)).unwrap();
        assert_eq!(fit.status, Status::Converged);
        close(fit.model.alpha, alpha, 1e-4);
        close(fit.model.beta, beta, 1e-4);
        close(fit.log_likelihood, ll, 1e-3);
        close(fit.model.survivor(12), twelve, 6e-4);
    }
}

/// Tolerances: shapes 2e-4, log-likelihood 1e-3, survivors 6e-4.
#[test]
fn beta_discrete_weibull_as_fader_and_others_2018() {
    for (survivors, renewals, _, [gamma, delta, c, ll], [_, twelve]) in PUBLISHED {
        let fit = BetaDiscreteWeibull::fit(&seen(survivors, renewals)).unwrap();
        assert_eq!(fit.status, Status::Converged);
        close(fit.model.gamma, gamma, 2e-4);
        close(fit.model.delta, delta, 2e-4);
        close(fit.model.c, c, 2e-4);
        close(fit.log_likelihood, ll, 1e-3);
        close(fit.model.survivor(12), twelve, 6e-4);
    }
}

/// The high-end segment at (.668, 3.806): S(8..12), and DERL at 10 % after seven renewals, 7.530 (tolerance 1e-3).
#[test]
fn survivors_and_residual_lifetime_of_the_high_end() {
    let model = ShiftedBetaGeometric { alpha: 0.668, beta: 3.806 };
    for (t, want) in (8..).zip([0.460, 0.436, 0.414, 0.395, 0.378]) {
        close(model.survivor(t), want, 6e-4);
    }
    close(model.derl(0.1, 7).unwrap(), 7.530, 1e-3);
}

/// The lesson of the second paper: from four renewals the first model misses year 12 far more than the second.
#[test]
fn duration_dependence_matters_for_the_high_end() {
    let miss = |survivor: f64| (survivor / 0.394 - 1.0).abs();
    let plain = ShiftedBetaGeometric::fit(&seen(&HIGH_END, 4)).unwrap().model;
    let aging = BetaDiscreteWeibull::fit(&seen(&HIGH_END, 4)).unwrap().model;
    close(miss(plain.survivor(12)), 0.22, 0.01);
    close(miss(aging.survivor(12)), 0.013, 0.005);
}

#[test]
fn cohorts_of_different_age_are_fitted_together() {
    // Fader & Hardie's multi-cohort table: the four younger cohorts repeat the oldest.
    let oldest = [10_000_u64, 6_334, 4_367, 3_264, 2_604];
    let cohorts: Vec<&[u64]> = (2..=5).rev().map(|n| &oldest[..n]).collect();
    let all = ShiftedBetaGeometric::fit(&Cohorts::from_survivors(&cohorts).unwrap()).unwrap();
    let one = ShiftedBetaGeometric::fit(&Cohorts::from_survivors(&cohorts[..1]).unwrap()).unwrap();
    for (t, survivors) in (1..).zip(&oldest[1..]) {
        close(all.model.survivor(t), *survivors as f64 / 10_000.0, 0.01);
    }
    assert!(all.standard_errors().unwrap()[0] < one.standard_errors().unwrap()[0]);
}

#[test]
fn intervals_of_survivors_and_of_residual_lifetime() {
    let fit = BetaDiscreteWeibull::fit(&seen(&HIGH_END, 7)).unwrap();
    let twelve = forecast_share(&fit, |model| Some(model.survivor(12))).unwrap();
    assert!(twelve.low < 0.394 && twelve.high > 0.394 && twelve.standard_error < 0.05, "{twelve:?}");
    let lifetime = forecast(&fit, |model| model.derl(0.1, 7).ok()).unwrap();
    assert!(lifetime.low > 5.0 && lifetime.high < 11.0, "{lifetime:?}");
    assert!(
        forecast(&fit, |model| model.expected_renewals(7).ok()).is_none(),
        "its mean lifetime is infinite"
    );
}

/// Margin · retention / (1 + discount - retention) for a margin of 100 and 10 %: the textbook's 266.67, 450, 633.33.
#[test]
fn the_textbook_formula() {
    for (retention, want) in [(0.8, 266.67), (0.9, 450.0), (0.95, 633.33)] {
        close(textbook_value(100.0, retention, 0.1).unwrap(), want, 5e-3);
    }
}

#[test]
fn no_cohort_breaks_a_fit() {
    let refused = |survivors: &[u64]| {
        ShiftedBetaGeometric::fit(&Cohorts::from_survivors(&[survivors]).unwrap()).is_err()
    };
    assert!(refused(&[1_000]) && refused(&[1_000, 999]) && refused(&[30, 0]));
    for survivors in [
        vec![1_000, 0],
        vec![1_000, 500],
        vec![1_000, 900, 900, 900, 900],
        vec![1_000_000_000_000, 1, 1, 0],
        vec![1_000, 999, 998, 0],
        vec![1_000, 800, 640, 512, 410, 328],
    ] {
        let cohorts = Cohorts::from_survivors(std::slice::from_ref(&survivors)).unwrap();
        let (sbg, bdw) =
            (ShiftedBetaGeometric::fit(&cohorts).unwrap(), BetaDiscreteWeibull::fit(&cohorts).unwrap());
        for t in [0, 1, 2, 50, 1_000_000_000] {
            for survivor in [sbg.model.survivor(t), bdw.model.survivor(t)] {
                assert!((0.0..=1.0).contains(&survivor), "{survivors:?} {t} {survivor}");
            }
        }
        for t in [0, 7, 1_000_000] {
            for derl in [sbg.model.derl(0.1, t).unwrap(), bdw.model.derl(1e-6, t).unwrap()] {
                assert!(derl.is_finite() && derl >= 0.0, "{survivors:?} {t} {derl}");
            }
        }
        assert!(sbg.log_likelihood.is_finite() && bdw.log_likelihood.is_finite());
    }
}

/// 60 customers who stay long: on the logarithm the interval of S(1) would go beyond 1.
#[test]
fn intervals_of_shares_stay_shares() {
    let fit = ShiftedBetaGeometric::fit(&Cohorts::from_survivors(&[[60, 59, 55, 38]]).unwrap()).unwrap();
    for t in 0..60 {
        let share = forecast_share(&fit, |model| Some(model.survivor(t))).unwrap();
        assert!(0.0 <= share.low && share.low <= share.value, "{share:?}");
        assert!(share.value <= share.high && share.high <= 1.0, "{share:?}");
    }
    assert!(forecast_share(&fit, |_| Some(1.5)).is_none() && forecast_share(&fit, |_| None).is_none());
}

#[test]
fn without_curvature_a_share_may_be_anything() {
    let mut fit = ShiftedBetaGeometric::fit(&seen(&HIGH_END, 7)).unwrap();
    fit.covariance = None;
    let twelve = forecast_share(&fit, |model| Some(model.survivor(12))).unwrap();
    assert_eq!((twelve.low, twelve.high), (0.0, 1.0));
    assert!(forecast(&fit, |model| model.derl(0.1, 7).ok()).is_none() && fit.intervals(0.95).is_none());
}
