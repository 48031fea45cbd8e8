//! How long satisfaction models take on the ECSI mobile phone data; prints one JSON line a measurement.
//!
//! `cargo bench -p dangol-science --bench satisfaction -- 5000` bootstraps 5,000 draws. Without the data
//! (`../shared/data/sem/mobi.csv`, or `DANGOL_DATA_DIR`) it says so and measures nothing.

use science::satisfaction::Answers;
use science::satisfaction::pls::PlsModel;
use std::path::PathBuf;
use std::time::Instant;

/// Runs of each measurement.
const RUNS: usize = 7;

fn main() {
    let draws: u32 = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(5_000);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("DANGOL_DATA_DIR").map_or_else(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join("sem/mobi.csv")) else {
        eprintln!("left out: {} has no sem/mobi.csv", folder.display());
        return;
    };
    let answers = answers(&text);
    measure("pls_mobi_fit", 1, "plspm_mobi_fit", || ecsi().fit(&answers).map(|fit| fit.iterations));
    measure("pls_mobi_bootstrap", draws, "plspm_mobi_bootstrap", || {
        ecsi().bootstrap(&answers, draws, 1).map(|result| result.used)
    });
    measure("plsc_mobi_bootstrap", draws, "plspm_mobi_bootstrap", || {
        ecsi().consistent(true).bootstrap(&answers, draws, 1).map(|result| result.used)
    });
}

/// Prints the quickest and the middle of several runs, in seconds.
fn measure<T, E: std::fmt::Display>(bench: &str, n: u32, peer_key: &str, work: impl Fn() -> Result<T, E>) {
    let mut seconds: Vec<f64> = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        if let Err(error) = work() {
            eprintln!("{bench}: {error}");
            return;
        }
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_unstable_by(f64::total_cmp);
    println!(
        "{{\"bench\":\"{bench}\",\"n\":{n},\"seconds\":{:.6},\"median\":{:.6},\"peer_key\":\"{peer_key}\"}}",
        seconds[0],
        seconds[RUNS / 2]
    );
}

fn answers(text: &str) -> Answers {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let rows: Vec<Vec<f64>> =
        lines.map(|line| line.split(',').filter_map(|field| field.parse().ok()).collect()).collect();
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
    Answers::new(names.iter().enumerate().map(|(at, name)| (*name, column(at)))).expect("mobi has no gaps")
}

/// The European customer satisfaction index.
fn ecsi() -> PlsModel {
    let many = |stem: &str, items: u32| (1..=items).map(|i| format!("{stem}{i}")).collect::<Vec<String>>();
    PlsModel::new()
        .reflective("Image", many("IMAG", 5))
        .reflective("Expectation", many("CUEX", 3))
        .reflective("Quality", many("PERQ", 7))
        .reflective("Value", many("PERV", 2))
        .reflective("Satisfaction", many("CUSA", 3))
        .reflective("Complaints", ["CUSCO"])
        .reflective("Loyalty", many("CUSL", 3))
        .paths(["Image"], ["Expectation", "Satisfaction", "Loyalty"])
        .paths(["Expectation"], ["Quality", "Value", "Satisfaction"])
        .paths(["Quality"], ["Value", "Satisfaction"])
        .paths(["Value"], ["Satisfaction"])
        .paths(["Satisfaction"], ["Complaints", "Loyalty"])
        .paths(["Complaints"], ["Loyalty"])
}
