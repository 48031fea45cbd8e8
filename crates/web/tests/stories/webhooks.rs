//! Webhooks: telling, signatures, trying again, the log of deliveries, telling again.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::Instant;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use store::Lane;
use store::log::{self, Entry};
use testkit::{TestApp, both_engines};
use web::Registry;
use web::webhooks::{self, Reach};

fn registry() -> Registry {
    let mut registry = Registry::new();
    webhooks::register(&mut registry, Reach::Anywhere);
    registry
}

/// What a receiver got, and what it answers.
#[derive(Default)]
struct Inbox {
    got: Vec<(HeaderMap, String)>,
    refuses: bool,
    /// Where it sends whoever comes.
    leads: Option<String>,
}

type Shared = Arc<Mutex<Inbox>>;

async fn take(State(inbox): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let mut inbox = inbox.lock().unwrap();
    inbox.got.push((headers, body));
    match &inbox.leads {
        Some(elsewhere) => Redirect::temporary(elsewhere).into_response(),
        None if inbox.refuses => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A receiver on this machine: its address and what it gets.
#[allow(clippy::disallowed_methods, reason = "the receiver ends with the test")]
async fn receiver() -> (String, Shared) {
    let inbox = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/hook", post(take)).with_state(inbox.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}/hook"), inbox)
}

async fn happened(app: &TestApp, kind: &'static str) {
    use futures::FutureExt;
    // Each has a name of its own: the instant.
    app.clock().advance(Instant::SECOND);
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let entry = Entry::live(tx, kind, tx.now().micros());
                log::append(tx, entry.with(json!({ "to": "regular" }))).await
            }
            .boxed()
        })
        .await
        .unwrap();
    app.settle().await;
}

/// A webhook to `url`; gives its path and secret.
async fn hook(app: &TestApp, url: &str) -> (String, String) {
    let made =
        app.post("/webhooks", json!({ "url": url, "kinds": ["state.changed"] })).await.expect(201).json;
    app.settle().await;
    (format!("/webhooks/{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

async fn deliveries(app: &TestApp, path: &str) -> Vec<Value> {
    app.get(&format!("{path}/deliveries")).await.expect(200).json["items"].as_array().unwrap().clone()
}

both_engines! {
    registry();

    async fn what_happened_is_told_once_and_signed(app) {
        app.settle().await;
        let (url, inbox) = receiver().await;
        let (path, secret) = hook(&app, &url).await;
        happened(&app, "state.changed").await;
        happened(&app, "order.added").await;
        let got = std::mem::take(&mut inbox.lock().unwrap().got);
        assert_eq!(got.len(), 1, "{got:?}");
        let (headers, body) = &got[0];
        let said: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&said["type"], &said["data"]["codes"]["to"]), (&json!("state.changed"), &json!("regular")));
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let signed = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
        assert_eq!(header("webhook-signature"), signature(&secret, &signed));
        let delivered = deliveries(&app, &path).await;
        assert_eq!((&delivered[0]["state"], &delivered[0]["tries"]), (&json!("delivered"), &json!(1)));
        assert!(!app.get("/webhooks").await.text().contains(&secret), "a secret is shown once");
    }

    async fn without_a_receipt_it_is_tried_again_given_up_and_told_again(app) {
        app.settle().await;
        let (url, inbox) = receiver().await;
        let (path, _) = hook(&app, &url).await;
        inbox.lock().unwrap().refuses = true;
        happened(&app, "state.changed").await;
        let waiting = deliveries(&app, &path).await;
        assert_eq!((&waiting[0]["state"], &waiting[0]["error"]), (&json!("waiting"), &json!("status 503")));
        for _ in 0..10 {
            app.later(600 * Instant::SECOND).await;
        }
        assert_eq!(deliveries(&app, &path).await[0]["state"], "failed");
        let tried = inbox.lock().unwrap().got.len();
        assert_eq!(tried, 10);
        inbox.lock().unwrap().refuses = false;
        let id = waiting[0]["id"].as_str().unwrap();
        // The owner's session is older than a proof counts.
        let browser = app.signed_in_as(web::Role::Owner).await;
        browser.post(&format!("{path}/deliveries/{id}/replay"), json!({})).await.expect(202);
        app.settle().await;
        let got = std::mem::take(&mut inbox.lock().unwrap().got);
        let ids: std::collections::BTreeSet<&str> =
            got.iter().map(|(headers, _)| headers["webhook-id"].to_str().unwrap()).collect();
        assert_eq!((got.len(), ids.len()), (tried + 1, 1), "one message has one name");
    }

    async fn a_redirect_is_no_receipt_and_nobody_follows_it(app) {
        app.settle().await;
        let ((url, inbox), (elsewhere, other)) = (receiver().await, receiver().await);
        let (path, _) = hook(&app, &url).await;
        inbox.lock().unwrap().leads = Some(elsewhere);
        happened(&app, "state.changed").await;
        assert_eq!((inbox.lock().unwrap().got.len(), other.lock().unwrap().got.len()), (1, 0));
        let waiting = deliveries(&app, &path).await;
        assert_eq!((&waiting[0]["state"], &waiting[0]["error"]), (&json!("waiting"), &json!("status 307")));
    }

    async fn a_webhook_that_is_off_or_gone_is_told_nothing(app) {
        app.settle().await;
        let (url, inbox) = receiver().await;
        let (path, _) = hook(&app, &url).await;
        app.put(&path, json!({ "url": url, "kinds": ["state.changed"], "active": false })).await.expect(200);
        happened(&app, "state.changed").await;
        app.delete(&path).await.expect(204);
        happened(&app, "state.changed").await;
        assert!(inbox.lock().unwrap().got.is_empty());
        app.get(&format!("{path}/deliveries")).await.expect(404);
    }

    async fn what_is_wrong_with_a_webhook_is_said_by_field(app) {
        let wrong = app.post("/webhooks", json!({ "url": "ftp://x", "kinds": ["dance"] })).await.expect(422);
        assert_eq!(wrong.fields(), ["url: url_invalid", "kinds: webhook_kind_unknown"]);
        app.signed_in_as(web::Role::Manager).await.get("/webhooks").await.expect(403);
    }
}

fn signature(secret: &str, signed: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[test]
fn the_program_itself_tells_public_addresses_alone() {
    testkit::run(async {
        let mut registry = Registry::new();
        webhooks::register(&mut registry, Reach::Public);
        let app = TestApp::sqlite(registry).await;
        let (url, inbox) = receiver().await;
        for address in
            [url.as_str(), "https://127.0.0.1/", "https://localhost/hook", "https://169.254.169.254/"]
        {
            let refused = app.post("/webhooks", json!({ "url": address, "kinds": ["state.changed"] })).await;
            assert_eq!(refused.expect(422).code(), "invalid", "{address}");
        }
        assert!(inbox.lock().unwrap().got.is_empty());
    });
}
