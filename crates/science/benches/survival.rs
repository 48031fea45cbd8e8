//! Survival of the IBM Telco subscribers: `cargo bench -p dangol-science --bench survival`.

#[path = "../tests/it/real.rs"]
mod real;
mod report;

use report::timed;
use science::survival::{Column, CoxModel, Durations, KaplanMeier, Ties};

const RUNS: usize = 15;

struct Subscribers {
    months: Vec<f64>,
    left: Vec<bool>,
    columns: Vec<(&'static str, Vec<f64>)>,
}

fn telco() -> Option<Subscribers> {
    let text = real::text("churn/telco.csv.gz")?;
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let is = |column: usize, what: &str| -> Vec<f64> {
        rows.iter().map(|row| f64::from(u8::from(row[column] == what))).collect()
    };
    let number = |column: usize| rows.iter().filter_map(|row| row[column].parse().ok()).collect();
    Some(Subscribers {
        months: number(5),
        left: rows.iter().map(|row| row[20].trim() == "Yes").collect(),
        columns: vec![
            ("senior", is(2, "1")),
            ("partner", is(3, "Yes")),
            ("dependents", is(4, "Yes")),
            ("fiber", is(8, "Fiber optic")),
            ("no_internet", is(8, "No")),
            ("one_year", is(15, "One year")),
            ("two_year", is(15, "Two year")),
            ("paperless", is(16, "Yes")),
            ("echeck", is(17, "Electronic check")),
            ("monthly", number(18)),
        ],
    })
}

fn main() {
    let Some(data) = telco() else { return };
    let durations = Durations::new(&data.months, &data.left).expect("one month and one end each");
    let curve = timed(RUNS, || KaplanMeier::fit(&durations));
    let year = curve.result.survival_at(12.0).map_or(f64::NAN, |survival| survival.value);
    curve.print("kaplan_meier_telco", data.months.len(), &format!("S(12) {year:.6}"));
    let columns: Vec<Column<'_>> =
        data.columns.iter().map(|(name, values)| Column { name, values }).collect();
    let cox = timed(RUNS, || CoxModel::fit(&durations, &columns, Ties::Efron).expect("columns differ"));
    let index = cox.result.concordance.index.value;
    let value = format!("LL {:.3}, concordance {index:.5}", cox.result.log_likelihood);
    cox.print("cox_telco", data.months.len(), &value);
}
