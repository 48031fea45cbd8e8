//! The door itself: what every request passes on its way in, and every response on its way out.
//!
//! Beside the interface stand what machines ask (`health`) and the staff app.
//!
//! From outside to inside: security headers and request log, compression, the language of problems, who calls and
//! from where, the same origin, no U+0000, then for `/api/v1` the rule of the route and no resident
//! registration number.

mod authorise;
mod caller;
mod headers;
mod localise;
mod nul;
mod resident;
mod same_origin;
mod trace;

pub(crate) use caller::Caller;

use crate::{App, Problem, health, openapi, public, staff_app};
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Json, Router};
use kernel::limits;
use tower_http::compression::CompressionLayer;

/// Where the interface lives.
pub(crate) const PREFIX: &str = "/api/v1";

/// The whole application as a router.
pub fn router(app: App) -> Router {
    let (verbs, _) = app.registry().router.clone().split_for_parts();
    let api = verbs
        .route_layer(from_fn_with_state(app.clone(), resident::refuse))
        .route_layer(from_fn_with_state(app.clone(), authorise::authorise))
        .route("/openapi.json", axum::routing::get(document))
        .fallback(async || Problem::not_found())
        .layer(DefaultBodyLimit::max(limits::REQUEST_BYTES));
    Router::new()
        .nest(PREFIX, api)
        .merge(health::routes())
        .fallback(staff_app::serve)
        .layer(from_fn(nul::refuse))
        .layer(from_fn(same_origin::check))
        .merge(public::router(app.registry().pages.clone()))
        .layer(from_fn_with_state(app.clone(), caller::receive))
        .layer(from_fn(localise::localise))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), trace::trace))
        .layer(from_fn_with_state(app.clone(), headers::add))
        .with_state(app)
}

/// The interface's description: the one route beside the registry's, open to all because the program is.
async fn document(State(app): State<App>) -> Json<utoipa::openapi::OpenApi> {
    Json(openapi(app.registry()))
}
