//! `cargo xtask openapi`: the API description, printed by the program itself, and the client types made from it.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    cargo::tested_program,
    node,
    shell::{command, output, root, step},
};

/// Both are committed, so that a change of the API is seen in review.
const DESCRIPTION: &str = "ui/openapi.json";
const TYPES: &str = "ui/src/lib/api/schema.d.ts";

/// Write the API description and the client types.
#[derive(Args)]
pub struct Openapi {
    /// Write nothing; fail if what is committed is out of date
    #[arg(long)]
    check: bool,
}

impl Openapi {
    /// Writes or compares.
    pub fn run(&self) -> Result<()> {
        if self.check { check() } else { write() }
    }
}

fn write() -> Result<()> {
    let description = step("describe the API", describe)?;
    fs::write(root().join(DESCRIPTION), description)
        .with_context(|| format!("cannot write {DESCRIPTION}"))?;
    let types = step("make the client types", types)?;
    fs::write(root().join(TYPES), types).with_context(|| format!("cannot write {TYPES}"))
}

/// Fails if the committed description or types are not those of this code.
pub fn check() -> Result<()> {
    compare(DESCRIPTION, &step("describe the API", describe)?)?;
    compare(TYPES, &step("make the client types", types)?)
}

fn compare(file: &str, made: &str) -> Result<()> {
    let committed = fs::read_to_string(root().join(file)).unwrap_or_default();
    if committed != made {
        bail!("{file} is out of date: run `cargo xtask openapi` and commit what it writes");
    }
    Ok(())
}

fn describe() -> Result<String> {
    output(Command::new(tested_program()?).arg("openapi"))
}

fn types() -> Result<String> {
    node::check()?;
    node::install("ui")?;
    // Without an output file the types are printed, without the colours meant for a terminal.
    output(command("ui", "npx", &["--no-install", "openapi-typescript", "openapi.json"]).env("NO_COLOR", "1"))
}
