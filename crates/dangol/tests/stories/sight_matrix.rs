//! Every operation on one customer or on what hangs on one, tried by everyone who sees only some customers, on a
//! customer of their own, of their team, of nobody they know, and on one that is not there.
//!
//! The operations come from the description of the interface: a new one below these paths fails here until it is
//! given a body, and then unless it asks for the caller's sight.

use crate::authorisation::operations;
use kernel::{Id, kinds};
use serde_json::{Value, json};
use testkit::{Client, Reply, TestApp, both_engines};
use web::Role;

/// Bodies of the operations that need one.
fn body(operation: &str) -> Value {
    match operation {
        "PUT /parties/{id}" => json!({ "name": "다른 이름" }),
        "POST /parties/{id}/notes" => json!({ "text": "memo" }),
        "POST /orders" => json!({ "lines": [{ "amount_minor": 1000 }] }),
        _ => json!({}),
    }
}

/// A customer and the id that a path names for each kind of thing that hangs on one.
struct Target {
    party: String,
    note: String,
}

impl Target {
    async fn enter(by: &Client) -> Self {
        let party = by.post("/parties", json!({ "name": "손님" })).await.expect(201).json["id"].clone();
        let party = party.as_str().unwrap().to_owned();
        let note = by.post(&format!("/parties/{party}/notes"), json!({ "text": "memo" })).await.expect(201);
        Self { note: note.json["id"].as_str().unwrap().to_owned(), party }
    }

    fn absent() -> Self {
        let party: Id<kinds::Party> = Id::from_number(7);
        let note: Id<kinds::Note> = Id::from_number(7);
        Self { party: party.to_string(), note: note.to_string() }
    }
}

/// Whether an operation is about one customer.
fn is_about_one(operation: &str) -> bool {
    let path = operation.split_once(' ').unwrap().1;
    path.starts_with("/parties/{id}") || path.starts_with("/notes/{id}")
}

async fn call(client: &Client, operation: &str, target: &Target) -> Reply {
    let (method, path) = operation.split_once(' ').unwrap();
    let id = if path.starts_with("/notes") { &target.note } else { &target.party };
    let address = path.replace("{id}", id);
    let reply = match method {
        "GET" => client.get(&address).await,
        "POST" => client.post(&address, body(operation)).await,
        "PUT" => client.put(&address, body(operation)).await,
        "DELETE" => client.delete(&address).await,
        other => panic!("{other} is not tried yet"),
    };
    assert_ne!(reply.code(), "unreadable", "{operation} needs a body here: {}", reply.text());
    reply
}

/// Two of a team, and one of another.
struct People {
    own: Client,
    mate: Client,
    stranger: Client,
}

async fn people(app: &TestApp, role: Role, whole_team: bool) -> People {
    let name = format!("{role} {whole_team}");
    let team = app.post("/teams", json!({ "name": name })).await.expect(201).json["id"].clone();
    let team = Some(team.as_str().unwrap().parse().unwrap());
    let mate = app.limited(Role::Staff, team).await;
    let own = app.limited(role, team.filter(|_| whole_team)).await;
    People { own, mate, stranger: app.limited(Role::Staff, None).await }
}

both_engines! {
    dangol::registry();

    async fn whoever_is_limited_reaches_nobody_else(app) {
        let document = serde_json::from_str(&web::openapi(&dangol::registry()).to_json().unwrap()).unwrap();
        let operations: Vec<String> = operations(&document).into_iter().filter(|one| is_about_one(one)).collect();
        assert!(operations.len() >= 8, "{operations:?}");
        let (mut tried, mut wrong) = (0, Vec::new());
        for (role, whole_team) in [(Role::Staff, false), (Role::Staff, true), (Role::Clerk, false), (Role::Clerk, true)] {
            let people = people(&app, role, whole_team).await;
            for operation in &operations {
                let targets = [
                    ("own", true, Target::enter(&people.own).await),
                    ("team", whole_team, Target::enter(&people.mate).await),
                    ("foreign", false, Target::enter(&people.stranger).await),
                    ("nobody's", false, Target::enter(&app).await),
                    ("absent", false, Target::absent()),
                ];
                for (whose, reached, target) in targets {
                    let status = call(&people.own, operation, &target).await.status;
                    tried += 1;
                    if (status == 404) == reached || status >= 500 || status == 403 {
                        wrong.push(format!("{role} (team: {whole_team}) {operation} on {whose}: {status}"));
                    }
                }
            }
        }
        println!("{tried} tries, {} wrong", wrong.len());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
