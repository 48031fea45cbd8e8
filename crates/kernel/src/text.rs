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

/// A text of one line, such as a name, as it is kept: composed, without blanks around it, and with one blank where line
/// breaks and other characters for machines were. A name that breaks a line breaks lists, files and letters.
pub fn one_line(text: &str) -> String {
    let (mut line, mut broken) = (String::with_capacity(text.len()), false);
    for letter in composed(text).chars() {
        let breaks = letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
        if !breaks {
            line.push(letter);
        } else if !broken {
            line.push(' ');
        }
        broken = breaks;
    }
    line.trim().to_owned()
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

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(one_line("a\r\nb"), "a b");
        assert_eq!(one_line("\t홍  길동\u{2028}님\n"), "홍  길동 님");
        assert_eq!(one_line("\u{1112}\u{1169}\u{11bc}"), "홍");
        assert_eq!(one_line("\n\u{1}"), "");
    }
}
