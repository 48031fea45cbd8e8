//! Entity tags: revisions on the wire (RFC 9110 §8.8.3 and §13.1.1).

use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The strong entity tag of a revision: `"7"`.
pub fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// The revision a client wants to change, from `If-Match`; `None` when it does not say or says `*`.
///
/// A tag that is no revision of ours can match none: it is read as −1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// Whether a change of `revision` may go on.
    pub fn allows(self, revision: i64) -> bool {
        self.0.is_none_or(|asked| asked == revision)
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(IF_MATCH).and_then(|value| value.to_str().ok()).map(str::trim);
        Ok(Self(header.filter(|text| *text != "*").map(revision)))
    }
}

/// Proxies that compress may weaken a tag to `W/"7"`; the revision is the same.
fn revision(text: &str) -> i64 {
    text.trim_start_matches("W/").trim_matches('"').parse().unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_back_and_a_foreign_one_matches_nothing() {
        assert_eq!(revision(&etag(7)), 7);
        assert_eq!(revision("W/\"7\""), 7);
        assert!(!IfMatch(Some(revision("\"abc\""))).allows(0));
        assert!(IfMatch(None).allows(3));
    }
}
