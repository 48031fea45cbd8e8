//! `dangol migrate`.

use crate::cli::Migrate;
use crate::open::Data;
use anyhow::Result;
use std::process::ExitCode;
use store::migrate::{self, Step};

/// Brings the data up to this program's schema, or tells what is missing.
pub async fn run(asked: &Migrate, data: &Data) -> Result<ExitCode> {
    let db = data.connect().await?;
    let steps = if asked.check { migrate::pending(&db).await? } else { migrate::run(&db).await? };
    tell(&steps, asked.check);
    let missing = asked.check && !steps.is_empty();
    Ok(if missing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell(steps: &[Step], check: bool) {
    match (steps.is_empty(), check) {
        (true, _) => println!("The data is up to date."),
        (false, true) => println!("Missing steps (run dangol migrate):"),
        (false, false) => println!("Applied steps:"),
    }
    for step in steps {
        println!("  {}", step.name);
    }
}
