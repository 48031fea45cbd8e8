//! The leaky bucket (새는 물통): who came, who left and why, month by month, and what plugging a hole would bring.
//!
//! Invariants:
//! - One function, [`months`], makes the board, the report and the people behind every number.
//! - `leak_months` and `leak_moves` are derived: [`job::Recount`] rewrites the months that have changed, and only
//!   complete months are shown.
//! - A reason is recorded, or guessed and labelled so, or unknown.

mod api;
mod board;
mod cause;
pub mod job;
mod model;
mod reaction;
pub mod store;
#[cfg(test)]
mod tests;

pub use api::register;
pub use board::{Board, Hole, Plugged, bucket};
pub use cause::{Cause, Causes};
pub use model::{Direction, Leak, LeakMonth, MONTHS, Move, ReasonCount, loss_rate, months, reason_counts};
pub use reaction::LeavingReaction;
