//! Why somebody is in or out: every condition with the person's own value.

use super::frame::Frame;
use super::person::Person;
use super::rule::catalogue::{self, Field, Kind};
use super::rule::{Book, Leaf, Rule, Scalar, SentenceWords, clause};
use kernel::{Day, Locale, Money};
use serde::Serialize;
use utoipa::ToSchema;
use web::Sight;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = BothLanguages)]
pub struct Both {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Both {
    /// What `say` gives in each language.
    pub fn of(say: impl Fn(Locale) -> String) -> Self {
        Self { ko: say(Locale::Ko), en: say(Locale::En) }
    }
}

/// A part of a rule, asked of one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SegmentReason)]
pub struct Reason {
    /// `all`, `any`, `not` or `leaf`.
    pub part: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What it says.
    pub clause: Both,
    /// The person's value of a condition; none where nothing is known, and for groups.
    pub value: Option<Both>,
    /// What it is made of.
    #[schema(no_recursion)]
    pub parts: Vec<Reason>,
}

/// Who reads the answer.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'r> {
    /// The names of segments.
    pub book: &'r Book,
    /// How much of contacts they see.
    pub sight: Sight,
}

/// Asks every part of the rule.
pub fn why(rule: &Rule, person: &Person, frame: &Frame, reader: &Reader<'_>) -> Reason {
    let book = reader.book;
    let (part, rules, value): (_, &[Rule], _) = match rule {
        Rule::All(rules) => ("all", rules, None),
        Rule::Any(rules) => ("any", rules, None),
        Rule::Not(rule) => ("not", std::slice::from_ref(&**rule), None),
        Rule::Leaf(leaf) => ("leaf", &[], value(leaf, person, frame, reader.sight)),
    };
    Reason {
        part,
        holds: person.is_meant(rule, frame),
        clause: Both::of(|locale| reader.sight.text(clause(rule, &SentenceWords { book, locale }))),
        value,
        parts: rules.iter().map(|rule| why(rule, person, frame, reader)).collect(),
    }
}

fn value(leaf: &Leaf, person: &Person, frame: &Frame, sight: Sight) -> Option<Both> {
    match leaf {
        Leaf::Field(field, _) => {
            let values = person.values_of(field);
            let told = |locale| {
                let told = values.iter().map(|value| scalar(field, value, frame, locale));
                let told = told.collect::<Vec<_>>().join(", ");
                // People write numbers into names, and what a company notes of somebody is text as well.
                if field.kind == Kind::Text { sight.text(told) } else { told }
            };
            (!values.is_empty()).then(|| Both::of(told))
        }
        Leaf::Did(did) => {
            let (count, amount) = person.done(did, frame);
            let amount = did.amount.map(|_| format!(" · {}", Money::new(frame.currency, amount)));
            let amount = amount.unwrap_or_default();
            Some(Both { ko: format!("{count}회{amount}"), en: format!("{count} times{amount}") })
        }
        Leaf::Member(_) => None,
    }
}

fn scalar(field: &Field, value: &Scalar, frame: &Frame, locale: Locale) -> String {
    match (value, field.kind) {
        (Scalar::Int(day), kind) if kind.is_day() => {
            let day = Day::from_epoch(*day);
            let ago = frame.today.since(day);
            let key = match ago {
                0 => "segment.today",
                1.. => "segment.ago",
                _ => "segment.ahead",
            };
            format!("{day} ({})", web::text::say(locale, key, &[("days", &ago.abs().to_string())]))
        }
        (Scalar::Int(minor), Kind::Money) => Money::new(frame.currency, *minor).to_string(),
        (Scalar::Float(minor), Kind::Estimate) => {
            Money::new(frame.currency, minor.round() as i64).to_string()
        }
        (Scalar::Int(flag), Kind::Flag) => {
            web::text::say(locale, if *flag > 0 { "segment.yes" } else { "segment.no" }, &[])
        }
        (Scalar::Float(number), _) => format!("{number:.2}"),
        (Scalar::Int(number), _) => number.to_string(),
        (Scalar::Text(code), Kind::Choice(_)) => catalogue::choice(locale, code),
        (Scalar::Text(text), _) => text.clone(),
    }
}
