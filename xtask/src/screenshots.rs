//! `cargo xtask screenshots`: the pictures in `docs/`, taken from the demo by `e2e/screenshots`.

use anyhow::{Result, ensure};

use crate::{
    browser,
    cargo::tested_program,
    packages,
    shell::{root, step},
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
    step("build dangol", tested_program)?;
    step("take the pictures", || browser::playwright(&["--project=screenshots"]))
}
