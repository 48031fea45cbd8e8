//! Webhooks: telling other programs what happened, by the Standard Webhooks specification (standardwebhooks.com).
//!
//! Invariants:
//! - A delivery is a row of the outbox, written in the transaction that moves the reaction's cursor: nothing that
//!   happened goes untold, at the price of being told twice under one `webhook-id`.
//! - It holds ids, amounts and codes alone, like the log it tells of; who wants more asks the API.
//! - It goes to public addresses alone, looked at after the name was resolved and then connected to; never along a
//!   redirect or through a proxy of the environment.

mod address;
mod api;
mod carrier;
mod reaction;
mod sign;
mod store;

pub use address::Reach;

use crate::{Permission, Registry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Plugs webhooks in; they go as far as `reach` says.
pub fn register(registry: &mut Registry, reach: Reach) {
    registry.routes(
        OpenApiRouter::new()
            .routes(routes!(api::list, api::create))
            .routes(routes!(api::change, api::delete))
            .routes(routes!(api::deliveries))
            .routes(routes!(api::replay)),
    );
    registry.allow("GET", "/webhooks", Permission::KeysManage);
    registry.allow("POST", "/webhooks", Permission::KeysManage);
    registry.allow("PUT", "/webhooks/{id}", Permission::KeysManage);
    registry.allow("DELETE", "/webhooks/{id}", Permission::KeysManage);
    registry.allow("GET", "/webhooks/{id}/deliveries", Permission::KeysManage);
    registry.allow("POST", "/webhooks/{id}/deliveries/{delivery}/replay", Permission::KeysManage);
    registry.reach = reach;
    registry.reaction(reaction::Tell);
    registry.carrier(carrier::Carrier::new(reach));
}
