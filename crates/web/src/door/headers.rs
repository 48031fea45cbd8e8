//! The headers that every response carries.

use crate::{App, Door, public, staff_app};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::LazyLock;

/// Nothing from elsewhere, nothing inline but the scripts of the staff app's own page, by their hashes.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hashes = staff_app::script_hashes();
    let policy = format!(
        "default-src 'none'; script-src 'self'{hashes}; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).expect("a policy is ASCII")
});

/// Public pages run no script at all.
const PUBLIC_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// How long browsers remember to speak https (ASVS 5.0: 3.4.1). Only where a proxy speaks it.
const ONE_YEAR: &str = "max-age=31536000";

/// Adds them. What the interface gives is never cached unless it says so.
pub(super) async fn add(State(app): State<App>, request: Request, next: Next) -> Response {
    let interface = request.uri().path().starts_with("/api/");
    let open = public::is_open(request.uri().path());
    let policy = if public::is_public(request.uri().path()) { PUBLIC_POLICY } else { POLICY.clone() };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    let resource = HeaderName::from_static("cross-origin-resource-policy");
    let readers = if open { "cross-origin" } else { "same-origin" };
    headers.insert(resource, HeaderValue::from_static(readers));
    if app.config().door == Door::Proxy {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONE_YEAR));
    }
    if interface {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
