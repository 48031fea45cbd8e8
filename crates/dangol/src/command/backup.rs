//! `dangol backup` and `dangol restore`.

use crate::cli::{Backup, Restore};
use crate::open::{self, Data};
use anyhow::{Result, bail};
use operate::backup::{self, PASSPHRASE, Passphrase, Sealing};
use serde_json::json;
use std::process::ExitCode;
use store::backup::Summary;
use store::{Environment, Location};

/// Writes the company into a file.
pub async fn backup(asked: &Backup, data: &Data) -> Result<ExitCode> {
    let sealing = sealing(asked.plain)?;
    let db = data.open_existing(Environment::real()).await?;
    let written = backup::write(&db, &asked.out, &sealing).await;
    db.close().await?;
    let written = written?;
    if asked.json {
        println!("{}", serde_json::to_string(&written)?);
    } else {
        println!(
            "{}: {} rows of {} tables, {} bytes{}",
            written.file.display(),
            written.summary.rows(),
            written.summary.tables.len(),
            written.bytes,
            if written.encrypted { ", encrypted" } else { ", readable by whoever has it" }
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn sealing(plain: bool) -> Result<Sealing> {
    match (Passphrase::from_environment()?, plain) {
        (_, true) => Ok(Sealing::Plain),
        (Some(passphrase), false) => Ok(Sealing::With(passphrase)),
        (None, false) => bail!(
            "a backup holds everything about everyone: give a passphrase in {PASSPHRASE}, or say --plain to write it \
             readable"
        ),
    }
}

/// Puts a backup in place of nothing, or of what is there where that is said.
pub async fn restore(asked: &Restore, data: &Data) -> Result<ExitCode> {
    let passphrase = Passphrase::from_environment()?;
    if asked.check {
        let (summary, _) = backup::check(&asked.file, passphrase).await?;
        tell(asked, &summary, "is whole")?;
        return Ok(ExitCode::SUCCESS);
    }
    let _replacing = hold(data)?;
    let restored =
        backup::restore(&asked.file, passphrase, &data.location, &Environment::real(), asked.replace).await?;
    tell(asked, &restored.summary, "was restored")?;
    if let Some(before) = restored.replaced {
        eprintln!("The company that was there lies in {}: remove it when you are content.", before.display());
    }
    eprintln!("Nothing is sent until an owner lifts that.");
    Ok(ExitCode::SUCCESS)
}

/// Keeps the folder from being served meanwhile; a database server is asked by the restore itself.
fn hold(data: &Data) -> Result<Option<std::fs::File>> {
    let Location::Folder(folder) = &data.location else { return Ok(None) };
    std::fs::create_dir_all(folder)?;
    let Some(held) = open::replacing(folder)? else {
        bail!("{} is being served: stop Dangol first; nothing was changed", folder.display())
    };
    Ok(Some(held))
}

fn tell(asked: &Restore, summary: &Summary, what: &str) -> Result<()> {
    if asked.json {
        let tables: serde_json::Map<String, serde_json::Value> =
            summary.tables.iter().map(|table| (table.table.clone(), table.rows.into())).collect();
        println!("{}", json!({ "header": summary.header, "rows": summary.rows(), "tables": tables }));
    } else {
        println!(
            "{} {what}: of {}, written by dangol {}, {} rows of {} tables.",
            asked.file.display(),
            summary.header.created_at,
            summary.header.program,
            summary.rows(),
            summary.tables.len()
        );
    }
    Ok(())
}
