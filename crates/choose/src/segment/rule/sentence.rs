//! A rule as people read it, in Korean and English.
//!
//! A Korean clause ends in a noun, so that 이고, 이거나 and 인 can follow it; particles follow the word before them.

use super::Book;
use super::catalogue::{self, Field, Kind};
use super::tree::{Did, Leaf, Rule, Scalar, Test, When};
use kernel::{Currency, Locale, Money};
use web::text;

/// The language, and the names of segments.
#[derive(Debug, Clone, Copy)]
pub struct Words<'b> {
    /// Currency and segments.
    pub book: &'b Book,
    /// The language.
    pub locale: Locale,
}

/// Who the rule means.
pub fn sentence(rule: &Rule, words: &Words<'_>) -> String {
    match rule {
        Rule::All(rules) if rules.is_empty() => words.say("everyone", &[]),
        Rule::Any(rules) if rules.is_empty() => words.say("nobody", &[]),
        _ => words.say("sentence", &[("clause", &clause(rule, words))]),
    }
}

/// The rule as part of a sentence.
pub fn clause(rule: &Rule, words: &Words<'_>) -> String {
    match rule {
        Rule::All(rules) => words.joined(rules, "and"),
        Rule::Any(rules) => words.joined(rules, "or"),
        Rule::Not(rule) => words.say("not", &[("clause", &words.inner(rule))]),
        Rule::Leaf(leaf) => words.leaf(leaf),
    }
}

impl Words<'_> {
    fn say(&self, key: &str, params: &[(&str, &str)]) -> String {
        text::say(self.locale, &format!("segment.{key}"), params)
    }

    fn joined(&self, rules: &[Rule], by: &str) -> String {
        let parts = rules.iter().map(|rule| self.inner(rule));
        let joined = parts.reduce(|left, right| self.say(by, &[("left", &left), ("right", &right)]));
        joined.unwrap_or_else(|| self.say(if by == "and" { "everyone" } else { "nobody" }, &[]))
    }

    fn inner(&self, rule: &Rule) -> String {
        match rule {
            Rule::All(_) | Rule::Any(_) => self.say("group", &[("clause", &clause(rule, self))]),
            _ => clause(rule, self),
        }
    }

    /// A condition.
    fn leaf(&self, leaf: &Leaf) -> String {
        match leaf {
            Leaf::Field(field, test) => self.test(field, test),
            Leaf::Did(did) => self.did(did),
            Leaf::Member(id) => {
                let name = self.book.name_of(*id).map_or_else(|| id.to_string(), str::to_owned);
                self.say("member", &[("name", &name)])
            }
        }
    }

    fn test(&self, field: &Field, test: &Test) -> String {
        let label = field.label(self.locale);
        let subject = self.subject(&label);
        let told = |key: &str, value: &str| self.say(key, &[("field", &subject), ("value", value)]);
        match test {
            Test::Holds => label,
            Test::Known => told("known", ""),
            Test::Is(compare, value) => {
                told(&format!("is.{}", name(compare.text())), &self.scalar(field, value))
            }
            Test::In(values) => {
                let values: Vec<String> = values.iter().map(|value| self.scalar(field, value)).collect();
                told("in", &values.join(", "))
            }
            Test::Contains(part) => told("contains", part),
            Test::When(compare, when) => told(&format!("when.{}", name(compare.text())), &self.when(*when)),
            Test::Within(days) => told("within", &days.to_string()),
        }
    }

    fn scalar(&self, field: &Field, value: &Scalar) -> String {
        match (value, field.kind) {
            (Scalar::Int(minor), Kind::Money) => self.money(*minor),
            (Scalar::Float(minor), Kind::Estimate) => self.money(minor.round() as i64),
            (Scalar::Int(number), _) => number.to_string(),
            (Scalar::Float(number), _) => number.to_string(),
            (Scalar::Text(code), Kind::Choice(_)) => catalogue::choice(self.locale, code),
            (Scalar::Text(text), _) => format!("“{text}”"),
        }
    }

    fn money(&self, minor: i64) -> String {
        let money = Money::new(self.book.currency(), minor).to_string();
        match (self.locale, self.book.currency()) {
            (Locale::Ko, Currency::KRW) => money.replace(" KRW", "원"),
            _ => money,
        }
    }

    fn when(&self, when: When) -> String {
        match when {
            When::On(day) => day.to_string(),
            When::Ago(0) => self.say("today", &[]),
            When::Ago(days) => self.say("ago", &[("days", &days.to_string())]),
        }
    }

    fn did(&self, did: &Did) -> String {
        let (compare, number) = did.times.parts();
        let mut deed = self.say(&format!("deed.{}", did.deed.word), &[]);
        if let Some(kind) = &did.kind {
            deed = self.book.kind_name(self.locale, kind).to_owned();
        }
        if did.first {
            deed = self.say("first", &[("deed", &deed)]);
        }
        for (attribute, value) in &did.with {
            let attribute = self.say(&format!("attribute.{attribute}"), &[]);
            deed = self.say("with", &[("deed", &deed), ("attribute", &attribute), ("value", value)]);
        }
        let amount = did.amount.map(|minor| self.money(minor));
        if let Some(amount) = &amount {
            deed = self.say("amount", &[("deed", &deed), ("value", amount)]);
        }
        let count = self.say(&format!("times.{}", name(compare.text())), &[("count", &number.to_string())]);
        let done = self.say("did", &[("deed", &self.subject(&deed)), ("count", &count)]);
        self.period(did, done)
    }

    fn period(&self, did: &Did, done: String) -> String {
        let within = did.within.map(|days| ("did.within", days.to_string()));
        let after = did.after.map(|after| ("did.after", self.when(after)));
        let before = did.before.map(|before| ("did.before", self.when(before)));
        let periods = [before, after, within].into_iter().flatten();
        periods.fold(done, |done, (key, value)| self.say(key, &[("did", &done), ("value", &value)]))
    }

    /// A Korean noun with 이 or 가; the noun itself in English.
    fn subject(&self, noun: &str) -> String {
        if self.locale == Locale::En {
            return noun.to_owned();
        }
        let last = noun.chars().rev().find(|letter| letter.is_alphanumeric()).unwrap_or('가');
        let closed = match u32::from(last) {
            // Hangul syllables stand in blocks of 28, of which the first has no final consonant.
            code @ 0xAC00..=0xD7A3 => !(code - 0xAC00).is_multiple_of(28),
            // Digits as they are read: 영 일 삼 육 칠 팔 end in a consonant. Letters: L, M, N, R.
            _ => "013678LMNRlmnr".contains(last),
        };
        format!("{noun}{}", if closed { "이" } else { "가" })
    }
}

/// A comparison in the keys of texts.
fn name(compare: &str) -> &'static str {
    match compare {
        "=" => "equal",
        "!=" => "unequal",
        "<" => "less",
        "<=" => "at_most",
        ">" => "more",
        _ => "at_least",
    }
}
