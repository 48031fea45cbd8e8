//! `cargo xtask screenshots`: the pictures in `docs/`, taken from the demo by `e2e/screenshots`.

use anyhow::{Result, ensure};

use crate::{
    browser,
    cargo::cargo,
    packages,
    shell::{root, run, step},
    ui,
};

/// Builds what is shown and takes the pictures.
pub fn run_all() -> Result<()> {
    ensure!(
        root().join("e2e/screenshots").is_dir(),
        "e2e/screenshots holds no script yet that takes pictures"
    );
    packages::ensure()?;
    ui::build()?;
    step("build dangol", || run(&mut cargo(&["build", "-p", "dangol"])))?;
    step("take the pictures", || browser::playwright(&["--project=screenshots"]))
}
