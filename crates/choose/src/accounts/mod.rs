//! Key accounts (핵심 고객): five to ten proposed by profit now, growth, potential and fit, each approved by somebody with a
//! written reason, and a watch on those left out.
//!
//! Invariants:
//! - The program proposes, a person decides: nobody becomes or stops being a key account without a decision, its reason
//!   and its author. Decisions are only added to; the last one counts.
//! - Who is scored does not depend on who asks; whoever asks sees those rows that their sight reaches.
//! - What was expected of those left out is kept as it was on the day of the decision, so that "more than we thought"
//!   is measured against what we thought.

mod api;
mod board;
pub(crate) mod candidates;
mod decide;
mod screen;
mod store;
mod watch;

pub(crate) use api::{SignOf, flag, quality_parts, signs};
pub(crate) use board::{AccountPart, AccountParty, list_of, names};
pub(crate) use decide::approve_best;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Permission, Registry};

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(
        OpenApiRouter::new()
            .routes(routes!(api::board))
            .routes(routes!(api::decide))
            .routes(routes!(api::settings, api::change))
            .routes(routes!(api::of_party)),
    );
    registry.allow("GET", "/choose/accounts", Permission::FiguresRead);
    registry.allow("POST", "/choose/accounts/decisions", Permission::SettingsWrite);
    registry.allow("GET", "/choose/accounts/settings", Permission::FiguresRead);
    registry.allow("PUT", "/choose/accounts/settings", Permission::SettingsWrite);
    registry.allow("GET", "/choose/worth/{id}", Permission::FiguresRead);
}
