//! Reads what a rule needs to know of some people.

use super::frame::Frame;
use super::person::{Event, Person, deed_key};
use super::predicate::{Predicate, expression, kind_is, root_of};
use super::rule::catalogue::{Field, Kind, Source, field};
use super::rule::{At, Did, Leaf, Rule, Scalar, SegmentId};
use ::store::{Result, Row, Tx};
use kernel::{Day, Id, Instant, kinds};
use std::collections::BTreeMap;

/// People read at a time.
pub const PAGE: usize = 500;
/// Attributes of a deed that are read.
const ATTRIBUTES: usize = 6;

type PartyId = Id<kinds::Party>;
type People = BTreeMap<i64, Person>;

/// What the rule needs to know of `parties`, at most [`PAGE`] of them, as of the frame's day. What is kept on the row
/// of facts is as of now.
pub async fn people(tx: &mut Tx, rule: &Rule, parties: &[PartyId], frame: &Frame) -> Result<Vec<Person>> {
    let mut people: People = parties.iter().map(|party| (party.number(), Person::unknown(*party))).collect();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    for field in fields(rule).into_values() {
        values(tx, field, &mut people, frame).await?;
    }
    for did in deeds(rule).into_values() {
        events(tx, did, &mut people, frame).await?;
    }
    if rule.segments().next().is_some() {
        memberships(tx, &mut people).await?;
    }
    Ok(people.into_values().collect())
}

/// The fields a rule looks at.
pub(super) fn fields(rule: &Rule) -> BTreeMap<&'static str, &'static Field> {
    let mut fields = BTreeMap::new();
    for leaf in rule.leaves() {
        match leaf {
            Leaf::Field(field, _) => {
                fields.insert(field.name, *field);
            }
            Leaf::Did(did) if did.first => {
                fields.extend(field("first_order").map(|field| (field.name, field)));
            }
            Leaf::Did(_) | Leaf::Member(_) => {}
        }
    }
    fields
}

fn deeds(rule: &Rule) -> BTreeMap<String, &Did> {
    let deeds = rule.leaves().filter_map(|leaf| match leaf {
        Leaf::Did(did) => Some((deed_key(did), &**did)),
        Leaf::Field(..) | Leaf::Member(_) => None,
    });
    deeds.collect()
}

/// The rows of `from` about these people, or about who was merged into them, that `only` takes; whom each is about comes
/// first.
async fn rows<T: Row>(
    tx: &mut Tx,
    mut bound: Predicate,
    select: &str,
    from: &str,
    party: &str,
    people: &People,
) -> Result<Vec<T>> {
    let places: Vec<String> = people.keys().map(|party| bound.bind(*party)).collect();
    let only = if bound.text.is_empty() { "1 = 1" } else { &bound.text };
    let places = places.join(", ");
    let text = format!(
        "select coalesce((select g.root from party_root g where g.party = {party}), {party}), {select} from {from} \
         where {only} and ({party} in ({places}) or {party} in (select m.party from party_root m where m.root in ({places})))"
    );
    let query = bound.values.iter().cloned().fold(::store::Query::built(text), ::store::Query::bind);
    query.fetch_all(tx).await
}

async fn values(tx: &mut Tx, field: &'static Field, people: &mut People, frame: &Frame) -> Result<()> {
    let mut bound = Predicate::default();
    if let Source::Grouped { from, party, only, value, none } = field.source {
        bound.text = expression(&mut bound, frame, only);
        let value = format!("cast({value} as bigint)");
        let found = grouped(tx, bound, &value, (from, party), people).await?;
        for person in people.values_mut() {
            let value = found.get(&person.party.number()).copied().or(none);
            person.values.insert(field.name, value.map(Scalar::Int).into_iter().collect());
        }
        return Ok(());
    }
    let (from, party, column) = match field.source {
        Source::Value(value) => {
            let value = expression(&mut bound, frame, value);
            ("facts f join parties p on p.id = f.party", "f.party", value)
        }
        Source::Rows { from, party, only, column, .. } => {
            bound.text = only.to_owned();
            (from, party, column.to_owned())
        }
        Source::Grouped { .. } => return Ok(()),
    };
    let known: Vec<(i64, Scalar)> = match field.kind {
        Kind::Float | Kind::Estimate => {
            let rows: Vec<(i64, Option<f64>)> = rows(tx, bound, &column, from, party, people).await?;
            rows.into_iter().filter_map(|(party, value)| Some((party, Scalar::Float(value?)))).collect()
        }
        Kind::Text | Kind::Choice(_) => {
            let rows: Vec<(i64, Option<String>)> = rows(tx, bound, &column, from, party, people).await?;
            rows.into_iter().filter_map(|(party, value)| Some((party, Scalar::Text(value?)))).collect()
        }
        Kind::Int | Kind::Money | Kind::Day | Kind::Due | Kind::Instant | Kind::Flag => {
            let column = match field.kind {
                Kind::Flag => format!("case when {column} then 1 when not ({column}) then 0 end"),
                _ => column,
            };
            let select = format!("cast({column} as bigint)");
            let rows: Vec<(i64, Option<i64>)> = rows(tx, bound, &select, from, party, people).await?;
            let day = |value: i64| match field.kind {
                Kind::Instant => Instant::from_micros(value).day_in(&frame.zone).epoch(),
                _ => value,
            };
            rows.into_iter().filter_map(|(party, value)| Some((party, Scalar::Int(day(value?))))).collect()
        }
    };
    for (party, value) in known {
        if let Some(person) = people.get_mut(&party) {
            person.values.entry(field.name).or_default().push(value);
        }
    }
    Ok(())
}

/// The aggregate `value` over the rows of each of these people and of who was merged into them.
async fn grouped(
    tx: &mut Tx,
    mut bound: Predicate,
    value: &str,
    (from, party): (&str, &str),
    people: &People,
) -> Result<BTreeMap<i64, i64>> {
    let places: Vec<String> = people.keys().map(|party| bound.bind(*party)).collect();
    let (places, root) = (places.join(", "), root_of(party));
    bound.text = format!(
        "select {root}, {value} from {from} where {} and ({party} in ({places}) \
         or {party} in (select m.party from party_root m where m.root in ({places}))) group by {root}",
        bound.text
    );
    let rows: Vec<(i64, Option<i64>)> = bound.whole().fetch_all(tx).await?;
    Ok(rows.into_iter().filter_map(|(party, value)| Some((party, value?))).collect())
}

type EventRow = (
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

async fn events(tx: &mut Tx, did: &Did, people: &mut People, frame: &Frame) -> Result<()> {
    let deed = did.deed;
    // Refunds are read with what they take back: what counts as of an earlier day is worked out here.
    let only = if deed.money { deed.sums } else { deed.only };
    let mut bound = Predicate { text: only.to_owned(), ..Predicate::default() };
    if let Some(kind) = &did.kind {
        let kind = kind_is(&mut bound, kind);
        bound.text.push_str(&kind);
    }
    let at = match deed.at {
        At::Day(column) | At::Instant(column) => column,
    };
    let (source, number) = deed.unit.and_then(|unit| unit.split_once(", ")).unwrap_or(NONE);
    let money = if deed.money { "e.amount, e.currency" } else { "cast(null as bigint), cast(null as text)" };
    let mut columns = [NONE.0; ATTRIBUTES];
    deed.attributes.iter().zip(&mut columns).for_each(|((_, column), place)| *place = column);
    let select = format!("{at}, {source}, {number}, {money}, {}", columns.join(", "));
    for row in rows::<EventRow>(tx, bound, &select, deed.from, "e.party", people).await? {
        if let Some(person) = people.get_mut(&row.0) {
            person.deeds.entry(deed_key(did)).or_default().push(event(did, row, frame));
        }
    }
    for person in people.values_mut() {
        if let Some(events) = person.deeds.get_mut(&deed_key(did)).filter(|_| deed.money) {
            take_back(events, frame.today);
        }
    }
    Ok(())
}

/// Refunds are none of what was done; what they have wholly taken back by `today` is none of it either.
fn take_back(events: &mut [Event], today: Day) {
    /// An order of a source in a currency.
    type Order = (Option<(String, String)>, Option<String>);
    let mut sums: BTreeMap<Order, (i64, bool)> = BTreeMap::new();
    for event in events.iter().filter(|event| event.day <= today) {
        let (sum, refunded) = sums.entry((event.unit.clone(), event.currency.clone())).or_default();
        *sum += event.minor;
        *refunded |= event.minor < 0;
    }
    for event in events {
        let gone = sums.get(&(event.unit.clone(), event.currency.clone()));
        event.counts = event.minor >= 0 && !gone.is_some_and(|(sum, refunded)| *refunded && *sum <= 0);
    }
}

/// Columns that a deed does not have.
const NONE: (&str, &str) = ("cast(null as text)", "cast(null as text)");

fn event(did: &Did, row: EventRow, frame: &Frame) -> Event {
    let (_, at, source, number, amount, currency, a, b, c, d, e, f) = row;
    let day = match did.deed.at {
        At::Day(_) => Day::from_epoch(at),
        At::Instant(_) => Instant::from_micros(at).day_in(&frame.zone),
    };
    let (own, minor) = (currency.as_deref() == Some(frame.currency.code()), amount.unwrap_or(0));
    let names = did.deed.attributes.iter().map(|(name, _)| *name);
    let with = names.zip([a, b, c, d, e, f]).filter_map(|(name, value)| Some((name, value?))).collect();
    let amount = if own { minor } else { 0 };
    Event { day, unit: source.zip(number), amount, minor, currency, counts: true, with }
}

async fn memberships(tx: &mut Tx, people: &mut People) -> Result<()> {
    let bound = Predicate::default();
    let select = "k.segment";
    let members: Vec<(i64, SegmentId)> =
        rows(tx, bound, select, "segment_members k", "k.party", people).await?;
    for (party, segment) in members {
        if let Some(person) = people.get_mut(&party) {
            person.segments.insert(segment);
        }
    }
    Ok(())
}
