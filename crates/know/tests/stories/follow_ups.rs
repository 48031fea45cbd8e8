//! Memos: what they speak of becomes a follow-up, and what may not be kept is refused.

use crate::*;
use testkit::{Client, both_engines};

/// Days in microseconds.
const DAY: i64 = 86_400_000_000;

async fn made(app: &Client, name: &str) -> String {
    app.post("/parties", json!({ "name": name })).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

/// The owner, signed in anew: a day later the old session has ended.
async fn next_day(app: &testkit::TestApp, days: i64) -> Client {
    app.later(days * DAY).await;
    app.signed_in_as(web::Role::Owner).await
}

async fn listed(app: &Client, query: &str) -> Vec<Value> {
    app.get(&format!("/follow-ups?{query}")).await.expect(200).json["items"].as_array().unwrap().clone()
}

/// The card of Today, if it is there.
async fn card(app: &Client) -> Option<Value> {
    let today = app.get("/today").await.expect(200).json;
    today["cards"].as_array().unwrap().iter().find(|card| card["id"] == "follow_ups").cloned()
}

both_engines! {
    registry();

    async fn a_memo_becomes_a_follow_up_that_today_shows_on_its_day(app) {
        let party = made(&app, "김단골").await;
        let text = "아들 졸업식 2월 10일, 어머니 생신 내일";
        let read = app.post("/memos/read", json!({ "text": text })).await.expect(200).json;
        assert_eq!(read["cues"][0], json!({ "occasion": "graduation", "title": "아들 졸업식", "day": "2027-02-10",
            "lunar": false, "plan": "next_visit" }));
        assert_eq!((&read["cues"][1]["day"], &read["cues"][1]["plan"]), (&json!("2026-11-23"), &json!("yearly")));
        assert_eq!(listed(&app, "").await.len(), 0, "reading keeps nothing");

        let memo = json!({ "text": text, "follow_ups": read["cues"] });
        app.post(&format!("/parties/{party}/notes"), memo).await.expect(201);
        let open = listed(&app, &format!("party={party}&state=open")).await;
        let days: Vec<&Value> = open.iter().map(|one| &one["due"]).collect();
        assert_eq!(days, ["2026-11-23", "2027-02-10"]);
        assert_eq!(card(&app).await, None, "not before its day");

        let app = next_day(&app, 1).await;
        let today = card(&app).await.unwrap();
        assert_eq!((&today["count"], &today["people"][0]["name"], &today["href"]), (&json!(1), &json!("김단골"), &json!("/know/follow-ups")));
        let due = listed(&app, "due=true").await;
        assert_eq!((due.len(), &due[0]["title"]), (1, &json!("어머니 생신")), "the card counts what the list shows");

        let path = format!("/follow-ups/{}", due[0]["id"].as_str().unwrap());
        let done = app.put(&path, json!({ "state": "done" })).await.expect(200).json;
        assert_eq!((&done["state"], done["closed_by"].is_string()), (&json!("done"), true));
        app.put(&path, json!({ "state": "done" })).await.expect(200);
        assert_eq!(card(&app).await, None);
        let next = listed(&app, &format!("party={party}&state=open")).await;
        assert_eq!((next.len(), &next[1]["due"]), (2, &json!("2027-11-23")), "a birthday comes again, once");
        let told = app.get(&format!("/parties/{party}/timeline?kinds=follow_up")).await.expect(200).json;
        assert_eq!((&told["items"][0]["text"], &told["items"][0]["to"]), (&json!("어머니 생신"), &json!("done")));

        app.put(&path, json!({ "state": "open" })).await.expect(200);
        let again = listed(&app, &format!("party={party}&state=open")).await;
        assert_eq!((again.len(), &again[0]["due"]), (2, &json!("2026-11-23")), "taken back, with next year's");
        let other = json!({ "state": "not_done" });
        app.put(&path, other).await.expect(200);
        assert_eq!(listed(&app, "state=not_done").await.len(), 1);
    }

    async fn what_waits_for_the_next_visit_is_due_when_they_come(app) {
        let party = made(&app, "이하나").await;
        let follow_up = json!({ "occasion": "move", "title": "이사", "day": "2026-11-24", "plan": "next_visit" });
        app.post(&format!("/parties/{party}/follow-ups"), follow_up).await.expect(201);
        app.post(&format!("/parties/{party}/visits"), json!({})).await.expect(201);
        let desk = next_day(&app, 3).await;
        assert_eq!(listed(&desk, "due=true").await.len(), 0, "they were here before the day, not since");
        desk.post(&format!("/parties/{party}/visits"), json!({})).await.expect(201);
        assert_eq!(listed(&desk, "due=true").await.len(), 1);
        assert_eq!(card(&desk).await.unwrap()["count"], 1);

        let buyer = desk.post("/orders", json!({ "name": "박둘", "phone": "010-5555-6666", "lines": [{ "amount_minor": 1000 }] }));
        let buyer = buyer.await.expect(201).json["party"].as_str().unwrap().to_owned();
        let today = json!({ "occasion": "move", "title": "이사", "day": "2026-11-25", "plan": "next_visit" });
        desk.post(&format!("/parties/{buyer}/follow-ups"), today).await.expect(201);
        app.settle().await;
        assert_eq!(listed(&desk, "due=true").await.len(), 2, "an order is a visit");
    }

    async fn what_may_not_be_kept_is_refused_with_the_reason(app) {
        let party = made(&app, "정민감").await;
        let path = format!("/parties/{party}/notes");
        for (text, code) in [
            ("당뇨가 있으심", "sensitive_health"),
            ("교회에 다니심", "sensitive_belief"),
            ("노조 위원장", "sensitive_union"),
            ("동성애자", "sensitive_sexual"),
            ("has a criminal record", "sensitive_crime"),
            ("번호는 900101-1234567", "sensitive_resident"),
        ] {
            let refused = app.post(&path, json!({ "text": text })).await.expect(422);
            assert_eq!(refused.code(), code, "{text}");
            assert_eq!(refused.json["fields"][0]["field"], "text");
            assert!(!refused.text().contains("900101"), "the number is not repeated");
            let read = app.post("/memos/read", json!({ "text": text })).await.expect(200).json;
            assert_eq!(format!("sensitive_{}", read["sensitive"].as_str().unwrap()), code);
        }
        let told = app.post(&path, json!({ "text": "당뇨가 있으심" })).await.expect(422);
        assert!(told.json["detail"].as_str().unwrap().contains("당뇨"), "{}", told.text());
        let new = json!({ "name": "새 고객", "note": "is diabetic" });
        assert_eq!(app.post("/parties", new).await.expect(422).code(), "sensitive_health");
        let follow_up = json!({ "title": "암 수술 위로", "day": "2026-12-01", "plan": "on_day" });
        let follow_up = app.post(&format!("/parties/{party}/follow-ups"), follow_up).await.expect(422);
        assert_eq!((follow_up.code(), &follow_up.json["fields"][0]["field"]), ("sensitive_health", &json!("title")));
        let timeline = app.get(&format!("/parties/{party}/timeline?kinds=note")).await.json;
        assert_eq!(timeline["items"], json!([]), "nothing was kept");
        assert_eq!(app.get("/parties/summary").await.json["count"], 1);
        for harmless in ["암막 커튼", "교회 앞 매장", "전과 같은 자리"] {
            app.post(&path, json!({ "text": harmless })).await.expect(201);
        }
    }

    async fn a_memo_that_is_taken_back_takes_its_follow_ups_along(app) {
        let party = made(&app, "최메모").await;
        let follow_up = json!({ "title": "전화", "day": "2026-11-22", "plan": "on_day", "occasion": "promise" });
        let memo = json!({ "text": "오늘 전화 드리기로", "follow_ups": [follow_up] });
        let note = app.post(&format!("/parties/{party}/notes"), memo).await.expect(201).json;
        assert_eq!(card(&app).await.unwrap()["params"]["promised"], 1);
        app.delete(&format!("/notes/{}", note["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(listed(&app, "").await.len(), 0);
    }

    async fn what_is_wrong_with_a_follow_up_is_said_by_field(app) {
        let party = made(&app, "한번").await;
        let path = format!("/parties/{party}/follow-ups");
        let wrong = json!({ "title": " ", "day": "2099-01-01", "plan": "on_day", "occasion": "party" });
        let refused = app.post(&path, wrong).await.expect(422);
        assert_eq!(refused.fields(), ["title: required", "occasion: unknown", "day: day_out_of_range"]);
        let made = app.post(&path, json!({ "title": "x", "day": "2026-11-22", "plan": "on_day" })).await.expect(201).json;
        let one = format!("/follow-ups/{}", made["id"].as_str().unwrap());
        assert_eq!(app.put(&one, json!({ "due": "2020-01-01" })).await.expect(422).fields(), ["due: day_out_of_range"]);
        let off = app.put(&one, json!({ "due": "2026-11-23" })).await.expect(200).json;
        assert_eq!((&off["due"], &off["is_due"]), (&json!("2026-11-23"), &json!(false)));
        app.delete(&one).await.expect(204);
        app.delete(&one).await.expect(404);
    }

    async fn a_follow_up_stays_with_its_record_through_a_merge_and_back(app) {
        let (one, other) = (made(&app, "홍길동").await, made(&app, "홍 길동").await);
        let follow_up = json!({ "title": "전화", "day": "2026-11-22", "plan": "on_day" });
        app.post(&format!("/parties/{other}/follow-ups"), follow_up).await.expect(201);
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        let due = listed(&app, &format!("party={one}")).await;
        assert_eq!((due.len(), &due[0]["party"], &due[0]["name"]), (1, &json!(one), &json!("홍길동")));
        app.post(&format!("/merges/{}/undo", merged["merges"][0].as_str().unwrap()), json!({})).await.expect(200);
        assert_eq!(listed(&app, &format!("party={one}")).await.len(), 0);
        assert_eq!(listed(&app, &format!("party={other}")).await.len(), 1);
    }

    async fn whoever_sees_only_some_customers_sees_only_their_follow_ups(app) {
        let clerk = app.limited(web::Role::Clerk, None).await;
        let (own, foreign) = (made(&clerk, "내 손님").await, made(&app, "남의 손님").await);
        for party in [&own, &foreign] {
            let follow_up = json!({ "title": "010-1234-5678로 전화", "day": "2026-11-22", "plan": "on_day" });
            app.post(&format!("/parties/{party}/follow-ups"), follow_up).await.expect(201);
        }
        let seen = listed(&clerk, "due=true").await;
        assert_eq!((seen.len(), &seen[0]["party"]), (1, &json!(own)));
        assert!(!seen[0]["title"].as_str().unwrap().contains("1234-5678"), "masked: {}", seen[0]["title"]);
        assert_eq!(card(&clerk).await.unwrap()["count"], 1);
        assert_eq!(card(&app).await.unwrap()["count"], 2);
    }
}
