//! The real data sets, counted by an independent and much simpler reading of the same files.

use std::io::Read as _;
use std::path::PathBuf;

use reading::Source;

use crate::builders::read;

/// A file of the test data, unless it is not there; `DANGOL_REQUIRE_DATA=1` makes that a failure.
fn data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("DANGOL_DATA_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.exists() {
        let required = std::env::var_os("DANGOL_REQUIRE_DATA").is_some_and(|set| set == "1");
        assert!(!required, "DANGOL_REQUIRE_DATA=1, but {name} is not in {}", folder.display());
        println!("left out: {name} is not in {}", folder.display());
    }
    path.exists().then_some(path)
}

#[test]
fn cdnow_master_is_read_whole() {
    let Some(path) = data("cdnow/CDNOW_master.txt") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    let cents: i64 = lines.iter().map(|cells| cells[3].replace('.', "").parse::<i64>().unwrap()).sum();

    let (probe, read) = read(&path);
    assert_eq!((probe.guesses[0].source, probe.guesses[0].score), (Source::Cdnow, 1.0));
    assert_eq!((read.records.len(), read.faults.len()), (69_659, 0));
    assert_eq!(read.total(), cents);
    let customers: std::collections::HashSet<_> = read.records.iter().map(|r| r.customer.clone()).collect();
    assert_eq!(customers.len(), 23_570);
    let mut hashes = std::collections::HashSet::new();
    let repeated = read.records.iter().filter(|record| !hashes.insert(record.mapped_hash())).count();
    assert_eq!(repeated, 255);
    assert!(read.records.iter().all(|record| record.currency.as_str() == "USD" && record.day_only));
    let first = &read.records[0];
    assert_eq!((first.line, first.customer.as_deref(), first.amount_minor), (2, Some("00001"), 1_177));
}

#[test]
fn online_retail_is_read_whole() {
    let Some(path) = data("online_retail/online_retail.csv.gz") else { return };
    let (count, pence, refunds, anonymous) = recount(&path);
    let (probe, read) = read(&path);
    assert_eq!((probe.guesses[0].source, probe.guesses[0].score), (Source::OnlineRetail, 1.0));
    assert_eq!((count, read.records.len(), read.faults.len()), (541_909, 541_909, 0));
    assert_eq!(read.total(), pence);
    assert_eq!(read.records.iter().filter(|record| record.amount_minor < 0).count(), refunds);
    assert_eq!(read.records.iter().filter(|record| record.customer.is_none()).count(), anonymous);
    assert_eq!(read.records[0].customer.as_deref(), Some("17850"));
    let mut hashes = std::collections::HashSet::new();
    let repeated = read.records.iter().filter(|record| !hashes.insert(record.mapped_hash())).count();
    // The stock code is not mapped, so a few lines that differ only there count as repeated too.
    assert!((5_268..6_000).contains(&repeated), "{repeated}");
}

/// Lines, pence, refund lines, lines without a customer; quotes only ever stand around whole cells here.
fn recount(path: &PathBuf) -> (usize, i64, usize, usize) {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let (mut count, mut pence, mut refunds, mut anonymous) = (0, 0i64, 0, 0);
    for line in text.lines().skip(1) {
        // From the end: country, customer, price, date, quantity; only the description before holds commas.
        let cells: Vec<&str> = line.rsplitn(6, ',').collect();
        let quantity: i128 = cells[4].parse().unwrap();
        let (whole, rest) = cells[2].split_once('.').unwrap();
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        let thousandths: i128 = sign
            * (whole.trim_start_matches('-').parse::<i128>().unwrap() * 1_000
                + format!("{rest:0<3}").parse::<i128>().unwrap());
        let product = quantity * thousandths;
        let amount = (product + 5 * product.signum()) / 10;
        count += 1;
        pence += i64::try_from(amount).unwrap();
        refunds += usize::from(amount < 0);
        anonymous += usize::from(cells[1].is_empty());
    }
    (count, pence, refunds, anonymous)
}
