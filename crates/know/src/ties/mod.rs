//! Ties between parties: who works for whom, who is family, who brought whom, who supplies whom, and which account is a
//! part of which.
//!
//! Invariants:
//! - A tie names the parties it was noted for, as an order does; readers ask for those who stand for them. So ties follow
//!   merges and come back when one is undone. What ties a party to itself after a merge is not shown.
//! - Nobody is tied to themselves, nor twice in the same way at a time, and no account is a part of itself through others:
//!   that is refused with the way, for a new tie and for a merge.
//! - Both ends must be seen by whoever notes, changes or reads a tie.

mod api;
mod circle;
mod model;
mod store;

pub(crate) use circle::through;
pub(crate) use model::said;
pub use model::{KINDS, Tie};
pub(crate) use store::{of, tied_to};
pub use store::{organisations_of, people_of};

use web::{Permission, Registry};

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(api::list, api::create))
        .routes(routes!(api::change, api::remove));
    registry.routes(routes);
    registry.allow("GET", "/parties/{id}/ties", Permission::PartiesRead);
    registry.allow("POST", "/parties/{id}/ties", Permission::PartiesWrite);
    registry.allow("PUT", "/ties/{id}", Permission::PartiesWrite);
    registry.allow("DELETE", "/ties/{id}", Permission::PartiesWrite);
}
