//! Public pages: what people who do not sign in see. Rendered here, without scripts, in Korean and English.
//!
//! Invariants:
//! - They lie under [`ROOTS`], away from the interface and the staff app, with a stricter policy: no script at all,
//!   nothing from elsewhere, never kept by a browser or a proxy, nothing of their address told to others or logged.
//! - Reading changes nothing (mail scanners open every link); a form has a token of its own that fits its page alone, and
//!   no foreign site may send one. The one exception is the press that ends letters (RFC 8058): its link is its proof.
//! - What other sites' pages load and tell lies under [`OPEN`] alone; whoever answers there looks at the origin, and at no
//!   cookie.
//! - A link that does not work is *not found*, whatever is wrong with it.

pub mod codes;
mod forms;
mod frame;
pub mod signed;
mod visit;

pub use forms::Form;
pub use frame::{Page, not_found, page};
pub use visit::Visit;

use crate::{App, Problem, Registry, Starter};
use async_trait::async_trait;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use kernel::Instant;
use store::timer::{self, OnTimer};
use store::{Result, Tx};

/// The first part of every public path.
pub const ROOTS: [&str; 5] = ["/m", "/u", "/p", "/in", OPEN];
/// The one of them that pages of other sites may use.
pub const OPEN: &str = "/w";
/// Bytes of a form.
const FORM_BYTES: usize = 64 * 1024;
/// The timer that removes codes that have run out.
const CODES: &str = "web.codes";

/// Whether `path` is a public page's.
pub(crate) fn is_public(path: &str) -> bool {
    ROOTS.iter().any(|root| is_below(path, root))
}

/// Whether pages of other sites may use what lies at `path`.
pub(crate) fn is_open(path: &str) -> bool {
    is_below(path, OPEN)
}

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path as it may be logged: what follows the first part is a secret.
pub(crate) fn loggable(path: &str) -> &str {
    let first = || path.get(1..).and_then(|rest| rest.find('/')).map_or(path, |end| &path[..=end]);
    if is_public(path) { first() } else { path }
}

/// The pages that verbs brought, with what every one of them passes.
pub(crate) fn router(pages: Router<App>) -> Router<App> {
    pages
        .route("/p/page.css", axum::routing::get(frame::style))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn(guard))
}

/// Turns forms of foreign sites away, and keeps answers out of every cache.
async fn guard(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let foreign = site.is_some_and(|site| site != "same-origin" && site != "none");
    if !request.method().is_safe() && foreign && !is_open(request.uri().path()) {
        return Problem::forbidden("foreign_origin").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

pub(crate) fn register(registry: &mut Registry) {
    registry.starter(Sweep);
    registry.timer(Sweep);
}

/// Removes codes that have run out.
struct Sweep;

#[async_trait]
impl Starter for Sweep {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, CODES, "hourly", now.plus(Instant::HOUR)).await
    }
}

#[async_trait]
impl OnTimer for Sweep {
    fn kind(&self) -> &'static str {
        CODES
    }

    async fn due(&self, tx: &mut Tx, _: &str) -> Result<Option<Instant>> {
        codes::sweep(tx).await?;
        Ok(Some(tx.now().plus(Instant::HOUR)))
    }
}
