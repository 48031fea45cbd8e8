//! Orders: the lines of every order, from files and by hand.
//!
//! Invariants:
//! - A line is known by (source, order number, line id); the same line again with the same content changes nothing.
//! - A negative amount is a refund. Currencies are never added together.
//! - Told by a program, an order is whole (`whole.rs`): a line it names no more is taken back, and it keeps its time
//!   unless a new one is said. A file tells lines, and leaves what it does not name.
//! - A line that stands in for lines nobody named yet (`stand_in.rs`) gives way when a file names them.
//! - A refund that a file made of a sale goes when a newer file tells the sale without it (`refunds_gone.rs`).
//! - Each new, changed or retracted line is one interaction, named `order:line#revision`, in the same transaction.

pub mod enter;
mod model;
pub mod refunds_gone;
pub mod stand_in;
pub mod store;
pub mod undo;
pub mod whole;
mod write;

pub use model::{Line, LineKey, Outcome, Tally, shown_number};
pub use write::{From, Written, compare, write};
