//! Reviews and experiments: `cargo bench -p dangol-science --bench choice [-- judge | train | lift | uplift]`.

#[path = "../tests/it/real.rs"]
mod real;
mod report;

use report::{timed, wanted};
use science::Estimate;
use science::experiment::{Bootstrap, mean_lift};
use science::sentiment::{Labelled, Training, korean, train};
use science::uplift::{Case, qini_curve};

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
    let right = |row: &&Labelled<'_>| (korean().probability(row.text) >= 0.5) == row.praise;
    let judged = timed(5, || rows.iter().filter(right).count());
    let share = judged.result as f64 / rows.len() as f64;
    judged.print("sentiment_judge_nsmc", rows.len(), &format!("accuracy {share:.4}"));
    Some(())
}

fn training() -> Option<()> {
    let text = real::text("reviews_ko/nsmc_train.tsv.gz")?;
    let rows = reviews(&text);
    timed(1, || train(&rows, &Training::korean())).print("sentiment_train_nsmc", rows.len(), "");
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
    let lift = timed(5, || mean_lift(&treated, &control, Bootstrap::default()).expect("spends differ"));
    let Estimate { value, low, high, .. } = lift.result.bootstrap;
    lift.print("mean_lift_bca_2000", rows.len(), &format!("{value:.4} ({low:.3} to {high:.3})"));
    Some(())
}

fn uplift() -> Option<()> {
    let case = |(treated, recency, outcome): (bool, f64, f64)| Case { score: -recency, treated, outcome };
    let cases: Vec<Case> = hillstrom()?.into_iter().map(case).collect();
    let judged = timed(3, || qini_curve(&cases, 1_000, 1).expect("both sides are large"));
    judged.print("qini_bootstrap_1000", cases.len(), &format!("Qini {:.5}", judged.result.qini.value));
    Some(())
}

/// Measures, unless its data are absent.
type Bench = fn() -> Option<()>;

fn main() {
    let all: [(&str, Bench); 4] =
        [("judge", judging), ("train", training), ("lift", lift), ("uplift", uplift)];
    for (name, bench) in all {
        if wanted(name) {
            bench();
        }
    }
}
