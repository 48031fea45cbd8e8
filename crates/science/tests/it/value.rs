//! Delivered value, customer quality, key accounts, bonds and true customers: the worked examples and the edges.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use proptest::prelude::*;
use science::value::*;

fn offer(amounts: [f64; 8]) -> Offer {
    Component::ALL.into_iter().zip(amounts).fold(Offer::default(), |offer, (c, amount)| offer.with(c, amount))
}

/// exD31: 80,000 + 20,000 + 10,000 + 10,000 - (70,000 + 8,000 + 4,000 + 3,000) = 35,000.
#[test]
fn delivered_value_of_35_000_won() {
    let ours = offer([80_000.0, 20_000.0, 10_000.0, 10_000.0, 70_000.0, 8_000.0, 4_000.0, 3_000.0]);
    let value = ours.delivered_value().unwrap();
    assert_eq!((value.value, value.total_value, value.total_cost), (35_000.0, 120_000.0, 85_000.0));
    assert_eq!((value.reasons[0].input.as_str(), value.reasons[1].contribution), ("product", -70_000.0));
    // A competitor 5,000 dearer whose image is 3,000 better: we lead by 2,000.
    let theirs = ours.with(Component::Money, 75_000.0).with(Component::Image, 13_000.0);
    let (lead, reasons) = compare(&ours, &theirs).unwrap();
    assert_eq!(lead, 2_000.0);
    assert_eq!((reasons[0].input.as_str(), reasons[0].contribution), ("money", 5_000.0));
    assert_eq!((reasons[1].input.as_str(), reasons[1].contribution), ("image", -3_000.0));
}

#[test]
fn what_was_not_asked_is_named() {
    let half = Offer::default().with(Component::Product, 1.0).with(Component::Money, 1.0);
    let error = half.delivered_value().unwrap_err();
    assert_eq!(
        error.to_string(),
        "Not enough data: service, personnel, image, time, energy, psychic not known; ask for it."
    );
    let negative = offer([1.0, 1.0, 1.0, 1.0, -1.0, 1.0, 1.0, 1.0]);
    assert!(
        matches!(negative.delivered_value(), Err(ValueError::OutOfRange { input, .. }) if input == "money")
    );
    assert_eq!(mean_delivered_value(&[half; 50]), Err(ValueError::TooFew { have: 0, need: 30 }));
    let mut answers = vec![half; 3];
    // 40 answers of 4 and of 6: mean 5, standard deviation 1.0127, interval 5 -+ 0.3138.
    answers.extend((0..40).map(|i| offer([8.0 + f64::from(i % 2) * 2.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0])));
    let mean = mean_delivered_value(&answers).unwrap();
    assert_eq!((mean.n, mean.left_out, mean.value), (40, 3, 5.0));
    assert!((mean.high - 5.3138).abs() < 1e-4 && (mean.low - 4.6862).abs() < 1e-4, "{mean:?}");
}

fn inputs(values: [f64; 4]) -> QualityInputs {
    let [purchase_needs, growth, bargaining_power, price_sensitivity] = values.map(Some);
    QualityInputs { purchase_needs, growth, bargaining_power, price_sensitivity }
}

#[test]
fn power_and_price_sensitivity_count_against() {
    let even = QualityWeights::default();
    assert_eq!(quality(&inputs([1.0, 1.0, 0.0, 0.0]), &even).unwrap().index, 1.0);
    assert_eq!(quality(&inputs([0.0, 0.0, 1.0, 1.0]), &even).unwrap().index, 0.0);
    // Needs counted three times: (3 x 0.8 + 0.5 + 0.4 + 0.3) / 6 = 0.6.
    let weights = QualityWeights { purchase_needs: 3.0, ..even };
    let found = quality(&inputs([0.8, 0.5, 0.6, 0.7]), &weights).unwrap();
    assert!((found.index - 0.6).abs() < 1e-12);
    let sum: f64 = found.reasons.iter().map(|r| r.contribution).sum();
    assert!((sum - 0.1).abs() < 1e-12);
    let unknown = QualityInputs { growth: None, ..inputs([0.5; 4]) };
    let ranked = rank_quality(&[unknown, inputs([0.2; 4]), inputs([0.9, 0.9, 0.1, 0.1])], &even);
    assert_eq!(ranked.iter().map(|r| r.row).collect::<Vec<_>>(), [2, 1, 0]);
    assert_eq!(ranked[2].quality, Err(ValueError::Missing { inputs: vec!["growth".into()] }));
    let none =
        QualityWeights { purchase_needs: 0.0, growth: 0.0, bargaining_power: 0.0, price_sensitivity: 0.0 };
    assert_eq!(quality(&inputs([0.5; 4]), &none), Err(ValueError::Weights));
}

/// exD13: of 30 accounts 5 to 10, never fewer than min(5, eligible); who was left out and does 1.2 times the forecast
/// is a further candidate.
#[test]
fn five_to_ten_key_accounts_and_who_else_to_watch() {
    let profit: Vec<Option<f64>> = (0..30).map(|i| Some(f64::from(30 - i))).collect();
    let fit: Vec<Option<f64>> = (0..30).map(|i| (i != 7).then_some(1.0)).collect();
    let criteria = [
        Criterion { name: "profit", weight: 2.0, reversed: false, values: &profit },
        Criterion { name: "fit", weight: 1.0, reversed: false, values: &fit },
    ];
    let options = SensitivityOptions::default();
    for (wanted, proposed) in [(0, 5), (5, 5), (7, 7), (10, 10), (99, 10)] {
        assert_eq!(screen(&criteria, wanted, &options).unwrap().proposed, proposed);
    }
    let screening = screen(&criteria, 5, &options).unwrap();
    let chosen: Vec<usize> = screening.ranked[..5].iter().map(|a| a.row).collect();
    assert_eq!(chosen, [0, 1, 2, 3, 4]);
    assert!(screening.ranked[..5].iter().all(|a| a.stability == 1.0), "one criterion decides");
    assert_eq!(screening.left_out, [LeftOut { row: 7, missing: vec!["fit".into()] }]);
    // 2/3 x 1 + 1/3 x 0.5: all are alike in fit.
    assert!((screening.ranked[0].score - 5.0 / 6.0).abs() < 1e-12);
    assert_eq!(screening.ranked[0].reasons[0].input, "profit");
    let forecast = vec![Some(100.0); 30];
    let mut actual = vec![Some(100.0); 30];
    (actual[0], actual[7], actual[9], actual[12]) = (Some(500.0), Some(130.0), Some(120.0), None);
    assert_eq!(extra_candidates(&screening, &actual, &forecast, 1.2).unwrap(), [7, 9]);
    let three = [Criterion { values: &profit[..3], ..criteria[0] }];
    assert_eq!(screen(&three, 10, &options).unwrap().proposed, 3);
    assert!(matches!(
        screen(&[criteria[0], Criterion { values: &fit[..3], ..criteria[1] }], 5, &options),
        Err(ValueError::Lengths { have: 3, need: 30 })
    ));
}

#[test]
fn a_close_choice_is_said_to_be_close_on_any_number_of_threads() {
    // Accounts 4 and 5 differ only in which of two equal criteria they are good at.
    let ahead = |row: usize, at: usize| if row < 4 { 1.0 } else { f64::from(u8::from(row == at)) };
    let first: Vec<Option<f64>> = (0..12).map(|row| Some(ahead(row, 4))).collect();
    let second: Vec<Option<f64>> = (0..12).map(|row| Some(ahead(row, 5))).collect();
    let criteria = [
        Criterion { name: "profit", weight: 1.0, reversed: false, values: &first },
        Criterion { name: "growth", weight: 1.0, reversed: false, values: &second },
    ];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| screen(&criteria, 5, &SensitivityOptions::default()).unwrap())
    };
    let one = on(1);
    assert!(one == on(2) && one == on(3));
    let stability = |row: usize| one.ranked.iter().find(|a| a.row == row).unwrap().stability;
    assert!((0.42..0.58).contains(&stability(4)) && (0.42..0.58).contains(&stability(5)));
    assert!((stability(4) + stability(5) - 1.0).abs() < 1e-12);
    assert_eq!((stability(0), stability(11)), (1.0, 0.0));
}

#[test]
fn bonds_have_four_levels_and_move() {
    let bonds = |financial, social, structural| Bonds { financial, social, structural };
    let people = [
        bonds(false, false, false),
        bonds(true, false, false),
        bonds(false, true, false),
        bonds(true, false, true),
    ];
    let levels: Vec<u8> = people.iter().map(|b| b.level().number()).collect();
    assert_eq!(levels, [0, 1, 2, 3]);
    assert_eq!(people[3].present(), [BondLevel::Financial, BondLevel::Structural]);
    assert_eq!(people[3].level().next(), None);
    let shares = level_distribution(&people).unwrap();
    assert!(shares.iter().all(|share| share.value == 0.25 && share.high < 1.0));
    assert_eq!(level_distribution(&[]), None);
    let state = |b: &Bonds| Some(usize::from(b.level().number()));
    let before: Vec<_> = people.iter().map(state).collect();
    let moves = migration(4, &before, &[Some(1), Some(2), Some(2), Some(0)]).unwrap();
    assert_eq!(moves.directions(), [2, 1, 1]);
    assert_eq!(moves.share(3, 0).unwrap().value, 1.0);
    assert!(migration(4, &[Some(4)], &[None]).is_err() && migration(4, &[None], &[]).is_err());
}

/// D10: 1,000,000 for 50 more of 500 kept than the control group leads to expect, 20,000 each.
#[test]
fn what_a_financial_bond_costs_for_each_customer_it_keeps() {
    let effect = |kept: u64, without: u64| {
        let (with, without) = (Group { customers: 500, kept }, Group { customers: 250, kept: without });
        retention_effect(&with, &without, 1_000_000.0).unwrap()
    };
    let clear = effect(400, 175);
    assert!((clear.kept_beyond[0] - 50.0).abs() < 1e-9 && clear.effect.is_clear());
    assert!((clear.cost_each.unwrap() - 20_000.0).abs() < 1e-6);
    assert_eq!(effect(380, 190).cost_each, None);
    let few = retention_effect(&Group { customers: 29, kept: 3 }, &Group { customers: 99, kept: 3 }, 1.0);
    assert_eq!(few, Err(ValueError::TooFew { have: 29, need: MIN_GROUP }));
    let promotions = |under| IncentiveUse::of(under, 200, 0.5).unwrap();
    assert!(promotions(130).price_only && !promotions(105).price_only);
}

#[test]
fn data_that_cannot_leave_is_no_bond() {
    let service = |export_open| StructuralService { cost_to_replace: 500.0, yearly_gain: 200.0, export_open };
    let bond = switching(&[service(true), service(false), service(true)], 3.0).unwrap();
    assert_eq!((bond.cost_of_leaving, bond.gain_of_coming), (1_000.0, 1_200.0));
    assert_eq!(bond.dishonest, [1]);
    assert!(switching(&[StructuralService { yearly_gain: f64::NAN, ..service(true) }], 1.0).is_err());
}

#[test]
fn a_true_customer_needs_all_three_signs() {
    use Evidence::{Absent, Shown, Unknown};
    let judge = |will, behaviour, promotion| {
        true_customer(&CustomerEvidence { will, behaviour, promotion, ..CustomerEvidence::default() }).flag
    };
    assert_eq!(judge(Shown, Shown, Shown), TrueCustomerFlag::True);
    // What is absent decides whatever is unknown.
    assert_eq!(judge(Unknown, Absent, Shown), TrueCustomerFlag::Not { lacking: vec![Sign::Behaviour] });
    let unknown = vec![Sign::Will, Sign::Promotion];
    assert_eq!(judge(Unknown, Shown, Unknown), TrueCustomerFlag::NotEnoughData { unknown });
    assert_eq!(true_customer(&CustomerEvidence::default()).profit, None);
    assert_eq!(Evidence::of(Some(false)), Absent);
}

fn any_number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        (0..3u32).prop_map(|v| Some(f64::from(v))),
        any::<f64>().prop_map(Some),
        Just(Some(f64::MAX)),
        Just(Some(-f64::MAX)),
        Just(Some(f64::NAN)),
    ]
}

proptest! {
    #[test]
    fn any_accounts_are_scored_or_left_out(
        rows in prop::collection::vec((any_number(), any_number()), 0..40), wanted in 0..20usize,
        weights in (prop_oneof![Just(0.0), 0.0..9.0, Just(f64::MAX)], prop_oneof![Just(0.0), 0.1..9.0, Just(-1.0)]),
        spread in prop_oneof![Just(0.0), 0.0..3.0, Just(f64::NAN)],
    ) {
        let (a, b): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let criteria = [
            Criterion { name: "a", weight: weights.0, reversed: false, values: &a },
            Criterion { name: "b", weight: weights.1, reversed: true, values: &b },
        ];
        let options = SensitivityOptions { spread, draws: 20, seed: 3 };
        if let Ok(screening) = screen(&criteria, wanted, &options) {
            prop_assert_eq!(screening.ranked.len() + screening.left_out.len(), a.len());
            for account in &screening.ranked {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&account.score), "{}", account.score);
                prop_assert!((0.0..=1.0).contains(&account.stability));
            }
            prop_assert!(screening.proposed <= 10);
        }
    }

    #[test]
    fn values_and_qualities_are_numbers_or_refused(
        amounts in prop::collection::vec(any_number(), 8), four in prop::collection::vec(any_number(), 4),
        margin in any_number(), cost in any_number(),
    ) {
        let set = |offer: Offer, (c, amount): (Component, &Option<f64>)| amount.map_or(offer, |a| offer.with(c, a));
        let offer = Component::ALL.into_iter().zip(&amounts).fold(Offer::default(), set);
        if let Ok(value) = offer.delivered_value() {
            prop_assert!(value.value.is_finite());
        }
        let inputs = QualityInputs {
            purchase_needs: four[0], growth: four[1], bargaining_power: four[2], price_sensitivity: four[3],
        };
        if let Ok(found) = quality(&inputs, &QualityWeights::default()) {
            prop_assert!((0.0..=1.0).contains(&found.index));
        }
        let evidence = CustomerEvidence { margin, cost_to_serve: cost, ..CustomerEvidence::default() };
        prop_assert!(true_customer(&evidence).profit.is_none_or(f64::is_finite));
    }

    #[test]
    fn any_groups_are_compared_or_refused(n in 0..100_000u64, k in 0..200_000u64, m in 0..100_000u64, j in 0..99u64, cost in -1.0..1e300) {
        let (with, without) = (Group { customers: n, kept: k }, Group { customers: m, kept: j });
        if let Ok(effect) = retention_effect(&with, &without, cost) {
            prop_assert!(effect.effect.low <= effect.effect.value && effect.effect.value <= effect.effect.high);
            prop_assert!(effect.cost_each.is_none_or(|c| c.is_finite() && c >= 0.0));
        }
    }
}
