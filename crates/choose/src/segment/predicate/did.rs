//! What people did, as a condition.

use super::{Predicate, Shape, WHO, Writer, root_of};
use crate::segment::rule::catalogue::Kind;
use crate::segment::rule::{At, Did, TOLD, Times, told};
use kernel::Day;

impl Writer<'_> {
    pub(super) fn did(&mut self, did: &Did) -> String {
        // The first order's day is each person's own.
        if self.shape == Shape::Each || did.first {
            let shape = std::mem::replace(&mut self.shape, Shape::Each);
            let condition = self.did_each(did);
            self.shape = shape;
            return condition;
        }
        let times = self.did_set(did);
        match did.amount.filter(|least| *least > 0) {
            None => times,
            Some(least) => {
                let (who, rows) = (root_of("e.party"), self.rows(did, did.deed.sums));
                let (currency, least) = (self.bind(self.frame.currency), self.bind(least));
                format!(
                    "({times} and f.party in (select {who}{rows} and e.currency = {currency} \
                     group by {who} having cast(sum(e.amount) as bigint) >= {least}))"
                )
            }
        }
    }

    /// How often, gathered once: who did it so often, or everyone but those who did it more often.
    fn did_set(&mut self, did: &Did) -> String {
        let (list, compare, number) = match did.times {
            Times::AtLeast(number) if number <= 0 => return "1 = 1".into(),
            Times::AtLeast(number) => ("in", ">=", number),
            Times::AtMost(number) => ("not in", ">", number),
            Times::Exactly(0) => ("not in", ">", 0),
            Times::Exactly(number) => ("in", "=", number),
        };
        let (who, rows) = (root_of("e.party"), self.rows(did, did.deed.only));
        if number + i64::from(compare == ">") == 1 && compare != "=" {
            return format!("f.party {list} (select {who}{rows})");
        }
        let number = self.bind(number);
        match did.deed.unit {
            Some(unit) => format!(
                "f.party {list} (select party from (select distinct {who} as party, {unit} as unit{rows}) units \
                 group by party having count(*) {compare} {number})"
            ),
            None => {
                format!(
                    "f.party {list} (select {who}{rows} group by {who} having count(*) {compare} {number})"
                )
            }
        }
    }

    fn did_each(&mut self, did: &Did) -> String {
        let amount = did.amount.filter(|least| *least > 0).map(|least| {
            let rows = self.rows(did, did.deed.sums);
            let (currency, least) = (self.bind(self.frame.currency), self.bind(least));
            format!("coalesce((select cast(sum(e.amount) as bigint){rows} and e.currency = {currency}), 0) >= {least}")
        });
        let rows = self.rows(did, did.deed.only);
        let count = match (did.times, did.deed.unit) {
            (Times::AtLeast(1), _) => format!("exists (select 1{rows})"),
            (times, unit) => {
                let (compare, number) = times.parts();
                let number = self.bind(number);
                let counted = match unit {
                    Some(unit) => format!("(select count(*) from (select distinct {unit}{rows}) units)"),
                    None => format!("(select count(*){rows})"),
                };
                format!("{counted} {} {number}", compare.sql())
            }
        };
        amount.map_or(count.clone(), |amount| format!("({count} and {amount})"))
    }

    /// The rows of what a person did that a condition means, of those that `only` takes.
    fn rows(&mut self, did: &Did, only: &str) -> String {
        let deed = did.deed;
        let mut rows = match self.shape {
            Shape::Each => {
                format!(" from {WHO} k join {} on e.party = k.party where {only}", deed.from)
            }
            Shape::Set => format!(" from {} where e.party is not null and {only}", deed.from),
        };
        if let Some(kind) = &did.kind {
            rows.push_str(&kind_is(self.into, kind));
        }
        for (attribute, value) in &did.with {
            let (_, column) = deed.attribute(attribute).expect("a rule names attributes the deed has");
            let value = self.bind(value);
            rows.push_str(&format!(" and {column} = {value}"));
        }
        let (column, kind) = match deed.at {
            At::Day(column) => (column, Kind::Day),
            At::Instant(column) => (column, Kind::Instant),
        };
        if did.first {
            rows.push_str(&format!(" and {column} = f.first_day"));
        }
        for (compare, day) in period(did, self.frame.today) {
            let edge = self.edge(kind, column, compare, day);
            rows.push_str(&format!(" and {edge}"));
        }
        rows
    }
}

/// The condition on a row `e` of the log that it is of a kind.
pub(in crate::segment) fn kind_is(predicate: &mut Predicate, kind: &str) -> String {
    match told(kind) {
        Some((first, end)) => {
            let (told, first, end) = (predicate.bind(TOLD), predicate.bind(first), predicate.bind(end));
            format!(" and e.kind = {told} and e.source_id >= {first} and e.source_id < {end}")
        }
        None => format!(" and e.kind = {}", predicate.bind(kind)),
    }
}

/// The borders of a condition's days: the first one it takes, and the first one it does not take any more. What is
/// dated ahead has not been done yet.
pub(in crate::segment) fn period(did: &Did, today: Day) -> Vec<(&'static str, Day)> {
    let mut borders = vec![("<", today.plus(1))];
    borders.extend(did.within.map(|days| (">=", today.plus(1 - days))));
    borders.extend(did.after.map(|after| (">=", after.day(today).plus(1))));
    borders.extend(did.before.map(|before| ("<", before.day(today))));
    borders
}
