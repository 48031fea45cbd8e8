//! Assessments (평가): what people and programs judge of a customer that no order tells: margin, cost to serve, the will to
//! go on, potential, fit, bargaining power, and evidence that they speak for us.
//!
//! Invariants:
//! - An assessment has a day and a source and is never changed: what is judged anew is a new row, and of one input the
//!   latest day counts, of one day the latest row.
//! - Amounts are of a year, scores go from 0 to 10, evidence is 1 when it was given unasked and 0 when it was rewarded.
//! - Rows keep the party they were written for; readers ask for the members of a root.
//! - The log holds the input and its number. Notes stay in the row, which is deletable.

mod api;
mod bulk;
mod model;
pub(crate) mod store;

pub use model::{Input, Measure, NewAssessment};
pub use store::{Judged, Recorder, Standing, insert, of_roots};

use web::{Permission, Registry};

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(api::list, api::record))
        .routes(routes!(api::take_back))
        .routes(routes!(bulk::record_many));
    registry.routes(routes);
    registry.allow("GET", "/parties/{id}/assessments", Permission::PartiesRead);
    registry.allow("POST", "/parties/{id}/assessments", Permission::PartiesWrite);
    registry.allow("POST", "/assessments", Permission::PartiesWrite);
    registry.allow("DELETE", "/assessments/{id}", Permission::PartiesWrite);
}
