//! Backups: every table of a company in one engine-neutral stream, and the way back.
//!
//! Invariants:
//! - A backup is one read snapshot. It is written and read with memory that does not grow with the company.
//! - A backup fits either engine, so it also moves a company between them. What only one engine has, the ids of
//!   PostgreSQL's transactions, is not in it: the order of the log is in the numbers of its interactions.
//! - Nothing of a backup is used before all of it was read and its sums agree ([`check`]); a restore that fails leaves
//!   what was there.
//! - A restored company sends nothing until a person lifts that ([`crate::freeze`]).
//!
//! Encryption is not this module's: it writes to any [`std::io::Write`] and reads from any [`std::io::Read`].

mod catalog;
mod cell;
mod frame;
mod load;
mod place;
mod source;
mod write;

pub use frame::{AuditHead, Counted, Header, Summary, check};
pub use place::{Restored, restore};
pub use write::write;

/// Tables whose rows are of the running program, not of the company: leases, and what opens doors. A restored backup
/// must not revive a session that has ended since.
const TRANSIENT: &[&str] = &["schema_steps", "nodes", "sessions", "links", "sign_in_tries"];
/// Frames that may wait between the database and the file.
const WAITING: usize = 4;

/// An error of the file, in words for people.
fn broken(what: impl std::fmt::Display) -> crate::Error {
    crate::Error::Refused(format!(
        "the backup is damaged or not complete ({what}): use another one; nothing was changed"
    ))
}
