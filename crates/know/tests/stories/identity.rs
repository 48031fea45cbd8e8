//! Who an order belongs to when its contacts speak of two people.

use crate::*;
use testkit::both_engines;

/// `customer_id,email,phone` of each order, on one day.
fn orders(people: &[&str]) -> Vec<u8> {
    let row = |(at, who): (usize, &&str)| format!("{who},2026-10-01,o{at},1000,KRW\n");
    let rows: String = people.iter().enumerate().map(row).collect();
    format!("customer_id,email,phone,date,order_no,amount,currency\n{rows}").into_bytes()
}

async fn proposals(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/parties/proposals{query}")).await.expect(200).json;
    page["items"].as_array().unwrap().clone()
}

both_engines! {
    registry();

    async fn two_ids_of_one_shop_with_one_phone_are_two_people_and_a_proposal(app) {
        let file = orders(&["A1,a@example.com,010-1111-2222", "B2,,010-1111-2222", ",a@example.com,", "B2,,"]);
        let brought = upload(&app, file.clone()).await;
        let would = counts(&deed(&app, &brought, "dry-run").await);
        let done = deed(&app, &brought, "run").await;
        assert_eq!((counts(&done), would), ([4, 4, 0, 0, 0, 2], [4, 4, 0, 0, 0, 2]));
        let orders: Vec<_> = people(&app, "").await.iter().map(|person| person["orders"].clone()).collect();
        assert_eq!(orders, [json!(2), json!(2)]);

        let found = proposals(&app, "").await;
        let [proposal] = &found[..] else { panic!("{found:?}") };
        assert_eq!((&proposal["reason"], &proposal["state"], &proposal["import"]), (&json!("phone"), &json!("open"), &done["id"]));
        let shown: Vec<_> = (0..2).map(|at| (&proposal["evidence"][at]["kind"], &proposal["evidence"][at]["shown"])).collect();
        assert_eq!(shown, [(&json!("source_id"), &json!("B2")), (&json!("phone"), &json!("010-1111-2222"))]);
        assert_ne!(proposal["parties"][0]["id"], proposal["parties"][1]["id"]);
        assert_eq!(proposal["evidence"][1]["party"], proposal["parties"][0]["id"]);

        let dismiss = format!("/parties/proposals/{}/dismiss", proposal["id"].as_str().unwrap());
        assert_eq!(app.post(&dismiss, json!({})).await.expect(200).json["state"], "dismissed");
        app.post("/parties/proposals/mrg_0000000000000/dismiss", json!({})).await.expect(404);
        import(&app, file).await;
        assert_eq!((proposals(&app, "").await.len(), proposals(&app, "?state=dismissed").await.len()), (0, 1));
        app.get("/parties/proposals?state=both").await.expect(422);

        deed(&app, &brought, "undo").await;
        assert_eq!(proposals(&app, "?state=dismissed").await, Vec::<Value>::new(), "nobody is left to merge");
    }

    async fn an_import_that_was_undone_leaves_its_contacts_to_those_who_come_after(app) {
        let undone = upload(&app, orders(&["1,,010-1111-2222"])).await;
        deed(&app, &undone, "run").await;
        deed(&app, &undone, "undo").await;
        let next = upload(&app, orders(&["2,,010-1111-2222", ",,010-1111-2222"])).await;
        let would = counts(&deed(&app, &next, "dry-run").await);
        let done = counts(&deed(&app, &next, "run").await);
        assert_eq!((done, done[5]), (would, 1));
        let found = people(&app, "").await;
        assert_eq!((found.len(), &found[0]["orders"], &found[0]["phone"]), (1, &json!(2), &json!("010-1111-2222")));

        // Run again, the first file's customer is somebody else, as the shop says.
        let again = upload(&app, orders(&["1,,010-1111-2222", "1,,"])).await;
        let would = counts(&deed(&app, &again, "dry-run").await);
        assert_eq!((counts(&deed(&app, &again, "run").await), would[5]), (would, 1));
        assert_eq!((people(&app, "").await.len(), proposals(&app, "").await.len()), (2, 1));
    }

    async fn people_without_a_name_are_proposed_by_their_handle(app) {
        import(&app, orders(&["A1,,010-1111-2222", "B2,b@example.com,010-1111-2222", "C3,b@example.com,"])).await;
        let found = proposals(&app, "").await;
        let names = |at: usize| [0, 1].map(|side: usize| found[at]["parties"][side]["name"].as_str().unwrap());
        assert_eq!(names(1)[0], "···2222");
        assert!(names(0).contains(&"C3") && names(1)[1] == names(0)[0] && names(1)[1].contains('@'), "{found:?}");
    }

    async fn an_order_whose_keys_point_to_two_goes_to_the_stronger(app) {
        import(&app, orders(&["A1,,010-1111-2222", ",b@example.com,", "A1,b@example.com,"])).await;
        let found = proposals(&app, "").await;
        assert_eq!((found.len(), &found[0]["reason"]), (1, &json!("email")));
        let mut orders: Vec<_> = people(&app, "").await.iter().map(|person| person["orders"].as_i64()).collect();
        orders.sort_unstable();
        assert_eq!(orders, [Some(1), Some(2)]);
    }

    async fn an_id_of_another_shop_finds_the_person_by_e_mail(app) {
        import(&app, orders(&["A1,a@example.com,"])).await;
        let brought = upload(&app, orders(&["77,a@example.com,", "78,a@example.com,"])).await;
        settle(&app, &brought, |plan| plan["account"] = json!("busan")).await.expect(200);
        assert_eq!(counts(&deed(&app, &brought, "run").await)[5], 1, "the second of that shop is somebody else");
        assert_eq!(proposals(&app, "").await.len(), 1);
    }

    async fn a_name_in_parts_is_found_as_a_whole_one(app) {
        // As macOS writes 홍길동 in file names and exports.
        let parts = "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}";
        let made = app.post("/parties", json!({ "name": parts })).await.expect(201).json;
        assert_eq!(made["name"], "홍길동", "it is kept whole");
        for asked in ["%ED%99%8D%EA%B8%B8", "%E3%85%8E%E3%84%B1", "%E1%84%92%E1%85%A9%E1%86%BC"] {
            let found = app.get(&format!("/search?q={asked}")).await.expect(200).json;
            assert_eq!(found["parties"][0]["id"], made["id"], "{asked}");
        }
    }
}
