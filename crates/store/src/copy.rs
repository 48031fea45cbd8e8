//! A copy of a SQLite database beside it, before something that cannot be taken back.

use crate::{Error, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long the copy waits for whoever writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Copies `dangol.db` of `folder` to `dangol.db.before-NNNN`, whole and on the disk. Gives its path.
///
/// A copy that is there stays as it is, and serves if nothing was written since; else a further one is made beside it,
/// `dangol.db.before-NNNN-2` and so on.
///
/// # Errors
/// [`Error::Refused`] when the copy cannot be made: then nothing may follow that needs it.
pub async fn before(folder: &Path, step: i64) -> Result<PathBuf> {
    let name = |count: u32| match count {
        1 => folder.join(format!("dangol.db.before-{step:04}")),
        _ => folder.join(format!("dangol.db.before-{step:04}-{count}")),
    };
    let mut count = 1;
    while name(count).exists() {
        count += 1;
    }
    let (last, to) = (name(count.max(2) - 1), name(count));
    let refused = |error: Error| {
        Error::Refused(format!(
            "the copy {} cannot be made ({error}): make room, or copy the folder yourself and leave an empty file of \
             that name; nothing was changed",
            to.display()
        ))
    };
    if count > 1 && is_current(folder, &last).map_err(broken).map_err(refused)? {
        return Ok(last);
    }
    make(folder, &to).await.map_err(refused)?;
    Ok(to)
}

fn broken(error: std::io::Error) -> Error {
    Error::Refused(error.to_string())
}

/// Whether nothing was written to the database after `copy` was.
fn is_current(folder: &Path, copy: &Path) -> std::io::Result<bool> {
    let copied = copy.metadata()?.modified()?;
    let log = folder.join("dangol.db-wal");
    // Whoever looks makes an empty log.
    let written = log.metadata().ok().filter(|log| log.len() > 0).map(|log| log.modified()).transpose()?;
    Ok(copied >= folder.join("dangol.db").metadata()?.modified()? && written.is_none_or(|at| copied >= at))
}

async fn make(folder: &Path, to: &Path) -> Result<()> {
    // Under another name until it is whole: half a copy must not pass for one.
    let part = to.with_extension("part");
    if part.exists() {
        std::fs::remove_file(&part).map_err(broken)?;
    }
    let from = folder.join("dangol.db");
    let options = SqliteConnectOptions::new().filename(from).create_if_missing(false).busy_timeout(PATIENCE);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let name = part.to_string_lossy().into_owned();
    sqlx::query("vacuum into $1").bind(name).execute(&mut connection).await?;
    connection.close().await?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(broken)?;
    std::fs::rename(&part, to).map_err(broken)?;
    // The name is on the disk when the folder is; Windows opens no folders and needs no such word.
    if cfg!(unix) {
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(broken)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::SystemTime;

    /// Sets when a file was written, in seconds of 1970.
    fn written(path: &Path, second: u64) {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second)).unwrap();
    }

    #[tokio::test]
    async fn a_copy_from_before_the_last_write_is_not_the_backup() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let options = SqliteConnectOptions::new().filename(at("dangol.db")).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query("create table kept (it integer)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        written(&at("dangol.db"), 100);

        let first = before(home.path(), 7).await.unwrap();
        assert_eq!(first, at("dangol.db.before-0007"));
        written(&first, 100);
        assert_eq!(before(home.path(), 7).await.unwrap(), first, "nothing was written since");
        File::create(at("dangol.db-wal")).unwrap();
        assert_eq!(before(home.path(), 7).await.unwrap(), first, "nor with an empty log");

        let held = std::fs::read(&first).unwrap();
        written(&at("dangol.db"), 200);
        let second = before(home.path(), 7).await.unwrap();
        assert_eq!(second, at("dangol.db.before-0007-2"));
        assert!(second.metadata().unwrap().len() > 0 && std::fs::read(&first).unwrap() == held);
        written(&second, 200);
        assert_eq!(before(home.path(), 7).await.unwrap(), second);

        std::fs::write(at("dangol.db-wal"), "frames").unwrap();
        assert_eq!(before(home.path(), 7).await.unwrap(), at("dangol.db.before-0007-3"));
        assert_eq!(before(home.path(), 8).await.unwrap(), at("dangol.db.before-0008"));
    }
}
