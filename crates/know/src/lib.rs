//! Know (알기): who everyone is, what they bought, and what follows from it.
//!
//! One folder a noun: [`parties`], [`markets`], [`ties`], [`fields`], [`births`], [`merges`], [`consent`], [`orders`],
//! [`facts`], [`imports`], [`needs`], [`follow_ups`], [`assessments`], [`bonds`], [`requests`], [`privacy`], [`shops`], [`site`]; the timeline,
//! memos, suggestions, the quality of the base, scores, views, the search box and the names it finds are a file each.

mod addresses;
pub mod assessments;
pub mod births;
pub mod bonds;
pub mod consent;
mod cues;
pub mod events;
pub mod facts;
pub mod fields;
pub mod follow_ups;
mod holdings;
pub mod imports;
pub mod markets;
pub mod member;
pub mod merges;
pub mod names;
pub mod needs;
pub mod notes;
pub mod orders;
pub mod parties;
mod people;
pub mod privacy;
mod quality;
pub mod requests;
pub mod rules;
pub mod scores;
mod search;
pub mod shops;
pub mod site;
mod suggestions;
pub mod tags;
pub mod ties;
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
    markets::register(registry);
    tags::register(registry);
    ties::register(registry);
    fields::register(registry);
    births::register(registry);
    addresses::register(registry);
    consent::register(registry);
    member::register(registry);
    rules::register(registry);
    orders::enter::register(registry);
    people::register(registry);
    follow_ups::register(registry);
    needs::register(registry);
    suggestions::register(registry);
    quality::register(registry);
    events::register(registry);
    requests::register(registry);
    shops::register(registry);
    site::register(registry);
    privacy::register(registry);
    assessments::register(registry);
    bonds::register(registry);
    views::register(registry);
    search::register(registry);
    names::register(registry);
    registry.reaction(facts::FactsReaction);
}
