//! Reviews and experiments: `cargo bench -p dangol-science --bench choice [-- judge | train | lift | uplift]`.
//!
//! One JSON line a measurement: the least and the median time of several runs.

#[path = "../tests/it/real.rs"]
mod real;

use science::experiment::{Bootstrap, mean_lift};
use science::sentiment::{Labelled, Training, korean, train};
use science::uplift::{Case, curve};
use std::time::Instant;

fn measure<T>(bench: &str, n: usize, runs: usize, work: impl Fn() -> T) {
    let run = |_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed().as_secs_f64()
    };
    let mut seconds: Vec<f64> = (0..runs).map(run).collect();
    seconds.sort_by(f64::total_cmp);
    let (least, median) = (seconds[0], seconds[runs / 2]);
    println!(
        "{{\"bench\":\"{bench}\",\"n\":{n},\"seconds\":{least:.4},\"median\":{median:.4},\"peer_key\":\"{bench}\"}}"
    );
}

fn reviews(text: &str) -> Vec<Labelled<'_>> {
    let row = |line| {
        let mut cells = str::split(line, '\t').skip(1);
        Some(Labelled { text: cells.next()?, praise: cells.next()? == "1" })
    };
    text.lines().skip(1).filter_map(row).collect()
}

fn judging() -> Option<()> {
    let text = real::text("reviews_ko/nsmc_test.tsv.gz")?;
    let rows = reviews(&text);
    measure("sentiment_judge_nsmc", rows.len(), 5, || {
        rows.iter().filter(|row| korean().judge(row.text).is_ok()).count()
    });
    Some(())
}

fn training() -> Option<()> {
    let text = real::text("reviews_ko/nsmc_train.tsv.gz")?;
    let rows = reviews(&text);
    measure("sentiment_train_nsmc", rows.len(), 1, || train(&rows, &Training::korean()));
    Some(())
}

/// (treated with the men's e-mail, recency, spend) of Hillstrom's customers, those with the women's e-mail left out.
fn hillstrom() -> Option<Vec<(bool, f64, f64)>> {
    let text = real::text("uplift/hillstrom.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records = reader.records().filter_map(Result::ok).filter(|r| &r[8] != "Womens E-Mail");
    records.map(|r| Some((&r[8] == "Mens E-Mail", r[0].parse().ok()?, r[11].parse().ok()?))).collect()
}

fn lift() -> Option<()> {
    let rows = hillstrom()?;
    let side = |of: bool| rows.iter().filter(|r| r.0 == of).map(|r| r.2).collect::<Vec<f64>>();
    let (treated, control) = (side(true), side(false));
    measure("mean_lift_bca_2000", rows.len(), 5, || mean_lift(&treated, &control, Bootstrap::default()));
    Some(())
}

fn uplift() -> Option<()> {
    let case = |(treated, recency, outcome): (bool, f64, f64)| Case { score: -recency, treated, outcome };
    let cases: Vec<Case> = hillstrom()?.into_iter().map(case).collect();
    measure("qini_bootstrap_1000", cases.len(), 5, || curve(&cases, 1_000, 1));
    Some(())
}

/// Measures, unless its data are absent.
type Bench = fn() -> Option<()>;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let all: [(&str, Bench); 4] =
        [("judge", judging), ("train", training), ("lift", lift), ("uplift", uplift)];
    for (name, bench) in all {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            bench();
        }
    }
}
