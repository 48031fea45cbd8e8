//! What a limited or masked sight shows, through every reader: list, search, sort, card, export, timeline, faults.

use crate::*;
use testkit::{Client, both_engines};
use web::Role;

const PHONE: &str = "010-2345-1234";
const EMAIL: &str = "kim.minji@example.com";

/// Enters a customer with contacts and a memo that repeats them; gives the id.
async fn customer(by: &Client, name: &str, contacts: bool) -> String {
    let note = format!("전화 {PHONE}, 메일 {EMAIL}");
    let new = if contacts {
        json!({ "name": name, "phone": PHONE, "email": EMAIL, "note": note })
    } else {
        json!({ "name": name, "note": "memo" })
    };
    by.post("/parties", new).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

/// No part of the contacts that is not to be seen.
#[track_caller]
fn assert_masked(text: &str, place: &str) {
    for secret in ["2345", "kim.minji", "minji"] {
        assert!(!text.contains(secret), "{place} shows {secret}: {text}");
    }
}

both_engines! {
    registry();

    async fn a_clerk_reads_contacts_in_part_wherever_they_stand(app) {
        let id = customer(&app, "김민지", true).await;
        app.post("/orders", json!({ "party": id, "lines": [{ "amount_minor": 5000 }] })).await.expect(201);
        app.settle().await;
        let clerk = app.signed_in_as(Role::Clerk).await;
        for path in [
            "/parties".to_owned(),
            "/parties?sort=name".to_owned(),
            format!("/parties?q={EMAIL}"),
            "/search?q=1234".to_owned(),
            "/search?q=010-2345-1234".to_owned(),
            format!("/parties/{id}"),
            format!("/parties/{id}/timeline"),
            "/parties/proposals".to_owned(),
            "/today".to_owned(),
        ] {
            assert_masked(&clerk.get(&path).await.expect(200).text(), &path);
        }
        let card = clerk.get(&format!("/parties/{id}")).await.json;
        assert_eq!((&card["phone"], &card["email"]), (&json!("010-****-1234"), &json!("k***@example.com")));
        let analyst = app.signed_in_as(Role::Analyst).await;
        let file = analyst.get("/parties/export").await.expect(200).text();
        assert_masked(&file, "export");
        assert!(file.contains("010-****-1234"), "{file}");
        assert!(app.get("/parties/export").await.expect(200).text().contains(PHONE), "the owner's is whole");
    }

    async fn a_cursor_carries_no_name_and_the_next_page_follows(app) {
        let names = ["가나 010-2345-1234", "나라", "다라 010-2345-9999", "라마"];
        for name in names {
            customer(&app, name, false).await;
        }
        let clerk = app.signed_in_as(Role::Clerk).await;
        for sort in ["name", "-name"] {
            let (mut shown, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = clerk.get(&format!("/parties?sort={sort}&limit=1{cursor}")).await.expect(200).json;
                shown.push(page["items"][0]["name"].as_str().unwrap().to_owned());
                let Some(next) = page["next"].as_str() else { break };
                let place: Value = web::cursor::decode(next).unwrap();
                assert_eq!(place["key"], Value::Null, "{place}");
                cursor = format!("&cursor={next}");
            }
            let mut expected = names.map(|name| name.replace("2345", "****"));
            if sort == "-name" {
                expected.reverse();
            }
            assert_eq!(shown, expected);
        }
    }

    async fn who_sees_contacts_in_part_cannot_find_them_out_by_asking(app) {
        customer(&app, "김민지 010-7777-8888", true).await;
        let clerk = app.signed_in_as(Role::Clerk).await;
        let found = async |by: &Client, text: &str| {
            by.get(&format!("/search?q={text}")).await.expect(200).json["parties"].as_array().unwrap().len()
        };
        assert_eq!(found(&clerk, "1234").await, 1, "the mask shows the last four");
        assert_eq!((found(&app, "%EB%AF%BC%EC%A7%80%207777").await, found(&app, "%EB%AF%BC%EC%A7%80%201111").await), (1, 0));
        assert_eq!((found(&clerk, "%EB%AF%BC%EC%A7%80%207777").await, found(&clerk, "%EB%AF%BC%EC%A7%80%201111").await), (1, 1), "no digits of names");
        for middle in 1000..1100 {
            assert_eq!(found(&clerk, &format!("010-{middle}-1234")).await, 0);
            if middle == 1050 {
                assert_eq!(found(&clerk, PHONE).await, 1, "who is found counts as nothing");
            }
        }
        for path in ["/search?q=010-1100-1234", "/search?q=010-2345-1234", "/parties?q=a@b.kr", "/parties/summary?q=a@b.kr"] {
            assert_eq!(clerk.get(path).await.expect(429).code(), "search_locked", "{path}");
        }
        assert_eq!((found(&clerk, "1234").await, found(&clerk, "%EB%AF%BC%EC%A7%80").await), (1, 1));
        let (analyst, manager) = (app.signed_in_as(Role::Analyst).await, app.signed_in_as(Role::Manager).await);
        assert_eq!((found(&analyst, PHONE).await, found(&manager, "010-1100-1234").await), (1, 0));
        let told = app.get("/audit?action=search.limited").await.expect(200).json;
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
        app.later(kernel::Instant::HOUR).await;
        assert_eq!(found(&clerk, PHONE).await, 1);
    }

    async fn what_comes_back_masked_stays_as_it_is(app) {
        let id = customer(&app, "김민지", true).await;
        let clerk = app.signed_in_as(Role::Clerk).await;
        let path = format!("/parties/{id}");
        let edit = json!({ "name": "김민희", "phone": "010-****-1234", "email": "k***@example.com" });
        assert_masked(&clerk.put(&path, edit).await.expect(200).text(), "the answer to a change");
        let card = app.get(&path).await.json;
        assert_eq!((&card["name"], &card["phone"], &card["email"]), (&json!("김민희"), &json!(PHONE), &json!(EMAIL)));
        app.put(&path, json!({ "name": "김민희 010-2345-1234", "phone": PHONE, "email": EMAIL })).await.expect(200);
        let shown = clerk.get(&path).await.json;
        assert_eq!(shown["name"], "김민희 010-****-1234");
        let edit = json!({ "name": shown["name"], "phone": shown["phone"], "email": shown["email"] });
        clerk.put(&path, edit).await.expect(200);
        assert_eq!(app.get(&path).await.json["name"], "김민희 010-2345-1234");
        let edit = json!({ "name": "김민희", "phone": "010-****-9999", "email": "k***@example.com" });
        assert_eq!(clerk.put(&path, edit).await.expect(422).fields(), ["phone: not_a_phone"]);
        clerk.put(&path, json!({ "name": "김민희", "phone": "010-7777-8888" })).await.expect(200);
        assert_eq!(app.get(&path).await.json["phone"], "010-7777-8888");
        let note = clerk.post(&format!("{path}/notes"), json!({ "text": format!("새 번호 {PHONE}") })).await;
        assert_masked(&note.expect(201).text(), "the answer to a memo");
    }

    async fn a_fault_tells_nothing_of_somebody_else_s_customer(app) {
        customer(&app, "김민지", true).await;
        let staff = app.limited(Role::Staff, None).await;
        let taken = staff.post("/parties", json!({ "name": "Other", "phone": PHONE })).await.expect(409);
        assert_eq!((taken.code(), &taken.json["party"]), ("contact_taken", &Value::Null));
    }

    async fn whoever_is_limited_sees_keeps_and_hands_over_their_own(app) {
        let foreign = customer(&app, "남의 손님", true).await;
        let staff = app.limited(Role::Staff, None).await;
        let own = customer(&staff, "내 손님", false).await;
        let list = staff.get("/parties").await.expect(200).text();
        assert!(list.contains(&own) && !list.contains(&foreign), "{list}");
        assert_eq!(staff.get("/parties/summary").await.json["count"], 1);
        assert!(!staff.get(&format!("/parties?ids={foreign}")).await.text().contains(&foreign));
        assert!(!staff.get("/search?q=1234").await.text().contains(&foreign));
        let user = staff.get("/session").await.json["user"]["id"].clone();
        let grab = json!({ "user": user });
        staff.put(&format!("/parties/{foreign}/keeper"), grab.clone()).await.expect(404);
        app.put(&format!("/parties/{foreign}/keeper"), grab).await.expect(204);
        assert_eq!(staff.get(&format!("/parties/{foreign}")).await.expect(200).json["keeper"]["id"], user);
        let kept = app.get(&format!("/parties?keeper={}", user.as_str().unwrap())).await.json;
        assert_eq!(kept["items"].as_array().unwrap().len(), 2);
        staff.put(&format!("/parties/{own}/keeper"), json!({ "user": null })).await.expect(204);
        staff.get(&format!("/parties/{own}")).await.expect(404);
        let unknown = app.put(&format!("/parties/{own}/keeper"), json!({ "user": "usr_0000000000001" })).await;
        assert_eq!(unknown.expect(422).fields(), ["user: unknown"]);
    }

    async fn a_merge_that_was_taken_back_shows_nobody_else_s_customer(app) {
        let foreign = customer(&app, "남의 손님", false).await;
        let staff = app.limited(Role::Staff, None).await;
        let own = customer(&staff, "내 손님", false).await;
        let merge = json!({ "survivor": own, "absorbed": [foreign] });
        let merge = app.post("/merges", merge).await.expect(201).json["merges"][0].as_str().unwrap().to_owned();
        assert_eq!(staff.get("/merges").await.expect(200).json["items"].as_array().unwrap().len(), 1, "one customer, theirs");
        app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        staff.get(&format!("/parties/{own}")).await.expect(200);
        staff.get(&format!("/parties/{foreign}")).await.expect(404);
        for path in ["/merges".to_owned(), format!("/merges?party={foreign}"), format!("/merges?party={own}")] {
            let ledger = staff.get(&path).await.expect(200).text();
            assert!(!ledger.contains(&foreign) && !ledger.contains("남의"), "{path}: {ledger}");
        }
        staff.get(&format!("/merges/{merge}")).await.expect(404);
        assert_eq!(app.get("/merges").await.json["items"].as_array().unwrap().len(), 1);
    }

    async fn what_people_wrote_anywhere_is_masked(app) {
        let id = customer(&app, "김민지", true).await;
        let view = json!({ "name": format!("찾기 {PHONE}"), "query": format!("q={PHONE}&sort=-spend&owner=kim.minji%40example.com") });
        let view = app.post("/views", view).await.expect(201).json;
        let need = json!({ "topic": "wanted", "value": format!("{PHONE}로 전화"), "source": "conversation" });
        app.post(&format!("/parties/{id}/needs"), need).await.expect(201);
        for role in [Role::Clerk, Role::Analyst] {
            let browser = app.signed_in_as(role).await;
            let shown = browser.get("/views").await.expect(200).text();
            assert_masked(&shown, "/views");
            assert!(shown.contains("sort=-spend"), "{shown}");
        }
        let results = app.signed_in_as(Role::Analyst).await.get("/questions/results").await.expect(200).text();
        assert_masked(&results, "/questions/results");
        assert!(results.contains("010-****-1234"), "{results}");
        assert_eq!(app.get("/views").await.json[0], view, "the owner's is whole");
    }

    async fn a_team_sees_its_members_customers(app) {
        let team = app.post("/teams", json!({ "name": "강남" })).await.expect(201).json["id"].clone();
        let team = Some(team.as_str().unwrap().parse().unwrap());
        let (one, other) = (app.limited(Role::Staff, team).await, app.limited(Role::Clerk, team).await);
        let stranger = app.limited(Role::Staff, None).await;
        let own = customer(&one, "우리 손님", true).await;
        assert_masked(&other.get(&format!("/parties/{own}")).await.expect(200).text(), "a team's card");
        stranger.get(&format!("/parties/{own}")).await.expect(404);
        let order = json!({ "name": "새 손님", "phone": "010-5555-6666", "lines": [{ "amount_minor": 4000 }] });
        let entered = other.post("/orders", order).await.expect(201).json["party"].clone();
        app.settle().await;
        one.get(&format!("/parties/{}", entered.as_str().unwrap())).await.expect(200);
    }

    async fn an_order_number_finds_nobody_who_is_not_seen(app) {
        let order = json!({ "name": "남의 손님", "phone": PHONE, "lines": [{ "amount_minor": 4000 }] });
        let number = app.post("/orders", order).await.expect(201).json["order_no"].as_str().unwrap().to_owned();
        let staff = app.limited(Role::Staff, None).await;
        let found = staff.get(&format!("/search?q={number}")).await.expect(200).json;
        assert_eq!(found, json!({ "parties": [], "orders": [] }));
        assert_eq!(app.get(&format!("/search?q={number}")).await.json["orders"][0]["order_no"], number);
    }
}
