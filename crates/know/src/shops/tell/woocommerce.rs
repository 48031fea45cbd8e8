//! WooCommerce (REST v3, "Orders", "Customers"): an order is told whole each time, and its file has one row an order.

use super::json::{joined, list, micros, milli, plain, some, text, whole};
use super::{Manner, NOT_OURS, Order, Told, UNREADABLE, What};
use crate::parties::Identity;
use reading::Field;
use serde_json::Value;

const COLUMNS: &[&str] = &[
    "Order #",
    "Date",
    "Status",
    "Customer ID",
    "Customer",
    "Email",
    "Phone",
    "Product(s)",
    "Items sold",
    "N. Revenue",
    "Currency",
    "Refunded",
];
/// The file tells refunds as rows of their own.
const MORE: &[(Field, &str)] = &[(Field::Refund, "Refunded")];

pub(super) fn read(topic: &str, body: &Value) -> Result<Told, &'static str> {
    match topic {
        "order.created" | "order.updated" | "order.restored" => order(body),
        "customer.created" | "customer.updated" => person(body),
        _ => Ok(Told::nothing(NOT_OURS)),
    }
}

fn order(body: &Value) -> Result<Told, &'static str> {
    let number = some(body, &["number"]).or_else(|| some(body, &["id"])).ok_or(UNREADABLE)?;
    let version = modified(body).ok_or(UNREADABLE)?;
    let order = Order {
        number: number.clone(),
        columns: COLUMNS,
        more: MORE,
        rows: vec![row(body, &number)],
        customer: Identity::default(),
        manner: Manner::Whole,
        owner: None,
    };
    Ok(Told { object: Some(format!("order:{number}")), version, what: What::Order(Box::new(order)) })
}

fn modified(body: &Value) -> Option<i64> {
    micros(&text(body, &["date_modified_gmt"])).or_else(|| micros(&text(body, &["date_created_gmt"])))
}

fn row(body: &Value, number: &str) -> Vec<String> {
    let created = text(body, &["date_created_gmt"]);
    let names = [text(body, &["billing", "first_name"]), text(body, &["billing", "last_name"])];
    let lines = list(body, "line_items");
    let sold = lines.iter().filter_map(|line| whole(line, &["quantity"])).fold(0, i64::saturating_add);
    let products: Vec<String> = lines
        .iter()
        .map(|line| format!("{}× {}", text(line, &["quantity"]), text(line, &["name"])))
        .collect();
    // Net revenue: without taxes and shipping.
    let part = |name: &str| milli(&text(body, &[name]));
    let net = part("total").saturating_sub(part("total_tax")).saturating_sub(part("shipping_total"));
    let refunded = list(body, "refunds")
        .iter()
        .map(|refund| milli(&text(refund, &["total"])))
        .fold(0, i64::saturating_add);
    vec![
        number.to_owned(),
        if created.is_empty() { text(body, &["date_created"]) } else { format!("{created}Z") },
        text(body, &["status"]),
        // Guests have none.
        some(body, &["customer_id"]).filter(|id| id != "0").unwrap_or_default(),
        joined(&names),
        text(body, &["billing", "email"]),
        text(body, &["billing", "phone"]),
        products.join(", "),
        sold.to_string(),
        plain(net),
        text(body, &["currency"]),
        plain(refunded.saturating_abs()),
    ]
}

fn person(body: &Value) -> Result<Told, &'static str> {
    let id = some(body, &["id"]).ok_or(UNREADABLE)?;
    let version = modified(body).ok_or(UNREADABLE)?;
    let names = |part: &str| {
        let path = |name| if part.is_empty() { text(body, &[name]) } else { text(body, &[part, name]) };
        Some(joined(&[path("first_name"), path("last_name")])).filter(|name| !name.is_empty())
    };
    let person = Identity {
        source_id: Some(id.clone()),
        email: some(body, &["email"]),
        phone: some(body, &["billing", "phone"]),
        name: names("").or_else(|| names("billing")),
    };
    Ok(Told { object: Some(format!("customer:{id}")), version, what: What::Person(person) })
}
