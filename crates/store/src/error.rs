//! What can go wrong in the database, in terms a caller can act on.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;
use std::any::Any;

/// A failed statement, transaction or start-up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A `unique`, `not null`, `check` or foreign-key constraint said no; the text names it.
    #[error("the constraint {name} refused the change")]
    Constraint {
        /// What was violated, the same on both engines for `unique` and `not null`: the columns, as in
        /// `orders.source, orders.order_no`. For a `check` its name if it has one; for a foreign key what the engine
        /// tells, which on SQLite is nothing.
        name: String,
        /// Whether it was a unique constraint.
        unique: bool,
    },
    /// The row that was asked for does not exist.
    #[error("there is no such row")]
    NotFound,
    /// The disk is full; nothing was written, reading goes on.
    #[error("the disk is full: nothing was written. Make room, then try again")]
    Full,
    /// The database does not answer, or all its connections are in use. Try again later.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// The question took longer than it was given ([`crate::Tx::give_up_after`]).
    #[error("the question took longer than it was given")]
    TooSlow,
    /// Another process took over the work.
    #[error("another process has taken over this work")]
    LeaseLost,
    /// The database cannot be used by this program.
    #[error("{0}")]
    Refused(String),
    /// A write panicked and was undone: a fault in the program, not in the data or the request.
    #[error("a fault in the program stopped the change, nothing was written: {0}")]
    Panicked(String),
    /// Data that the program wrote cannot be read back.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// Anything else the engine reports.
    #[error("the database reports: {0}")]
    Engine(#[source] sqlx::Error),
}

/// What a database call gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether the same call may succeed later without any change to it.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Full | Self::Unavailable(_) | Self::LeaseLost)
    }

    /// What a caught panic said.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        Self::Panicked(text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Io(io) => Self::Unavailable(io.to_string()),
            sqlx::Error::Database(database) => reported(database),
            other => Self::Engine(other),
        }
    }
}

fn reported(database: Box<dyn DatabaseError>) -> Error {
    match database.kind() {
        ErrorKind::UniqueViolation => Error::Constraint { name: violated(&*database), unique: true },
        ErrorKind::ForeignKeyViolation | ErrorKind::CheckViolation | ErrorKind::NotNullViolation => {
            Error::Constraint { name: violated(&*database), unique: false }
        }
        _ => match condition(database.code().as_deref().unwrap_or_default()) {
            Condition::Full => Error::Full,
            Condition::Busy => Error::Unavailable(database.to_string()),
            Condition::Slow => Error::TooSlow,
            Condition::Other => Error::Engine(sqlx::Error::Database(database)),
        },
    }
}

/// What a code of either engine means for the caller.
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    Full,
    Busy,
    Slow,
    Other,
}

/// SQLite's result codes are numbers of at most four digits, the primary code in the low byte; PostgreSQL's SQLSTATEs
/// have five letters (its manual, appendix A).
fn condition(code: &str) -> Condition {
    let sqlite = code.parse::<u32>().ok().filter(|_| code.len() < 5);
    match (sqlite, code) {
        // SQLITE_FULL; SQLITE_IOERR_SHMSIZE, which a full disk gives for the index of the log.
        (Some(13 | 4874), _) | (None, "53100") => Condition::Full,
        // SQLITE_INTERRUPT; query_canceled.
        (Some(code), _) if code & 0xff == 9 => Condition::Slow,
        (None, "57014") => Condition::Slow,
        // SQLITE_BUSY, SQLITE_LOCKED and their extended forms.
        (Some(code), _) if matches!(code & 0xff, 5 | 6) => Condition::Busy,
        // Too many connections; deadlock; serialisation; lock not available; a standby that takes no writes.
        (None, "53300" | "40P01" | "40001" | "55P03" | "25006") => Condition::Busy,
        // The server goes down or comes up; the connection broke.
        (None, code) if code.starts_with("57P") || code.starts_with("08") => Condition::Busy,
        _ => Condition::Other,
    }
}

fn violated(database: &dyn DatabaseError) -> String {
    match database.try_downcast_ref::<PgDatabaseError>() {
        Some(error) => postgres_name(error),
        None => sqlite_name(database.message()),
    }
}

/// PostgreSQL names the index; the columns stand in the detail, `Key (a, b)=(1, 2) already exists.`, whose words are
/// translated but whose brackets are not.
fn postgres_name(error: &PgDatabaseError) -> String {
    let table = error.table().unwrap_or_default();
    let columns = match error.kind() {
        ErrorKind::UniqueViolation => error.detail().and_then(key_columns),
        ErrorKind::NotNullViolation => error.column(),
        _ => None,
    };
    match columns {
        Some(columns) => {
            columns.split(", ").map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
        }
        None => error.constraint().unwrap_or(error.message()).to_owned(),
    }
}

fn key_columns(detail: &str) -> Option<&str> {
    let (columns, _) = detail.split_once(")=(")?;
    Some(columns.split_once('(')?.1)
}

/// SQLite says `UNIQUE constraint failed: t.a, t.b`.
fn sqlite_name(message: &str) -> String {
    message.split_once("constraint failed: ").map_or(message, |(_, name)| name).to_owned()
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_tell_a_full_disk_from_a_busy_one() {
        assert_eq!(condition("13"), Condition::Full);
        assert_eq!(condition("53100"), Condition::Full);
        for busy in ["5", "517", "6", "57P01", "08006", "40P01", "53300"] {
            assert_eq!(condition(busy), Condition::Busy, "{busy}");
        }
        for other in ["1", "42P01", ""] {
            assert_eq!(condition(other), Condition::Other, "{other}");
        }
    }

    #[test]
    fn a_constraint_is_named_by_its_columns() {
        assert_eq!(sqlite_name("UNIQUE constraint failed: t.a, t.b"), "t.a, t.b");
        assert_eq!(key_columns("Key (a, b)=(1, (2)) already exists."), Some("a, b"));
        assert_eq!(key_columns("(a)=(1) 키가 이미 있습니다."), Some("a"));
    }
}
