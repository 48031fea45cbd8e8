//! Resident registration numbers, which the law forbids keeping: refused in every text, by whatever door it comes.

use crate::member::{link, press, somebody};
use crate::*;
use testkit::both_engines;

const NUMBER: &str = "900101-1234567";

both_engines! {
    registry();

    async fn no_text_of_the_staff_holds_one_whatever_it_is_about(app) {
        let party = app.post("/parties", json!({ "name": "김단골", "phone": "010-2345-1234" })).await.expect(201).json;
        let path = format!("/parties/{}", party["id"].as_str().unwrap());
        for (deed, body, field) in [
            ("POST /parties".to_owned(), json!({ "name": format!("김 {NUMBER}") }), "name"),
            ("POST /parties".to_owned(), json!({ "name": "김", "note": format!("번호 {NUMBER}") }), "note"),
            (format!("PUT {path}"), json!({ "name": NUMBER }), "name"),
            (format!("PUT {path}/tags"), json!({ "tags": ["단골", NUMBER] }), "tags.1"),
            (format!("POST {path}/addresses"), json!({ "line1": NUMBER }), "line1"),
            (format!("POST {path}/bonds"), json!({ "level": 1, "name": NUMBER }), "name"),
            (format!("POST {path}/consents"), json!({ "evidence": { "text": NUMBER } }), "evidence.text"),
            ("POST /requests".to_owned(), json!({ "kind": "access", "way": "phone", "words": NUMBER }), "words"),
            ("POST /views".to_owned(), json!({ "name": "x", "query": format!("q={NUMBER}") }), "query"),
        ] {
            let (method, path) = deed.split_once(' ').unwrap();
            let refused = match method {
                "PUT" => app.put(path, body).await,
                _ => app.post(path, body).await,
            };
            let refused = refused.expect(422);
            assert_eq!((refused.code(), refused.fields()), ("sensitive_resident", vec![format!("{field}: resident_number")]), "{deed}");
            assert!(!refused.text().contains(NUMBER) && refused.json["detail"].as_str().unwrap().contains("Take the number out"));
        }
        assert_eq!(app.get(&path).await.expect(200).json["name"], "김단골");
    }

    async fn numbers_that_only_look_alike_are_kept(app) {
        for text in ["010-1234-5678", "20261122-0000123", "2026112212345678", "901301-1234567"] {
            app.post("/parties", json!({ "name": text })).await.expect(201);
        }
    }

    async fn an_event_that_holds_one_is_refused_and_the_others_go_in(app) {
        let order = |id: &str, name: &str, product: &str| json!({ "id": id, "type": "order", "at": "2026-11-21T03:00:00Z",
            "customer": { "id": "c-7", "name": name }, "lines": [{ "product": product, "amount_minor": 1000 }] });
        let events = json!([order("1", "김단골", "라테"), order("2", NUMBER, "라테"), order("3", "김단골", NUMBER), order(NUMBER, "김단골", "라테")]);
        let told = app.post("/events", json!({ "source": "pos", "events": events })).await.expect(200).json;
        let fault = |place: usize| told["results"][place]["faults"][0].clone();
        assert_eq!((&told["created"], &told["refused"]), (&json!(2), &json!(2)), "numbers of orders look like one: {told}");
        assert_eq!((&fault(1)["field"], &fault(1)["code"]), (&json!("customer.name"), &json!("resident_number")));
        assert_eq!((&fault(2)["field"], &fault(2)["code"]), (&json!("lines"), &json!("resident_number")));
    }

    async fn a_tag_says_nothing_that_may_not_be_kept(app) {
        let party = app.post("/parties", json!({ "name": "김단골" })).await.expect(201).json;
        let path = format!("/parties/{}/tags", party["id"].as_str().unwrap());
        let refused = app.put(&path, json!({ "tags": ["단골", "당뇨"] })).await.expect(422);
        assert_eq!((refused.code(), refused.fields()), ("sensitive_health", vec!["tags: sensitive".to_owned()]));
        let many = json!({ "parties": [party["id"]], "add": ["당뇨"] });
        assert_eq!(app.post("/parties/tags", many).await.expect(422).code(), "sensitive_health");
        assert_eq!(app.get("/tags").await.expect(200).json, json!([]));
    }

    async fn no_form_of_the_member_page_holds_one(app) {
        let party = somebody(&app).await;
        let path = link(&app, &party).await;
        let refused = press(&app, &path, "me", "do=name&name=900101-1234567").await.expect(422);
        assert!(refused.text().contains("주민등록번호") && !refused.text().contains("900101"), "{}", refused.text());
        assert_eq!(app.get(&format!("/parties/{party}")).await.expect(200).json["name"], "김하나");
    }
}
