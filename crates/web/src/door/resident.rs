//! A resident registration number (주민등록번호), which the law forbids keeping (Personal Information Protection Act, article
//! 24-2), is refused once, inside the door, in whatever text of whatever route it stands: no noun can forget to look.
//!
//! Routes that say so look for it themselves ([`crate::Registry::looks_itself`]). Files pass: what is wrong with a row of
//! theirs costs that row. Forms of public pages say it on their page ([`crate::public::Form::check`]).

use super::{PREFIX, nul};
use crate::{App, Problem};
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::resident;

/// Refuses a request that holds one in a text. Its body has arrived before.
pub(super) async fn refuse(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_json(&request) || looks_itself(&app, &request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, nul::LOOKED_AT).await else {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").into_response();
    };
    match place(&bytes) {
        Some(place) => Problem::resident_number(place).into_response(),
        None => next.run(Request::from_parts(parts, Body::from(bytes))).await,
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    nul::is_json(&kind.trim().to_ascii_lowercase())
}

fn looks_itself(app: &App, request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    app.registry().looks.contains(&(request.method().as_str(), path))
}

/// Where the first one stands, which a body seldom has: as it is, or in letters that are written as escapes.
fn place(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let may_be = resident::find(text).is_some() || text.contains("\\u00");
    if !may_be {
        return None;
    }
    nul::first_text(body, |text| resident::find(text).is_some() && !resident::is_barcode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_texts_alone_and_however_it_is_written() {
        let at = |json: &str| place(json.as_bytes());
        assert_eq!(at(r#"{"a":[{"name":"김 900101-1234567"}]}"#).as_deref(), Some("a.0.name"));
        assert_eq!(at(r#"{"name":"\u0039\u00300101-1234567"}"#).as_deref(), Some("name"));
        assert_eq!(at(r#"{"amount_minor":9001011234568,"phone":"010-1234-5678"}"#), None);
        assert_eq!(at(r#"{"order":"20261122-0000123"}"#), None);
        assert_eq!(at(r#"{"lines":[{"product":"8801045570716"}]}"#), None, "a barcode");
    }
}
