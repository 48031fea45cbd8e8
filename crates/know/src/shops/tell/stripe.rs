//! Stripe ("The Charge object", "Currencies"): a charge is a row of the payments' CSV.

use super::json::{major, some, text, whole};
use super::{Manner, NOT_OURS, Order, Told, UNREADABLE, What};
use crate::parties::Identity;
use jiff::Timestamp;
use serde_json::Value;

const COLUMNS: &[&str] = &[
    "id",
    "Created (UTC)",
    "Description",
    "Amount",
    "Amount Refunded",
    "Currency",
    "Status",
    "Customer ID",
    "Customer Email",
    "Customer Name",
];

/// Currencies without decimals, as Stripe writes amounts (docs.stripe.com/currencies). Those of Iceland and Uganda have
/// none either, and are told as if they had two.
const NO_DECIMALS: [&str; 15] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
/// Currencies with three.
const THREE_DECIMALS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

pub(super) fn read(topic: &str, body: &Value) -> Result<Told, &'static str> {
    let object = body.get("data").and_then(|data| data.get("object")).ok_or(UNREADABLE)?;
    let created = whole(body, &["created"]).ok_or(UNREADABLE)?;
    // Events of one second have an order of their own: what is paid may be paid back.
    let rank = match topic {
        "charge.succeeded" | "charge.captured" | "customer.created" => 0,
        "charge.updated" | "customer.updated" => 1,
        "charge.refunded" => 2,
        _ => return Ok(Told::nothing(NOT_OURS)),
    };
    let version = created.saturating_mul(1_000_000).saturating_add(rank);
    let id = some(object, &["id"]).ok_or(UNREADABLE)?;
    if topic.starts_with("customer.") {
        let person = Identity {
            source_id: Some(id.clone()),
            email: some(object, &["email"]),
            phone: some(object, &["phone"]),
            name: some(object, &["name"]),
        };
        return Ok(Told { object: Some(format!("customer:{id}")), version, what: What::Person(person) });
    }
    let order = Order {
        number: id.clone(),
        columns: COLUMNS,
        more: &[],
        rows: vec![row(object, &id)?],
        customer: Identity { phone: some(object, &["billing_details", "phone"]), ..Identity::default() },
        manner: Manner::Whole,
        owner: None,
    };
    Ok(Told { object: Some(format!("charge:{id}")), version, what: What::Order(Box::new(order)) })
}

fn row(charge: &Value, id: &str) -> Result<Vec<String>, &'static str> {
    let currency = text(charge, &["currency"]).to_lowercase();
    let decimals = match currency.as_str() {
        none if NO_DECIMALS.contains(&none) => 0,
        three if THREE_DECIMALS.contains(&three) => 3,
        _ => 2,
    };
    let amount = |name| whole(charge, &[name]).map(|amount| major(amount, decimals));
    let created =
        whole(charge, &["created"]).and_then(|at| Timestamp::from_second(at).ok()).ok_or(UNREADABLE)?;
    Ok(vec![
        id.to_owned(),
        created.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        text(charge, &["description"]),
        amount("amount").ok_or(UNREADABLE)?,
        amount("amount_refunded").unwrap_or_default(),
        currency,
        status(charge),
        text(charge, &["customer"]),
        some(charge, &["billing_details", "email"]).unwrap_or_else(|| text(charge, &["receipt_email"])),
        text(charge, &["billing_details", "name"]),
    ])
}

/// The word of the file.
fn status(charge: &Value) -> String {
    let captured = charge.get("captured").and_then(Value::as_bool) != Some(false);
    match text(charge, &["status"]).as_str() {
        "succeeded" if captured => "Paid".to_owned(),
        "succeeded" => "Uncaptured".to_owned(),
        other => other.to_owned(),
    }
}
