//! Survey figures: published intervals, exact coverage, Johnson's weights, and the edges.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use proptest::prelude::*;
use science::satisfaction::{Answers, ModelError};
use science::survey::{
    Attribute, CutRule, Figure, Interval, Mean, Nps, Proportion, Quadrant, compare_means, compare_nps,
    compare_shares, compare_waves, cronbach_alpha, customer_effort_score, holm, importance_performance,
    relative_weights,
};

fn assert_interval(got: Interval, want: (f64, f64)) {
    let close = (got.low - want.0).abs() < 6e-5 && (got.high - want.1).abs() < 6e-5;
    assert!(close, "{got:?} is not {want:?}");
}

/// Newcombe (1998), Statistics in Medicine 17:857, Table I, methods 3 and 5, to four decimals.
#[test]
fn wilson_and_exact_intervals_of_newcombe_1998() {
    let table = [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ];
    for (yes, n, wilson, exact) in table {
        let share = Proportion::new(yes, n).unwrap();
        assert_interval(share.wilson, wilson);
        assert_interval(share.exact, exact);
    }
}

/// Newcombe (1998), Statistics in Medicine 17:873, Table II, method 10, to four decimals.
#[test]
fn difference_of_shares_of_newcombe_1998() {
    let table = [
        ((48, 80), (56, 70), (0.0524, 0.3339)),
        ((3, 10), (9, 10), (0.1705, 0.8090)),
        ((2, 7), (6, 7), (0.0582, 0.8062)),
        ((0, 29), (5, 56), (-0.0381, 0.1926)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ];
    for (before, after, want) in table {
        let share = |(yes, n)| Proportion::new(yes, n).unwrap();
        assert_interval(compare_shares(&share(before), &share(after)).interval, want);
    }
}

/// The probability that the NPS interval holds the truth, summed over every possible outcome.
fn nps_coverage(n: u64, promoters: f64, detractors: f64) -> f64 {
    let ln_factorial = |k: u64| (1..=k).map(|i| (i as f64).ln()).sum::<f64>();
    let passives = 1.0 - promoters - detractors;
    let mut covered = 0.0;
    for b in 0..=n {
        for c in 0..=n - b {
            let interval = Nps::new(b, n - b - c, c).unwrap().interval;
            let truth = promoters - detractors;
            if interval.low <= truth && truth <= interval.high {
                let ways = ln_factorial(n) - ln_factorial(b) - ln_factorial(c) - ln_factorial(n - b - c);
                let likely = b as f64 * promoters.ln() + c as f64 * detractors.ln();
                covered += (ways + likely + (n - b - c) as f64 * passives.ln()).exp();
            }
        }
    }
    covered
}

#[test]
fn the_nps_interval_covers_95_percent_even_of_thirty_answers() {
    for (promoters, detractors) in [(0.5, 0.2), (0.3, 0.3), (0.7, 0.1), (0.1, 0.6), (0.45, 0.45)] {
        let coverage = nps_coverage(30, promoters, detractors);
        assert!((0.93..0.975).contains(&coverage), "{promoters} {detractors}: {coverage}");
    }
}

/// Where nobody is a detractor the score is a share, and its interval Wilson's.
#[test]
fn the_nps_interval_at_the_ends_is_wilsons() {
    let (nps, share) = (Nps::new(0, 40, 0).unwrap(), Proportion::new(0, 40).unwrap());
    assert!((nps.interval.high - share.wilson.high).abs() < 1e-12);
    assert!((nps.interval.low + share.wilson.high).abs() < 1e-12);
    assert_eq!(Nps::new(40, 0, 0).unwrap().interval.high, 1.0);
}

/// 32 cars of Motor Trend 1974 (mpg, cyl, disp, hp, gear).
const CARS: [[f64; 5]; 32] = [
    [21.0, 6.0, 160.0, 110.0, 4.0],
    [21.0, 6.0, 160.0, 110.0, 4.0],
    [22.8, 4.0, 108.0, 93.0, 4.0],
    [21.4, 6.0, 258.0, 110.0, 3.0],
    [18.7, 8.0, 360.0, 175.0, 3.0],
    [18.1, 6.0, 225.0, 105.0, 3.0],
    [14.3, 8.0, 360.0, 245.0, 3.0],
    [24.4, 4.0, 146.7, 62.0, 4.0],
    [22.8, 4.0, 140.8, 95.0, 4.0],
    [19.2, 6.0, 167.6, 123.0, 4.0],
    [17.8, 6.0, 167.6, 123.0, 4.0],
    [16.4, 8.0, 275.8, 180.0, 3.0],
    [17.3, 8.0, 275.8, 180.0, 3.0],
    [15.2, 8.0, 275.8, 180.0, 3.0],
    [10.4, 8.0, 472.0, 205.0, 3.0],
    [10.4, 8.0, 460.0, 215.0, 3.0],
    [14.7, 8.0, 440.0, 230.0, 3.0],
    [32.4, 4.0, 78.7, 66.0, 4.0],
    [30.4, 4.0, 75.7, 52.0, 4.0],
    [33.9, 4.0, 71.1, 65.0, 4.0],
    [21.5, 4.0, 120.1, 97.0, 3.0],
    [15.5, 8.0, 318.0, 150.0, 3.0],
    [15.2, 8.0, 304.0, 150.0, 3.0],
    [13.3, 8.0, 350.0, 245.0, 3.0],
    [19.2, 8.0, 400.0, 175.0, 3.0],
    [27.3, 4.0, 79.0, 66.0, 4.0],
    [26.0, 4.0, 120.3, 91.0, 5.0],
    [30.4, 4.0, 95.1, 113.0, 5.0],
    [15.8, 8.0, 351.0, 264.0, 5.0],
    [19.7, 6.0, 145.0, 175.0, 5.0],
    [15.0, 8.0, 301.0, 335.0, 5.0],
    [21.4, 4.0, 121.0, 109.0, 4.0],
];

fn cars() -> Answers {
    let column = |at: usize| CARS.iter().map(|car| car[at]).collect::<Vec<f64>>();
    Answers::new(
        ["mpg", "cyl", "disp", "hp", "gear"].iter().enumerate().map(|(at, name)| (*name, column(at))),
    )
    .unwrap()
}

/// The example of the R package rwa (Chan): R² .7791896, to seven decimals.
#[test]
fn relative_weights_of_the_rwa_package() {
    let drivers = relative_weights(&cars(), "mpg", &["cyl", "disp", "hp", "gear"], 200, 3).unwrap();
    assert!((drivers.r_squared - 0.779_189_6).abs() < 1e-7, "{}", drivers.r_squared);
    let want = [0.228_479_7, 0.222_146_9, 0.232_174_4, 0.096_388_6];
    for (driver, want) in drivers.drivers.iter().zip(want) {
        assert!((driver.weight - want).abs() < 1e-7, "{driver:?}, not {want}");
        assert!(driver.low < driver.weight && driver.weight < driver.high);
    }
}

#[test]
fn relative_weights_have_the_same_bits_on_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| relative_weights(&cars(), "mpg", &["cyl", "hp"], 200, 9).unwrap())
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}

#[test]
fn too_few_resamples_are_refused() {
    let few = ModelError::TooFewDraws(science::TooFewDraws { asked: 199, used: 199 });
    assert_eq!(relative_weights(&cars(), "mpg", &["cyl", "hp"], 199, 9).unwrap_err(), few);
}

#[test]
fn two_equal_drivers_share_what_one_explains() {
    let x = vec![1.0, 2.0, 4.0, 3.0, 6.0, 5.0];
    let y = vec![1.0, 3.0, 3.0, 4.0, 5.0, 6.0];
    let answers = Answers::new([("y", y), ("a", x.clone()), ("b", x)]).unwrap();
    let drivers = relative_weights(&answers, "y", &["a", "b"], 300, 0).unwrap().drivers;
    assert!((drivers[0].weight - drivers[1].weight).abs() < 1e-9);
    assert!((2.0 * drivers[0].weight - drivers[0].correlation.powi(2)).abs() < 1e-9);
}

#[test]
fn a_change_is_told_from_chance() {
    let (before, after) = (Nps::new(400, 300, 300).unwrap(), Nps::new(460, 300, 240).unwrap());
    let change = compare_nps(&before, &after);
    // 0.12 against √(variance of all 2,000, 0.70 - 0.16², × 2 / 1,000): z = 3.25.
    let z = 0.12 / ((0.70 - 0.16_f64.powi(2)) * 0.002).sqrt();
    assert!((change.difference - 0.12).abs() < 1e-12 && change.large_enough);
    assert!((change.p_value - 0.001_1).abs() < 1e-4, "{} at z {z}", change.p_value);
    assert!(change.interval.low > 0.0);
    let same = Proportion::new(50, 100).unwrap();
    let waves = compare_waves(&[
        ("nps".into(), Figure::Nps(before, after)),
        ("csat".into(), Figure::Share(same, same)),
    ]);
    assert!(waves[0].significant && !waves[1].significant && waves[1].change.p_value == 1.0);
    assert!((waves[0].adjusted_p_value - 2.0 * change.p_value).abs() < 1e-15);
}

/// Student's sleep data (1908), as R's `t.test(extra ~ group)` compares them: t = -1.8608, 17.776 degrees, p = .07939,
/// -3.3654832 to .2054832.
#[test]
fn means_are_compared_as_in_r() {
    let first = Mean::new(&[0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]).unwrap();
    let second = Mean::new(&[1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]).unwrap();
    let change = compare_means(&second, &first);
    assert!((change.difference + 1.58).abs() < 1e-12 && !change.large_enough);
    assert!((change.p_value - 0.079_39).abs() < 6e-6, "{change:?}");
    assert!(
        (change.interval.low + 3.365_483_2).abs() < 1e-6 && (change.interval.high - 0.205_483_2).abs() < 1e-6
    );
    let waves = compare_waves(&[("effort".into(), Figure::Mean(second, first))]);
    assert!(!waves[0].significant && waves[0].change == change);
    assert_eq!((Mean::new(&[4.0]), Mean::new(&[4.0, f64::NAN])), (None, None));
    let alike = Mean::new(&[4.0; 40]).unwrap();
    assert_eq!(compare_means(&alike, &alike).p_value, 1.0);
}

#[test]
fn attributes_on_a_cut_count_as_high() {
    let attribute = |importance, performance| Attribute { name: "a".into(), importance, performance };
    let attributes = [attribute(5.0, 5.0), attribute(4.9, 5.0), attribute(5.0, 4.9), attribute(1.0, 1.0)];
    let rule = CutRule::At { importance: 5.0, performance: 5.0 };
    let want =
        [Quadrant::KeepUp, Quadrant::PossibleOverkill, Quadrant::ConcentrateHere, Quadrant::LowPriority];
    assert_eq!(importance_performance(&attributes, rule).unwrap().quadrants, want);
    let median = importance_performance(&attributes, CutRule::Median).unwrap();
    assert_eq!((median.importance, median.performance), (4.95, 4.95));
    assert!(importance_performance(&[], rule).is_err());
    assert!(importance_performance(&[attribute(f64::NAN, 1.0)], rule).is_err());
}

#[test]
fn scores_outside_the_scale_are_named() {
    assert_eq!(Nps::of_scores(&[10, 11]).unwrap_err().row, 1);
    assert_eq!(customer_effort_score(&[7, 7, 0]).unwrap_err().row, 2);
    assert_eq!(customer_effort_score(&[]), Ok(None));
    assert_eq!(customer_effort_score(&[7, 7]).unwrap().unwrap().interval, None);
    assert_eq!(Nps::of_scores(&[]), Ok(None));
}

/// Feldt's interval holds the alpha of parallel items: with k = 4 items of reliability 1/2, alpha = .8.
#[test]
fn alpha_of_simulated_parallel_items() {
    use rand::Rng;
    use rand_distr::StandardNormal;
    let mut covered = 0;
    for world in 0..300 {
        let mut dice = science::random::stream(11, world);
        let mut items = vec![Vec::new(); 4];
        for _ in 0..100 {
            let truth: f64 = dice.sample(StandardNormal);
            items.iter_mut().for_each(|item| item.push(truth + dice.sample::<f64, _>(StandardNormal)));
        }
        let answers = Answers::new(["a", "b", "c", "d"].into_iter().zip(items)).unwrap();
        let alpha = cronbach_alpha(&answers, &["a", "b", "c", "d"]).unwrap().unwrap();
        covered += u32::from(alpha.low <= 0.8 && 0.8 <= alpha.high);
    }
    // 285 ± 3 × 3.8.
    assert!((274..=296).contains(&covered), "{covered} of 300");
}

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), 0..50_u64, Just(1_000_000_000)]
}

fn within(interval: Interval, value: f64, lowest: f64) {
    let ends = [interval.low, interval.high];
    assert!(ends.iter().all(|v| v.is_finite() && (lowest..=1.0).contains(v)), "{interval:?}");
    assert!(interval.low <= value && value <= interval.high, "{value} {interval:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn intervals_hold_their_value_at_any_count(yes in count(), no in count(), passive in count()) {
        if let Some(share) = Proportion::new(yes, yes + no) {
            within(share.wilson, share.value, 0.0);
            within(share.exact, share.value, 0.0);
        }
        if let Some(nps) = Nps::new(yes, passive, no) {
            within(nps.interval, nps.value, -1.0);
            let change = compare_nps(&nps, &Nps::new(1, 1, 1).unwrap());
            prop_assert!((0.0..=1.0).contains(&change.p_value) && change.interval.low.is_finite());
        }
    }

    #[test]
    fn holm_keeps_order_and_never_lowers(p in prop::collection::vec(0.0..=1.0_f64, 0..12)) {
        let adjusted = holm(&p);
        for (a, b) in p.iter().zip(&adjusted) {
            prop_assert!(b >= a && *b <= 1.0);
        }
    }
}
