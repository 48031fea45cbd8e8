//! `cargo xtask test`: everything that can be tested, on both engines and in the browser.

use anyhow::Result;
use clap::Args;

use crate::{
    browser,
    cargo::{cargo, tested_program},
    node, packages,
    postgres::{Postgres, VARIABLE},
    report::Report,
    shell::{command, is_installed, run},
    ui,
};

/// Run every test.
#[derive(Args)]
pub struct Test {
    /// Only the Rust tests whose names contain one of these; further options go to the test runner
    #[arg(last = true)]
    filter: Vec<String>,
}

impl Test {
    /// Runs and sums up.
    pub fn run(&self) -> Result<()> {
        let mut report = Report::new("test");
        if self.filter.is_empty() {
            packages::ensure()?;
            report.part("interface", ui::build);
            all(&mut report)?;
        } else {
            let postgres = Postgres::start()?;
            report.part("Rust tests that match", || rust_tests(&postgres, &self.filter));
            report.left_out("interface and browser tests", "a filter was given");
        }
        report.finish()
    }
}

/// Tries every part of the tests; the system packages and the built interface are there.
pub fn all(report: &mut Report) -> Result<()> {
    let postgres = Postgres::start()?;
    report.part("Rust tests on SQLite and PostgreSQL", || rust_tests(&postgres, &[]));
    drop(postgres);
    report.part("examples in the documentation", || run(&mut cargo(&["test", "--doc", "--workspace"])));
    report.part("interface: types and lints", || npm("ui", "check"));
    report.part("interface: tests", || npm("ui", "test"));
    report.part("interface: size", || npm("ui", "size"));
    report.part("browser tests: types", || npm("e2e", "check"));
    report.part("browser tests", || {
        tested_program()?;
        browser::playwright(&["--project=desktop", "--project=phone"])
    });
    Ok(())
}

fn npm(dir: &str, script: &str) -> Result<()> {
    node::install(dir)?;
    run(&mut command(dir, "npm", &["run", "--silent", script]))
}

/// The tests of all crates, unless the filter names some. They print what they leave out themselves, for want of data
/// for instance.
fn rust_tests(postgres: &Postgres, filter: &[String]) -> Result<()> {
    let names_crates = filter.iter().any(|word| word == "-p" || word.starts_with("--package"));
    let mut tests = if is_installed("cargo-nextest") { cargo(&["nextest", "run"]) } else { cargo(&["test"]) };
    if !names_crates {
        tests.arg("--workspace");
    }
    run(tests.arg("--no-fail-fast").args(filter).env(VARIABLE, postgres.url()))
}
