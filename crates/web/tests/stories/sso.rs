//! Single sign-on: coming in by an identity provider, and everything it may say that must not let anybody in.

use super::factor::with_factor;
use super::{PASSWORD, link, owner_with_password, sign_in, user_path};
use kernel::{Clock, Instant};
use serde_json::{Value, json};
use testkit::{CLIENT, Client, IdentityProvider, Reply, Setup, TestApp, both_engines};
use web::links::Kind;
use web::webhooks::Reach;
use web::{Config, Registry, Role};

const MINUTE: i64 = 60 * Instant::SECOND;

fn setup() -> Setup {
    Setup { registry: Registry::new(), config: Config { sso_reach: Reach::Anywhere, ..Config::default() } }
}

fn settings(provider: &IdentityProvider, domains: &[&str]) -> Value {
    json!({ "on": true, "name": "회사 계정", "issuer": provider.issuer, "client_id": CLIENT[0],
        "client_secret": CLIENT[1], "domains": domains })
}

fn seconds(app: &TestApp) -> i64 {
    app.clock().now().micros() / Instant::SECOND
}

/// A provider that owners trust for addresses of `domains`.
async fn provider(app: &TestApp, domains: &[&str]) -> IdentityProvider {
    let provider = IdentityProvider::start(seconds(app)).await;
    app.put("/settings/sso", settings(&provider, domains)).await.expect(200);
    provider
}

async fn begin(browser: &Client, purpose: &str) -> Reply {
    browser.post("/session/sso/begin", json!({ "purpose": purpose })).await
}

fn url(way: &Reply) -> &str {
    way.json["url"].as_str().unwrap()
}

/// There and back again.
async fn round(browser: &Client, provider: &IdentityProvider, purpose: &str) -> Reply {
    let way = begin(browser, purpose).await.expect(200);
    browser.post("/session/sso", provider.visit(url(&way))).await
}

/// What the audit log has.
async fn audited(app: &TestApp) -> Vec<String> {
    let mut tx = app.db().read().await.unwrap();
    let rows: Vec<(String,)> =
        store::sql!("select action from audit order by id").fetch_all(&mut tx).await.unwrap();
    rows.into_iter().map(|(action,)| action).collect()
}

both_engines! {
    setup();

    async fn a_linked_account_signs_in(app) {
        let provider = provider(&app, &[]).await;
        let offer = app.anonymous().get("/session/sso").await.expect(200).json;
        assert_eq!(offer, json!({ "name": "회사 계정", "only": false }));
        let unknown = round(&app.anonymous(), &provider, "sign_in").await.expect(403);
        assert_eq!(unknown.code(), "sso_unknown", "a verified address of a domain that nobody owns links nothing");
        let own = owner_with_password(&app).await;
        let elsewhere = app.anonymous();
        sign_in(&elsewhere, "owner0@example.com", PASSWORD).await.expect(200);
        let before = own.cookie();
        let linked = round(&own, &provider, "link").await.expect(200);
        assert_eq!(linked.json["sso"], "회사 계정");
        assert_ne!(own.cookie(), before, "the session has a new secret");
        elsewhere.get("/session").await.expect(401);
        let identities = own.get("/session/identities").await.expect(200).json;
        assert_eq!(identities[0]["issuer"], json!(provider.issuer));
        assert_eq!(identities[0]["email"], "owner0@example.com");
        provider.say(json!({ "email": null, "email_verified": null, "alg": "RS256" }));
        let there = app.anonymous();
        let session = round(&there, &provider, "sign_in").await.expect(200).json;
        assert_eq!(session["user"]["email"], "owner0@example.com", "who they are is issuer and subject, not the address");
        assert_eq!(there.cookie().unwrap().matches('=').count(), 1, "the cookie of the try is gone");
        there.get("/users").await.expect(200);
        let taken = round(&app.staff().await, &provider, "link").await.expect(409);
        assert_eq!(taken.code(), "sso_taken");
        round(&own, &provider, "link").await.expect(200);
        own.delete("/session/identities").await.expect(204);
        own.delete("/session/identities").await.expect(404);
        there.get("/session").await.expect(401);
        round(&app.anonymous(), &provider, "sign_in").await.expect(403);
        let actions = audited(&app).await;
        for action in ["sso.changed", "sso.linked", "sso.unlinked", "session.opened", "session.refused"] {
            assert!(actions.iter().any(|one| one == action), "{action} in {actions:?}");
        }
    }

    async fn a_verified_address_of_an_own_domain_is_its_user(app) {
        let provider = provider(&app, &["Example.com"]).await;
        for unverified in [json!(false), Value::Null, json!("true"), json!("false"), json!(1)] {
            provider.say(json!({ "email_verified": unverified }));
            let refused = round(&app.anonymous(), &provider, "sign_in").await.expect(403);
            assert_eq!(refused.code(), "sso_unknown", "email_verified {unverified}");
        }
        for (email, status) in [
            ("owner0@example.com.evil.kr", 403),
            ("owner0@evil.kr", 403),
            ("owner0@evil.kr@example.com", 403),
            ("nobody@example.com", 403),
            ("OWNER0@EXAMPLE.COM", 200),
        ] {
            provider.say(json!({ "email": email }));
            let reply = round(&app.anonymous(), &provider, "sign_in").await;
            assert_eq!(reply.status, status, "{email}: {}", reply.text());
        }
        // Somebody else's account with the same address is another subject: the provider vouches for the address.
        provider.say(json!({ "sub": "person-8" }));
        round(&app.anonymous(), &provider, "sign_in").await.expect(200);
        let staff = app.staff().await;
        let path = user_path(&staff).await;
        let who = app.get(&path).await.expect(200);
        let mut gone = who.json.clone();
        gone["active"] = json!(false);
        app.put_over(&path, who.header("etag").unwrap(), gone).await.expect(200);
        provider.say(json!({ "sub": "person-9", "email": who.json["email"] }));
        let refused = round(&app.anonymous(), &provider, "sign_in").await.expect(403);
        assert_eq!(refused.code(), "sso_unknown", "who has left does not come back by it");
    }

    async fn whoever_has_a_second_factor_links_by_hand_and_proves_by_it(app) {
        let provider = provider(&app, &["example.com"]).await;
        let (own, ..) = with_factor(&app).await;
        let first = round(&app.anonymous(), &provider, "sign_in").await.expect(403);
        assert_eq!(first.code(), "sso_link_first");
        round(&own, &provider, "link").await.expect(200);
        provider.say(json!({ "auth_time": seconds(&app) }));
        let there = app.anonymous();
        round(&there, &provider, "sign_in").await.expect(200);
        let key = json!({ "name": "k", "scopes": ["customers"] });
        assert_eq!(there.post("/keys", key).await.expect(403).code(), "proof_needed");
        assert_eq!(begin(&there, "proof").await.expect(422).fields(), ["code: factor_needed"]);
    }

    async fn a_proof_is_a_sign_in_made_anew_at_the_provider(app) {
        let provider = provider(&app, &["example.com"]).await;
        let there = app.anonymous();
        let invitation = json!({ "name": "박", "email": "park@shop.kr", "role": "staff" });
        provider.say(json!({ "auth_time": seconds(&app) - 3_600 }));
        round(&there, &provider, "sign_in").await.expect(200);
        let refused = there.post("/users", invitation.clone()).await.expect(403);
        assert_eq!(refused.code(), "proof_needed", "they signed in there an hour ago");
        for (says, code) in [
            (json!({ "auth_time": null }), "sso_not_anew"),
            (json!({ "auth_time": seconds(&app) - 120 }), "sso_not_anew"),
            (json!({ "sub": "person-8" }), "sso_another"),
        ] {
            provider.say(says.clone());
            assert_eq!(round(&there, &provider, "proof").await.expect(403).code(), code, "{says}");
        }
        provider.say(json!({}));
        let way = begin(&there, "proof").await.expect(200);
        let asked = IdentityProvider::asked(url(&way));
        assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));
        there.post("/session/sso", provider.visit(url(&way))).await.expect(200);
        there.post("/users", invitation).await.expect(201);
        // Somebody else's session in the same browser does not get the proof.
        let way = begin(&there, "proof").await.expect(200);
        let back = provider.visit(url(&way));
        there.delete("/session").await.expect(204);
        assert_eq!(there.post("/session/sso", back).await.expect(401).code(), "sso_wrong");
        assert_eq!(begin(&app.anonymous(), "proof").await.expect(401).code(), "sign_in_required");
    }

    async fn who_is_new_gets_an_account_only_where_an_owner_wants_that(app) {
        let provider = provider(&app, &["shop.kr"]).await;
        provider.say(json!({ "sub": "new", "email": "Kim@Shop.kr", "name": " 김새봄 " }));
        assert_eq!(round(&app.anonymous(), &provider, "sign_in").await.expect(403).code(), "sso_unknown");
        let mut asked = settings(&provider, &["shop.kr"]);
        asked["create_role"] = json!("staff");
        app.put("/settings/sso", asked.clone()).await.expect(200);
        let there = app.anonymous();
        let way = begin(&there, "sign_in").await.expect(200);
        assert_eq!(IdentityProvider::asked(url(&way))["scope"], "openid email profile");
        let session = there.post("/session/sso", provider.visit(url(&way))).await.expect(200).json;
        let user = &session["user"];
        let shown = ["name", "email", "role", "scope"].map(|field| user[field].as_str().unwrap());
        assert_eq!(shown, ["김새봄", "kim@shop.kr", "staff", "own"], "they see nobody before an owner says so");
        assert!(audited(&app).await.contains(&"sso.user_created".to_owned()));
        assert_eq!(there.delete("/session/identities").await.expect(403).code(), "proof_needed");
        round(&there, &provider, "proof").await.expect(200);
        assert_eq!(there.delete("/session/identities").await.expect(409).code(), "sso_only_way");
        for (email, verified) in [("lee@elsewhere.kr", true), ("lee@shop.kr", false)] {
            provider.say(json!({ "sub": "other", "email": email, "email_verified": verified }));
            round(&app.anonymous(), &provider, "sign_in").await.expect(403);
        }
        asked["create_role"] = json!("owner");
        let wrong = app.put("/settings/sso", asked.clone()).await.expect(422);
        assert_eq!(wrong.fields(), ["create_role: role_of_sso"]);
        asked["create_role"] = json!("clerk");
        asked["domains"] = json!([" "]);
        assert_eq!(app.put("/settings/sso", asked).await.expect(422).fields(), ["domains: domain_needed"]);
    }

    async fn passwords_may_be_closed_to_everybody_but_owners(app) {
        let provider = provider(&app, &["example.com"]).await;
        let own = owner_with_password(&app).await;
        app.staff().await;
        let token = link(&app, Kind::Reset, Some("staff1@example.com")).await;
        let staff = app.anonymous();
        staff.post("/session/claim", json!({ "token": token, "password": PASSWORD })).await.expect(200);
        let mut asked = settings(&provider, &["example.com"]);
        asked["only"] = json!(true);
        own.put("/settings/sso", asked.clone()).await.expect(200);
        assert_eq!(app.anonymous().get("/session/sso").await.expect(200).json["only"], true);
        for _ in 0..12 {
            let refused = sign_in(&app.anonymous(), "staff1@example.com", PASSWORD).await.expect(403);
            assert_eq!(refused.code(), "sso_only", "a right password is no failed try");
        }
        let wrong = sign_in(&app.anonymous(), "staff1@example.com", "a wrong password").await.expect(401);
        assert_eq!(wrong.code(), "sign_in_wrong", "who does not know it learns nothing");
        sign_in(&app.anonymous(), "owner0@example.com", PASSWORD).await.expect(200);
        provider.say(json!({ "sub": "staff", "email": "staff1@example.com" }));
        let there = app.anonymous();
        round(&there, &provider, "sign_in").await.expect(200);
        round(&there, &provider, "proof").await.expect(200);
        let kept = there.delete("/session/identities").await.expect(409);
        assert_eq!(kept.code(), "sso_only_way", "the password would not let them in");
        asked["on"] = json!(false);
        own.put("/settings/sso", asked).await.expect(200);
        sign_in(&app.anonymous(), "staff1@example.com", PASSWORD).await.expect(200);
        assert_eq!(begin(&app.anonymous(), "sign_in").await.expect(409).code(), "sso_off");
    }

    async fn what_is_not_meant_for_us_lets_nobody_in(app) {
        let provider = provider(&app, &["example.com"]).await;
        let now = seconds(&app);
        for says in [
            json!({ "iss": "https://evil.example" }),
            json!({ "iss": null }),
            json!({ "aud": "another" }),
            json!({ "aud": [] }),
            json!({ "aud": ["dangol", "another"] }),
            json!({ "aud": ["dangol", "another"], "azp": "dangol" }),
            json!({ "aud": ["dangol"], "azp": "another" }),
            json!({ "nonce": "another" }),
            json!({ "nonce": null }),
            json!({ "exp": now - 61 }),
            json!({ "exp": null }),
            json!({ "iat": now + 3_600 }),
            json!({ "iat": now - 3_600 }),
            json!({ "nbf": now + 3_600 }),
            json!({ "typ": "at+jwt" }),
            json!({ "sub": "" }),
            json!({ "sub": null }),
            json!({ "sub": "x".repeat(256) }),
            json!({ "alg": "none" }),
            json!({ "alg": "HS256", "secret": CLIENT[1].as_bytes() }),
            json!({ "alg": "HS256", "secret": provider.public_key(), "kid": "rsa" }),
            json!({ "alg": "ES384" }),
            json!({ "alg": "RS256", "kid": "ec-0" }),
            json!({ "kid": "rsa" }),
            json!({ "kid": "another" }),
            json!({ "forged": true }),
            json!({ "alg": "RS256", "forged": true }),
        ] {
            provider.say(says.clone());
            let browser = app.anonymous();
            let refused = round(&browser, &provider, "sign_in").await;
            assert_eq!((refused.status, refused.code()), (401, "sso_wrong"), "{says}");
            browser.get("/session").await.expect(401);
        }
        for says in [
            json!({ "issuer": "https://evil.example" }),
            json!({ "jwks_uri": "file:///etc/passwd" }),
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
        ] {
            provider.say(json!({ "metadata": says }));
            let refused = begin(&app.anonymous(), "sign_in").await;
            assert_eq!((refused.status, refused.code()), (502, "sso_unavailable"), "{says}");
        }
        for right in [json!({}), json!({ "exp": now - 59, "nbf": now + 59 }), json!({ "aud": ["dangol"], "azp": "dangol" })] {
            provider.say(right.clone());
            let reply = round(&app.anonymous(), &provider, "sign_in").await;
            assert_eq!(reply.status, 200, "{right}: {}", reply.text());
        }
    }

    async fn an_answer_counts_once_in_the_browser_that_asked(app) {
        let provider = provider(&app, &["example.com"]).await;
        let wrong = |reply: Reply, why: &str| assert_eq!((reply.status, reply.code()), (401, "sso_wrong"), "{why}");
        let (mine, theirs) = (app.anonymous(), app.anonymous());
        let way = begin(&mine, "sign_in").await.expect(200);
        let way_of_theirs = begin(&theirs, "sign_in").await.expect(200);
        let back = provider.visit(url(&way));
        wrong(theirs.post("/session/sso", back.clone()).await, "somebody else's answer (login CSRF)");
        let mut swapped = provider.visit(url(&way_of_theirs));
        swapped["state"] = back["state"].clone();
        wrong(mine.post("/session/sso", swapped).await, "a code of another try");
        wrong(mine.post("/session/sso", back).await, "the try is used up");
        let back = provider.visit(url(&begin(&mine, "sign_in").await.expect(200)));
        wrong(app.anonymous().post("/session/sso", back.clone()).await, "no cookie");
        let mut mixed_up = back.clone();
        mixed_up["iss"] = json!("https://evil.example");
        wrong(mine.post("/session/sso", mixed_up).await, "another provider answered");
        let mut back = provider.visit(url(&begin(&mine, "sign_in").await.expect(200)));
        back["iss"] = Value::Null;
        wrong(mine.post("/session/sso", back).await, "it says that it always names itself");
        let way = begin(&mine, "sign_in").await.expect(200);
        let again = json!({ "code": "code-0", "state": IdentityProvider::asked(url(&way))["state"] , "iss": provider.issuer });
        wrong(mine.post("/session/sso", again).await, "a code of an earlier try");
        let back = provider.visit(url(&begin(&mine, "sign_in").await.expect(200)));
        app.clock().advance(11 * MINUTE);
        wrong(mine.post("/session/sso", back).await, "too late");
        provider.set_clock(seconds(&app));
        let back = provider.visit(url(&begin(&mine, "sign_in").await.expect(200)));
        let other = IdentityProvider::start(seconds(&app)).await;
        let owner = app.signed_in_as(Role::Owner).await;
        owner.put("/settings/sso", settings(&other, &["example.com"])).await.expect(200);
        wrong(mine.post("/session/sso", back).await, "the provider was changed in between");
        owner.put("/settings/sso", settings(&provider, &["example.com"])).await.expect(200);
        provider.say(json!({ "metadata": { "authorization_response_iss_parameter_supported": false,
            "token_endpoint_auth_methods_supported": ["client_secret_post"] } }));
        let mut back = provider.visit(url(&begin(&mine, "sign_in").await.expect(200)));
        back["iss"] = Value::Null;
        mine.post("/session/sso", back.clone()).await.expect(200);
        wrong(mine.post("/session/sso", back).await, "an answer counts once");
    }

    async fn a_turned_key_is_known_at_once_and_asked_for_once(app) {
        let provider = provider(&app, &["example.com"]).await;
        round(&app.anonymous(), &provider, "sign_in").await.expect(200);
        let there = app.anonymous();
        let way = begin(&there, "sign_in").await.expect(200);
        provider.turn_key();
        there.post("/session/sso", provider.visit(url(&way))).await.expect(200);
        provider.say(json!({ "kid": "ec-0" }));
        let way = begin(&there, "sign_in").await.expect(200);
        let before = provider.asked_for_keys();
        there.post("/session/sso", provider.visit(url(&way))).await.expect(401);
        assert_eq!(provider.asked_for_keys(), before + 1, "an unknown key leads to no further question");
    }

    async fn the_provider_is_an_owner_s_to_choose_and_its_secret_stays_here(app) {
        let manager = app.signed_in_as(Role::Manager).await;
        manager.get("/settings/sso").await.expect(403);
        let empty = json!({ "on": true, "name": " ", "issuer": "nonsense", "client_id": "", "domains": ["kr"] });
        let wrong = app.put("/settings/sso", empty).await.expect(422);
        assert_eq!(wrong.fields(), ["name: required", "client_id: required", "issuer: url_invalid", "domains: domain_invalid"]);
        let provider = provider(&app, &["example.com"]).await;
        let shown = app.get("/settings/sso").await.expect(200);
        assert!(shown.json["has_secret"] == true && !shown.text().contains("a secret"), "{}", shown.text());
        let mut kept = settings(&provider, &[]);
        kept["client_secret"] = Value::Null;
        assert_eq!(app.put("/settings/sso", kept.clone()).await.expect(200).json["has_secret"], true);
        app.put_over("/settings/sso", shown.header("etag").unwrap(), kept.clone()).await.expect(412);
        kept["issuer"] = json!("https://accounts.example.com");
        assert_eq!(app.put("/settings/sso", kept).await.expect(200).json["has_secret"], false, "it was for the other one");
        let own = owner_with_password(&app).await;
        app.clock().advance(11 * MINUTE);
        assert_eq!(begin(&own, "link").await.expect(403).code(), "proof_needed");
        assert_eq!(begin(&app.anonymous(), "link").await.expect(401).code(), "sign_in_required");
    }

    async fn a_provider_that_is_not_there_says_what_else_to_do(app) {
        let provider = provider(&app, &[]).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let mut asked = settings(&provider, &[]);
        asked["issuer"] = json!(nobody);
        app.put("/settings/sso", asked).await.expect(200);
        let browser = app.anonymous();
        let refused = begin(&browser, "sign_in").await.expect(502);
        assert_eq!(refused.code(), "sso_unavailable");
        assert!(browser.cookie().is_none(), "nothing was begun");
    }
}

#[test]
fn a_private_provider_is_refused_unless_the_operator_allows_one() {
    testkit::run(async {
        for (reach, status) in [(Reach::Public, 422), (Reach::Private, 200)] {
            let config = Config { sso_reach: reach, ..Config::default() };
            let app = TestApp::sqlite(Setup { registry: Registry::new(), config }).await;
            let asked = |issuer: &str| json!({ "on": true, "name": "n", "issuer": issuer, "client_id": "c" });
            for issuer in
                ["https://10.0.0.7", "https://localhost", "http://localhost:8080", "http://127.0.0.1:8080"]
            {
                let reply = app.put("/settings/sso", asked(issuer)).await;
                assert_eq!(reply.status, status, "{reach:?} {issuer}");
            }
            app.put("/settings/sso", asked("http://10.0.0.7")).await.expect(422);
            app.put("/settings/sso", asked("http://accounts.example.com")).await.expect(422);
        }
    });
}
