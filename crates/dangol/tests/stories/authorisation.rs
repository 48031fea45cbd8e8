//! Every operation of the API, tried by everybody: nobody gets further than the table below says.
//!
//! The table is written by hand and on purpose not read from the program: a route that is new or whose rule moves
//! fails here until someone has thought about it.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Client, both_engines};
use web::Role;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anybody,
    Staff,
    Manager,
}

use Who::{Anybody, Manager, Staff};

const TABLE: &[(&str, Who)] = &[
    ("DELETE /imports/{id}", Manager),
    ("DELETE /measure/costs/{id}", Manager),
    ("DELETE /notes/{id}", Staff),
    ("DELETE /session", Staff),
    ("DELETE /views/{id}", Staff),
    ("GET /choose/rfm", Staff),
    ("GET /choose/states", Staff),
    ("GET /choose/visits", Staff),
    ("GET /company", Staff),
    ("GET /imports", Manager),
    ("GET /imports/{id}", Manager),
    ("GET /imports/{id}/faults", Manager),
    ("GET /imports/{id}/faults.csv", Manager),
    ("GET /jobs", Staff),
    ("GET /jobs/{id}", Staff),
    ("GET /leaving-reasons", Staff),
    ("GET /live", Staff),
    ("GET /measure/costs", Manager),
    ("GET /measure/costs/export", Manager),
    ("GET /measure/economics", Manager),
    ("GET /measure/kotler", Staff),
    ("GET /measure/leak", Staff),
    ("GET /measure/value", Staff),
    ("GET /parties", Staff),
    ("GET /parties/export", Manager),
    ("GET /parties/proposals", Staff),
    ("GET /parties/summary", Staff),
    ("GET /parties/{id}", Staff),
    ("GET /parties/{id}/timeline", Staff),
    ("GET /search", Staff),
    ("GET /session", Staff),
    ("GET /session/claim", Anybody),
    ("GET /today", Staff),
    ("GET /views", Staff),
    ("POST /choose/states/preview", Staff),
    ("POST /company/start", Manager),
    ("POST /imports", Manager),
    ("POST /imports/{id}/dry-run", Manager),
    ("POST /imports/{id}/run", Manager),
    ("POST /imports/{id}/undo", Manager),
    ("POST /measure/costs", Manager),
    ("POST /measure/refit", Manager),
    ("POST /orders", Staff),
    ("POST /parties", Staff),
    ("POST /parties/proposals/{id}/dismiss", Staff),
    ("POST /parties/{id}/notes", Staff),
    ("POST /parties/{id}/visits", Staff),
    ("POST /session", Anybody),
    ("POST /session/claim", Anybody),
    ("POST /today/{id}/done", Staff),
    ("POST /today/{id}/later", Staff),
    ("POST /views", Staff),
    ("PUT /choose/states/settings", Manager),
    ("PUT /company", Manager),
    ("PUT /imports/{id}/plan", Manager),
    ("PUT /parties/{id}", Staff),
    ("PUT /parties/{id}/leaving", Staff),
    ("PUT /session/me", Staff),
    ("PUT /session/password", Staff),
];

both_engines! {
    dangol::registry();

    async fn nobody_gets_further_than_the_table_says(app) {
        let anonymous = app.anonymous();
        let (staff, manager) = (app.signed_in_as(Role::Staff).await, app.signed_in_as(Role::Manager).await);
        let document: Value = serde_json::from_str(&web::openapi(&dangol::registry()).to_json().unwrap()).unwrap();
        let table: BTreeMap<&str, Who> = TABLE.iter().copied().collect();
        let operations = operations(&document);
        let named: Vec<&str> = operations.iter().map(String::as_str).collect();
        assert_eq!(named, table.keys().copied().collect::<Vec<_>>());
        let mut wrong = Vec::new();
        for operation in &operations {
            // Signing out would end the session that the next tries need.
            if operation == "DELETE /session" {
                continue;
            }
            let who = table[operation.as_str()];
            let seen = [
                outcome(&anonymous, operation).await,
                outcome(&staff, operation).await,
                outcome(&manager, operation).await,
                outcome(&app, operation).await,
            ];
            let expected = match who {
                Anybody => ["through"; 4],
                Staff => ["sign in", "through", "through", "through"],
                Manager => ["sign in", "refused", "through", "through"],
            };
            if seen != expected {
                wrong.push(format!("{operation}: {seen:?} instead of {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Every operation, as `GET /path`, sorted.
fn operations(document: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap();
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        all.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    all.sort_unstable();
    all
}

/// How far the client gets with an operation on something that does not exist.
async fn outcome(client: &Client, operation: &str) -> &'static str {
    let (method, path) = operation.split_once(' ').unwrap();
    let mut address = String::new();
    for part in path.split('/').skip(1) {
        address.push('/');
        address.push_str(if part.starts_with('{') { "2" } else { part });
    }
    // A stream never ends: its beginning tells enough.
    let reply = match method {
        "GET" if path == "/live" => return live(client).await,
        "GET" => client.get(&address).await,
        "POST" if path == "/imports" => client.upload(&address, Vec::new()).await,
        "POST" => client.post(&address, json!({})).await,
        "PUT" => client.put(&address, json!({})).await,
        "DELETE" => client.delete(&address).await,
        other => panic!("{other} is not tried yet"),
    };
    match (reply.status, reply.code()) {
        (401, "sign_in_required") => "sign in",
        (403, "not_allowed") => "refused",
        (403, other) => panic!("{operation} is refused as {other}"),
        _ => "through",
    }
}

async fn live(client: &Client) -> &'static str {
    let asked = client.get("/live");
    match tokio::time::timeout(std::time::Duration::from_millis(200), asked).await {
        Err(_) => "through",
        Ok(reply) if reply.status == 401 => "sign in",
        Ok(_) => "refused",
    }
}
