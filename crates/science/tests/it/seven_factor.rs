//! The seven-factor model finds a known truth again. 1,000 worlds: `examples/recovery_satisfaction.rs`.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use rayon::prelude::*;
use science::satisfaction::sem::{Status, Term};
use science::satisfaction::{Answers, SevenFactor};

const TRUTH: [f64; 10] = SevenFactor::EXAMPLE.effects;

/// Mean estimates of the ten paths over worlds.
fn means(worlds: u64, n: usize, estimate: impl Fn(&SevenFactor, &Answers) -> [f64; 10] + Sync) -> [f64; 10] {
    let preset = SevenFactor::with_items(3);
    let one = |world| estimate(&preset, &preset.simulate(&SevenFactor::EXAMPLE, n, world));
    let all: Vec<[f64; 10]> = (0..worlds).into_par_iter().map(one).collect();
    std::array::from_fn(|at| all.iter().map(|world| world[at]).sum::<f64>() / worlds as f64)
}

/// Bias below .02 at N = 2,000. Over 40 worlds the mean itself errs by about .04 / √40 = .006.
#[test]
fn consistent_pls_and_covariance_sem_are_unbiased_and_plain_pls_attenuates() {
    let by_pls = |consistent: bool| {
        move |preset: &SevenFactor, answers: &Answers| {
            let fit = preset.pls().consistent(consistent).fit(answers).unwrap();
            SevenFactor::paths().map(|(from, to)| fit.path(from, to).unwrap())
        }
    };
    let by_sem = |preset: &SevenFactor, answers: &Answers| {
        let fit = preset.cb_sem().fit(answers).unwrap();
        SevenFactor::paths().map(|(from, to)| fit.regression(to, from).unwrap().standardised.unwrap())
    };
    let (plain, consistent, sem) =
        (means(40, 2_000, by_pls(false)), means(40, 2_000, by_pls(true)), means(40, 2_000, by_sem));
    for at in 0..10 {
        assert!((consistent[at] - TRUTH[at]).abs() < 0.02, "PLSc path {at}: {}", consistent[at]);
        assert!((sem[at] - TRUTH[at]).abs() < 0.02, "CB-SEM path {at}: {}", sem[at]);
    }
    // The strong effects: measured with error they look weaker by far more than that.
    for at in [1, 3, 4, 8] {
        assert!(plain[at] < TRUTH[at] - 0.05, "plain PLS path {at}: {}", plain[at]);
    }
}

/// Of 120 × 10 intervals 95 % ± 3.5 points: worlds' paths are correlated, so the bound is wider than the binomial's.
#[test]
fn intervals_cover_the_truth() {
    let preset = SevenFactor::with_items(3);
    let covered = |world: u64| -> (usize, usize) {
        let answers = preset.simulate(&SevenFactor::EXAMPLE, 400, 1_000 + world);
        let sem = preset.cb_sem().fit(&answers).unwrap();
        assert_eq!(sem.status, Status::Converged);
        let intervals = preset.pls().consistent(true).bootstrap(&answers, 150, world).unwrap();
        let holds = |at: &usize| {
            let (from, to) = SevenFactor::paths()[*at];
            let parameter = sem.regression(to, from).unwrap();
            (parameter.standardised.unwrap() - TRUTH[*at]).abs()
                <= 1.96 * parameter.standardised_error.unwrap()
        };
        let holds_by_pls = |at: &usize| {
            let (from, to) = SevenFactor::paths()[*at];
            intervals.path(from, to).is_some_and(|i| i.low <= TRUTH[*at] && TRUTH[*at] <= i.high)
        };
        ((0..10).filter(holds).count(), (0..10).filter(holds_by_pls).count())
    };
    let counts: Vec<(usize, usize)> = (0..120_u64).into_par_iter().map(covered).collect();
    let share = |of: fn(&(usize, usize)) -> usize| counts.iter().map(of).sum::<usize>() as f64 / 1_200.0;
    let (sem, pls) = (share(|c| c.0), share(|c| c.1));
    assert!((0.915..=0.985).contains(&sem), "CB-SEM {sem}");
    assert!((0.91..=0.985).contains(&pls), "PLSc {pls}");
}

#[test]
fn the_simulated_correlations_are_those_of_the_truth() {
    let preset = SevenFactor::with_items(3);
    let answers = preset.simulate(&SevenFactor::EXAMPLE, 20_000, 5);
    let fit = preset.cb_sem().fit(&answers).unwrap();
    let correlation =
        |a: &str, b: &str| fit.parameter(&Term::covariance(a, b)).unwrap().standardised.unwrap();
    assert!((correlation("desires", "expectations") - 0.4).abs() < 0.03);
    assert!((correlation("expectations", "performance") - 0.15).abs() < 0.03);
    let loading = fit.parameter(&Term::loading("performance", "performance2")).unwrap();
    assert!((loading.standardised.unwrap() - 0.8).abs() < 0.02);
    // The true model is not rejected, but for one time in a thousand.
    assert!(fit.measures.p_value.unwrap() > 0.001, "{:?}", fit.measures);
}
