//! Passkeys: making them, signing in, proving, and everything that must not get through.

use super::authenticator::{Device, HERE, Page, UNLOCKED};
use super::{PASSWORD, owner, owner_with_password};
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{Client, Reply, TestApp, both_engines};
use web::Registry;

/// Keeps a passkey of `device` for whoever is signed in.
async fn keep(browser: &Client, device: &mut Device) -> Reply {
    let options = browser.post("/session/passkeys/begin", json!({})).await.expect(200).json;
    browser.post("/session/passkeys", device.make(&options, &HERE)).await
}

async fn options(browser: &Client) -> Value {
    browser.post("/session/passkey/begin", json!({})).await.expect(200).json
}

/// An owner with a passkey: the browser, the device, the recovery codes.
async fn with_passkey(app: &TestApp) -> (Client, Device, Vec<Value>) {
    let browser = owner_with_password(app).await;
    let mut device = Device::new("credential-1");
    let kept = keep(&browser, &mut device).await.expect(201).json;
    (browser, device, kept["codes"].as_array().unwrap().clone())
}

both_engines! {
    Registry::new();

    async fn a_passkey_signs_in_without_a_password(app) {
        let (browser, mut device, codes) = with_passkey(&app).await;
        assert_eq!(codes.len(), 10, "whoever loses the device needs a way in");
        let there = app.anonymous();
        let asked = options(&there).await;
        assert_eq!(asked["rp_id"], "localhost");
        let session = there.post("/session/passkey", device.sign(&asked, &HERE)).await.expect(200).json;
        assert_eq!((&session["user"]["email"], &session["passkeys"]), (&json!("owner0@example.com"), &json!(true)));
        there.get("/users").await.expect(200);
        let own = browser.get("/session/passkeys").await.expect(200).json;
        assert_eq!((&own["passkeys"][0]["name"], &own["available"]), (&json!("노트북"), &json!(true)));
        assert_eq!((&own["passkeys"][0]["backed_up"], own["passkeys"][0]["used_at"].is_string()), (&json!(true), true));
        // Each answer counts once, and a device that counts never goes back.
        let again = device.sign(&asked, &HERE);
        assert_eq!(app.anonymous().post("/session/passkey", again).await.expect(422).code(), "passkey_expired");
        device.count = 5;
        there.post("/session/passkey", device.sign(&options(&there).await, &HERE)).await.expect(200);
        for count in [5, 4, 0] {
            device.count = count;
            let copied = device.sign(&options(&there).await, &HERE);
            assert_eq!(there.post("/session/passkey", copied).await.expect(401).code(), "passkey_wrong", "{count}");
        }
    }

    async fn nothing_but_the_right_answer_gets_through(app) {
        let (_, mut device, _) = with_passkey(&app).await;
        let there = app.anonymous();
        let refused = async |answer: Value| {
            let reply = there.post("/session/passkey", answer).await;
            (reply.status, reply.code().to_owned())
        };
        let wrong = (401, "passkey_wrong".to_owned());
        for page in [
            Page { origin: "https://evil.example", domain: "localhost" },
            Page { origin: "http://localhost:8080", domain: "localhost" },
            Page { origin: "http://localhost", domain: "evil.example" },
        ] {
            assert_eq!(refused(device.sign(&options(&there).await, &page)).await, wrong, "{}", page.origin);
        }
        for flags in [0, UNLOCKED & !0x01, UNLOCKED & !0x04] {
            device.flags = flags;
            assert_eq!(refused(device.sign(&options(&there).await, &HERE)).await, wrong, "flags {flags}");
        }
        device.flags = UNLOCKED;
        for field in ["id", "authenticator_data", "signature", "user_handle"] {
            let mut answer = device.sign(&options(&there).await, &HERE);
            let text = answer[field].as_str().unwrap().to_owned();
            let other = if text.ends_with('A') { "Q" } else { "A" };
            answer[field] = json!(format!("{}{other}", &text[..text.len() - 1]));
            assert_eq!(refused(answer).await, wrong, "{field}");
        }
        // A stranger's device under the same id, and a challenge that nobody sent.
        let stranger = Device::new("credential-1");
        assert_eq!(refused(stranger.sign(&options(&there).await, &HERE)).await, wrong);
        let own = json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
        assert_eq!(refused(device.sign(&own, &HERE)).await.1, "passkey_expired");
        let late = options(&there).await;
        app.clock().advance(6 * 60 * Instant::SECOND);
        assert_eq!(refused(device.sign(&late, &HERE)).await.1, "passkey_expired");
        // What was asked for making one does not sign in, and the other way round.
        let browser = app.staff().await;
        let making = browser.post("/session/passkeys/begin", json!({})).await.expect(200).json;
        assert_eq!(refused(device.sign(&making, &HERE)).await.1, "passkey_expired");
        let made = Device::new("credential-2").make(&options(&there).await, &HERE);
        assert_eq!(browser.post("/session/passkeys", made).await.expect(422).code(), "passkey_expired");
        there.get("/session").await.expect(401);
    }

    async fn a_passkey_is_the_second_factor_of_whoever_signs_in_with_a_password(app) {
        let (browser, device, codes) = with_passkey(&app).await;
        let asked = app.anonymous().post("/session", owner(PASSWORD)).await.expect(401);
        assert_eq!((asked.code(), &asked.json["ways"]), ("code_needed", &json!(["passkey", "recovery"])));
        let mut by_code = owner(PASSWORD);
        by_code["code"] = codes[0].clone();
        app.anonymous().post("/session", by_code).await.expect(200);
        // The password alone proves nothing any more, the passkey does.
        app.clock().advance(11 * 60 * Instant::SECOND);
        let path = format!("/session/passkeys/{}", passkey_id(&browser).await);
        assert_eq!(browser.delete(&path).await.expect(403).code(), "proof_needed");
        browser.post("/session/proof", json!({ "password": PASSWORD })).await.expect(422);
        let proof = json!({ "passkey": device.sign(&options(&browser).await, &HERE) });
        browser.post("/session/proof", proof).await.expect(200);
        browser.delete(&path).await.expect(204);
        browser.delete(&path).await.expect(404);
        assert_eq!(browser.get("/session/factor").await.json["recovery_left"], 0);
        app.anonymous().post("/session", owner(PASSWORD)).await.expect(200);
        let gone = device.sign(&options(&browser).await, &HERE);
        assert_eq!(app.anonymous().post("/session/passkey", gone).await.expect(401).code(), "passkey_wrong");
    }

    async fn somebody_else_s_passkey_proves_nothing_and_is_out_of_reach(app) {
        let (browser, device, _) = with_passkey(&app).await;
        let other = app.signed_in_as(web::Role::Owner).await;
        let proof = json!({ "passkey": device.sign(&options(&other).await, &HERE) });
        // Whoever has no factor of their own proves by the password.
        assert_eq!(other.post("/session/proof", proof).await.expect(422).fields(), ["password: password_wrong"]);
        let path = format!("/session/passkeys/{}", passkey_id(&browser).await);
        other.put(&path, json!({ "name": "mine" })).await.expect(404);
        other.delete(&path).await.expect(404);
        let options = other.post("/session/passkeys/begin", json!({})).await.expect(200).json;
        let taken = Device::new("credential-1").make(&options, &HERE);
        assert_eq!(other.post("/session/passkeys", taken).await.expect(409).code(), "passkey_there");
        browser.put(&path, json!({ "name": " 열쇠 " })).await.expect(204);
        assert_eq!(browser.get("/session/passkeys").await.json["passkeys"][0]["name"], "열쇠");
        let id = browser.get("/session").await.json["user"]["id"].as_str().unwrap().to_owned();
        other.delete(&format!("/users/{id}/factor")).await.expect(204);
        browser.get("/session").await.expect(401);
        app.anonymous().post("/session", owner(PASSWORD)).await.expect(200);
    }

    async fn making_one_is_refused_where_anything_is_wrong_and_ends_the_other_sessions(app) {
        let browser = owner_with_password(&app).await;
        let there = app.anonymous();
        there.post("/session", owner(PASSWORD)).await.expect(200);
        let begin = async || browser.post("/session/passkeys/begin", json!({})).await.expect(200).json;
        let mut device = Device::new("credential-1");
        let evil = Page { origin: "https://evil.example", domain: "localhost" };
        let elsewhere = device.make(&begin().await, &evil);
        assert_eq!(browser.post("/session/passkeys", elsewhere).await.expect(422).code(), "passkey_refused");
        device.flags = 0x01;
        let locked = device.make(&begin().await, &HERE);
        assert_eq!(browser.post("/session/passkeys", locked).await.expect(422).code(), "passkey_refused");
        device.flags = UNLOCKED;
        there.get("/session").await.expect(200);
        keep(&browser, &mut device).await.expect(201);
        there.get("/session").await.expect(401);
        let second = keep(&browser, &mut Device::new("credential-2")).await.expect(201).json;
        assert_eq!(second["codes"], Value::Null, "the codes there are still count");
        app.clock().advance(11 * 60 * Instant::SECOND);
        assert_eq!(browser.post("/session/passkeys/begin", json!({})).await.expect(403).code(), "proof_needed");
    }

    async fn a_site_without_a_name_has_no_passkeys(app) {
        let mut request = Client::with_json(axum::http::Method::POST, "/session/passkey/begin", &json!({}));
        request.headers_mut().insert("host", "127.0.0.1:7777".parse().unwrap());
        assert_eq!(app.anonymous().send(request).await.expect(409).code(), "passkey_needs_name");
    }
}

async fn passkey_id(browser: &Client) -> String {
    browser.get("/session/passkeys").await.expect(200).json["passkeys"][0]["id"].as_str().unwrap().to_owned()
}
