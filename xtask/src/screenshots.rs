//! `cargo xtask screenshots`: the pictures in `docs/`, taken from the demo by `e2e/screenshots`.

use anyhow::Result;

use crate::{
    browser,
    cargo::cargo,
    packages,
    shell::{run, step},
    ui,
};

/// Builds what is shown and takes the pictures.
pub fn run_all() -> Result<()> {
    packages::ensure()?;
    ui::build()?;
    step("build dangol", || run(&mut cargo(&["build", "-p", "dangol"])))?;
    step("take the pictures", || browser::playwright(&["--project=screenshots"]))
}
