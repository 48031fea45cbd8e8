//! Text as it is kept.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The composed form of a text (Unicode NFC): macOS hands out Hangul and accents in parts, and the same name in two
/// forms would be two names.
pub fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_together_and_what_is_whole_stays() {
        assert_eq!(composed("\u{1112}\u{1169}\u{11bc}"), "홍");
        assert_eq!(composed("Cafe\u{301}"), "Café");
        assert!(matches!(composed("홍길동 Anna"), Cow::Borrowed(_)));
    }
}
