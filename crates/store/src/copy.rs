//! A copy of a SQLite database beside it, before something that cannot be taken back.

use crate::{Error, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long the copy waits for whoever writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Copies `dangol.db` of `folder` to `dangol.db.before-NNNN`, whole and on the disk; a copy that is there already stays
/// as it is. Gives its path.
///
/// # Errors
/// [`Error::Refused`] when the copy cannot be made: then nothing may follow that needs it.
pub async fn before(folder: &Path, step: i64) -> Result<PathBuf> {
    let to = folder.join(format!("dangol.db.before-{step:04}"));
    if to.exists() {
        return Ok(to);
    }
    let made = make(&folder.join("dangol.db"), &to).await;
    made.map(|()| to.clone()).map_err(|error| {
        Error::Refused(format!(
            "the copy {} cannot be made ({error}): make room, or copy the folder yourself and leave an empty file of \
             that name; nothing was changed",
            to.display()
        ))
    })
}

async fn make(from: &Path, to: &Path) -> Result<()> {
    // Under another name until it is whole: half a copy must not pass for one.
    let part = to.with_extension("part");
    let broken = |error: std::io::Error| Error::Refused(error.to_string());
    if part.exists() {
        std::fs::remove_file(&part).map_err(broken)?;
    }
    let options = SqliteConnectOptions::new().filename(from).create_if_missing(false).busy_timeout(PATIENCE);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let name = part.to_string_lossy().into_owned();
    sqlx::query("vacuum into $1").bind(name).execute(&mut connection).await?;
    connection.close().await?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(broken)?;
    std::fs::rename(&part, to).map_err(broken)
}
