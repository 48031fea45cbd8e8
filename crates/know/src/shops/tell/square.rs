//! Square ("Payment", "PaymentRefund", "Customer"): a payment tells a sum, which stands in for the lines of its order
//! until a file names them.

use super::json::{decimals, joined, major, micros, some, text, whole};
use super::{Manner, NOT_OURS, Order, Told, UNREADABLE, What};
use crate::orders::stand_in;
use crate::parties::Identity;
use reading::Field;
use serde_json::Value;

const COLUMNS: &[&str] = &[
    "Transaction ID",
    "Date",
    "Net Sales",
    "Currency",
    "Event Type",
    "Customer ID",
    "Customer Name",
    "Email",
    "Line",
];
const MORE: &[(Field, &str)] =
    &[(Field::Line, "Line"), (Field::Currency, "Currency"), (Field::Email, "Email")];

pub(super) fn read(topic: &str, body: &Value) -> Result<Told, &'static str> {
    let object =
        |name: &str| body.get("data").and_then(|data| data.get("object")?.get(name)).ok_or(UNREADABLE);
    match topic {
        "payment.created" | "payment.updated" => payment(object("payment")?),
        "refund.created" | "refund.updated" => refund(object("refund")?),
        "customer.created" | "customer.updated" => person(object("customer")?),
        _ => Ok(Told::nothing(NOT_OURS)),
    }
}

fn payment(payment: &Value) -> Result<Told, &'static str> {
    let told = Part::of(payment)?;
    let rows = match text(payment, &["status"]).as_str() {
        "COMPLETED" => vec![told.row(payment, "Payment")?],
        "CANCELED" | "FAILED" => Vec::new(),
        _ => return Ok(Told::nothing("not_paid")),
    };
    Ok(told.told("payment", rows, None))
}

/// A refund is an order of its own, in files as well.
fn refund(refund: &Value) -> Result<Told, &'static str> {
    let told = Part::of(refund)?;
    let rows = match text(refund, &["status"]).as_str() {
        "COMPLETED" => vec![told.row(refund, "Refund")?],
        "REJECTED" | "FAILED" => Vec::new(),
        _ => return Ok(Told::nothing("not_paid")),
    };
    let of = some(refund, &["payment_id"]).map(|payment| format!("payment:{payment}"));
    Ok(told.told("refund", rows, of))
}

/// A payment or a refund.
struct Part {
    id: String,
    number: String,
    version: i64,
}

impl Part {
    fn of(part: &Value) -> Result<Self, &'static str> {
        let id = some(part, &["id"]).ok_or(UNREADABLE)?;
        let number = some(part, &["order_id"]).unwrap_or_else(|| id.clone());
        let version = micros(&text(part, &["updated_at"])).ok_or(UNREADABLE)?;
        Ok(Self { id, number, version })
    }

    fn line(&self) -> String {
        stand_in::named(&self.id)
    }

    fn row(&self, part: &Value, event: &str) -> Result<Vec<String>, &'static str> {
        let currency = text(part, &["amount_money", "currency"]);
        let amount = whole(part, &["amount_money", "amount"]).ok_or(UNREADABLE)?;
        let names =
            [text(part, &["billing_address", "first_name"]), text(part, &["billing_address", "last_name"])];
        Ok(vec![
            self.number.clone(),
            text(part, &["created_at"]),
            major(amount, decimals(&currency)),
            currency,
            event.to_owned(),
            text(part, &["customer_id"]),
            joined(&names),
            text(part, &["buyer_email_address"]),
            self.line(),
        ])
    }

    fn told(self, kind: &str, rows: Vec<Vec<String>>, owner: Option<String>) -> Told {
        let order = Order {
            number: self.number.clone(),
            columns: COLUMNS,
            more: MORE,
            rows,
            customer: Identity::default(),
            manner: Manner::Sum { line: self.line(), cancelled: false },
            owner,
        };
        Told {
            object: Some(format!("{kind}:{}", self.id)),
            version: self.version,
            what: What::Order(Box::new(order)),
        }
    }
}

fn person(customer: &Value) -> Result<Told, &'static str> {
    let id = some(customer, &["id"]).ok_or(UNREADABLE)?;
    let version = micros(&text(customer, &["updated_at"])).ok_or(UNREADABLE)?;
    let names = [text(customer, &["given_name"]), text(customer, &["family_name"])];
    let person = Identity {
        source_id: Some(id.clone()),
        email: some(customer, &["email_address"]),
        phone: some(customer, &["phone_number"]),
        name: Some(joined(&names)).filter(|name| !name.is_empty()),
    };
    Ok(Told { object: Some(format!("customer:{id}")), version, what: What::Person(person) })
}
