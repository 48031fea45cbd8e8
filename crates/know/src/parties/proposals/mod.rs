//! Proposals to merge: two parties that one record speaks of as one, or whose records are alike.
//!
//! An order whose e-mail address belongs to another customer than its customer id goes to the customer with the id, and
//! the pair is kept here with the contacts that say so, until a person looks at it. The search for duplicates brings
//! pairs that no record speaks of ([`search`]); how sure a pair is, and why, says [`likeness`].
//!
//! Invariants:
//! - A pair is proposed once: one that was dismissed does not come back with the next import or search.
//! - A proposal is shown as long as both parties stand and are two; undoing an import hides those it made.
//! - What is shown of a pair is computed from the two records as they are now; the kept score orders the list.

mod api;
mod cards;
mod decide;
mod known;
mod likeness;
mod model;
mod names;
mod search;
mod store;
mod view;

pub use api::register;
pub use model::Found;
pub use search::KIND as SEARCH;
pub use store::{counts, forget_open_of, insert};
