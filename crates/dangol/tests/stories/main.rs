//! Stories of the real program: its counts against an independent recount, its crashes, its command line, and what
//! all verbs together must keep.
//!
//! PostgreSQL is the server that `DANGOL_TEST_POSTGRES_URL` names, real data lies in `../shared/data` beside the
//! repository or where `DANGOL_DATA_DIR` says; a story that lacks either says that it is left out.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test may end at the first surprise")]

mod asvs;
mod authorisation;
mod backup;
mod cli;
mod data;
mod demo;
mod described;
mod doors;
mod ends;
mod faults;
mod guide;
mod holdings;
mod kill;
mod ledger;
mod place;
mod reads;
mod rebuild;
mod recount;
mod rows;
mod secrets;
mod serving;
mod shop_file;
mod sight_matrix;
mod statements;
mod undo;
