//! Customer quality (고객 품질; Porter, Competitive Strategy, 1980) and true customers (실제 고객), as boards.
//!
//! Invariants:
//! - All four inputs of quality are shown beside the index, which there is only when all are known.
//! - A number of the board counts with the filter of the list that it opens.

mod api;
mod board;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Permission, Registry};

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(api::board)));
    registry.allow("GET", "/choose/quality", Permission::FiguresRead);
}
