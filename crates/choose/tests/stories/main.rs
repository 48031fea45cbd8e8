//! Stories through the front door, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod bonds;
mod cards;
mod rfm;
mod rules;
mod segments;
mod states;
mod time;
mod vip;
mod visits;

use futures::FutureExt;
use kernel::{Clock, Currency, Day, Id, Instant, kinds};
use know::orders::{From, Line, LineKey};
use serde_json::{Value, json};
use std::ops::Deref;
use store::{Lane, sql, timer};
use testkit::{Client, TestApp};
use web::{Company, Registry, Role};

/// Everything that choose stands on, and choose.
fn registry() -> Registry {
    let mut registry = Registry::new();
    know::register(&mut registry, &[]);
    choose::register(&mut registry);
    registry
}

/// The company's day.
fn today(app: &TestApp) -> Day {
    Company::default().today(app.app().clock())
}

/// The day so many days ago, as the API writes it.
fn ago(app: &TestApp, days: i64) -> String {
    today(app).plus(-days).to_string()
}

/// Noon in Seoul, so many days ago.
fn noon(app: &TestApp, days: i64) -> Instant {
    today(app).plus(-days).start_in(&Company::default().zone()).plus(12 * Instant::HOUR)
}

/// A new customer.
async fn someone(app: &TestApp, name: &str) -> String {
    let party = signed_in(app).await.post("/parties", json!({ "name": name })).await.expect(201);
    party.json["id"].as_str().unwrap().to_owned()
}

/// Enters an order by hand.
async fn order(app: &TestApp, party: &str, days_ago: i64, amount: i64) {
    let at = noon(app, days_ago).to_string();
    let lines = [json!({ "product": "coffee", "quantity": 1, "amount_minor": amount })];
    let order = json!({ "party": party, "at": at, "lines": lines });
    signed_in(app).await.post("/orders", order).await.expect(201);
}

/// The owner, signed in again where the clock has moved so far that they no longer are.
async fn signed_in(app: &TestApp) -> Browser<'_> {
    match app.get("/session").await.status {
        401 => Browser::New(app.signed_in_as(Role::Owner).await),
        _ => Browser::Same(app),
    }
}

/// A browser.
enum Browser<'a> {
    Same(&'a TestApp),
    New(Client),
}

impl Deref for Browser<'_> {
    type Target = Client;

    fn deref(&self) -> &Client {
        match self {
            Self::Same(app) => app,
            Self::New(client) => client,
        }
    }
}

/// A new customer who ordered so many days ago, each time for 5,000 won, and whose facts are known.
async fn customer(app: &TestApp, name: &str, days_ago: &[i64]) -> String {
    let party = someone(app, name).await;
    for days in days_ago {
        order(app, &party, *days, 5_000).await;
    }
    app.settle().await;
    party
}

/// Brings orders of one each for 5,000 won as an import does.
async fn imported(app: &TestApp, orders: Vec<(Id<kinds::Party>, Day, String)>) {
    let zone = Company::default().zone();
    let lines: Vec<Line> = orders
        .into_iter()
        .map(|(party, day, order_no)| Line {
            key: LineKey { order_no, line_id: "1".into() },
            party: Some(party),
            at: day.start_in(&zone).plus(12 * Instant::HOUR),
            day,
            product: None,
            category: None,
            quantity_milli: None,
            amount: 5_000,
            currency: Currency::KRW,
            store: None,
            staff: None,
            channel: None,
        })
        .collect();
    let import = Some(Id::from_number(1));
    let writing = app.db().write(Lane::Import, move |tx| {
        async move {
            know::orders::write(
                tx,
                &From {
                    source: "generic",
                    import,
                    origin: import.map_or(store::log::Origin::Live, |_| store::log::Origin::Import),
                },
                &lines,
            )
            .await
        }
        .boxed()
    });
    writing.await.unwrap();
}

/// Lets the hourly tick come now, with all it leads to.
async fn tick(app: &TestApp) {
    let now = app.clock().now();
    let setting = app.db().write(Lane::Interactive, move |tx| {
        timer::set(tx, choose::lifecycle::TICK, choose::lifecycle::HOURLY, now).boxed()
    });
    setting.await.unwrap();
    app.settle().await;
}

/// Goes through everyone now.
async fn refresh(app: &TestApp) {
    app.db().write(Lane::Interactive, |tx| choose::refresh::request(tx).boxed()).await.unwrap();
    app.settle().await;
}

/// Stops using a customer's data at their request, or begins again; gives the path of the request.
async fn suspend(app: &TestApp, party: &str) -> String {
    let asked = json!({ "party": party, "kind": "suspension", "way": "phone", "words": "Stop, please." });
    let id = app.post("/requests", asked).await.expect(201).json["id"].as_str().unwrap().to_owned();
    app.post(&format!("/requests/{id}/identity"), json!({ "how": "known_contact" })).await.expect(200);
    let path = format!("/requests/{id}/suspension");
    app.put(&path, json!({ "suspended": true })).await.expect(204);
    app.settle().await;
    path
}

/// The state of a customer.
async fn state(app: &TestApp, party: &str) -> String {
    let card = signed_in(app).await.get(&format!("/parties/{party}")).await.expect(200);
    card.json["state"].as_str().unwrap().to_owned()
}

/// What a list says at its foot: how many people.
async fn people(app: &TestApp, query: &str) -> i64 {
    signed_in(app).await.get(&format!("/parties/summary?{query}")).await.expect(200).json["count"]
        .as_i64()
        .unwrap()
}

/// The card of Today of this kind, null when there is none.
async fn card(app: &TestApp, kind: &str) -> Value {
    let today = signed_in(app).await.get("/today").await.expect(200).json;
    let cards = today["cards"].as_array().unwrap();
    cards.iter().find(|card| card["kind"] == kind).cloned().unwrap_or_default()
}

/// The latest change of a customer's state on their timeline.
async fn last_change(app: &TestApp, party: &str) -> Value {
    let path = format!("/parties/{party}/timeline?kinds=state");
    signed_in(app).await.get(&path).await.expect(200).json["items"][0].clone()
}

/// How many changes of state the log tells of.
async fn told(app: &TestApp) -> i64 {
    let mut tx = app.db().read().await.unwrap();
    let (count,): (i64,) = sql!("select count(*) from interactions where kind = 'state.changed'")
        .fetch_one(&mut tx)
        .await
        .unwrap();
    count
}
