//! Cargo commands and where they put what they build.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::shell;

/// `cargo` with the given arguments, in the root.
pub fn cargo(args: &[&str]) -> Command {
    // Cargo names itself to the programs it runs; the name on the path may be another toolchain's.
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    shell::command("", program, args)
}

/// The folder that Cargo builds into.
pub fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    shell::root().join(target)
}

/// The program `dangol` as built in the profile's folder (`debug`, `demo`, `release`).
pub fn dangol(folder: &str) -> PathBuf {
    target().join(folder).join("dangol")
}

/// The program as the tests have it, built if need be. Built on its own it would want other features of the libraries
/// it shares with the tests, and all of them a second time.
pub fn tested_program() -> Result<PathBuf> {
    shell::run(&mut cargo(&["test", "--workspace", "--no-run"]))?;
    Ok(dangol("debug"))
}
