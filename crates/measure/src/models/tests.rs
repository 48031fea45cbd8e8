//! The published fits through the product's own functions, and what happens without enough data.

use super::fit::*;
use crate::population::Population;
use kernel::{Currency, Day};
use know::facts::{History, OrderDay, OrderKey, OrderTotal};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The lines of the CDNOW sample up to `as_of`, a party each; says so where the data is absent, and fails there with
/// `DANGOL_REQUIRE_DATA=1`.
fn cdnow(as_of: Day) -> Option<Population> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("DANGOL_DATA_DIR").map_or_else(beside, PathBuf::from);
    let path = folder.join("cdnow/CDNOW_sample.txt");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required = std::env::var_os("DANGOL_REQUIRE_DATA").is_some_and(|set| set == "1");
        assert!(!required, "DANGOL_REQUIRE_DATA=1, but {} is absent", path.display());
        println!("left out: {} is absent", path.display());
        return None;
    };
    let mut totals: BTreeMap<i64, Vec<OrderTotal>> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, customer, date, _, amount] = fields[..] else { continue };
        let day: Day = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]).parse().unwrap();
        let order = OrderKey { source: "cdnow".into(), number: number.to_string() };
        let sold = (amount.parse::<f64>().unwrap() * 100.0).round() as i64;
        let total = OrderTotal { order, day, currency: Currency::USD, sold, refunded: 0, sale_lines: 1 };
        totals.entry(customer.parse().unwrap()).or_default().extend((day <= as_of).then_some(total));
    }
    let mut population = Population::default();
    for (customer, totals) in totals.into_iter().filter(|(_, totals)| !totals.is_empty()) {
        let history = History::from_totals(&totals);
        population.push(customer.into(), history.currency, &history.days);
    }
    Some(population)
}

fn near(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got} is not {want}");
}

#[test]
fn the_cdnow_sample_gives_the_published_parameters() {
    let as_of: Day = "1997-09-30".parse().unwrap();
    let Some(population) = cdnow(as_of) else { return };
    assert_eq!(currency_of(&population, Currency::KRW), Currency::USD);
    let fitted = Fitted::fit(&population, as_of, Currency::USD);
    let models = fitted.models();
    let bg = models.bg_nbd.unwrap();
    for (got, want) in [bg.r, bg.alpha, bg.a, bg.b, bg.log_likelihood]
        .into_iter()
        .zip([0.243, 4.414, 0.793, 2.426, -9_582.4])
    {
        near(got, want, 0.005);
    }
    assert_eq!((bg.customers, bg.unit.as_str()), (2_357, "week"));
    let spending = models.gamma_gamma.unwrap();
    for (got, want) in [spending.p, spending.q, spending.gamma].into_iter().zip([6.25, 3.74, 15.44]) {
        near(got, want, 0.01);
    }
    assert!(models.missing.is_empty() && models.mbg_nbd.is_some());
    let scores = score(&fitted, &population, as_of, Terms { discount: 0.1, margin: 0.5 });
    assert_eq!(scores.len(), population.len());
    for score in scores.into_iter().flatten() {
        for [value, low, high] in [score.p_alive, score.orders, score.value.unwrap()] {
            assert!(0.0 <= low && low <= value && value <= high, "{score:?}");
        }
        assert!(score.p_alive[2] <= 1.0);
    }
}

#[test]
fn half_the_margin_is_half_the_value() {
    let as_of: Day = "1997-09-30".parse().unwrap();
    let Some(population) = cdnow(as_of) else { return };
    let fitted = Fitted::fit(&population, as_of, Currency::USD);
    let total = |margin: f64| -> f64 {
        let scores = score(&fitted, &population, as_of, Terms { discount: 0.1, margin });
        scores.into_iter().flatten().filter_map(|score| Some(score.value?[0])).sum()
    };
    near(total(0.5) * 2.0, total(1.0), 1e-9);
}

#[test]
fn orders_in_another_currency_are_worth_nothing_in_this_one() {
    let day = |day: i64, own: bool| OrderDay { day: Day::from_epoch(day), net: i64::from(own) * 900, own };
    let mut population = Population::default();
    population.push(1.into(), Some(Currency::KRW), &[day(1, true), day(8, true), day(20, true)]);
    population.push(
        2.into(),
        Some(Currency::KRW),
        &[day(1, true), day(8, false), day(20, true), day(30, false)],
    );
    let share = |index: usize| {
        let person = population.person(index);
        own_share(&person, person.history(Day::from_epoch(40)).unwrap().0)
    };
    assert_eq!((share(0), share(1)), (1.0, 0.5));
}

#[test]
fn too_few_people_are_told_what_is_needed() {
    let mut population = Population::default();
    population.push(1.into(), None, &[]);
    let fitted = Fitted::fit(&population, Day::from_epoch(20_000), Currency::KRW);
    let models = fitted.models();
    assert_eq!((models.bg_nbd, models.gamma_gamma), (None, None));
    assert_eq!(models.missing["mbg_nbd"], Missing { code: "customers".into(), has: 0, needs: 50 });
    assert_eq!(models.missing["gamma_gamma"].code, "repeat_buyers");
    assert_eq!(
        score(&fitted, &population, Day::from_epoch(20_000), Terms { discount: 0.1, margin: 1.0 }),
        []
    );
}
