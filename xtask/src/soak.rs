//! `cargo xtask soak`: the Rust tests with the large figures that tests read from `DANGOL_SOAK`.

use anyhow::Result;

use crate::{
    cargo::cargo,
    packages,
    postgres::{Postgres, VARIABLE},
    shell::{is_installed, run, step},
};

/// Runs the tests optimised and patiently, those marked `#[ignore]` included.
pub fn run_all() -> Result<()> {
    packages::ensure()?;
    let postgres = Postgres::start()?;
    let nextest =
        ["nextest", "run", "--workspace", "--no-fail-fast", "--cargo-profile=demo", "--run-ignored=all"];
    let plain = ["test", "--workspace", "--no-fail-fast", "--profile=demo", "--", "--include-ignored"];
    let mut tests = if is_installed("cargo-nextest") { cargo(&nextest) } else { cargo(&plain) };
    step("soak", || run(tests.env("DANGOL_SOAK", "1").env(VARIABLE, postgres.url())))
}
