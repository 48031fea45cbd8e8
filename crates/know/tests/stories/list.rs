//! The customer list: filters, pages, sums, exports; and the search box.

use crate::*;
use futures::FutureExt;
use know::scores::{self, Estimate, Scores};
use std::collections::BTreeSet;
use store::Lane;
use testkit::both_engines;

/// Forty people with what tells them apart, many of them alike in something; some with scores.
async fn forty(app: &TestApp) -> Vec<String> {
    let mut file = "customer,name,email,phone,date,order,amount,store\n".to_owned();
    for person in 0..40 {
        for time in 0..=person % 4 {
            file += &format!(
                "c{person},Name {},p{person}@example.com,010-7000-{:04},2026-{:02}-{:02},o{person}-{time},{},S{}\n",
                person % 7,
                person,
                5 + time,
                1 + person % 5,
                1_000 * (1 + person % 3),
                person % 2
            );
        }
    }
    import(app, file).await;
    app.post("/parties", json!({ "name": "Nobody bought" })).await.expect(201);
    let ids: Vec<String> = people(app, "sort=created&limit=100")
        .await
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    let scored: Vec<Scores> = ids
        .iter()
        .enumerate()
        .filter(|(place, _)| place % 3 > 0)
        .map(|(place, id)| {
            let place = i32::try_from(place).unwrap();
            let score = |value: f64| Some(Estimate { value, ..Estimate::default() });
            let (p_alive, value) = (score(f64::from(place % 5) / 7.0), score(f64::from(place % 6) * 1_000.5));
            Scores { party: id.parse().unwrap(), p_alive, expected_orders: None, value, run: 1 }
        })
        .collect();
    let writing =
        app.db().write(Lane::Interactive, move |tx| async move { scores::write(tx, &scored).await }.boxed());
    writing.await.unwrap();
    ids
}

/// The ids of a list, page by page.
async fn paged(app: &TestApp, query: &str, limit: usize) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/parties?{query}&limit={limit}{cursor}")).await.expect(200).json;
        ids.extend(
            page["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

const SORTS: [&str; 9] =
    ["spend", "orders", "last_order", "first_order", "late", "name", "value", "alive", "created"];

both_engines! {
    registry();

    async fn pages_have_no_gaps_and_no_repeats_in_any_order(app) {
        let all: BTreeSet<String> = forty(&app).await.into_iter().collect();
        assert_eq!(all.len(), 41);
        for sort in SORTS {
            for direction in ["", "-"] {
                let query = format!("sort={direction}{sort}");
                let whole = paged(&app, &query, 100).await;
                assert_eq!(whole.iter().cloned().collect::<BTreeSet<_>>(), all, "{query}");
                assert_eq!(paged(&app, &query, 7).await, whole, "{query}");
            }
            let mut up = paged(&app, &format!("sort={sort}"), 100).await;
            up.reverse();
            assert_eq!(paged(&app, &format!("sort=-{sort}"), 100).await, up, "{sort}");
        }
        let spent: Vec<i64> = people(&app, "sort=-spend&limit=100").await.iter()
            .filter_map(|row| row["spend"]["amount_minor"].as_i64()).collect();
        assert!(spent.is_sorted_by(|one, next| one >= next) && spent[0] > spent[39], "{spent:?}");
        assert_eq!(app.get("/parties?sort=shoe").await.expect(422).code(), "sort_unknown");
        assert_eq!(app.get("/parties?cursor=zzz").await.expect(422).code(), "cursor_unreadable");
    }

    async fn a_filter_means_the_same_in_list_summary_and_export(app) {
        let ids = forty(&app).await;
        let import = app.get("/imports").await.json["items"][0]["id"].as_str().unwrap().to_owned();
        let three = ids[..3].join(",");
        let queries = [
            ("", 41), ("orders_min=4", 10), ("orders_max=1", 11), ("days_min=2&days_max=3", 20),
            ("spend_min=12000", 3), ("spend_max=1000", 5), ("first_from=2026-05-04", 16), ("first_to=2026-05-01", 8),
            ("last_from=2026-08-05", 2), ("last_to=2026-05-01", 2), ("source=generic", 40), ("source=cafe24", 0),
            ("store=S1", 20), ("bought_from=2026-05-01&bought_to=2026-05-01", 8), ("bought_from=2026-08-01", 10), ("state=prospect", 41), ("state=regular,lost", 0), ("state=", 0), ("q=name+3", 6),
            ("alive_min=0.5", 5), ("alive_max=0.1", 6), ("value_min=5000", 6), ("orders_min=2&store=S0", 10),
            (&format!("import={import}"), 40), (&format!("ids={three}"), 3), ("vip=true", 0), ("r=5", 0),
        ];
        for (query, count) in queries {
            let listed = paged(&app, query, 100).await.len();
            let summary = app.get(&format!("/parties/summary?{query}")).await.expect(200).json;
            let file = app.get(&format!("/parties/export?{query}")).await.expect(200).text();
            assert_eq!((listed, &summary["count"], file.lines().count() - 1), (count, &json!(count), count), "{query}");
            let spent: i64 = people(&app, &format!("limit=100&{query}")).await.iter()
                .filter_map(|row| row["spend"]["amount_minor"].as_i64()).sum();
            assert_eq!(summary["spend"][0]["amount_minor"].as_i64().unwrap_or(0), spent, "{query}");
        }
    }

    async fn exports_run_no_formula(app) {
        for name in ["=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "\tx", "<img src=x onerror=alert(1)>"] {
            app.post("/parties", json!({ "name": name })).await.expect(201);
        }
        let csv = app.get("/parties/export?sort=created").await.expect(200);
        assert!(csv.header("content-disposition").unwrap().contains("customers.csv"));
        let text = csv.text();
        let names: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
        assert_eq!(names[0], "\"'=HYPERLINK(\"\"http://x\"\")\"");
        assert_eq!(names[1..4], ["'+1", "'-1", "'@x"]);
        assert!(!text.contains(",\t") && !text.contains(",=") && !text.contains(",\"="), "{text}");

        let workbook = app.get("/parties/export?format=xlsx&sort=created").await.expect(200).bytes;
        let file = app.app().data_folder().join("customers.xlsx");
        std::fs::write(&file, workbook).unwrap();
        let probe = reading::probe(&file, None).unwrap();
        let column = probe.columns.iter().position(|name| name == "name").unwrap();
        let names: Vec<&str> = probe.sample.iter().map(|row| row[column].as_str()).collect();
        assert!(names.contains(&"'=HYPERLINK(\"http://x\")") && names.contains(&"'+1"), "{names:?}");

        // The API is data: it gives names as they are, as JSON that no browser reads as a page.
        let listed = app.get("/parties?sort=created").await.expect(200);
        assert_eq!(listed.json["items"][5]["name"], "<img src=x onerror=alert(1)>");
        assert!(listed.header("content-type").unwrap().starts_with("application/json"));
        assert_eq!(listed.header("x-content-type-options"), Some("nosniff"));
    }

    async fn people_are_found_by_what_is_known_of_them(app) {
        for (name, email, phone) in [
            ("홍길동", "gil@example.com", "010-1234-5678"),
            ("홍가상", "hong@example.com", "010-2222-5678"),
            ("Ada Lovelace", "ada@example.com", "010-3333-9999"),
        ] {
            app.post("/parties", json!({ "name": name, "email": email, "phone": phone })).await.expect(201);
        }
        let order = json!({ "phone": "010-3333-9999", "lines": [{ "amount_minor": 100 }] });
        let order_no = app.post("/orders", order).await.expect(201).json["order_no"].as_str().unwrap().to_owned();
        app.settle().await;
        for (asked, expected) in [
            ("길동", vec!["홍길동"]),
            ("%E3%85%8E%E3%84%B1%E3%84%B7", vec!["홍길동"]),
            ("ㅎㄱ", vec!["홍가상", "홍길동"]),
            ("홍", vec!["홍가상", "홍길동"]),
            ("lovel", vec!["Ada Lovelace"]),
            ("ADA", vec!["Ada Lovelace"]),
            ("GIL@example.com", vec!["홍길동"]),
            ("01012345678", vec!["홍길동"]),
            ("%2B821012345678", vec!["홍길동"]),
            ("5678", vec!["홍가상", "홍길동"]),
            (order_no.as_str(), vec!["Ada Lovelace"]),
            ("nobody", vec![]),
            ("%25", vec![]),
            ("'; drop table parties; --", vec![]),
        ] {
            let asked = asked.replace(' ', "+").replace('\'', "%27").replace(';', "%3B");
            let asked: String = asked.chars().flat_map(|letter| match letter.is_ascii() {
                true => vec![letter.to_string()],
                false => letter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
            }).collect();
            let found = app.get(&format!("/search?q={asked}")).await.expect(200).json;
            let mut names: Vec<&str> = found["parties"].as_array().unwrap().iter()
                .map(|party| party["name"].as_str().unwrap()).collect();
            names.sort_unstable();
            assert_eq!(names, expected, "{asked}");
        }
        assert_eq!(app.get("/search?q=").await.expect(200).json, json!({ "parties": [], "orders": [] }));
        assert_eq!(people(&app, "q=5678").await.len(), 2);
    }

    async fn the_card_tells_what_follows_from_the_orders(app) {
        let mut file = "customer,name,phone,date,order,product,quantity,amount\n".to_owned();
        for (order, day) in ["2026-09-01", "2026-09-22", "2026-10-13", "2026-11-03"].iter().enumerate() {
            file += &format!("c1,김단골,010-1234-5678,{day},o{order},원두,1,{}\n", 10_000 + order);
        }
        let done = import(&app, file).await;
        let id = people(&app, "").await[0]["id"].as_str().unwrap().to_owned();
        let card = app.get(&format!("/parties/{id}")).await.expect(200).json;
        let facts = &card["facts"];
        assert_eq!((&facts["orders"], &facts["order_days"], &facts["own_interval"]), (&json!(4), &json!(4), &json!(true)));
        assert_eq!((&facts["first_order"], &facts["last_order"]), (&json!("2026-09-01"), &json!("2026-11-03")));
        assert_eq!((&facts["usual_interval_days"], &facts["days_since"]), (&json!(21.0), &json!(19)));
        assert_eq!(facts["due_day"], "2026-11-24");
        assert_eq!(facts["average_order"]["amount_minor"], 10_001);
        assert_eq!(card["spend"], json!({ "currency": "KRW", "amount_minor": 40_006 }));
        assert_eq!((&card["name"], &card["phone"]), (&json!("김단골"), &json!("010-1234-5678")));
        assert_eq!(card["products"], json!([{ "name": "원두", "orders": 4, "last": "2026-11-03" }]));
        assert_eq!((&card["sources"][0]["source"], &card["sources"][0]["import"]), (&json!("generic"), &done["id"]));
        assert_eq!(card["scores"][0]["missing"]["code"], "not_enough_data");
        assert_eq!(card["state_reason"]["params"]["days_365"], 4);
        let kinds: Vec<&Value> = card["contacts"].as_array().unwrap().iter().map(|contact| &contact["kind"]).collect();
        assert_eq!(kinds, ["phone", "source_id"]);
    }
}
