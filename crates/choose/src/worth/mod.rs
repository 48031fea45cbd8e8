//! What a relationship is worth: margin, cost to serve and profit, quality as a customer, and whether someone is a true
//! customer, each from what is known and never from a guess.
//!
//! Invariants:
//! - [`Figure::of`] is the only place that works these out; boards, the card, rules and lists show what it found.
//! - Margin is what was judged of the last year, else what the last year's orders bring at the company's margin, and says
//!   which. Profit needs a recorded cost to serve.
//! - An organisation's figures are of its own orders and of those of the people who work for it, and say of how many;
//!   what was judged of a person stays theirs. Nobody's money is screened twice: whoever works for an organisation that
//!   is screened is not screened beside it.
//! - Only those about whom something was judged or decided have a row of `worth`, so that a million customers about whom
//!   nothing was judged cost nothing. The row is derived: the reaction writes it when something happens, the daily
//!   refresh because time passes.

mod fields;
pub(crate) mod model;
mod reaction;
mod settings;
pub(crate) mod store;

pub use model::{Behaviour, Figure, Growth, Margin};
pub use settings::AccountSettings;

pub(crate) use reaction::NAME as WORTH_REACTION;

pub(crate) fn register(registry: &mut web::Registry) {
    registry.reaction(reaction::WorthReaction);
}
