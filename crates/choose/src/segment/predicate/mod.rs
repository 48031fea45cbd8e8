//! A rule to one SQL predicate, the same text on both engines, every value bound.
//!
//! The predicate stands after `where` and speaks of `facts f` and `parties p`. Under a negation a condition is made
//! two-valued (`coalesce(…, false)`): what is not known does not hold, and its negation does. Above it nothing needs
//! that, because a row is taken only for true, and so an index can serve it.
//!
//! It has two shapes that mean the same people: asked of some ([`Shape::Each`]) what stands in other tables is looked up
//! for each of them, asked of everyone ([`Shape::Set`]) it is gathered once.

mod did;

pub(super) use did::{kind_is, period};

use super::frame::Frame;
use super::person::passes;
use super::rule::catalogue::{Field, Kind, Source};
use super::rule::{Compare, Leaf, Rule, Scalar, Test, When};
use ::store::{Query, Value, search};
use kernel::Day;
use know::parties::list;
use know::parties::root::MEMBERS_OF_F;
use know::privacy::suspension::USED;
use web::Sight;

/// Whose rows are somebody's: the records that a person's own rows stand under.
pub(super) const WHO: &str = MEMBERS_OF_F;

/// The one who stands for the record in the column `party` of a row.
pub(super) fn root_of(party: &str) -> String {
    format!("coalesce((select m.root from party_root m where m.party = {party}), {party})")
}

/// Of how many people the predicate is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Of some: looked up for each.
    Each,
    /// Of everyone: gathered once.
    Set,
}

/// A predicate and its values.
#[derive(Debug, Clone, Default)]
pub struct Predicate {
    /// The text.
    pub text: String,
    /// What `$1`, `$2`, … stand for.
    pub values: Vec<Value>,
}

impl Predicate {
    /// The predicate of a rule.
    pub fn of(rule: &Rule, frame: &Frame, shape: Shape) -> Self {
        let mut predicate = Self::default();
        let alone = rule.leaves().nth(1).is_none();
        Writer { into: &mut predicate, frame, shape, alone }.rule(rule, false);
        // Whoever asked not to be used is meant by no rule, whatever it says.
        predicate.text = format!("({}) and {USED}", predicate.text);
        predicate
    }

    /// The tables it speaks of: identities only when it asks for them.
    pub fn from(&self) -> &'static str {
        if self.text.contains("p.") { "facts f join parties p on p.id = f.party" } else { "facts f" }
    }

    /// The question `{select} from … where` the predicate `{and}`.
    pub fn query(&self, select: &str, and: &str) -> Query {
        self.clone().into_query(select, and)
    }

    /// As [`Self::query`], when the predicate is not needed any more.
    pub fn into_query(self, select: &str, and: &str) -> Query {
        let text = format!("select {select} from {} where ({}){and}", self.from(), self.text);
        self.values.into_iter().fold(Query::built(text), Query::bind)
    }

    /// The text itself as the question, with its values.
    pub fn whole(self) -> Query {
        self.values.into_iter().fold(Query::built(self.text), Query::bind)
    }

    /// Leaves only those whom somebody sees.
    #[must_use]
    pub fn seen_by(mut self, sight: Sight) -> Self {
        let Some((condition, values)) = list::seen(sight) else { return self };
        let mut condition = condition.to_owned();
        for value in values {
            let place = self.bind(value);
            condition = condition.replacen('?', &place, 1);
        }
        self.text = format!("({}) and {condition}", self.text);
        self
    }

    /// Binds a value and gives what stands for it.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// A field's expression with the frame bound into it.
pub(super) fn expression(predicate: &mut Predicate, frame: &Frame, text: &str) -> String {
    Writer { into: predicate, frame, shape: Shape::Each, alone: true }.filled(text)
}

/// Rows of another table that one value is made of.
#[derive(Clone, Copy)]
struct Group<'g> {
    from: &'g str,
    party: &'g str,
    only: &'g str,
    value: &'g str,
    none: Option<i64>,
}

struct Writer<'w> {
    into: &'w mut Predicate,
    frame: &'w Frame,
    shape: Shape,
    /// Whether the rule is one condition.
    alone: bool,
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.into.text.push_str(text);
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.into.bind(value)
    }

    fn rule(&mut self, rule: &Rule, negated: bool) {
        match rule {
            Rule::All(rules) => self.group(rules, " and ", "1 = 1", negated),
            Rule::Any(rules) => self.group(rules, " or ", "1 = 0", negated),
            Rule::Not(rule) => {
                self.push("not (");
                self.rule(rule, true);
                self.push(")");
            }
            Rule::Leaf(leaf) => {
                let leaf = self.leaf(leaf);
                self.push(&if negated { format!("coalesce({leaf}, false)") } else { leaf });
            }
        }
    }

    fn group(&mut self, rules: &[Rule], by: &str, none: &str, negated: bool) {
        if rules.is_empty() {
            return self.push(none);
        }
        for (position, rule) in rules.iter().enumerate() {
            self.push(if position == 0 { "(" } else { by });
            self.rule(rule, negated);
        }
        self.push(")");
    }

    fn leaf(&mut self, leaf: &Leaf) -> String {
        match leaf {
            Leaf::Field(field, test) => self.field(field, test),
            Leaf::Did(did) => self.did(did),
            Leaf::Member(id) => {
                let id = self.bind(*id);
                format!(
                    "exists (select 1 from segment_members k where k.segment = {id} and k.party = f.party)"
                )
            }
        }
    }

    /// An expression with `{today}`, `{now}` and `{currency}` bound.
    fn filled(&mut self, text: &str) -> String {
        let mut pieces = text.split('{');
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
            let place = match name {
                "today" => self.bind(self.frame.today),
                "now" => self.bind(self.frame.end()),
                "who" => format!("{WHO} k"),
                _ => self.bind(self.frame.currency),
            };
            filled.push_str(&place);
            filled.push_str(rest);
        }
        filled
    }

    fn field(&mut self, field: &Field, test: &Test) -> String {
        match field.source {
            Source::Value(value) => {
                // One index holds all short columns of facts. Of several conditions none shall lead away from it, to an
                // index of its own column and from there to each row: the sign keeps engines from using that.
                let sign = if self.alone || !field.is_number() { "" } else { "+" };
                let value = format!("({sign}{})", self.filled(value));
                self.test(field, &value, test)
            }
            Source::Grouped { from, party, only, value, none } => {
                let only = self.filled(only);
                self.grouped(field, test, &Group { from, party, only: &only, value, none })
            }
            Source::Rows { from, party, only, column, many } if self.shape == Shape::Set => {
                let test = self.test(field, column, test);
                let who = if many { root_of(party) } else { party.to_owned() };
                format!("f.party in (select {who} from {from} where {only} and {test})")
            }
            Source::Rows { from, party, only, column, many } => {
                let test = self.test(field, column, test);
                let whose = if many {
                    format!("{WHO} k join {from} on {party} = k.party where")
                } else {
                    format!("{from} where {party} = f.party and")
                };
                format!("exists (select 1 from {whose} {only} and {test})")
            }
        }
    }

    /// A value over all rows of a person. Asked of everyone those are gathered for whom the answer is another than for
    /// somebody without a row.
    fn grouped(&mut self, field: &Field, test: &Test, group: &Group<'_>) -> String {
        let Group { from, party, only, value, none } = *group;
        if self.shape == Shape::Each {
            let value =
                format!("(select {value} from {WHO} k join {from} on {party} = k.party where {only})");
            let value = none.map_or(value.clone(), |none| format!("coalesce({value}, {none})"));
            return self.test(field, &value, test);
        }
        let holds = none.is_some_and(|none| passes(field, &Scalar::Int(none), test, self.frame));
        let test = self.test(field, value, test);
        let (list, test) = if holds { ("not in", format!("not ({test})")) } else { ("in", test) };
        let who = root_of(party);
        format!(
            "f.party {list} (select {who} from {from} where {party} is not null and {only} group by {who} having {test})"
        )
    }

    fn test(&mut self, field: &Field, value: &str, test: &Test) -> String {
        match test {
            // A flag that is counted is up where there is any.
            Test::Holds if matches!(field.source, Source::Grouped { .. }) => format!("{value} > 0"),
            Test::Holds => value.to_owned(),
            Test::Known => format!("{value} is not null"),
            Test::Is(compare, scalar) => {
                let scalar = self.scalar(scalar);
                format!("{value} {} {scalar}", compare.sql())
            }
            Test::In(scalars) => {
                let places: Vec<String> = scalars.iter().map(|scalar| self.scalar(scalar)).collect();
                format!("{value} in ({})", places.join(", "))
            }
            Test::Contains(part) => {
                let place = self.bind(pattern(part));
                // The search form of what is not known is empty, and every text holds the empty one.
                let folded = field.folded.unwrap_or(value);
                format!("({value} is not null and {folded} like {place} escape '\\')")
            }
            Test::When(compare, when) => self.when(field.kind, value, *compare, *when),
            Test::Within(days) => {
                let (first, last) = within(field, *days, self.frame.today);
                self.between(field.kind, value, "between", first, last)
            }
        }
    }

    fn scalar(&mut self, scalar: &Scalar) -> String {
        match scalar {
            Scalar::Int(number) => self.bind(*number),
            Scalar::Float(number) => self.bind(*number),
            Scalar::Text(text) => self.bind(text),
        }
    }

    fn when(&mut self, kind: Kind, value: &str, compare: Compare, when: When) -> String {
        let day = when.day(self.frame.today);
        match compare {
            Compare::Equal => self.between(kind, value, "between", day, day),
            Compare::Unequal => self.between(kind, value, "not between", day, day),
            Compare::Less => self.edge(kind, value, "<", day),
            Compare::AtMost => self.edge(kind, value, "<", day.plus(1)),
            Compare::More => self.edge(kind, value, ">=", day.plus(1)),
            Compare::AtLeast => self.edge(kind, value, ">=", day),
        }
    }

    /// Before a day begins, or from then on.
    fn edge(&mut self, kind: Kind, value: &str, compare: &str, day: Day) -> String {
        let place = self.day(kind, day);
        format!("{value} {compare} {place}")
    }

    fn between(&mut self, kind: Kind, value: &str, between: &str, first: Day, last: Day) -> String {
        let first = self.day(kind, first);
        let last = match kind {
            Kind::Instant => self.bind(self.frame.start(last.plus(1)).plus(-1)),
            _ => self.bind(last),
        };
        format!("{value} {between} {first} and {last}")
    }

    /// A day as the column has it: itself, or its first instant.
    fn day(&mut self, kind: Kind, day: Day) -> String {
        match kind {
            Kind::Instant => self.bind(self.frame.start(day)),
            _ => self.bind(day),
        }
    }
}

/// The first and the last day of `within`: the last days up to today, or today and the next ones where the days of the
/// field are still to come.
pub(super) fn within(field: &Field, days: i64, today: Day) -> (Day, Day) {
    match field.kind {
        Kind::Due => (today, today.plus(days)),
        _ => (today.plus(1 - days), today),
    }
}

/// A `like` pattern for a part of a folded text.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in search::fold(part).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
