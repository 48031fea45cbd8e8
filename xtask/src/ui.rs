//! `cargo xtask ui`: the staff interface, built into `ui/build`, from where the binary embeds it.

use anyhow::Result;
use clap::Args;

use crate::{
    node,
    shell::{command, root, run, step},
    stamp::Stamp,
};

/// What decides how the built interface looks.
const INPUTS: [&str; 5] = ["src", "static", "package-lock.json", "svelte.config.js", "vite.config.ts"];

/// Build the staff interface.
#[derive(Args)]
pub struct Ui {
    /// Serve it from its sources instead, reloading on change; `dangol serve` answers the API
    #[arg(long)]
    dev: bool,
}

impl Ui {
    /// Builds or serves.
    pub fn run(&self) -> Result<()> {
        if !self.dev {
            return build();
        }
        node::check()?;
        node::install("ui")?;
        run(&mut command("ui", "npm", &["run", "dev"]))
    }
}

/// Builds the interface if its inputs changed.
pub fn build() -> Result<()> {
    node::check()?;
    let stamp = Stamp::of(&root().join("ui"), &INPUTS, "build/.stamp")?;
    if stamp.is_fresh() {
        println!("==> the interface is up to date");
        return Ok(());
    }
    node::install("ui")?;
    step("build the interface", || {
        run(&mut command("ui", "npm", &["run", "--silent", "build"]))?;
        stamp.remember()
    })
}
