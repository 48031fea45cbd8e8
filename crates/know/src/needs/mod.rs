//! Needs: what a customer wants and likes, as they said it (declared) and as their orders show it (observed), and the
//! questions by which more is learnt, one at a time.
//!
//! Invariants:
//! - A declared fact outranks an observed one, and a newer declared fact an older one; each has its source and its day.
//!   What was observed stays beside it ([`model::Need`]).
//! - Observed facts are worked out from order lines when they are asked for; nothing of them is kept.
//! - At most one question a contact: whoever was asked today is not asked again today ([`questions::next`]).
//! - What may not be kept of a person is refused here as it is in memos.

mod api;
mod model;
mod observed;
mod question_api;
mod questions;
mod store;

pub use api::register;
pub use model::{By, Topic};
pub use store::declare;
