//! Events that programs tell: orders, visits, registered kinds, told once or many times.

use crate::*;
use kernel::Instant;
use testkit::both_engines;

fn batch(events: Value) -> Value {
    json!({ "source": "till-gangnam", "events": events })
}

fn order(id: &str, amount: i64) -> Value {
    json!({ "id": id, "type": "order", "at": "2026-11-21T03:00:00Z", "customer": { "id": "c-7", "phone": "010-2222-3333",
        "name": "김단골" }, "store": "강남", "lines": [{ "product": "latte", "quantity": 1.5, "amount_minor": amount }] })
}

/// Tells a batch; gives the answer.
async fn tell(app: &TestApp, events: Value) -> Value {
    app.post("/events", batch(events)).await.expect(200).json
}

both_engines! {
    registry();

    async fn what_is_told_twice_happened_once(app) {
        let visit = json!({ "id": "v-1", "type": "visit", "customer": { "id": "c-7" }, "store": "강남" });
        let events = json!([order("A-1", 9000), visit]);
        let first = tell(&app, events.clone()).await;
        assert_eq!((&first["created"], &first["refused"]), (&json!(2), &json!(0)), "{first}");
        let party = first["results"][0]["party"].as_str().unwrap().to_owned();
        assert_eq!(first["results"][1]["party"], json!(party), "the id of the source finds the customer again");
        let again = tell(&app, events).await;
        assert_eq!((&again["unchanged"], &again["created"]), (&json!(2), &json!(0)), "{again}");
        app.settle().await;
        let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
        assert_eq!((&card["orders"], &card["spend"]["amount_minor"], &card["name"]), (&json!(1), &json!(9000), &json!("김단골")));
        let items = app.get(&format!("/parties/{party}/timeline?kinds=visit")).await.json;
        assert_eq!(items["items"].as_array().unwrap().len(), 1);
    }

    async fn an_order_told_with_another_content_is_corrected(app) {
        tell(&app, json!([order("A-1", 9000)])).await;
        let changed = tell(&app, json!([order("A-1", 8000)])).await;
        assert_eq!(changed["changed"], 1, "{changed}");
        app.settle().await;
        let party = changed["results"][0]["party"].as_str().unwrap();
        assert_eq!(app.get(&format!("/parties/{party}")).await.json["spend"]["amount_minor"], 8000);
    }

    async fn an_order_told_again_keeps_its_time_and_loses_the_lines_it_names_no_more(app) {
        let lines = |lines: Value| json!([{ "id": "A-1", "type": "order", "customer": { "id": "c-7" }, "lines": lines }]);
        let (latte, bread) = (json!({ "id": "1", "amount_minor": 5000 }), json!({ "id": "2", "amount_minor": 3000 }));
        let told = tell(&app, lines(json!([latte, bread]))).await;
        let party = format!("/parties/{}", told["results"][0]["party"].as_str().unwrap());
        // Into the next day, and not so long that the session ends.
        app.later(11 * 3_600 * Instant::SECOND).await;
        let first_day = app.get(&party).await.json["facts"]["last_order"].clone();
        let again = tell(&app, lines(json!([latte, bread]))).await;
        assert_eq!(again["unchanged"], 1, "without a time it has the one it had: {again}");
        let fewer = tell(&app, lines(json!([latte]))).await;
        assert_eq!(fewer["changed"], 1, "{fewer}");
        app.settle().await;
        let card = app.get(&party).await.json;
        assert_eq!((&card["spend"]["amount_minor"], &card["facts"]["last_order"]), (&json!(5000), &first_day));
        assert_eq!(tell(&app, lines(json!([latte, bread]))).await["changed"], 1, "and it comes back");
        tell(&app, lines(json!([bread]))).await;
        app.settle().await;
        assert_eq!(app.get(&party).await.json["spend"]["amount_minor"], 3000);
    }

    async fn what_is_wrong_with_one_event_is_said_and_the_others_go_in(app) {
        let events = json!([
            order("A-1", 9000),
            { "id": "A-2", "type": "order", "lines": [] },
            { "id": "x", "type": "tasting", "customer": { "id": "c-7" } },
            order("A-1", 7000),
        ]);
        let told = tell(&app, events).await;
        assert_eq!((&told["created"], &told["refused"]), (&json!(1), &json!(3)), "{told}");
        let codes: Vec<&Value> =
            told["results"].as_array().unwrap().iter().map(|result| &result["faults"][0]["code"]).collect();
        assert_eq!(codes, [&Value::Null, &json!("event_lines"), &json!("event_kind_unknown"), &json!("event_twice")]);
        let detail = told["results"][1]["faults"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("1 to 200"), "{detail}");
    }

    async fn the_lines_of_an_order_come_to_what_can_be_written_down(app) {
        let line = |id: &str| json!({ "id": id, "product": "gold", "amount_minor": 9_007_199_254_740_991_i64 });
        let mut absurd = order("A-9", 0);
        absurd["lines"] = json!([line("1")]);
        assert_eq!(tell(&app, json!([absurd])).await["created"], 1);
        absurd["lines"] = json!([line("1"), line("2")]);
        let told = tell(&app, json!([absurd])).await;
        assert_eq!(told["results"][0]["faults"][0]["code"], "amount_too_large", "{told}");
    }

    async fn a_relay_number_alone_names_nobody_and_that_is_said(app) {
        let event = |id: &str, customer: Value| json!({ "id": id, "type": "visit", "customer": customer });
        let told = tell(&app, json!([event("1", json!({ "phone": "0502-1234-1234" })), event("2", json!({ "id": " " }))])).await;
        let fault = |place: usize| (told["results"][place]["faults"][0]["field"].clone(), told["results"][place]["faults"][0]["code"].clone());
        assert_eq!(fault(0), (json!("customer.phone"), json!("relay_number")), "{told}");
        assert_eq!(fault(1), (json!("customer"), json!("customer_needed")), "{told}");
    }

    async fn a_registered_kind_is_told_and_stands_on_the_timeline(app) {
        let kind = json!({ "code": "tasting", "name": "시음" });
        app.post("/event-kinds", kind.clone()).await.expect(201);
        app.post("/event-kinds", kind.clone()).await.expect(409);
        assert_eq!(app.get("/event-kinds").await.json, json!([kind]));
        let wrong = app.post("/event-kinds", json!({ "code": "order", "name": " " })).await.expect(422);
        assert_eq!(wrong.fields(), ["code: event_code_invalid", "name: required"]);
        let event = json!({ "id": "t-1", "type": "tasting", "customer": { "email": "kim@example.com" },
            "amount": { "currency": "KRW", "amount_minor": 3000 } });
        let told = tell(&app, json!([event])).await;
        assert_eq!(told["created"], 1, "{told}");
        let party = told["results"][0]["party"].as_str().unwrap();
        app.settle().await;
        let items = app.get(&format!("/parties/{party}/timeline?kinds=event")).await.expect(200).json;
        assert_eq!((&items["items"][0]["event"], &items["items"][0]["source"]), (&json!("tasting"), &json!("till-gangnam")));
        app.delete("/event-kinds/tasting").await.expect(204);
        app.delete("/event-kinds/tasting").await.expect(404);
    }

    async fn kinds_that_dangol_knows_are_told_without_being_registered(app) {
        let event = |id: &str, kind: &str, more: Value| {
            let mut event = json!({ "id": id, "type": kind, "customer": { "id": "c-7" } });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            event
        };
        let told = tell(&app, json!([
            event("1", "complaint.opened", json!({})),
            event("2", "bond.started", json!({ "value": 2, "what": "coupon_club" })),
            event("3", "margin.stated", json!({ "amount": { "currency": "KRW", "amount_minor": -120_000 } })),
            event("4", "bond.started", json!({ "value": 9 })),
            event("5", "complaint.closed", json!({ "value": 1 })),
            event("6", "margin.stated", json!({})),
        ])).await;
        assert_eq!((&told["created"], &told["refused"]), (&json!(3), &json!(3)), "{told}");
        let code = |place: usize| told["results"][place]["faults"][0]["code"].clone();
        assert_eq!([code(3), code(4), code(5)], ["event_value_range", "event_value_none", "event_amount_needed"]);
        let party = told["results"][0]["party"].as_str().unwrap();
        let items = app.get(&format!("/parties/{party}/timeline?kinds=event")).await.expect(200).json;
        let items = items["items"].as_array().unwrap();
        let bond = items.iter().find(|item| item["event"] == "bond.started").unwrap();
        assert_eq!((&bond["value"], &bond["what"]), (&json!(2), &json!("coupon_club")));
        let margin = items.iter().find(|item| item["event"] == "margin.stated").unwrap();
        assert_eq!(margin["amount"]["amount_minor"], -120_000);
        // They are the rows that their panels write.
        let bonds = app.get(&format!("/parties/{party}/bonds")).await.expect(200).text();
        assert!(bonds.contains("coupon_club"), "{bonds}");
        let judged = app.get(&format!("/parties/{party}/assessments")).await.expect(200).text();
        assert!(judged.contains("\"margin\"") && judged.contains("-120000"), "{judged}");
        let again = tell(&app, json!([event("2", "bond.started", json!({ "value": 2, "what": "coupon_club" }))])).await;
        assert_eq!(again["unchanged"], 1, "{again}");
    }

    async fn people_tell_of_a_customer_by_hand(app) {
        let party = app.post("/parties", json!({ "name": "김단골" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let path = format!("/parties/{party}/events");
        let made = app.post(&path, json!({ "kind": "complaint.opened", "note": "라테가 식었어요" })).await.expect(201);
        assert_eq!((&made.json["kind"], &made.json["event"]), (&json!("event"), &json!("complaint.opened")));
        let items = app.get(&format!("/parties/{party}/timeline")).await.expect(200).json;
        let shown: Vec<&Value> = items["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
        assert!(shown.contains(&&json!("event")) && shown.contains(&&json!("note")), "{items}");
        for (wrong, fault) in [
            (json!({ "kind": "complaint.lost" }), "kind: event_kind_unknown"),
            (json!({ "kind": "bond.started" }), "value: event_value_range"),
            (json!({ "kind": "complaint.opened", "at": "2099-01-01T00:00:00Z" }), "at: time_out_of_range"),
            (json!({ "kind": "complaint.opened", "what": "Kim Minji" }), "what: event_what_invalid"),
        ] {
            assert_eq!(app.post(&path, wrong).await.expect(422).fields(), [fault]);
        }
        app.post("/parties/pty_0000000000001/events", json!({ "kind": "complaint.opened" })).await.expect(404);
        let offer = app.get("/event-kinds/offer").await.expect(200).json;
        assert_eq!((&offer[0]["code"], &offer[0]["ko"], &offer[0]["by_hand"]), (&json!("complaint.opened"), &json!("불만 접수"), &json!(true)));
    }

    async fn a_batch_has_a_source_and_limits(app) {
        let refused = app.post("/events", json!({ "source": "dangol", "events": [order("1", 1)] })).await.expect(422);
        assert_eq!(refused.fields(), ["source: event_source_invalid"]);
        let refused = app.post("/events", batch(json!([]))).await.expect(422);
        assert_eq!(refused.fields(), ["events: event_count"]);
        let many: Vec<Value> = (0..501).map(|n| order(&n.to_string(), 1)).collect();
        app.post("/events", batch(json!(many))).await.expect(422);
        app.staff().await.post("/events", batch(json!([order("1", 1)]))).await.expect(403);
    }
}
