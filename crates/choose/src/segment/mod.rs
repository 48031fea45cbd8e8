//! Segments (고객 그룹): one rule language for "who".
//!
//! Invariants:
//! - A rule becomes one SQL predicate ([`Predicate`]), and the same predicate gives the live count, the sample, the
//!   members and the send list. What asks one person in memory ([`Person`]) answers the same, which a test holds over
//!   random rules and people.
//! - As of today the answer from order rows ([`as_of()`]) is the answer from facts.

mod api;
mod as_of;
mod ask;
mod consents;
mod frame;
mod from_list;
mod members;
mod moves;
mod people;
mod person;
mod predicate;
mod reaction;
mod rebuild;
pub mod rule;
mod store;
mod tick;
mod turn;
mod why;

pub use as_of::{AsOf, as_of};
pub use ask::{Count, Question, SAMPLE, count, predicate, quick_count, sample, shown};
pub use frame::Frame;
pub use people::people;
pub use person::{Event, Person};
pub use predicate::Predicate;
pub use reaction::{MembersReaction, everyone_may_have_moved};
pub use rebuild::Rebuild;
pub use store::{book, create_by_text as create};
pub use tick::{DAILY, SegmentTick, TICK};
pub use turn::Turn;

pub(crate) fn register(registry: &mut web::Registry) {
    api::register(registry);
    registry.reaction(MembersReaction);
    registry.work(Rebuild);
    registry.work(Turn);
    registry.timer(SegmentTick);
    registry.starter(SegmentTick);
}
