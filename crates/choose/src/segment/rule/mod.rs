//! The rule language: one tree, written as text, as JSON and as a sentence, asked of the database and of one person.
//!
//! Invariants:
//! - Text, JSON and tree say the same: each comes back from the others unchanged.
//! - Everything in a rule is bounded ([`DEPTH`], [`LEAVES`], [`BYTES`], [`LIST`], [`TEXT`], [`DAYS`]), and what passes
//!   a limit is refused before anything follows it down.
//! - A condition on what is not known does not hold, and its negation does.

pub mod catalogue;
mod deed;
mod fault;
mod fields;
mod json;
mod nearest;
mod parse;
mod print;
mod sentence;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod value;

pub use deed::{At, Deed, KINDS, TOLD, told};
pub use fault::{Code, Fault, Place};
pub use json::{from_json, from_json_text, to_json};
pub use parse::parse;
pub use print::print;
pub use sentence::{Words as SentenceWords, clause, sentence};
pub use tree::{
    BYTES, Compare, DAYS, DEPTH, Did, LEAVES, LIST, Leaf, Rule, Scalar, SegmentId, TEXT, Test, Times, When,
};

use kernel::{Currency, Locale};
use std::collections::BTreeMap;

/// What a written rule is read with: the company's currency and the segments there are.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The currency of amounts; won by default.
    pub currency: Option<Currency>,
    /// Segments by name.
    pub segments: BTreeMap<String, SegmentId>,
}

impl Book {
    pub(crate) fn decimals(&self) -> u32 {
        self.currency().decimals()
    }

    /// The currency of amounts.
    pub fn currency(&self) -> Currency {
        self.currency.unwrap_or(Currency::KRW)
    }

    fn name_of(&self, id: SegmentId) -> Option<&str> {
        self.segments.iter().find(|(_, other)| **other == id).map(|(name, _)| name.as_str())
    }

    /// The rule as people read it: who it means.
    pub fn sentence(&self, rule: &Rule, locale: Locale) -> String {
        sentence(rule, &SentenceWords { book: self, locale })
    }
}
