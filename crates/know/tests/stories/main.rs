//! Stories through the front door, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod about;
mod again;
mod asks;
mod bad;
mod consent;
mod customer_files;
mod dates;
mod erased;
mod events;
mod fetching;
mod files;
mod follow_ups;
mod identity;
mod imports;
mod list;
mod locked;
mod markets;
mod member;
mod merge_histories;
mod merges;
mod names;
mod needs;
mod people;
mod privacy;
mod requests;
mod resident;
mod rules;
mod shapes;
mod shops;
mod sight;
mod site;
mod ties;

use serde_json::{Value, json};
use testkit::{Reply, TestApp};
use web::Registry;

/// Know alone.
fn registry() -> Registry {
    let mut registry = Registry::new();
    know::register(&mut registry, &[]);
    registry
}

/// Brings a file; gives the import as it was described.
async fn upload(app: &TestApp, bytes: Vec<u8>) -> Value {
    app.upload("/imports?name=orders.csv", bytes).await.expect(201).json
}

/// The path of an import.
fn path_of(import: &Value) -> String {
    format!("/imports/{}", import["id"].as_str().unwrap())
}

/// The import as it stands now.
async fn look(app: &TestApp, import: &Value) -> Value {
    app.get(&path_of(import)).await.expect(200).json
}

/// Asks for a dry run, a run or an undo, and waits for its end; gives the import.
async fn deed(app: &TestApp, import: &Value, deed: &str) -> Value {
    app.post(&format!("{}/{deed}", path_of(import)), json!({})).await.expect(202);
    app.settle().await;
    look(app, import).await
}

/// Settles another plan: the one the import has, changed by `change`.
async fn settle(app: &TestApp, import: &Value, change: impl FnOnce(&mut Value)) -> Reply {
    let mut plan = import["plan"].clone();
    change(&mut plan);
    app.put(&format!("{}/plan", path_of(import)), plan).await
}

/// Brings and runs a file that needs no more settling; gives the import.
async fn import(app: &TestApp, bytes: impl Into<Vec<u8>>) -> Value {
    let import = upload(app, bytes.into()).await;
    assert_eq!(import["state"], "ready", "{import}");
    let done = deed(app, &import, "run").await;
    assert_eq!(done["state"], "done", "{done}");
    done
}

/// What an import counted: read, new, changed, unchanged, invalid, parties.
fn counts(import: &Value) -> [i64; 6] {
    ["read", "new", "changed", "unchanged", "invalid", "parties"]
        .map(|name| import["counts"][name].as_i64().unwrap_or_else(|| panic!("no counts: {import}")))
}

/// Where somebody stands with each channel.
async fn stands(app: &TestApp, party: &str) -> Vec<String> {
    let found = app.get(&format!("/parties/{party}/consents")).await.expect(200).json;
    let rows = found["stands"].as_array().unwrap().clone();
    rows.iter()
        .map(|row| format!("{} {}", row["channel"].as_str().unwrap(), row["state"].as_str().unwrap()))
        .collect()
}

/// The customers of a list, in its order.
async fn people(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/parties?{query}")).await.expect(200).json;
    page["items"].as_array().unwrap().clone()
}

/// What the list shows of everyone, without ids: to be compared. The usual interval of those without an own one is
/// the company's, which choose keeps for everyone.
async fn everyone(app: &TestApp) -> Vec<Value> {
    let mut everyone = people(app, "limit=200").await;
    for person in &mut everyone {
        let person = person.as_object_mut().unwrap();
        person.remove("id");
        person.remove("created_at");
        person.remove("usual_interval_days");
        person.remove("late_ratio");
    }
    everyone.sort_by_key(ToString::to_string);
    everyone
}
