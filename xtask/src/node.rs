//! Node: its version, and the packages of a folder.

use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::{
    shell::{command, output, root, run, step},
    stamp::Stamp,
};

/// The oldest Node that runs the build tool of the interface.
const OLDEST: (u32, u32) = (20, 19);
const ADVICE: &str = "install Node 20.19 or newer from https://nodejs.org (or `nvm install 20`), then run the same command again";

/// Fails with advice unless a new enough Node is installed.
pub fn check() -> Result<()> {
    let mut node = command("", "node", &["--version"]);
    let Ok(version) = output(node.stderr(Stdio::null())) else {
        bail!("Node is not installed: {ADVICE}");
    };
    if parse(&version).with_context(|| format!("`node --version` printed {version:?}"))? < OLDEST {
        bail!("Node {} is too old: {ADVICE}", version.trim());
    }
    Ok(())
}

/// Major and minor number of `v20.19.1`.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Installs the packages of `dir` exactly as locked, unless that was done for the same lock file.
pub fn install(dir: &str) -> Result<()> {
    let stamp = Stamp::of(&root().join(dir), &["package-lock.json"], "node_modules/.stamp")?;
    if stamp.is_fresh() {
        return Ok(());
    }
    step(&format!("install the packages of {dir}/ (npm ci)"), || {
        let mut npm = command(dir, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        // The browser comes from the system, not from the packages.
        run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
        stamp.remember()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parse("v20.9.0\n").is_some_and(|version| version < OLDEST));
        assert!(parse("v22.0.0").is_some_and(|version| version > OLDEST));
        assert_eq!(parse("nothing"), None);
    }
}
