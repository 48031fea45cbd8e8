//! `dangol audit`.

use crate::cli::VerifyAudit;
use crate::open::Data;
use anyhow::{Context, Result, anyhow};
use std::process::ExitCode;
use store::Environment;
use web::audit::verify::{self, Verdict};

/// Checks that the audit log is what was sealed; ends with 1 if it is not.
pub async fn verify(asked: &VerifyAudit, data: &Data) -> Result<ExitCode> {
    let anchor = match &asked.anchor {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("the anchor {} cannot be read", file.display()))?;
            verify::read_anchor(&text).map_err(|error| anyhow!(error))?
        }
        None => Vec::new(),
    };
    let db = data.open_existing(Environment::real()).await?;
    let mut tx = db.read().await?;
    let verdict = verify::verify(&mut tx, anchor).await?;
    drop(tx);
    db.close().await?;
    if asked.json {
        println!("{}", serde_json::to_string(&verdict)?);
    } else {
        tell(&verdict);
    }
    Ok(if verdict.fault.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(verdict: &Verdict) {
    if let Some(fault) = &verdict.fault {
        println!(
            "The audit log was changed: {fault}. The {} rows before are as they were.",
            verdict.verified
        );
        return;
    }
    println!("{} rows are as they were sealed.", verdict.verified);
    match verdict.anchored {
        0 => {
            println!("No anchor was compared: a log that was cut off and signed again would not be noticed.")
        }
        lines => println!("{lines} lines of the anchor agree."),
    }
    if verdict.waiting > 0 {
        println!("{} rows wait to be sealed: dangol serve does it within a second.", verdict.waiting);
    }
    if verdict.keys_changed > 0 {
        let times = if verdict.keys_changed == 1 { "once" } else { "several times" };
        println!("The key changed {times}: after a restore that is as it should be.");
    }
}
