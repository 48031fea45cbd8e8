//! Events: what programs tell, a batch at a time, and people by hand: orders, visits, and kinds of interaction, those that
//! Dangol knows itself ([`BUILT_IN`]) and those that the company registered.
//!
//! Invariants:
//! - An event is named by (source, id): told again with the same content it changes nothing, so a program that got no
//!   answer tells everything once more. An order told again with another content is a new revision of its lines.
//! - What is wrong with an event costs that event alone, and its answer says what; the others go in, together.
//! - Whom an event is about is settled as for a file: the source's id, else e-mail, else phone, never a name.

mod api;
mod apply;
mod built_in;
mod by_hand;
mod check;
mod kinds;
mod model;
mod rows;

pub(crate) use built_in::built_in_codes;
pub use built_in::{BUILT_IN, BuiltIn, Carries, built_in};

use web::{Permission, Registry};

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(api::tell))
        .routes(routes!(kinds::list, kinds::create))
        .routes(routes!(kinds::delete))
        .routes(routes!(kinds::offer))
        .routes(routes!(by_hand::record));
    registry.routes(routes);
    registry.allow("POST", "/events", Permission::EventsWrite);
    // What one event says costs that event alone.
    registry.looks_itself("POST", "/events");
    registry.allow("GET", "/event-kinds", Permission::SignedIn);
    registry.allow("GET", "/event-kinds/offer", Permission::SignedIn);
    registry.allow("POST", "/parties/{id}/events", Permission::PartiesWrite);
    registry.allow("POST", "/event-kinds", Permission::SettingsWrite);
    registry.allow("DELETE", "/event-kinds/{code}", Permission::SettingsWrite);
}
