//! Room on the disk: what runs out in the middle of a build says so in a hundred ways, none of them this one.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::shell::{command, output};

/// KiB of a GiB.
const GIB: f64 = (1 << 20) as f64;
/// What the tests themselves write, in GiB.
const LEAST: f64 = 1.0;

/// Says how much room there is where things are built and tried.
///
/// # Errors
/// When that is too little to begin. What a former run has built counts as room, for half of it at most: a build by other
/// rules lies beside it.
pub fn ensure(target: &Path, needed_gib: f64) -> Result<()> {
    std::fs::create_dir_all(target).with_context(|| format!("make {}", target.display()))?;
    let built = output(&mut command("", "du", &["-sk", text(target)?]))?;
    let built = built.split_whitespace().next().context("du tells it")?.parse::<f64>()? / GIB;
    for (folder, needed) in
        [(target, (needed_gib - built).max(needed_gib / 2.0)), (&std::env::temp_dir(), LEAST)]
    {
        let free = free_gib(folder)?;
        println!("{free:.1} GiB are free at {}", folder.display());
        ensure!(
            free >= needed,
            "only {free:.1} GiB are free at {}, and about {needed:.0} are needed: make room and run again ({built:.1} GiB \
             of it were built before; `cargo clean` gives them back)",
            folder.display()
        );
    }
    Ok(())
}

fn text(folder: &Path) -> Result<&str> {
    folder.to_str().context("the path is text")
}

/// `df -Pk` (POSIX): the fourth column of the second line.
fn free_gib(folder: &Path) -> Result<f64> {
    let told = output(&mut command("", "df", &["-Pk", text(folder)?]))?;
    let free = told.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)).context("df tells it")?;
    Ok(free.parse::<f64>()? / GIB)
}
