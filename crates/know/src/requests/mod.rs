//! Requests: what people ask about their own data, the law's clock, the answer and its proof.
//!
//! Korea's Personal Information Protection Act (articles 35 to 38, 37-2) and the GDPR (articles 12, 15 to 21) give people
//! the right to see, correct, erase and stop, and the company so many days to answer.
//!
//! Invariants:
//! - The clock is settled when a request is received, by the rule in force on that day ([`clock`]): a later change of a
//!   rule moves no date that somebody was given.
//! - Nothing is given out and nobody is erased before somebody has written down how they made sure who asks.
//! - An answer says what was done, and it was: a request to see one's data is answered once there is an export of it, one
//!   to be erased once that happened.
//! - Who asked on the member page is told by letter that there is an answer; the answer itself stands on the page alone.
//! - Requests stay when their person is erased, without any words: they are the proof of what was done.

pub mod api;
mod cards;
pub mod clock;
mod letter;
pub mod model;
mod settings;
pub mod store;

/// Plugs it into the program.
pub fn register(registry: &mut web::Registry) {
    api::register(registry);
    settings::register(registry);
    registry.cards(cards::RequestCard);
}
