//! Satisfaction models: `cargo bench -p dangol-science --bench satisfaction [-- DRAWS]` (default 5000).

#[path = "../tests/it/real.rs"]
mod real;
mod report;

use report::timed;
use science::satisfaction::Answers;
use science::satisfaction::pls::PlsModel;
use science::satisfaction::sem::CbSem;

const RUNS: usize = 7;

fn answers(name: &str) -> Option<Answers> {
    let text = real::text(name)?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next()?.split(',').map(|name| name.trim_matches('"')).collect();
    let rows: Vec<Vec<Option<f64>>> =
        lines.map(|line| line.split(',').map(|field| field.parse().ok()).collect()).collect();
    // Columns of words are left out.
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Option<Vec<f64>>>();
    let numbers = names.iter().enumerate().filter_map(|(at, name)| Some((*name, column(at)?)));
    Some(Answers::new(numbers).expect("the data have no gaps"))
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

fn mobile_phones(draws: u32) -> Option<()> {
    let answers = answers("sem/mobi.csv")?;
    let fit = timed(RUNS, || ecsi().fit(&answers).expect("the model fits"));
    let path = fit.result.path("Quality", "Satisfaction").unwrap_or(f64::NAN);
    fit.print("pls_mobi_fit", 1, &format!("Quality>Satisfaction {path:.4}"));
    for (name, model) in [("pls", ecsi()), ("plsc", ecsi().consistent(true))] {
        let drawn = timed(RUNS, || model.bootstrap(&answers, draws, 1).expect("the model fits"));
        let error = drawn.result.path("Quality", "Satisfaction").map_or(f64::NAN, |path| path.standard_error);
        let value = format!("{} used, Quality>Satisfaction SE {error:.3}", drawn.result.used);
        drawn.print(&format!("{name}_mobi_bootstrap"), draws as usize, &value);
    }
    Some(())
}

/// Three abilities of 301 pupils (Holzinger & Swineford 1939).
fn pupils() -> Option<()> {
    let answers = answers("sem/lavaan_HolzingerSwineford1939.csv")?;
    let model = CbSem::new()
        .measured_by("visual", ["x1", "x2", "x3"])
        .measured_by("textual", ["x4", "x5", "x6"])
        .measured_by("speed", ["x7", "x8", "x9"]);
    let fit = timed(RUNS, || model.fit(&answers).expect("the model fits"));
    let measures = fit.result.measures;
    let value = format!(
        "χ²({}) {:.3}, LL {:.3}",
        measures.degrees_of_freedom, measures.chi_squared, measures.log_likelihood
    );
    fit.print("cb_sem_holzinger", 301, &value);
    Some(())
}

/// Industry and democracy of 75 countries (Bollen 1989).
fn countries() -> Option<()> {
    let answers = answers("sem/lavaan_PoliticalDemocracy.csv")?;
    let model = CbSem::new()
        .measured_by("ind60", ["x1", "x2", "x3"])
        .measured_by("dem60", ["y1", "y2", "y3", "y4"])
        .measured_by("dem65", ["y5", "y6", "y7", "y8"])
        .regress("dem60", ["ind60"])
        .regress("dem65", ["ind60", "dem60"])
        .covary("y1", ["y5"])
        .covary("y2", ["y4", "y6"])
        .covary("y3", ["y7"])
        .covary("y4", ["y8"])
        .covary("y6", ["y8"]);
    let fit = timed(RUNS, || model.fit(&answers).expect("the model fits"));
    let measures = fit.result.measures;
    let value = format!(
        "χ²({}) {:.3}, LL {:.3}",
        measures.degrees_of_freedom, measures.chi_squared, measures.log_likelihood
    );
    fit.print("cb_sem_democracy", 75, &value);
    Some(())
}

fn main() {
    let draws = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(5_000);
    mobile_phones(draws);
    pupils();
    countries();
}
