//! A backup as a file: under another name until it is whole and on the disk.

use super::seal::{Opened, Passphrase, Sealed, Sealing};
use serde::Serialize;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use store::backup::{self, Restored, Summary};
use store::{Db, Environment, Error, Location, Result};

/// A backup that was written.
#[derive(Debug, Clone, Serialize)]
pub struct Written {
    /// Where.
    pub file: PathBuf,
    /// How long the file is.
    pub bytes: u64,
    /// Whether it needs a passphrase.
    pub encrypted: bool,
    /// What is in it.
    #[serde(flatten)]
    pub summary: Summary,
}

/// Writes a backup of the company to `file`.
///
/// # Errors
/// [`Error::Refused`] when something of that name is there, or the file cannot be written: then nothing is left of it.
pub async fn write(db: &Db, file: &Path, sealing: &Sealing) -> Result<Written> {
    if file.exists() {
        return Err(Error::Refused(format!("{} is there already: name another file", file.display())));
    }
    let part = part(file)?;
    let written = whole(db, &part, sealing).await.and_then(|summary| {
        finish(&part, file).map_err(|error| unwritten(file, &error))?;
        Ok(summary)
    });
    if written.is_err() {
        // What is half a backup must not stay; that it was never made is no fault.
        let _ = fs::remove_file(&part);
    }
    let (summary, bytes) = written?;
    Ok(Written { file: file.to_owned(), bytes, encrypted: matches!(sealing, Sealing::With(_)), summary })
}

fn part(file: &Path) -> Result<PathBuf> {
    let name = file.file_name().ok_or_else(|| Error::Refused("name the file of the backup".into()))?;
    let mut part = name.to_owned();
    part.push(".part");
    Ok(file.with_file_name(part))
}

async fn whole(db: &Db, part: &Path, sealing: &Sealing) -> Result<(Summary, u64)> {
    let (path, how) = (part.to_owned(), sealing.clone());
    // The passphrase's work takes a second of a processor.
    let begun = tokio::task::spawn_blocking(move || Sealed::begin(create(&path)?, &how)).await;
    let begun = begun.map_err(|error| Error::Panicked(error.to_string()))?;
    let (summary, sealed) = backup::write(db, begun.map_err(|error| unwritten(part, &error))?).await?;
    let ended = tokio::task::spawn_blocking(move || {
        let file = sealed.finish()?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    });
    let ended = ended.await.map_err(|error| Error::Panicked(error.to_string()))?;
    Ok((summary, ended.map_err(|error| unwritten(part, &error))?))
}

/// A new file that only its owner may read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn finish(part: &Path, file: &Path) -> io::Result<()> {
    fs::rename(part, file)?;
    // The name is on the disk when the folder is; Windows opens no folders and needs no such word.
    if cfg!(unix) {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

fn unwritten(file: &Path, error: &io::Error) -> Error {
    Error::Refused(format!("the backup {} cannot be written: {error}", file.display()))
}

fn open(file: &Path, passphrase: Option<&Passphrase>) -> Result<Opened> {
    let opened = File::open(file)
        .map_err(|error| Error::Refused(format!("the backup {} cannot be read: {error}", file.display())))?;
    Opened::begin(opened, passphrase)
}

/// Reads a backup to its end; gives what is in it and whether it is encrypted.
///
/// # Errors
/// When it is damaged, not complete, or the passphrase does not fit.
pub async fn check(file: &Path, passphrase: Option<Passphrase>) -> Result<(Summary, bool)> {
    let file = file.to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        let opened = open(&file, passphrase.as_ref())?;
        let encrypted = opened.is_encrypted();
        Ok((backup::check(opened)?, encrypted))
    });
    checked.await.map_err(|error| Error::Panicked(error.to_string()))?
}

/// Restores a backup, after it was checked whole.
///
/// # Errors
/// As [`check`], and when a company is there that `replace` does not give up. Nothing is changed then.
pub async fn restore(
    file: &Path,
    passphrase: Option<Passphrase>,
    location: &Location,
    environment: &Environment,
    replace: bool,
) -> Result<Restored> {
    backup::restore(|| open(file, passphrase.as_ref()), location, environment, replace).await
}
