//! The tree of a rule to its text, which [`super::parse()`] reads back to the same tree.

use super::Book;
use super::catalogue::{Field, Kind};
use super::tree::{Did, Leaf, Rule, Scalar, Test, Times, When};
use super::value::major;

/// A rule as text.
pub fn print(rule: &Rule, book: &Book) -> String {
    match rule {
        Rule::All(rules) if rules.is_empty() => "everyone".into(),
        Rule::Any(rules) if rules.is_empty() => "nobody".into(),
        Rule::All(rules) => joined(rules, " and ", book),
        Rule::Any(rules) => joined(rules, " or ", book),
        Rule::Not(rule) => format!("not {}", inner(rule, book)),
        Rule::Leaf(leaf) => self::leaf(leaf, book),
    }
}

fn joined(rules: &[Rule], by: &str, book: &Book) -> String {
    rules.iter().map(|rule| inner(rule, book)).collect::<Vec<_>>().join(by)
}

/// A rule within another: groups stand in parentheses.
fn inner(rule: &Rule, book: &Book) -> String {
    match rule {
        Rule::All(rules) | Rule::Any(rules) if !rules.is_empty() => format!("({})", print(rule, book)),
        _ => print(rule, book),
    }
}

/// A condition as text.
pub(super) fn leaf(leaf: &Leaf, book: &Book) -> String {
    match leaf {
        Leaf::Field(field, test) => format!("{}{}", field.name, self::test(field, test, book)),
        Leaf::Did(did) => self::did(did, book),
        Leaf::Member(id) => book
            .name_of(*id)
            .map_or_else(|| format!("in segment {id}"), |name| format!("in segment {}", quoted(name))),
    }
}

fn test(field: &Field, test: &Test, book: &Book) -> String {
    match test {
        Test::Holds => String::new(),
        Test::Known => " is known".into(),
        Test::Is(compare, value) => format!(" {} {}", compare.text(), scalar(field, value, book)),
        Test::In(values) => {
            let values: Vec<String> = values.iter().map(|value| scalar(field, value, book)).collect();
            format!(" in ({})", values.join(", "))
        }
        Test::Contains(text) => format!(" contains {}", quoted(text)),
        Test::When(compare, when) => {
            let compare = match compare.text() {
                "<" => "before",
                ">" => "after",
                other => other,
            };
            format!(" {compare} {}", self::when(*when))
        }
        Test::Within(days) => format!(" within {days} days"),
    }
}

fn scalar(field: &Field, value: &Scalar, book: &Book) -> String {
    match (value, field.kind) {
        (Scalar::Int(minor), Kind::Money) => major(*minor, book.decimals()),
        // Estimates are asked for in whole minor units, far below 2^53.
        (Scalar::Float(minor), Kind::Estimate) => major(minor.round() as i64, book.decimals()),
        (Scalar::Int(number), _) => number.to_string(),
        (Scalar::Float(number), _) => number.to_string(),
        (Scalar::Text(code), Kind::Choice(_)) => code.clone(),
        (Scalar::Text(text), _) => quoted(text),
    }
}

pub(super) fn when(when: When) -> String {
    match when {
        When::On(day) => day.to_string(),
        When::Ago(0) => "today".into(),
        When::Ago(days) => format!("{days} days ago"),
    }
}

fn did(did: &Did, book: &Book) -> String {
    let mut words = Vec::new();
    if did.first {
        words.push("first".to_owned());
    }
    words.push(did.deed.word.to_owned());
    words.extend(did.kind.clone());
    words.extend(did.with.iter().map(|(attribute, value)| format!("{attribute} {}", quoted(value))));
    words.extend(times(did.times));
    words.extend(did.amount.map(|minor| format!("for at least {}", major(minor, book.decimals()))));
    words.extend(did.within.map(|days| format!("within {days} days")));
    words.extend(did.after.map(|after| format!("after {}", when(after))));
    words.extend(did.before.map(|before| format!("before {}", when(before))));
    words.join(" ")
}

fn times(times: Times) -> Option<String> {
    match times {
        Times::AtLeast(1) => None,
        Times::AtLeast(times) => Some(format!("at least {times} times")),
        Times::AtMost(times) => Some(format!("at most {times} times")),
        Times::Exactly(times) => Some(format!("exactly {times} times")),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\' | '“' | '”') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}
