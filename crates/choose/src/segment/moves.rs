//! Which conditions change by time alone, and for whom.
//!
//! "Last order before 60 days ago" turns on the day the last order is 61 days old: those whose turn comes lie in a
//! range of the column, which its index finds. What has no such column is looked at for everyone each night.

use super::rule::catalogue::{Field, Kind, Source};
use super::rule::{Leaf, Rule, Test, When};
use std::collections::BTreeSet;

/// How a condition changes as days go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moves {
    /// It turns so many days after the day in this column.
    Range {
        /// A day on the row of facts.
        column: &'static str,
        /// Days after it.
        offset: i64,
    },
    /// It may turn for anybody.
    Nightly,
}

/// How the conditions of a rule change as days go by.
pub fn moves(rule: &Rule) -> BTreeSet<Moves> {
    rule.leaves().flat_map(of_leaf).collect()
}

fn of_leaf(leaf: &Leaf) -> Vec<Moves> {
    match leaf {
        Leaf::Field(field, test) => of_field(field, test),
        Leaf::Did(did) if did.moves() => vec![Moves::Nightly],
        Leaf::Did(_) | Leaf::Member(_) => Vec::new(),
    }
}

fn of_field(field: &Field, test: &Test) -> Vec<Moves> {
    let value = match field.source {
        Source::Value(value) => value,
        Source::Grouped { only, .. } => only,
        Source::Rows { .. } => "",
    };
    let ranges = |offsets: &[i64]| match column(value) {
        Some(column) => offsets.iter().map(|offset| Moves::Range { column, offset: *offset }).collect(),
        None => vec![Moves::Nightly],
    };
    match (test, field.kind) {
        (Test::When(_, When::Ago(days)), Kind::Day) => ranges(&[*days]),
        (Test::Within(days), Kind::Day) => ranges(&[0, *days]),
        (Test::When(_, When::Ago(_)) | Test::Within(_), _) => vec![Moves::Nightly],
        _ if field.name == "late" => vec![Moves::Range { column: "f.late_from", offset: 0 }],
        _ if value.contains("{today}") || value.contains("{now}") => vec![Moves::Nightly],
        _ => Vec::new(),
    }
}

/// The column, where the field is nothing else.
fn column(value: &'static str) -> Option<&'static str> {
    let plain = value.strip_prefix("f.")?.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_');
    plain.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::super::rule::{Book, parse};
    use super::*;

    #[test]
    fn what_time_moves_is_known_by_its_column() {
        let of = |text: &str| moves(&parse(text, &Book::default()).unwrap()).into_iter().collect::<Vec<_>>();
        let range = |column, offset| Moves::Range { column, offset };
        assert_eq!(of("orders >= 3 and state = regular and last_order after 2026-01-01"), []);
        assert_eq!(of("not last_order before 60 days ago"), [range("f.last_day", 60)]);
        assert_eq!(
            of("state_since within 7 days or late"),
            [range("f.late_from", 0), range("f.state_since", 0), range("f.state_since", 7)]
        );
        assert_eq!(of("ordered within 30 days"), [Moves::Nightly]);
        assert_eq!(of("ordered category \"x\""), []);
        assert_eq!(of("overdue > 1.5"), [Moves::Nightly]);
        assert_eq!(of("added within 7 days"), [Moves::Nightly]);
        assert_eq!(of("message_opened within 7 days"), [Moves::Nightly]);
        assert_eq!(of("last_visit before 7 days ago or has_open_complaint"), [Moves::Nightly]);
        assert_eq!(of("was_regular and message_opened is known"), []);
    }
}
