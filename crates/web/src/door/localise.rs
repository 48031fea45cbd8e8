//! Writes problems in the reader's language: the user's, else the first of `Accept-Language` that we speak.
//!
//! What axum itself refuses (an unreadable body, a too large one) becomes a problem here as well, so that every
//! failure under `/api/` has the same form.

use crate::Problem;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use kernel::Locale;

/// Bytes of a refusal's own text that are read: a deep body names each level it is in.
const REFUSAL_BYTES: usize = 64 * 1024;
/// Letters of it that are passed on.
const REASON: usize = 300;
/// What serde_json says of a body that goes deeper than its 128 levels.
const TOO_NESTED: &str = "recursion limit exceeded";

/// Passes a request on and puts its failure into the reader's language.
pub(super) async fn localise(mut request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let accepted = accepted.and_then(Locale::accepted).unwrap_or_default();
    let interface = request.uri().path().starts_with("/api/");
    request.extensions_mut().insert(accepted);
    let mut response = next.run(request).await;
    let locale = response.extensions().get::<Locale>().copied().unwrap_or(accepted);
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return problem.response(locale);
    }
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if interface && failed { foreign(response).await.response(locale) } else { response }
}

/// A failure that no handler wrote.
async fn foreign(response: Response) -> Problem {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), REFUSAL_BYTES).await.unwrap_or_default();
    let reason = String::from_utf8_lossy(&body);
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_unknown",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "content_type",
        status if status.is_client_error() && reason.contains(TOO_NESTED) => "too_nested",
        status if status.is_client_error() => "unreadable",
        _ => "internal",
    };
    Problem::new(status, code).with("reason", shortened(&reason))
}

fn shortened(reason: &str) -> String {
    match reason.char_indices().nth(REASON) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}
