//! U+0000 is refused once, at the door: PostgreSQL has no text with it, SQLite has one that ends early for others, and
//! no name, memo or address needs it. Files pass: what is wrong with a row of theirs costs that row.

use crate::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::time::Duration;

/// Bytes of a body that are looked at; handlers take less, so a longer one is refused here already.
pub(super) const LOOKED_AT: usize = 4 * 1024 * 1024;
/// How long such a body may take to arrive: a text on the slowest of lines is here in less.
const PATIENCE: Duration = Duration::from_secs(60);
/// Members that a body is nested in at most before its place is no longer told.
const DEPTH: usize = 64;

/// Refuses a request whose address or body has the character in a text.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    if request.uri().path().contains("%00") {
        return refused("path").into_response();
    }
    if let Some(name) = request.uri().query().and_then(in_form) {
        return refused(&name).into_response();
    }
    let Some(find) = reader(&request) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let bytes = match tokio::time::timeout(PATIENCE, to_bytes(body, LOOKED_AT)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").into_response(),
        Err(_) => return too_slow().into_response(),
    };
    match find(&bytes) {
        Some(name) => refused(&name).into_response(),
        None => next.run(Request::from_parts(parts, Body::from(bytes))).await,
    }
}

fn refused(name: &str) -> Problem {
    Problem::invalid("character_refused").with("place", name).field_at(name.to_owned(), "nul")
}

/// Whoever sends letter by letter does not keep a place for ever.
fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow").with("seconds", PATIENCE.as_secs())
}

/// Finds the place of a U+0000 in a body.
type Reader = fn(&[u8]) -> Option<String>;

/// What looks into a body of this kind, if it has texts.
fn reader(request: &Request) -> Option<Reader> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        kind if is_json(kind) => Some(in_json),
        "application/x-www-form-urlencoded" => Some(|body| in_form(std::str::from_utf8(body).ok()?)),
        _ => None,
    }
}

/// Whether a body of this kind is read as JSON: handlers read the kinds that are built on it as well (RFC 6839, 3.1).
pub(super) fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}

/// The name of the first pair that has it.
fn in_form(pairs: &str) -> Option<String> {
    let pair = pairs.split('&').find(|pair| pair.contains("%00") || pair.contains('\0'))?;
    let name = pair.split('=').next().unwrap_or_default();
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    Some(if plain && !name.is_empty() { name.to_owned() } else { "query".to_owned() })
}

fn in_json(body: &[u8]) -> Option<String> {
    if is_escaped_in(body) { first_text(body, |text| text.contains('\0')) } else { None }
}

/// Where the first text of a JSON body stands that `has` it: `customer.name`, `lines.0.product`.
pub(super) fn first_text(body: &[u8], has: fn(&str) -> bool) -> Option<String> {
    // What is no JSON is refused by its handler.
    let value: Value = serde_json::from_slice(body).ok()?;
    let path = place(&value, has, DEPTH)?;
    Some(if path.is_empty() { "body".to_owned() } else { path.join(".") })
}

/// Whether `\u0000` stands anywhere, and not the escaped backslash before `u0000`.
fn is_escaped_in(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at + 1..].starts_with(b"u0000") {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

fn place(value: &Value, has: fn(&str) -> bool, depth: usize) -> Option<Vec<String>> {
    let Some(depth) = depth.checked_sub(1) else { return Some(Vec::new()) };
    let inside = |name: String, value: &Value| {
        let mut path = vec![name];
        path.extend(place(value, has, depth)?);
        Some(path)
    };
    match value {
        Value::String(text) => has(text).then(Vec::new),
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| inside(at.to_string(), item)),
        Value::Object(members) => members.iter().find_map(|(name, value)| match has(name) {
            true => Some(Vec::new()),
            false => inside(name.clone(), value),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_is_found_where_it_stands_and_an_escaped_backslash_is_none() {
        let at = |json: &str| in_json(json.as_bytes());
        assert_eq!(at(r#"{"name":"a\u0000b"}"#).as_deref(), Some("name"));
        assert_eq!(
            at(r#"{"lines":[{"product":"x"},{"product":"\u0000"}]}"#).as_deref(),
            Some("lines.1.product")
        );
        assert_eq!(at(r#""\u0000""#).as_deref(), Some("body"));
        assert_eq!(at(r#"{"a\u0000":1}"#).as_deref(), Some("body"));
        assert_eq!(at(r#"{"name":"C:\\u0000"}"#), None);
        assert_eq!(at(r#"{"name":"\\\u0000"}"#).as_deref(), Some("name"));
        assert_eq!(at(r#"{"name":"0000"}"#), None);
    }

    #[test]
    fn a_pair_of_an_address_is_named() {
        assert_eq!(in_form("a=1&q=x%00y").as_deref(), Some("q"));
        assert_eq!(in_form("%00=1").as_deref(), Some("query"));
        assert_eq!(in_form("q=%2500"), None);
    }
}
