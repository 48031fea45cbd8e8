//! Segments that are kept: made, edited, refused, set by hand, kept as they are.

use crate::*;
use axum::http::Method;
use testkit::both_engines;

/// Saves a rule and gives its id.
pub async fn saved(app: &TestApp, name: &str, text: &str) -> String {
    let body = json!({ "name": name, "text": text, "heard": true });
    let made = signed_in(app).await.post("/choose/segments", body).await.expect(201);
    app.settle().await;
    made.json["id"].as_str().unwrap().to_owned()
}

both_engines! {
    registry();

    async fn a_rule_becomes_a_list_of_customers(app) {
        let sora = customer(&app, "Sora", &[30, 20, 10]).await;
        customer(&app, "Minjun", &[5]).await;
        let asked = app.post("/choose/segments/ask", json!({ "text": "orders >= 3" })).await.expect(200).json;
        assert_eq!((&asked["count"], &asked["more"]), (&json!(1), &json!(false)));
        assert_eq!(asked["sample"][0]["id"], sora);
        assert_eq!(asked["sentence"]["ko"], "주문 횟수가 3 이상인 고객");
        assert_eq!(asked["rule"], json!({ "field": "orders", "op": ">=", "value": 3 }));
        let id = saved(&app, "세 번 이상", "orders >= 3").await;
        assert_eq!(people(&app, &format!("segment={id}")).await, 1);
        let list = app.get("/choose/segments").await.expect(200).json;
        assert_eq!((&list["segments"][0]["size"], &list["segments"][0]["current"]), (&json!(1), &json!(true)));
        let detail = app.get(&format!("/choose/segments/{id}")).await.expect(200);
        assert_eq!(detail.json["sizes"], json!([{ "day": ago(&app, 0), "size": 1 }]));
        assert_eq!(detail.json["versions"][0]["text"], "orders >= 3");

        let etag = detail.header("etag").unwrap().to_owned();
        let path = format!("/choose/segments/{id}");
        let edit = json!({ "name": "한 번 이상", "folder": "단골", "rule": { "field": "orders", "op": ">=", "value": 1 } });
        app.put_over(&path, &etag, edit.clone()).await.expect(200);
        assert_eq!(app.put_over(&path, &etag, edit).await.expect(412).code(), "changed_meanwhile");
        app.settle().await;
        assert_eq!(people(&app, &format!("segment={id}")).await, 2);
        assert_eq!(app.get(&path).await.json["version"], 2);
    }

    async fn why_somebody_who_asked_not_to_be_used_is_out_is_said(app) {
        let sora = customer(&app, "Sora", &[30, 20, 10]).await;
        let about = json!({ "text": "orders >= 3", "party": sora });
        let told = app.post("/choose/segments/why", about.clone()).await.expect(200).json;
        assert_eq!((&told["holds"], &told["suspended_since"]), (&json!(true), &Value::Null));
        suspend(&app, &sora).await;
        let told = app.post("/choose/segments/why", about).await.expect(200).json;
        assert_eq!((&told["holds"], told["suspended_since"].is_string()), (&json!(false), true), "{told}");
        assert!(told["value"]["en"] == "3", "what is known of them is still told: {told}");
    }

    async fn contacts_in_rules_and_names_are_masked(app) {
        let id = saved(&app, "전화 010-2345-1234", "phone = \"010-2345-1234\" or name contains \"01023451234\"").await;
        let analyst = app.signed_in_as(Role::Analyst).await;
        for path in ["/choose/segments".to_owned(), format!("/choose/segments/{id}")] {
            let shown = analyst.get(&path).await.expect(200).text();
            assert!(shown.contains("010-****-1234") && !shown.contains("2345"), "{path}: {shown}");
            assert!(app.get(&path).await.text().contains("010-2345-1234"), "{path} is whole for the owner");
        }
        let about = json!({ "text": "in segment \"전화 010-2345-1234\"", "party": someone(&app, "Sora").await });
        let why = analyst.post("/choose/segments/why", about).await.expect(200).text();
        assert!(!why.contains("2345"), "{why}");
    }

    async fn a_segment_without_a_rule_takes_none(app) {
        let new = json!({ "name": "By hand", "kind": "static" });
        let made = app.post("/choose/segments", new).await.expect(201).json;
        let path = format!("/choose/segments/{}", made["id"].as_str().unwrap());
        let ruled = json!({ "name": "By hand", "text": "orders >= 3" });
        assert_eq!(app.put(&path, ruled.clone()).await.expect(422).code(), "segment_static_rule");
        let again = json!({ "name": "Picked", "rule": made["rule"] });
        assert_eq!(app.put(&path, again).await.expect(200).json["name"], "Picked", "as it is shown");
        let mut new = ruled;
        new["kind"] = json!("static");
        assert_eq!(app.post("/choose/segments", new).await.expect(422).code(), "segment_static_rule");
    }

    async fn faults_are_told_at_their_place(app) {
        let fault = app.post("/choose/segments/ask", json!({ "text": "orders >= 3 and ordres > 1" })).await.expect(422);
        assert_eq!((fault.code(), &fault.json["at"], &fault.json["end"]), ("segment_misspelt", &json!(16), &json!(22)));
        assert!(fault.json["detail"].as_str().unwrap().contains("orders"), "{}", fault.json);
        let rule = json!({ "all": [{ "field": "late" }, { "field": "orders", "op": "~", "value": 3 }] });
        let fault = app.post("/choose/segments/ask", json!({ "rule": rule })).await.expect(422);
        assert_eq!((fault.code(), &fault.json["path"]), ("segment_operator", &json!("/rule/all/1/op")));
        let deep = (0..60).fold(json!({ "field": "late" }), |rule, _| json!({ "not": rule }));
        assert_eq!(app.post("/choose/segments/ask", json!({ "rule": deep })).await.expect(422).code(), "segment_too_deep");
        let long = "(".repeat(10_000);
        assert_eq!(app.post("/choose/segments/ask", json!({ "text": long })).await.expect(422).code(), "segment_too_deep");
        let long = "x".repeat(100_000);
        assert_eq!(app.post("/choose/segments/ask", json!({ "text": long })).await.expect(422).code(), "segment_too_large");
        let deep = (0..110).fold(json!({ "field": "late" }), |rule, _| json!({ "not": rule }));
        let text = (0..10_000).fold(json!({ "field": "late" }).to_string(), |rule, _| format!(r#"{{"not":{rule}}}"#));
        assert_eq!(app.post("/choose/segments/ask", json!({ "rule": deep })).await.expect(422).code(), "segment_too_deep");
        let mut request = Client::with_json(Method::POST, "/choose/segments/ask", &json!({}));
        *request.body_mut() = format!(r#"{{"rule":{text}}}"#).into();
        let nested = app.send(request).await;
        assert_eq!(nested.code(), "too_nested", "{}", nested.text());
        assert!(nested.json["detail"].as_str().unwrap().len() < 300, "{}", nested.text());
        let fault = app.post("/choose/segments/ask", json!({ "text": "did nope.kind" })).await.expect(422);
        assert_eq!((fault.code(), &fault.json["at"], &fault.json["end"]), ("segment_unknown_kind", &json!(4), &json!(13)));
        let rule = json!({ "not": { "did": "did", "kind": "nope.kind" } });
        let fault = app.post("/choose/segments/ask", json!({ "rule": rule })).await.expect(422);
        assert_eq!((fault.code(), &fault.json["path"]), ("segment_unknown_kind", &json!("/rule/not/kind")));
        let fault = app.post("/choose/segments/ask", json!({ "text": "late", "rule": { "field": "vip" } })).await.expect(422);
        assert_eq!(fault.code(), "segment_both_forms");
        saved(&app, "late ones", "late").await;
        let again = app.post("/choose/segments", json!({ "name": "late ones", "text": "late" })).await.expect(422);
        assert_eq!(again.fields(), ["name: segment_name_taken"]);
        let nameless = app.post("/choose/segments", json!({ "name": " ", "text": "late" })).await.expect(422);
        assert_eq!(nameless.fields(), ["name: required"]);
    }

    async fn segments_never_ask_about_each_other_in_a_circle(app) {
        customer(&app, "Sora", &[30, 20, 10]).await;
        let inner = saved(&app, "A", "orders >= 3").await;
        let outer = saved(&app, "B", "in segment \"A\" and spend > 0").await;
        saved(&app, "C", "in segment \"B\" or vip").await;
        assert_eq!(people(&app, &format!("segment={outer}")).await, 1);
        let edit = json!({ "name": "A", "text": "in segment \"C\"" });
        let refused = app.put(&format!("/choose/segments/{inner}"), edit).await.expect(422);
        assert_eq!(refused.code(), "segment_circle");
        assert!(refused.json["detail"].as_str().unwrap().contains("A → C → B → A"), "{}", refused.json);
        assert_eq!(app.delete(&format!("/choose/segments/{inner}")).await.expect(409).code(), "segment_in_use");
    }

    async fn people_are_set_in_and_out_by_hand_and_kept_as_they_are(app) {
        let sora = customer(&app, "Sora", &[30, 20, 10]).await;
        let minjun = customer(&app, "Minjun", &[5]).await;
        let id = saved(&app, "three", "orders >= 3").await;
        let hands = format!("/choose/segments/{id}/hands");
        let put = async |party: &str, side: Option<&str>| {
            app.post(&hands, json!({ "parties": [party], "side": side })).await.expect(200).json["size"].clone()
        };
        assert_eq!(put(&minjun, Some("in")).await, 2);
        assert_eq!(put(&sora, Some("out")).await, 1);
        app.settle().await;
        let shot = app.post(&format!("/choose/segments/{id}/snapshot"), json!({ "name": "today" })).await.expect(201);
        app.settle().await;
        assert_eq!(put(&sora, None).await, 2);
        assert_eq!(put(&minjun, None).await, 1);
        let shot = shot.json["id"].as_str().unwrap().to_owned();
        assert_eq!(people(&app, &format!("segment={shot}")).await, 1);
        assert_eq!(app.post(&hands, json!({ "parties": [], "side": "in" })).await.expect(422).fields(), ["parties: segment_parties"]);
        assert_eq!(app.post(&hands, json!({ "parties": [sora], "side": "up" })).await.expect(422).fields(), ["side: segment_side"]);
        app.delete(&format!("/choose/segments/{shot}")).await.expect(204);
        app.get(&format!("/choose/segments/{shot}")).await.expect(404);
    }

    async fn why_says_each_condition_with_the_persons_value(app) {
        let sora = customer(&app, "Sora", &[30, 20, 10]).await;
        let about = json!({ "text": "orders >= 5 or (state = regular and not p_alive is known)", "party": sora });
        let why = app.post("/choose/segments/why", about).await.expect(200).json;
        assert_eq!((&why["part"], &why["holds"]), (&json!("any"), &json!(true)));
        let orders = &why["parts"][0];
        assert_eq!((&orders["holds"], &orders["value"]["en"]), (&json!(false), &json!("3")));
        let state = &why["parts"][1]["parts"][0];
        assert_eq!((&state["holds"], &state["value"]["ko"]), (&json!(true), &json!("단골")));
        let alive = &why["parts"][1]["parts"][1]["parts"][0];
        assert_eq!((&alive["holds"], &alive["value"]), (&json!(false), &json!(null)));
        let nobody = json!({ "text": "late", "party": "pty_0000000000001" });
        app.post("/choose/segments/why", nobody).await.expect(404);
    }

    async fn two_rules_overlap(app) {
        customer(&app, "Sora", &[30, 20, 10]).await;
        customer(&app, "Minjun", &[5]).await;
        let two = json!({ "left": { "text": "orders >= 1" }, "right": { "text": "orders >= 3" } });
        let overlap = app.post("/choose/segments/overlap", two).await.expect(200).json;
        let counts = ["left", "right", "both"].map(|side| overlap[side]["count"].as_i64().unwrap());
        assert_eq!(counts, [2, 1, 1]);
    }

    async fn what_programs_tell_of_registered_kinds_is_counted(app) {
        let sora = customer(&app, "Sora", &[5]).await;
        app.post("/event-kinds", json!({ "code": "tasting", "name": "시음" })).await.expect(201);
        let party: Id<kinds::Party> = sora.parse().unwrap();
        let telling = app.db().write(Lane::Interactive, move |tx| {
            async move {
                for name in ["tasting:1", "tasting:2", "tastings:3", "complaint_opened:4"] {
                    let entry = store::log::Entry::live(tx, "event.told", 0).about(party);
                    store::log::append(tx, entry.named(name.to_owned())).await?;
                }
                Ok::<_, store::Error>(())
            }
            .boxed()
        });
        telling.await.unwrap();
        let count = async |text: &str| {
            app.post("/choose/segments/ask", json!({ "text": text })).await.expect(200).json["count"].clone()
        };
        assert_eq!(count("did tasting exactly 2 times").await, 1);
        assert_eq!(count("did tasting at least 3 times").await, 0);
        assert_eq!(count("open_complaints = 1").await, 1);
        let offer = app.get("/choose/segments/offer").await.expect(200).json;
        assert_eq!(offer["kinds"][0], json!({ "name": "tasting", "label": { "ko": "시음", "en": "시음" } }));
        let about = json!({ "text": "did tasting at least 3 times", "party": sora });
        let why = app.post("/choose/segments/why", about).await.expect(200).json;
        assert_eq!((&why["holds"], &why["value"]["en"]), (&json!(false), &json!("2 times")));
    }

    async fn what_refunds_take_back_was_not_ordered(app) {
        let order = |id: &str, ago: i64, lines: Value| {
            json!({ "id": id, "type": "order", "at": noon(&app, ago).to_string(), "customer": { "id": "c" }, "lines": lines })
        };
        let sold = |amount: i64| json!({ "id": "1", "category": "coffee", "amount_minor": amount });
        let tell = async |events: Value| {
            app.post("/events", json!({ "source": "till", "events": events })).await.expect(200);
            app.settle().await;
        };
        let count = async |text: &str| {
            app.post("/choose/segments/ask", json!({ "text": text })).await.expect(200).json["count"].as_i64().unwrap()
        };
        tell(json!([order("A", 9, json!([sold(5_000)])), order("B", 3, json!([sold(5_000)]))])).await;
        assert_eq!(count("ordered category \"coffee\" at least 2 times within 30 days").await, 1);
        tell(json!([order("A", 9, json!([sold(5_000), { "id": "2", "amount_minor": -5_000 }]))])).await;
        assert_eq!(count("ordered at least 2 times").await, 0);
        assert_eq!(count("ordered exactly 1 times and order_days = 1").await, 1);
        assert_eq!(count("ordered for at least 5000 and not ordered for at least 10000").await, 1);
        tell(json!([order("A", 9, json!([sold(5_000), { "id": "2", "amount_minor": -1_000 }]))])).await;
        assert_eq!(count("ordered at least 2 times").await, 1, "a part of it is still there");
    }

    async fn a_late_regular_without_a_complaint_is_found(app) {
        // Every ten days, three times, and then nothing for sixteen: late by more than half, and dormant by now.
        let sora = customer(&app, "Sora", &[36, 26, 16]).await;
        customer(&app, "Minjun", &[26, 16]).await;
        refresh(&app).await;
        let text = "was_regular and late_by > 0.5 and not has_open_complaint";
        let asked = app.post("/choose/segments/ask", json!({ "text": text })).await.expect(200).json;
        assert_eq!((&asked["count"], &asked["sample"][0]["id"]), (&json!(1), &json!(sora)));
        assert_eq!(state(&app, &sora).await, "dormant");
        let id = saved(&app, "late", text).await;
        let told = async |kind: &str| {
            app.post(&format!("/parties/{sora}/events"), json!({ "kind": kind })).await.expect(201);
            app.settle().await;
            people(&app, &format!("segment={id}")).await
        };
        assert_eq!(told("complaint.opened").await, 0);
        let why = app.post("/choose/segments/why", json!({ "text": text, "party": sora })).await.expect(200).json;
        assert_eq!((&why["holds"], &why["parts"][1]["value"]["ko"]), (&json!(false), &json!("0.60")));
        assert_eq!(told("complaint.closed").await, 1);
        assert_eq!(told("message.opened").await, 1);
        let opened = json!({ "text": "message_opened within 1 days and did message.opened" });
        assert_eq!(app.post("/choose/segments/ask", opened).await.expect(200).json["count"], 1);
    }

    async fn figures_are_of_whom_one_sees_and_names_without_their_numbers(app) {
        let number = "김민지 010-2345-1234";
        let sora = customer(&app, number, &[30, 20, 10]).await;
        let id = saved(&app, "three", "orders >= 3").await;
        let limited = app.limited(web::Role::Staff, None).await;
        let list = limited.get("/choose/segments").await.expect(200).json;
        assert_eq!(list["segments"][0]["size"], 0, "none of them is looked after by this one");
        let detail = limited.get(&format!("/choose/segments/{id}")).await.expect(200).json;
        assert_eq!((&detail["size"], &detail["sizes"]), (&json!(0), &json!([])));
        let analyst = app.signed_in_as(web::Role::Analyst).await;
        let about = json!({ "text": "name is known", "party": sora });
        let why = analyst.post("/choose/segments/why", about).await.expect(200).text();
        assert!(why.contains("010-****-1234") && !why.contains("2345"), "{why}");
        let probing = json!({ "text": "name contains \"2345\"" });
        assert_eq!(analyst.post("/choose/segments/ask", probing).await.expect(403).code(), "segment_masked");
        analyst.post("/choose/segments/ask", json!({ "text": "name contains \"민지\"" })).await.expect(200);
    }

    async fn who_was_set_by_hand_is_listed_and_goes_back(app) {
        let sora = customer(&app, "Sora", &[5]).await;
        let id = saved(&app, "three", "orders >= 3").await;
        let path = format!("/choose/segments/{id}/hands");
        app.post(&path, json!({ "parties": [sora], "side": "in" })).await.expect(200);
        let sides = app.get(&path).await.expect(200).json;
        assert_eq!((&sides["inside"][0]["id"], &sides["outside"]), (&json!(sora), &json!([])));
        app.post(&path, json!({ "parties": [sora], "side": null })).await.expect(200);
        assert_eq!(app.get(&path).await.expect(200).json["inside"], json!([]));
        let values = app.get("/choose/segments/values").await.expect(200).json;
        assert_eq!(values["values"]["product"], json!(["coffee"]));
    }

    async fn a_member_that_means_nothing_is_refused(app) {
        let rule = json!({ "all": [{ "did": "ordered", "within": 90 }] });
        let refused = app.post("/choose/segments/ask", json!({ "rule": rule })).await.expect(422);
        assert_eq!((refused.code(), &refused.json["path"]), ("segment_unknown_member", &json!("/rule/all/0/within")));
    }

    async fn what_can_be_asked_is_offered_with_words(app) {
        let offer = app.get("/choose/segments/offer").await.expect(200).json;
        let fields = offer["fields"].as_array().unwrap();
        let orders = fields.iter().find(|field| field["name"] == "orders").unwrap();
        assert_eq!((&orders["label"]["ko"], &orders["kind"]), (&json!("주문 횟수"), &json!("int")));
        assert!(offer["deeds"].as_array().unwrap().len() >= 5);
    }
}
