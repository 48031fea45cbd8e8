//! Shopify (shopify.dev, "Order", "Customer", "Mandatory compliance webhooks"): an order is told whole each time.

use super::json::{list, micros, milli, some, text, whole};
use super::{Manner, NOT_OURS, Order, Told, UNREADABLE, What};
use crate::parties::Identity;
use crate::requests::model::Kind;
use serde_json::Value;

const COLUMNS: &[&str] = &[
    "Name",
    "Email",
    "Phone",
    "Billing Name",
    "Created at",
    "Currency",
    "Financial Status",
    "Cancelled at",
    "Source",
    "Subtotal",
    "Refunded Amount",
    "Lineitem name",
    "Lineitem quantity",
    "Lineitem price",
    "Lineitem discount",
    "Lineitem sku",
];

pub(super) fn read(topic: &str, body: &Value) -> Result<Told, &'static str> {
    match topic {
        // `orders/edited` and `refunds/create` tell differences alone, and `orders/updated` follows each of them.
        "orders/create"
        | "orders/updated"
        | "orders/paid"
        | "orders/cancelled"
        | "orders/fulfilled"
        | "orders/partially_fulfilled" => order(body),
        "customers/create" | "customers/update" | "customers/enable" | "customers/disable" => person(body),
        "customers/data_request" => asked(body, Kind::Access),
        "customers/redact" => asked(body, Kind::Erasure),
        "shop/redact" => Ok(Told::nothing("shop_redact")),
        _ => Ok(Told::nothing(NOT_OURS)),
    }
}

fn order(body: &Value) -> Result<Told, &'static str> {
    let number = some(body, &["name"]).ok_or(UNREADABLE)?;
    if body.get("test").and_then(Value::as_bool) == Some(true) {
        return Ok(Told::nothing("test"));
    }
    let version = micros(&text(body, &["updated_at"])).ok_or(UNREADABLE)?;
    let rows =
        list(body, "line_items").iter().enumerate().map(|(at, line)| row(body, line, at == 0)).collect();
    let order = Order {
        number: number.clone(),
        columns: COLUMNS,
        more: &[],
        rows,
        customer: identity(body),
        manner: Manner::Whole,
        owner: None,
    };
    Ok(Told { object: Some(format!("order:{number}")), version, what: What::Order(Box::new(order)) })
}

/// A row as the orders' CSV has it: sums of the order stand on its first row alone.
fn row(body: &Value, line: &Value, first: bool) -> Vec<String> {
    let once = |text: String| if first { text } else { String::new() };
    vec![
        text(body, &["name"]),
        some(body, &["email"]).unwrap_or_else(|| text(body, &["contact_email"])),
        text(body, &["phone"]),
        text(body, &["billing_address", "name"]),
        text(body, &["created_at"]),
        text(body, &["currency"]),
        text(body, &["financial_status"]),
        text(body, &["cancelled_at"]),
        text(body, &["source_name"]),
        once(text(body, &["subtotal_price"])),
        once(refunded(body)),
        text(line, &["name"]),
        text(line, &["quantity"]),
        text(line, &["price"]),
        text(line, &["total_discount"]),
        text(line, &["sku"]),
    ]
}

/// What went back in money so far.
fn refunded(body: &Value) -> String {
    let transactions = list(body, "refunds").iter().flat_map(|refund| list(refund, "transactions"));
    let paid_back = transactions.filter(|transaction| {
        text(transaction, &["kind"]) == "refund" && text(transaction, &["status"]) == "success"
    });
    let milli =
        paid_back.map(|transaction| milli(&text(transaction, &["amount"]))).fold(0, i64::saturating_add);
    super::json::plain(milli)
}

/// Who ordered. Files name no id of the customer, so it is no part of what tells a line from another.
fn identity(body: &Value) -> Identity {
    let name = |person: &Value| {
        let names = [text(person, &["first_name"]), text(person, &["last_name"])];
        Some(super::json::joined(&names)).filter(|name| !name.is_empty())
    };
    let customer = body.get("customer").unwrap_or(&Value::Null);
    Identity {
        source_id: some(customer, &["id"]),
        email: some(customer, &["email"]),
        phone: some(body, &["billing_address", "phone"]).or_else(|| some(customer, &["phone"])),
        name: some(body, &["shipping_address", "name"]).or_else(|| name(customer)),
    }
}

fn person(body: &Value) -> Result<Told, &'static str> {
    let id = some(body, &["id"]).ok_or(UNREADABLE)?;
    let version = micros(&text(body, &["updated_at"])).ok_or(UNREADABLE)?;
    let names = [text(body, &["first_name"]), text(body, &["last_name"])];
    let person = Identity {
        source_id: Some(id.clone()),
        email: some(body, &["email"]),
        phone: some(body, &["phone"]),
        name: Some(super::json::joined(&names)).filter(|name| !name.is_empty()),
    };
    Ok(Told { object: Some(format!("customer:{id}")), version, what: What::Person(person) })
}

/// What the shop passes on because the law asks for it: it has no version, each is a request of its own.
fn asked(body: &Value, kind: Kind) -> Result<Told, &'static str> {
    let customer = body.get("customer").ok_or(UNREADABLE)?;
    let person = Identity {
        source_id: whole(customer, &["id"]).map(|id| id.to_string()),
        email: some(customer, &["email"]),
        phone: some(customer, &["phone"]),
        name: None,
    };
    Ok(Told { object: None, version: 0, what: What::Asked(person, kind) })
}
