//! Signing in: links, passwords, the soft lock, cookies.

use super::{PASSWORD, link, owner, owner_with_password, sign_in, user_path};
use kernel::Instant;
use serde_json::json;
use testkit::both_engines;
use web::Registry;
use web::links::Kind;

both_engines! {
    Registry::new();

    async fn an_owner_comes_in_by_link_and_signs_in_again(app) {
        let browser = owner_with_password(&app).await;
        let session = browser.get("/session").await.expect(200).json;
        assert_eq!(session["user"]["email"], "owner0@example.com");
        assert_eq!(session["company"]["zone"], "Asia/Seoul");
        let gone = browser.delete("/session").await.expect(204);
        assert_eq!(gone.header("clear-site-data"), Some("\"cache\""));
        assert_eq!(browser.cookie(), None);
        let signed_out = browser.get("/session").await.expect(401);
        assert_eq!((signed_out.code(), &signed_out.json["setup"]), ("sign_in_required", &json!("sign_in")));
        sign_in(&browser, " Owner0@Example.com ", PASSWORD).await.expect(200);
        browser.get("/session").await.expect(200);
    }

    async fn a_link_works_once_and_shows_whose_it_is(app) {
        let token = link(&app, Kind::Reset, Some("owner0@example.com")).await;
        let browser = app.anonymous();
        let seen = browser.get(&format!("/session/claim?token={token}")).await.expect(200).json;
        assert_eq!(seen, json!({ "valid": true, "kind": "reset", "email": "owner0@example.com" }));
        let claim = json!({ "token": token, "password": PASSWORD });
        browser.post("/session/claim", claim.clone()).await.expect(200);
        assert_eq!(app.anonymous().post("/session/claim", claim).await.expect(404).code(), "link_unknown");
        browser.get(&format!("/session/claim?token={token}")).await.expect(404);
    }

    async fn a_reset_link_runs_out_and_a_new_one_replaces_the_old(app) {
        let first = link(&app, Kind::Reset, Some("owner0@example.com")).await;
        let second = link(&app, Kind::Reset, Some("owner0@example.com")).await;
        let browser = app.anonymous();
        browser.get(&format!("/session/claim?token={first}")).await.expect(404);
        browser.get(&format!("/session/claim?token={second}")).await.expect(200);
        app.clock().advance(25 * Instant::HOUR);
        browser.get(&format!("/session/claim?token={second}")).await.expect(404);
    }

    async fn a_link_of_the_first_start_makes_no_second_owner(app) {
        let token = link(&app, Kind::FirstRun, None).await;
        let claim = json!({ "token": token, "name": "둘째", "email": "b@shop.kr", "password": PASSWORD });
        app.anonymous().post("/session/claim", claim).await.expect(404);
    }

    async fn a_reset_ends_every_session_of_the_user(app) {
        let browser = owner_with_password(&app).await;
        app.get("/session").await.expect(401);
        browser.get("/session").await.expect(200);
    }

    async fn weak_passwords_are_refused_with_the_field(app) {
        let token = link(&app, Kind::Reset, Some("owner0@example.com")).await;
        for (password, code) in [("short", "password_short"), ("Password1", "password_common")] {
            let claim = json!({ "token": token, "password": password });
            let refused = app.anonymous().post("/session/claim", claim).await.expect(422);
            assert_eq!(refused.fields(), [format!("password: {code}")]);
        }
    }

    async fn signing_in_makes_a_new_token_and_ends_the_old_one(app) {
        let browser = owner_with_password(&app).await;
        let fixed = browser.cookie().unwrap();
        sign_in(&browser, "owner0@example.com", PASSWORD).await.expect(200);
        assert_ne!(browser.cookie().unwrap(), fixed);
        let mut request = testkit::Client::request(axum::http::Method::GET, "/session");
        request.headers_mut().insert("cookie", fixed.parse().unwrap());
        app.anonymous().send(request).await.expect(401);
    }

    async fn a_planted_token_is_never_taken_over(app) {
        owner_with_password(&app).await;
        let planted = "dangol=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let browser = app.anonymous();
        let mut request =
            testkit::Client::with_json(axum::http::Method::POST, "/session", &owner(PASSWORD));
        request.headers_mut().insert("cookie", planted.parse().unwrap());
        browser.send(request).await.expect(200);
        assert_ne!(browser.cookie().as_deref(), Some(planted));
    }

    async fn a_new_password_ends_the_other_sessions(app) {
        let here = owner_with_password(&app).await;
        let there = app.anonymous();
        sign_in(&there, "owner0@example.com", PASSWORD).await.expect(200);
        let wrong = json!({ "current": "not the password", "new": "another lantern at night" });
        let refused = here.put("/session/password", wrong).await.expect(422);
        assert_eq!(refused.fields(), ["current: password_wrong"]);
        there.get("/session").await.expect(200);
        let right = json!({ "current": PASSWORD, "new": "another lantern at night" });
        here.put("/session/password", right).await.expect(204);
        here.get("/session").await.expect(200);
        there.get("/session").await.expect(401);
        sign_in(&there, "owner0@example.com", PASSWORD).await.expect(401);
        sign_in(&there, "owner0@example.com", "another lantern at night").await.expect(200);
    }

    async fn an_unknown_user_costs_a_hash_as_well(app) {
        owner_with_password(&app).await;
        let hashes = |before: u64| app.app().hasher().runs() - before;
        let before = app.app().hasher().runs();
        let wrong = sign_in(&app.anonymous(), "owner0@example.com", "not the password").await.expect(401);
        assert_eq!(hashes(before), 1);
        let unknown = sign_in(&app.anonymous(), "nobody@example.com", "not the password").await.expect(401);
        assert_eq!(hashes(before), 2);
        assert_eq!(wrong.json, unknown.json);
    }

    async fn the_eleventh_wrong_try_has_to_wait_and_nobody_is_locked_out_for_good(app) {
        owner_with_password(&app).await;
        for _ in 0..10 {
            sign_in(&app.anonymous(), "owner0@example.com", "not the password").await.expect(401);
        }
        let before = app.app().hasher().runs();
        let locked = sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(429);
        assert_eq!(locked.code(), "sign_in_locked");
        assert_eq!(locked.header("retry-after"), Some("3600"));
        assert_eq!(app.app().hasher().runs(), before, "a locked account costs no hash");
        let link = link(&app, Kind::Reset, Some("owner0@example.com")).await;
        let claim = json!({ "token": link, "password": PASSWORD });
        app.anonymous().post("/session/claim", claim).await.expect(200);
        app.clock().advance(Instant::HOUR + Instant::SECOND);
        sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(200);
    }

    async fn an_address_that_tries_many_accounts_has_to_wait(app) {
        for number in 0..10 {
            sign_in(&app.anonymous(), &format!("guess{number}@example.com"), "guess guess").await.expect(401);
        }
        sign_in(&app.anonymous(), "one.more@example.com", "guess guess").await.expect(429);
    }

    async fn a_success_takes_the_account_s_count_back(app) {
        owner_with_password(&app).await;
        for _ in 0..4 {
            sign_in(&app.anonymous(), "owner0@example.com", "not the password").await.expect(401);
            sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(200);
        }
        for _ in 0..6 {
            sign_in(&app.anonymous(), "owner0@example.com", "not the password").await.expect(401);
        }
        sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(429);
    }

    async fn a_session_ends_when_idle_and_after_a_week_at_the_latest(app) {
        let idle = app.staff().await;
        let busy = app.staff().await;
        for _ in 0..15 {
            busy.get("/session").await.expect(200);
            app.clock().advance(11 * Instant::HOUR);
        }
        idle.get("/session").await.expect(401);
        busy.get("/session").await.expect(200);
        app.clock().advance(4 * Instant::HOUR);
        busy.get("/session").await.expect(401);
    }

    async fn a_change_of_role_ends_the_sessions_and_an_owner_remains(app) {
        let staff = app.staff().await;
        let (staff_path, owner_path) = (user_path(&staff).await, user_path(&app).await);
        let role = |role: &str| json!({ "name": "Someone", "role": role, "scope": "all", "active": true });
        app.put(&staff_path, role("manager")).await.expect(200);
        staff.get("/session").await.expect(401);
        assert_eq!(app.put(&owner_path, role("staff")).await.expect(409).code(), "last_owner");
        let invited = json!({ "name": "New", "email": "new@example.com", "role": "owner", "scope": "all", "locale": "ko" });
        app.post("/users", invited).await.expect(201);
        assert_eq!(app.put(&owner_path, role("staff")).await.expect(409).code(), "last_owner", "nobody came in yet");
        app.get("/session").await.expect(200);
        app.put(&staff_path, role("owner")).await.expect(200);
        let claiming = app.db().write(store::Lane::Interactive, |tx| Box::pin(async move {
            store::sql!("update users set password = 'chosen' where role = 'owner'").execute(tx).await
        }));
        claiming.await.unwrap();
        app.put(&owner_path, role("staff")).await.expect(200);
        app.get("/session").await.expect(401);
    }

    async fn the_audit_log_knows_deeds_and_numbers_and_no_names(app) {
        owner_with_password(&app).await;
        sign_in(&app.anonymous(), "owner0@example.com", "not the password").await.expect(401);
        let mut tx = app.db().read().await.unwrap();
        let rows: Vec<(String, store::Json<serde_json::Value>)> =
            store::sql!("select action, detail from audit order by id").fetch_all(&mut tx).await.unwrap();
        let actions: Vec<&str> = rows.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["password.reset", "session.opened", "session.refused"]);
        assert!(rows.iter().all(|(_, detail)| !detail.0.to_string().contains("owner0")));
    }

    async fn a_password_hashed_at_another_cost_is_hashed_again_at_sign_in(app) {
        owner_with_password(&app).await;
        // `paper lantern at noon` at m=64, t=1: cheap once, to be renewed now.
        let cheap = cheap_hash();
        set_password(&app, cheap.clone()).await;
        sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(200);
        let before = app.app().hasher().runs();
        sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(200);
        assert_eq!(app.app().hasher().runs() - before, 1, "the second time the cost is today's");
    }

    async fn the_own_name_and_language_can_be_changed(app) {
        let changed = app.put("/session/me", json!({ "name": " 김단골 ", "locale": "ko" })).await.expect(200);
        assert_eq!(changed.json["user"]["name"], "김단골");
        assert_eq!(changed.json["user"]["locale"], "ko");
        let refused = app.put("/session/me", json!({ "name": "  " })).await.expect(422);
        assert_eq!(refused.fields(), ["name: required"]);
    }
}

fn cheap_hash() -> String {
    use argon2::password_hash::PasswordHasher;
    let params = argon2::Params::new(64, 1, 1, None).unwrap();
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes ok").unwrap().to_string()
}

async fn set_password(app: &testkit::TestApp, phc: String) {
    use futures::FutureExt;
    let set = app.db().write(store::Lane::Interactive, move |tx| {
        async move {
            let user = web::user::by_email(tx, "owner0@example.com").await?.unwrap();
            web::user::set_password(tx, user.id, phc).await
        }
        .boxed()
    });
    set.await.unwrap();
}

#[test]
fn the_first_owner_comes_in_by_the_link_of_the_first_start() {
    testkit::run(async {
        let app = testkit::TestApp::sqlite(Registry::new()).await;
        remove_users(&app).await;
        let browser = app.anonymous();
        assert_eq!(browser.get("/session").await.expect(401).json["setup"], "link_needed");
        let token = link(&app, Kind::FirstRun, None).await;
        let claim =
            |email: &str| json!({ "token": token, "name": "주인", "email": email, "password": PASSWORD });
        let refused = browser.post("/session/claim", claim("no address")).await.expect(422);
        assert_eq!(refused.fields(), ["email: email_invalid"]);
        let session = browser.post("/session/claim", claim("Owner@Shop.kr")).await.expect(200).json;
        assert_eq!(session["user"]["role"], "owner");
        assert_eq!(session["user"]["email"], "owner@shop.kr");
    });
}

async fn remove_users(app: &testkit::TestApp) {
    use futures::FutureExt;
    let removed = app.db().write(store::Lane::Interactive, |tx| {
        async move { store::sql!("delete from users").execute(tx).await }.boxed()
    });
    removed.await.unwrap();
}
