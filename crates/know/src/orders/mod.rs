//! Orders: the lines of every order, from files and by hand.
//!
//! Invariants:
//! - A line is known by (source, order number, line id); the same line again with the same content changes nothing.
//! - A negative amount is a refund. Currencies are never added together.
//! - Each new, changed or retracted line is one interaction, named `order:line#revision`, in the same transaction.

pub mod enter;
mod model;
pub mod store;
pub mod undo;
mod write;

pub use model::{Line, LineKey, Outcome, Tally, shown_number};
pub use write::{From, Written, compare, write};
