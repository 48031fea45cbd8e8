//! Item sets and rules: counts known from arules, FIMI and Lantz, a slow search beside the quick one, the edges.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use proptest::prelude::*;
use science::baskets::{BasketError, Baskets, GrowthOptions, ItemSets, RuleOptions, Rules, fp_growth, rules};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Baskets of named items, one a line, and the names by number.
fn read(name: &str) -> Option<(Baskets, Vec<String>)> {
    let text = crate::real::text(&format!("baskets/{name}.tsv.gz"))?;
    Some(number(
        text.lines().map(|line| line.split('\t').filter(|item| !item.is_empty()).collect::<Vec<_>>()),
    ))
}

fn number<'a>(lists: impl Iterator<Item = Vec<&'a str>>) -> (Baskets, Vec<String>) {
    let (mut numbers, mut names) = (HashMap::new(), Vec::new());
    let mut number_of = |item: &'a str| {
        *numbers.entry(item).or_insert_with(|| {
            names.push(item.to_owned());
            names.len() as u32 - 1
        })
    };
    let lists: Vec<Vec<u32>> = lists.map(|items| items.into_iter().map(&mut number_of).collect()).collect();
    (Baskets::new(&lists).unwrap(), names)
}

/// One basket an invoice: cancellations (C…), bad debt (A…) and lines without a positive quantity left out.
fn online_retail() -> Option<(Baskets, Vec<String>)> {
    let text = crate::real::text("online_retail/online_retail.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut invoices: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for record in &records {
        let (invoice, item, quantity) = (&record[0], &record[1], record[3].parse::<f64>().unwrap());
        if invoice.bytes().all(|b| b.is_ascii_digit()) && quantity > 0.0 {
            invoices.entry(invoice).or_default().push(item);
        }
    }
    Some(number(invoices.into_values()))
}

fn sets(baskets: &Baskets, min_support: f64) -> ItemSets {
    fp_growth(baskets, &GrowthOptions { min_support, ..GrowthOptions::default() }).unwrap()
}

fn found(baskets: &Baskets, min_support: f64, min_confidence: f64) -> Rules {
    rules(&sets(baskets, min_support), &RuleOptions { min_confidence, ..RuleOptions::default() }).unwrap()
}

/// Groceries (Hahsler, Hornik & Reutterer 2006; arules): item sets by mlxtend and rusket, exact.
#[test]
fn groceries_item_sets() {
    let Some((baskets, names)) = read("groceries") else { return };
    assert_eq!((baskets.len(), baskets.lines(), names.len()), (9_835, 43_367, 169));
    for (support, count) in [(0.01, 333), (0.006, 747), (0.005, 1_001), (0.001, 13_492)] {
        assert_eq!(sets(&baskets, support).len(), count, "at {support}");
    }
    let whole_milk = names.iter().position(|name| name == "whole milk").unwrap() as u32;
    let frequent = sets(&baskets, 0.01);
    assert_eq!(frequent.iter().find(|set| set.items == [whole_milk]).unwrap().count, 2_513);
}

/// Lantz, Machine Learning with R, chapter 8: 463 rules at support .006, confidence .25, two items at least. The
/// arules manuals: 5,668 at .001 and .5, of which 410 reach .8. Exact.
#[test]
fn groceries_rules() {
    let Some((baskets, names)) = read("groceries") else { return };
    assert_eq!(found(&baskets, 0.006, 0.25).rules.len(), 463);
    let half = found(&baskets, 0.001, 0.5);
    assert_eq!(half.rules.len(), 5_668);
    assert_eq!(half.rules.iter().filter(|rule| rule.confidence >= 0.8).count(), 410);
    let top = &half.rules[0];
    let mut antecedent: Vec<&str> =
        top.antecedent.iter().map(|item| names[*item as usize].as_str()).collect();
    antecedent.sort_unstable();
    assert_eq!(antecedent, ["Instant food products", "soda"]);
    assert_eq!(names[top.consequent as usize], "hamburger meat");
    assert!((top.lift - 18.9957).abs() < 5e-5, "{}", top.lift);
}

/// FIMI's T10I4D100K: 385 sets at 1 %; the rest by mlxtend and rusket. Exact.
#[test]
fn t10i4d100k_item_sets() {
    let Some((baskets, names)) = read("T10I4D100K") else { return };
    assert_eq!((baskets.len(), baskets.lines(), names.len()), (100_000, 1_010_228, 870));
    for (support, count) in [(0.01, 385), (0.005, 1_073), (0.002, 13_255)] {
        assert_eq!(sets(&baskets, support).len(), count, "at {support}");
    }
}

/// Mushroom in 114 items: counts by mlxtend and rusket. Exact.
#[test]
fn mushroom_item_sets() {
    let Some((baskets, names)) = read("mushroom") else { return };
    assert_eq!(names.len(), 114);
    assert_eq!([0.4, 0.3].map(|support| sets(&baskets, support).len()), [533, 2_573]);
}

/// Online Retail (Chen, Sain & Guo 2012): counts by mlxtend and rusket. Exact.
#[test]
fn online_retail_item_sets() {
    let Some((baskets, names)) = online_retail() else { return };
    assert_eq!((baskets.len(), names.len()), (20_725, 3_940));
    for (support, count) in [(0.02, 353), (0.01, 1_840), (0.005, 16_352)] {
        assert_eq!(sets(&baskets, support).len(), count, "at {support}");
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let Some((baskets, _)) = read("groceries") else { return };
    let with_threads = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| (sets(&baskets, 0.002), found(&baskets, 0.002, 0.2)))
    };
    let one = with_threads(1);
    assert_eq!(one, with_threads(2));
    assert_eq!(one, with_threads(3));
}

/// Agrawal, Imieliński & Swami's measures on four baskets worked out by hand.
#[test]
fn measures_by_hand() {
    let baskets = Baskets::new([vec![0, 1], vec![0, 1], vec![0], vec![2]]).unwrap();
    let found = found(&baskets, 0.25, 0.0);
    assert_eq!((found.tested, found.baskets), (2, 4));
    let rule = found.rules.iter().find(|rule| rule.antecedent == [0]).unwrap();
    assert_eq!((rule.count, rule.antecedent_count, rule.support), (2, 3, 0.5));
    assert!((rule.confidence - 2.0 / 3.0).abs() < 1e-15 && (rule.lift - 4.0 / 3.0).abs() < 1e-15);
    assert!((rule.leverage - 0.125).abs() < 1e-15 && (rule.conviction.unwrap() - 1.5).abs() < 1e-12);
    // Leverage .125 of at most max(.5 · .25, .75 · 0).
    assert!((rule.zhang - 1.0).abs() < 1e-12);
    // Two of two baskets with item 1 among the three with item 0: C(3,2) / C(4,2).
    assert!((rule.p_value - 0.5).abs() < 1e-12);
    assert!((rule.q_value - 0.5).abs() < 1e-12 && (rule.p_bonferroni - 1.0).abs() < 1e-12);
    assert!(found.rules.iter().any(|rule| rule.antecedent == [1] && rule.conviction.is_none()));
}

/// Where items are independent, few rules stay after the correction, though many have a lift above 1.
#[test]
fn chance_alone_is_not_reported() {
    use rand::Rng;
    let basket = |i: u64| {
        let mut chance = science::random::stream(11, i);
        (0..40_u32).filter(|_| chance.random::<f64>() < 0.1).collect::<Vec<u32>>()
    };
    let baskets = Baskets::new((0..4_000).map(basket)).unwrap();
    let frequent = sets(&baskets, 0.005);
    let all = rules(&frequent, &RuleOptions { min_confidence: 0.0, max_q_value: 1.0 }).unwrap();
    let kept = rules(&frequent, &RuleOptions { min_confidence: 0.0, max_q_value: 0.05 }).unwrap();
    let lifted = all.rules.iter().filter(|rule| rule.lift > 1.0).count();
    let alone = all.rules.iter().filter(|rule| rule.p_value < 0.05).count();
    assert!(lifted > 500 && alone > 20, "{lifted} {alone}");
    assert!(kept.rules.len() <= 2, "{} of {}", kept.rules.len(), all.tested);
}

/// Every subset of every basket, counted.
fn by_counting(lists: &[Vec<u32>], min_count: u64) -> BTreeMap<Vec<u32>, u64> {
    let mut counts = BTreeMap::new();
    for list in lists {
        let items: Vec<u32> = list.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for mask in 1_u32..1 << items.len() {
            let chosen = (0..items.len()).filter(|i| mask >> i & 1 == 1).map(|i| items[i]);
            *counts.entry(chosen.collect()).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count >= min_count);
    counts
}

proptest! {
    #[test]
    fn growth_finds_what_counting_finds(
        lists in prop::collection::vec(prop::collection::vec(0..9_u32, 0..8), 0..40), support in 0.01..=1.0_f64,
    ) {
        let quick = sets(&Baskets::new(&lists).unwrap(), support);
        let pairs = quick.iter().map(|set| (set.items.to_vec(), set.count));
        prop_assert_eq!(pairs.collect::<BTreeMap<_, _>>(), by_counting(&lists, quick.min_count()));
    }

    #[test]
    fn measures_are_numbers(
        lists in prop::collection::vec(prop::collection::vec(0..5_u32, 0..5), 0..30), copies in 1..20_usize,
    ) {
        let baskets = Baskets::new(lists.iter().cycle().take(lists.len() * copies)).unwrap();
        for rule in found(&baskets, 0.01, 0.0).rules {
            let (low, high) = rule.confidence_interval;
            prop_assert!(low <= rule.confidence && rule.confidence <= high + 1e-12);
            prop_assert!(rule.lift.is_finite() && rule.conviction.is_none_or(f64::is_finite));
            prop_assert!((-1.0 - 1e-9..=1.0 + 1e-9).contains(&rule.zhang), "{:?}", rule);
            prop_assert!(rule.p_value <= rule.q_value * (1.0 + 1e-12) && rule.q_value <= rule.p_bonferroni);
        }
    }
}

#[test]
fn a_set_has_no_more_items_than_asked() {
    let baskets = Baskets::new(vec![vec![0, 1, 2, 3]; 5]).unwrap();
    let of_length = |max_length| {
        fp_growth(&baskets, &GrowthOptions { max_length, ..GrowthOptions::default() }).unwrap().len()
    };
    assert_eq!([0, 1, 2, 3, 4, 9].map(of_length), [0, 4, 10, 14, 15, 15]);
}

#[test]
fn what_cannot_be_done_is_said() {
    let alike = Baskets::new(vec![(0..5_000).collect::<Vec<u32>>(); 3]).unwrap();
    let endless = fp_growth(&alike, &GrowthOptions::default()).unwrap_err();
    assert_eq!(endless, BasketError::TooManySets { limit: 10_000_000 });
    assert!(endless.to_string().contains("raise the support"));
    let wrong = |min_support| fp_growth(&alike, &GrowthOptions { min_support, ..GrowthOptions::default() });
    assert!([0.0, -1.0, 1.1, f64::NAN].into_iter().all(|support| wrong(support).is_err()));
    assert_eq!(
        Baskets::new([vec![], vec![u32::MAX]]).unwrap_err(),
        BasketError::ItemTooLarge { basket: 1, item: u32::MAX }
    );
    let none = sets(&Baskets::new(Vec::<Vec<u32>>::new()).unwrap(), 0.5);
    assert!(none.is_empty() && rules(&none, &RuleOptions::default()).unwrap().rules.is_empty());
}
