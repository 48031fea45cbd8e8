//! Reading changes nothing: every GET of the interface, over a company with something of everything.

use crate::described::{Operation, document, ids_in, operations};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Location, Query, holding};
use testkit::{TestApp, both_engines};
use web::Role;

/// What reading may change: when somebody was last seen, and that a file was given out.
const MAY: [&str; 2] = ["sessions", "audit"];

/// Every row of every other table as text.
async fn rows(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut tx = app.db().read().await.unwrap();
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in holding::schema(&mut tx).await.unwrap() {
        // Bytes are no text to SQLite.
        let shown = match app.location() {
            Location::Postgres(_) => format!("coalesce(cast({column} as text), '')"),
            Location::Folder(_) => format!("quote({column})"),
        };
        columns.entry(table).or_default().push(shown);
    }
    columns.retain(|table, _| !MAY.iter().any(|may| table.starts_with(may)));
    let mut all = BTreeMap::new();
    for (table, columns) in columns {
        let text = format!("select {} from {table}", columns.join(" || '|' || "));
        let rows: Vec<(String,)> = Query::built(text).fetch_all(&mut tx).await.unwrap();
        let mut rows: Vec<String> = rows.into_iter().map(|(row,)| row).collect();
        rows.sort_unstable();
        all.insert(table, rows);
    }
    all
}

/// Enters something of everything; gives every id that was told.
async fn enter(app: &TestApp) -> Vec<String> {
    let mut met = Vec::new();
    let party = app
        .post("/parties", json!({ "name": "두리", "phone": "010-2345-6789", "note": "창가" }))
        .await
        .expect(201);
    let id = party.json["id"].as_str().unwrap().to_owned();
    met.extend(ids_in(&party.json));
    let twin =
        app.post("/parties", json!({ "name": "두리", "email": "duri@example.com" })).await.expect(201).json;
    let merge = json!({ "survivor": id, "absorbed": [twin["id"]] });
    for (path, body) in [
        (
            "/orders".to_owned(),
            json!({ "party": id, "lines": [{ "product": "latte", "amount_minor": 9_000 }] }),
        ),
        ("/requests".to_owned(), json!({ "party": id, "kind": "access", "way": "phone", "words": "" })),
        ("/choose/segments".to_owned(), json!({ "name": "all", "text": "everyone" })),
        ("/keys".to_owned(), json!({ "name": "till", "scopes": ["customers:read"] })),
        ("/shops".to_owned(), json!({ "kind": "shopify", "name": "S" })),
        ("/merges".to_owned(), merge),
        ("/views".to_owned(), json!({ "name": "v", "query": "late=true" })),
        ("/custom-fields".to_owned(), json!({ "name": "자리", "kind": "text" })),
        (format!("/parties/{id}/needs"), json!({ "topic": "wanted", "value": "latte" })),
        (format!("/parties/{id}/bonds"), json!({ "name": "card", "level": "social" })),
    ] {
        met.extend(ids_in(&app.post(&path, body).await.expect(201).json));
    }
    let file = "주문번호,주문일,고객번호,결제금액\n1,2026-10-01,a,1000\nx,2026-10-01,a,천원\n";
    met.extend(ids_in(&app.upload("/imports?name=o.csv", file.into()).await.expect(201).json));
    met.extend(ids_in(&app.get("/users").await.expect(200).json));
    app.settle().await;
    met.insert(0, id);
    met
}

/// The addresses of an operation: one for each id that could stand in it.
fn addresses(operation: &Operation, ids: &[String]) -> Vec<String> {
    let Some(start) = operation.path.find('{') else { return vec![operation.path.clone()] };
    let end = operation.path.find('}').unwrap();
    let at = |id: &str| format!("{}{id}{}", &operation.path[..start], &operation.path[end + 1..]);
    ids.iter().map(|id| at(id)).collect()
}

both_engines! {
    dangol::registry();

    async fn reading_changes_nothing_whoever_asks(app) {
        let ids = enter(&app).await;
        let mut callers = Vec::new();
        for role in [Role::Owner, Role::Clerk] {
            callers.push(app.signed_in_as(role).await);
        }
        app.settle().await;
        let before = rows(&app).await;
        let mut through = 0;
        for operation in operations(&document()).iter().filter(|one| one.is_safe() && one.path != "/live") {
            for address in addresses(operation, &ids) {
                for caller in &callers {
                    through += u32::from(caller.get(&address).await.status == 200);
                }
            }
        }
        assert!(through > 150, "enough of it is read: {through}");
        for (table, rows) in rows(&app).await {
            assert_eq!(before[&table], rows, "reading changed {table}");
        }
    }
}
