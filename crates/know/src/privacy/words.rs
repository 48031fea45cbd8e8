//! What somebody is known by, and whether a text says it: pure.
//!
//! Telephone numbers are compared by their digits, because people write them in many ways; names and addresses in their
//! folded form. A short name is found as a whole word alone: two syllables are part of many other names.

use ::store::search::fold;
use kernel::contact;
use std::collections::BTreeSet;

/// Letters of a name that is looked for inside words.
const NAME_CHARS: usize = 3;
/// Digits of a telephone number that are looked for: its last eight, without the country.
const PHONE_DIGITS: usize = 8;

/// What somebody is known by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    names: BTreeSet<String>,
    emails: BTreeSet<String>,
    phones: BTreeSet<String>,
}

impl Known {
    /// Adds a name.
    pub fn name(&mut self, name: &str) {
        let name = fold(name.trim());
        if name.chars().count() >= 2 {
            self.names.insert(name);
        }
    }

    /// Adds a contact of a kind; the ids that other systems use say nothing to people.
    pub fn contact(&mut self, kind: &str, value: &str) {
        match kind {
            "email" => drop(self.emails.insert(fold(value))),
            "phone" => {
                let digits = digits(value);
                if digits.len() >= PHONE_DIGITS {
                    self.phones.insert(digits[digits.len() - PHONE_DIGITS..].to_owned());
                }
            }
            _ => {}
        }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.emails.is_empty() && self.phones.is_empty()
    }

    /// Whether `text` says a name or a contact of theirs.
    pub fn is_said_in(&self, text: &str) -> bool {
        let folded = fold(text);
        self.emails.iter().any(|email| folded.contains(email.as_str()))
            || self.names.iter().any(|name| says_name(&folded, name))
            || self.says_phone(text)
    }

    fn says_phone(&self, text: &str) -> bool {
        if self.phones.is_empty() {
            return false;
        }
        let digits = digits(text);
        self.phones.iter().any(|phone| digits.contains(phone.as_str()))
    }
}

fn says_name(folded: &str, name: &str) -> bool {
    if name.chars().count() >= NAME_CHARS {
        return folded.contains(name);
    }
    folded.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name)
}

fn digits(text: &str) -> String {
    text.chars().filter_map(contact::digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        known.name("홍길동");
        known.name("김민");
        known.contact("email", "gil@example.com");
        known.contact("phone", "+821023451234");
        known.contact("source_id", "A1");
        known
    }

    #[test]
    fn names_addresses_and_numbers_are_found_however_they_are_written() {
        for text in [
            "홍길동님 전화",
            "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}",
            "GIL@Example.com",
            "{\"raw\":\"x,010-2345-1234,y\"}",
            "010 2345 1234",
            "+82 (0)10 2345 1234",
            "손님 김민, 커피",
        ] {
            assert!(known().is_said_in(text), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_them_is_somebody_elses() {
        for text in ["홍길순", "김민수", "gill@example.org", "010-2345-1235", "A1", ""] {
            assert!(!known().is_said_in(text), "{text}");
        }
    }
}
