//! The rule: a tree of groups and leaves.
//!
//! Invariant: a tree that passed [`Rule::check`] has at most [`DEPTH`] groups within groups and has at most [`LEAVES`] leaves, so that
//! whatever goes through it may call itself.

use super::catalogue::Field;
use super::deed::Deed;
use super::fault::{Code, Fault};
use kernel::{Day, Id, kinds};
use std::collections::BTreeMap;

/// Groups within groups, around a condition.
pub const DEPTH: usize = 32;
/// Conditions of a rule.
pub const LEAVES: usize = 500;
/// Values of all lists of a rule together: a predicate has to stay below what a statement may bind.
pub const VALUES: usize = 4_000;
/// Bytes of a rule as text or JSON: 64 KiB.
pub const BYTES: usize = 64 * 1024;
/// Values of one list.
pub const LIST: usize = 1_000;
/// Characters of one text.
pub const TEXT: usize = 200;
/// Days of a period: a century.
pub const DAYS: i64 = 36_525;

/// The id of a segment.
pub type SegmentId = Id<kinds::Segment>;

/// Who: everyone for whom it holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// All of them hold; of none, everyone.
    All(Vec<Rule>),
    /// At least one holds; of none, nobody.
    Any(Vec<Rule>),
    /// It does not hold.
    Not(Box<Rule>),
    /// A condition.
    Leaf(Leaf),
}

/// A condition about one person. On what is not known it does not hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf {
    /// What is known of them.
    Field(&'static Field, Test),
    /// What they did.
    Did(Box<Did>),
    /// They belong to another segment.
    Member(SegmentId),
}

impl Leaf {
    /// The values of its list.
    fn values(&self) -> usize {
        match self {
            Self::Field(_, Test::In(values)) => values.len(),
            Self::Field(..) | Self::Did(_) | Self::Member(_) => 1,
        }
    }
}

/// What a field is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// A flag is up.
    Holds,
    /// Something is known.
    Known,
    /// Compares with a value.
    Is(Compare, Scalar),
    /// Is one of these.
    In(Vec<Scalar>),
    /// A text holds this one, whatever the case.
    Contains(String),
    /// Compares a day.
    When(Compare, When),
    /// A day among the last so many, today included; of a day that is to come ([`super::catalogue::Kind::Due`]) today
    /// or among the next so many.
    Within(i64),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// The same.
    Equal,
    /// Another.
    Unequal,
    /// Less, earlier.
    Less,
    /// Not more, not later.
    AtMost,
    /// More, later.
    More,
    /// Not less, not earlier.
    AtLeast,
}

impl Compare {
    /// Every comparison.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::Unequal, Self::Less, Self::AtMost, Self::More, Self::AtLeast];

    /// As it is written in a rule.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// As SQL has it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Unequal => "<>",
            other => other.text(),
        }
    }

    /// Whether it holds between two values; never where they cannot be compared.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// A value in a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A whole number; of money, minor units of the company's currency.
    Int(i64),
    /// Any number.
    Float(f64),
    /// Text, or the code of a choice.
    Text(String),
}

/// A day, or one that moves with today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// This day.
    On(Day),
    /// So many days before today; 0 is today.
    Ago(i64),
}

impl When {
    /// The day it means today.
    pub fn day(self, today: Day) -> Day {
        match self {
            Self::On(day) => day,
            Self::Ago(days) => today.plus(-days),
        }
    }
}

/// What somebody did, how often and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Did {
    /// What.
    pub deed: &'static Deed,
    /// For [`Deed::any`] interactions, their kind.
    pub kind: Option<String>,
    /// Only on the day of the first order.
    pub first: bool,
    /// With these attributes.
    pub with: BTreeMap<&'static str, String>,
    /// How often.
    pub times: Times,
    /// For at least so much in all, in minor units of the company's currency.
    pub amount: Option<i64>,
    /// Among the last so many days, today included.
    pub within: Option<i64>,
    /// Later than this.
    pub after: Option<When>,
    /// Earlier than this.
    pub before: Option<When>,
}

impl Did {
    /// Did it at least once, whenever.
    pub fn once(deed: &'static Deed) -> Self {
        Self {
            deed,
            kind: None,
            first: false,
            with: BTreeMap::new(),
            times: Times::AtLeast(1),
            amount: None,
            within: None,
            after: None,
            before: None,
        }
    }

    /// Whether what it says changes as days go by.
    pub fn moves(&self) -> bool {
        let ago = |when: Option<When>| matches!(when, Some(When::Ago(_)));
        self.within.is_some() || ago(self.after) || ago(self.before)
    }
}

/// How often something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// So often or more.
    AtLeast(i64),
    /// So often or less, never included.
    AtMost(i64),
    /// Exactly so often.
    Exactly(i64),
}

impl Times {
    /// The comparison and the number.
    pub const fn parts(self) -> (Compare, i64) {
        match self {
            Self::AtLeast(times) => (Compare::AtLeast, times),
            Self::AtMost(times) => (Compare::AtMost, times),
            Self::Exactly(times) => (Compare::Equal, times),
        }
    }
}

impl Rule {
    /// Refuses what is too deep or has too many conditions.
    ///
    /// # Errors
    /// Which limit it passes.
    pub fn check(&self) -> Result<(), Fault> {
        if self.depth() > DEPTH {
            return Err(Fault::whole(Code::TooDeep).with("limit", DEPTH));
        }
        if self.ends() > LEAVES {
            return Err(Fault::whole(Code::TooMany).with("limit", LEAVES));
        }
        if self.leaves().map(Leaf::values).sum::<usize>() > VALUES {
            return Err(Fault::whole(Code::TooManyValues).with("limit", VALUES));
        }
        Ok(())
    }

    /// Where the tree ends: its conditions, and groups with nothing in them, which a predicate has to write too.
    fn ends(&self) -> usize {
        match self {
            Self::All(rules) | Self::Any(rules) if !rules.is_empty() => rules.iter().map(Self::ends).sum(),
            Self::Not(rule) => rule.ends(),
            _ => 1,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::All(rules) | Self::Any(rules) => {
                rules.iter().map(|rule| 1 + rule.depth()).max().unwrap_or(0)
            }
            Self::Not(rule) => 1 + rule.depth(),
            Self::Leaf(_) => 0,
        }
    }

    /// The conditions from left to right.
    pub fn leaves(&self) -> Box<dyn Iterator<Item = &Leaf> + '_> {
        match self {
            Self::All(rules) | Self::Any(rules) => Box::new(rules.iter().flat_map(Self::leaves)),
            Self::Not(rule) => rule.leaves(),
            Self::Leaf(leaf) => Box::new(std::iter::once(leaf)),
        }
    }

    /// The segments it asks about.
    pub fn segments(&self) -> impl Iterator<Item = SegmentId> + '_ {
        self.leaves().filter_map(|leaf| match leaf {
            Leaf::Member(id) => Some(*id),
            Leaf::Field(..) | Leaf::Did(_) => None,
        })
    }

    /// A group of one is what stands in it.
    pub(crate) fn group(mut rules: Vec<Self>, group: fn(Vec<Self>) -> Self) -> Self {
        if rules.len() == 1 { rules.remove(0) } else { group(rules) }
    }
}
