//! Markets and tags: who belongs to which, alone and many at a time, in the list, on the card and on the map.

use crate::*;
use testkit::both_engines;
use web::Role;

async fn entered(app: &TestApp, party: Value) -> String {
    app.post("/parties", party).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

/// The ids that a list means, its summary and its file agreeing.
async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let mut ids: Vec<String> = people(app, &format!("{query}&sort=created&limit=100"))
        .await
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    let summary = app.get(&format!("/parties/summary?{query}")).await.expect(200).json;
    let file = app.get(&format!("/parties/export?{query}")).await.expect(200).text();
    assert_eq!((&summary["count"], file.lines().count() - 1), (&json!(ids.len()), ids.len()), "{query}");
    ids.sort();
    ids
}

fn sorted(ids: &[&String]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
    ids.sort();
    ids
}

async fn row(app: &TestApp, id: &str) -> Value {
    people(app, &format!("ids={id}")).await.remove(0)
}

both_engines! {
    registry();

    async fn a_company_is_entered_with_its_number_and_is_found_by_it(app) {
        let company = json!({ "kind": "organisation", "name": "㈜한빛원두", "registration": "1248100998",
            "markets": [{ "market": "supplier", "details": ["material"] }] });
        let id = entered(&app, company).await;
        let card = app.get(&format!("/parties/{id}")).await.json;
        assert_eq!((&card["kind"], &card["name"], &card["state"]), (&json!("organisation"), &json!("(주)한빛원두"), &json!("none")));
        assert_eq!((&card["about"]["registration"], &card["about"]["form"]), (&json!("124-81-00998"), &json!("corporation")));
        assert_eq!(card["about"]["markets"], json!([{ "market": "supplier", "details": ["material"] }]));
        for asked in ["124-81-00998", "1248100998", "한빛"] {
            let asked: String = asked.bytes().map(|byte| format!("%{byte:02X}")).collect();
            assert_eq!(listed(&app, &format!("q={asked}")).await, std::slice::from_ref(&id), "{asked}");
        }
        assert_eq!(listed(&app, "kind=organisation").await, std::slice::from_ref(&id));
        assert!(listed(&app, "kind=person").await.is_empty());
        let refused = json!({ "kind": "organisation", "name": "(주)한빛", "registration": "124-81-00997" });
        assert_eq!(app.post("/parties", refused).await.expect(422).fields(), ["registration: registration_unfit"]);
        let resident = json!({ "name": "홍길동", "registration": "900101-1234567" });
        assert_eq!(app.post("/parties", resident).await.expect(422).fields(), ["registration: resident_number"]);
        let person = app.put(&format!("/parties/{id}"), json!({ "name": "한빛", "kind": "person", "registration": "" })).await;
        assert_eq!((&person.expect(200).json["kind"], &card["about"]["registration"]), (&json!("person"), &json!("124-81-00998")));
        assert_eq!(app.get(&format!("/parties/{id}")).await.json["about"]["registration"], Value::Null);
    }

    async fn whoever_ordered_or_is_in_no_market_is_a_customer(app) {
        let nobody = entered(&app, json!({ "name": "아무개" })).await;
        let supplier = entered(&app, json!({ "name": "공급", "markets": [{ "market": "supplier" }] })).await;
        let both = entered(&app, json!({ "name": "둘", "markets": [{ "market": "customer" }, { "market": "alliance", "details": ["ally"] }] })).await;
        let buys = entered(&app, json!({ "name": "사는 공급", "markets": [{ "market": "recruitment" }] })).await;
        app.post("/orders", json!({ "party": buys, "lines": [{ "amount_minor": 5000 }] })).await.expect(201);
        app.settle().await;
        assert_eq!(listed(&app, "market=customer").await, sorted(&[&nobody, &both, &buys]));
        assert_eq!(listed(&app, "market=supplier").await, sorted(&[&supplier, &buys]));
        assert_eq!(listed(&app, "market=recruitment,alliance").await, sorted(&[&both, &buys]));
        assert_eq!(listed(&app, "").await.len(), 4);
        assert_eq!(row(&app, &buys).await["markets"], json!(["customer", "supplier", "recruitment"]));
        assert_eq!(row(&app, &supplier).await["markets"], json!(["supplier"]));
        app.put(&format!("/parties/{supplier}/markets"), json!({ "markets": [] })).await.expect(200);
        assert_eq!(row(&app, &supplier).await["markets"], json!(["customer"]));
        let path = format!("/parties/{nobody}/markets");
        for unknown in [json!([{ "market": "moon" }]), json!([{ "market": "customer", "details": ["press"] }])] {
            let refused = app.put(&path, json!({ "markets": unknown })).await.expect(422);
            assert_eq!(refused.fields(), ["markets: market_unknown"]);
        }
    }

    async fn many_get_and_lose_tags_and_markets_at_once_or_none_does(app) {
        let mut ids = Vec::new();
        for at in 0..4 {
            ids.push(entered(&app, json!({ "name": format!("손님 {at}") })).await);
        }
        let changed = app.post("/parties/tags", json!({ "parties": ids[..3], "add": ["VIP", "도매"] })).await.expect(200);
        assert_eq!(changed.json["changed"], 3);
        // The same word in other letters is the same tag.
        app.put(&format!("/parties/{}/tags", ids[3]), json!({ "tags": ["vip"] })).await.expect(200);
        assert_eq!(row(&app, &ids[3]).await["tags"], json!(["VIP"]));
        assert_eq!(listed(&app, "tag=vIp").await.len(), 4);
        assert_eq!(listed(&app, "tag=%EB%8F%84%EB%A7%A4").await, sorted(&[&ids[0], &ids[1], &ids[2]]));
        assert!(listed(&app, "tag=nobody").await.is_empty());
        app.post("/parties/tags", json!({ "parties": [ids[0], ids[1]], "remove": ["vip"] })).await.expect(200);
        assert_eq!(listed(&app, "tag=VIP").await, sorted(&[&ids[2], &ids[3]]));
        assert_eq!(app.get("/tags").await.json, json!([{ "name": "VIP" }, { "name": "도매" }]));

        let stranger = "pty_0000000000001";
        app.post("/parties/tags", json!({ "parties": [ids[0], stranger], "add": ["새것"] })).await.expect(404);
        assert_eq!(row(&app, &ids[0]).await["tags"], json!(["도매"]));
        for (body, field) in [
            (json!({ "parties": [ids[0]], "add": ["a,b"] }), "add: tag_unfit"),
            (json!({ "parties": [ids[0]], "add": [" "] }), "add: tag_unfit"),
            (json!({ "parties": [], "add": ["a"] }), "parties: record_count"),
        ] {
            assert_eq!(app.post("/parties/tags", body).await.expect(422).fields(), [field]);
        }

        let many = json!({ "parties": [ids[0], ids[1]], "add": ["recruitment"] });
        assert_eq!(app.post("/parties/markets", many.clone()).await.expect(200).json["changed"], 2);
        assert_eq!(app.post("/parties/markets", many).await.expect(200).json["changed"], 0);
        assert_eq!(listed(&app, "market=supplier").await, sorted(&[&ids[0], &ids[1]]));
        app.post("/parties/markets", json!({ "parties": [ids[0]], "remove": ["supplier"] })).await.expect(200);
        assert_eq!(listed(&app, "market=recruitment").await, [ids[1].clone()]);
        let unknown = app.post("/parties/markets", json!({ "parties": [ids[0]], "add": ["moon"] })).await;
        assert_eq!(unknown.expect(422).fields(), ["add: market_unknown"]);
    }

    async fn a_merged_customer_has_the_tags_and_markets_of_both(app) {
        let one = entered(&app, json!({ "name": "하나" })).await;
        let other = entered(&app, json!({ "name": "둘", "markets": [{ "market": "supplier" }] })).await;
        app.put(&format!("/parties/{one}/tags"), json!({ "tags": ["a"] })).await.expect(200);
        app.put(&format!("/parties/{other}/tags"), json!({ "tags": ["b"] })).await.expect(200);
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        let both = row(&app, &one).await;
        assert_eq!((&both["tags"], &both["markets"]), (&json!(["a", "b"]), &json!(["supplier"])));
        assert_eq!(listed(&app, "tag=b").await, std::slice::from_ref(&one));
        assert_eq!(listed(&app, "market=supplier").await, std::slice::from_ref(&one));
        let merge = merged["merges"][0].as_str().unwrap();
        app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        assert_eq!((&row(&app, &one).await["tags"], &row(&app, &other).await["tags"]), (&json!(["a"]), &json!(["b"])));
        assert_eq!(row(&app, &one).await["markets"], json!(["customer"]));
    }

    async fn what_is_taken_from_a_merged_customer_comes_back_when_the_merge_is_undone(app) {
        let (one, other) = (entered(&app, json!({ "name": "하나" })).await, entered(&app, json!({ "name": "둘" })).await);
        app.put(&format!("/parties/{other}/tags"), json!({ "tags": ["b", "c"] })).await.expect(200);
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        app.put(&format!("/parties/{one}/tags"), json!({ "tags": ["c", "new"] })).await.expect(200);
        let merge = merged["merges"][0].as_str().unwrap();
        let foreseen = app.get(&format!("/merges/{merge}")).await.expect(200).json;
        let edits: Vec<(&Value, &Value, &Value)> = foreseen["edits"].as_array().unwrap().iter()
            .map(|edit| (&edit["what"], &edit["before"], &edit["now"])).collect();
        let (detail, none) = (json!("detail"), Value::Null);
        assert_eq!(edits, [(&detail, &none, &json!("new")), (&detail, &json!("b"), &none)]);
        app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        assert_eq!(row(&app, &other).await["tags"], json!(["b", "c"]));
        assert_eq!(row(&app, &one).await["tags"], json!(["new"]), "what came stays");
    }

    async fn the_map_shows_the_gap_and_opens_who_belongs_to_each_market(app) {
        entered(&app, json!({ "name": "아무개" })).await;
        entered(&app, json!({ "name": "신문", "kind": "organisation", "markets": [{ "market": "influence", "details": ["press"] }] })).await;
        let map = app.get("/markets").await.expect(200).json;
        assert_eq!(map.as_array().unwrap().len(), 8);
        let find = |map: &Value, code: &str| map.as_array().unwrap().iter().find(|row| row["market"] == code).unwrap().clone();
        assert_eq!((&find(&map, "influence")["parties"], &find(&map, "influence")["gap"]), (&json!(1), &Value::Null));
        assert_eq!((&find(&map, "customer")["parties"], &find(&map, "recruitment")["part_of"]), (&json!(1), &json!("supplier")));
        let etag = find(&map, "influence")["etag"].as_str().unwrap().to_owned();
        let edit = json!({ "importance": 9, "emphasis": 4, "plan": "https://plans.example.com/press" });
        app.put_over("/markets/influence", &etag, edit.clone()).await.expect(204);
        app.put_over("/markets/influence", &etag, edit).await.expect(412);
        let scored = find(&app.get("/markets").await.json, "influence");
        assert_eq!((&scored["gap"], &scored["plan"]), (&json!(5), &json!("https://plans.example.com/press")));
        let refused = app.put("/markets/influence", json!({ "importance": 11, "emphasis": -1 })).await.expect(422);
        assert_eq!(refused.fields(), ["importance: market_score", "emphasis: market_score"]);
        app.put("/markets/moon", json!({ "importance": 1 })).await.expect(404);
        let limited = app.limited(Role::Staff, None).await;
        assert_eq!(find(&limited.get("/markets").await.expect(200).json, "customer")["parties"], 0, "whom they do not see");
    }

    async fn whoever_is_not_seen_is_not_tagged(app) {
        let foreign = entered(&app, json!({ "name": "남의 손님" })).await;
        let staff = app.limited(Role::Staff, None).await;
        staff.put(&format!("/parties/{foreign}/tags"), json!({ "tags": ["a"] })).await.expect(404);
        staff.post("/parties/tags", json!({ "parties": [foreign], "add": ["a"] })).await.expect(404);
        staff.post("/parties/markets", json!({ "parties": [foreign], "add": ["supplier"] })).await.expect(404);
        assert_eq!(row(&app, &foreign).await["tags"], json!([]));
    }
}
