//! Birthdays, by the sun or by the moon (음력, with leap months 윤달).
//!
//! Invariants:
//! - What is kept is what people say: calendar, month, day, leap month, and the year where it is known. The day of the next
//!   birthday follows from it ([`model::next`]) and is kept beside it, so that it can be asked for; a tick moves those that
//!   passed.
//! - Whoever is under 14 by their birth date needs a guardian: the flag is asked of the day, so it falls by itself.
//! - A party made of several records has its own birthday, else the one of who was merged into it first.

mod api;
mod model;
mod store;
mod tick;

pub use model::{Birth, Calendar};
pub use store::{Known, needs_guardian, of};
pub(crate) use store::{Written, learn, unlearn};

use web::{Permission, Registry};

/// Registers the routes and the tick.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(routes!(api::set, api::remove)));
    registry.allow("PUT", "/parties/{id}/birthday", Permission::PartiesWrite);
    registry.allow("DELETE", "/parties/{id}/birthday", Permission::PartiesWrite);
    registry.timer(tick::Tick);
    registry.starter(tick::Tick);
}
