//! Frequent item sets and rules: `cargo bench -p dangol-science --bench baskets [-- t10i4d100k | online_retail]`.
//!
//! One JSON line a measurement: the least and the median time of several runs, and how many sets or rules were found.

#[path = "../tests/it/real.rs"]
mod real;

use science::baskets::{Baskets, GrowthOptions, RuleOptions, fp_growth, rules};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

const RUNS: usize = 9;

/// Numbers the items in the order they come.
fn number<'a>(lists: impl Iterator<Item = Vec<&'a str>>) -> Baskets {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut number_of = |item: &'a str| {
        let next = numbers.len() as u32;
        *numbers.entry(item).or_insert(next)
    };
    let lists = lists.map(|items| items.into_iter().map(&mut number_of).collect::<Vec<u32>>());
    Baskets::new(lists).expect("items are numbered without gaps")
}

fn t10i4d100k() -> Option<Baskets> {
    let text = real::text("baskets/T10I4D100K.tsv.gz")?;
    Some(number(text.lines().map(|line| line.split('\t').filter(|item| !item.is_empty()).collect())))
}

/// One basket an invoice: cancellations, bad debt and lines without a positive quantity left out.
fn online_retail() -> Option<Baskets> {
    let text = real::text("online_retail/online_retail.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().filter_map(Result::ok).collect();
    let mut invoices: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for record in &records {
        let sold = record[3].parse::<f64>().is_ok_and(|quantity| quantity > 0.0);
        if sold && record[0].bytes().all(|b| b.is_ascii_digit()) {
            invoices.entry(&record[0]).or_default().push(&record[1]);
        }
    }
    Some(number(invoices.into_values()))
}

fn measure<T>(bench: &str, n: usize, work: impl Fn() -> T, size: impl Fn(&T) -> usize) {
    let run = |_| {
        let start = Instant::now();
        let result = work();
        (start.elapsed().as_secs_f64(), size(&result))
    };
    let mut runs: Vec<(f64, usize)> = (0..RUNS).map(run).collect();
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ((least, found), median) = (runs[0], runs[RUNS / 2].0);
    println!(
        "{{\"bench\":\"{bench}\",\"n\":{n},\"seconds\":{least:.4},\"median\":{median:.4},\"found\":{found},\
         \"peer_key\":\"{bench}\"}}"
    );
}

fn both(name: &str, baskets: &Baskets, min_support: f64) {
    let growth = GrowthOptions { min_support, ..GrowthOptions::default() };
    let grow = || fp_growth(baskets, &growth).expect("the support is a share");
    measure(&format!("fp_growth_{name}"), baskets.len(), grow, |sets| sets.len());
    let (sets, confident) = (grow(), RuleOptions::default());
    let rules = || rules(&sets, &confident).expect("the confidence is a share");
    measure(&format!("rules_{name}"), baskets.len(), rules, |found| found.rules.len());
}

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|c| c == name);
    if let Some(baskets) = wanted("t10i4d100k").then(t10i4d100k).flatten() {
        both("t10i4d100k", &baskets, 0.002);
    }
    if let Some(baskets) = wanted("online_retail").then(online_retail).flatten() {
        both("online_retail", &baskets, 0.005);
    }
}
