//! Measure through the front door, on both engines.
#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod people;

use people::{registry, settle, shop};
use serde_json::{Value, json};
use testkit::{TestApp, both_engines};

async fn report(app: &TestApp, as_of: &str) -> Value {
    let mut tx = app.db().read().await.unwrap();
    let company = web::Company::load(&mut tx).await.unwrap();
    let report = measure::report(&mut tx, as_of.parse().unwrap(), &company).await.unwrap();
    serde_json::to_value(report).unwrap()
}

async fn leak(app: &TestApp) -> Value {
    app.get("/measure/leak").await.expect(200).json
}

async fn refit(app: &TestApp) {
    app.post("/measure/refit", json!({})).await.expect(202);
    settle(app).await;
}

both_engines! {
    registry();

    async fn every_statement_prepares(app) {
        let mut tx = app.db().read().await.unwrap();
        for statement in store::registered().filter(|statement| statement.file.contains("measure")) {
            let told = statement.prepare(&mut tx).await;
            assert!(told.is_ok(), "{}:{}: {told:?}", statement.file, statement.line);
        }
    }

    async fn every_number_of_the_leak_opens_its_people(app) {
        shop(&app).await;
        let before = leak(&app).await;
        refit(&app).await;
        let board = leak(&app).await;
        assert_eq!(before["months"], board["months"], "worked out on the spot and kept are the same");
        let last = board["months"].as_array().unwrap().last().unwrap();
        assert_eq!(last["month"], "2026-10");
        assert!(board["outflow"].as_i64().unwrap() > 0 && board["inflow"].as_i64().unwrap() > 0, "{last}");
        for direction in ["in", "out"] {
            let path = format!("/parties/summary?month=2026-10&move={direction}");
            let people = app.get(&path).await.expect(200).json["count"].clone();
            assert_eq!(people, board[format!("{direction}flow")], "{direction}");
        }
        for hole in board["holes"].as_array().unwrap() {
            let path = format!("/parties/summary?month=2026-10&move=out&reason={}", hole["reason"].as_str().unwrap());
            assert_eq!(app.get(&path).await.expect(200).json["count"], hole["count"]);
        }
        let told = report(&app, "2026-11-22").await;
        for figure in ["level", "inflow", "outflow", "loss_rate"] {
            assert_eq!(told["leak"][figure], board[figure], "{figure}");
        }
    }

    async fn a_recorded_reason_shows_at_once_and_can_be_taken_back(app) {
        shop(&app).await;
        refit(&app).await;
        let before = leak(&app).await;
        let left = app.get("/parties?month=2026-10&move=out").await.expect(200).json["items"][0]["id"].clone();
        let path = format!("/parties/{}/leaving", left.as_str().unwrap());
        app.put(&path, json!({ "reason": "price" })).await.expect(204);
        settle(&app).await;
        let price = |board: &Value| board["holes"].as_array().unwrap().iter().find(|hole| hole["reason"] == "price").cloned();
        let hole = price(&leak(&app).await).unwrap();
        assert_eq!((&hole["count"], &hole["inferred"], &hole["avoidable"]), (&json!(1), &json!(false), &json!(true)));
        refit(&app).await;
        assert!(price(&leak(&app).await).is_some(), "a refresh agrees");
        app.put(&path, json!({ "reason": null })).await.expect(204);
        settle(&app).await;
        assert_eq!(leak(&app).await["holes"], before["holes"]);
    }

    async fn too_few_people_get_no_score(app) {
        refit(&app).await;
        let value = app.get("/measure/value").await.expect(200).json;
        assert_eq!(value["models"]["mbg_nbd"]["missing"], json!({ "code": "customers", "params": { "have": 0, "need": 50 } }));
        assert_eq!((&value["customers"], &value["value_total"]), (&json!(0), &Value::Null));
        assert_eq!(leak(&app).await["months"], json!([]));
    }

    async fn everyone_with_an_order_is_scored(app) {
        assert_eq!(app.get("/measure/value").await.expect(200).json["models"]["missing"]["code"], "not_run");
        shop(&app).await;
        refit(&app).await;
        let value = app.get("/measure/value").await.expect(200).json;
        assert_eq!(value["customers"], people::CUSTOMERS, "{}", value["models"]);
        assert!(value["value_total"]["amount_minor"].as_i64().unwrap() > 0);
        let deciles = value["deciles"].as_array().unwrap();
        let total: i64 = deciles.iter().map(|decile| decile["value"]["amount_minor"].as_i64().unwrap()).sum();
        assert_eq!(total, value["value_total"]["amount_minor"].as_i64().unwrap());
        let row = app.get("/parties?sort=-value&limit=1").await.expect(200).json["items"][0].clone();
        assert!(row["p_alive"].as_f64().unwrap() > 0.0 && row["value"]["amount_minor"].as_i64().unwrap() > 0, "{row}");
        assert!(app.get("/today").await.expect(200).json["relationship_share"]["share"].as_f64().unwrap() > 0.5);
        let told = report(&app, "2026-11-22").await;
        assert_eq!(told["models"]["mbg_nbd"], value["models"]["mbg_nbd"], "from rows and from facts alike");
    }

    async fn a_report_knows_only_what_had_happened(app) {
        shop(&app).await;
        let (then, now) = (report(&app, "2026-03-31").await, report(&app, "2026-11-22").await);
        assert_eq!((&now["parties"], &now["anonymous_orders"], &now["refund_lines"]), (&json!(people::CUSTOMERS), &json!(1), &json!(1)));
        for count in ["parties", "orders", "order_lines"] {
            assert!(then[count].as_i64().unwrap() < now[count].as_i64().unwrap(), "{count}: {then} {now}");
        }
        for told in [&then, &now] {
            let states: i64 = told["states"].as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum();
            assert_eq!(states, told["parties"].as_i64().unwrap());
        }
        assert_eq!(then["leak"]["month"], "2026-02");
        app.post("/parties", json!({ "name": "손님" })).await.expect(201);
        settle(&app).await;
        let later = report(&app, "2026-11-22").await;
        assert_eq!(later["states"]["prospect"], now["states"]["prospect"].as_i64().unwrap() + 1);
        assert_eq!(report(&app, "2026-03-31").await, then);
    }

    async fn costs_are_entered_shown_compared_and_taken_back(app) {
        shop(&app).await;
        let cost = |kind: &str, amount: i64| json!({
            "kind": kind, "month": "2026-10", "amount": { "currency": "KRW", "amount_minor": amount },
            "medium": "search", "note": "=1+1",
        });
        let refused = app.post("/measure/costs", cost("other", 0)).await.expect(422);
        assert_eq!(refused.fields(), ["kind: cost_kind_unknown", "amount: amount_invalid"]);
        let empty = app.get("/measure/economics").await.expect(200).json;
        assert_eq!((&empty["acquisition"]["missing"]["code"], &empty["ratio"]), (&json!("acquisition_costs"), &Value::Null));
        let id = app.post("/measure/costs", cost("acquisition", 600_000)).await.expect(201).json["id"].clone();
        app.post("/measure/costs", cost("retention", 10_000)).await.expect(201);
        let economics = app.get("/measure/economics?from=2026-01&to=2026-10").await.expect(200).json;
        let gained = app.get("/parties/summary?first_from=2026-01-01&first_to=2026-10-31").await.expect(200).json;
        assert_eq!(economics["acquisition"]["gained"], gained["count"]);
        assert_eq!((&economics["from"], &economics["to"]), (&json!("2026-01"), &json!("2026-10")));
        let kept = "first_to=2025-12-31&bought_from=2026-01-01&bought_to=2026-10-31";
        let kept = app.get(&format!("/parties/summary?{kept}")).await.expect(200).json;
        assert!(kept["count"].as_i64().unwrap() > 0, "{kept}");
        assert_eq!(economics["retention"]["kept"], kept["count"]);
        assert!(economics["ratio"].as_f64().unwrap() > 1.0);
        let file = app.get("/measure/costs/export?format=csv").await.expect(200).text();
        assert!(file.contains("'=1+1") && file.contains("600000"), "{file}");
        let path = format!("/measure/costs/{}", id.as_str().unwrap());
        app.delete(&path).await.expect(204);
        app.delete(&path).await.expect(404);
        assert_eq!(app.get("/measure/costs").await.expect(200).json["items"].as_array().unwrap().len(), 1);
        app.staff().await.get("/measure/costs").await.expect(403);
    }

    async fn kotlers_steps_start_from_the_companys_own_numbers(app) {
        shop(&app).await;
        refit(&app).await;
        let steps = app.get("/measure/kotler?profit=50000&programme_cost=1000").await.expect(200).json;
        assert!(steps["inputs"]["start"].as_i64().unwrap() > 0, "{steps}");
        let by_reason: i64 =
            steps["loss_by_reason"].as_array().unwrap().iter().map(|reason| reason["count"].as_i64().unwrap()).sum();
        assert_eq!(steps["loss"].as_i64().unwrap(), by_reason);
        let since = steps["inputs"]["defaults"]["since"].as_str().unwrap();
        let mut doors = vec![
            (format!("lost_since={since}"), &steps["loss"]),
            (format!("kept_since={since}"), &steps["inputs"]["repeat"]),
        ];
        for reason in steps["loss_by_reason"].as_array().unwrap() {
            doors.push((format!("lost_since={since}&reason={}", reason["reason"].as_str().unwrap()), &reason["count"]));
        }
        for (query, said) in doors {
            assert!(said.as_i64().unwrap() > 0, "{query}");
            let listed = app.get(&format!("/parties/summary?{query}")).await.expect(200).json;
            assert_eq!(&listed["count"], said, "{query}");
        }
        let worked = "/measure/kotler?start=1000&repeat=800&avoidable=100&profit=50000&years=3&discount=0.1";
        let worked = app.get(&format!("{worked}&programme_cost=3000000&saved_share=0.4")).await.expect(200).json;
        assert_eq!((&worked["saved"]["amount_minor"], &worked["spend"]), (&json!(4_973_704), &json!(true)));
        app.get("/measure/kotler?start=1&repeat=2").await.expect(422);
    }

    async fn today_tells_the_company_s_figures_to_whoever_may_read_them_and_masks_names(app) {
        shop(&app).await;
        refit(&app).await;
        let left = app.get("/parties?month=2026-10&move=out&sort=-spend").await.expect(200).json["items"][0]["id"].clone();
        let path = format!("/parties/{}", left.as_str().unwrap());
        app.put(&path, json!({ "name": "손님 010-2345-1234" })).await.expect(200);
        settle(&app).await;
        let today = async |by: &testkit::Client| {
            let today = by.get("/today").await.expect(200).json;
            let leak = today["cards"].as_array().unwrap().iter().find(|card| card["id"] == "leak").cloned();
            (leak.map(|card| card["people"][0]["name"].clone()), today["relationship_share"].is_null())
        };
        assert_eq!(today(&app).await, (Some(json!("손님 010-2345-1234")), false));
        let analyst = app.signed_in_as(web::Role::Analyst).await;
        assert_eq!(today(&analyst).await, (Some(json!("손님 010-****-1234")), false));
        for other in [app.signed_in_as(web::Role::Clerk).await, app.limited(web::Role::Staff, None).await] {
            assert_eq!(today(&other).await, (None, true));
        }
    }

    async fn routes_have_rules(app) {
        assert_eq!(app.app().registry().unruled(), (vec![], vec![]));
    }
}
