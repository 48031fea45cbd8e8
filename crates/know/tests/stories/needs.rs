//! What customers want: said and seen, and one question at a time.

use crate::*;
use testkit::{Client, TestApp, both_engines};

/// Days in microseconds.
const DAY: i64 = 86_400_000_000;

async fn buyer(app: &TestApp, phone: &str, orders: &[(&str, &str)]) -> String {
    let mut party = String::new();
    for (product, at) in orders {
        let order =
            json!({ "phone": phone, "at": at, "lines": [{ "product": product, "amount_minor": 4000 }] });
        party = app.post("/orders", order).await.expect(201).json["party"].as_str().unwrap().to_owned();
    }
    app.settle().await;
    party
}

/// The owner, signed in anew: a day later the old session has ended.
async fn next_day(app: &TestApp, days: i64) -> Client {
    app.later(days * DAY).await;
    app.signed_in_as(web::Role::Owner).await
}

async fn needs(app: &Client, party: &str) -> Value {
    app.get(&format!("/parties/{party}/needs")).await.expect(200).json
}

fn of<'n>(needs: &'n Value, topic: &str) -> &'n Value {
    needs["needs"].as_array().unwrap().iter().find(|need| need["topic"] == topic).unwrap_or(&Value::Null)
}

async fn question(app: &Client, title: &str, choices: Value, topic: Value) -> String {
    let new = json!({ "title": title, "choices": choices, "topic": topic });
    app.post("/questions", new).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

both_engines! {
    registry();

    async fn what_was_said_outranks_what_was_seen_and_both_have_their_source_and_day(app) {
        // Mondays at nine in the morning, in Seoul.
        let visits = ["2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"];
        let orders: Vec<(&str, &str)> = visits.iter().map(|at| ("latte", *at)).collect();
        let party = buyer(&app, "010-1111-2222", &orders).await;
        let seen = needs(&app, &party).await;
        let product = of(&seen, "product");
        assert_eq!((&product["value"], &product["is_declared"]), (&json!("latte"), &json!(false)));
        assert_eq!(product["observed"], json!({ "value": "latte", "times": 3, "of": 3, "day": "2026-11-16" }));
        assert_eq!((&of(&seen, "weekday")["value"], &of(&seen, "time")["value"]), (&json!("mon"), &json!("morning")));
        assert_eq!(of(&seen, "amount")["value"], "4000");

        let path = format!("/parties/{party}/needs");
        app.post(&path, json!({ "topic": "product", "value": "mocha" })).await.expect(201);
        app.later(1_000_000).await;
        let said = app.post(&path, json!({ "topic": "product", "value": "tea" })).await.expect(201).json;
        let product = of(&said, "product");
        assert_eq!((&product["value"], &product["is_declared"]), (&json!("tea"), &json!(true)), "the newest counts");
        assert_eq!(product["declared"]["said_by"], "staff");
        assert_eq!(product["observed"]["value"], "latte", "what was seen stays beside it");

        app.delete(&format!("/declared/{}", product["declared"]["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(of(&needs(&app, &party).await, "product")["value"], "mocha", "what was said before counts again");
        for (topic, value, code) in [("weekday", "someday", "unknown"), ("product", " ", "required")] {
            let refused = app.post(&path, json!({ "topic": topic, "value": value })).await.expect(422);
            assert_eq!(refused.fields(), [format!("value: {code}")]);
        }
        let refused = app.post(&path, json!({ "topic": "avoid", "value": "땅콩 알레르기" })).await.expect(422);
        assert_eq!(refused.code(), "sensitive_health");
    }

    async fn one_question_a_day_the_most_valuable_first(app) {
        let first = question(&app, "어떤 원두를 좋아하세요?", json!(["산미", "고소함"]), json!(null)).await;
        let second = question(&app, "무엇이 있으면 좋을까요?", json!([]), json!("wanted")).await;
        let party = buyer(&app, "010-3333-4444", &[("latte", "2026-11-02T00:00:00Z")]).await;
        app.put("/questions", json!({ "order": [second, first] })).await.expect(200);
        let now = needs(&app, &party).await;
        assert_eq!((&now["question"]["id"], &now["questions"], &now["answered"]), (&json!(second), &json!(2), &json!(0)));

        let path = format!("/parties/{party}/answers");
        let told = app.post(&path, json!({ "question": second, "value": "디카페인" })).await.expect(201).json;
        assert_eq!((&told["question"], &told["answered"]), (&Value::Null, &json!(1)), "no second question today");
        assert_eq!(of(&told, "wanted")["value"], "디카페인", "an answer is a declared fact");
        assert_eq!(told["answers"][0]["title"], "무엇이 있으면 좋을까요?");

        let desk = next_day(&app, 1).await;
        assert_eq!(needs(&desk, &party).await["question"]["id"], json!(first));
        assert_eq!(desk.post(&path, json!({ "question": first, "value": "쓴맛" })).await.expect(422).fields(), ["value: unknown"]);
        desk.post(&path, json!({ "question": first, "value": null })).await.expect(201);
        let desk = next_day(&app, 1).await;
        assert_eq!(needs(&desk, &party).await["question"], Value::Null, "put off");
        let desk = next_day(&app, 30).await;
        assert_eq!(needs(&desk, &party).await["question"]["id"], json!(first), "asked again after a month");

        let results = desk.get("/questions/results").await.expect(200).json;
        assert_eq!(results["wanted"], json!([{ "value": "디카페인", "count": 1 }]));
        assert_eq!(results["completeness"], json!(0.5));
        assert_eq!(desk.delete(&format!("/questions/{second}")).await.expect(409).code(), "question_answered");
        desk.delete(&format!("/questions/{first}")).await.expect(204);
        let closed = json!({ "title": "무엇이 있으면 좋을까요?", "choices": [], "topic": "wanted", "is_open": false });
        desk.put(&format!("/questions/{second}"), closed).await.expect(200);
        assert_eq!(needs(&desk, &party).await["questions"], 0);
    }

    async fn a_question_that_asks_for_what_may_not_be_kept_is_refused(app) {
        let refused = app.post("/questions", json!({ "title": "종교가 있으세요?", "choices": [], "topic": null })).await.expect(422);
        assert_eq!(refused.code(), "sensitive_belief");
        let wrong = json!({ "title": "", "choices": [" "], "topic": "weekday" });
        let refused = app.post("/questions", wrong).await.expect(422);
        assert_eq!(refused.fields(), ["title: required", "choices: required", "topic: unknown"]);
    }

    async fn merged_records_have_answered_together_and_part_again(app) {
        let asked = question(&app, "어떤 원두를 좋아하세요?", json!([]), json!(null)).await;
        let one = buyer(&app, "010-5555-0001", &[("latte", "2026-11-02T00:00:00Z")]).await;
        let other = buyer(&app, "010-5555-0002", &[("tea", "2026-11-03T00:00:00Z")]).await;
        app.post(&format!("/parties/{other}/answers"), json!({ "question": asked, "value": "산미" })).await.expect(201);
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        assert_eq!(needs(&app, &one).await["answered"], 1);
        app.post(&format!("/merges/{}/undo", merged["merges"][0].as_str().unwrap()), json!({})).await.expect(200);
        assert_eq!((needs(&app, &one).await["answered"].clone(), needs(&app, &other).await["answered"].clone()), (json!(0), json!(1)));
    }
}
