//! The ladder of bonds (유대 단계): which level each customer has reached, who moved between two days, and what to do next.
//!
//! Invariants:
//! - The level of a customer is the highest bond present, from 0 to 3, on whatever day is asked about; it is never kept,
//!   so nothing has to be brought up when a bond ends.
//! - A number of the board counts those whom the list it opens means.

mod api;
mod board;
mod settings;

use crate::segment::rule::catalogue::{Field, Kind, Source};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Permission, Registry};

pub(crate) fn register(registry: &mut Registry) {
    registry
        .routes(OpenApiRouter::new().routes(routes!(api::board)).routes(routes!(api::settings, api::change)));
    registry.allow("GET", "/choose/bonds", Permission::FiguresRead);
    // Whoever serves a customer sees what to do next.
    registry.allow("GET", "/choose/bonds/settings", Permission::PartiesRead);
    registry.allow("PUT", "/choose/bonds/settings", Permission::SettingsWrite);
}

inventory::submit! { Field {
    name: "bond_level",
    aliases: &["유대단계"],
    kind: Kind::Int,
    source: Source::Value(know::bonds::LEVEL_AT),
    folded: None,
    historical: true,
} }
