//! The JSON form of a rule: the same tree.
//!
//! `{"all": […]}`, `{"any": […]}`, `{"not": …}`, `{"field": "orders", "op": ">=", "value": 3}`,
//! `{"did": "ordered", "with": {"category": "coffee"}, "times": {">=": 2}, "within_days": 90}` and
//! `{"segment": "seg_…"}`. A day is `"2026-11-22"` or `{"days_ago": 60}`; amounts are minor units.
//!
//! Invariant: a member that means nothing is refused with its place. Left unread it would widen the rule, and whoever
//! wrote `"within": 90` would write to everyone.

use super::Book;
use super::catalogue::{self, Asked, Field, Kind};
use super::deed::Deed;
use super::fault::{Code, Fault, Place};
use super::parse::is_kind;
use super::tree::{BYTES, Compare, DAYS, DEPTH, Did, LIST, Leaf, Rule, Scalar, TEXT, Test, Times, When};
use super::value;
use kernel::limits::AMOUNT_MAX;
use serde_json::{Map, Value, json};

/// The tree that JSON text means.
///
/// # Errors
/// The first fault, with the member it is about.
pub fn from_json_text(text: &str) -> Result<Rule, Fault> {
    if text.len() > BYTES {
        return Err(Fault::whole(Code::TooLarge).with("limit", BYTES / 1024));
    }
    // serde_json itself goes 128 levels down and no further.
    let value: Value = serde_json::from_str(text).map_err(|error| {
        if error.to_string().contains("recursion limit") {
            Fault::whole(Code::TooDeep).with("limit", DEPTH)
        } else {
            Fault::whole(Code::Shape)
        }
    })?;
    from_json(&value)
}

/// The tree that a JSON value means.
///
/// # Errors
/// The first fault, with the member it is about.
pub fn from_json(value: &Value) -> Result<Rule, Fault> {
    let rule = rule(value, "", 0, None)?;
    rule.check().map(|()| rule)
}

/// The tree that a JSON value means which somebody writes now: as [`from_json`], and the kinds of interaction that it
/// names must be there. What was saved may name one that is not any more.
///
/// # Errors
/// The first fault, with the member it is about.
pub fn from_written_json(value: &Value, book: &Book) -> Result<Rule, Fault> {
    let rule = rule(value, "", 0, Some(book))?;
    rule.check().map(|()| rule)
}

/// A part within `depth` groups.
fn rule(value: &Value, path: &str, depth: usize, book: Option<&Book>) -> Result<Rule, Fault> {
    if depth > DEPTH {
        return Err(fault(Code::TooDeep, "").with("limit", DEPTH));
    }
    let object = value.as_object().ok_or_else(|| fault(Code::Shape, path))?;
    members(object, path)?;
    for (name, group) in [("all", Rule::All as fn(_) -> _), ("any", Rule::Any)] {
        if let Some(members) = object.get(name) {
            return self::group(members, &format!("{path}/{name}"), depth, book, group);
        }
    }
    if let Some(inner) = object.get("not") {
        return Ok(Rule::Not(Box::new(rule(inner, &format!("{path}/not"), depth + 1, book)?)));
    }
    if let Some(name) = object.get("field") {
        return field(name, object, path).map(Rule::Leaf);
    }
    if let Some(word) = object.get("did") {
        return did(word, object, path, book).map(|did| Rule::Leaf(Leaf::Did(Box::new(did))));
    }
    let segment = object.get("segment").and_then(Value::as_str).and_then(|text| text.parse().ok());
    segment.map(|id| Rule::Leaf(Leaf::Member(id))).ok_or_else(|| fault(Code::Shape, path))
}

/// The members that each form of a part may have; the first tells which form it is.
const FORMS: [&[&str]; 6] = [
    &["all"],
    &["any"],
    &["not"],
    &["segment"],
    &["field", "op", "value"],
    &["did", "kind", "first", "with", "times", "amount_minor", "within_days", "after", "before"],
];

/// Refuses members that the form of this part does not have.
fn members(object: &Map<String, Value>, path: &str) -> Result<(), Fault> {
    let form = FORMS.iter().find(|form| object.contains_key(form[0]));
    let form = form.ok_or_else(|| fault(Code::Shape, path))?;
    match object.keys().find(|name| !form.contains(&name.as_str())) {
        Some(name) => Err(unknown_member(name, path, form)),
        None => Ok(()),
    }
}

fn unknown_member(name: &str, path: &str, known: &[&str]) -> Fault {
    let shown: String = name.chars().take(40).collect();
    // A name within a path (RFC 6901) has its own signs for `~` and `/`.
    let place = format!("{path}/{}", shown.replace('~', "~0").replace('/', "~1"));
    fault(Code::UnknownMember, &place).with("name", shown).with("known", known.join(", "))
}

fn group(
    members: &Value,
    path: &str,
    depth: usize,
    book: Option<&Book>,
    group: fn(Vec<Rule>) -> Rule,
) -> Result<Rule, Fault> {
    let members = members.as_array().ok_or_else(|| fault(Code::Shape, path))?;
    let rules = members.iter().enumerate();
    let rules: Result<Vec<_>, _> =
        rules.map(|(place, member)| rule(member, &format!("{path}/{place}"), depth + 1, book)).collect();
    Ok(Rule::group(rules?, group))
}

fn field(name: &Value, object: &Map<String, Value>, path: &str) -> Result<Leaf, Fault> {
    let name = name.as_str().unwrap_or_default();
    let field = catalogue::field(name).ok_or_else(|| {
        fault(Code::UnknownName, &format!("{path}/field"))
            .with("name", name.chars().take(40).collect::<String>())
    })?;
    let op = match object.get("op") {
        None => "holds",
        Some(op) => op.as_str().ok_or_else(|| fault(Code::Shape, &format!("{path}/op")))?,
    };
    let asked = field.asked();
    let asked = asked.iter().find(|asked| asked.text() == op).ok_or_else(|| {
        let known = asked.iter().map(|asked| asked.text()).collect::<Vec<_>>().join(" ");
        fault(Code::Operator, &format!("{path}/op")).with("field", field.name).with("known", known)
    })?;
    if matches!(asked, Asked::Holds | Asked::Known) && object.contains_key("value") {
        return Err(unknown_member("value", path, &["field", "op"]));
    }
    let value = object.get("value").unwrap_or(&Value::Null);
    let test = test(field, *asked, value).map_err(|fault| fault.at(Place::Json(format!("{path}/value"))))?;
    Ok(Leaf::Field(field, test))
}

fn test(field: &'static Field, asked: Asked, value: &Value) -> Result<Test, Fault> {
    Ok(match asked {
        Asked::Holds => Test::Holds,
        Asked::Known => Test::Known,
        Asked::Contains => Test::Contains(text(value).ok_or_else(|| value::wrong(field))?),
        Asked::Within => Test::Within(days(value).ok_or_else(|| value::wrong(field))?),
        Asked::In => {
            let values = value.as_array().filter(|values| !values.is_empty() && values.len() <= LIST);
            let values = values.ok_or_else(|| Fault::whole(Code::TooLong).with("limit", LIST))?;
            Test::In(values.iter().map(|value| scalar(field, value)).collect::<Result<_, _>>()?)
        }
        Asked::Compare(compare) if field.kind.is_day() => {
            Test::When(compare, when(value).ok_or_else(|| value::wrong(field))?)
        }
        Asked::Compare(compare) => Test::Is(compare, scalar(field, value)?),
    })
}

fn scalar(field: &Field, value: &Value) -> Result<Scalar, Fault> {
    let read = match field.kind {
        Kind::Int | Kind::Money => int(value).map(Scalar::Int),
        Kind::Estimate => int(value).map(|minor| Scalar::Float(minor as f64)),
        Kind::Float => value.as_f64().filter(|number| number.abs() <= 1e15).map(Scalar::Float),
        Kind::Text | Kind::Choice(_) => {
            return value::text(field, &text(value).ok_or_else(|| value::wrong(field))?);
        }
        Kind::Day | Kind::Due | Kind::Instant | Kind::Flag => None,
    };
    read.ok_or_else(|| value::wrong(field))
}

fn int(value: &Value) -> Option<i64> {
    value.as_i64().filter(|number| number.abs() <= AMOUNT_MAX)
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (text.chars().count() <= TEXT && !text.contains('\0')).then(|| text.to_owned())
}

fn days(value: &Value) -> Option<i64> {
    value.as_i64().filter(|days| (0..=DAYS).contains(days))
}

fn when(value: &Value) -> Option<When> {
    match value {
        Value::String(day) => day.parse().ok().map(When::On),
        Value::Object(object) if object.len() == 1 => days(object.get("days_ago")?).map(When::Ago),
        _ => None,
    }
}

fn did(word: &Value, object: &Map<String, Value>, path: &str, book: Option<&Book>) -> Result<Did, Fault> {
    let word = word.as_str().unwrap_or_default();
    let deed = Deed::named(word).ok_or_else(|| {
        fault(Code::UnknownName, &format!("{path}/did"))
            .with("name", word.chars().take(40).collect::<String>())
    })?;
    let shape = |member: &str| fault(Code::Shape, &format!("{path}/{member}"));
    let mut did = Did::once(deed);
    for (name, has) in [("kind", deed.any), ("first", deed.money), ("amount_minor", deed.money)] {
        if object.contains_key(name) && !has {
            return Err(unknown_member(name, path, &["with", "times", "within_days", "after", "before"]));
        }
    }
    if let Some(first) = object.get("first") {
        did.first = first.as_bool().ok_or_else(|| shape("first"))?;
    }
    if deed.any {
        let kind = object.get("kind").and_then(Value::as_str).filter(|kind| is_kind(kind));
        let kind = kind.ok_or_else(|| shape("kind"))?;
        let place = Place::Json(format!("{path}/kind"));
        book.map_or(Ok(()), |book| book.check_kind(kind)).map_err(|fault| fault.at(place))?;
        did.kind = Some(kind.to_owned());
    }
    if let Some(with) = object.get("with") {
        let known: Vec<&str> = deed.attributes.iter().map(|(name, _)| *name).collect();
        for (name, value) in with.as_object().ok_or_else(|| shape("with"))? {
            let attribute = deed.attribute(name);
            let (attribute, _) =
                attribute.ok_or_else(|| unknown_member(name, &format!("{path}/with"), &known))?;
            did.with.insert(attribute, text(value).ok_or_else(|| shape("with"))?);
        }
    }
    if let Some(times) = object.get("times") {
        did.times = self::times(times).ok_or_else(|| shape("times"))?;
    }
    if let Some(amount) = object.get("amount_minor") {
        did.amount = Some(int(amount).ok_or_else(|| shape("amount_minor"))?);
    }
    if let Some(within) = object.get("within_days") {
        did.within = Some(days(within).ok_or_else(|| shape("within_days"))?);
    }
    for (name, end) in [("after", &mut did.after), ("before", &mut did.before)] {
        if let Some(value) = object.get(name) {
            *end = Some(when(value).ok_or_else(|| shape(name))?);
        }
    }
    Ok(did)
}

fn times(value: &Value) -> Option<Times> {
    let (name, number) = value.as_object().filter(|times| times.len() == 1)?.iter().next()?;
    let number = number.as_i64().filter(|number| (0..=i64::from(u16::MAX)).contains(number))?;
    match name.as_str() {
        ">=" => Some(Times::AtLeast(number)),
        "<=" => Some(Times::AtMost(number)),
        "=" => Some(Times::Exactly(number)),
        _ => None,
    }
}

fn fault(code: Code, path: &str) -> Fault {
    Fault::new(code, Place::Json(path.to_owned()))
}

/// A rule as a JSON value.
pub fn to_json(rule: &Rule) -> Value {
    match rule {
        Rule::All(rules) => json!({ "all": rules.iter().map(to_json).collect::<Vec<_>>() }),
        Rule::Any(rules) => json!({ "any": rules.iter().map(to_json).collect::<Vec<_>>() }),
        Rule::Not(rule) => json!({ "not": to_json(rule) }),
        Rule::Leaf(Leaf::Field(field, test)) => field_json(field, test),
        Rule::Leaf(Leaf::Did(did)) => did_json(did),
        Rule::Leaf(Leaf::Member(id)) => json!({ "segment": id.to_string() }),
    }
}

fn field_json(field: &Field, test: &Test) -> Value {
    let (op, value) = match test {
        Test::Holds => return json!({ "field": field.name }),
        Test::Known => return json!({ "field": field.name, "op": "known" }),
        Test::Is(compare, value) => (compare.text(), scalar_json(field, value)),
        Test::In(values) => ("in", values.iter().map(|value| scalar_json(field, value)).collect()),
        Test::Contains(text) => ("contains", json!(text)),
        Test::When(compare, when) => (compare.text(), when_json(*when)),
        Test::Within(days) => ("within", json!(days)),
    };
    json!({ "field": field.name, "op": op, "value": value })
}

fn scalar_json(field: &Field, value: &Scalar) -> Value {
    match value {
        Scalar::Int(number) => json!(number),
        Scalar::Float(minor) if field.kind == Kind::Estimate => json!(minor.round() as i64),
        Scalar::Float(number) => json!(number),
        Scalar::Text(text) => json!(text),
    }
}

fn when_json(when: When) -> Value {
    match when {
        When::On(day) => json!(day),
        When::Ago(days) => json!({ "days_ago": days }),
    }
}

fn did_json(did: &Did) -> Value {
    let mut object = Map::new();
    object.insert("did".into(), json!(did.deed.word));
    let (compare, number): (Compare, i64) = did.times.parts();
    let times = (did.times != Times::AtLeast(1)).then(|| json!({ compare.text(): number }));
    let members = [
        ("kind", did.kind.as_ref().map(|kind| json!(kind))),
        ("first", did.first.then_some(json!(true))),
        ("with", (!did.with.is_empty()).then(|| json!(did.with))),
        ("times", times),
        ("amount_minor", did.amount.map(|amount| json!(amount))),
        ("within_days", did.within.map(|days| json!(days))),
        ("after", did.after.map(when_json)),
        ("before", did.before.map(when_json)),
    ];
    for (name, value) in members {
        object.extend(value.map(|value| (name.to_owned(), value)));
    }
    Value::Object(object)
}
