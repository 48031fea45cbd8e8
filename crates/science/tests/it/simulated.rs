//! A company simulated from known parameters: the fits find them again, and the intervals cover what then happened.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::simulate::{Dice, Person, person};

use science::Summary;
use science::btyd::{LatentAttrition, MbgNbd};
use science::clv::{Outlook, RowScore, score};
use science::spend::{GammaGamma, GammaGammaFit, Spend};

const BTYD: MbgNbd = MbgNbd { r: 0.6, alpha: 5.0, a: 0.8, b: 2.5 };
const SPEND: GammaGamma = GammaGamma { p: 6.0, q: 4.0, gamma: 15_000.0 };
const MARGIN: f64 = 0.6;
const YEARS: f64 = 3.0;

fn company(n: u32) -> Vec<Person> {
    let mut dice = Dice::new(20_261_122);
    let after = (YEARS * 365.25) as u32;
    (0..n).map(|i| person(&mut dice, &BTYD, &SPEND, i % 365, after)).collect()
}

struct Scored {
    people: Vec<Person>,
    summary: Summary,
    scores: Vec<RowScore>,
    spend: GammaGammaFit,
}

fn scored(n: u32, outlook: &Outlook) -> Scored {
    let people = company(n);
    let summary = Summary::from_days(people.iter().map(|p| p.history)).unwrap();
    let spends: Vec<Spend> = people
        .iter()
        .filter(|p| p.history.0 > 0)
        .map(|p| Spend { x: p.history.0, mean: p.mean_spend })
        .collect();
    let scores = score(&MbgNbd::fit(&summary).unwrap(), &summary, outlook);
    Scored { people, summary, scores, spend: GammaGammaFit::fit(&spends).unwrap() }
}

impl Scored {
    fn score_of(&self, person: &Person) -> RowScore {
        let (x, t_x, t) = person.history;
        self.scores[self.summary.position(x, t_x, t).unwrap()]
    }
}

#[test]
fn the_parameters_are_found_again() {
    let people = company(40_000);
    let summary = Summary::from_days(people.iter().map(|p| p.history)).unwrap();
    let fit = MbgNbd::fit(&summary).unwrap();
    // Merging the orders of one day costs a little of the rate; the rest lies within the standard errors.
    for ((got, want), error) in
        fit.model.parameters().iter().zip(BTYD.parameters()).zip(fit.standard_errors().unwrap())
    {
        assert!((got - want).abs() < 4.0 * error + 0.05 * want, "{:?} ± {error}", fit.model);
    }
}

#[test]
fn intervals_of_orders_cover_what_happens() {
    let all = scored(20_000, &Outlook::new(0.1, YEARS));
    let orders_in_52_weeks = |p: &Person| {
        let mut days: Vec<u32> = p.future.iter().map(|(day, _)| *day).filter(|day| *day <= 364).collect();
        days.dedup();
        days.len() as f64
    };
    let inside = |p: &&Person| {
        let (estimate, actual) = (all.score_of(p).orders, orders_in_52_weeks(p));
        (estimate.low..=estimate.high).contains(&actual)
    };
    let coverage = all.people.iter().filter(inside).count() as f64 / all.people.len() as f64;
    assert!((0.94..0.995).contains(&coverage), "{coverage}");
    let expected: f64 = all.people.iter().map(|p| all.score_of(p).orders.value).sum();
    let error: f64 = all.people.iter().map(|p| all.score_of(p).orders.standard_error).sum();
    let actual: f64 = all.people.iter().map(orders_in_52_weeks).sum();
    assert!((expected - actual).abs() < 3.0 * error, "{expected} ± {error} against {actual}");
    assert!(error < 0.04 * expected, "{expected} ± {error}");
}

#[test]
fn intervals_of_value_cover_what_happens() {
    let outlook = Outlook::new(0.1, YEARS);
    let all = scored(20_000, &outlook);
    let (mut inside, mut regulars, mut inside_regulars) = (0, 0, 0);
    let [mut expected, mut error, mut actual] = [0.0; 3];
    for p in &all.people {
        let spend = all.spend.forecast(p.history.0, p.mean_spend);
        let estimate = all.score_of(p).residual.value(&spend, MARGIN);
        let discounted =
            |(day, value): &(u32, f64)| value * (-outlook.discount_per_week * f64::from(*day) / 7.0).exp();
        let came = MARGIN * p.future.iter().map(discounted).sum::<f64>();
        let hit = usize::from((estimate.low..=estimate.high).contains(&came));
        inside += hit;
        if p.history.0 >= 5 {
            regulars += 1;
            inside_regulars += hit;
        }
        expected += estimate.value;
        error += estimate.standard_error;
        actual += came;
    }
    let coverage = inside as f64 / all.people.len() as f64;
    assert!((0.93..0.99).contains(&coverage), "{coverage}");
    let of_regulars = inside_regulars as f64 / regulars as f64;
    assert!((0.92..0.99).contains(&of_regulars), "{of_regulars} of {regulars}");
    assert!((expected - actual).abs() < 3.0 * error, "{expected} ± {error} against {actual}");
    assert!(error < 0.06 * expected, "{expected} ± {error}");
}

#[test]
fn alive_means_what_it_says() {
    // Of customers called alive with 80 to 100 %, that share leaves a trace: those who buy in three years are alive.
    let all = scored(20_000, &Outlook::default());
    let lively: Vec<&Person> = all.people.iter().filter(|p| all.score_of(p).p_alive.value > 0.8).collect();
    let bought = lively.iter().filter(|p| !p.future.is_empty()).count() as f64 / lively.len() as f64;
    let expected = |p: &&Person| {
        let (x, _, t) = p.history;
        let (shape, rate) = (BTYD.r + f64::from(x), BTYD.alpha + f64::from(t) / 7.0);
        let silent = (rate / (rate + YEARS * 365.25 / 7.0)).powf(shape);
        all.score_of(p).p_alive.value * (1.0 - silent)
    };
    let want = lively.iter().map(expected).sum::<f64>() / lively.len() as f64;
    assert!((bought - want).abs() < 0.02, "{bought} against {want}");
}
