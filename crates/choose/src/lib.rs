//! Choose (고르기): who the regulars are, who is late, who has left, and who is worth most.
//!
//! One folder a noun: [`lifecycle`] (states) and [`rfm`] (cells); [`visits`] (from the first visit to the third), the
//! cards of Today and the [`refresh`] that goes through everyone are a file each.

mod cards;
pub mod lifecycle;
pub mod refresh;
pub mod rfm;
pub mod segment;
pub mod visits;

#[doc(hidden)]
pub use inventory;
pub use refresh::REFRESH;

/// Plugs choose into the program.
pub fn register(registry: &mut web::Registry) {
    lifecycle::register(registry);
    rfm::register(registry);
    segment::register(registry);
    visits::register(registry);
    registry.work(refresh::Refresh);
    registry.cards(cards::ChooseCards);
}
