//! What winning (offensive) and keeping (defensive) customers costs, entered by hand, and what follows from it.
//!
//! Invariants:
//! - Costs are in the company's currency, a month each; a deleted cost stays as a row and counts nowhere.
//! - "Six times" is a reference line beside the company's own ratio, never a figure of its own.

mod api;
mod economics;
pub mod store;

pub use api::register;
pub use economics::{Economics, Figures};
