//! Unsafe methods answer our own pages and programs alone (cross-site request forgery).
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; what says neither is no
//! browser and has no cookie that it did not mean to send. A body must be JSON or bytes: what a foreign form can
//! send without being asked is neither.

use crate::Problem;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets a request through, or refuses it.
pub(super) async fn check(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    if is_foreign(request.headers()) {
        return Problem::forbidden("foreign_origin").into_response();
    }
    if !request.body().is_end_stream() && !is_plain_data(request.headers()) {
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type").into_response();
    }
    next.run(request).await
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

fn is_foreign(headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-site") {
        Some(site) => site != "same-origin" && site != "none",
        None => text(headers, header::ORIGIN).is_some_and(|origin| {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_none() || host != text(headers, header::HOST)
        }),
    }
}

fn is_plain_data(headers: &HeaderMap) -> bool {
    let content = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let essence = content.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/octet-stream"].iter().any(|good| essence.eq_ignore_ascii_case(good))
}
