//! Uplift: rankings judged on Hillstrom's e-mail test and on worlds whose effects are known.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::real;
use proptest::prelude::*;
use rand::Rng;
use science::TooFewDraws;
use science::random::stream;
use science::uplift::*;

/// Features, treated and visit of each customer.
type Columns = (Vec<Vec<f64>>, Vec<bool>, Vec<f64>);

/// The customers who got the women's e-mail or none (Hillstrom 2008).
fn womens() -> Option<Columns> {
    let text = real::text("uplift/hillstrom.csv.gz")?;
    let (mut rows, mut treated, mut visits) = (Vec::new(), Vec::new(), Vec::new());
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        let record = record.unwrap();
        if &record[8] == "Mens E-Mail" {
            continue;
        }
        let number = |column: usize| record[column].parse::<f64>().unwrap();
        let is = |column: usize, value: &str| f64::from(u8::from(&record[column] == value));
        rows.push(vec![
            number(0),
            number(2).ln(),
            number(3),
            number(4),
            number(6),
            is(5, "Rural"),
            is(5, "Urban"),
            is(7, "Web"),
            is(7, "Phone"),
        ]);
        treated.push(&record[8] == "Womens E-Mail");
        visits.push(number(9));
    }
    Some((rows, treated, visits))
}

/// Learned on every other customer, judged on the rest: the ranking beats chance (its Qini interval excludes zero), its best
/// tenth gains more than its worst, and all tenths together give the published uplift of .045233.
#[test]
fn hillstroms_womens_e_mail() {
    let Some((rows, treated, visits)) = womens() else { return };
    assert_eq!(rows.len(), 42_693);
    let half = |odd: usize| (odd..rows.len()).step_by(2);
    let x: Vec<Vec<f64>> = half(0).map(|i| rows[i].clone()).collect();
    let t: Vec<bool> = half(0).map(|i| treated[i]).collect();
    let y: Vec<f64> = half(0).map(|i| visits[i]).collect();
    let model = TLearner::fit(&x, &t, &y, Outcome::Happens).unwrap();
    let case = |i: usize| Case { score: model.uplift(&rows[i]), treated: treated[i], outcome: visits[i] };
    let judged: Vec<Case> = half(1).map(case).collect();
    let result = qini_curve(&judged, 200, 4).unwrap();
    assert!(result.qini.low > 0.0, "{:?}", result.qini);
    assert!(result.auuc.value > result.auuc_random);
    let tenths = deciles(&judged).unwrap();
    let uplift = |k: usize| tenths[k].uplift.unwrap();
    assert!(uplift(0).value > uplift(9).value + 0.02, "{:?} {:?}", uplift(0), uplift(9));
    let everyone: Vec<Case> = (0..rows.len()).map(case).collect();
    let last = *qini_curve(&everyone, 200, 0).unwrap().points.last().unwrap();
    assert!((last.uplift / 42_693.0 - 0.045233).abs() < 6e-7, "{last:?}");
    assert!(last.depth == 1.0);
}

fn world(n: u64, effect: impl Fn(f64) -> f64) -> Vec<Case> {
    let one = |i: u64| {
        let mut random = stream(31, i);
        let x: f64 = random.random();
        let treated = random.random_bool(0.5);
        let chance = 0.2 + if treated { effect(x) } else { 0.0 };
        Case { score: x, treated, outcome: f64::from(u8::from(random.random_bool(chance))) }
    };
    (0..n).map(one).collect()
}

/// Effect 0.4 x, ranked by x: uplift to depth d is .4 (d - d²/2), so AUUC = .4 / 3, a random choice .1, and Qini their
/// difference .0333.
#[test]
fn areas_of_a_known_world() {
    let result = qini_curve(&world(40_000, |x| 0.4 * x), 200, 1).unwrap();
    assert!((result.auuc.value - 0.4 / 3.0).abs() < 4.0 * result.auuc.standard_error, "{result:?}");
    assert!((result.auuc_random - 0.1).abs() < 0.01);
    assert!((result.qini.value - 0.1 / 3.0).abs() < 4.0 * result.qini.standard_error, "{:?}", result.qini);
    assert!(result.qini.standard_error < 0.005 && result.points.len() <= 101);
}

#[test]
fn a_ranking_that_says_nothing_has_no_area() {
    let cases: Vec<Case> = world(2_000, |x| 0.4 * x).into_iter().map(|c| Case { score: 1.0, ..c }).collect();
    let result = qini_curve(&cases, 200, 1).unwrap();
    assert!(result.qini.value.abs() < 1e-12 && (result.auuc.value - result.auuc_random).abs() < 1e-12);
    let backwards: Vec<Case> =
        world(20_000, |x| 0.4 * x).into_iter().map(|c| Case { score: -c.score, ..c }).collect();
    assert!(qini_curve(&backwards, 200, 1).unwrap().qini.high < 0.0);
}

/// Thirty customers of three scores: each third stays together, in the part where its middle stands, whatever the order.
#[test]
fn ties_stay_in_one_tenth() {
    let case = |i: u32| Case { score: f64::from(i % 3), treated: i.is_multiple_of(2), outcome: f64::from(i) };
    let cases: Vec<Case> = (0..30).map(case).collect();
    let sizes = |cases: &[Case]| -> Vec<u64> {
        deciles(cases).unwrap().iter().map(|tenth| tenth.treated + tenth.control).collect()
    };
    assert_eq!(sizes(&cases), [0, 10, 0, 0, 10, 0, 0, 0, 10, 0]);
    let reversed: Vec<Case> = cases.iter().rev().copied().collect();
    assert_eq!(deciles(&cases).unwrap(), deciles(&reversed).unwrap());
    // Where all scores differ the parts are equal.
    let distinct: Vec<Case> =
        cases.iter().zip(0..).map(|(c, i)| Case { score: f64::from(i), ..*c }).collect();
    assert_eq!(sizes(&distinct), [3; 10]);
}

#[test]
fn order_and_threads_change_no_bit() {
    let cases = world(3_000, |x| 0.3 * x);
    let run = |threads: usize, cases: &[Case]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let result = pool.install(|| qini_curve(cases, 200, 2).unwrap());
        [result.qini, result.auuc].map(|e| [e.value, e.standard_error, e.low, e.high].map(f64::to_bits))
    };
    let reversed: Vec<Case> = cases.iter().rev().copied().collect();
    assert_eq!(run(1, &cases), run(2, &cases));
    assert_eq!(run(1, &cases), run(3, &reversed));
}

proptest! {
    #[test]
    fn any_cases_are_judged_or_refused(
        rows in prop::collection::vec((prop_oneof![Just(0.0), -1e3..1e3_f64], any::<bool>(), prop_oneof![Just(0.0), Just(1.0), -1e9..1e9_f64]), 0..80),
    ) {
        let cases: Vec<Case> = rows.iter().map(|&(score, treated, outcome)| Case { score, treated, outcome }).collect();
        if let Ok(result) = qini_curve(&cases, 200, 1) {
            prop_assert!([result.qini, result.auuc].iter().all(|e| e.low.is_finite() && e.high.is_finite() && e.low <= e.value && e.value <= e.high));
            let tenths = deciles(&cases).unwrap();
            prop_assert_eq!(tenths.iter().map(|d| d.treated + d.control).sum::<u64>(), cases.len() as u64);
        }
        let x: Vec<Vec<f64>> = rows.iter().map(|r| vec![r.0, r.0 * 2.0, 7.0]).collect();
        let t: Vec<bool> = rows.iter().map(|r| r.1).collect();
        let y: Vec<f64> = rows.iter().map(|r| r.2).collect();
        for outcome in [Outcome::Happens, Outcome::Amount] {
            if let Ok(model) = TLearner::fit(&x, &t, &y, outcome) {
                prop_assert!(model.uplift(&[3.0, 6.0, 7.0]).is_finite() && model.uplift(&[]).is_finite());
            }
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let case = Case { score: f64::NAN, treated: true, outcome: 0.0 };
    assert_eq!(qini_curve(&[case], 0, 0).unwrap_err(), UpliftError::NotANumber { row: 0 });
    let few = qini_curve(&world(100, |x| x / 4.0), 199, 0).unwrap_err();
    assert_eq!(few, UpliftError::TooFewDraws(TooFewDraws { asked: 199, used: 199 }));
    let one_side = vec![Case { score: 1.0, treated: true, outcome: 0.0 }; 20];
    assert_eq!(deciles(&one_side).unwrap_err(), UpliftError::TooFew { treated: false, have: 0, need: 10 });
}
