//! `POST /in/<token>`: a delivery is verified, kept and answered; what it says is looked into later.

use super::gate::Shared;
use super::model::{Heard, Shop, ShopKind};
use super::verify::{Refused, Signed};
use super::{store, turn};
use ::store::{Lane, setting};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::FutureExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use web::mail::MailSettings;
use web::{Answer, App, Problem};

/// Bytes of a delivery: orders of hundreds of lines have less.
const BODY_BYTES: usize = 1 << 20;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Characters of a shop's name of an event, and of its topic.
const NAME_CHARS: usize = 200;
/// Seconds after which a shop is asked to try again.
const AGAIN: i64 = 1;

/// The page at which shops deliver.
pub fn pages(gate: Shared) -> axum::Router<App> {
    axum::Router::new().route("/in/{token}", post(receive)).layer(Extension(gate))
}

async fn receive(
    State(app): State<App>,
    Extension(gate): Extension<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match take(&app, &gate, &token, &headers, body).await {
        Ok(status) => status.into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Whoever does not know the path takes no room, and nothing of their body is read.
async fn take(app: &App, gate: &Shared, token: &str, headers: &HeaderMap, body: Body) -> Answer<StatusCode> {
    let shop = shop(app, gate, token).await?;
    let Ok(_room) = gate.enter() else { return Err(Problem::too_many("shop_busy", AGAIN)) };
    let body = whole(body).await?;
    if is_greeting(&shop, headers, &body) {
        return Ok(StatusCode::OK);
    }
    verified(app, gate, &shop, headers, &body).await?;
    let named = Named::of(&shop, headers, &body);
    // Most of a storm are repeats: they are answered without a write.
    if gate.has_heard(shop.id, &named.event) || is_known(app, &shop, &named).await? {
        return Ok(StatusCode::OK);
    }
    let is_new = keep(app, &shop, &named, &body).await?;
    gate.hear(shop.id, named.event);
    Ok(if is_new { StatusCode::ACCEPTED } else { StatusCode::OK })
}

async fn shop(app: &App, gate: &Shared, token: &str) -> Answer<Arc<Shop>> {
    let now = app.clock().now();
    if let Some(shop) = gate.shop(token, now) {
        return Ok(shop);
    }
    let mut tx = app.db().read().await?;
    let shop = store::by_token(&mut tx, token).await?.ok_or_else(Problem::not_found)?;
    Ok(gate.remember(shop, now))
}

/// The bytes of a body that ends in time and is not too large.
async fn whole(body: Body) -> Answer<Bytes> {
    let read = tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, BODY_BYTES)).await;
    let refused = |status| Problem::new(status, "shop_body").with("max", BODY_BYTES >> 10);
    read.map_err(|_| refused(StatusCode::REQUEST_TIMEOUT))?
        .map_err(|_| refused(StatusCode::PAYLOAD_TOO_LARGE))
}

async fn is_known(app: &App, shop: &Shop, named: &Named) -> Answer<bool> {
    let mut tx = app.db().read().await?;
    Ok(store::is_known(&mut tx, shop.id, &named.event).await?)
}

/// Keeps a delivery and asks for a turn; gives whether it was new.
async fn keep(app: &App, shop: &Shop, named: &Named, body: &[u8]) -> Answer<bool> {
    let body = String::from_utf8_lossy(body).replace('\0', "\u{fffd}");
    let (shop, named) = (shop.id, named.clone());
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let is_new = store::keep(tx, shop, &named.event, &named.topic, &body, Heard::Told).await?;
                if is_new {
                    turn::ask(tx, shop).await?;
                }
                Ok::<_, Problem>(is_new)
            }
            .boxed()
        })
        .await
}

/// WooCommerce greets a new address with a form of one field, unsigned, and gives up an address that does not take it.
fn is_greeting(shop: &Shop, headers: &HeaderMap, body: &[u8]) -> bool {
    let number = body.strip_prefix(b"webhook_id=");
    shop.kind == ShopKind::WooCommerce
        && !headers.contains_key("x-wc-webhook-signature")
        && number.is_some_and(|number| number.len() < 20 && number.iter().all(u8::is_ascii_digit))
}

async fn verified(app: &App, gate: &Shared, shop: &Shop, headers: &HeaderMap, body: &[u8]) -> Answer<()> {
    let (now, addresses) = (app.clock().now(), addresses(app, shop, headers).await?);
    let secrets = shop.secrets(now);
    let signed = Signed { kind: shop.kind, secrets: &secrets, headers, body, addresses: &addresses, now };
    let Err(refused) = signed.check() else { return Ok(()) };
    gate.refuse(shop.id, now);
    Err(match refused {
        Refused::Signature => Problem::new(StatusCode::UNAUTHORIZED, "shop_signature"),
        Refused::Time => Problem::new(StatusCode::UNAUTHORIZED, "shop_time"),
        Refused::Key => Problem::forbidden("shop_key"),
    })
}

/// Square signs the address it delivers to. That is the one the company told it: its public address, or the one by
/// which the request came, where a proxy passes it on. The signature proves which.
async fn addresses(app: &App, shop: &Shop, headers: &HeaderMap) -> Answer<Vec<String>> {
    if shop.kind != ShopKind::Square {
        return Ok(Vec::new());
    }
    let mut tx = app.db().read().await?;
    let settings: MailSettings = setting::get(&mut tx, "mail").await?.value;
    let public = settings.public_address.trim_end_matches('/');
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = shop.path();
    Ok(vec![format!("{public}{path}"), format!("https://{host}{path}"), format!("http://{host}{path}")])
}

/// What a delivery is called: by its headers, or by the little of its body that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    event: String,
    topic: String,
}

/// The names in a body. Whatever else stands there is skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names {
    id: Option<String>,
    event_id: Option<String>,
    r#type: Option<String>,
    event_no: Option<i64>,
}

impl Named {
    fn of(shop: &Shop, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let names = || serde_json::from_slice::<Names>(body).unwrap_or_default();
        let (event, topic) = match shop.kind {
            ShopKind::Shopify => (header("x-shopify-webhook-id"), header("x-shopify-topic")),
            ShopKind::WooCommerce => (header("x-wc-webhook-delivery-id"), header("x-wc-webhook-topic")),
            ShopKind::Stripe => {
                let names = names();
                (names.id, names.r#type)
            }
            ShopKind::Square => {
                let names = names();
                (names.event_id, names.r#type)
            }
            // It has no name of its own: the same words are the same event.
            ShopKind::Cafe24 | ShopKind::SmartStore => {
                (None, names().event_no.map(|number| number.to_string()))
            }
        };
        let topic = topic.filter(|topic| is_name(topic)).unwrap_or_else(|| "?".to_owned());
        let event = event.filter(|event| is_name(event)).unwrap_or_else(|| hash(&topic, body));
        Self { event, topic }
    }
}

fn is_name(text: &str) -> bool {
    (1..=NAME_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn hash(topic: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(topic.as_bytes());
    hash.update([0]);
    hash.update(body);
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
