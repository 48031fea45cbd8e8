//! Whoever was erased comes back by no door, and nothing of them is kept anew.

use crate::privacy::{erase, identified, one};
use crate::*;
use kernel::Instant;
use testkit::both_engines;
use web::Role;

const LIST: &str =
    "회원번호,이름,휴대폰,이메일\n911,더블유킴,010-8811-6677,wed@example.com\n912,남은이,010-8811-0000,\n";

/// Brings and runs a list of customers.
async fn listed(app: &TestApp, list: &str) -> Value {
    let brought = app.upload("/imports?name=customers.csv&kind=customers", list.as_bytes().to_vec()).await;
    deed(app, &brought.expect(201).json, "run").await
}

both_engines! {
    registry();

    async fn the_same_list_of_customers_again_brings_nobody_back(app) {
        assert_eq!(counts(&listed(&app, LIST).await), [2, 2, 0, 0, 0, 2]);
        erase(&app, &one(&app, "더블유킴").await).await;
        let brought = app.upload("/imports?name=customers.csv&kind=customers", LIST.as_bytes().to_vec()).await;
        let counted = deed(&app, &brought.expect(201).json, "dry-run").await;
        assert_eq!((counts(&counted), counted["notices"].as_array().unwrap().len()), ([2, 0, 0, 2, 0, 0], 1), "{counted}");
        let again = listed(&app, LIST).await;
        assert_eq!(counts(&again), [2, 0, 0, 2, 0, 0], "{again}");
        assert_eq!(again["notices"], json!(["1 rows are of somebody who asked to be erased. Nothing of them was taken in."]));
        assert_eq!(people(&app, "").await.len(), 1);
        for asked in ["6677", "wed%40example.com"] {
            assert_eq!(app.get(&format!("/search?q={asked}")).await.expect(200).json["parties"], json!([]));
        }

        // Whoever gives a contact again is a customer again, and a list may speak of what they gave.
        app.post("/parties", json!({ "name": "다시온이", "email": "wed@example.com" })).await.expect(201);
        assert_eq!(counts(&listed(&app, LIST).await), [2, 0, 0, 2, 0, 0], "the number was not given again");
        let known = "이름,이메일,메모\n다시온이,wed@example.com,창가 자리\n";
        assert_eq!(counts(&listed(&app, known).await), [1, 1, 0, 0, 0, 0]);
    }

    async fn an_event_told_again_brings_nobody_back_and_moves_no_order(app) {
        let customer = json!({ "id": "y-1", "phone": "010-8811-4455", "email": "yed@example.com", "name": "와이킴" });
        let told = |id: &str, kind: &str, at: &str| json!({ "id": id, "type": kind, "at": at, "customer": customer,
            "lines": if kind == "order" { json!([{ "product": "라테", "amount_minor": 9000 }]) } else { json!([]) } });
        let tell = async |events: Value| app.post("/events", json!({ "source": "pos", "events": events })).await.expect(200).json;
        let (order, visit) = (told("Y1", "order", "2026-10-01T03:00:00Z"), told("V1", "visit", "2026-10-01T03:00:00Z"));
        let first = tell(json!([order, visit])).await;
        assert_eq!(first["created"], 2, "{first}");
        app.settle().await;
        erase(&app, first["results"][0]["party"].as_str().unwrap()).await;

        let again = tell(json!([order, visit])).await;
        assert_eq!((&again["unchanged"], &again["results"][0]["party"]), (&json!(2), &Value::Null), "{again}");
        let older = tell(json!([told("Y0", "order", "2026-09-01T03:00:00Z"), told("V0", "visit", "2026-09-01T03:00:00Z")])).await;
        assert_eq!((&older["created"], &older["results"][1]["faults"][0]["code"]), (&json!(1), &json!("customer_erased")), "{older}");
        // An order of theirs stays theirs, whatever time it is told with now.
        let moved = tell(json!([told("Y1", "order", "2027-01-01T03:00:00Z")])).await;
        assert_eq!(moved["results"][0]["party"], Value::Null, "{moved}");
        app.settle().await;
        assert_eq!(people(&app, "").await, Vec::<Value>::new());
        assert_eq!(app.get("/parties/summary").await.expect(200).json["count"], 0);
        let order = app.get("/search?q=Y1").await.expect(200).json;
        assert_eq!(order["orders"][0]["party"], Value::Null, "a sale of nobody");

        app.later(2 * Instant::DAY).await;
        let owner = app.signed_in_as(Role::Owner).await;
        let back = json!({ "source": "pos", "events": [told("Y2", "order", "2026-11-24T03:00:00Z")] });
        let back = owner.post("/events", back).await.expect(200).json;
        app.settle().await;
        let back = owner.get(&format!("/parties/{}", back["results"][0]["party"].as_str().unwrap())).await.expect(200).json;
        assert_eq!((&back["name"], &back["orders"]), (&json!("와이킴"), &json!(1)), "whoever comes back is new");
    }

    async fn what_an_import_recognises_is_not_kept_beside_it(app) {
        let file = "customer_id,name,email,phone,date,order_no,product,amount,currency\n\
            A1,홍길동,gil@example.com,010-2345-1234,2026-10-01,o1,latte,1000,KRW\n\
            B2,이영희,young@example.com,010-9999-0000,2026-10-05,o3,tea,500,KRW\n\
            C3,홍길동,gil@example.com,010-2345-1234,someday,o4,tea,500,KRW\n";
        import(&app, file).await;
        erase(&app, &one(&app, "홍길동").await).await;
        let brought = upload(&app, file.into()).await;
        let counted = deed(&app, &brought, "dry-run").await;
        assert!(!counted.to_string().contains("홍길동") && counted.to_string().contains("이영희"), "{counted}");
        let again = deed(&app, &brought, "run").await;
        assert_eq!(counts(&again), [3, 0, 0, 2, 1, 0]);
        assert!(!again.to_string().contains("홍길동"), "{again}");
        let faults = app.get(&format!("{}/faults", path_of(&again))).await.expect(200).json;
        assert_eq!((&faults["items"][0]["code"], &faults["items"][0]["raw"]), (&json!("date_unreadable"), &json!("")), "{faults}");
        let upload = app.app().data_folder().join("uploads").join(again["id"].as_str().unwrap());
        assert!(!upload.exists(), "nor the file itself");
    }

    async fn an_answer_after_an_erasure_keeps_no_words(app) {
        let party = app.post("/parties", json!({ "name": "김단골님", "phone": "010-2345-1234" })).await.expect(201).json;
        let party = party["id"].as_str().unwrap();
        app.put(&format!("/parties/{party}/tags"), json!({ "tags": ["010-2345-1234", "단골"] })).await.expect(200);
        let path = identified(&app, party, "erasure").await;
        let preview = app.get(&format!("{path}/erasure")).await.expect(200).json;
        let mentions = |row: &&Value| row["fate"] == "mentions" && row["table"] == "tags";
        assert_eq!(preview["rows"].as_array().unwrap().iter().find(mentions).unwrap()["count"], 1, "{preview}");
        app.post(&format!("{path}/erasure"), json!({})).await.expect(202);
        app.settle().await;
        assert_eq!(app.get("/tags").await.expect(200).json, json!([{ "name": "단골" }]));
        let answered = app.post(&format!("{path}/answer"), json!({ "text": "김단골님 지웠어요" })).await.expect(200).json;
        assert_eq!((&answered["state"], &answered["answer"]), (&json!("answered"), &json!("")), "{answered}");
        assert_eq!(app.get(&path).await.expect(200).json["answer"], "");
    }
}
