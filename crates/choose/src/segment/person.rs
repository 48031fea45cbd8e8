//! A rule asked of one person in memory: for "why", for answers as of an earlier day, and to check the predicate.

use super::frame::Frame;
use super::predicate::{period, within};
use super::rule::catalogue::Field;
use super::rule::{Did, Leaf, Rule, Scalar, SegmentId, Test};
use ::store::search;
use kernel::{Day, Id, kinds};
use std::collections::{BTreeMap, BTreeSet};

/// What a rule needs to know of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub party: Id<kinds::Party>,
    /// The values of fields; days as days since 1970, flags as 0 and 1. None where nothing is known.
    pub values: BTreeMap<&'static str, Vec<Scalar>>,
    /// What they did, by [`deed_key`].
    pub deeds: BTreeMap<String, Vec<Event>>,
    /// The segments they belong to.
    pub segments: BTreeSet<SegmentId>,
}

/// Something they did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// On which day.
    pub day: Day,
    /// What is counted once.
    pub unit: Option<(String, String)>,
    /// Its amount, where it is in the company's currency; a refund's is negative.
    pub amount: i64,
    /// Its amount in its own currency.
    pub minor: i64,
    /// That currency.
    pub currency: Option<String>,
    /// Whether it is done at all: a refund is not, nor what one has wholly taken back.
    pub counts: bool,
    /// Its attributes.
    pub with: BTreeMap<&'static str, String>,
}

/// The name of a deed, with the kind of interaction where the rule names one.
pub fn deed_key(did: &Did) -> String {
    did.kind.as_ref().map_or_else(|| did.deed.word.to_owned(), |kind| format!("{} {kind}", did.deed.word))
}

impl Person {
    /// Somebody of whom nothing is known.
    pub fn unknown(party: Id<kinds::Party>) -> Self {
        Self { party, values: BTreeMap::new(), deeds: BTreeMap::new(), segments: BTreeSet::new() }
    }

    /// Whether the rule means them.
    pub fn is_meant(&self, rule: &Rule, frame: &Frame) -> bool {
        match rule {
            Rule::All(rules) => rules.iter().all(|rule| self.is_meant(rule, frame)),
            Rule::Any(rules) => rules.iter().any(|rule| self.is_meant(rule, frame)),
            Rule::Not(rule) => !self.is_meant(rule, frame),
            Rule::Leaf(leaf) => self.meets(leaf, frame),
        }
    }

    /// Whether a condition holds.
    pub fn meets(&self, leaf: &Leaf, frame: &Frame) -> bool {
        match leaf {
            Leaf::Field(field, test) => {
                self.values_of(field).iter().any(|value| passes(field, value, test, frame))
            }
            Leaf::Did(did) => self.has_done(did, frame),
            Leaf::Member(id) => self.segments.contains(id),
        }
    }

    /// What is known of a field.
    pub fn values_of(&self, field: &Field) -> &[Scalar] {
        self.values.get(field.name).map_or(&[], Vec::as_slice)
    }

    /// How often they did it, and for how much, of the days the condition takes.
    pub fn done(&self, did: &Did, frame: &Frame) -> (i64, i64) {
        let first = self.values.get("first_order").and_then(|values| values.first()).cloned();
        let borders = period(did, frame.today);
        let inside = |day: Day| {
            borders
                .iter()
                .all(|(compare, border)| if *compare == "<" { day < *border } else { day >= *border })
        };
        let events = self.deeds.get(&deed_key(did)).map_or(&[][..], Vec::as_slice).iter().filter(|event| {
            inside(event.day)
                && (!did.first || first == Some(Scalar::Int(event.day.epoch())))
                && did.with.iter().all(|(attribute, value)| event.with.get(attribute) == Some(value))
        });
        let (mut rows, mut amount, mut units) = (0, 0, BTreeSet::new());
        for event in events {
            rows += i64::from(event.counts);
            amount += event.amount;
            units.extend(event.unit.as_ref().filter(|_| event.counts));
        }
        let counted =
            if did.deed.unit.is_some() { i64::try_from(units.len()).unwrap_or(i64::MAX) } else { rows };
        (counted, amount)
    }

    fn has_done(&self, did: &Did, frame: &Frame) -> bool {
        let (count, amount) = self.done(did, frame);
        let (compare, number) = did.times.parts();
        compare.holds(&count, &number) && did.amount.is_none_or(|least| least <= 0 || amount >= least)
    }
}

/// Whether a value passes a test.
pub(super) fn passes(field: &Field, value: &Scalar, test: &Test, frame: &Frame) -> bool {
    match (test, value) {
        (Test::Holds, Scalar::Int(value)) => *value > 0,
        (Test::Known, _) => true,
        (Test::Is(compare, asked), value) => match (value, asked) {
            (Scalar::Int(value), Scalar::Int(asked)) => compare.holds(value, asked),
            (Scalar::Float(value), Scalar::Float(asked)) => compare.holds(value, asked),
            (Scalar::Text(value), Scalar::Text(asked)) => compare.holds(value, asked),
            _ => false,
        },
        (Test::In(asked), value) => asked.contains(value),
        (Test::Contains(part), Scalar::Text(value)) => {
            field.folded.is_some() && search::fold(value).contains(&search::fold(part))
        }
        (Test::When(compare, when), Scalar::Int(day)) => {
            compare.holds(&Day::from_epoch(*day), &when.day(frame.today))
        }
        (Test::Within(days), Scalar::Int(day)) => {
            let (first, last) = within(field, *days, frame.today);
            (first..=last).contains(&Day::from_epoch(*day))
        }
        _ => false,
    }
}
