//! The second factor: turning it on, signing in with it, recovery codes, losing it.

use super::{PASSWORD, link, owner, owner_with_password};
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{Client, TestApp, both_engines};
use totp_rs::{Builder, Secret};
use web::Registry;
use web::links::Kind;

/// What the authenticator shows now.
fn code(app: &TestApp, secret: &str) -> String {
    use kernel::Clock;
    let seconds = u64::try_from(app.clock().now().micros() / Instant::SECOND).unwrap();
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(seconds).to_string()
}

/// An owner with a second factor: the browser, the secret, the recovery codes.
pub(super) async fn with_factor(app: &TestApp) -> (Client, String, Vec<Value>) {
    let browser = owner_with_password(app).await;
    let setup = browser.post("/session/factor", json!({})).await.expect(200).json;
    let secret = setup["secret"].as_str().unwrap().to_owned();
    assert!(setup["uri"].as_str().unwrap().starts_with("otpauth://totp/Dangol:owner0%40example.com?secret="));
    assert!(setup["qr"].as_str().unwrap().contains("<svg"));
    let wrong = browser.put("/session/factor", json!({ "code": "000000" })).await.expect(422);
    assert_eq!(wrong.fields(), ["code: code_wrong"]);
    assert_eq!(browser.get("/session/factor").await.json["on"], false, "it is on after a right code only");
    let codes = browser.put("/session/factor", json!({ "code": code(app, &secret) })).await.expect(200).json;
    (browser, secret, codes["codes"].as_array().unwrap().clone())
}

async fn sign_in(app: &TestApp, code: Option<&str>) -> testkit::Reply {
    let mut body = owner(PASSWORD);
    body["code"] = code.into();
    app.anonymous().post("/session", body).await
}

const STEP: i64 = 30 * Instant::SECOND;

both_engines! {
    Registry::new();

    async fn signing_in_asks_for_a_code_and_each_code_counts_once(app) {
        let (browser, secret, _) = with_factor(&app).await;
        assert_eq!(browser.get("/session").await.json["factor"], true);
        assert_eq!(sign_in(&app, None).await.expect(401).code(), "code_needed");
        let used = code(&app, &secret);
        assert_eq!(sign_in(&app, Some(&used)).await.expect(401).code(), "code_wrong", "it turned the factor on");
        app.clock().advance(STEP);
        let fresh = code(&app, &secret);
        sign_in(&app, Some(&fresh)).await.expect(200);
        assert_eq!(sign_in(&app, Some(&fresh)).await.expect(401).code(), "code_wrong");
        app.clock().advance(10 * STEP);
        assert_eq!(sign_in(&app, Some(&fresh)).await.expect(401).code(), "code_wrong");
    }

    async fn a_recovery_code_works_once_and_new_ones_replace_the_old(app) {
        let (browser, _, codes) = with_factor(&app).await;
        assert_eq!(codes.len(), 10);
        let first = codes[0].as_str().unwrap();
        sign_in(&app, Some(&first.to_uppercase())).await.expect(200);
        sign_in(&app, Some(first)).await.expect(401);
        assert_eq!(browser.get("/session/factor").await.json["recovery_left"], 9);
        browser.post("/session/factor/recovery", json!({})).await.expect(200);
        sign_in(&app, codes[1].as_str()).await.expect(401);
    }

    async fn guessing_codes_has_to_wait_and_asking_for_one_does_not(app) {
        with_factor(&app).await;
        for _ in 0..12 {
            assert_eq!(sign_in(&app, None).await.expect(401).code(), "code_needed");
        }
        for _ in 0..10 {
            assert_eq!(sign_in(&app, Some("123456")).await.expect(401).code(), "code_wrong");
        }
        assert_eq!(sign_in(&app, Some("123456")).await.expect(429).code(), "sign_in_locked");
    }

    async fn a_reset_link_does_not_go_round_the_second_factor(app) {
        let (_, secret, _) = with_factor(&app).await;
        let token = link(&app, Kind::Reset, Some("owner0@example.com")).await;
        let claim = |code: Option<&str>| json!({ "token": token, "password": "another lantern", "code": code });
        let browser = app.anonymous();
        assert_eq!(browser.post("/session/claim", claim(None)).await.expect(401).code(), "code_needed");
        app.clock().advance(STEP);
        browser.post("/session/claim", claim(Some(&code(&app, &secret)))).await.expect(200);
    }

    async fn a_code_is_a_proof_and_turning_it_off_ends_the_other_sessions(app) {
        let (browser, secret, _) = with_factor(&app).await;
        app.clock().advance(11 * 60 * Instant::SECOND);
        assert_eq!(browser.delete("/session/factor").await.expect(403).code(), "proof_needed");
        let wrong = browser.post("/session/proof", json!({ "code": "000000" })).await.expect(422);
        assert_eq!(wrong.fields(), ["code: code_wrong"]);
        let watched = browser.post("/session/proof", json!({ "password": PASSWORD })).await.expect(422);
        assert_eq!(watched.fields(), ["code: factor_needed"], "the password alone takes no factor away");
        let there = app.anonymous();
        let mut body = owner(PASSWORD);
        body["code"] = code(&app, &secret).into();
        there.post("/session", body).await.expect(200);
        app.clock().advance(STEP);
        browser.post("/session/proof", json!({ "code": code(&app, &secret) })).await.expect(200);
        browser.delete("/session/factor").await.expect(204);
        there.get("/session").await.expect(401);
        sign_in(&app, None).await.expect(200);
    }

    async fn a_recovery_code_proves_who_lost_their_phone(app) {
        let (browser, _, codes) = with_factor(&app).await;
        app.clock().advance(11 * 60 * Instant::SECOND);
        browser.post("/session/proof", json!({ "code": codes[0] })).await.expect(200);
        browser.delete("/session/factor").await.expect(204);
        browser.post("/session/proof", json!({ "password": PASSWORD })).await.expect(200);
    }

    async fn an_owner_takes_a_lost_factor_away(app) {
        let (browser, _, _) = with_factor(&app).await;
        let id = browser.get("/session").await.json["user"]["id"].as_str().unwrap().to_owned();
        let other = app.signed_in_as(web::Role::Owner).await;
        other.delete(&format!("/users/{id}/factor")).await.expect(204);
        browser.get("/session").await.expect(401);
        sign_in(&app, None).await.expect(200);
        other.delete(&format!("/users/{id}/factor")).await.expect(404);
    }
}

#[test]
fn a_second_factor_goes_along_into_an_own_company() {
    testkit::run(async {
        let (demo, own) = (TestApp::sqlite(Registry::new()).await, TestApp::sqlite(Registry::new()).await);
        // The first user of both has the same id: the owner of the new one is another.
        let staff = demo.staff().await;
        let setup = staff.post("/session/factor", json!({})).await.expect(200).json;
        let secret = setup["secret"].as_str().unwrap();
        staff.put("/session/factor", json!({ "code": code(&demo, secret) })).await.expect(200);
        let id = staff.get("/session").await.json["user"]["id"].as_str().unwrap().parse().unwrap();
        web::session::carry_over(demo.db(), own.db(), id).await.unwrap();
        let mut request = Client::request(axum::http::Method::GET, "/session/factor");
        request.headers_mut().insert("cookie", staff.cookie().unwrap().parse().unwrap());
        let there = own.anonymous().send(request).await.expect(200).json;
        assert_eq!(there, json!({ "on": true, "recovery_left": 10 }));
    });
}
