//! RFM (최근·횟수·금액): who came lately, often and for much, in fifths of all customers.
//!
//! Invariants:
//! - Only customers with orders in the company's currency have a cell: money of two currencies is never compared.
//! - The cut points are kept with the run they come from, so that every score can be explained.
//! - Below [`model::ENOUGH`] customers there are no cells: fifths of a handful say nothing.

mod api;
mod model;
pub(crate) mod store;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Permission, Registry};

pub use model::RfmRun;

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(api::cells)));
    registry.allow("GET", "/choose/rfm", Permission::FiguresRead);
}
