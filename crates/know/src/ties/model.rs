//! The kinds of tie, and a tie as one of its ends sees it.

use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of tie with its words: from the one end, and from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its code, as the first end says it.
    pub code: &'static str,
    /// As the other end says it: the same where both say the same.
    pub back: &'static str,
}

/// Every kind.
pub const KINDS: [Kind; 5] = [
    Kind { code: "works_for", back: "employs" },
    Kind { code: "family_of", back: "family_of" },
    Kind { code: "referred_by", back: "referred" },
    Kind { code: "supplies", back: "supplied_by" },
    Kind { code: PART_OF, back: "has_part" },
];

/// The kind that makes a hierarchy of accounts.
pub const PART_OF: &str = "part_of";

/// What somebody says of a tie: its kind, and whether they are its first end.
pub fn said(word: &str) -> Option<(&'static str, bool)> {
    KINDS.iter().find_map(|kind| match word {
        word if word == kind.code => Some((kind.code, true)),
        word if word == kind.back => Some((kind.code, false)),
        _ => None,
    })
}

/// What the end of a tie says of it.
pub fn word(kind: &str, forward: bool) -> Option<&'static str> {
    let kind = KINDS.iter().find(|known| known.code == kind)?;
    Some(if forward { kind.code } else { kind.back })
}

/// A tie as one of its ends sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tie {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::Tie>,
    /// What this end says of the other: `works_for`, `employs`, `family_of`, `referred_by`, `referred`, `supplies`,
    /// `supplied_by`, `part_of` or `has_part`.
    pub kind: &'static str,
    /// The other end.
    pub other: web::Person,
    /// Whether the other end is a `person` or an `organisation`.
    pub other_kind: String,
    /// Since when, where it is known.
    #[schema(value_type = Option<String>)]
    pub since: Option<Day>,
    /// Until when, where it has an end.
    #[schema(value_type = Option<String>)]
    pub until: Option<Day>,
    /// Whether it has ended.
    pub ended: bool,
}

/// A tie to note.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewTie {
    /// What the party says of the other, see `Tie.kind`.
    pub kind: String,
    /// The other end.
    #[schema(value_type = String)]
    pub other: Id<kinds::Party>,
    /// Since when, where it is known.
    #[schema(value_type = Option<String>)]
    pub since: Option<Day>,
    /// Until when, where it has an end.
    #[schema(value_type = Option<String>)]
    pub until: Option<Day>,
}

/// The time of a tie.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TieEdit {
    /// Since when, where it is known.
    #[schema(value_type = Option<String>)]
    pub since: Option<Day>,
    /// Until when, where it has an end.
    #[schema(value_type = Option<String>)]
    pub until: Option<Day>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_as_its_kind_and_end() {
        for kind in KINDS {
            assert_eq!(said(kind.code), Some((kind.code, true)));
            let back = if kind.back == kind.code { (kind.code, true) } else { (kind.code, false) };
            assert_eq!(said(kind.back), Some(back));
            assert_eq!((word(kind.code, true), word(kind.code, false)), (Some(kind.code), Some(kind.back)));
        }
        assert_eq!((said("likes"), word("likes", true)), (None, None));
    }
}
