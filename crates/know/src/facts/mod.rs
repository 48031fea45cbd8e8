//! Facts: what follows from a party's orders, one row a party.
//!
//! Invariants:
//! - Facts are recomputed from the party's own order lines, never added up, so they cannot drift.
//! - The row and the reaction's cursor commit together; [`History`] is the same function for facts and for "as of".
//! - know owns the row; choose writes its state and RFM columns through [`store::write_standings`].

mod history;
mod interval;
mod lines;
mod reaction;
pub mod store;

pub use history::{History, OrderDay, OrderKey, OrderTotal, Spend};
pub use interval::{Gaps, MIN_INTERVAL, OWN_INTERVAL_DAYS, UsualInterval, median, usual_interval};
pub use lines::Places;
pub use reaction::{FactsReaction, NAME};
