//! Parties: the people and organisations a company has relationships with; on screen 고객 / customer.
//!
//! Invariants:
//! - A party is known by its contacts: the id a source gives it, e-mail, phone, in that order; never by name alone.
//! - A contact belongs to one party (`unique(kind, source, value)`). A record whose contacts belong to two makes a
//!   proposal to merge them, and its order goes to the stronger contact's.
//! - Two ids of one source are two parties, whatever contact they share.
//! - A party is a person or an organisation. Files make persons; the registration number of an organisation is shown
//!   and searched for, and identifies nobody.
//! - A party that was merged away keeps its rows and its contacts; [`root`] says who stands for it.

mod about;
pub mod api;
pub mod card;
pub(crate) mod contacts;
pub mod export;
pub mod keepers;
pub mod list;
mod model;
pub mod proposals;
pub mod resolve;
pub mod root;
pub mod store;
mod who;

pub use about::About;
pub use model::{Contact, Identity, NewParty, PartyKind};
