//! Merges: two records that are one person, and the way back.
//!
//! Invariants:
//! - A merge moves nothing: each record keeps its rows, and `party_root` says who stands for it
//!   ([`crate::parties::root`]). Standing merges form a forest; a party is absorbed by at most one of them.
//! - What both sides said before is kept with the merge. Taking it back restores every field of it byte for byte; what
//!   was edited in between is shown, and a person chooses ([`model::Edit`]).
//! - What came in between by a contact of one side was written for that side and is there again; what was written for
//!   the customer by hand stays with the survivor, and is listed ([`meanwhile`]).
//! - A snapshot holds names and contacts: it lies in `merges`, which can be deleted, never in the log.

mod api;
mod details;
mod meanwhile;
mod model;
mod restore;
mod snapshot;
mod store;
mod undo;

pub use api::register;
pub use model::Choice;
pub use store::{hold, merge, regroups, snapshots_of};
pub use undo::undo;
