//! What customers ask about their own data on their page, and what they see of the answer.

use crate::member::{code_of, hidden, link, open, page, press, read, somebody, with_mail};
use crate::*;
use testkit::{MailSink, both_engines};

/// Somebody's page after a code to their mailbox; gives its path.
async fn come_in(app: &TestApp, sink: &MailSink) -> String {
    come_in_by(app, sink, "hana%40example.com").await
}

/// The same of a mailbox, as forms write it.
async fn come_in_by(app: &TestApp, sink: &MailSink, email: &str) -> String {
    let before = sink.letters().len();
    let form = hidden(&open(app, "/m").await.expect(200), "form");
    let asked = format!("form={form}&email={email}");
    app.anonymous().send(page("/m/code", Some(&asked))).await.expect(200);
    app.settle().await;
    let code = code_of(&read(&sink.letters()[before]));
    let entered =
        app.anonymous().send(page("/m/enter", Some(&format!("{asked}&code={code}")))).await.expect(303);
    entered.header("location").unwrap().split('?').next().unwrap().to_owned()
}

/// The requests that wait, as staff see them.
async fn waiting(app: &TestApp) -> Vec<Value> {
    app.get("/requests").await.expect(200).json["items"].as_array().unwrap().clone()
}

fn path(request: &Value) -> String {
    format!("/requests/{}", request["id"].as_str().unwrap())
}

both_engines! {
    registry();

    async fn by_a_link_that_was_handed_over_it_is_first_made_sure_who_asks(app) {
        let party = somebody(&app).await;
        let page = link(&app, &party).await;
        let done = press(&app, &page, "requests", "do=ask&kind=access&words=%EC%A0%84%ED%99%94%EB%8A%94%20010-2345-6789").await.expect(303);
        assert!(done.header("location").unwrap().ends_with("done=member.done.request"));
        let asked = waiting(&app).await[0].clone();
        assert_eq!((&asked["kind"], &asked["way"], &asked["state"], &asked["due_day"], &asked["party"]["id"]),
            (&json!("access"), &json!("member_page"), &json!("open"), &json!("2026-12-02"), &json!(party)));
        let shown = open(&app, &page).await.expect(200).text();
        assert!(shown.contains("늦어도 2026-12-02까지") && shown.contains("본인 확인을 기다려요"), "{shown}");
        assert!(shown.contains("010-****-6789") && !shown.contains("2345"), "whoever has the link reads no number: {shown}");
        assert!(!shown.contains("value=\"access\"") && shown.contains("value=\"erasure\""), "what waits is not asked twice: {shown}");
        let english = open(&app, &format!("{page}?lang=en")).await.expect(200).text();
        assert!(english.contains("We answer by 2026-12-02 at the latest"), "{english}");
        press(&app, &page, "requests", "do=ask&kind=access").await.expect(409);
        assert_eq!(waiting(&app).await.len(), 1);
        let audited = app.get("/audit?action=request").await.expect(200).json["items"][0].clone();
        assert!(audited["detail"]["link_by"].is_string() && audited["user"].is_null(), "{audited}");
    }

    async fn an_address_that_came_by_a_link_or_from_a_clerk_proves_nobody(app) {
        let sink = with_mail(&app).await;
        let party = somebody(&app).await;
        let clerk = app.signed_in_as(web::Role::Clerk).await;
        let made = clerk.post(&format!("/parties/{party}/member-link"), json!({})).await.expect(201).json;
        let by_link = made["path"].as_str().unwrap().to_owned();
        press(&app, &by_link, "me", "do=email&email=clerk%40evil.example").await.expect(200);
        app.settle().await;
        let code = code_of(&read(&sink.letters()[0]));
        press(&app, &by_link, "me", &format!("do=code&email=clerk%40evil.example&code={code}")).await.expect(303);
        let own = come_in_by(&app, &sink, "clerk%40evil.example").await;
        press(&app, &own, "requests", "do=ask&kind=access").await.expect(303);
        assert_eq!(waiting(&app).await[0]["state"], "open", "a person checks who asks");

        let card = clerk.get(&format!("/parties/{party}")).await.expect(200);
        let mut emails: Vec<Value> = card.json["contacts"].as_array().unwrap().iter()
            .filter(|row| row["kind"] == "email").map(|row| row["shown"].clone()).collect();
        emails.push(json!("again@evil.example"));
        let edit = json!({ "name": "김하나", "emails": emails, "phones": ["010-****-6789"] });
        clerk.put_over(&format!("/parties/{party}"), card.header("etag").unwrap(), edit).await.expect(200);
        let own = come_in_by(&app, &sink, "again%40evil.example").await;
        press(&app, &own, "requests", "do=ask&kind=correction&words=a").await.expect(303);
        assert!(waiting(&app).await.iter().all(|asked| asked["state"] == "open"));

        let new = clerk.post("/parties", json!({ "name": "김하나", "email": "third@evil.example" })).await.expect(201).json;
        clerk.post("/merges", json!({ "survivor": party, "absorbed": [new["id"]] })).await.expect(201);
        let own = come_in_by(&app, &sink, "third%40evil.example").await;
        press(&app, &own, "requests", "do=ask&kind=source").await.expect(303);
        assert!(waiting(&app).await.iter().all(|asked| asked["state"] == "open"));
    }

    async fn whoever_came_by_a_code_is_known_and_takes_their_data_with_them(app) {
        let sink = with_mail(&app).await;
        let party = somebody(&app).await;
        let own = come_in(&app, &sink).await;
        press(&app, &own, "requests", "do=ask&kind=access").await.expect(303);
        let asked = waiting(&app).await[0].clone();
        assert_eq!((&asked["state"], &asked["identity"]["how"]), (&json!("identity_checked"), &json!("member_page")));
        let fields = format!("do=fetch&request={}", asked["id"].as_str().unwrap());
        press(&app, &own, "requests", &fields).await.expect(404);
        app.post(&format!("{}/export", path(&asked)), json!({})).await.expect(202);
        app.settle().await;
        press(&app, &own, "requests", &fields).await.expect(404);
        let letters = sink.letters().len();
        app.post(&format!("{}/answer", path(&asked)), json!({ "text": "010-2345-6789로도 연락드렸어요" })).await.expect(200);
        app.settle().await;
        let letter = read(&sink.letters()[letters]);
        assert!(letter.contains("https://shop.kr/m/v1.") && !letter.contains("2345"), "{letter}");
        assert!(open(&app, &own).await.expect(200).text().contains("010-2345-6789로도"));
        let file = press(&app, &own, "requests", &fields).await.expect(200);
        assert_eq!((file.header("content-type"), file.header("cache-control")), (Some("application/zip"), Some("no-store")));
        assert!(app.get(&format!("{}/outcome", path(&asked))).await.json["export"]["fetched_at"].is_string());
        // The link of the letter, and one of staff: the state and no file.
        let lettered = letter.split("https://shop.kr").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        for handed in [lettered, link(&app, &party).await] {
            let shown = open(&app, &handed).await.expect(200).text();
            assert!(shown.contains("답해 드렸어요") && shown.contains("010-****-6789로도") && !shown.contains("2345-"), "{shown}");
            press(&app, &handed, "requests", &fields).await.expect(403);
        }
    }

    async fn nobody_sees_or_takes_back_what_somebody_else_asked(app) {
        let party = somebody(&app).await;
        let other = app.post("/parties", json!({ "name": "두리", "email": "duri@example.com" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let (page, foreign) = (link(&app, &party).await, link(&app, &other).await);
        press(&app, &page, "requests", "do=ask&kind=erasure").await.expect(303);
        let asked = waiting(&app).await[0].clone();
        let fields = format!("do=take_back&request={}", asked["id"].as_str().unwrap());
        press(&app, &foreign, "requests", &fields).await.expect(404);
        assert!(!open(&app, &foreign).await.text().contains("2026-12-02"));
        press(&app, &page, "requests", &fields).await.expect(303);
        press(&app, &page, "requests", &fields).await.expect(409);
        let closed = app.get(&path(&asked)).await.expect(200).json;
        assert_eq!((&closed["state"], &closed["closed"]["how"]), (&json!("refused"), &json!("taken_back")));
        let after = open(&app, &page).await.text();
        assert!(after.contains("<span class=\"no\">거두셨어요"), "an end without an answer does not look like one");
    }

    async fn what_cannot_be_taken_is_said_and_nothing_is_kept(app) {
        let page = link(&app, &somebody(&app).await).await;
        for (fields, said) in [
            ("do=ask", "무엇을 원하시는지 골라 주세요"),
            ("do=ask&kind=everything", "무엇을 원하시는지 골라 주세요"),
            ("do=ask&kind=correction&words=+", "어떻게 고치면 되는지"),
            ("do=ask&kind=access&words=900101-1234568", "주민등록번호"),
        ] {
            let refused = press(&app, &page, "requests", fields).await.expect(422);
            assert!(refused.text().contains(said), "{fields}: {}", refused.text());
        }
        press(&app, &page, "requests", &format!("do=ask&kind=access&words={}", "a".repeat(4001))).await.expect(422);
        press(&app, &page, "requests", "do=answer").await.expect(404);
        assert_eq!(waiting(&app).await, Vec::<Value>::new());
    }

    async fn who_was_erased_has_no_page_and_what_was_merged_is_asked_by_one(app) {
        let party = somebody(&app).await;
        let other = app.post("/parties", json!({ "name": "김하나", "phone": "010-1111-2222" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let (page, before) = (link(&app, &party).await, link(&app, &other).await);
        press(&app, &before, "requests", "do=ask&kind=source").await.expect(303);
        app.post("/merges", json!({ "survivor": party, "absorbed": [other] })).await.expect(201);
        assert!(open(&app, &page).await.expect(200).text().contains("어디서 얻었는지"));
        press(&app, &page, "requests", "do=ask&kind=source").await.expect(409);
        press(&app, &page, "requests", "do=ask&kind=erasure").await.expect(303);
        let erasure = waiting(&app).await.into_iter().find(|one| one["kind"] == "erasure").unwrap();
        app.post(&format!("{}/identity", path(&erasure)), json!({ "how": "in_person" })).await.expect(200);
        app.post(&format!("{}/erasure", path(&erasure)), json!({})).await.expect(202);
        app.settle().await;
        open(&app, &page).await.expect(404);
        open(&app, &before).await.expect(404);
        app.post(&format!("{}/answer", path(&erasure)), json!({ "text": "지웠어요" })).await.expect(200);
    }
}
