//! What people ask about their own data: the clock, who asks, the answer.

use crate::*;
use kernel::Instant;
use testkit::{Client, both_engines};
use web::Role;

async fn person(app: &Client, name: &str, phone: &str) -> String {
    let made = app.post("/parties", json!({ "name": name, "phone": phone })).await.expect(201).json;
    made["id"].as_str().unwrap().to_owned()
}

async fn ask(app: &Client, party: &str, kind: &str) -> String {
    let asked =
        json!({ "party": party, "kind": kind, "way": "counter", "words": "010-1111-2222로 알려 주세요" });
    app.post("/requests", asked).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

async fn urgency(app: &TestApp, id: &str) -> (String, i64) {
    // The first session ends with its week.
    let owner = app.signed_in_as(Role::Owner).await;
    let request = owner.get(&format!("/requests/{id}")).await.expect(200).json;
    (request["urgency"].as_str().unwrap().to_owned(), request["days_left"].as_i64().unwrap())
}

async fn today(app: &TestApp) -> Option<Value> {
    let owner = app.signed_in_as(Role::Owner).await;
    let cards = owner.get("/today").await.expect(200).json["cards"].as_array().unwrap().clone();
    cards.into_iter().find(|card| card["id"] == "privacy_requests")
}

both_engines! {
    registry();

    async fn korea_gives_ten_days_an_alarm_on_the_seventh_and_a_breach_on_the_tenth(app) {
        let party = person(&app, "홍길동", "010-1111-2222").await;
        let id = ask(&app, &party, "access").await;
        let request = app.get(&format!("/requests/{id}")).await.expect(200).json;
        assert_eq!((&request["jurisdiction"], &request["alarm_day"], &request["due_day"]),
            (&json!("kr"), &json!("2026-11-29"), &json!("2026-12-02")));
        let automated = ask(&app, &party, "explanation").await;
        assert_eq!(app.get(&format!("/requests/{automated}")).await.json["due_day"], "2026-12-22");
        let card = today(&app).await.unwrap();
        assert_eq!((&card["count"], &card["params"]["urgency"], &card["due"]), (&json!(2), &json!("calm"), &json!("2026-12-02")));
        app.later(6 * Instant::DAY).await;
        assert_eq!(urgency(&app, &id).await, ("calm".into(), 4));
        app.later(Instant::DAY).await;
        assert_eq!(urgency(&app, &id).await, ("alarm".into(), 3));
        app.later(3 * Instant::DAY).await;
        assert_eq!(urgency(&app, &id).await, ("breach".into(), 0));
        assert_eq!(today(&app).await.unwrap()["params"]["urgency"], "breach");
    }

    async fn a_rule_that_changes_moves_no_date_that_was_given(app) {
        let party = person(&app, "홍길동", "010-1111-2222").await;
        let before = ask(&app, &party, "access").await;
        let mut settings = app.get("/requests/settings").await.expect(200).json;
        settings["rules"].as_array_mut().unwrap().push(json!({
            "jurisdiction": "kr", "about": "data", "count": 5, "unit": "days", "alarm_days": 3, "from": "2026-11-01",
            "until": null, "basis": "a later law"
        }));
        app.put("/requests/settings", settings.clone()).await.expect(200);
        let after = ask(&app, &party, "access").await;
        let due = async |id: &str| app.get(&format!("/requests/{id}")).await.json["due_day"].clone();
        assert_eq!((due(&before).await, due(&after).await), (json!("2026-12-02"), json!("2026-11-27")));
        let abroad = json!({ "party": party, "kind": "access", "way": "mail", "jurisdiction": "eu", "received_at": "2026-10-31T03:00:00Z" });
        let abroad = app.post("/requests", abroad).await.expect(201).json;
        assert_eq!((&abroad["due_day"], &abroad["alarm_day"]), (&json!("2026-11-30"), &json!("2026-11-20")));
        settings["rules"][0]["alarm_days"] = json!(40);
        assert_eq!(app.put("/requests/settings", settings).await.expect(422).fields(), ["rules: clock_unsound"]);
    }

    async fn nothing_is_given_out_before_it_is_known_who_asks(app) {
        let party = person(&app, "홍길동", "010-1111-2222").await;
        let id = ask(&app, &party, "access").await;
        let erasure = ask(&app, &party, "erasure").await;
        let path = format!("/requests/{id}");
        for (request, deed, body) in [(&id, "export", json!({})), (&erasure, "erasure", json!({})), (&id, "answer", json!({ "text": "here" }))] {
            let refused = app.post(&format!("/requests/{request}/{deed}"), body).await.expect(409);
            assert_eq!(refused.code(), "request_identity_first", "{deed}");
        }
        assert_eq!(app.get(&format!("{path}/export")).await.expect(409).code(), "request_identity_first");
        let outcome = app.get(&format!("{path}/outcome")).await.expect(200).json;
        assert_eq!((&outcome["origins"], &outcome["factors"]), (&json!([]), &json!([])));

        let known = app.post(&format!("{path}/identity"), json!({ "how": "known_contact" })).await.expect(200).json;
        assert_eq!((&known["state"], &known["identity"]["how"]), (&json!("identity_checked"), &json!("known_contact")));
        assert_eq!(app.post(&format!("{path}/identity"), json!({ "how": "document" })).await.expect(409).code(), "request_identified");
        let early = app.post(&format!("{path}/answer"), json!({ "text": "here" })).await.expect(409);
        assert_eq!(early.code(), "request_export_first", "an answer says what was done");
        app.post(&format!("{path}/export"), json!({})).await.expect(202);
        app.settle().await;
        app.get(&format!("{path}/export")).await.expect(200);
        let answered = app.post(&format!("{path}/answer"), json!({ "text": "보내 드렸어요" })).await.expect(200).json;
        assert_eq!((&answered["state"], &answered["urgency"], &answered["answer"]), (&json!("answered"), &json!("done"), &json!("보내 드렸어요")));
        let again = app.post(&format!("{path}/refuse"), json!({ "reason": "law", "text": "x" })).await.expect(409);
        assert_eq!(again.code(), "request_closed");

        let kinds = app.get(&format!("/parties/{party}/timeline?kinds=request")).await.expect(200).json;
        let steps: Vec<_> = kinds["items"].as_array().unwrap().iter().map(|item| (item["event"].clone(), item["to"].clone())).collect();
        assert!(steps.contains(&(json!("access"), json!("answered"))) && steps.contains(&(json!("erasure"), json!("received"))), "{kinds}");
        let audited = app.get("/audit?action=request").await.expect(200).text();
        assert!(audited.contains("request.export_fetched") && !audited.contains("홍길동") && !audited.contains("1111"), "{audited}");
    }

    async fn a_refusal_needs_a_reason_and_no_identity(app) {
        let unknown = json!({ "who": "김아무개", "kind": "access", "way": "mail", "words": "제 정보가 있나요?" });
        let id = app.post("/requests", unknown).await.expect(201).json["id"].as_str().unwrap().to_owned();
        assert_eq!(app.post(&format!("/requests/{id}/refuse"), json!({ "reason": "nothing_held", "text": " " })).await.expect(422).fields(), ["text: required"]);
        let refused = json!({ "reason": "nothing_held", "text": "가진 정보가 없어요. 이의는 …" });
        let closed = app.post(&format!("/requests/{id}/refuse"), refused).await.expect(200).json;
        assert_eq!((&closed["state"], &closed["closed"]["how"], &closed["who"]), (&json!("refused"), &json!("nothing_held"), &json!("김아무개")));
        assert_eq!(app.get("/requests").await.json["items"], json!([]));
        assert_eq!(app.get("/requests?closed=true").await.json["items"][0]["id"], json!(id));
        assert_eq!(app.post("/requests", json!({ "kind": "access", "way": "mail" })).await.expect(422).fields(), ["party: required"]);
        let tomorrow = json!({ "who": "x", "kind": "access", "way": "mail", "received_at": "2026-11-30T00:00:00Z" });
        assert_eq!(app.post("/requests", tomorrow).await.expect(422).fields(), ["received_at: received_out_of_range"]);
    }

    async fn a_clerk_writes_requests_down_and_answers_none(app) {
        let party = person(&app, "홍길동", "010-1111-2222").await;
        let clerk = app.signed_in_as(Role::Clerk).await;
        let id = ask(&clerk, &party, "erasure").await;
        let seen = clerk.get(&format!("/requests/{id}")).await.expect(200).json;
        assert_eq!(seen["words"], "010-****-2222로 알려 주세요");
        for (deed, body) in [("identity", json!({ "how": "document" })), ("answer", json!({ "text": "x" })), ("erasure", json!({}))] {
            clerk.post(&format!("/requests/{id}/{deed}"), body).await.expect(403);
        }
        let stranger = app.limited(Role::Staff, None).await;
        stranger.get(&format!("/requests/{id}")).await.expect(404);
        stranger.get(&format!("/requests?party={party}")).await.expect(404);
        assert_eq!(stranger.get("/requests").await.expect(200).json["items"], json!([]));
        assert_eq!(stranger.get("/today").await.json["cards"], json!([]));
    }

    async fn what_a_merged_record_asked_the_customer_asked(app) {
        let (one, other) = (person(&app, "홍길동", "010-1111-2222").await, person(&app, "홍길동", "010-3333-4444").await);
        ask(&app, &other, "source").await;
        app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201);
        let asked = app.get(&format!("/requests?party={one}")).await.expect(200).json;
        assert_eq!((asked["items"].as_array().unwrap().len(), &asked["items"][0]["party"]["id"]), (1, &json!(one)));
    }

    async fn where_data_came_from_is_told_from_the_records(app) {
        import(&app, "customer_id,name,phone,date,order_no,amount,currency\nA1,홍길동,010-7777-8888,2026-10-01,o1,1000,KRW\n").await;
        let party = people(&app, "").await[0]["id"].as_str().unwrap().to_owned();
        let id = ask(&app, &party, "source").await;
        app.post(&format!("/requests/{id}/identity"), json!({ "how": "in_person" })).await.expect(200);
        let outcome = app.get(&format!("/requests/{id}/outcome")).await.expect(200).json;
        assert_eq!((&outcome["origins"][0]["how"], &outcome["origins"][0]["file"]), (&json!("import"), &json!("orders.csv")));
        assert!(outcome["factors"].as_array().unwrap().iter().any(|factor| factor["name"] == "state"), "{outcome}");
        app.post(&format!("/requests/{id}/answer"), json!({ "text": "주문 파일에서 왔어요" })).await.expect(200);
    }
}
