//! Follow-ups: what somebody means to say or do for a customer, from a memo or by hand, until it is done or not done.
//!
//! Invariants:
//! - A follow-up is open, done or not done. A yearly one that is closed makes room for the next year's.
//! - It is due on its day; one for the next visit when the customer came on that day or later. `store::due!` is the
//!   only place that decides it: for Today, for the list behind it and for the card.
//! - Its words lie in `follow_ups`, which can be deleted; the log knows its occasion alone.
//! - Rows keep the party they were written for; readers ask for the members of a root.

mod api;
mod cards;
mod model;
pub mod store;

pub use api::register;
pub use model::{FollowUp, NewFollowUp, OF_A_MEMO, State, refuse_sensitive, refuse_sensitive_heading};
