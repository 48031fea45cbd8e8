//! Staff: inviting, teams, letting go, own sessions, proving again who one is.

use super::{PASSWORD, owner_with_password, sign_in, user_path};
use axum::http::Method;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{Client, TestApp, both_engines};
use web::{Registry, Role};

/// Invites someone; gives the answer.
async fn invite(app: &TestApp, invitation: Value) -> Value {
    app.post("/users", invitation).await.expect(201).json
}

fn clerk() -> Value {
    json!({ "name": "점원", "email": "Clerk@Shop.kr", "role": "clerk" })
}

/// Chooses a password by a one-time link, in a browser of its own.
async fn claim(app: &TestApp, link: &Value) -> Client {
    let token = link["path"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
    let browser = app.anonymous();
    browser.post("/session/claim", json!({ "token": token, "password": PASSWORD })).await.expect(200);
    browser
}

/// Sends a request with a cookie that was kept.
async fn with_cookie(app: &TestApp, cookie: &str) -> u16 {
    let mut request = Client::request(Method::GET, "/session");
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    app.anonymous().send(request).await.status
}

both_engines! {
    Registry::new();

    async fn someone_is_invited_comes_in_once_and_is_let_go(app) {
        let invited = invite(&app, clerk()).await;
        assert_eq!(invited["user"]["email"], "clerk@shop.kr");
        sign_in(&app.anonymous(), "clerk@shop.kr", PASSWORD).await.expect(401);
        let browser = claim(&app, &invited["link"]).await;
        let session = browser.get("/session").await.expect(200).json;
        assert_eq!((&session["user"]["role"], &session["masked"]), (&json!("clerk"), &json!(true)));
        let path = user_path(&browser).await;
        let gone = json!({ "name": "점원", "role": "clerk", "scope": "all", "active": false });
        app.put(&path, gone).await.expect(200);
        browser.get("/session").await.expect(401);
        sign_in(&browser, "clerk@shop.kr", PASSWORD).await.expect(401);
        assert_eq!(app.post(&format!("{path}/link"), json!({})).await.expect(409).code(), "user_inactive");
        assert!(!app.get("/colleagues").await.expect(200).text().contains("점원"));
    }

    async fn an_invitation_runs_out_and_a_new_link_replaces_it(app) {
        let invited = invite(&app, clerk()).await;
        let token = invited["link"]["path"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
        let seen = app.anonymous().get(&format!("/session/claim?token={token}")).await.expect(200).json;
        assert_eq!(seen["kind"], "invite");
        let path = format!("/users/{}/link", invited["user"]["id"].as_str().unwrap());
        let again = app.post(&path, json!({})).await.expect(201).json;
        app.anonymous().get(&format!("/session/claim?token={token}")).await.expect(404);
        app.clock().advance(8 * Instant::DAY);
        let token = again["path"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
        app.anonymous().get(&format!("/session/claim?token={token}")).await.expect(404);
    }

    async fn what_is_wrong_with_an_invitation_is_said_by_field(app) {
        let wrong = json!({ "name": " ", "email": "nobody", "role": "manager", "scope": "own" });
        let refused = app.post("/users", wrong).await.expect(422);
        assert_eq!(refused.fields(), ["name: required", "scope: scope_of_role", "email: email_invalid"]);
        invite(&app, clerk()).await;
        let taken = app.post("/users", clerk()).await.expect(409);
        assert_eq!(taken.fields(), ["email: email_taken"]);
        let alone = json!({ "name": "A", "email": "a@shop.kr", "role": "staff", "scope": "team" });
        assert_eq!(app.post("/users", alone).await.expect(422).fields(), ["team: required"]);
        assert_eq!(app.post("/users", json!({ "name": "A" })).await.expect(422).code(), "unreadable");
    }

    async fn teams_have_names_of_their_own_and_members(app) {
        let team = app.post("/teams", json!({ "name": " 강남점 " })).await.expect(201).json;
        assert_eq!(app.post("/teams", json!({ "name": "강남점" })).await.expect(409).code(), "already_there");
        let staff = app.staff().await;
        let member = json!({ "name": "A", "role": "staff", "scope": "team", "team": team["id"], "active": true });
        app.put(&user_path(&staff).await, member).await.expect(200);
        assert_eq!(app.get("/teams").await.expect(200).json[0]["members"], 1);
        let path = format!("/teams/{}", team["id"].as_str().unwrap());
        app.put(&path, json!({ "name": "역삼점" })).await.expect(204);
        app.delete(&path).await.expect(204);
        app.delete(&path).await.expect(404);
        assert_eq!(app.get("/users").await.expect(200).json[1]["team"], Value::Null);
    }

    async fn only_an_owner_manages_users_and_changes_hold_over_the_version_that_was_seen(app) {
        let manager = app.signed_in_as(Role::Manager).await;
        assert_eq!(manager.post("/users", clerk()).await.expect(403).code(), "not_allowed");
        let path = user_path(&manager).await;
        let seen = app.get(&path).await.expect(200).header("etag").unwrap().to_owned();
        let edit = json!({ "name": "A", "role": "staff", "scope": "own", "active": true });
        app.put_over(&path, &seen, edit.clone()).await.expect(200);
        assert_eq!(app.put_over(&path, &seen, edit).await.expect(412).code(), "changed_meanwhile");
    }

    async fn exports_and_users_ask_again_after_ten_minutes(app) {
        let browser = owner_with_password(&app).await;
        browser.post("/users", clerk()).await.expect(201);
        app.clock().advance(10 * 60 * Instant::SECOND);
        assert_eq!(browser.post("/teams", json!({ "name": "T" })).await.expect(403).code(), "proof_needed");
        browser.get("/users").await.expect(200);
        let wrong = browser.post("/session/proof", json!({ "password": "not the password" })).await.expect(422);
        assert_eq!(wrong.fields(), ["password: password_wrong"]);
        let old = browser.cookie().unwrap();
        let proved = browser.post("/session/proof", json!({ "password": PASSWORD })).await.expect(200).json;
        assert_eq!(browser.get("/session").await.json["proved_until"], proved["proved_until"]);
        browser.post("/teams", json!({ "name": "T" })).await.expect(201);
        assert_eq!(with_cookie(&app, &old).await, 401, "the token before the proof is no session any more");
    }

    async fn own_sessions_are_listed_and_ended(app) {
        let here = owner_with_password(&app).await;
        let (there, elsewhere) = (app.anonymous(), app.anonymous());
        for browser in [&there, &elsewhere] {
            sign_in(browser, "owner0@example.com", PASSWORD).await.expect(200);
        }
        let open = there.get("/sessions").await.expect(200).json;
        assert_eq!(open.as_array().unwrap().len(), 3);
        let own = open.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
        let path = format!("/sessions/{}", own["id"].as_str().unwrap());
        app.staff().await.delete(&path).await.expect(404);
        here.delete(&path).await.expect(204);
        there.get("/session").await.expect(401);
        elsewhere.get("/session").await.expect(200);
        here.delete("/sessions").await.expect(204);
        elsewhere.get("/session").await.expect(401);
        here.get("/session").await.expect(200);
    }

    async fn the_idle_time_is_a_setting(app) {
        let staff = app.staff().await;
        app.put("/settings/access", json!({ "idle_minutes": 4 })).await.expect(422);
        let kept = app.put("/settings/access", json!({ "idle_minutes": 30 })).await.expect(200);
        assert_eq!(kept.json["idle_minutes"], 30);
        app.clock().advance(29 * 60 * Instant::SECOND);
        staff.get("/session").await.expect(200);
        app.clock().advance(31 * 60 * Instant::SECOND);
        staff.get("/session").await.expect(401);
    }

    async fn an_owner_s_session_may_end_sooner(app) {
        let staff = app.staff().await;
        let ask = |owner: i64| json!({ "idle_minutes": 60, "owner_idle_minutes": owner });
        let longer = app.put("/settings/access", ask(61)).await.expect(422);
        assert_eq!(longer.fields(), ["owner_idle_minutes: idle_longer_than_others"]);
        app.put("/settings/access", ask(30)).await.expect(200);
        app.clock().advance(31 * 60 * Instant::SECOND);
        app.get("/session").await.expect(401);
        staff.get("/session").await.expect(200);
    }
}
