//! The stories of the database, each told on SQLite and on PostgreSQL.
//!
//! PostgreSQL is the server that `DANGOL_TEST_POSTGRES_URL` names; without it those parts say that they are left out.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test may end at the first surprise")]

mod backup;
mod commits;
mod constraints;
mod cut;
mod jobs;
mod migrations;
mod nodes;
mod order;
mod outbox;
mod parity;
mod place;
mod reactions;
mod restart;
mod search;
mod settings;
mod space;
mod timers;
mod turns;
