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
pub(in crate::segment) mod own;
mod parse;
mod parties;
mod print;
mod sentence;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod value;

pub use deed::{At, BASE, Deed, TOLD, kind_label, kinds, told};
pub use fault::{Code, Fault, Place};
pub use json::{from_json, from_json_text, from_written_json, to_json};
pub use parse::parse;
pub use print::print;
pub use sentence::{Words as SentenceWords, clause, sentence};
pub use tree::{
    BYTES, Compare, DAYS, DEPTH, Did, LEAVES, LIST, Leaf, Rule, Scalar, SegmentId, TEXT, Test, Times, When,
};

use kernel::{Currency, Locale};
use nearest::nearest;
use std::collections::BTreeMap;

/// What a written rule is read with: the company's currency and the segments there are.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The currency of amounts; won by default.
    pub currency: Option<Currency>,
    /// Segments by name.
    pub segments: BTreeMap<String, SegmentId>,
    /// What people call the kinds of interaction that the company registered, by code.
    pub kinds: BTreeMap<String, String>,
}

impl Book {
    pub(crate) fn decimals(&self) -> u32 {
        self.currency().decimals()
    }

    /// The currency of amounts.
    pub fn currency(&self) -> Currency {
        self.currency.unwrap_or(Currency::KRW)
    }

    /// What people call a kind of interaction.
    fn kind_name<'k>(&'k self, locale: Locale, kind: &'k str) -> &'k str {
        let registered = || self.kinds.get(kind).map(String::as_str);
        kind_label(locale, kind).or_else(registered).unwrap_or(kind)
    }

    /// Refuses a kind of interaction that the log never has.
    fn check_kind(&self, kind: &str) -> Result<(), Fault> {
        let mut known: Vec<&str> = deed::logged().collect();
        known.extend(self.kinds.keys().map(String::as_str));
        if known.contains(&kind) {
            return Ok(());
        }
        Err(match nearest(kind, known.into_iter()) {
            Some(near) => Fault::whole(Code::Misspelt).with("name", kind).with("near", near),
            None => Fault::whole(Code::UnknownKind).with("name", kind),
        })
    }

    fn name_of(&self, id: SegmentId) -> Option<&str> {
        self.segments.iter().find(|(_, other)| **other == id).map(|(name, _)| name.as_str())
    }

    /// The rule as people read it: who it means.
    pub fn sentence(&self, rule: &Rule, locale: Locale) -> String {
        sentence(rule, &SentenceWords { book: self, locale })
    }
}
