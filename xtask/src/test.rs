//! `cargo xtask test`: everything that can be tested, on both engines and in the browser.

use anyhow::Result;
use clap::Args;

use crate::{
    browser,
    cargo::cargo,
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
            all(&mut report)?;
        } else {
            let postgres = Postgres::start()?;
            report.part("Rust tests that match", || rust_tests(&postgres, &self.filter));
            report.left_out("interface and browser", "a filter was given");
        }
        report.finish()
    }
}

/// Tries every part of the tests; the system packages are there.
pub fn all(report: &mut Report) -> Result<()> {
    report.part("build the interface", ui::build);
    let postgres = Postgres::start()?;
    report.part("Rust tests on SQLite and PostgreSQL", || rust_tests(&postgres, &[]));
    drop(postgres);
    report.part("interface: types and lints", || npm("check"));
    report.part("interface: tests", || npm("test"));
    report.part("browser", || {
        run(&mut cargo(&["build", "-p", "dangol"]))?;
        browser::playwright(&["--project=desktop", "--project=phone"])
    });
    Ok(())
}

fn npm(script: &str) -> Result<()> {
    node::install("ui")?;
    run(&mut command("ui", "npm", &["run", "--silent", script]))
}

/// The tests of all crates. They print which parts they leave out themselves, for want of data for instance.
fn rust_tests(postgres: &Postgres, filter: &[String]) -> Result<()> {
    let nextest = ["nextest", "run", "--workspace", "--no-fail-fast"];
    let plain = ["test", "--workspace", "--no-fail-fast"];
    let mut tests = if is_installed("cargo-nextest") { cargo(&nextest) } else { cargo(&plain) };
    run(tests.args(filter).env(VARIABLE, postgres.url()))
}
