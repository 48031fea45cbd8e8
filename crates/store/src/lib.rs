//! The database of Dangol: one portable SQL text a query on SQLite and PostgreSQL, one writer with group commit,
//! the append-only log with its reactions, timers, jobs and the outbox.
//!
//! Invariants:
//! - No other crate asks which engine runs ([`Db`] has no public way to tell).
//! - Every statement is registered by [`sql!`] or [`sql_rows!`] and prepared on both engines by a test; the only
//!   texts built at run time come from [`Query::built`], used by the list and segment builders.
//! - State and the interaction that tells of it are written in one transaction.

pub mod attempt;
pub mod backup;
pub mod copy;
mod cursor;
pub mod db;
mod environment;
mod error;
pub mod freeze;
pub mod health;
pub mod holding;
mod holdings;
pub mod job;
pub mod lease;
pub mod log;
pub mod migrate;
pub mod outbox;
mod outlook;
mod pace;
mod parked;
mod patience;
pub mod reaction;
pub mod reactor;
pub mod search;
pub mod setting;
mod statement;
pub mod tasks;
pub mod timer;
mod turnstile;
mod tx;
mod value;
mod writer;

pub use db::{Db, Location};
pub use environment::Environment;
pub use error::{Error, Result};
pub use statement::{Query, Registered, Row, registered};
pub use tx::Tx;
pub use value::Value;
pub use writer::Lane;

#[doc(hidden)]
pub use inventory;
pub use sqlx::FromRow;
pub use sqlx::types::Json;
