//! Bonds: entered for one and for many, the ladder on any day, who moved, and whom a rule means.

use crate::*;
use testkit::both_engines;

async fn bond(app: &TestApp, party: &str, level: &str, started: i64, ended: Option<i64>) -> String {
    let ended = ended.map(|days| ago(app, days));
    let new = json!({ "level": level, "name": "쿠폰 회원", "started": ago(app, started), "ended": ended });
    let all = app.post(&format!("/parties/{party}/bonds"), new).await.expect(201).json;
    let newest = all.as_array().unwrap().iter().max_by_key(|bond| bond["at"].as_str().unwrap().to_owned());
    newest.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Whom a rule means.
async fn meant(app: &TestApp, rule: &str) -> i64 {
    let asked = app.post("/choose/segments/ask", json!({ "text": rule })).await.expect(200);
    asked.json["count"].as_i64().unwrap()
}

/// How many a cell of the matrix counts; its list counts the same.
async fn moved(app: &TestApp, board: &Value, before: i64, after: i64) -> i64 {
    let moves = board["moves"].as_array().unwrap();
    let cell = moves.iter().find(|cell| cell["before"] == before && cell["after"] == after).unwrap();
    let query = cell["href"].as_str().unwrap().split_once('?').unwrap().1;
    assert_eq!(people(app, query).await, cell["count"].as_i64().unwrap(), "the list of {cell}");
    cell["count"].as_i64().unwrap()
}

both_engines! {
    registry();

    async fn the_ladder_counts_the_highest_bond_on_any_day(app) {
        let (up, down, top) = (someone(&app, "Up").await, someone(&app, "Down").await, someone(&app, "Top").await);
        someone(&app, "None").await;
        bond(&app, &up, "financial", 200, None).await;
        bond(&app, &up, "social", 10, None).await;
        bond(&app, &down, "structural", 300, Some(20)).await;
        bond(&app, &top, "structural", 300, None).await;
        app.settle().await;
        let board = app.get(&format!("/choose/bonds?from={}&to={}", ago(&app, 60), ago(&app, 0))).await.expect(200).json;
        let counts: Vec<i64> = board["steps"].as_array().unwrap().iter().map(|step| step["count"].as_i64().unwrap()).collect();
        assert_eq!(counts, [2, 0, 1, 1], "{board}");
        assert_eq!(board["directions"], json!([1, 2, 1]));
        let cells = [(1, 2, 1), (3, 0, 1), (3, 3, 1), (0, 0, 1), (0, 3, 0)];
        for (before, after, count) in cells {
            assert_eq!(moved(&app, &board, before, after).await, count, "{before} to {after}");
        }
        assert_eq!((meant(&app, "bond_level >= 2").await, meant(&app, "bond_level = 0").await), (2, 2));
        assert_eq!(people(&app, "bond_level=2,3").await, 2);
        let backwards = format!("/choose/bonds?from={}&to={}", ago(&app, 0), ago(&app, 5));
        assert_eq!(app.get(&backwards).await.expect(422).fields(), ["from: transition_period"]);
    }

    async fn a_bond_ends_and_is_taken_back_and_members_follow(app) {
        let party = someone(&app, "Kim").await;
        let segment = app.post("/choose/segments", json!({ "name": "Bound", "text": "bond_level >= 1" })).await.expect(201).json;
        app.settle().await;
        let size = async || app.get(&format!("/choose/segments/{}", segment["id"].as_str().unwrap())).await.json["size"].clone();
        assert_eq!(size().await, 0);
        let id = bond(&app, &party, "social", 5, None).await;
        app.settle().await;
        assert_eq!(size().await, 1, "whoever gets a bond comes in at once");
        assert_eq!(app.put(&format!("/bonds/{id}"), json!({ "ended": ago(&app, 9) })).await.expect(422).fields(), ["ended: bond_ends_before"]);
        app.put(&format!("/bonds/{id}"), json!({ "ended": ago(&app, 1) })).await.expect(204);
        app.settle().await;
        assert_eq!(size().await, 0);
        let bonds = app.get(&format!("/parties/{party}/bonds")).await.expect(200).json;
        assert_eq!((bonds[0]["present"].clone(), bonds[0]["level"].clone()), (json!(false), json!("social")));
        app.delete(&format!("/bonds/{id}")).await.expect(204);
        app.delete(&format!("/bonds/{id}")).await.expect(404);
        assert_eq!(app.get(&format!("/parties/{party}/bonds")).await.json, json!([]));
        let wrong = json!({ "level": "social", "name": " " });
        assert_eq!(app.post(&format!("/parties/{party}/bonds"), wrong).await.expect(422).fields(), ["name: required"]);
    }

    async fn many_get_a_bond_at_once_and_the_levels_follow_a_merge(app) {
        let (one, other) = (someone(&app, "One").await, someone(&app, "Other").await);
        let many = json!({ "parties": [one, other], "bond": { "level": "financial", "name": "적립 회원" } });
        assert_eq!(app.post("/bonds", many).await.expect(200).json["entered"], 2);
        bond(&app, &other, "structural", 3, None).await;
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        app.settle().await;
        assert_eq!(meant(&app, "bond_level = 3").await, 1);
        assert_eq!(app.get(&format!("/parties/{one}/bonds")).await.json.as_array().unwrap().len(), 3);
        app.post(&format!("/merges/{}/undo", merged["merges"][0].as_str().unwrap()), json!({})).await.expect(200);
        app.settle().await;
        assert_eq!((meant(&app, "bond_level = 1").await, meant(&app, "bond_level = 3").await), (1, 1));
    }

    async fn the_owner_writes_what_to_do_next(app) {
        let next = [("", ""), ("이름을 불러 주세요.", "Use their name."), ("", ""), ("", "")];
        let next: Vec<Value> = next.iter().map(|(ko, en)| json!({ "ko": ko, "en": en })).collect();
        app.put("/choose/bonds/settings", json!({ "next": next })).await.expect(200);
        assert_eq!(app.get("/choose/bonds/settings").await.json["next"][1]["en"], "Use their name.");
        assert_eq!(app.put("/choose/bonds/settings", json!({ "next": [] })).await.expect(422).fields(), ["next: bond_steps"]);
    }
}
