//! Choose (고르기): who the regulars are, who is late, who has left, and who is worth most.
//!
//! One folder a noun: [`lifecycle`] (states) and [`rfm`] (cells), [`worth`] (what a relationship is
//! worth); [`visits`] (from the first visit to the third), the
//! cards of Today and the [`refresh`] that goes through everyone are a file each.

mod accounts;
mod bonds;
mod cards;
pub mod example;
mod holdings;
pub mod lifecycle;
mod quality;
pub mod refresh;
pub mod rfm;
pub mod segment;
pub mod vip;
pub mod visits;
pub mod worth;

#[doc(hidden)]
pub use inventory;
pub use refresh::REFRESH;

/// Plugs choose into the program.
pub fn register(registry: &mut web::Registry) {
    lifecycle::register(registry);
    rfm::register(registry);
    segment::register(registry);
    visits::register(registry);
    worth::register(registry);
    accounts::register(registry);
    quality::register(registry);
    bonds::register(registry);
    vip::register(registry);
    registry.work(refresh::Refresh);
    registry.cards(cards::ChooseCards);
}
