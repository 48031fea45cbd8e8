//! Cursors of lists: opaque text that says where the next page begins.

use crate::{Answer, Problem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The cursor that carries `place`: its JSON in base64url.
pub fn encode(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).expect("a place is plain data, which JSON can hold"))
}

/// The place a cursor carries.
///
/// # Errors
/// A 422 problem, `cursor_unreadable`, when the text was not made by [`encode`] for a `T`.
pub fn decode<T: DeserializeOwned>(cursor: &str) -> Answer<T> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| Problem::invalid("cursor_unreadable"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_and_nonsense_is_refused() {
        let place = (-12_i64, "홍길동".to_owned());
        assert_eq!(decode::<(i64, String)>(&encode(&place)).unwrap(), place);
        assert!(decode::<(i64, String)>("%%").is_err());
        assert!(decode::<(i64, String)>(&encode(&7)).is_err());
    }
}
