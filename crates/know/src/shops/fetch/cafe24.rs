//! Asking Cafe24 each night (developers.cafe24.com, "Orders", "OAuth 2.0"): orders of the last days that no delivery told.

use super::super::{store as deliveries, turn};
use super::errand::{Early, Ended, Errand};
use super::http::no_token;
use super::model::Fault;
use super::store;
use crate::orders::whole;
use crate::shops::model::{Heard, Shop};
use crate::shops::tell::json::{list, some, text};
use ::store::{Lane, Result, Tx};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Answers of a turn at most: the shop itself gives no more than 15,000 orders of one question.
const ANSWERS: i64 = 150;
/// What a delivery of a payment is called, and one of a cancellation.
const PAID: &str = "90025";
const CANCELLED: &str = "90026";

/// By which day orders are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// When they were made.
    Made,
    /// When their cancellation was done: those of orders that are older than the days looked back. An order from before
    /// the shop was connected, which is not here, is not brought by its cancellation.
    Cancelled,
}

impl Day {
    const fn text(self) -> &'static str {
        match self {
            Self::Made => "order_date",
            Self::Cancelled => "cancel_complete_date",
        }
    }
}

/// Compares the orders of the last days, and those cancelled in them, with what was told.
pub async fn reconcile(errand: &Errand<'_>) -> Ended {
    let token = token(errand).await?;
    compare(errand, &token, Day::Made).await?;
    match compare(errand, &token, Day::Cancelled).await {
        // A version of the interface that does not ask by that day still answers the first question.
        Err(Early::Shop(Fault::Declined)) => {
            tracing::warn!(shop = %errand.shop.id, "the shop does not tell orders by the day of their cancellation");
            Ok(())
        }
        ended => ended,
    }
}

async fn compare(errand: &Errand<'_>, token: &str, day: Day) -> Ended {
    let row = &errand.row;
    let today = errand.run.db().clock().now().day_in(&TimeZone::get("Asia/Seoul").unwrap_or(TimeZone::UTC));
    let (from, until) = (today.plus(-row.back_days).to_string(), today.to_string());
    let limit = row.page_limit.to_string();
    for page in 0..ANSWERS {
        let offset = (page * row.page_limit).to_string();
        let query = [
            ("date_type", day.text()),
            ("start_date", &*from),
            ("end_date", &until),
            ("embed", "buyer,items"),
            ("limit", &limit),
            ("offset", &offset),
        ];
        let question = errand.http.get(&row.url(&row.list_path), &query)?;
        let said = errand.ask(question.bearer_auth(token)).await?;
        let orders = said.get("orders").and_then(Value::as_array).ok_or(Fault::Unreadable)?;
        keep(errand, orders.iter().filter_map(told).collect(), day).await?;
        if i64::try_from(orders.len()).unwrap_or(i64::MAX) < row.page_limit {
            break;
        }
        if !errand.has_time()? {
            return Err(Fault::Slow.into());
        }
    }
    Ok(())
}

/// A token for this turn. With it comes the token for the next one, which is kept before anything is asked: the former
/// works no more.
async fn token(errand: &Errand<'_>) -> std::result::Result<String, Early> {
    let row = &errand.row;
    let used = row.refresh();
    let both = STANDARD.encode(format!("{}:{}", row.client_id, row.secret()));
    let fields = [("grant_type", "refresh_token"), ("refresh_token", used.as_str())];
    let question = errand.http.form(&row.url(&row.token_path), &fields)?;
    let question = question.header("authorization", format!("Basic {both}"));
    let said = errand.ask(question).await.map_err(no_token)?;
    let token = some(&said, &["access_token"]).ok_or(Fault::Unreadable)?;
    if let Some(next) = some(&said, &["refresh_token"]) {
        let shop = errand.shop.id;
        let db = errand.run.db();
        db.write(Lane::Reaction, move |tx| async move { store::renew(tx, shop, &used, &next).await }.boxed())
            .await?;
    }
    Ok(token)
}

/// What a delivery would have told of an order.
struct Told {
    number: String,
    topic: &'static str,
    body: Value,
}

/// An order that was paid, or cancelled after that; others nobody waits for.
fn told(order: &Value) -> Option<Told> {
    let number = some(order, &["order_id"])?;
    let paid = some(order, &["payment_date"]).is_some();
    let cancelled = text(order, &["canceled"]) == "T" && some(order, &["cancel_date"]).is_some();
    let topic = match (paid, cancelled) {
        (true, true) => CANCELLED,
        (true, false) => PAID,
        (false, _) => return None,
    };
    Some(Told { body: delivery(order, topic, cancelled), number, topic })
}

/// The words of the delivery. Of a cancelled order only what it was at first says what it was.
fn delivery(order: &Value, topic: &str, cancelled: bool) -> Value {
    let sums = if cancelled { "initial_order_amount" } else { "actual_order_amount" };
    let sum =
        |name: &str| some(order, &[sums, name]).or_else(|| some(order, &["initial_order_amount", name]));
    let buyer = |name: &str, plain: &str| some(order, &["buyer", name]).or_else(|| some(order, &[plain]));
    let items: Vec<String> =
        list(order, "items").iter().filter_map(|item| some(item, &["product_name"])).collect();
    json!({ "event_no": topic.parse::<i64>().unwrap_or_default(), "resource": {
        "order_id": text(order, &["order_id"]),
        "currency": text(order, &["currency"]),
        "order_date": text(order, &["order_date"]),
        "payment_date": text(order, &["payment_date"]),
        "cancel_date": cancelled.then(|| text(order, &["cancel_date"])),
        "paid": "T",
        "member_id": text(order, &["member_id"]),
        "buyer_name": buyer("name", "buyer_name"),
        "buyer_email": buyer("email", "buyer_email"),
        "buyer_phone": buyer("phone", "buyer_phone"),
        "buyer_cellphone": buyer("cellphone", "buyer_cellphone"),
        "order_price_amount": sum("order_price_amount"),
        "actual_payment_amount": sum("payment_amount"),
        "shipping_fee": sum("shipping_fee"),
        "order_place_name": text(order, &["order_place_name"]),
        "ordering_product_name": items.join(","),
    }})
}

/// Keeps what was missed as deliveries, and counts it.
async fn keep(errand: &Errand<'_>, told: Vec<Told>, day: Day) -> Result<()> {
    let shop = errand.shop.clone();
    errand
        .run
        .db()
        .write(Lane::Reaction, move |tx| {
            async move {
                let mut missed = 0;
                for one in &told {
                    if is_missing(tx, &shop, one, day).await? {
                        let event = format!("missed:{}:{}", one.topic, one.number);
                        let body = one.body.to_string();
                        missed += i64::from(
                            deliveries::keep(tx, shop.id, &event, one.topic, &body, Heard::Missed).await?,
                        );
                    }
                }
                if missed > 0 {
                    store::found(tx, shop.id, missed).await?;
                    turn::ask(tx, shop.id).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
}

/// Whether what a delivery would have told is not here: an order of which no line stands, a cancellation of one that
/// still has a sum.
async fn is_missing(tx: &mut Tx, shop: &Shop, told: &Told, day: Day) -> Result<bool> {
    let lines = whole::standing(tx, &shop.source(), &told.number).await?;
    let sum = lines.iter().map(|line| line.amount).sum::<i64>();
    Ok(match told.topic {
        CANCELLED => (lines.is_empty() && day == Day::Made) || sum != 0,
        _ => lines.is_empty() && day == Day::Made,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_paid_is_waited_for_and_a_cancelled_order_is_what_it_was() {
        let order = |paid: Value, canceled: &str, date: Value| {
            json!({ "order_id": "1", "payment_date": paid, "canceled": canceled, "cancel_date": date,
            "initial_order_amount": { "order_price_amount": "24680.00", "payment_amount": "27680.00" }, "actual_order_amount": { "order_price_amount": "0.00", "payment_amount": "0.00" } })
        };
        assert!(told(&order(json!(null), "F", json!(null))).is_none());
        assert!(told(&order(json!(null), "T", json!("2026-11-21"))).is_none());
        let asked_only = told(&order(json!("2026-11-20"), "T", json!(null))).unwrap();
        assert_eq!((asked_only.topic, &asked_only.body["resource"]["cancel_date"]), (PAID, &json!(null)));
        let cancelled = told(&order(json!("2026-11-20"), "T", json!("2026-11-21"))).unwrap();
        assert_eq!(cancelled.topic, CANCELLED);
        assert_eq!(cancelled.body["resource"]["order_price_amount"], "24680.00");
    }
}
