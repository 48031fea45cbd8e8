//! Two records become one customer, and two again.

use crate::*;
use testkit::both_engines;

/// A person by hand; gives the id.
async fn person(app: &TestApp, name: &str, phone: &str) -> String {
    let made = app.post("/parties", json!({ "name": name, "phone": phone })).await.expect(201).json;
    made["id"].as_str().unwrap().to_owned()
}

async fn order(app: &TestApp, order: Value) {
    app.post("/orders", order).await.expect(201);
    app.settle().await;
}

fn lines(amount: i64) -> Value {
    json!([{ "product": "latte", "quantity": 1, "amount_minor": amount }])
}

/// Merges `absorbed` into `survivor`; gives the merge.
async fn merge(app: &TestApp, survivor: &str, absorbed: &[&str]) -> String {
    let body = json!({ "survivor": survivor, "absorbed": absorbed });
    let merged = app.post("/merges", body).await.expect(201).json;
    merged["merges"][0].as_str().unwrap().to_owned()
}

async fn card(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/parties/{id}")).await.expect(200).json
}

async fn kinds(app: &TestApp, id: &str) -> Vec<String> {
    let page = app.get(&format!("/parties/{id}/timeline")).await.expect(200).json;
    let mut kinds: Vec<String> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["kind"].as_str().unwrap().to_owned())
        .collect();
    kinds.sort();
    kinds
}

both_engines! {
    registry();

    async fn what_both_did_is_one_story_and_two_again(app) {
        let (one, other) = (person(&app, "홍길동", "010-1111-2222").await, person(&app, "홍 길동", "010-3333-4444").await);
        order(&app, json!({ "party": one, "lines": lines(5_000) })).await;
        order(&app, json!({ "party": other, "lines": lines(7_000) })).await;
        app.post(&format!("/parties/{other}/notes"), json!({ "text": "likes figs", "contact": "called" })).await.expect(201);
        let before = [card(&app, &one).await, card(&app, &other).await];

        let id = merge(&app, &one, &[&other]).await;
        let merged = card(&app, &one).await;
        assert_eq!((&merged["orders"], &merged["spend"]["amount_minor"]), (&json!(2), &json!(12_000)));
        assert_eq!(merged["contacts"].as_array().unwrap().len(), 2);
        assert_eq!(kinds(&app, &one).await, ["created", "created", "merged", "note", "order", "order"]);
        assert_eq!(app.get("/parties/summary").await.json["count"], 1);
        let found = app.get("/search?q=4444").await.expect(200).json;
        assert_eq!((&found["parties"][0]["id"], found["parties"].as_array().unwrap().len()), (&json!(one), 1));
        for asked in [format!("/parties/{other}"), format!("/parties/{other}/timeline")] {
            let gone = app.get(&asked).await.expect(410);
            assert_eq!((gone.code(), &gone.json["party"]), ("party_merged", &json!(one)));
        }
        app.post(&format!("/parties/{other}/notes"), json!({ "text": "late" })).await.expect(410);
        assert_eq!(people(&app, &format!("ids={other}")).await[0]["id"], json!(one), "a kept list follows");
        assert_eq!(people(&app, "contacted=true").await.len(), 1, "the call counts for both");
        let again = app.post("/merges", json!({ "survivor": one, "absorbed": [one] })).await.expect(409);
        assert_eq!(again.code(), "merge_same");

        app.post(&format!("/merges/{id}/undo"), json!({})).await.expect(200);
        assert_eq!([card(&app, &one).await, card(&app, &other).await], before);
        assert_eq!(kinds(&app, &other).await, ["created", "merged", "note", "order", "unmerged"]);
        assert_eq!(app.post(&format!("/merges/{id}/undo"), json!({})).await.expect(409).code(), "merge_undone");
        let ledger = app.get(&format!("/merges?party={other}")).await.expect(200).json;
        assert!(ledger["items"][0]["undone_at"].is_string(), "{ledger}");
    }

    async fn what_came_by_a_contact_returns_and_what_was_written_for_both_stays(app) {
        let (one, other) = (person(&app, "홍길동", "010-1111-2222").await, person(&app, "홍길동", "010-3333-4444").await);
        let id = merge(&app, &one, &[&other]).await;
        order(&app, json!({ "phone": "010-3333-4444", "lines": lines(7_000) })).await;
        order(&app, json!({ "party": one, "lines": lines(5_000) })).await;
        app.post(&format!("/parties/{one}/notes"), json!({ "text": "wants beans" })).await.expect(201);
        assert_eq!(card(&app, &one).await["orders"], 2);

        let foreseen = app.get(&format!("/merges/{id}")).await.expect(200).json;
        let told = |list: &str| -> Vec<String> {
            foreseen[list].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((told("returns"), told("stays"), &foreseen["edits"]), (vec!["order".into()], vec!["order".into(), "note".into()], &json!([])));
        app.post(&format!("/merges/{id}/undo"), json!({})).await.expect(200);
        let spend = [card(&app, &one).await, card(&app, &other).await].map(|card| card["spend"]["amount_minor"].clone());
        assert_eq!(spend, [json!(5_000), json!(7_000)]);
    }

    async fn edits_in_between_are_shown_and_chosen(app) {
        let (one, other) = (person(&app, "홍길동", "010-1111-2222").await, person(&app, "홍길순", "010-3333-4444").await);
        let before = [card(&app, &one).await, card(&app, &other).await];
        let id = merge(&app, &one, &[&other]).await;
        let edit = json!({ "name": "홍길동 이사", "phones": ["010-1111-2222", "010-5555-6666"], "emails": ["gil@example.com"] });
        app.put(&format!("/parties/{one}"), edit).await.expect(200);

        let foreseen = app.get(&format!("/merges/{id}")).await.expect(200).json;
        let edits = foreseen["edits"].as_array().unwrap();
        let told: Vec<_> = edits.iter().map(|edit| (edit["what"].as_str().unwrap(), edit["default"].as_str().unwrap())).collect();
        assert_eq!(told, [("name", "before"), ("contact_removed", "before"), ("contact_added", "now"), ("contact_added", "now")]);
        let key = |shown: &str| edits.iter().find(|edit| edit["now"] == shown).unwrap()["key"].as_str().unwrap().to_owned();
        let wrong = json!({ "choices": { "name:pty_0000000000000": "now" } });
        assert_eq!(app.post(&format!("/merges/{id}/undo"), wrong).await.expect(422).fields(), ["choices: unknown"]);

        let choices = json!({ key("010-5555-6666"): "other", key("gil@example.com"): "before" });
        app.post(&format!("/merges/{id}/undo"), json!({ "choices": choices })).await.expect(200);
        let after = [card(&app, &one).await, card(&app, &other).await];
        assert_eq!(after[0], before[0], "its own phone, its own name, no e-mail");
        let shown: Vec<_> = after[1]["contacts"].as_array().unwrap().iter().map(|contact| contact["shown"].clone()).collect();
        assert_eq!(shown, [json!("010-3333-4444"), json!("010-5555-6666")]);
    }

    async fn a_record_without_a_name_takes_the_others_and_gives_it_back(app) {
        import(&app, "customer_id,phone,date,order_no,amount,currency\nA1,010-7777-8888,2026-10-01,o1,1000,KRW\n").await;
        let one = people(&app, "").await[0]["id"].as_str().unwrap().to_owned();
        let other = person(&app, "김단골", "010-3333-4444").await;
        let before = card(&app, &one).await;
        let id = merge(&app, &one, &[&other]).await;
        assert_eq!(card(&app, &one).await["name"], "김단골");
        assert_eq!(app.get("/search?q=%EA%B9%80%EB%8B%A8").await.json["parties"][0]["id"], json!(one));
        app.post(&format!("/merges/{id}/undo"), json!({})).await.expect(200);
        assert_eq!(card(&app, &one).await, before);
    }

    async fn an_import_that_is_taken_back_leaves_those_who_were_merged(app) {
        let file = "customer_id,phone,date,order_no,amount,currency\nA1,010-7777-8888,2026-10-01,o1,1000,KRW\n";
        let brought = import(&app, file).await;
        let one = people(&app, "").await[0]["id"].as_str().unwrap().to_owned();
        let other = person(&app, "김단골", "010-3333-4444").await;
        let id = merge(&app, &other, &[&one]).await;
        deed(&app, &brought, "undo").await;
        assert_eq!(card(&app, &other).await["orders"], 0);
        app.post(&format!("/merges/{id}/undo"), json!({})).await.expect(200);
        assert_eq!(people(&app, "").await.len(), 2);
    }

    async fn both_sides_of_a_merge_do_not_clash_and_go_on_gaining_contacts(app) {
        let (one, other) = (person(&app, "홍길동", "010-1111-2222").await, person(&app, "홍길동", "010-3333-4444").await);
        let email = json!({ "name": "홍길동", "phone": "010-3333-4444", "email": "gil@example.com" });
        app.put(&format!("/parties/{other}"), email).await.expect(200);
        let id = merge(&app, &one, &[&other]).await;
        let file = "email,phone,date,order_no,amount,currency\ngil@example.com,010-1111-2222,2026-10-01,o1,1000,KRW\n";
        import(&app, file).await;
        assert_eq!(app.get("/parties/proposals").await.json["items"], json!([]), "they are one");
        assert_eq!(card(&app, &one).await["orders"], 1);
        app.post(&format!("/merges/{id}/undo"), json!({})).await.expect(200);
        assert_eq!(card(&app, &other).await["orders"], 1, "the stronger contact's record has it");
    }

    async fn the_search_proposes_those_who_are_alike_and_what_is_decided_is_kept(app) {
        let one = person(&app, "홍길동", "010-1234-5678").await;
        person(&app, "홍 길동", "011-234-5678").await;
        person(&app, "이영희", "010-9876-5432").await;
        let search = || async {
            app.post("/parties/proposals/search", json!({})).await.expect(202);
            app.settle().await;
        };
        search().await;
        let found = app.get("/parties/proposals").await.expect(200).json;
        let [proposal] = &found["items"].as_array().unwrap()[..] else { panic!("{found}") };
        assert!(proposal["score"].as_i64().unwrap() >= 80, "{proposal}");
        let codes: Vec<_> = proposal["signals"].as_array().unwrap().iter().map(|signal| signal["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["name_same", "phone_alike"]);
        let card = app.get("/today").await.expect(200).json;
        assert!(card["cards"].as_array().unwrap().iter().any(|card| card["id"] == "merge_proposals" && card["count"] == 1), "{card}");

        let id = proposal["id"].as_str().unwrap();
        let decide = |decision: &str| {
            let body = json!({ "decisions": [{ "id": id, "decision": decision }] });
            async { app.post("/parties/proposals/decide", body).await.expect(200).json["outcomes"][0].clone() }
        };
        let counts = || async { app.get("/parties/proposals/counts").await.expect(200).json };
        assert_eq!(decide("later").await["done"], true);
        assert_eq!(counts().await, json!({ "open": 0, "waiting": 1, "dismissed": 0, "merged": 0 }));
        decide("reopen").await;
        assert_eq!(counts().await["open"], 1, "it need not wait");
        decide("dismiss").await;
        search().await;
        assert_eq!(counts().await, json!({ "open": 0, "waiting": 0, "dismissed": 1, "merged": 0 }), "once and for all");
        decide("reopen").await;
        let merged = decide("merge").await;
        assert_eq!((people(&app, "").await.len(), counts().await["merged"].clone()), (2, json!(1)));
        assert_eq!(decide("merge").await["done"], false, "it is done already");
        app.get(&format!("/parties/{one}")).await.expect(200);
        app.post(&format!("/merges/{}/undo", merged["merge"].as_str().unwrap()), json!({})).await.expect(200);
        assert_eq!(counts().await["dismissed"], 1, "they were told apart: they are not proposed again");
        decide("reopen").await;
        decide("later").await;
        app.later(8 * kernel::Instant::DAY).await;
        let next_week = app.signed_in_as(web::Role::Owner).await;
        assert_eq!(next_week.get("/parties/proposals/counts").await.expect(200).json["open"], 1, "it comes back");
    }

    async fn a_relay_number_is_nobodys_contact(app) {
        let refused = app.post("/parties", json!({ "name": "김단골", "phone": "0505-123-4567" })).await.expect(422);
        assert_eq!(refused.fields(), ["phone: relay_number"]);
    }
}
