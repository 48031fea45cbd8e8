//! The shop: connected by its owner, what it tells, and what is there in the end.

use crate::http::Client;
use crate::owner;
use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashSet;
use std::path::Path;
use store::{Db, Environment, Lane, Location, sql};

/// What the shop signs with.
const SECRET: &str = "the-secret-of-the-bench";

/// Makes the company and its owner; gives the cookie of a session of theirs.
pub async fn owner(data: &Path) -> Result<String> {
    let db = Db::open(&Location::Folder(data.to_owned()), Environment::real()).await?;
    let made = db.write(Lane::Interactive, |tx| owner::make(tx).boxed());
    let cookie = made.await?;
    db.close().await?;
    Ok(cookie)
}

/// A connected shop.
#[derive(Clone)]
pub struct Shop {
    path: String,
}

impl Shop {
    /// Connects a shop as its owner does.
    pub fn connect(owner: &mut Client, cookie: &str) -> Result<Self> {
        let made =
            asked(owner, cookie, "POST", "/api/v1/shops", &json!({ "kind": "shopify", "name": "bench" }))?;
        let text = |name: &str| made[name].as_str().map(str::to_owned).context("a shop has an id and a path");
        let secret = format!("/api/v1/shops/{}/secret", text("id")?);
        asked(owner, cookie, "PUT", &secret, &json!({ "secret": SECRET }))?;
        Ok(Self { path: text("path")? })
    }

    /// Tells an event; gives the status of the answer.
    pub fn tell(&self, client: &mut Client, event: u64) -> Result<u16> {
        let body = order(event);
        let mut mac =
            Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).context("HMAC takes a key of any length")?;
        mac.update(body.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let head = format!(
            "content-type: application/json\r\nx-shopify-topic: orders/create\r\nx-shopify-webhook-id: event-{event}\r\n\
             x-shopify-hmac-sha256: {signature}\r\n"
        );
        Ok(client.send("POST", &self.path, &head, body.as_bytes())?.0)
    }

    /// How many deliveries wait to be applied.
    pub fn waiting(&self, owner: &mut Client, cookie: &str) -> Result<i64> {
        let shops = asked(owner, cookie, "GET", "/api/v1/shops", &Value::Null)?;
        ensure!(shops[0]["failed"] == 0, "deliveries could not be applied: {shops}");
        shops[0]["waiting"].as_i64().context("a shop says what waits")
    }
}

fn asked(owner: &mut Client, cookie: &str, method: &str, path: &str, body: &Value) -> Result<Value> {
    let head =
        format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\n");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, answer) = owner.send(method, path, &head, body.as_bytes())?;
    ensure!((200..300).contains(&status), "{method} {path}: {status} {}", String::from_utf8_lossy(&answer));
    Ok(serde_json::from_slice(&answer).unwrap_or_default())
}

/// An order of the shop: about 1 KiB, as shops tell them.
fn order(event: u64) -> String {
    let customer = event % 5_000;
    json!({
        "id": event, "name": format!("#{event}"), "currency": "KRW", "email": format!("person{customer}@example.com"),
        "created_at": "2026-11-20T10:00:00+09:00", "updated_at": "2026-11-20T10:00:01+09:00", "financial_status": "paid",
        "source_name": "web", "subtotal_price": "23000", "note": "n".repeat(400),
        "customer": { "id": customer, "email": format!("person{customer}@example.com"), "first_name": "Bench" },
        "line_items": [
            { "name": "Beans", "quantity": 1, "price": "15000", "total_discount": "0", "sku": "BEAN" },
            { "name": "Mug", "quantity": 1, "price": "8000", "total_discount": "0", "sku": "MUG" } ]
    })
    .to_string()
}

/// How many of the events that were heard are orders now.
pub async fn orders(data: &Path, heard: &[u64]) -> Result<usize> {
    let db = Db::open(&Location::Folder(data.to_owned()), Environment::real()).await?;
    let mut tx = db.read().await?;
    let orders: Vec<(String,)> = sql!("select distinct order_no from order_lines").fetch_all(&mut tx).await?;
    let orders: HashSet<String> = orders.into_iter().map(|(number,)| number).collect();
    Ok(heard.iter().filter(|event| orders.contains(&format!("#{event}"))).count())
}
