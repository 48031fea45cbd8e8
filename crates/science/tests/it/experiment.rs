//! Experiments: Hillstrom's e-mail test as published, textbook sample sizes, and simulations of the promises.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::real;
use proptest::prelude::*;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use science::experiment::plan::Design;
use science::experiment::*;
use science::random::stream;

/// One arm of Hillstrom's test.
struct Hillstrom {
    visit: Rate,
    conversion: Rate,
    spend: Vec<f64>,
    history_and_spend: Vec<(f64, f64)>,
}

/// The customers of one segment of MineThatData's e-mail challenge (Hillstrom 2008).
fn hillstrom(segment: &str) -> Option<Hillstrom> {
    let text = real::text("uplift/hillstrom.csv.gz")?;
    let mut arm = Hillstrom {
        visit: Rate { successes: 0, n: 0 },
        conversion: Rate { successes: 0, n: 0 },
        spend: Vec::new(),
        history_and_spend: Vec::new(),
    };
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        let record = record.unwrap();
        if &record[8] != segment {
            continue;
        }
        let number = |column: usize| record[column].parse::<f64>().unwrap();
        arm.visit = Rate { successes: arm.visit.successes + number(9) as u64, n: arm.visit.n + 1 };
        arm.conversion = Rate { successes: arm.conversion.successes + number(10) as u64, n: arm.visit.n };
        arm.spend.push(number(11));
        arm.history_and_spend.push((number(2), number(11)));
    }
    Some(arm)
}

fn near(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} against {want}");
}

/// Spec table 1.5 (recomputed from the data): rates and uplifts to the six digits printed, spend's normal interval to four.
#[test]
fn hillstroms_lift() {
    let Some(none) = hillstrom("No E-Mail") else { return };
    let (mens, womens) = (hillstrom("Mens E-Mail").unwrap(), hillstrom("Womens E-Mail").unwrap());
    assert_eq!(none.visit.n + mens.visit.n + womens.visit.n, 64_000);
    for (arm, visit, conversion, spend) in [
        (
            &mens,
            (0.182757, 0.076590, 0.003386),
            (0.012531, 0.006805, 0.000921),
            (1.422617, 0.769827, 0.145247),
        ),
        (
            &womens,
            (0.151400, 0.045233, 0.003234),
            (0.008837, 0.003111, 0.000823),
            (1.077202, 0.424412, 0.130333),
        ),
    ] {
        for (of_arm, of_none, (rate, lift, error)) in
            [(arm.visit, none.visit, visit), (arm.conversion, none.conversion, conversion)]
        {
            let got = rate_lift(of_arm, of_none).unwrap();
            near(got.treated.value, rate, 6e-7);
            near(got.difference.value, lift, 6e-7);
            near(got.difference.standard_error, error, 6e-7);
            assert_eq!(got.evidence, Evidence::Higher);
        }
        let got = mean_lift(&arm.spend, &none.spend, Bootstrap { draws: 400, seed: 3 }).unwrap();
        near(got.treated, spend.0, 6e-7);
        near(got.difference.value, spend.1, 6e-7);
        near(got.difference.standard_error, spend.2, 6e-7);
        near(got.bootstrap.standard_error, spend.2, 0.1 * spend.2);
        assert_eq!(got.evidence, Evidence::Higher);
    }
    let mens_spend = mean_lift(&mens.spend, &none.spend, Bootstrap { draws: 200, seed: 3 }).unwrap();
    near(mens_spend.difference.low, 0.4851, 6e-5);
    near(mens_spend.difference.high, 1.0545, 6e-5);
    near(none.visit.successes as f64 / none.visit.n as f64, 0.106167, 6e-7);
    near(none.conversion.successes as f64 / none.conversion.n as f64, 0.005726, 6e-7);
    near(mens_spend.control, 0.652789, 6e-7);
}

/// Hillstrom's spend hardly depends on last year's, so CUPED must say that it gains little, and keep the estimate.
#[test]
fn hillstroms_history_explains_little() {
    let (Some(none), Some(mens)) = (hillstrom("No E-Mail"), hillstrom("Mens E-Mail")) else { return };
    let got = cuped(&mens.history_and_spend, &none.history_and_spend).unwrap();
    near(got.uncorrected.standard_error, 0.145247, 6e-7);
    near(got.difference.value, 0.77, 0.02);
    assert!((0.0..0.01).contains(&got.variance_reduction), "{got:?}");
}

/// `power.prop.test` of R's stats package, its own examples: n = 76.7 (power .9) and power = .740 (n = 50) for .50 against
/// .75; `power.t.test(delta = 1, power = .90)`: n = 22.02.
#[test]
fn sample_sizes_of_r() {
    let design = Design { power: 0.9, ..Design::default() };
    near(design.for_rates(0.5, 0.75).unwrap().exact_control, 76.7, 0.06);
    near(design.power_for_rates((0.5, 50), (0.75, 50)).unwrap(), 0.740, 6e-4);
    near(design.for_means(1.0, 1.0).unwrap().exact_control, 22.02, 0.06);
    let more = Design::default().detectable_rate(0.1, 20_000).unwrap().unwrap();
    let needed = Design::default().for_rates(0.1, 0.1 + more).unwrap().total();
    assert!((19_998..=20_000).contains(&needed), "{needed}");
    assert_eq!(Design::default().for_rates(0.1, 0.12).unwrap().days(1_000.0), Some(14));
    assert!(Design::default().for_rates(0.1, 0.1).is_err());
    // A tenth left out needs more customers in all than a half.
    let tenth = Design { holdout: 0.1, ..Design::default() }.for_rates(0.1, 0.12).unwrap();
    assert!(tenth.total() > 2 * Design::default().for_rates(0.1, 0.12).unwrap().control);
    near(tenth.treated as f64 / tenth.control as f64, 9.0, 0.01);
}

/// The planned sample finds the planned difference as often as promised, and none where there is none.
#[test]
fn planned_power_is_had() {
    let (p, q) = (0.10, 0.13);
    let n = Design::default().for_rates(p, q).unwrap().control;
    let found = |treated: f64, first: u64| {
        let one = |world: u64| {
            let mut random = stream(11, world);
            let mut draw = |share: f64| Rate {
                successes: (0..n).filter(|_| random.random_bool(share)).count() as u64,
                n,
            };
            u64::from(rate_lift(draw(treated), draw(p)).unwrap().p_value < 0.05)
        };
        (first..first + 1_000).into_par_iter().map(one).sum::<u64>() as f64 / 1_000.0
    };
    near(found(q, 0), 0.8, 0.04);
    near(found(p, 1_000), 0.05, 0.022);
}

/// Intervals hold what they promise on a skewed amount: 97 % buy nothing, the others log-normally much.
#[test]
fn bca_covers_skewed_revenue() {
    let spend = |random: &mut rand_chacha::ChaCha8Rng, rate: f64| -> f64 {
        if random.random_bool(rate) {
            let z: f64 = rand_distr::Distribution::sample(&rand_distr::StandardNormal, random);
            (3.0 + z).exp()
        } else {
            0.0
        }
    };
    let truth = (0.05 - 0.03) * 3.5_f64.exp();
    let covers = |world: u64| {
        let mut random = stream(5, world);
        let treated: Vec<f64> = (0..4_000).map(|_| spend(&mut random, 0.05)).collect();
        let control: Vec<f64> = (0..2_000).map(|_| spend(&mut random, 0.03)).collect();
        let lift = mean_lift(&treated, &control, Bootstrap { draws: 300, seed: 1_000_000 + world }).unwrap();
        usize::from(lift.bootstrap.low <= truth && truth <= lift.bootstrap.high)
    };
    let covered: usize = (0..200).into_par_iter().map(covers).sum();
    assert!((0.90..=0.985).contains(&(covered as f64 / 200.0)), "{covered} of 200");
}

/// Looks after every pair up to 4,000 pairs; returns how often the test stops, and how often a plain 5 % test would have.
fn peeking(seed: u64, share: f64, lift: f64, worlds: u64) -> (f64, f64) {
    let one = |world: u64| {
        let mut random = stream(seed, world);
        let mut test = SequentialTest::new(0.05, 0.05).unwrap();
        let (mut a, mut b) = (Arm::default(), Arm::default());
        let (mut stopped, mut naive) = (false, false);
        for pair in 0..4_000_u64 {
            a.add(f64::from(u8::from(random.random_bool(share + lift))));
            b.add(f64::from(u8::from(random.random_bool(share))));
            stopped |= test.look(a, b).evidence != Evidence::Unclear;
            if pair >= 100 {
                let rate = |arm: Arm| Rate { successes: arm.sum as u64, n: arm.n };
                naive |= rate_lift(rate(a), rate(b)).unwrap().p_value < 0.05;
            }
        }
        (u32::from(stopped), u32::from(naive))
    };
    let all: Vec<(u32, u32)> = (0..worlds).into_par_iter().map(one).collect();
    let share = |pick: fn(&(u32, u32)) -> u32| f64::from(all.iter().map(pick).sum::<u32>()) / worlds as f64;
    (share(|w| w.0), share(|w| w.1))
}

/// Johari et al.: type I error under continuous peeking stays below alpha, while a fixed-size test looked at as often
/// errs several times as often; a real lift is still found.
#[test]
fn peeking_does_not_break_the_promise() {
    for (seed, share) in [(23, 0.05), (24, 0.3)] {
        let (sequential, naive) = peeking(seed, share, 0.0, 400);
        assert!(sequential <= 0.05 + 3.0 * (0.05_f64 * 0.95 / 400.0).sqrt(), "{share}: {sequential}");
        assert!(naive > 0.2, "{share}: {naive}");
    }
    let (found, _) = peeking(25, 0.1, 0.05, 60);
    assert!(found > 0.9, "{found}");
}

/// A test that said "higher" was stopped then: it does not take that back when the world changes afterwards.
#[test]
fn a_decision_stays() {
    let mut test = SequentialTest::new(0.05, 0.05).unwrap();
    let look =
        |test: &mut SequentialTest, a: u64, b: u64, n: u64| test.look(Arm::of_rate(a, n), Arm::of_rate(b, n));
    assert_eq!(look(&mut test, 55, 50, 500).evidence, Evidence::Unclear);
    assert_eq!(look(&mut test, 800, 500, 5_000).evidence, Evidence::Higher);
    let later = look(&mut test, 9_000, 10_500, 100_000);
    assert!(later.high.unwrap() < 0.0, "{later:?}");
    assert_eq!(later.evidence, Evidence::Higher);
    assert!(later.p_value < 0.05);
}

#[test]
fn bootstraps_have_the_same_bits_on_any_threads() {
    let values = |k: u32| -> Vec<f64> { (0..700).map(|i| f64::from(i * k % 97) / 7.0).collect() };
    let (a, b) = (values(31), values(17));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| mean_lift(&a, &b, Bootstrap { draws: 300, seed: 9 }).unwrap().bootstrap)
    };
    let bits = |e: science::Estimate| [e.value, e.standard_error, e.low, e.high].map(f64::to_bits);
    assert_eq!(bits(run(1)), bits(run(2)));
    assert_eq!(bits(run(1)), bits(run(3)));
}

fn sound(e: &science::Estimate) {
    assert!([e.value, e.standard_error, e.low, e.high].iter().all(|v| v.is_finite()), "{e:?}");
    assert!(e.low <= e.value && e.value <= e.high, "{e:?}");
}

proptest! {
    #[test]
    fn any_counts_are_compared_or_refused(
        a in 0..2_000_000_000_u64, m in 0..2_000_000_000_u64, b in 0..3_u64, n in 0..3_u64,
    ) {
        for (t, c) in [((a, m), (b, n)), ((b, n), (a, m)), ((a, a), (0, m)), ((0, n), (0, m))] {
            let (treated, control) = (Rate { successes: t.0, n: t.1 }, Rate { successes: c.0, n: c.1 });
            if let Ok(lift) = rate_lift(treated, control) {
                sound(&lift.difference);
                lift.relative.iter().for_each(sound);
                prop_assert!((0.0..=1.0).contains(&lift.p_value));
                prop_assert!(lift.difference.low >= -1.0 && lift.difference.high <= 1.0);
            }
        }
    }

    #[test]
    fn any_amounts_are_compared_or_refused(
        a in prop::collection::vec(prop_oneof![Just(0.0), -1e9..1e9, Just(7.0), Just(f64::NAN), Just(1e300)], 0..30),
        b in prop::collection::vec(prop_oneof![4 => Just(0.0), 1 => -1e-9..1e12], 0..30),
    ) {
        if let Ok(lift) = mean_lift(&a, &b, Bootstrap { draws: 200, seed: 1 }) {
            sound(&lift.difference);
            sound(&lift.bootstrap);
            lift.relative.iter().for_each(sound);
        }
        let pairs = |v: &[f64]| v.iter().map(|x| (x * 0.5 + 1.0, *x)).collect::<Vec<_>>();
        if let Ok(got) = cuped(&pairs(&a), &pairs(&b)) {
            sound(&got.difference);
            prop_assert!((0.0..=1.0).contains(&got.variance_reduction) && (0.0..=1.0).contains(&got.p_value));
        }
    }

    #[test]
    fn any_plan_is_made_or_refused(p in -0.1..1.1_f64, q in -0.1..1.1_f64, alpha in -0.1..1.1_f64, holdout in 0.0..1.0_f64) {
        let design = Design { alpha, power: 0.8, holdout };
        if let Ok(size) = design.for_rates(p, q) {
            prop_assert!(size.treated >= 2 && size.control >= 2 && size.exact_control.is_finite());
        }
        let _ = design.for_means(p, q);
        let _ = design.detectable_rate(p, 1_000);
        let mut test = SequentialTest::new(0.05, 0.1).unwrap();
        let look = test.look(Arm { n: 60, sum: p * 60.0, squares: p * p * 60.0 }, Arm { n: 0, sum: 0.0, squares: 0.0 });
        prop_assert!(look.value.is_finite() && (0.0..=1.0).contains(&look.p_value));
    }
}

#[test]
fn refusals_name_the_row() {
    let error = mean_lift(&[1.0, f64::NAN], &[1.0, 2.0], Bootstrap::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Row 1 of the treated group is not a finite number; correct it or leave it out."
    );
    assert_eq!(mean_lift(&[1.0; 9], &[1.0; 9], Bootstrap::default()), Err(ExperimentError::NoVariance));
}

/// Welch's interval by Student's t holds its level with five customers a side, where the normal one covers .876.
#[test]
fn a_handful_of_customers_is_judged_by_student() {
    let normal = |random: &mut rand_chacha::ChaCha8Rng| -> f64 { StandardNormal.sample(random) };
    let worlds = 2_000;
    let covered = (0..worlds).filter(|world| {
        let mut random = stream(77, *world);
        let side = |random: &mut _| (0..5).map(|_| normal(random)).collect::<Vec<f64>>();
        let (treated, control) = (side(&mut random), side(&mut random));
        let lift = mean_lift(&treated, &control, Bootstrap { draws: 200, seed: 1 }).unwrap().difference;
        lift.low <= 0.0 && lift.high >= 0.0
    });
    let share = covered.count() as f64 / worlds as f64;
    assert!((0.935..0.975).contains(&share), "{share}");
}
