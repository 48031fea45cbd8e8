//! `cargo xtask demo`: from a clone to a company one can look around in.

use anyhow::Result;
use clap::Args;

use crate::{
    cargo::{cargo, dangol},
    shell::{command, run, step},
    ui,
};

/// Build everything and open a made-up coffee shop in the browser.
#[derive(Args)]
pub struct Demo {
    /// The day on which the shop is looked at, as 2026-11-21; the real one unless given
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// Seed of the simulation: the same seed and day give the same shop
    #[arg(long)]
    seed: Option<u64>,
    /// Port to serve on; the next free one is taken if it is in use
    #[arg(long, default_value_t = 7878)]
    port: u16,
}

impl Demo {
    /// Builds what is missing and serves until interrupted.
    pub fn run(&self) -> Result<()> {
        ui::build()?;
        step("build dangol", || run(&mut cargo(&["build", "--profile", "demo", "-p", "dangol"])))?;
        println!("==> simulate the shop and serve it; Ctrl-C ends it");
        let mut demo = command("", dangol("demo"), &["demo"]);
        demo.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        if let Some(today) = &self.today {
            demo.args(["--today", today]);
        }
        if let Some(seed) = self.seed {
            demo.args(["--seed", &seed.to_string()]);
        }
        run(&mut demo)
    }
}
