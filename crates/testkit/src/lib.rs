//! A running Dangol for tests, on either engine: the real router and database, with a clock that stands still and
//! chance from a seed.
//!
//! Stories drive it through the front door: `app.get("/parties").await`. [`both_engines!`] writes each story once and
//! runs it on SQLite, and on PostgreSQL where `DANGOL_TEST_POSTGRES_URL` names a server whose databases may be
//! created and dropped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod app;
mod client;
mod identity;
mod macros;
mod postgres;
mod reply;
mod smtp;
mod statements;

pub use app::{Setup, TestApp, run};
pub use client::Client;
pub use identity::{CLIENT, IdentityProvider};
pub use postgres::TestDatabase;
pub use reply::Reply;
pub use smtp::{MailSink, Sent};
