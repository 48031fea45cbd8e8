//! What is wrong with an event, before anything is written.

use super::built_in::built_in;
use super::model::{Event, EventLine};
use crate::orders::enter;
use crate::parties::api::given;
use kernel::{Instant, contact, resident};
use std::collections::BTreeSet;

/// Events of a batch.
pub const EVENTS: usize = 500;
/// Lines of an order.
const LINES: usize = 200;
/// Characters of an id and of a text.
const TEXT: usize = 200;
/// Characters of a source's name.
const SOURCE: usize = 60;
/// Characters of a code.
const CODE: usize = 40;
/// How far ahead a clock elsewhere may be, in microseconds.
const AHEAD: i64 = Instant::DAY;
/// 1970-01-01: nothing a shop tells of is older.
const OLDEST: Instant = Instant::from_micros(0);
/// A quantity at most.
const QUANTITY: f64 = 1e9;

/// A field and the code of what is wrong with it.
pub type Fault = (&'static str, &'static str);

/// Whether `source` can be the name of one. `dangol` is our own.
pub fn is_source(source: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    (1..=SOURCE).contains(&source.len()) && source.chars().all(plain) && source != "dangol"
}

/// Everything that is wrong with `event`; `kinds` are the registered ones.
pub fn faults(event: &Event, kinds: &BTreeSet<String>, now: Instant) -> Vec<Fault> {
    let mut faults = Vec::new();
    if event.id.trim().is_empty() {
        faults.push(("id", "required"));
    }
    let customer = event.customer.clone().unwrap_or_default();
    for (field, text) in [
        ("id", Some(&event.id)),
        ("store", event.store.as_ref()),
        ("staff", event.staff.as_ref()),
        ("channel", event.channel.as_ref()),
        ("customer.id", customer.id.as_ref()),
        ("customer.name", customer.name.as_ref()),
    ] {
        if text.is_some_and(|text| text.chars().count() > TEXT) {
            faults.push((field, "too_long"));
        }
    }
    faults.extend(resident_faults(event));
    if event.at.is_some_and(|at| at > now.plus(AHEAD) || at < OLDEST) {
        faults.push(("at", "time_out_of_range"));
    }
    if given(customer.email.as_deref()).is_some_and(|email| contact::normal_email(email).is_none()) {
        faults.push(("customer.email", "not_an_email"));
    }
    if given(customer.phone.as_deref()).is_some_and(|phone| contact::normal_phone(phone, "KR").is_none()) {
        faults.push(("customer.phone", "not_a_phone"));
    }
    match event.kind.as_str() {
        "order" => faults.extend(order_faults(event)),
        "visit" => faults.extend(known_faults(event)),
        kind if kinds.contains(kind) || built_in(kind).is_some() => {
            faults.extend(known_faults(event));
            faults.extend(built_in(kind).and_then(|kind| kind.fault(event.value, event.amount.is_some())));
            if event.amount.is_some_and(|amount| enter::is_too_large([amount.amount_minor])) {
                faults.push(("amount", "amount_too_large"));
            }
        }
        _ => faults.push(("type", "event_kind_unknown")),
    }
    if event.what.as_deref().is_some_and(|what| !is_code(what)) {
        faults.push(("what", "event_what_invalid"));
    }
    faults
}

/// Texts that hold a resident registration number. Numbers of orders, lines and customers look like one now and then, and
/// barcodes of products; without them orders would run together, or be lost.
fn resident_faults(event: &Event) -> Vec<Fault> {
    let customer = event.customer.clone().unwrap_or_default();
    let of_lines = event.lines.iter().flat_map(|line| [&line.product, &line.category]);
    let texts = [
        ("store", &event.store),
        ("staff", &event.staff),
        ("channel", &event.channel),
        ("what", &event.what),
        ("customer.email", &customer.email),
        ("customer.phone", &customer.phone),
        ("customer.name", &customer.name),
    ];
    let texts = texts.into_iter().chain(of_lines.map(|text| ("lines", text)));
    let is_one = |text: &str| resident::find(text).is_some() && !resident::is_barcode(text);
    let written = customer.id.as_deref().is_some_and(resident::is_written_out);
    let said = texts.filter(|(_, text)| text.as_deref().is_some_and(is_one));
    let said = said.map(|(field, _)| field).chain(written.then_some("customer.id"));
    let mut faults: Vec<Fault> = said.map(|field| (field, "resident_number")).collect();
    faults.dedup();
    faults
}

/// A visit or an interaction is somebody's, and a relay number is nobody's.
fn known_faults(event: &Event) -> Option<Fault> {
    let customer = event.customer.clone().unwrap_or_default();
    let id_or_email = given(customer.id.as_deref()).or(given(customer.email.as_deref()));
    match (id_or_email, given(customer.phone.as_deref())) {
        (Some(_), _) => None,
        (None, None) => Some(("customer", "customer_needed")),
        (None, Some(phone)) => {
            let phone = contact::normal_phone(phone, "KR");
            phone.is_some_and(|phone| phone.is_relay()).then_some(("customer.phone", "relay_number"))
        }
    }
}

fn order_faults(event: &Event) -> Vec<Fault> {
    let mut faults = Vec::new();
    if event.lines.is_empty() || event.lines.len() > LINES {
        faults.push(("lines", "event_lines"));
    }
    if enter::is_too_large(event.lines.iter().map(|line| line.amount_minor)) {
        faults.push(("lines", "amount_too_large"));
    }
    let texts = |line: &EventLine| [line.id.clone(), line.product.clone(), line.category.clone()];
    if event.lines.iter().flat_map(texts).flatten().any(|text| text.chars().count() > TEXT) {
        faults.push(("lines", "too_long"));
    }
    if event.lines.iter().filter_map(|line| line.quantity).any(|n| !n.is_finite() || n.abs() > QUANTITY) {
        faults.push(("lines", "quantity_out_of_range"));
    }
    let mut names = BTreeSet::new();
    if !event.lines.iter().enumerate().all(|(place, line)| names.insert(line_id(place, line))) {
        faults.push(("lines", "line_twice"));
    }
    faults
}

/// Whether this can be the code that tells several of a kind apart: small letters, digits and `_`.
pub(super) fn is_code(code: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=CODE).contains(&code.len()) && code.bytes().all(plain)
}

/// The name of a line within its order.
pub fn line_id(place: usize, line: &EventLine) -> String {
    given(line.id.as_deref()).map_or_else(|| (place + 1).to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(event: serde_json::Value) -> Vec<Fault> {
        let kinds = BTreeSet::from(["tasting".to_owned()]);
        faults(&serde_json::from_value(event).unwrap(), &kinds, Instant::from_micros(1_795_316_400_000_000))
    }

    #[test]
    fn what_is_wrong_is_said_all_at_once() {
        let wrong = json!({ "id": " ", "type": "order", "at": "2030-01-01T00:00:00Z", "customer": { "phone": "12" },
            "lines": [{ "id": "1", "amount_minor": 1 }, { "id": "1", "amount_minor": 1 }] });
        let expected = [
            ("id", "required"),
            ("at", "time_out_of_range"),
            ("customer.phone", "not_a_phone"),
            ("lines", "line_twice"),
        ];
        assert_eq!(of(wrong), expected);
        assert_eq!(of(json!({ "id": "1", "type": "dance" })), [("type", "event_kind_unknown")]);
        let nobody = json!({ "id": "1", "type": "visit", "customer": { "name": "김민지" } });
        assert_eq!(of(nobody), [("customer", "customer_needed")]);
        assert_eq!(of(json!({ "id": "1", "type": "tasting", "customer": { "id": "7" } })), []);
        let bond = |value: i64, what: &str| {
            of(json!({ "id": "1", "type": "bond.started", "customer": { "id": "7" },
            "value": value, "what": what }))
        };
        assert_eq!(bond(2, "coupon_club"), []);
        assert_eq!(bond(4, "Kim Minji"), [("value", "event_value_range"), ("what", "event_what_invalid")]);
    }

    #[test]
    fn a_source_is_a_plain_name_and_never_ours() {
        assert!(is_source("till-gangnam.2"));
        for wrong in ["", "dangol", "A", "a b", "a:b", &"a".repeat(61)] {
            assert!(!is_source(wrong), "{wrong}");
        }
    }
}
