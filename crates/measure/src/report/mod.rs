//! The report: a company in one page, for the terminal and for programs, as of any day.
//!
//! Invariants:
//! - Everything is counted from order rows, with the same functions that make facts, states and the leak, so the
//!   report as of today and the pages agree to the digit.
//! - Currencies are never added together.

mod model;
mod store;
mod table;

pub use model::{LeakLine, Report, States};
pub use store::report;
