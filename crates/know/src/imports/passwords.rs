//! Passwords of locked workbooks: in the memory of the process alone, never in the database, a log or a backup.
//!
//! The request that brings a password and the job that needs it run in one process. After a restart, or in another
//! process, the password is gone: the job fails and a person enters it again. A password belongs to a file, so it is
//! kept by the file's path.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

static KNOWN: Mutex<Option<HashMap<String, String>>> = Mutex::new(None);

fn known() -> MutexGuard<'static, Option<HashMap<String, String>>> {
    // The map is whole after every statement that touches it.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the password of the file at `path`.
pub fn keep(path: &str, password: String) {
    known().get_or_insert_default().insert(path.to_owned(), password);
}

/// The password of the file at `path`, as long as this process knows it.
pub fn of(path: &str) -> Option<String> {
    known().as_ref()?.get(path).cloned()
}

/// Forgets the password of the file at `path`.
pub fn forget(path: &str) {
    known().as_mut().and_then(|known| known.remove(path));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_belongs_to_its_file_until_it_is_forgotten() {
        keep("/a", "1234".into());
        assert_eq!((of("/a").as_deref(), of("/b")), (Some("1234"), None));
        forget("/a");
        assert_eq!(of("/a"), None);
    }
}
