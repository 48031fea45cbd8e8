//! VIP tiers (회원 등급): who gets which tier, by rules that the owner sets, with the reason for every person.
//!
//! Invariants:
//! - A score is of people among people: recency, frequency, margin and tenure count by the place among all customers who
//!   ordered within the window, advocacy on a fixed scale, since most people have none ([`model::Measures::points`]).
//!   The cut points are kept with the run they come from, so that every score can be explained.
//! - [`model::next`] is the only place that moves somebody: up at once, down after a notice of some days, and never below
//!   what somebody granted with a reason.
//! - A change of rules is tried before it is made; every version stays. What a change moves is told to the log as
//!   `backfill`, what people do and time as `live`, so that effects greet nobody because of an edit.

mod api;
mod board;
mod fields;
pub(crate) mod model;
mod preview;
mod reaction;
mod rules;
pub(crate) mod store;

pub use rules::{Tier, TierBy, VipRules, VipWeights};

pub(crate) use reaction::NAME as VIP_REACTION;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Permission, Registry};

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(
        OpenApiRouter::new()
            .routes(routes!(api::board, api::change))
            .routes(routes!(api::preview))
            .routes(routes!(api::of_party))
            .routes(routes!(api::grant, api::release)),
    );
    registry.allow("GET", "/choose/vip", Permission::FiguresRead);
    registry.allow("PUT", "/choose/vip", Permission::SettingsWrite);
    registry.allow("POST", "/choose/vip/preview", Permission::FiguresRead);
    registry.allow("GET", "/choose/vip/parties/{id}", Permission::PartiesRead);
    registry.allow("PUT", "/choose/vip/parties/{id}/grant", Permission::SettingsWrite);
    registry.allow("DELETE", "/choose/vip/parties/{id}/grant", Permission::SettingsWrite);
    registry.reaction(reaction::VipReaction);
}
