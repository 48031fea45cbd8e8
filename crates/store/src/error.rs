//! What can go wrong in the database, in terms a caller can act on.

use sqlx::error::ErrorKind;

/// A failed statement, transaction or start-up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A `unique`, `check` or foreign-key constraint said no; the text names it.
    #[error("the constraint {name} refused the change")]
    Constraint {
        /// The constraint's or index's name, as far as the engine tells.
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
    /// Another process took over the work.
    #[error("another process has taken over this work")]
    LeaseLost,
    /// The database cannot be used by this program.
    #[error("{0}")]
    Refused(String),
    /// Data that the program wrote cannot be read back.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// Anything else the engine reports.
    #[error("the database reports: {0}")]
    Engine(#[source] sqlx::Error),
}

/// What a database call gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// SQLite's codes for a full disk.
const SQLITE_FULL: &str = "13";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Io(io) => Self::Unavailable(io.to_string()),
            sqlx::Error::Database(ref database) => match database.kind() {
                ErrorKind::UniqueViolation => constraint(database.as_ref(), true),
                ErrorKind::ForeignKeyViolation | ErrorKind::CheckViolation | ErrorKind::NotNullViolation => {
                    constraint(database.as_ref(), false)
                }
                _ if matches!(database.code().as_deref(), Some(SQLITE_FULL | "53100")) => Self::Full,
                // PostgreSQL class 57P: the server is going down or coming up; 53300: too many connections.
                _ if database.code().is_some_and(|code| code.starts_with("57P") || code == "53300") => {
                    Self::Unavailable(database.to_string())
                }
                _ => Self::Engine(error),
            },
            other => Self::Engine(other),
        }
    }
}

fn constraint(database: &dyn sqlx::error::DatabaseError, unique: bool) -> Error {
    let name = database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned);
    Error::Constraint { name, unique }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
