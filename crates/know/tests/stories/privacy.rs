//! Everything about one person as files; and a person who is erased, down to the bytes of the database.

use crate::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use store::Location;
use testkit::both_engines;

const FILE: &str = "customer_id,name,email,phone,date,order_no,product,amount,currency\n\
    A1,홍길동,gil@example.com,010-2345-1234,2026-10-01,o1,latte,1000,KRW\n\
    A1,홍길동,gil@example.com,010-2345-1234,2026-10-09,o2,mocha,2000,KRW\n\
    B2,이영희,young@example.com,010-9999-0000,2026-10-05,o3,tea,500,KRW\n\
    C3,홍길동,gil@example.com,010-2345-1234,someday,o4,tea,500,KRW\n";

/// What nobody may find any more.
const TRACES: [&str; 7] =
    ["홍길동", "gil@example", "2345-1234", "23451234", "likes figs", "길동", "gil2@example"];

pub async fn one(app: &TestApp, name: &str) -> String {
    let people = people(app, "limit=200").await;
    people.iter().find(|person| person["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

/// A request of a kind by someone who is known; gives its path.
pub async fn identified(app: &TestApp, party: &str, kind: &str) -> String {
    let asked = json!({ "party": party, "kind": kind, "way": "phone", "words": "홍길동입니다" });
    let id = app.post("/requests", asked).await.expect(201).json["id"].as_str().unwrap().to_owned();
    app.post(&format!("/requests/{id}/identity"), json!({ "how": "known_contact" })).await.expect(200);
    format!("/requests/{id}")
}

pub async fn erase(app: &TestApp, party: &str) -> String {
    let path = identified(app, party, "erasure").await;
    app.post(&format!("{path}/erasure"), json!({})).await.expect(202);
    app.settle().await;
    path
}

fn files(archive: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

/// Which traces the files of a database hold.
fn traces(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["dangol.db", "dangol.db-wal", "erased.list"] {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
        let held =
            TRACES.iter().filter(|trace| bytes.windows(trace.len()).any(|part| part == trace.as_bytes()));
        found.extend(held.map(|trace| format!("{name}: {trace}")));
    }
    found
}

/// Fills a company: a file, a merge, a memo, a request, an edit.
async fn fill(app: &TestApp) -> String {
    import(app, FILE).await;
    let party = one(app, "홍길동").await;
    app.post(&format!("/parties/{party}/notes"), json!({ "text": "홍길동 likes figs" })).await.expect(201);
    app.post(&format!("/parties/{party}/visits"), json!({})).await.expect(201);
    let other = json!({ "name": "홍 길동", "email": "gil2@example.com" });
    let other = app.post("/parties", other).await.expect(201).json["id"].as_str().unwrap().to_owned();
    app.post("/merges", json!({ "survivor": party, "absorbed": [other] })).await.expect(201);
    app.settle().await;
    party
}

both_engines! {
    registry();

    async fn an_export_is_complete_and_read_by_machines_and_people(app) {
        let party = fill(&app).await;
        app.post(&format!("/parties/{party}/notes"), json!({ "text": "<script>alert(1)</script>" })).await.expect(201);
        let path = identified(&app, &party, "access").await;
        app.post(&format!("{path}/export"), json!({})).await.expect(202);
        app.settle().await;
        let made = app.get(&format!("{path}/outcome")).await.expect(200).json["export"].clone();
        assert_eq!((&made["parts"]["orders"], &made["parts"]["memos"], &made["fetched_at"]), (&json!(2), &json!(2), &json!(null)));
        let fetched = app.get(&format!("{path}/export")).await.expect(200);
        assert_eq!(fetched.header("content-type"), Some("application/zip"));
        assert!(app.get(&format!("{path}/outcome")).await.json["export"]["fetched_at"].is_string());

        let files = files(&fetched.bytes);
        let data: Value = serde_json::from_str(&files["data.json"]).unwrap();
        let parts = &data["parts"];
        assert_eq!((&parts["orders"][0]["product"], &parts["orders"][0]["amount"], &parts["orders"][0]["day"]),
            (&json!("latte"), &json!(1000), &json!("2026-10-01")));
        assert_eq!(parts["person"].as_array().unwrap().len(), 2, "both records of a merged customer");
        assert!(parts["rows_of_files"][0]["raw"].as_str().unwrap().contains("gil@example.com"));
        assert_eq!((&parts["requests"][0]["words"], &parts["figures"][0]["spend"]), (&json!("홍길동입니다"), &json!(3000)));
        assert!(files["csv/orders.csv"].contains("latte") && files["csv/contacts.csv"].contains("gil2@example.com"));
        let page = &files["index.html"];
        assert!(page.contains("홍길동") && page.contains("1000 KRW") && page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
        let all = fetched.bytes.len() + files.values().map(String::len).sum::<usize>();
        assert!(all > 0 && !files.values().any(|text| text.contains("이영희") || text.contains("young@")), "of one person alone");
    }

    async fn an_export_says_what_was_told_asked_shown_and_with_whom(app) {
        let made = async |new: Value| app.post("/parties", new).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let party = made(json!({ "name": "김단골", "email": "kim@example.com" })).await;
        let of = |what: &str| format!("/parties/{party}/{what}");
        let told = json!({ "id": "s-1", "type": "survey.answered", "customer": { "email": "kim@example.com" }, "value": 9, "what": "nps" });
        app.post("/events", json!({ "source": "pos", "events": [told] })).await.expect(200);
        let question = app.post("/questions", json!({ "title": "뭘 즐겨 드세요?", "choices": [], "topic": null })).await.expect(201).json;
        app.post(&of("answers"), json!({ "question": question["id"], "value": "라떼" })).await.expect(201);
        let shown = json!({ "aim": "새 메뉴와 행사 안내", "items": "이름, 연락처", "period": "동의를 거둘 때까지",
            "right": "동의하지 않아도 돼요", "disadvantage": "안내를 받지 못해요" });
        let wording = app.post("/consent/wordings", json!({ "purpose": "ad", "statements": { "ko": shown } })).await.expect(201).json;
        app.post(&of("consents"), json!({ "channel": "email", "purpose": "ad", "state": "given", "source": "form", "asked": "apart",
            "wording": wording["id"], "proof": "신청서 3번 서랍" })).await.expect(201);
        let firm = made(json!({ "kind": "organisation", "name": "(주)한빛" })).await;
        let sister = made(json!({ "name": "이영희" })).await;
        app.post(&of("ties"), json!({ "kind": "works_for", "other": firm })).await.expect(201);
        app.post(&of("ties"), json!({ "kind": "family_of", "other": sister })).await.expect(201);
        app.post(&of("assessments"), json!({ "input": "margin", "value": 120_000, "source": "conversation" })).await.expect(201);
        app.settle().await;

        let path = identified(&app, &party, "access").await;
        app.post(&format!("{path}/export"), json!({})).await.expect(202);
        app.settle().await;
        let files = files(&app.get(&format!("{path}/export")).await.expect(200).bytes);
        let data: Value = serde_json::from_str(&files["data.json"]).unwrap();
        let parts = &data["parts"];
        let survey = parts["log"].as_array().unwrap().iter().find(|row| row["kind"] == "survey.answered").unwrap();
        assert_eq!((&survey["told"]["value"], &survey["told"]["what"]), (&json!(9), &json!("nps")));
        assert_eq!((&parts["needs"][0]["question"], &parts["needs"][0]["value"]), (&json!("뭘 즐겨 드세요?"), &json!("라떼")));
        assert!(parts["consents"][0]["wording_ko"].as_str().unwrap().contains("새 메뉴와 행사 안내"), "{parts}");
        let mut with: Vec<&str> = parts["ties"].as_array().unwrap().iter().map(|tie| tie["with"].as_str().unwrap()).collect();
        with.sort_unstable();
        assert_eq!(with, ["(주)한빛", "이…"], "a person's full name is theirs");
        let judged = &parts["assessments"][0];
        assert_eq!((&judged["amount"], &judged["currency"], &judged["value"]), (&json!(120_000), &json!("KRW"), &Value::Null));
    }

    async fn an_erasure_says_beforehand_what_goes_and_what_stays(app) {
        let party = fill(&app).await;
        let about_other = one(&app, "이영희").await;
        app.post(&format!("/parties/{about_other}/notes"), json!({ "text": "홍길동 님 소개로 오심" })).await.expect(201);
        let path = identified(&app, &party, "erasure").await;
        let preview = app.get(&format!("{path}/erasure")).await.expect(200).json;
        assert_eq!((&preview["records"], &preview["orders_until"]), (&json!(2), &json!("2031-10-09")));
        let of = |table: &str, fate: &str| {
            let rows = preview["rows"].as_array().unwrap();
            rows.iter().find(|row| row["table"] == table && row["fate"] == fate).map(|row| (row["count"].clone(), row["why"].clone()))
        };
        assert_eq!(of("contacts", "goes"), Some((json!(4), json!(null))));
        assert_eq!(of("order_lines", "stays"), Some((json!(2), json!("order_records"))));
        assert_eq!(of("notes", "goes").unwrap().0, 1);
        assert_eq!(of("notes", "mentions").unwrap().0, 1, "another customer's memo names them");
        assert_eq!(of("import_faults", "stripped").unwrap().0, 1);
        assert_eq!(of("merges", "goes").unwrap().0, 1);
    }

    async fn an_erased_person_is_gone_from_every_byte_and_stays_in_every_sum(app) {
        let party = fill(&app).await;
        let before = app.get("/parties/summary").await.expect(200).json;
        assert_eq!(before["count"], 2);
        let upload = app.app().data_folder().join("uploads");
        assert_eq!(std::fs::read_dir(&upload).unwrap().count(), 1);
        if let Location::Folder(folder) = app.location() {
            assert!(traces(folder).len() > 5, "the test finds what is there");
        }

        let path = erase(&app, &party).await;
        let done = app.get(&format!("{path}/outcome")).await.expect(200).json["erasure"].clone();
        assert_eq!((&done["report"]["order_lines"]["what"], &done["report"]["contacts"]["rows"]), (&json!("kept"), &json!(4)));
        if let Location::Folder(folder) = app.location() {
            assert_eq!(traces(folder), Vec::<String>::new());
        }
        assert_eq!(std::fs::read_dir(&upload).unwrap().count(), 0, "the uploaded file as well");

        app.get(&format!("/parties/{party}")).await.expect(404);
        assert_eq!(people(&app, "").await.len(), 1);
        for asked in ["%ED%99%8D%EA%B8%B8%EB%8F%99", "1234", "gil%40example.com"] {
            assert_eq!(app.get(&format!("/search?q={asked}")).await.expect(200).json["parties"], json!([]));
        }
        let order = app.get("/search?q=o1").await.expect(200).json;
        assert_eq!((&order["orders"][0]["party"], &order["parties"]), (&json!(null), &json!([])), "a sale of nobody");
        let mut tx = app.db().read().await.unwrap();
        let (orders, spend): (i64, i64) = store::Query::built("select orders, spend from facts where orders = 2".into()).fetch_one(&mut tx).await.unwrap();
        assert_eq!((orders, spend), (2, 3000), "figures stay");
        drop(tx);
        let answered = app.post(&format!("{path}/answer"), json!({ "text": "지웠어요" })).await.expect(200).json;
        assert_eq!((&answered["words"], &answered["party"]["name"]), (&json!(""), &json!("")));
        assert_eq!(app.post(&format!("{path}/erasure"), json!({})).await.expect(409).code(), "request_closed");
    }

    async fn the_same_file_again_brings_nobody_back(app) {
        let party = fill(&app).await;
        erase(&app, &party).await;
        let again = import(&app, FILE).await;
        assert_eq!(counts(&again), [4, 0, 0, 3, 1, 0], "{again}");
        assert!(again["notices"].to_string().contains("2"), "{again}");
        assert_eq!(people(&app, "").await.len(), 1);
        let newer = FILE.to_owned() + "A1,홍길동,gil@example.com,010-2345-1234,2026-11-23,o9,tea,700,KRW\n";
        let newer = import(&app, newer).await;
        assert_eq!(counts(&newer)[1..6], [1, 0, 3, 1, 1], "whoever comes back is a new customer: {newer}");
        let back = people(&app, "").await;
        let back = back.iter().find(|person| person["name"] == "홍길동").unwrap();
        assert_eq!((&back["orders"], back["id"] == json!(party)), (&json!(1), false), "without their past");
        assert_eq!(counts(&import(&app, FILE).await), [4, 0, 0, 3, 1, 0], "and the old file does not give it to them");
    }

    async fn the_list_beside_the_database_has_hashes_alone(app) {
        let party = fill(&app).await;
        erase(&app, &party).await;
        let list = app.app().erased_list();
        let text = std::fs::read_to_string(&list).unwrap();
        let lines = know::privacy::list::read(&list).unwrap();
        assert_eq!((lines.len(), lines[0].parties.len(), lines[0].contacts.len()), (1, 2, 4));
        assert!(!text.contains("gil") && !text.contains("1234,"), "{text}");
        std::fs::remove_file(&list).unwrap();
        know::privacy::settle(app.db(), &list).await.unwrap();
        assert_eq!(know::privacy::list::read(&list).unwrap(), lines, "a list that was lost is written again");
        let audited = app.get("/audit?action=party.erased").await.expect(200).json;
        assert_eq!(audited["items"][0]["detail"]["contacts"].as_array().unwrap().len(), 4, "{audited}");
    }

    async fn who_asked_to_stop_is_not_used_until_they_ask_again(app) {
        let party = fill(&app).await;
        let path = identified(&app, &party, "suspension").await;
        assert_eq!(app.post(&format!("{path}/answer"), json!({ "text": "x" })).await.expect(409).code(), "request_suspend_first");
        app.put(&format!("{path}/suspension"), json!({ "suspended": true })).await.expect(204);
        let outcome = app.get(&format!("{path}/outcome")).await.expect(200).json;
        assert!(outcome["suspended_since"].is_string(), "{outcome}");
        app.get(&format!("/parties/{party}")).await.expect(200);
        app.put(&format!("{path}/suspension"), json!({ "suspended": false })).await.expect(204);
        assert_eq!(app.get(&format!("{path}/outcome")).await.json["suspended_since"], json!(null));
    }
}
