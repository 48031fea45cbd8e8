//! The browser tests in `e2e/`, which drive the real binary.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{
    cargo::dangol,
    node,
    shell::{command, find, run},
};

/// The Chromium to test with: `DANGOL_CHROMIUM`, or the system's.
pub fn executable() -> Result<PathBuf> {
    std::env::var_os("DANGOL_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find))
        .context("no Chromium is installed: run `apt-get install chromium` or name one in DANGOL_CHROMIUM")
}

/// Runs Playwright with `args` against the debug build of `dangol`.
pub fn playwright(args: &[&str]) -> Result<()> {
    node::check()?;
    node::install("e2e")?;
    let mut npx = command("e2e", "npx", &["--no-install", "playwright", "test"]);
    run(npx.args(args).env("DANGOL_BIN", dangol("debug")).env("DANGOL_CHROMIUM", executable()?))
}
