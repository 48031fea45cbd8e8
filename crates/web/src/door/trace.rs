//! A number for each request and a line for its end. Queries are left out: they can hold names and secrets; so is what
//! follows the first part of a public path, which is a secret.

use crate::{App, public};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;

/// Runs a request in a span of its own; `x-request-id` tells its number to whoever reports a fault.
pub(super) async fn trace(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut bytes = [0; 8];
    app.chance().fill(&mut bytes);
    let id = format!("{:016x}", u64::from_le_bytes(bytes));
    let span = tracing::info_span!("request", id, method = %request.method(), path = public::loggable(request.uri().path()));
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.answers().count(status, took);
    span.in_scope(|| tracing::debug!(status, ?took, "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
