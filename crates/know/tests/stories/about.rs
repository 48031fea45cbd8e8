//! Own fields, addresses and birthdays.

use crate::*;
use ::store::Lane;
use testkit::both_engines;
use web::Role;

async fn entered(app: &TestApp, name: &str) -> String {
    app.post("/parties", json!({ "name": name })).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

async fn field(app: &TestApp, name: &str, kind: &str, choices: Value) -> String {
    let field = json!({ "name": name, "kind": kind, "choices": choices });
    app.post("/custom-fields", field).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

async fn row(app: &TestApp, id: &str) -> Value {
    people(app, &format!("ids={id}")).await.remove(0)
}

both_engines! {
    registry();

    async fn a_company_keeps_values_of_its_own_fields(app) {
        let seat = field(&app, "자리", "choice", json!(["창가", "안쪽"])).await;
        let cups = field(&app, "하루 잔 수", "number", json!([])).await;
        let since = field(&app, "첫 방문", "day", json!([])).await;
        let member = field(&app, "회원", "flag", json!([])).await;
        let taste = field(&app, "취향", "text", json!([])).await;
        let kim = entered(&app, "김하늘").await;
        let path = format!("/parties/{kim}/fields");
        let values = json!({ &seat: "창가", &cups: 1.5, &since: "2026-03-01", &member: true, &taste: "산미" });
        assert_eq!(app.put(&path, json!({ "values": values })).await.expect(200).json["values"], values);
        assert_eq!(row(&app, &kim).await["fields"], values);
        let names: Vec<Value> = app.get("/custom-fields").await.json.as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
        assert_eq!(names, ["자리", "하루 잔 수", "첫 방문", "회원", "취향"]);

        let file = app.get("/parties/export").await.expect(200).text();
        let (head, line) = (file.lines().next().unwrap(), file.lines().nth(1).unwrap());
        assert!(head.ends_with("자리,하루 잔 수,첫 방문,회원,취향"), "{head}");
        assert!(line.ends_with("창가,1.5,2026-03-01,true,산미"), "{line}");

        for (id, value, fault) in [
            (&seat, json!("바깥"), "value_not_a_choice"),
            (&cups, json!("많이"), "value_not_a_number"),
            (&since, json!("3월"), "value_not_a_day"),
            (&member, json!("네"), "value_not_a_flag"),
            (&taste, json!(3), "value_not_a_text"),
            (&"fld_0000000000001".to_owned(), json!("a"), "field_unknown"),
        ] {
            let refused = app.put(&path, json!({ "values": { id: value } })).await.expect(422);
            assert_eq!((refused.fields(), &refused.json["custom_field"]), (vec![format!("values: {fault}")], &json!(id)));
        }
        app.put(&path, json!({ "values": { &cups: null } })).await.expect(200);
        assert_eq!(row(&app, &kim).await["fields"][&cups], Value::Null);
        assert_eq!(row(&app, &kim).await["fields"][&seat], "창가");
    }

    async fn a_field_keeps_its_type_and_takes_a_choice_with_its_values(app) {
        let seat = field(&app, "자리", "choice", json!(["창가", "안쪽"])).await;
        let kim = entered(&app, "김하늘").await;
        app.put(&format!("/parties/{kim}/fields"), json!({ "values": { &seat: "창가" } })).await.expect(200);
        let path = format!("/custom-fields/{seat}");
        let other = json!({ "name": "자리", "kind": "text" });
        assert_eq!(app.put(&path, other).await.expect(422).fields(), ["kind: field_kind_stays"]);
        let twice = json!({ "name": "자리", "kind": "text" });
        assert_eq!(app.post("/custom-fields", twice).await.expect(422).fields(), ["name: field_there"]);
        let none = json!({ "name": "방", "kind": "choice" });
        assert_eq!(app.post("/custom-fields", none).await.expect(422).fields(), ["choices: required"]);
        let edit = json!({ "name": "앉는 곳", "kind": "choice", "choices": ["안쪽", "바깥"] });
        let stale = app.put_over(&path, "\"9\"", edit.clone()).await;
        stale.expect(412);
        app.put_over(&path, "\"1\"", edit).await.expect(200);
        assert_eq!(row(&app, &kim).await["fields"], json!({}));
        app.put(&format!("/parties/{kim}/fields"), json!({ "values": { &seat: "바깥" } })).await.expect(200);
        app.delete(&path).await.expect(204);
        assert_eq!(row(&app, &kim).await["fields"], json!({}));
        app.delete(&path).await.expect(404);
    }

    async fn an_address_is_kept_and_shown_in_part_to_a_clerk(app) {
        let kim = entered(&app, "김하늘").await;
        let path = format!("/parties/{kim}/addresses");
        let home = json!({ "label": "집", "postal_code": "06236", "line1": "서울특별시 강남구 테헤란로 152", "line2": "101동 202호" });
        let all = app.post(&path, home).await.expect(201).json;
        let work = json!({ "country": "gb", "postal_code": "SW1A 1AA", "line1": "1 The Mall, London" });
        assert_eq!(app.post(&path, work).await.expect(201).json.as_array().unwrap().len(), 2);
        let refused = app.post(&path, json!({ "postal_code": "135-080", "line1": " ", "country": "Korea" })).await.expect(422);
        assert_eq!(refused.fields(), ["line1: required", "country: country_unknown"]);
        let refused = app.post(&path, json!({ "postal_code": "135-080", "line1": "서울" })).await.expect(422);
        assert_eq!(refused.fields(), ["postal_code: postal_code_unfit"]);

        let clerk = app.signed_in_as(Role::Clerk).await;
        let card = clerk.get(&format!("/parties/{kim}")).await.expect(200);
        assert!(!card.text().contains("테헤란로") && !card.text().contains("202호") && !card.text().contains("06236"), "{}", card.text());
        let shown = card.json["about"]["addresses"][0].clone();
        assert_eq!(shown["line1"], "서울특별시 강남구 ***");
        // What comes back in part stays as it is.
        let one = format!("/addresses/{}", all[0]["id"].as_str().unwrap());
        let edit = json!({ "label": "본가", "country": shown["country"], "postal_code": shown["postal_code"], "line1": shown["line1"], "line2": shown["line2"] });
        clerk.put(&one, edit).await.expect(200);
        let kept = app.get(&format!("/parties/{kim}")).await.json["about"]["addresses"][0].clone();
        assert_eq!((&kept["label"], &kept["line1"], &kept["line2"]), (&json!("본가"), &json!("서울특별시 강남구 테헤란로 152"), &json!("101동 202호")));
        app.delete(&one).await.expect(204);
        app.delete(&one).await.expect(404);
    }

    async fn a_birthday_by_the_moon_comes_on_its_solar_day(app) {
        // The clock of the stories stands at 2026-11-22.
        let kim = entered(&app, "김하늘").await;
        let path = format!("/parties/{kim}/birthday");
        let known = app.put(&path, json!({ "calendar": "lunar", "year": 1990, "month": 10, "day": 15 })).await.expect(200).json;
        assert_eq!((&known["next"], &known["needs_guardian"]), (&json!("2026-11-23"), &json!(false)));
        assert_eq!(people(&app, "birthday_within=1").await.len(), 1);
        assert!(people(&app, "birthday_within=0").await.is_empty());
        for (birth, field) in [
            (json!({ "calendar": "lunar", "month": 13, "day": 1 }), "month: birth_month"),
            (json!({ "calendar": "solar", "month": 2, "day": 30 }), "day: birth_day"),
            (json!({ "calendar": "solar", "year": 2030, "month": 2, "day": 1 }), "year: birth_year"),
            (json!({ "calendar": "lunar", "year": 2012, "month": 4, "day": 1, "leap": true }), "leap: birth_leap"),
        ] {
            assert_eq!(app.put(&path, birth).await.expect(422).fields(), [field]);
        }
        let company = app.post("/parties", json!({ "name": "한빛", "kind": "organisation" })).await.json["id"].as_str().unwrap().to_owned();
        let refused = app.put(&format!("/parties/{company}/birthday"), json!({ "calendar": "solar", "month": 1, "day": 1 })).await;
        assert_eq!(refused.expect(422).fields(), ["month: birth_of_organisation"]);
        app.delete(&path).await.expect(204);
        app.delete(&path).await.expect(204);
        assert_eq!(app.get(&format!("/parties/{kim}")).await.json["about"]["birthday"], Value::Null);
    }

    async fn who_is_under_fourteen_needs_a_guardian_until_the_day(app) {
        let child = entered(&app, "김새싹").await;
        let path = format!("/parties/{child}/birthday");
        let known = app.put(&path, json!({ "calendar": "solar", "year": 2012, "month": 11, "day": 23 })).await.expect(200).json;
        assert_eq!((&known["age"], &known["needs_guardian"]), (&json!(13), &json!(true)));
        // As the program does when it starts.
        app.db().write(Lane::Interactive, |tx| Box::pin(async move {
            let now = tx.now();
            ::store::timer::set(tx, "know.birthdays", "daily", now).await
        })).await.unwrap();
        app.later(24 * 3_600 * 1_000_000).await;
        // A session does not last until the next day.
        let owner = app.signed_in_as(Role::Owner).await;
        let about = owner.get(&format!("/parties/{child}")).await.expect(200).json["about"]["birthday"].clone();
        assert_eq!((&about["age"], &about["needs_guardian"], &about["next"]), (&json!(14), &json!(false), &json!("2026-11-23")));
        let soon = async |days: i64| owner.get(&format!("/parties?birthday_within={days}")).await.expect(200).json["items"].as_array().unwrap().len();
        assert_eq!((soon(0).await, soon(366).await), (1, 1));
        app.later(24 * 3_600 * 1_000_000).await;
        // The day has passed: a tick at midnight moved it to the next year.
        let owner = app.signed_in_as(Role::Owner).await;
        let soon = async |days: i64| owner.get(&format!("/parties?birthday_within={days}")).await.expect(200).json["items"].as_array().unwrap().len();
        assert_eq!((soon(0).await, soon(363).await, soon(364).await), (0, 0, 1));
    }

    async fn a_merged_customer_has_what_either_side_had(app) {
        let seat = field(&app, "자리", "text", json!([])).await;
        let (one, other) = (entered(&app, "하나").await, entered(&app, "둘").await);
        app.put(&format!("/parties/{other}/fields"), json!({ "values": { &seat: "창가" } })).await.expect(200);
        app.put(&format!("/parties/{other}/birthday"), json!({ "calendar": "solar", "month": 3, "day": 1 })).await.expect(200);
        app.post(&format!("/parties/{other}/addresses"), json!({ "line1": "서울" })).await.expect(201);
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        let about = app.get(&format!("/parties/{one}")).await.json["about"].clone();
        assert_eq!((&about["birthday"]["month"], about["addresses"].as_array().unwrap().len()), (&json!(3), 1));
        assert_eq!(row(&app, &one).await["fields"][&seat], "창가");
        let merge = merged["merges"][0].as_str().unwrap();
        app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        assert_eq!(row(&app, &one).await["fields"], json!({}));
        assert_eq!(app.get(&format!("/parties/{other}")).await.json["about"]["birthday"]["month"], 3);
    }
}
