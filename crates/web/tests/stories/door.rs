//! The door: foreign origins, headers, forms of problems, the staff app.

use super::{PASSWORD, owner, owner_with_password};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use serde_json::json;
use std::net::SocketAddr;
use testkit::{Client, Setup, TestApp, both_engines};
use web::{Config, Door, Registry};

fn post(headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(Method::POST).uri("/api/v1/session");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

const JSON: (&str, &str) = ("content-type", "application/json");

both_engines! {
    Registry::new();

    async fn a_text_with_a_nul_is_refused_at_the_door_with_its_place(app) {
        let named = app.post("/teams", json!({ "name": "a\u{0}b" })).await.expect(422);
        assert_eq!((named.code(), named.fields()), ("character_refused", vec!["name: nul".to_owned()]));
        let deep = app.post("/no/such", json!({ "a": [{ "b": "\u{0}" }] })).await.expect(422);
        assert_eq!(deep.fields(), ["a.0.b: nul"]);
        assert_eq!(app.get("/audit?action=x%00").await.expect(422).fields(), ["action: nul"]);
        assert_eq!(app.put("/teams/a%00b", json!({})).await.expect(422).fields(), ["path: nul"]);
        app.post("/teams", json!({ "name": r"C:\u0000" })).await.expect(201);
    }

    async fn what_a_foreign_page_can_send_is_refused(app) {
        owner_with_password(&app).await;
        let body = owner(PASSWORD).to_string();
        let form = ("content-type", "application/x-www-form-urlencoded");
        let cases = [
            (vec![JSON, ("sec-fetch-site", "cross-site")], "foreign_origin"),
            (vec![JSON, ("sec-fetch-site", "same-site")], "foreign_origin"),
            (vec![JSON, ("origin", "https://evil.example")], "foreign_origin"),
            (vec![JSON, ("origin", "null")], "foreign_origin"),
            (vec![JSON, ("origin", "http://sub.localhost")], "foreign_origin"),
            (vec![form, ("sec-fetch-site", "same-origin")], "content_type"),
            (vec![("content-type", "text/plain"), ("sec-fetch-site", "same-origin")], "content_type"),
            (vec![("sec-fetch-site", "same-origin")], "content_type"),
        ];
        for (headers, code) in cases {
            assert_eq!(app.anonymous().send(post(&headers, &body)).await.code(), code, "{headers:?}");
        }
        app.anonymous().send(post(&[JSON, ("origin", "http://localhost")], &body)).await.expect(200);
        app.anonymous().send(post(&[JSON], &body)).await.expect(200);
    }

    async fn every_response_carries_the_security_headers(app) {
        let page = Request::builder().uri("/know/customers").body(Body::empty()).unwrap();
        let missing = Request::builder().uri("/no/such.file").body(Body::empty()).unwrap();
        let replies = [
            app.get("/session").await,
            app.anonymous().get("/today").await,
            app.get("/no/such/route").await,
            app.get("/openapi.json").await,
            app.send(page).await,
            app.send(missing).await,
            app.anonymous().send(post(&[("sec-fetch-site", "cross-site")], "{}")).await,
        ];
        for reply in &replies {
            let policy = reply.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(reply.header("cross-origin-opener-policy"), Some("same-origin"));
            assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"));
            assert_eq!(reply.header("access-control-allow-origin"), None, "nobody else may read");
            assert!(reply.header("x-request-id").is_some_and(|id| id.len() == 16));
        }
        assert_eq!(replies[0].header("cache-control"), Some("no-store"));
    }

    async fn failures_of_every_origin_are_problems(app) {
        let unreadable = Client::with_json(Method::PUT, "/session/me", &json!({ "locale": "fr" }));
        let large = Client::with_json(Method::PUT, "/session/me", &json!({ "name": "x".repeat(2_000_000) }));
        let replies = [
            (app.send(unreadable).await, 422, "unreadable"),
            (app.send(large).await, 413, "too_large"),
            (app.get("/no/such/route").await, 404, "not_found"),
            (app.get("/jobs/nonsense").await, 400, "unreadable"),
            (app.delete("/company").await, 405, "method_unknown"),
        ];
        for (reply, status, code) in replies {
            assert_eq!((reply.status, reply.code()), (status, code), "{}", reply.text());
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
            assert!(reply.json["detail"].as_str().is_some_and(|detail| detail.contains(' ')));
        }
    }

    async fn problems_speak_the_reader_s_language(app) {
        let stranger = |language: &str| {
            let mut request = Client::request(Method::GET, "/today");
            request.headers_mut().insert("accept-language", language.parse().unwrap());
            request
        };
        let anonymous = app.anonymous();
        let english = anonymous.send(stranger("fr, en;q=0.8, ko;q=0.5")).await.json;
        assert_eq!(english["title"], "Sign in first");
        assert_eq!(anonymous.send(stranger("ko-KR,ko;q=0.9")).await.json["title"], "로그인이 필요해요");
        // The owner of the test reads English, whatever the browser says.
        let mut request = Client::request(Method::GET, "/no/such/route");
        request.headers_mut().insert("accept-language", "ko".parse().unwrap());
        assert_eq!(app.send(request).await.json["code"], "not_found");
        let mut request = Client::request(Method::GET, "/jobs/job_0000000000001");
        request.headers_mut().insert("accept-language", "ko".parse().unwrap());
        assert_eq!(app.send(request).await.json["title"], "Not found");
    }
}

fn started(door: Door) -> Setup {
    Setup { registry: Registry::new(), config: Config { door, ..Config::default() } }
}

fn from_elsewhere(host: &str) -> Request<Body> {
    let mut request = Client::request(Method::GET, "/session");
    request.headers_mut().insert("host", host.parse().unwrap());
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 168, 0, 9], 50_000))));
    request
}

#[test]
fn plain_http_from_elsewhere_is_refused_unless_the_operator_insists() {
    testkit::run(async {
        let app = TestApp::sqlite(started(Door::Loopback)).await;
        assert_eq!(app.send(from_elsewhere("localhost")).await.expect(403).code(), "https_needed");
        let mut rebound = Client::request(Method::GET, "/session");
        rebound.headers_mut().insert("host", "evil.example".parse().unwrap());
        assert_eq!(app.send(rebound).await.expect(403).code(), "https_needed");
        let app = TestApp::sqlite(started(Door::InsecureLan)).await;
        app.send(from_elsewhere("192.168.0.2:7777")).await.expect(200);
    });
}

#[test]
fn behind_a_proxy_the_cookie_is_secure_and_bound_to_the_host() {
    testkit::run(async {
        let app = TestApp::sqlite(started(Door::Proxy)).await;
        let token = super::link(&app, web::links::Kind::Reset, Some("owner0@example.com")).await;
        let claim = json!({ "token": token, "password": PASSWORD });
        let browser = app.anonymous();
        let reply = browser.post("/session/claim", claim).await.expect(200);
        let cookie = reply.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Host-dangol=") && cookie.contains("; Secure"), "{cookie}");
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
        assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"));
        browser.get("/session").await.expect(200);
    });
}

#[test]
fn a_page_of_the_app_is_served_for_every_path_that_names_no_file() {
    testkit::run(async {
        let app = TestApp::sqlite(Registry::new()).await;
        let page = |path: &str| Request::builder().uri(path).body(Body::empty()).unwrap();
        let reply = app.anonymous().send(page("/know/customers")).await.expect(200);
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(app.anonymous().send(page("/")).await.expect(200).text(), reply.text());
        app.anonymous().send(page("/no/such.js")).await.expect(404);
        // What the page's own policy allows, the header must allow as well.
        let header = reply.header("content-security-policy").unwrap();
        for hash in reply.text().split('\'').filter(|part| part.starts_with("sha256-")) {
            assert!(header.contains(hash), "{header}");
        }
    });
}
