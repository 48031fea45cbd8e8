//! Fair turns of several processes at one SQLite file.
//!
//! SQLite has no queue for its writers: who finds the file locked asks again, at last ten times a second, while a busy
//! process takes the lock again within microseconds of giving it up. A command beside a server at work would wait for
//! its whole patience and fail. So a writer passes the turnstile before it begins: it holds a lock on a file of its own
//! while it waits for SQLite's, and lets it go as soon as its transaction has begun. Who just committed finds the
//! turnstile held by who waits, and waits behind.
//!
//! The lock orders writers and protects nothing: the database stays right without it.

use crate::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

/// The way in to writing.
#[derive(Debug, Clone)]
pub(crate) struct Turnstile(Arc<File>);

/// Held by who is next; the way is free again when it is dropped.
pub(crate) struct Turn(Arc<File>);

impl Turnstile {
    /// The turnstile of the database `file`, which lies beside it.
    ///
    /// # Errors
    /// [`Error::Refused`] when the file cannot be made.
    pub(crate) fn beside(file: &Path) -> Result<Self> {
        let mut name = file.as_os_str().to_owned();
        name.push("-turn");
        let opened = File::options().create(true).truncate(false).write(true).open(&name);
        let opened = opened.map_err(|error| {
            Error::Refused(format!("{} cannot be written: {error}", name.to_string_lossy()))
        })?;
        Ok(Self(Arc::new(opened)))
    }

    /// Waits for the way to be free. Where the file system knows no locks, everyone passes.
    pub(crate) async fn pass(&self) -> Option<Turn> {
        match self.0.try_lock() {
            Ok(()) => Some(Turn(self.0.clone())),
            Err(TryLockError::WouldBlock) => {
                let file = self.0.clone();
                let waited = tokio::task::spawn_blocking(move || file.lock().map(|()| Turn(file.clone())));
                waited.await.ok()?.ok()
            }
            Err(TryLockError::Error(_)) => None,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A lock that cannot be let go of ends with the process; until then others wait as they did without it.
        let _ = self.0.unlock();
    }
}
