//! Consent (동의): what people allowed, medium by medium, and how that is known.
//!
//! Invariants:
//! - Statements are only added: triggers of the database refuse to change or delete one, but for people who are erased
//!   ([`erase`]). What stands now follows from them, by one function ([`derive`]), and is written in the transaction of
//!   the statement, the merge or its undoing: whoever asks after it gets the new answer.
//! - A consent has the words that were shown, a box of its own, and a proof; what was ticked before or bundled with
//!   something else is none (K1-2). What a file claims allows nothing until the owner vouches for it ([`attest`]); a
//!   no in a file counts at once. An import that is taken back claims nothing any more.
//! - For a child under 14 a guardian agrees: without one there is no consent, on no page and by no owner.
//! - Nobody says for somebody else that they confirmed it themselves.
//! - What names a person (`consents.evidence`) lies in the ledger, never in the log or the audit log.

mod api;
mod attest;
mod derive;
mod ledger;
mod model;
mod notice_api;
mod notices;
mod record;
mod shared;
pub mod topics;
mod wordings;

pub use derive::{Key, Present};
pub use ledger::{agreed, append, append_all, erase, present, present_at, refresh};
pub use model::{Basis, Channel, Evidence, Purpose, Source, State, Statement};
pub use record::{Claim, record, record_claims, refresh_claimed};
pub use shared::{refused_since, share_refusals};
pub use topics::Topic;
pub use wordings::{Statements, Wording, Words, in_use, keep as publish_words};

/// Plugs consent in.
pub(crate) fn register(registry: &mut web::Registry) {
    api::register(registry);
    attest::register(registry);
    notice_api::register(registry);
    registry.timer(notices::Notices);
    registry.starter(notices::Notices);
    registry.cards(notices::Notices);
    topics::register(registry);
    wordings::register(registry);
}
