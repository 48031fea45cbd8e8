//! Life-cycle states (단골이 되는 길): prospect, new, active, regular, dormant, lost, returned.
//!
//! Invariants:
//! - [`judge`] is the only place that decides a state; facts, previews, reports and the leak all ask it or its cheaper
//!   siblings [`state_on`] and [`is_live`].
//! - Orders change states through [`StatesReaction`], time changes them through [`Tick`], new settings and a moved
//!   interval of the company through [`crate::refresh`]; all three write what [`judge`] says.
//! - Only what people do now and time itself are told to the log as `state.changed`: a first import or an edit of the
//!   settings would drown it.

mod api;
mod model;
#[cfg(test)]
mod model_tests;
mod reaction;
mod settings;
pub(crate) mod store;
mod tick;
mod transitions;

pub use model::{Judged, State, is_live, judge, state_on};
pub use reaction::{NAME as STATES_REACTION, StatesReaction};
pub use settings::StateSettings;
pub use tick::{HOURLY, TICK, Tick};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Permission, Registry};

pub(crate) fn register(registry: &mut Registry) {
    let routes = OpenApiRouter::new()
        .routes(routes!(api::states))
        .routes(routes!(api::change))
        .routes(routes!(api::preview))
        .routes(routes!(transitions::transitions));
    registry.routes(routes);
    registry.allow("GET", "/choose/states", Permission::FiguresRead);
    registry.allow("PUT", "/choose/states/settings", Permission::SettingsWrite);
    registry.allow("POST", "/choose/states/preview", Permission::FiguresRead);
    registry.allow("GET", "/choose/states/transitions", Permission::FiguresRead);
    registry.reaction(StatesReaction);
    registry.timer(Tick);
    registry.starter(Tick);
}
