//! A company of five worked by hand, and what must hold for any.

use super::*;
use crate::population::Population;
use choose::lifecycle::StateSettings;
use kernel::{Currency, Day, Month};
use know::facts::OrderDay;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn population(people: &[(i64, Vec<Day>)]) -> Population {
    let mut population = Population::default();
    for (party, days) in people {
        let days: Vec<OrderDay> =
            days.iter().map(|day| OrderDay { day: *day, net: 1_000, own: true }).collect();
        population.push((*party).into(), Some(Currency::KRW), &days);
    }
    population
}

/// All gaps are 20 days, so everybody is live for 30 days after an order, in every month.
fn five() -> Population {
    population(
        &[
            // Comes in January, is away at the end of March, is back in April.
            (1, vec!["2026-01-05", "2026-01-25", "2026-02-14", "2026-04-10", "2026-04-30"]),
            // Once, in January: still live on 31 January, gone at the end of February.
            (2, vec!["2026-01-20"]),
            // Once, in March.
            (3, vec!["2026-03-20"]),
            // Always there.
            (4, vec!["2026-01-31", "2026-02-20", "2026-03-12", "2026-04-01", "2026-04-21"]),
            // Not yet there.
            (5, vec!["2026-05-02"]),
        ]
        .map(|(party, days)| (party, days.into_iter().map(day).collect())),
    )
}

fn worked() -> Vec<LeakMonth> {
    let mut causes = Causes::default();
    causes.refunds.insert(1.into(), vec![day("2026-02-16")]);
    causes.recorded.insert(3.into(), (Cause::from_code("price"), day("2026-05-01")));
    months(&five(), day("2026-05-31"), &StateSettings::default(), &causes)
}

#[test]
fn five_people_by_hand() {
    let flows: Vec<_> = worked()
        .iter()
        .map(|month| (month.month.to_string(), [month.opening, month.inflow, month.outflow, month.level]))
        .collect();
    let month = |name: &str, flows: [i64; 4]| (name.to_owned(), flows);
    assert_eq!(
        flows,
        [
            month("2026-01", [0, 3, 0, 3]),
            month("2026-02", [3, 0, 1, 2]),
            month("2026-03", [2, 1, 1, 2]),
            month("2026-04", [2, 1, 1, 2]),
        ],
        "May ends with the day itself, so it is not over"
    );
}

#[test]
fn reasons_are_recorded_or_guessed_or_unknown() {
    let reasons = |index: usize| -> Vec<(String, bool, bool)> {
        let month = worked().swap_remove(index);
        month.reasons.into_iter().map(|reason| (reason.reason, reason.inferred, reason.avoidable)).collect()
    };
    assert_eq!(reasons(1), [("one_time".into(), true, true)]);
    assert_eq!(reasons(2), [("after_refund".into(), true, true)]);
    assert_eq!(reasons(3), [("price".into(), false, true)]);
    let plain = months(&five(), day("2026-05-31"), &StateSettings::default(), &Causes::default());
    assert_eq!(plain[2].reasons[0].reason, "unknown");
    assert!(!plain[2].reasons[0].avoidable && !plain[2].reasons[0].inferred);
}

#[test]
fn a_recorded_reason_explains_its_own_absence_only() {
    let people = five();
    let one = people.person(0);
    let mut causes = Causes::default();
    for (at, code) in [("2026-03-20", "moved"), ("2026-04-10", "unknown"), ("2026-01-30", "unknown")] {
        causes.recorded.insert(1.into(), (Cause::from_code("moved"), day(at)));
        assert_eq!(causes.of(&one, day("2026-03-31")).code, code, "recorded on {at}");
    }
}

#[test]
fn no_month_without_an_order_before_its_end() {
    let none =
        months(&Population::default(), day("2026-05-31"), &StateSettings::default(), &Causes::default());
    assert_eq!(none, []);
    let young = months(&five(), day("2026-01-31"), &StateSettings::default(), &Causes::default());
    assert_eq!(young, []);
    let old = months(&five(), day("2030-01-01"), &StateSettings::default(), &Causes::default());
    assert_eq!(old.len(), 24);
    assert_eq!(old[0].month, "2028-01".parse::<Month>().unwrap());
}

/// exD36.
#[test]
fn a_bucket_of_1_000_through_the_board() {
    let month = |outflow: i64| LeakMonth {
        month: "2026-04".parse().unwrap(),
        opening: 1_000,
        inflow: 100,
        outflow,
        level: 1_100 - outflow,
        loss_rate: loss_rate(1_000, outflow),
        reasons: vec![Cause::from_code("price").counted(20), Cause::UNKNOWN.counted(outflow - 20)],
    };
    let board = Board::new(day("2026-05-02"), vec![month(80)], None);
    assert_eq!((board.level, board.loss_rate, board.steady_state), (1_020, Some(0.08), Some(1_250.0)));
    let price = &board.holes[0];
    assert_eq!((price.reason.reason.as_str(), price.share_of_outflow), ("price", 0.25));
    assert!((price.plugged.loss_rate.unwrap() - 0.06).abs() < 1e-12);
    assert_eq!(price.plugged.steady_state, Some(1_667.0));
    assert_eq!(price.plugged.extra_people, Some(417.0));
    assert_eq!(Board::new(day("2026-05-02"), vec![month(20)], None).holes[0].plugged.steady_state, None);
}

fn people() -> impl Strategy<Value = Vec<(i64, Vec<Day>)>> {
    let days = prop::collection::btree_set(19_000..20_200_i64, 0..14);
    prop::collection::vec(days, 0..40).prop_map(|people| {
        let days = people.into_iter().map(|days| days.into_iter().map(Day::from_epoch).collect());
        (1..).zip(days).collect()
    })
}

proptest! {
    #[test]
    fn levels_follow_from_flows_and_the_order_of_people_does_not_matter(people in people(), turn in 0..40_usize) {
        let as_of = Day::from_epoch(20_100);
        let of = |people: &[(i64, Vec<Day>)]| {
            let known: Vec<_> = people.iter()
                .map(|(party, days)| (*party, days.iter().copied().filter(|day| *day <= as_of).collect()))
                .collect();
            months(&population(&known), as_of, &StateSettings::default(), &Causes::default())
        };
        let months = of(&people);
        for pair in months.windows(2) {
            prop_assert_eq!(pair[0].level, pair[1].opening);
        }
        for month in &months {
            prop_assert_eq!(month.level, month.opening + month.inflow - month.outflow);
            prop_assert_eq!(month.reasons.iter().map(|reason| reason.count).sum::<i64>(), month.outflow);
        }
        let mut turned = people.clone();
        turned.rotate_left(turn % people.len().max(1));
        prop_assert_eq!(months, of(&turned));
    }

    #[test]
    fn what_happens_later_changes_no_earlier_month(people in people()) {
        let (early, late) = (Day::from_epoch(19_700), Day::from_epoch(20_000));
        let of = |as_of: Day| {
            let known: Vec<_> = people.iter()
                .map(|(party, days)| (*party, days.iter().copied().filter(|day| *day <= as_of).collect()))
                .collect();
            months(&population(&known), as_of, &StateSettings::default(), &Causes::default())
        };
        let early: Vec<_> = of(early).into_iter().map(|month| (month.month, month.level)).collect();
        let late: Vec<_> = of(late).into_iter().map(|month| (month.month, month.level)).collect();
        let shared = |month: &Month| late.iter().any(|(other, _)| other == month);
        // The first month of the later look has lost nothing either: it opens with what came before.
        for month in early.iter().filter(|(month, _)| shared(month)) {
            prop_assert!(late.contains(month));
        }
    }
}
