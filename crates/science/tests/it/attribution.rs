//! Attribution: the textbook example, known games, and that credits always add up.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use proptest::prelude::*;
use science::attribution::*;

const RULES: [Rule; 8] = [
    Rule::First,
    Rule::Last,
    Rule::Linear,
    Rule::Position { first: 0.4, last: 0.4 },
    Rule::TimeDecay { half_life: 7.0 },
    Rule::Shapley,
    Rule::ShapleyRate { seed: 1 },
    Rule::Markov,
];

fn shares(journeys: &Journeys, rule: Rule) -> Vec<f64> {
    journeys.attribute(rule).credits.iter().map(|c| c.share).collect()
}

fn near(got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() <= tolerance), "{got:?} against {want:?}");
}

/// Spec table 1.5, the textbook example: removal effects .5 1 1, shares .2 .4 .4, to 1e-12.
#[test]
fn the_textbook_markov_chain() {
    let lost = [Journey::lost(&[0]), Journey::lost(&[1, 2])];
    let [one, two] = lost;
    let journeys =
        Journeys::new(&["C1", "C2", "C3"], vec![Journey::bought(&[0, 1, 2], 5.0), one, two]).unwrap();
    let effects: Vec<f64> = journeys.removal_effects().iter().map(|r| r.effect).collect();
    near(&effects, &[0.5, 1.0, 1.0], 1e-12);
    near(&shares(&journeys, Rule::Markov), &[0.2, 0.4, 0.4], 1e-12);
    near(&shares(&journeys, Rule::First), &[1.0, 0.0, 0.0], 0.0);
    near(&shares(&journeys, Rule::Last), &[0.0, 0.0, 1.0], 0.0);
    near(&shares(&journeys, Rule::Linear), &[1.0 / 3.0; 3], 1e-12);
    near(&shares(&journeys, Rule::Position { first: 0.4, last: 0.4 }), &[0.4, 0.2, 0.4], 1e-12);
    near(&shares(&journeys, Rule::TimeDecay { half_life: 1.0 }), &[1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0], 1e-12);
    assert_eq!(journeys.n(), 3);
}

/// By hand: v = conversions among journeys with only these channels. {a}: 2, {a, b}: 4 more, so a has 2 + 2, b has 2.
#[test]
fn shapley_is_the_average_over_orders() {
    let journey = |channels: &[u8], conversions: f64, lost: f64| Journey {
        channels: channels.to_vec(),
        ages: Vec::new(),
        conversions,
        value: 10.0 * conversions,
        lost,
    };
    let rows = vec![journey(&[0, 0], 2.0, 8.0), journey(&[1, 0], 4.0, 6.0)];
    let journeys = Journeys::new(&["a", "b"], rows.clone()).unwrap();
    near(&shares(&journeys, Rule::Shapley), &[4.0 / 6.0, 2.0 / 6.0], 1e-12);
    let sets = |set: u64| -> f64 {
        let within = |j: &&Journey| j.channels.iter().all(|c| set >> c & 1 == 1);
        rows.iter().filter(within).map(|j| j.conversions).sum()
    };
    near(&shapley_values(2, sets, 0).values, &[4.0, 2.0], 1e-12);
    // Rate: v(a) = .2, v(b) = 0, v(ab) = .3; a has (.2 + .3) / 2, b has (.1 + 0) / 2.
    near(&shares(&journeys, Rule::ShapleyRate { seed: 0 }), &[0.25 / 0.3, 0.05 / 0.3], 1e-12);
}

/// 14 players in a game whose values are known: each is worth its weight, and pairs (0, 1) add 1 together.
#[test]
fn sampled_shapley_lies_within_its_errors() {
    let worth = |set: u64| {
        let single: f64 = (0..14).filter(|i| set >> i & 1 == 1).map(f64::from).sum();
        single + f64::from(u8::from(set & 3 == 3))
    };
    let got = shapley_values(14, worth, 5);
    let errors = got.standard_errors.unwrap();
    for (i, (value, error)) in got.values.iter().zip(errors).enumerate() {
        let want = i as f64 + if i < 2 { 0.5 } else { 0.0 };
        assert!((value - want).abs() <= 4.0 * error + 1e-9, "{i}: {value} ± {error}");
    }
    assert!((got.values.iter().sum::<f64>() - 92.0).abs() < 1e-9);
}

#[test]
fn sampling_has_the_same_bits_on_any_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let worth = |set: u64| (set.count_ones() as f64).sqrt() + f64::from(u8::from(set & 5 == 5));
        pool.install(|| shapley_values(15, worth, 3)).values.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}

#[test]
fn what_is_wrong_is_named() {
    let error = Journeys::new(&["a"], vec![Journey::lost(&[0]), Journey::bought(&[3], 1.0)]).unwrap_err();
    assert_eq!(error, AttributionError::UnknownChannel { journey: 1, channel: 3 });
    assert_eq!(Journeys::new::<&str>(&[], Vec::new()).unwrap_err(), AttributionError::Channels(0));
    let odd = Journey { ages: vec![1.0], ..Journey::lost(&[0, 0]) };
    assert_eq!(Journeys::new(&["a"], vec![odd]).unwrap_err(), AttributionError::Ages { journey: 0 });
}

fn journey(channels: usize) -> impl Strategy<Value = Journey> {
    let amount = || prop_oneof![Just(0.0), 0.0..5.0_f64, Just(1e9)];
    (prop::collection::vec(0..channels as u8, 0..6), amount(), amount(), amount(), any::<bool>()).prop_map(
        |(channels, conversions, value, lost, aged)| {
            let ages =
                if aged { channels.iter().map(|c| f64::from(*c) * 400.0).collect() } else { Vec::new() };
            Journey { channels, ages, conversions, value, lost }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn credits_add_up(rows in prop::collection::vec(journey(5), 0..12), half_life in -1.0..1e4_f64) {
        let journeys = Journeys::new(&["a", "b", "c", "d", "e"], rows).unwrap();
        for rule in RULES.into_iter().chain([Rule::TimeDecay { half_life }]) {
            let result = journeys.attribute(rule);
            let sum: f64 = result.credits.iter().map(|c| c.conversions).sum();
            prop_assert!((sum - result.conversions).abs() <= 1e-6 * result.conversions.max(1.0), "{:?} {:?}", rule, result);
            let value: f64 = result.credits.iter().map(|c| c.value).sum();
            prop_assert!((value - result.value).abs() <= 1e-6 * result.value.max(1.0), "{:?} {:?}", rule, result);
            prop_assert!(result.credits.iter().all(|c| c.share.is_finite()));
        }
    }
}
