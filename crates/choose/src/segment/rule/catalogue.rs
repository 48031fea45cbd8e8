//! The catalogue: what a rule can ask of a person.
//!
//! A field is data. Those of the verbs before this one stand in [`super::fields`]; a later verb submits its own with
//! `choose::inventory::submit!`, and the rule, its two written forms, its sentence and its predicate know it.
//!
//! Invariant: names and aliases are unique over all fields, deeds and words of the grammar, which a test checks.

use super::own;
use super::tree::Compare;
use kernel::Locale;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use web::text;

/// What can be asked of a person: a name, a type, and where the value stands.
#[derive(Debug)]
pub struct Field {
    /// Its name in both written forms. Its label is the text `segment.field.<name>`.
    pub name: &'static str,
    /// Other names that the text form understands.
    pub aliases: &'static [&'static str],
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub source: Source,
    /// The column with the value in search form ([`store::search::fold`]), where a part of it can be searched for.
    pub folded: Option<&'static str>,
    /// Whether the past is known: as of an earlier day it is computed anew, else today's value is taken.
    pub historical: bool,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

inventory::collect!(Field);

/// What a field is, and with it what it can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A count.
    Int,
    /// Any number.
    Float,
    /// Minor units of the company's currency.
    Money,
    /// An estimate in those, with a fraction.
    Estimate,
    /// A day of the company.
    Day,
    /// A day of the company that is still to come: `within` means the next days.
    Due,
    /// An instant, asked for by its day.
    Instant,
    /// Text.
    Text,
    /// One of these codes. Their labels are the texts `segment.choice.<code>`.
    Choice(&'static [&'static str]),
    /// Yes or no.
    Flag,
}

impl Kind {
    /// Whether it is a day, or asked for by one.
    pub const fn is_day(self) -> bool {
        matches!(self, Self::Day | Self::Due | Self::Instant)
    }
}

/// Where the values of a field stand, in SQL over `facts f` and `parties p`. `{today}`, `{now}`, `{currency}` stand
/// for the day, the end of it and the company's currency, `{who}` for the records of the person, as `k`.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// One value: an expression.
    Value(&'static str),
    /// Rows of another table, of which any may answer.
    Rows {
        /// The table with its alias.
        from: &'static str,
        /// The column with the party.
        party: &'static str,
        /// Which of its rows.
        only: &'static str,
        /// The column with the value.
        column: &'static str,
        /// Whether a party may have more than one.
        many: bool,
    },
    /// One value over all rows of a person in another table: an aggregate.
    Grouped {
        /// The table with its alias.
        from: &'static str,
        /// The column with the party.
        party: &'static str,
        /// Which of its rows.
        only: &'static str,
        /// The aggregate.
        value: &'static str,
        /// What it is for somebody without a row; not known where there is none.
        none: Option<i64>,
    },
}

/// What a test is called where a field's tests are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A comparison.
    Compare(Compare),
    /// `in (…)`.
    In,
    /// `contains`.
    Contains,
    /// `within N days`.
    Within,
    /// `is known`.
    Known,
    /// Nothing: a flag.
    Holds,
}

impl Asked {
    /// As the JSON form has it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Compare(compare) => compare.text(),
            Self::In => "in",
            Self::Contains => "contains",
            Self::Within => "within",
            Self::Known => "known",
            Self::Holds => "holds",
        }
    }
}

impl Field {
    /// What it can be asked.
    pub fn asked(&self) -> Vec<Asked> {
        let ordered = || Compare::ALL.map(Asked::Compare).to_vec();
        let mut asked = match self.kind {
            Kind::Int => [ordered(), vec![Asked::In]].concat(),
            Kind::Float | Kind::Money | Kind::Estimate => ordered(),
            Kind::Day | Kind::Due | Kind::Instant => [ordered(), vec![Asked::Within]].concat(),
            // Of several values one may be this and one another: only being equal says something.
            Kind::Text if self.is_many() => vec![Asked::Compare(Compare::Equal), Asked::In],
            Kind::Text => {
                vec![Asked::Compare(Compare::Equal), Asked::Compare(Compare::Unequal), Asked::In]
            }
            Kind::Choice(_) if self.is_many() => vec![Asked::Compare(Compare::Equal), Asked::In],
            Kind::Choice(_) => {
                vec![Asked::Compare(Compare::Equal), Asked::Compare(Compare::Unequal), Asked::In]
            }
            Kind::Flag => return vec![Asked::Holds],
        };
        asked.extend(self.folded.map(|_| Asked::Contains));
        asked.push(Asked::Known);
        asked
    }

    /// Whether a party may have more than one value.
    pub const fn is_many(&self) -> bool {
        matches!(self.source, Source::Rows { many: true, .. })
    }

    /// What people call it.
    pub fn label(&self, locale: Locale) -> String {
        own::called(self.name)
            .unwrap_or_else(|| text::say(locale, &format!("segment.field.{}", self.name), &[]))
    }

    /// Whether it is a way to reach somebody, which not everyone sees whole.
    pub fn is_contact(&self) -> bool {
        matches!(self.source, Source::Rows { from: "contacts x", column: "x.value", .. })
    }

    /// Whether a row of facts holds it as a number: counts, amounts and days, but neither choices nor flags.
    pub fn is_number(&self) -> bool {
        let Source::Value(value) = self.source else { return false };
        matches!(self.kind, Kind::Int | Kind::Float | Kind::Money | Kind::Day) && value.starts_with("f.")
    }

    /// Whether it is money.
    pub const fn is_money(&self) -> bool {
        matches!(self.kind, Kind::Money | Kind::Estimate)
    }
}

/// What people call the code of a choice.
pub fn choice(locale: Locale, code: &str) -> String {
    text::find(locale, &format!("segment.choice.{code}")).unwrap_or(code).to_owned()
}

static BY_NAME: LazyLock<BTreeMap<&'static str, &'static Field>> = LazyLock::new(|| {
    let mut names = BTreeMap::new();
    for field in inventory::iter::<Field> {
        let all = std::iter::once(field.name).chain(field.aliases.iter().copied());
        for name in all {
            let before = names.insert(name, field);
            debug_assert!(before.is_none(), "two fields are called {name}");
        }
    }
    names
});

/// The field of this name or alias.
pub fn field(name: &str) -> Option<&'static Field> {
    BY_NAME.get(name).copied().or_else(|| own::field(name))
}

/// Every field, by name.
pub fn all() -> impl Iterator<Item = &'static Field> {
    BY_NAME.iter().filter(|(name, field)| **name == field.name).map(|(_, field)| *field)
}

/// Every name and alias.
pub fn names() -> impl Iterator<Item = &'static str> {
    BY_NAME.keys().copied()
}
