//! Files of customers: recognised, counted before anything is written, written once, taken back.

use crate::*;
use testkit::{TestApp, both_engines};

const SHOPIFY: &str = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,\
Default Address Address1,Default Address City,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,\
Total Spent,Total Orders,Note,Tax Exempt,Tags\n";

const LIST: &str = "이름,휴대폰,이메일,회원번호,생년월일,메모,수신동의,주소\n\
홍길동,010-1111-2222,gil@example.com,M1,1990-02-10,창가 자리,Y,서울시 중구\n\
김하나,1033334444,,M2,,,N,\n\
이두리,0504-1234-5678,,,,,,\n\
박셋,,set@example.com,M4,작년,당뇨가 있음,,\n";

async fn card(app: &TestApp, query: &str) -> Value {
    let found = people(app, query).await;
    assert_eq!(found.len(), 1, "{query}: {found:?}");
    app.get(&format!("/parties/{}", found[0]["id"].as_str().unwrap())).await.expect(200).json
}

fn contacts(card: &Value) -> Vec<String> {
    card["contacts"].as_array().unwrap().iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect()
}

/// The tags of somebody, and what the card says of them beside.
async fn known(app: &TestApp, query: &str) -> (Value, Value) {
    let found = people(app, query).await;
    assert_eq!(found.len(), 1, "{query}: {found:?}");
    (found[0]["tags"].clone(), card(app, query).await["about"].clone())
}

both_engines! {
    registry();

    async fn a_list_of_customers_is_recognised_counted_written_and_taken_back(app) {
        let import = upload(&app, LIST.into()).await;
        assert_eq!((&import["plan"]["source"], &import["state"]), (&json!("customers"), &json!("ready")));
        let preview = settle(&app, &import, |_| {}).await.expect(200).json;
        let first = &preview["preview"][0];
        assert_eq!((&first["kind"], &first["name"], &first["phone"]), (&json!("customer"), &json!("홍길동"), &json!("010-1111-2222")));
        assert_eq!(preview["preview"][2]["kind"], "invalid", "a relay number is no contact: {preview}");

        let counted = deed(&app, &import, "dry-run").await;
        assert_eq!(counts(&counted), [4, 3, 0, 0, 1, 3]);
        assert_eq!(people(&app, "").await.len(), 0, "nothing was written");
        let done = deed(&app, &import, "run").await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [4, 3, 0, 0, 1, 3]));

        let faults = app.get(&format!("{}/faults", path_of(&import))).await.expect(200).json;
        assert_eq!((&faults["items"][0]["line"], &faults["items"][0]["code"]), (&json!(4), &json!("nobody_named")));
        let told = done["notices"].to_string();
        for word in ["relay", "010-1234-5678", "Birthdays", "notes"] {
            assert!(told.contains(word), "{word}: {told}");
        }
        let card = card(&app, "q=홍길동").await;
        assert_eq!(contacts(&card), ["gil@example.com", "+821011112222", "M1"]);
        let notes = app.get(&format!("/parties/{}/timeline?kinds=note", card["id"].as_str().unwrap())).await.json;
        assert_eq!(notes["items"][0]["text"], "창가 자리");
        assert_eq!(people(&app, &format!("import={}", import["id"].as_str().unwrap())).await.len(), 3, "the number opens its people");

        let again = crate::import(&app, LIST).await;
        assert_eq!(counts(&again), [4, 0, 0, 3, 1, 0], "the same file again changes nothing");
        let undone = deed(&app, &again, "undo").await;
        assert_eq!(undone["state"], "undone");
        assert_eq!(people(&app, "").await.len(), 3, "the second import had written nothing");

        deed(&app, &import, "undo").await;
        assert_eq!(people(&app, "").await.len(), 0);
        let back = deed(&app, &import, "run").await;
        assert_eq!(counts(&back), [4, 3, 0, 0, 1, 3], "run again, all are back");
        assert_eq!(people(&app, "").await.len(), 3);
    }

    async fn a_list_keeps_birthday_address_tags_and_what_it_claims_of_consent(app) {
        let list = |grade: &str, street: &str, born: &str, sms: &str| format!(
            "이름,휴대폰,이메일,회원번호,회원등급,태그,생년월일,우편번호,주소,상세주소,문자수신동의,이메일수신동의\n\
            홍길동,010-1111-2222,gil@example.com,M1,{grade},\"도매, 당뇨 있음\",{born},04524,{street},3층,{sms},N\n\
            김하나,010-3333-4444,,M2,,,2030-01-01,135-080,서울 강남구,,,\n");
        let import = crate::import(&app, list("VIP", "서울 중구 세종대로 110", "음력 1990-02-10", "Y")).await;
        let told = import["notices"].to_string();
        for word in ["1 tags say something", "1 birthdays are in no calendar"] {
            assert!(told.contains(word), "{word}: {told}");
        }
        let one = people(&app, "q=홍길동").await[0]["id"].as_str().unwrap().to_owned();
        let (tags, shown) = known(&app, "q=홍길동").await;
        assert_eq!(tags, json!(["VIP", "도매"]));
        assert_eq!((&shown["birthday"]["calendar"], &shown["birthday"]["year"], &shown["birthday"]["month"]), (&json!("lunar"), &json!(1990), &json!(2)));
        let address = &shown["addresses"][0];
        assert_eq!((&address["postal_code"], &address["line1"], &address["line2"]), (&json!("04524"), &json!("서울 중구 세종대로 110"), &json!("3층")));
        assert_eq!(known(&app, "q=김하나").await.1["addresses"][0]["line1"], "(135-080) 서울 강남구", "an old code is not lost");
        assert_eq!(stands(&app, &one).await, ["email refused", "sms unverified"], "a no counts at once, a yes once somebody vouches");
        let said = app.get(&format!("/parties/{one}/consents")).await.json["said"][0].clone();
        assert_eq!((&said["evidence"]["file"], &said["evidence"]["row"], &said["source"]), (&json!("orders.csv"), &json!(2), &json!("import")), "{said}");
        let raws: Vec<(String,)> = ::store::Query::built("select raw from customer_rows".into()).fetch_all(&mut app.db().read().await.unwrap()).await.unwrap();
        assert!(raws.iter().all(|(raw,)| !raw.contains("당뇨")), "{raws:?}");

        // The same again changes nothing; a newer file changes what the older one said, and nothing that a person did.
        let before = (known(&app, "q=홍길동").await, stands(&app, &one).await);
        crate::import(&app, list("VIP", "서울 중구 세종대로 110", "음력 1990-02-10", "Y")).await;
        assert_eq!((known(&app, "q=홍길동").await, stands(&app, &one).await), before);
        app.put(&format!("/parties/{one}/birthday"), json!({ "calendar": "solar", "year": 1991, "month": 3, "day": 1 })).await.expect(200);
        let newer = crate::import(&app, list("GOLD", "부산 중구 중앙대로 1", "1999-09-09", "N")).await;
        let (tags, changed) = known(&app, "q=홍길동").await;
        assert_eq!((tags, &changed["birthday"]["year"]), (json!(["GOLD", "도매"]), &json!(1991)));
        assert_eq!((changed["addresses"].as_array().unwrap().len(), &changed["addresses"][0]["line1"]), (1, &json!("부산 중구 중앙대로 1")));
        assert_eq!(stands(&app, &one).await, ["email refused", "sms refused"]);

        deed(&app, &newer, "undo").await;
        let (tags, back) = known(&app, "q=홍길동").await;
        assert_eq!((&tags, &back["addresses"]), (&before.0.0, &before.0.1["addresses"]));
        assert_eq!(stands(&app, &one).await, ["email refused", "sms unverified"]);
        deed(&app, &import, "undo").await;
        assert_eq!(people(&app, "").await.len(), 1, "whose birthday somebody wrote down stays");
        let (tags, left) = known(&app, "q=홍길동").await;
        assert_eq!((tags, &left["addresses"], &left["birthday"]["year"]), (json!([]), &json!([]), &json!(1991)));
        assert_eq!(stands(&app, &one).await, Vec::<String>::new());
        assert_eq!(app.get("/consent/unverified").await.expect(200).json, json!([]));
        deed(&app, &import, "run").await;
        assert_eq!(stands(&app, &one).await, ["email refused", "sms unverified"], "run again, it claims again");
    }

    async fn columns_named_like_own_fields_are_read_into_them_and_taken_back(app) {
        let mut fields = std::collections::BTreeMap::new();
        for (name, kind, choices) in [("성별", "choice", json!(["남", "여"])), ("결혼기념일", "day", json!([])), ("방문수", "number", json!([]))] {
            let made = app.post("/custom-fields", json!({ "name": name, "kind": kind, "choices": choices })).await.expect(201).json;
            fields.insert(name, made["id"].as_str().unwrap().to_owned());
        }
        let list = |seen: &str| format!("이름,휴대폰,성별,결혼기념일,횟수\n홍길동,010-1111-2222,남,2019.5.18,{seen}\n김하나,010-3333-4444,모름,,3\n");
        let import = upload(&app, list("\"1,200\"").into()).await;
        let own = import["plan"]["own"].as_object().unwrap();
        assert_eq!(own.len(), 2, "the third is called otherwise: {own:?}");
        let plan = |column: usize| { let fields = &fields; move |plan: &mut Value| plan["own"][&fields["방문수"]] = json!(column) };
        let refused = settle(&app, &import, plan(9)).await.expect(200).json;
        assert_eq!(refused["plan_problems"][0]["field"], "own");
        let unknown = settle(&app, &import, |plan| plan["own"]["zzz"] = json!(4)).await;
        assert_eq!(unknown.expect(422).fields(), ["own: field_unknown"]);
        let preview = settle(&app, &import, plan(4)).await.expect(200).json;
        assert!(preview["preview"][0]["more"].to_string().contains("성별: 남"), "{preview}");

        let done = deed(&app, &import, "run").await;
        assert!(done["notices"].to_string().contains("1 cells fit no value of their own field and were left out: 성별"), "{done}");
        let shown = async |query: &str| {
            let values = people(&app, query).await[0]["fields"].clone();
            ["성별", "결혼기념일", "방문수"].map(|name| values[&fields[name]].clone())
        };
        assert_eq!(shown("q=홍길동").await, [json!("남"), json!("2019-05-18"), json!(1200.0)]);
        assert_eq!(shown("q=김하나").await, [Value::Null, Value::Null, json!(3.0)]);

        // What a person wrote stands against a newer file; what the older file said does not.
        let one = people(&app, "q=홍길동").await[0]["id"].as_str().unwrap().to_owned();
        app.put(&format!("/parties/{one}/fields"), json!({ "values": { &fields["성별"]: "여" } })).await.expect(200);
        let newer = crate::import(&app, list("7")).await;
        assert_eq!(newer["plan"]["own"].as_object().unwrap().len(), 3, "the columns are remembered");
        assert_eq!(shown("q=홍길동").await, [json!("여"), json!("2019-05-18"), json!(7.0)]);
        deed(&app, &newer, "undo").await;
        assert_eq!(shown("q=홍길동").await, [json!("여"), json!("2019-05-18"), json!(1200.0)]);
        deed(&app, &import, "undo").await;
        assert_eq!(shown("q=홍길동").await, [json!("여"), Value::Null, Value::Null]);
    }

    async fn a_field_that_the_source_gave_is_its_own_to_change_and_what_may_not_be_kept_has_no_field(app) {
        for name in ["당뇨 여부", "종교"] {
            let refused = app.post("/custom-fields", json!({ "name": name, "kind": "flag" })).await.expect(422);
            assert!(refused.code().starts_with("sensitive_"), "{name}: {}", refused.code());
        }
        let made = app.post("/custom-fields", json!({ "name": "등급", "kind": "text" })).await.expect(201).json;
        let field = made["id"].as_str().unwrap().to_owned();
        let list = |grade: &str| format!("이름,휴대폰,등급\n홍길동,010-1111-2222,{grade}\n");
        let value = async || people(&app, "q=홍길동").await[0]["fields"][&field].clone();
        let first = upload(&app, list("A").into()).await;
        let column = |plan: &mut Value| { plan["mapping"].as_object_mut().unwrap().remove("grade"); plan["own"] = json!({ &field: 2 }); };
        settle(&app, &first, column).await.expect(200);
        deed(&app, &first, "run").await;
        assert_eq!(value().await, "A");
        crate::import(&app, list("")).await;
        assert_eq!(value().await, "A", "an empty cell takes nothing back");
        crate::import(&app, list("B")).await;
        assert_eq!(value().await, "B", "and the next word is the source's to say");

        // Who chose not to read a column is not asked again; a field that came later is read.
        let fourth = upload(&app, list("C").into()).await;
        settle(&app, &fourth, |plan| plan["own"] = json!({})).await.expect(200);
        deed(&app, &fourth, "run").await;
        let fifth = upload(&app, list("D").into()).await;
        assert_eq!(fifth["plan"]["own"], Value::Null, "{}", fifth["plan"]);
        app.later(kernel::Instant::SECOND).await;
        let later = app.post("/custom-fields", json!({ "name": "휴대폰", "kind": "text" })).await.expect(201).json;
        let unread = upload(&app, list("D").into()).await;
        assert_eq!(unread["plan"]["own"], Value::Null, "what is read already is not read twice");
        app.delete(&format!("/custom-fields/{}", later["id"].as_str().unwrap())).await.expect(204);
        let seat = "이름,휴대폰,좌석\n홍길동,010-1111-2222,창가\n";
        crate::import(&app, seat).await;
        app.later(kernel::Instant::SECOND).await;
        app.post("/custom-fields", json!({ "name": "좌석", "kind": "text" })).await.expect(201);
        let now = upload(&app, seat.into()).await;
        assert_eq!(now["plan"]["own"].as_object().map(|own| own.len()), Some(1), "a field that came later is read: {now}");

        // What a newer file leaves out, the one after it may still correct.
        let born = |day: &str| format!("이름,휴대폰,생년월일,메모\n김하나,010-3333-4444,{day},{}\n", day.len());
        for day in ["1990-03-01", "", "1990-04-01"] {
            crate::import(&app, born(day)).await;
        }
        assert_eq!(known(&app, "q=김하나").await.1["birthday"]["month"], 4);

        // A field that is gone stands in no plan.
        let sixth = upload(&app, list("E").into()).await;
        settle(&app, &sixth, |plan| plan["own"] = json!({ &field: 2 })).await.expect(200);
        app.delete(&format!("/custom-fields/{field}")).await.expect(204);
        let settled = settle(&app, &look(&app, &sixth).await, |_| {}).await.expect(200).json;
        assert_eq!(settled["plan"]["own"], Value::Null);
    }

    async fn what_a_file_claims_is_vouched_for_and_ends_with_the_file(app) {
        let import = crate::import(&app, "이름,휴대폰,문자수신동의\n홍길동,010-1111-2222,동의\n김하나,010-3333-4444,동의\n").await;
        let one = people(&app, "q=홍길동").await[0]["id"].as_str().unwrap().to_owned();
        let two = people(&app, "q=김하나").await[0]["id"].as_str().unwrap().to_owned();
        let no = json!({ "channel": "sms", "purpose": "ad", "state": "withdrawn", "source": "staff" });
        app.post(&format!("/parties/{two}/consents"), no).await.expect(201);
        let waiting = app.get("/consent/unverified").await.expect(200).json;
        assert_eq!((&waiting[0]["import"], &waiting[0]["file"], &waiting[0]["people"]), (&import["id"], &json!("orders.csv"), &json!(1)));
        let vouch = json!({ "import": import["id"], "channel": "sms", "collected_on": "2025-05-01", "how": "가입 신청서" });
        assert_eq!(app.post("/consent/attest", vouch).await.expect(200).json["people"], 1);
        assert_eq!((stands(&app, &one).await, stands(&app, &two).await), (vec!["sms given".into()], vec!["sms withdrawn".into()]));
        let card = app.get(&format!("/parties/{two}")).await.expect(200).json;
        deed(&app, &import, "undo").await;
        assert_eq!(people(&app, "").await.len(), 1, "who said something themselves stays: {card}");
        assert_eq!(stands(&app, &two).await, ["sms withdrawn"]);
    }

    async fn a_list_meets_those_who_ordered_and_undo_leaves_them_as_they_were(app) {
        let order = json!({ "phone": "010-1111-2222", "lines": [{ "amount_minor": 9000 }] });
        let party = app.post("/orders", order).await.expect(201).json["party"].as_str().unwrap().to_owned();
        let hand = app.post("/parties", json!({ "name": "손으로", "email": "set@example.com" })).await.expect(201).json;
        app.settle().await;
        let before = everyone(&app).await;
        let done = crate::import(&app, LIST).await;
        assert_eq!(counts(&done), [4, 3, 0, 0, 1, 1], "two of three are known");
        let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
        assert_eq!((&card["name"], &card["orders"]), (&json!("홍길동"), &json!(1)), "a name for somebody without one");
        assert_eq!(contacts(&card), ["gil@example.com", "+821011112222", "M1"]);
        let named = app.get(&format!("/parties/{}", hand["id"].as_str().unwrap())).await.json;
        assert_eq!(named["name"], "손으로", "what somebody typed is not overwritten");

        deed(&app, &done, "undo").await;
        assert_eq!(everyone(&app).await, before);
        let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
        assert_eq!((&card["name"], contacts(&card)), (&Value::Null, vec!["+821011112222".to_owned()]));
        let notes = app.get(&format!("/parties/{party}/timeline?kinds=note")).await.json;
        assert_eq!(notes["items"], json!([]));
    }

    async fn a_newer_list_changes_what_the_older_one_said_and_nothing_that_people_said(app) {
        let list = |one: &str, other: &str| format!("이름,휴대폰,회원번호\n{one},010-1111-2222,M1\n{other},010-3333-4444,M2\n");
        crate::import(&app, list("홍길동", "김하나")).await;
        let hand = people(&app, "q=김하나").await[0]["id"].as_str().unwrap().to_owned();
        app.put(&format!("/parties/{hand}"), json!({ "name": "김하나 사장님", "phone": "010-3333-4444" })).await.expect(200);
        let newer = crate::import(&app, list("홍길순", "김둘")).await;
        assert_eq!(counts(&newer), [2, 0, 2, 0, 0, 0]);
        assert_eq!(people(&app, "q=홍길순").await.len(), 1);
        assert_eq!(people(&app, "q=사장님").await.len(), 1);
        deed(&app, &newer, "undo").await;
        assert_eq!(people(&app, "q=홍길동").await.len(), 1, "as the older one said");
    }

    async fn who_stands_twice_in_a_list_is_what_the_last_row_says(app) {
        let twice = "회원번호,이름,휴대폰\n4,이,010-1234-5670\n4,이순신,010-1234-5670\n";
        assert_eq!(counts(&import(&app, twice).await), [2, 1, 1, 0, 0, 1]);
        for _ in 0..2 {
            let again = upload(&app, twice.into()).await;
            assert_eq!(counts(&deed(&app, &again, "dry-run").await)[..4], [2, 0, 0, 2]);
            assert_eq!(counts(&deed(&app, &again, "run").await)[..4], [2, 0, 0, 2]);
        }
        assert_eq!(people(&app, "").await[0]["name"], "이순신");
        let newer = "회원번호,이름,휴대폰\n4,이순신,010-1234-5670\n4,이순신 장군,010-1234-5670\n";
        assert_eq!(counts(&import(&app, newer).await)[..4], [2, 0, 1, 1]);
        assert_eq!(people(&app, "").await[0]["name"], "이순신 장군");
    }

    async fn the_ids_of_a_list_are_those_of_the_orders_of_the_same_shop(app) {
        let orders = "주문번호,품목별 주문번호,주문상품명,수량,판매가,주문자명,주문자 휴대전화,주문자 이메일,주문자ID,결제일시(입금확인일),총 결제금액(KRW),주문 상태\n\
            O-1,O-1-1,라떼,1,4500,홍길동,,,gildong,2026-11-01 10:00:00,4500,배송완료\n";
        crate::import(&app, orders).await;
        let members = "아이디,이름,회원등급,휴대폰번호,이메일,SMS 수신여부,가입일\ngildong,홍길동,VIP,010-1111-2222,gil@example.com,T,2025-01-01\n";
        let import = upload(&app, members.into()).await;
        assert_eq!(import["plan"]["source"], "cafe24_customers", "{}", import["probe"]["guesses"]);
        let done = deed(&app, &import, "run").await;
        assert_eq!(counts(&done), [1, 1, 0, 0, 0, 0], "nobody new");
        assert_eq!(contacts(&card(&app, "q=홍길동").await), ["gil@example.com", "+821011112222", "gildong"]);
    }

    async fn a_resident_number_is_dropped_from_the_row_and_from_its_copy(app) {
        let list = "이름,휴대폰,메모,주민등록번호\n홍길동,010-1111-2222,900101-1234567 확인,900101-1234567\n";
        let done = crate::import(&app, list).await;
        assert!(done["notices"].to_string().contains("Resident registration"), "{}", done["notices"]);
        let mut tx = app.db().read().await.unwrap();
        let rows: Vec<(String,)> = ::store::Query::built("select raw from customer_rows".into()).fetch_all(&mut tx).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(!rows[0].0.contains("1234567"), "{}", rows[0].0);
        let notes: Vec<(String,)> = ::store::Query::built("select body from notes".into()).fetch_all(&mut tx).await.unwrap();
        assert!(notes.iter().all(|(body,)| !body.contains("1234567")), "{notes:?}");
    }

    async fn a_shopify_list_is_known_by_its_columns(app) {
        let row = "8123,Anna,Lee,anna@example.com,yes,,1 Main St,London,N1,,+44 20 7946 0958,no,12.50,3,likes tea,no,\"vip, tea\"\n";
        let import = upload(&app, format!("{SHOPIFY}{row}").into_bytes()).await;
        assert_eq!(import["plan"]["source"], "shopify_customers");
        deed(&app, &import, "run").await;
        let card = card(&app, "q=Anna").await;
        assert_eq!((&card["name"], contacts(&card).contains(&"8123".to_owned())), (&json!("Anna Lee"), true));
    }

    async fn a_list_without_any_way_to_know_people_is_not_ready(app) {
        let import = upload(&app, "이름,메모,등급\n홍길동,x,1\n김하나,y,2\n".into()).await;
        let planned = settle(&app, &import, |plan| plan["source"] = json!("customers")).await.expect(200).json;
        assert_eq!(planned["state"], "uploaded");
        assert_eq!(planned["plan_problems"][0]["code"], "who_required");
    }
}
