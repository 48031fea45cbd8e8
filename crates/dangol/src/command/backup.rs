//! `dangol backup` and `dangol restore`.

use crate::cli::{Backup, Restore};
use crate::open::{self, Data};
use anyhow::{Result, bail};
use know::privacy::again;
use know::privacy::list::{self, Line};
use operate::backup::{self, PASSPHRASE, Passphrase, Sealing};
use serde_json::json;
use std::process::ExitCode;
use store::backup::Summary;
use store::{Environment, Location};

/// Writes the company into a file.
pub async fn backup(asked: &Backup, data: &Data) -> Result<ExitCode> {
    let sealing = sealing(asked.plain)?;
    let db = data.open_existing(Environment::real()).await?;
    super::write_down_alone(&db, "backup.asked").await?;
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
    let erased = erased(asked, data)?;
    let _replacing = hold(data)?;
    let restored =
        backup::restore(&asked.file, passphrase, &data.location, &Environment::real(), asked.replace).await?;
    tell(asked, &restored.summary, "was restored")?;
    if let Some(before) = restored.replaced {
        eprintln!("The company that was there lies in {}: remove it when you are content.", before.display());
    }
    erase_again(data, erased).await?;
    eprintln!("Nothing is sent until an owner lifts that.");
    Ok(ExitCode::SUCCESS)
}

/// What is known of people who were erased after the backup was made.
enum Erased {
    /// These were.
    These(Vec<Line>),
    /// Nobody was: whoever restores answers for that.
    Nobody,
    /// There is no list. Nothing can be sent before somebody brings one, or answers for there being nobody.
    Unknown,
}

fn erased(asked: &Restore, data: &Data) -> Result<Erased> {
    let list = &data.erased_list;
    match (asked.no_erased_list, list.exists()) {
        (true, _) => Ok(Erased::Nobody),
        (false, true) => Ok(Erased::These(list::read(list)?)),
        (false, false) if data.list_is_named => {
            bail!("the list of the erased {} is not there; nothing was changed", list.display())
        }
        (false, false) => Ok(Erased::Unknown),
    }
}

/// Erases them from what was restored. If this is cut off, nothing can be sent, and the next start does it.
async fn erase_again(data: &Data, erased: Erased) -> Result<()> {
    let db = data.open(Environment::real()).await?;
    super::write_down_alone(&db, "backup.restored").await?;
    let again = match erased {
        Erased::These(lines) => again::erase(&db, &lines).await,
        Erased::Nobody => again::waive(&db).await.map(|()| 0),
        Erased::Unknown => {
            eprintln!(
                "People may have been erased after this backup was made, and there is no list of them at {}: restore again \
                 with --erased-list, or an owner says that nobody was before anything is sent.",
                data.erased_list.display()
            );
            Ok(0)
        }
    };
    db.close().await?;
    match again? {
        0 => {}
        again => eprintln!("{again} who were erased after the backup was made are erased again."),
    }
    Ok(())
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
