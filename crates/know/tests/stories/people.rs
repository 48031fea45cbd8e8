//! What people record by hand: customers, orders, memos, visits, reasons, views.

use crate::*;
use testkit::both_engines;

/// What the timeline tells, newest first: kind and text.
async fn timeline(app: &TestApp, party: &str, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/parties/{party}/timeline?{query}")).await.expect(200).json;
    page["items"].as_array().unwrap().clone()
}

/// The kinds of `items`.
fn kinds_of(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

both_engines! {
    registry();

    async fn a_name_is_one_line(app) {
        let made = app.post("/parties", json!({ "name": "a\r\nb" })).await.expect(201).json;
        assert_eq!(made["name"], "a b");
        let path = format!("/parties/{}", made["id"].as_str().unwrap());
        assert_eq!(app.put(&path, json!({ "name": "홍\t길동\u{2028}\n" })).await.expect(200).json["name"], "홍 길동");
        assert_eq!(app.put(&path, json!({ "name": "\n\u{1}" })).await.expect(422).fields(), ["name: required"]);
        let order = json!({ "id": "1", "type": "order", "customer": { "id": "c", "name": "김\n단골" }, "lines": [{ "amount_minor": 1 }] });
        let told = app.post("/events", json!({ "source": "pos", "events": [order] })).await.expect(200).json;
        app.settle().await;
        let path = format!("/parties/{}", told["results"][0]["party"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(200).json["name"], "김 단골");
    }

    async fn a_customer_is_entered_and_changed_and_never_doubled(app) {
        let new = json!({ "name": "홍길동", "email": "Gil@Example.com", "phone": "010-1234-5678", "note": "first" });
        let made = app.post("/parties", new).await.expect(201);
        let (id, etag) = (made.json["id"].as_str().unwrap().to_owned(), made.header("etag").unwrap().to_owned());
        assert_eq!((&made.json["state"], &made.json["orders"], &made.json["etag"]), (&json!("prospect"), &json!(0), &json!(etag)));
        let shown: Vec<&Value> = made.json["contacts"].as_array().unwrap().iter().map(|contact| &contact["shown"]).collect();
        assert_eq!(shown, ["gil@example.com", "010-1234-5678"]);
        assert_eq!(timeline(&app, &id, "kinds=note").await[0]["text"], "first");

        let taken = app.post("/parties", json!({ "name": "Other", "phone": "+82 10 1234 5678" })).await.expect(409);
        assert_eq!((taken.code(), &taken.json["party"]), ("contact_taken", &json!(id)));
        assert_eq!(app.get("/parties/summary").await.json["count"], 1, "what was refused wrote nothing");

        let edit = json!({ "name": "홍길순", "email": "gil@example.com" });
        let path = format!("/parties/{id}");
        let changed = app.put_over(&path, &etag, edit.clone()).await.expect(200);
        assert_eq!((&changed.json["name"], &changed.json["phone"]), (&json!("홍길순"), &Value::Null));
        assert_ne!(changed.header("etag"), Some(etag.as_str()));
        assert_eq!(app.put_over(&path, &etag, edit).await.expect(412).code(), "changed_meanwhile");

        let other = app.post("/parties", json!({ "name": "Other", "email": "o@example.com" })).await.expect(201);
        let other = format!("/parties/{}", other.json["id"].as_str().unwrap());
        let taken = app.put(&other, json!({ "name": "Other", "email": "gil@example.com" })).await.expect(409);
        assert_eq!(taken.json["party"], json!(id));
        assert_eq!(app.get(&other).await.json["email"], "o@example.com", "what was refused changed nothing");
    }

    async fn what_is_wrong_with_a_customer_is_said_by_field(app) {
        let wrong = json!({ "name": " ", "email": "nobody", "phone": "12" });
        let refused = app.post("/parties", wrong).await.expect(422);
        assert_eq!(refused.fields(), ["name: required", "email: not_an_email", "phone: not_a_phone"]);
        let long = json!({ "name": "가".repeat(5_000) });
        assert_eq!(app.post("/parties", long).await.expect(422).fields(), ["name: too_long"]);
        app.get("/parties/pty_nobody").await.expect(400);
        app.get("/parties/pty_0000000000000").await.expect(404);
    }

    async fn an_order_by_hand_finds_or_makes_its_customer(app) {
        let lines = json!([{ "product": "latte", "quantity": 2, "amount_minor": 9000 }, { "amount_minor": -1000 }]);
        let order = json!({ "name": "김단골", "phone": "010-2222-3333", "at": "2026-11-21T03:00:00Z", "lines": lines });
        let first = app.post("/orders", order.clone()).await.expect(201).json;
        let second = app.post("/orders", order).await.expect(201).json;
        assert_eq!(first["party"], second["party"]);
        assert_ne!(first["order_no"], second["order_no"]);
        app.settle().await;
        let party = first["party"].as_str().unwrap();
        let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
        assert_eq!((&card["orders"], &card["spend"]["amount_minor"]), (&json!(2), &json!(16_000)));
        assert_eq!(card["facts"]["average_order"], json!({ "currency": "KRW", "amount_minor": 8000 }));
        assert_eq!(card["products"], json!([{ "name": "latte", "orders": 2, "last": "2026-11-21" }]));
        let items = timeline(&app, party, "kinds=order,refund").await;
        assert_eq!(kinds_of(&items), ["refund", "refund", "order", "order"]);
        assert_eq!(items[3]["lines"][0]["quantity"], 2.0);
        let found = app.get(&format!("/search?q={}", first["order_no"].as_str().unwrap())).await.json;
        assert_eq!((&found["orders"][0]["order_no"], &found["parties"][0]["id"]), (&first["order_no"], &first["party"]));

        assert_eq!(app.post("/orders", json!({ "lines": [] })).await.expect(422).fields(), ["lines: line_count"]);
        let huge = json!({ "lines": [{ "amount_minor": 9_007_199_254_740_993_i64 }] });
        assert_eq!(app.post("/orders", huge).await.expect(422).fields(), ["lines: amount_too_large"]);
        let least = json!({ "lines": [{ "amount_minor": i64::MIN }] });
        assert_eq!(app.post("/orders", least).await.expect(422).fields(), ["lines: amount_too_large"]);
        let anonymous = app.post("/orders", json!({ "lines": [{ "amount_minor": 1 }] })).await.expect(201).json;
        assert_eq!(anonymous["party"], Value::Null);
        let named = app.post("/orders", json!({ "name": "박이름", "lines": [{ "amount_minor": 1 }] })).await;
        let named = format!("/parties/{}", named.expect(201).json["party"].as_str().unwrap());
        app.settle().await;
        assert_eq!(app.get(&named).await.expect(200).json["name"], "박이름");
        let unreadable = json!({ "phone": "12", "lines": [{ "amount_minor": 1 }] });
        assert_eq!(app.post("/orders", unreadable).await.expect(422).fields(), ["phone: not_a_phone"]);
    }

    async fn a_memo_of_a_call_counts_until_it_is_taken_back(app) {
        let party = app.post("/parties", json!({ "name": "Kim" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let order = json!({ "party": party, "at": "2026-11-01T03:00:00Z", "lines": [{ "amount_minor": 5000 }] });
        app.post("/orders", order).await.expect(201);
        app.settle().await;
        let path = format!("/parties/{party}/notes");
        assert_eq!(people(&app, "contacted=false").await.len(), 1);
        app.post(&path, json!({ "text": "<script>alert(1)</script>" })).await.expect(201);
        assert_eq!(people(&app, "contacted=false").await.len(), 1, "a memo is no contact");
        let called = app.post(&path, json!({ "text": "comes on Friday", "contact": "called" })).await.expect(201).json;
        assert_eq!((&called["kind"], &called["contact"], &called["text"]), (&json!("note"), &json!("called"), &json!("comes on Friday")));
        assert_eq!((people(&app, "contacted=true").await.len(), people(&app, "contacted=false").await.len()), (1, 0));
        let notes = timeline(&app, &party, "kinds=note").await;
        assert_eq!((&notes[0]["id"], &notes[1]["text"]), (&called["id"], &json!("<script>alert(1)</script>")));

        let note = format!("/notes/{}", called["id"].as_str().unwrap());
        app.delete(&note).await.expect(204);
        app.delete(&note).await.expect(404);
        assert_eq!((people(&app, "contacted=true").await.len(), people(&app, "contacted=false").await.len()), (0, 1));
        assert_eq!(timeline(&app, &party, "kinds=note").await.len(), 1);

        assert_eq!(app.post(&path, json!({ "text": "  " })).await.expect(422).fields(), ["text: required"]);
        assert_eq!(app.post(&path, json!({ "text": "가".repeat(100_000) })).await.expect(422).fields(), ["text: too_long"]);
        app.post("/parties/pty_0000000000000/notes", json!({ "text": "a" })).await.expect(404);
    }

    async fn someone_who_never_bought_can_be_contacted_too(app) {
        let party = app.post("/parties", json!({ "name": "Kim" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        app.post(&format!("/parties/{party}/notes"), json!({ "text": "hi", "contact": "met" })).await.expect(201);
        assert_eq!((people(&app, "contacted=true").await.len(), people(&app, "contacted=false").await.len()), (1, 0));
        assert_eq!((people(&app, "late=true").await.len(), people(&app, "late=false").await.len()), (0, 1));
    }

    async fn a_visit_stands_on_the_timeline_with_the_rest(app) {
        let party = app.post("/parties", json!({ "name": "Kim" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let visit = json!({ "at": "2026-11-20T03:00:00Z", "store": "Seongsu" });
        let told = app.post(&format!("/parties/{party}/visits"), visit).await.expect(201).json;
        assert_eq!((&told["kind"], &told["at"], &told["store"]), (&json!("visit"), &json!("2026-11-20T03:00:00Z"), &json!("Seongsu")));
        app.post(&format!("/parties/{party}/visits"), json!({})).await.expect(201);
        app.post(&format!("/parties/{party}/notes"), json!({ "text": "hello" })).await.expect(201);
        let all = timeline(&app, &party, "").await;
        assert_eq!(all.len(), 4);
        assert_eq!(all.last().unwrap()["store"], "Seongsu");
        assert_eq!(kinds_of(&timeline(&app, &party, "kinds=visit").await), ["visit", "visit"]);
        assert_eq!(kinds_of(&timeline(&app, &party, "kinds=created").await), ["created"]);
    }

    async fn a_timeline_in_pages_has_no_gaps_where_much_happened_at_once(app) {
        // Days without a time: everything happened at midnight.
        let mut file = "customer,date,order,amount\n".to_owned();
        for number in 0..23 {
            file += &format!("a,2026-10-{:02},o{number},{}\n", 1 + number / 12, 1_000 + number);
        }
        file += "a,2026-10-02,o0,-500\n";
        import(&app, file).await;
        let party = people(&app, "").await[0]["id"].as_str().unwrap().to_owned();
        let whole = timeline(&app, &party, "limit=100").await;
        assert_eq!(whole.len(), 25);
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/parties/{party}/timeline?limit=5{cursor}")).await.expect(200).json;
            pages.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(pages, whole);
    }

    async fn a_reason_to_leave_is_one_of_the_list(app) {
        let party = app.post("/parties", json!({ "name": "Kim" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let reasons = app.get("/leaving-reasons").await.expect(200).json;
        assert!(reasons.as_array().unwrap().contains(&json!({ "code": "moved", "avoidable": false })));
        let path = format!("/parties/{party}/leaving");
        app.put(&path, json!({ "reason": "price" })).await.expect(204);
        app.put(&path, json!({ "reason": "moved" })).await.expect(204);
        let card = format!("/parties/{party}");
        assert_eq!(app.get(&card).await.json["leaving_reason"], "moved");
        assert_eq!(app.put(&path, json!({ "reason": "bored" })).await.expect(422).fields(), ["reason: unknown"]);
        app.put(&path, json!({ "reason": null })).await.expect(204);
        assert_eq!(app.get(&card).await.json["leaving_reason"], Value::Null);
    }

    async fn views_are_saved_and_forgotten(app) {
        let view = json!({ "name": "VIP", "query": "vip=true&sort=-spend" });
        let saved = app.post("/views", view).await.expect(201).json;
        assert_eq!(app.get("/views").await.json, json!([saved]));
        assert_eq!(app.post("/views", json!({ "name": " ", "query": "" })).await.expect(422).fields(), ["name: required"]);
        let long = json!({ "name": "a", "query": "x".repeat(3_000) });
        assert_eq!(app.post("/views", long).await.expect(422).fields(), ["query: too_long"]);
        let path = format!("/views/{}", saved["id"].as_str().unwrap());
        app.delete(&path).await.expect(204);
        app.delete(&path).await.expect(404);
        assert_eq!(app.get("/views").await.json, json!([]));
    }
}
