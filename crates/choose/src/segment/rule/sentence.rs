//! A rule as people read it, in Korean and English.
//!
//! Every condition has two texts, for when it holds and for when it does not (`….not`), so that a negation is said as
//! people say it: "have no open complaint". A negated group is said by its conditions (De Morgan), which means the same,
//! because under a negation a condition is two-valued.
//!
//! A Korean text ends as a dictionary has it (이다, 있다, 없다, …) and is given the ending that its place asks for: 인, 이고,
//! 이거나; particles follow the word before them.

use super::Book;
use super::catalogue::{self, Field, Kind};
use super::own;
use super::tree::{Did, Leaf, Rule, Scalar, Test, Times, When};
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

/// What follows a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The customers it is about.
    Noun,
    /// Another condition that holds as well.
    And,
    /// Another condition that may hold instead.
    Or,
}

/// Korean endings: as a dictionary has it, and before each of [`Before`].
const ENDINGS: [(&str, [&str; 3]); 6] = [
    ("이다", ["인", "이고", "이거나"]),
    ("아니다", ["아닌", "아니고", "아니거나"]),
    ("있다", ["있는", "있고", "있거나"]),
    ("없다", ["없는", "없고", "없거나"]),
    ("하다", ["한", "하고", "하거나"]),
    ("않다", ["않은", "않고", "않거나"]),
];

/// Who the rule means.
pub fn sentence(rule: &Rule, words: &Words<'_>) -> String {
    match whole(rule) {
        Some(true) => words.say("everyone", &[]),
        Some(false) => words.say("nobody", &[]),
        None => words.say("sentence", &[("clause", &words.outer(rule))]),
    }
}

/// The rule as what is said of a customer.
pub fn clause(rule: &Rule, words: &Words<'_>) -> String {
    words.say("clause", &[("clause", &words.outer(rule))])
}

/// Whether a rule means everyone or nobody by itself.
fn whole(rule: &Rule) -> Option<bool> {
    match rule {
        Rule::All(rules) if rules.is_empty() => Some(true),
        Rule::Any(rules) if rules.is_empty() => Some(false),
        Rule::Not(rule) => whole(rule).map(|all| !all),
        _ => None,
    }
}

impl Words<'_> {
    fn say(&self, key: &str, params: &[(&str, &str)]) -> String {
        text::say(self.locale, &format!("segment.{key}"), params)
    }

    fn outer(&self, rule: &Rule) -> String {
        match rule {
            Rule::All(rules) | Rule::Any(rules) if !rules.is_empty() => {
                self.joined(rules, matches!(rule, Rule::All(_)), true, Before::Noun)
            }
            Rule::Not(inner) => match &**inner {
                Rule::All(rules) | Rule::Any(rules) if !rules.is_empty() => {
                    self.joined(rules, matches!(**inner, Rule::Any(_)), false, Before::Noun)
                }
                inner => self.inner(inner, false, Before::Noun),
            },
            _ => self.inner(rule, true, Before::Noun),
        }
    }

    /// A rule within another, said so that it holds or so that it does not: groups stand in parentheses.
    fn inner(&self, rule: &Rule, holds: bool, before: Before) -> String {
        match rule {
            Rule::Not(rule) => self.inner(rule, !holds, before),
            Rule::All(rules) | Rule::Any(rules) => {
                let all = matches!(rule, Rule::All(_)) == holds;
                if rules.is_empty() {
                    return self.ended(self.say(if all { "anyone" } else { "no_one" }, &[]), before);
                }
                self.say("group", &[("clause", &self.joined(rules, all, holds, before))])
            }
            Rule::Leaf(leaf) => self.ended(self.leaf(leaf, holds), before),
        }
    }

    /// Rules after each other: all of them, or any.
    fn joined(&self, rules: &[Rule], all: bool, holds: bool, before: Before) -> String {
        let (key, between) = if all { ("and", Before::And) } else { ("or", Before::Or) };
        let last = rules.len().saturating_sub(1);
        let parts = rules.iter().enumerate();
        let parts =
            parts.map(|(at, rule)| self.inner(rule, holds, if at == last { before } else { between }));
        parts.reduce(|left, right| self.say(key, &[("left", &left), ("right", &right)])).unwrap_or_default()
    }

    /// A text with the ending that what follows asks for; an English one has none.
    fn ended(&self, text: String, before: Before) -> String {
        let ending = ENDINGS.iter().filter(|_| self.locale == Locale::Ko);
        let found = ending.filter_map(|(ending, forms)| Some((text.strip_suffix(ending)?, forms))).next();
        found.map_or_else(|| text.clone(), |(stem, forms)| format!("{stem}{}", forms[before as usize]))
    }

    /// A condition that holds, or that does not.
    fn leaf(&self, leaf: &Leaf, holds: bool) -> String {
        match leaf {
            Leaf::Field(field, test) => self.test(field, test, holds),
            Leaf::Did(did) => self.did(did, holds),
            Leaf::Member(id) => {
                let name = self.book.name_of(*id).map_or_else(|| id.to_string(), str::to_owned);
                self.say(&key("member", holds), &[("name", &name)])
            }
        }
    }

    fn test(&self, field: &Field, test: &Test, holds: bool) -> String {
        let label = field.label(self.locale);
        let told = |name: &str, value: &str| self.told(&key(name, holds), &label, value);
        match test {
            Test::Holds => told(&flag(field), ""),
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
            Test::Within(days) if field.kind == Kind::Due => told("within_next", &days.to_string()),
            Test::Within(days) => told("within", &days.to_string()),
        }
    }

    /// A text about something, with its Korean particles.
    fn told(&self, key: &str, label: &str, value: &str) -> String {
        let params = [
            ("label", label),
            ("field", &self.particle(label, ["이", "가"])),
            ("object", &self.particle(label, ["을", "를"])),
            ("value", value),
            ("is", &self.particle(value, ["이", "가"])),
        ];
        self.say(key, &params)
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

    fn did(&self, did: &Did, holds: bool) -> String {
        let deed = self.deed(did);
        let done = match did.times {
            Times::AtLeast(1) => self.told(&key("did.some", holds), &deed, ""),
            times => {
                let (compare, number) = times.parts();
                let counted = format!("times.{}", name(compare.text()));
                self.told(&key("did", holds), &deed, &self.say(&counted, &[("count", &number.to_string())]))
            }
        };
        self.period(did, done)
    }

    /// What is counted: the deed with its kind, its attributes and its amount.
    fn deed(&self, did: &Did) -> String {
        let mut deed = match &did.kind {
            Some(kind) => self.say("deeds.kind", &[("kind", self.book.kind_name(self.locale, kind))]),
            None => self.say(&format!("deeds.{}", did.deed.word), &[]),
        };
        if did.first {
            deed = self.say("first", &[("deed", &deed)]);
        }
        for (attribute, value) in &did.with {
            let attribute = self.say(&format!("attribute.{attribute}"), &[]);
            deed = self.say("with", &[("deed", &deed), ("attribute", &attribute), ("value", value)]);
        }
        let amount = did.amount.map(|minor| self.money(minor));
        amount.map(|amount| self.say("amount", &[("deed", &deed), ("value", &amount)])).unwrap_or(deed)
    }

    fn period(&self, did: &Did, done: String) -> String {
        let within = did.within.map(|days| ("did.within", days.to_string()));
        let after = did.after.map(|after| ("did.after", self.when(after)));
        let before = did.before.map(|before| ("did.before", self.when(before)));
        let periods = [before, after, within].into_iter().flatten();
        periods.fold(done, |done, (key, value)| self.say(key, &[("did", &done), ("value", &value)]))
    }

    /// A Korean word with the particle that follows a final consonant, or the one that does not; the word itself in
    /// English.
    fn particle(&self, word: &str, [closed, open]: [&str; 2]) -> String {
        if self.locale == Locale::En {
            return word.to_owned();
        }
        let last = word.chars().rev().find(|letter| letter.is_alphanumeric()).unwrap_or('가');
        let is_closed = match u32::from(last) {
            // Hangul syllables stand in blocks of 28, of which the first has no final consonant.
            code @ 0xAC00..=0xD7A3 => !(code - 0xAC00).is_multiple_of(28),
            // Digits as they are read: 영 일 삼 육 칠 팔 end in a consonant. Letters: L, M, N, R.
            _ => "013678LMNRlmnr".contains(last),
        };
        format!("{word}{}", if is_closed { closed } else { open })
    }
}

/// The text of a condition that holds, or of one that does not.
fn key(name: &str, holds: bool) -> String {
    if holds { name.to_owned() } else { format!("{name}.not") }
}

/// The text of a flag; those that companies add are all told by their name.
fn flag(field: &Field) -> String {
    if own::is_own(field.name) { "flag.own".into() } else { format!("flag.{}", field.name) }
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
