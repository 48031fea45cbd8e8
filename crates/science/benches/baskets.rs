//! Frequent item sets and rules: `cargo bench -p dangol-science --bench baskets [-- t10i4d100k | online_retail]`.

#[path = "../tests/it/real.rs"]
mod real;
mod report;

use report::{timed, wanted};
use science::baskets::{Baskets, GrowthOptions, RuleOptions, fp_growth, rules};
use std::collections::{BTreeMap, HashMap};

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

fn both(name: &str, baskets: &Baskets, min_support: f64) {
    let growth = GrowthOptions { min_support, ..GrowthOptions::default() };
    let grow = || fp_growth(baskets, &growth).expect("the support is a share");
    let grown = timed(RUNS, grow);
    grown.print(&format!("fp_growth_{name}"), baskets.len(), &format!("{} sets", grown.result.len()));
    let (sets, confident) = (grown.result, RuleOptions::default());
    let ruled = timed(RUNS, || rules(&sets, &confident).expect("the confidence is a share"));
    ruled.print(&format!("rules_{name}"), baskets.len(), &format!("{} rules", ruled.result.rules.len()));
}

fn main() {
    if let Some(baskets) = wanted("t10i4d100k").then(t10i4d100k).flatten() {
        both("t10i4d100k", &baskets, 0.002);
    }
    if let Some(baskets) = wanted("online_retail").then(online_retail).flatten() {
        both("online_retail", &baskets, 0.005);
    }
}
