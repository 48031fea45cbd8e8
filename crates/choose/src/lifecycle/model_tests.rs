//! Every state and border by hand, and the borders against judging day by day.

use super::*;
use kernel::Day;
use know::facts::{OrderDay, usual_interval};
use proptest::prelude::*;

const COMPANY: Option<f64> = Some(20.0);

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn days(texts: &[&str]) -> Vec<Day> {
    texts.iter().map(|text| day(text)).collect()
}

fn judged(orders: &[&str], on: &str) -> Judged {
    judge(&days(orders), day(on), COMPANY, &StateSettings::default())
}

fn state(orders: &[&str], on: &str) -> State {
    let judged = judged(orders, on);
    assert_eq!(judged.state, state_on(&days(orders), day(on), COMPANY, &StateSettings::default()));
    judged.state
}

/// A person whose gaps are 30, 10 and 20 days: usually every 20.
const EVERY_20: [&str; 4] = ["2026-01-01", "2026-01-31", "2026-02-10", "2026-03-02"];

#[test]
fn without_an_order_one_is_a_prospect_for_ever() {
    let judged = judged(&[], "2026-01-01");
    assert_eq!((judged.state, judged.since, judged.changes_at), (State::Prospect, None, None));
    assert_eq!(judged.late_from, None);
}

#[test]
fn one_order_is_new_for_one_interval_then_active_dormant_lost() {
    let first = ["2026-01-01"];
    assert_eq!(state(&first, "2026-01-01"), State::New);
    assert_eq!(state(&first, "2026-01-21"), State::New, "exactly one interval");
    assert_eq!(state(&first, "2026-01-22"), State::Active);
    assert_eq!(state(&first, "2026-01-31"), State::Active, "exactly 1.5 intervals");
    assert_eq!(state(&first, "2026-02-01"), State::Dormant);
    assert_eq!(state(&first, "2026-03-02"), State::Dormant, "exactly 3 intervals");
    assert_eq!(state(&first, "2026-03-03"), State::Lost);
    assert_eq!(judged(&first, "2026-01-05").changes_at, Some(day("2026-01-22")));
    assert_eq!(judged(&first, "2026-01-22").changes_at, Some(day("2026-02-01")));
    assert_eq!(judged(&first, "2026-02-01").changes_at, Some(day("2026-03-03")));
    assert_eq!(judged(&first, "2026-03-03").changes_at, None);
    assert_eq!(judged(&first, "2026-03-09").since, Some(day("2026-03-03")));
    assert_eq!(judged(&first, "2026-01-05").late_from, Some(day("2026-01-22")));
}

#[test]
fn three_order_days_in_a_year_make_a_regular_until_they_stay_away() {
    assert_eq!(judged(&EVERY_20, "2026-03-02").interval, Some(20.0));
    assert_eq!(state(&EVERY_20, "2026-03-22"), State::Regular);
    assert_eq!(state(&EVERY_20, "2026-04-01"), State::Regular, "exactly 1.5 intervals");
    assert_eq!(state(&EVERY_20, "2026-04-02"), State::Dormant);
    assert_eq!(state(&EVERY_20, "2026-05-01"), State::Dormant, "exactly 3 intervals");
    assert_eq!(state(&EVERY_20, "2026-05-02"), State::Lost);
    let judged = judged(&EVERY_20, "2026-03-10");
    assert_eq!(judged.changes_at, Some(day("2026-04-02")));
    assert_eq!(judged.late_from, Some(day("2026-03-23")));
    assert_eq!(judged.since, Some(day("2026-02-10")), "the third order day made the regular");
}

#[test]
fn two_order_days_are_active_by_the_interval_of_the_company() {
    let twice = ["2026-01-01", "2026-01-11"];
    assert_eq!(state(&twice, "2026-01-11"), State::Active);
    assert_eq!(judged(&twice, "2026-01-11").interval, COMPANY);
    assert_eq!(judged(&twice, "2026-01-20").since, Some(day("2026-01-11")));
    assert_eq!(judged(&twice, "2026-01-20").changes_at, Some(day("2026-02-11")));
}

#[test]
fn the_first_order_after_a_long_absence_is_a_return_for_one_interval() {
    // Gap of 31 days after two days: more than 1.5 of the company's 20. Gaps 10 and 31: now usually every 20.5.
    let back = ["2026-01-01", "2026-01-11", "2026-02-11"];
    assert_eq!(state(&back, "2026-02-11"), State::Returned);
    assert_eq!(state(&back, "2026-03-03"), State::Returned, "20 of 20.5 days");
    assert_eq!(state(&back, "2026-03-04"), State::Regular);
    assert_eq!(judged(&back, "2026-02-20").since, Some(day("2026-02-11")));
    assert_eq!(judged(&back, "2026-02-20").changes_at, Some(day("2026-03-04")));
    assert_eq!(judged(&back, "2026-03-06").since, Some(day("2026-03-04")));
    let in_time = ["2026-01-01", "2026-01-11", "2026-02-10"];
    assert_eq!(state(&in_time, "2026-02-10"), State::Regular, "30 days are exactly 1.5 intervals");
}

#[test]
fn a_regular_whose_orders_leave_the_year_is_active() {
    // Every 170 days, so that the third last order leaves the window long before anyone is late.
    let seldom = days(&["2025-01-01", "2025-06-20", "2025-12-07"]);
    let on = |text: &str| judge(&seldom, day(text), Some(170.0), &StateSettings::default());
    assert_eq!(on("2025-12-31").interval, Some(170.0));
    assert_eq!(on("2025-12-31").state, State::Regular, "the first order is 364 days old");
    assert_eq!(on("2025-12-31").changes_at, Some(day("2026-01-01")));
    assert_eq!(on("2026-01-01").state, State::Active);
    assert_eq!(on("2026-02-01").since, Some(day("2026-01-01")));
}

#[test]
fn intervals_below_the_least_are_raised_to_it() {
    let daily = ["2026-01-01", "2026-01-02", "2026-01-03"];
    assert_eq!(judged(&daily, "2026-01-03").interval, Some(3.0));
    assert_eq!(state(&daily, "2026-01-07"), State::Regular, "4 of 4.5 days");
    assert_eq!(state(&daily, "2026-01-08"), State::Dormant);
}

#[test]
fn nobody_is_late_before_the_company_knows_an_interval() {
    let judged = judge(&days(&["2020-01-01"]), day("2026-01-01"), None, &StateSettings::default());
    assert_eq!((judged.state, judged.changes_at, judged.late_from), (State::New, None, None));
}

#[test]
fn an_order_dated_ahead_counts_from_its_day() {
    let ahead = ["2026-01-01", "2026-01-08"];
    assert_eq!(state(&ahead, "2026-01-05"), State::New);
    assert_eq!(judged(&ahead, "2026-01-05").changes_at, Some(day("2026-01-08")));
    assert_eq!(state(&ahead, "2026-01-08"), State::Active);
    assert_eq!(judged(&["2026-01-08"], "2026-01-05").changes_at, Some(day("2026-01-08")));
}

fn order_days() -> impl Strategy<Value = Vec<Day>> {
    prop::collection::vec(1..90_i64, 0..14).prop_map(|gaps| {
        let mut at = 0;
        gaps.into_iter()
            .map(|gap| {
                at += gap;
                Day::from_epoch(at)
            })
            .collect()
    })
}

fn settings() -> impl Strategy<Value = StateSettings> {
    (1.0..4.0_f64, 0.1..4.0_f64, 2..6_i64, 30..500_i64, 1..10_i64).prop_map(
        |(active_until, more, regular_orders, regular_days, min_interval_days)| StateSettings {
            active_until,
            lost_after: active_until + more,
            regular_orders,
            regular_days,
            min_interval_days,
        },
    )
}

proptest! {
    #[test]
    fn judging_every_day_agrees_with_the_borders(
        days in order_days(), settings in settings(), company in prop::option::of(1.0..60.0_f64), later in 0..300_i64,
    ) {
        prop_assert!(settings.faults().is_empty());
        let on = days.last().map_or(Day::from_epoch(0), |last| last.plus(later));
        let judged = judge(&days, on, company, &settings);
        let state = |day: Day| state_on(&days, day, company, &settings);
        let horizon = on.plus(2_000);
        let next = (1..).map(|ahead| on.plus(ahead)).take_while(|day| *day <= horizon).find(|day| state(*day) != judged.state);
        prop_assert_eq!(judged.changes_at.filter(|day| *day <= horizon), next);
        let mut first = on;
        while first.epoch() > -1 && state(first.plus(-1)) == judged.state {
            first = first.plus(-1);
        }
        prop_assert_eq!(judged.since, (judged.state != State::Prospect).then_some(first));
    }

    #[test]
    fn live_is_what_the_states_say(
        days in order_days(), settings in settings(), company in prop::option::of(1.0..60.0_f64), on in 0..1_500_i64,
    ) {
        let on = Day::from_epoch(on);
        prop_assert_eq!(is_live(&days, on, company, &settings), state_on(&days, on, company, &settings).is_live());
    }

    #[test]
    fn the_interval_is_the_one_that_facts_keep(days in order_days(), company in prop::option::of(1.0..60.0_f64)) {
        let on = days.last().copied().unwrap_or_default();
        let kept: Vec<OrderDay> = days.iter().map(|day| OrderDay { day: *day, net: 0, own: true }).collect();
        let judged = judge(&days, on, company, &StateSettings::default());
        prop_assert_eq!(judged.interval, usual_interval(&kept, company).map(|interval| interval.days));
    }
}
