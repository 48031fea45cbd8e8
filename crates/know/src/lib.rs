//! Know (알기): who everyone is, what they bought, and what follows from it.
//!
//! One folder a noun: [`parties`], [`merges`], [`orders`], [`facts`], [`imports`]; the timeline, memos, scores, views and the
//! search box are a file each.

mod events;
pub mod facts;
pub mod imports;
pub mod merges;
pub mod notes;
pub mod orders;
pub mod parties;
mod people;
pub mod scores;
mod search;
pub mod timeline;
mod views;

pub use parties::proposals::SEARCH as DUPLICATES;
pub use people::{LEAVING_REASONS, LeavingReason, insert_visit};

/// Plugs know into the program; `after_import` are the kinds of jobs that a finished import sets off.
pub fn register(registry: &mut web::Registry, after_import: &'static [&'static str]) {
    imports::register(registry, after_import);
    parties::api::register(registry);
    parties::keepers::register(registry);
    parties::proposals::register(registry);
    merges::register(registry);
    orders::enter::register(registry);
    people::register(registry);
    events::register(registry);
    views::register(registry);
    search::register(registry);
    registry.reaction(facts::FactsReaction);
}
