//! `dangol migrate`.

use crate::cli::Migrate;
use crate::open::Data;
use anyhow::Result;
use std::process::ExitCode;
use store::migrate::{self, Step};

/// Brings the data up to this program's schema, or only looks what is missing.
pub async fn run(asked: &Migrate, data: &Data) -> Result<ExitCode> {
    let steps = if asked.check { data.standing().await?.pending } else { migrate(data).await? };
    tell(&steps, asked.check);
    let missing = asked.check && !steps.is_empty();
    Ok(if missing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn migrate(data: &Data) -> Result<Vec<Step>> {
    data.make_ready().await?;
    let db = data.connect().await?;
    let steps = migrate::run(&db).await?;
    db.close().await?;
    Ok(steps)
}

fn tell(steps: &[Step], check: bool) {
    match (steps.is_empty(), check) {
        (true, _) => println!("The data is up to date."),
        (false, true) => println!("Missing steps (dangol migrate or dangol serve applies them):"),
        (false, false) => println!("Applied steps:"),
    }
    for step in steps {
        println!("  {}", step.name);
    }
}
