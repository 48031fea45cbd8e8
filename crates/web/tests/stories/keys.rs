//! API keys: what they open, for whom they act, and when they end.

use axum::body::Body;
use axum::http::{Method, Request};
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{Client, Reply, TestApp, both_engines};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Actor, App, Permission, Registry, Role};

#[utoipa::path(get, path = "/lists", responses((status = 200)))]
async fn lists(actor: Actor) -> String {
    actor.name
}

#[utoipa::path(post, path = "/lists", responses((status = 200)))]
async fn change_lists() {}

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.routes(OpenApiRouter::<App>::new().routes(routes!(lists, change_lists)));
    registry.allow("GET", "/lists", Permission::PartiesRead);
    registry.allow("POST", "/lists", Permission::PartiesWrite);
    registry
}

async fn key(by: &Client, scopes: Value) -> Value {
    by.post("/keys", json!({ "name": "till", "scopes": scopes, "days": 30 })).await.expect(201).json
}

fn with_key(mut request: Request<Body>, key: &str) -> Request<Body> {
    request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    request
}

async fn call(app: &TestApp, method: Method, path: &str, key: &str) -> Reply {
    app.anonymous().send(with_key(Client::request(method, path), key)).await
}

both_engines! {
    registry();

    async fn a_key_opens_what_its_scopes_say(app) {
        let made = key(&app, json!(["customers:read"])).await;
        let secret = made["secret"].as_str().unwrap();
        assert!(secret.starts_with(made["prefix"].as_str().unwrap()) && secret.starts_with("dgl_"), "{secret}");
        assert_eq!(call(&app, Method::GET, "/lists", secret).await.expect(200).text(), "owner 0");
        assert_eq!(call(&app, Method::POST, "/lists", secret).await.expect(403).code(), "not_allowed");
        call(&app, Method::GET, "/company", secret).await.expect(200);
        for (method, path) in [(Method::GET, "/keys"), (Method::GET, "/users"), (Method::GET, "/sessions")] {
            let refused = call(&app, method, path, secret).await;
            assert!([401, 403].contains(&refused.status), "{path}: {}", refused.text());
        }
        let listed = app.get("/keys").await.expect(200);
        assert!(!listed.text().contains(secret), "a secret is shown once");
        assert_eq!(listed.json[0]["scopes"], json!(["customers:read"]));
        assert_ne!(listed.json[0]["used_at"], Value::Null);
    }

    async fn a_key_ends_when_revoked_when_run_out_and_with_its_maker(app) {
        let revoked = key(&app, json!(["customers:read"])).await;
        app.delete(&format!("/keys/{}", revoked["id"].as_str().unwrap())).await.expect(204);
        let secret = revoked["secret"].as_str().unwrap();
        assert_eq!(call(&app, Method::GET, "/lists", secret).await.expect(401).code(), "key_unknown");

        let other = app.signed_in_as(Role::Owner).await;
        let session = other.get("/session").await.json;
        let path = format!("/users/{}", session["user"]["id"].as_str().unwrap());
        let made = key(&other, json!(["customers:read", "customers:write"])).await;
        let secret = made["secret"].as_str().unwrap();
        let role = |role: &str, active: bool| json!({ "name": "A", "role": role, "scope": "all", "active": active });
        app.put(&path, role("analyst", true)).await.expect(200);
        call(&app, Method::GET, "/lists", secret).await.expect(200);
        call(&app, Method::POST, "/lists", secret).await.expect(403);
        app.put(&path, role("analyst", false)).await.expect(200);
        call(&app, Method::GET, "/lists", secret).await.expect(401);

        let made = key(&app, json!(["customers:read"])).await;
        app.clock().advance(30 * Instant::DAY);
        call(&app, Method::GET, "/lists", made["secret"].as_str().unwrap()).await.expect(401);
    }

    async fn a_key_in_an_address_is_refused(app) {
        let made = key(&app, json!(["customers:read"])).await;
        let path = format!("/lists?key={}", made["secret"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(400).code(), "key_in_address");
        call(&app, Method::GET, "/lists", "dgl_nobody_x").await.expect(401);
    }

    async fn a_key_that_calls_too_often_is_told_when_to_come_again(app) {
        let made = key(&app, json!(["customers:read"])).await;
        let secret = made["secret"].as_str().unwrap();
        for _ in 0..200 {
            call(&app, Method::GET, "/company", secret).await.expect(200);
        }
        let busy = call(&app, Method::GET, "/company", secret).await.expect(429);
        assert_eq!((busy.code(), busy.header("retry-after")), ("key_busy", Some("1")));
        app.clock().advance(Instant::SECOND);
        call(&app, Method::GET, "/company", secret).await.expect(200);
    }

    async fn keys_are_an_owner_s_and_need_a_name_and_scopes(app) {
        app.signed_in_as(Role::Manager).await.post("/keys", json!({})).await.expect(403);
        let wrong = app.post("/keys", json!({ "name": " ", "scopes": [], "days": 0 })).await.expect(422);
        assert_eq!(wrong.fields(), ["name: required", "scopes: required", "days: days_out_of_range"]);
        app.post("/keys", json!({ "name": "a", "scopes": ["everything"] })).await.expect(422);
    }
}
