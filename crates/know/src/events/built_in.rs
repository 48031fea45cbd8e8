//! The kinds of interaction that Dangol itself knows, besides orders, visits and memos: the one list.
//!
//! Until a later part of Dangol records them they are entered by hand, told by programs or read from a file; rules,
//! boards and scores read them wherever they came from.
//!
//! Invariants:
//! - A kind stands here once, with what it carries; its words are the texts `event.<code>`. The macro beside the list
//!   is the same for SQL, which a test holds.
//! - What an interaction carries besides its columns is a number and a code, never free text.

/// What a kind of interaction carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// That it happened.
    Nothing,
    /// An amount, in its columns.
    Amount,
    /// A whole number between these two, in its body as `value`.
    Number {
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
}

/// A kind of interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its kind in the log, and its type where programs tell of it.
    pub code: &'static str,
    /// What it carries.
    pub carries: Carries,
    /// Whether people pick it among what else happened: neither what programs alone see (a message opened) nor what has a
    /// panel of its own.
    pub by_hand: bool,
}

const fn kind(code: &'static str, carries: Carries) -> BuiltIn {
    BuiltIn { code, carries, by_hand: true }
}

const fn paneled(code: &'static str, carries: Carries) -> BuiltIn {
    BuiltIn { code, carries, by_hand: false }
}

const fn program(code: &'static str) -> BuiltIn {
    BuiltIn { code, carries: Carries::Nothing, by_hand: false }
}

/// How strongly somebody agrees, from 0 to 10.
const TEN: Carries = Carries::Number { least: 0, most: 10 };
/// The level of a bond (관계 결속): 1 financial, 2 social, 3 structural.
const LEVEL: Carries = Carries::Number { least: 1, most: 3 };
/// Stars of a review.
const STARS: Carries = Carries::Number { least: 1, most: 5 };

/// The kinds.
pub const BUILT_IN: &[BuiltIn] = &[
    // A complaint is open until one is closed.
    kind("complaint.opened", Carries::Nothing),
    kind("complaint.closed", Carries::Nothing),
    // A bond is there from its start to its end; `what` tells several apart (`coupon_club`). Bonds and what is judged have
    // panels of their own on the card, and rows that these become ([`super::rows`]).
    paneled("bond.started", LEVEL),
    paneled("bond.ended", LEVEL),
    // Of what is stated the last word counts. Margin and cost to serve are yearly amounts.
    paneled("margin.stated", Carries::Amount),
    paneled("cost_to_serve.stated", Carries::Amount),
    // Whether they will stay: from 0, surely not, to 10, surely.
    paneled("intention.stated", TEN),
    kind("survey.answered", TEN),
    // What somebody does for the company unasked.
    kind("referral.made", Carries::Nothing),
    kind("review.written", STARS),
    kind("recommendation.made", Carries::Nothing),
    program("message.sent"),
    program("message.opened"),
    program("message.clicked"),
];

/// The codes as a list in SQL.
macro_rules! built_in_codes {
    () => {
        "'complaint.opened', 'complaint.closed', 'bond.started', 'bond.ended', 'margin.stated', \
         'cost_to_serve.stated', 'intention.stated', 'survey.answered', 'referral.made', 'review.written', \
         'recommendation.made', 'message.sent', 'message.opened', 'message.clicked'"
    };
}
pub(crate) use built_in_codes;

/// The kind of this code.
pub fn built_in(code: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|kind| kind.code == code)
}

impl BuiltIn {
    /// What is wrong with what an interaction of this kind carries: a field and a code.
    pub fn fault(&self, value: Option<i64>, has_amount: bool) -> Option<(&'static str, &'static str)> {
        match self.carries {
            Carries::Amount if !has_amount => Some(("amount", "event_amount_needed")),
            Carries::Number { least, most } if !value.is_some_and(|it| (least..=most).contains(&it)) => {
                Some(("value", "event_value_range"))
            }
            Carries::Nothing | Carries::Amount if value.is_some() => Some(("value", "event_value_none")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;
    use std::collections::BTreeSet;

    #[test]
    fn a_kind_stands_once_with_words_in_both_languages_and_in_sql() {
        let codes: BTreeSet<&str> = BUILT_IN.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), BUILT_IN.len());
        let in_sql: BTreeSet<&str> =
            built_in_codes!().split(", ").map(|code| code.trim().trim_matches('\'')).collect();
        assert_eq!(codes, in_sql);
        for (code, locale) in codes.iter().flat_map(|code| [(code, Locale::Ko), (code, Locale::En)]) {
            assert!(web::text::find(locale, &format!("event.{code}")).is_some(), "{code}");
        }
    }

    #[test]
    fn what_a_kind_carries_is_checked() {
        let fault = |code, value, amount| built_in(code).unwrap().fault(value, amount);
        assert_eq!(fault("bond.started", Some(4), false), Some(("value", "event_value_range")));
        assert_eq!(fault("bond.started", None, false), Some(("value", "event_value_range")));
        assert_eq!(fault("bond.started", Some(3), false), None);
        assert_eq!(fault("margin.stated", None, false), Some(("amount", "event_amount_needed")));
        assert_eq!(fault("margin.stated", None, true), None);
        assert_eq!(fault("complaint.opened", Some(1), false), Some(("value", "event_value_none")));
        assert_eq!(fault("complaint.opened", None, false), None);
        assert_eq!(built_in("complaint"), None);
    }
}
