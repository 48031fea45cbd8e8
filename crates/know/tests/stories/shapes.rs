//! What files say: anonymous orders, refunds, currencies, and that the order of arrival says nothing.

use crate::files::{Order, cafe24, order, small_shop};
use crate::*;
use store::sql;
use testkit::both_engines;

/// Rows that no preset knows.
fn generic(rows: &[&str]) -> Vec<u8> {
    format!("customer,date,order,amount,currency\n{}\n", rows.join("\n")).into_bytes()
}

/// What facts keep of everyone, by the id that the source gives them.
async fn facts(app: &TestApp) -> Vec<(String, i64, i64, i64, i64, Vec<u8>, Option<f64>)> {
    let mut tx = app.db().read().await.unwrap();
    let query = sql!(
        "select c.value, f.orders, f.order_days, f.spend, f.refunds, f.history, \
         case when f.own_interval then f.usual_interval end from facts f \
         join contacts c on c.party = f.party and c.kind = 'source_id' order by c.value"
    );
    query.fetch_all(&mut tx).await.unwrap()
}

both_engines! {
    registry();

    async fn an_order_without_a_customer_makes_no_party(app) {
        let done = import(&app, generic(&["a,2026-11-01,o1,1000,KRW", ",2026-11-02,o2,2000,KRW"])).await;
        assert_eq!(counts(&done), [2, 2, 0, 0, 0, 1]);
        assert_eq!(app.get("/parties/summary").await.json["count"], 1);
        let found = app.get("/search?q=o2").await.expect(200).json;
        assert_eq!((&found["orders"][0]["party"], &found["orders"][0]["amount"]["amount_minor"]), (&Value::Null, &json!(2000)));
    }

    async fn a_linked_refund_takes_its_order_back(app) {
        let rows = ["a,2026-10-01,o1,1000,KRW", "a,2026-10-05,o2,2000,KRW", "a,2026-10-20,o2,-2000,KRW",
            "a,2026-10-25,o1,-300,KRW"];
        import(&app, generic(&rows)).await;
        let person = people(&app, "").await.remove(0);
        assert_eq!((&person["orders"], &person["spend"]["amount_minor"]), (&json!(2), &json!(700)));
        assert_eq!(person["last_order"], "2026-10-01", "a day that refunds have wholly taken back is none");
        let card = app.get(&format!("/parties/{}", person["id"].as_str().unwrap())).await.expect(200).json;
        assert_eq!(card["facts"]["order_days"], 1);
        assert_eq!(card["facts"]["spend"], json!([{ "currency": "KRW", "amount_minor": 700, "refunds_minor": 2300 }]));
    }

    async fn a_refund_that_a_newer_file_makes_no_more_goes_and_an_undo_brings_it_back(app) {
        let row = |status: &str| format!("order,date,amount,email,status\n1,2026-10-01,1000,a@x.com,{status}\n");
        let spend = async || people(&app, "").await.remove(0)["spend"]["amount_minor"].clone();
        assert_eq!(counts(&import(&app, row("cancelled")).await), [2, 2, 0, 0, 0, 1]);
        assert_eq!(spend().await, 0);
        let newer = upload(&app, row("paid").into()).await;
        assert_eq!(counts(&deed(&app, &newer, "dry-run").await)[..4], [1, 0, 1, 0], "the dry run says so before");
        let newer = deed(&app, &newer, "run").await;
        assert_eq!(counts(&newer)[..4], [1, 0, 1, 0]);
        assert_eq!(spend().await, 1000);
        assert_eq!(counts(&import(&app, row("paid")).await)[..4], [1, 0, 0, 1], "once");
        deed(&app, &newer, "undo").await;
        assert_eq!(spend().await, 0);
        assert_eq!(counts(&import(&app, row("cancelled")).await)[..4], [2, 0, 0, 2]);
    }

    async fn a_status_alone_takes_no_refund_of_a_part_away(app) {
        let spend = async || people(&app, "").await.remove(0)["spend"]["amount_minor"].clone();
        import(&app, "order,line,date,amount,refund,email\n1,1,2026-10-01,1000,300,a@x.com\n").await;
        assert_eq!(spend().await, 700);
        import(&app, "order,line,date,amount,status,email\n1,1,2026-10-01,1000,shipped,a@x.com\n").await;
        assert_eq!(spend().await, 700, "shipped says nothing of a part");
        import(&app, "order,line,date,amount,refund,email\n1,1,2026-10-01,1000,0,a@x.com\n").await;
        assert_eq!(spend().await, 1000);
    }

    async fn of_two_rows_alike_one_cancellation_is_withdrawn(app) {
        let file = |first: &str, second: &str| format!("order,date,amount,email,status\n\
            1,2026-10-01,1000,a@x.com,{first}\n1,2026-10-01,1000,a@x.com,{second}\n");
        let spend = async || people(&app, "").await.remove(0)["spend"]["amount_minor"].clone();
        import(&app, file("cancelled", "cancelled")).await;
        assert_eq!(spend().await, 0);
        for (first, second) in [("paid", "cancelled"), ("cancelled", "paid")] {
            import(&app, file(first, second)).await;
            assert_eq!(spend().await, 1000, "{first}, {second}");
        }
    }

    async fn an_order_paid_back_in_part_and_then_whole_is_paid_back_once(app) {
        let shopify = |status: &str, refunded: &str| format!(
            "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Total,Created at,\
             Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Refunded Amount\n\
             #1002,b@x.com,{status},2026-10-02 10:00:00 +0900,fulfilled,EUR,20.00,5.00,25.00,\
             2026-10-02 10:00:00 +0900,1,Bean,20.00,BN-1,B,{refunded}\n");
        let spend = async || people(&app, "").await.remove(0)["spend"]["amount_minor"].clone();
        import(&app, shopify("partially_refunded", "10.00")).await;
        assert_eq!(spend().await, 1000);
        let whole = import(&app, shopify("refunded", "25.00")).await;
        assert_eq!(spend().await, 0);
        deed(&app, &whole, "undo").await;
        assert_eq!(spend().await, 1000);
    }

    async fn currencies_stay_apart(app) {
        let rows = ["a,2026-10-01,o1,10.00,USD", "a,2026-10-02,o2,5.55,USD", "a,2026-10-03,o3,7000,KRW",
            "b,2026-10-03,o4,9000,KRW"];
        import(&app, generic(&rows)).await;
        let mixed = people(&app, "q=a").await.remove(0);
        assert_eq!(mixed["spend"], json!({ "currency": "USD", "amount_minor": 1555 }));
        let card = app.get(&format!("/parties/{}", mixed["id"].as_str().unwrap())).await.json;
        assert_eq!(card["facts"]["spend"], json!([
            { "currency": "KRW", "amount_minor": 7000, "refunds_minor": 0 },
            { "currency": "USD", "amount_minor": 1555, "refunds_minor": 0 }]));
        let summary = app.get("/parties/summary").await.json;
        assert_eq!(summary["spend"], json!([
            { "currency": "KRW", "amount_minor": 9000 }, { "currency": "USD", "amount_minor": 1555 }]));
    }

    async fn the_order_of_arrival_says_nothing(app) {
        let row = |number: usize| {
            let (customer, day) = (number * 7 % 40, 1 + number * 13 % 28);
            format!("c{customer},2026-{:02}-{day:02},o{number},{},KRW", 1 + number % 10, 500 + number)
        };
        let rows: Vec<String> = (0..2_000).map(row).collect();
        let shuffled: Vec<&str> = (0..rows.len()).map(|place| rows[place * 1_237 % 2_000].as_str()).collect();
        let first = import(&app, generic(&rows.iter().map(String::as_str).collect::<Vec<_>>())).await;
        let (expected, kept) = (everyone(&app).await, facts(&app).await);
        assert_eq!(kept.len(), 40);
        deed(&app, &first, "undo").await;
        // Half of it in one file, then all of it.
        import(&app, generic(&shuffled[..1_000])).await;
        let rest = import(&app, generic(&shuffled)).await;
        assert_eq!(counts(&rest), [2_000, 1_000, 0, 1_000, 0, 0]);
        assert_eq!(everyone(&app).await, expected);
        assert_eq!(facts(&app).await, kept);
    }

    async fn rows_without_a_number_show_none(app) {
        import(&app, b"customer,date,amount\na,2026-10-01,1000\na,2026-10-01,1000\n".to_vec()).await;
        let person = people(&app, "").await.remove(0);
        assert_eq!(person["orders"], 2, "without an order number each row is one order");
        let path = format!("/parties/{}/timeline?kinds=order", person["id"].as_str().unwrap());
        let timeline = app.get(&path).await.expect(200).json;
        let numbers: Vec<&Value> = timeline["items"].as_array().unwrap().iter().map(|item| &item["order_no"]).collect();
        assert_eq!(numbers, [&Value::Null, &Value::Null]);
        let name = timeline["items"][0]["id"].as_str().unwrap().split(':').nth(2).unwrap().to_owned();
        assert!(name.starts_with("row-"), "{name}");
        assert_eq!(app.get(&format!("/search?q={name}")).await.json["orders"], json!([]));
    }

    async fn an_undo_leaves_what_came_later(app) {
        let first = import(&app, cafe24(&small_shop())).await;
        let before = everyone(&app).await;
        let mut orders = small_shop();
        orders[0] = Order { price: "20000", ..orders[0] };
        orders.push(order("20261113-0000004", "sora", "최가상", "3000", "2026-11-13 09:00:00"));
        let second = import(&app, cafe24(&orders)).await;
        assert_eq!(counts(&second), [4, 1, 1, 2, 0, 1]);
        let both = everyone(&app).await;
        deed(&app, &second, "undo").await;
        assert_eq!(everyone(&app).await, before);
        deed(&app, &second, "run").await;
        assert_eq!(everyone(&app).await, both);

        deed(&app, &first, "undo").await;
        let left = people(&app, "sort=-spend").await;
        let amounts: Vec<i64> = left.iter().map(|person| person["spend"]["amount_minor"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [20_000, 3_000], "what the second file changed or brought is its own");
        deed(&app, &second, "undo").await;
        assert_eq!(everyone(&app).await, Vec::<Value>::new(), "nothing is left once both are gone");
        deed(&app, &first, "run").await;
        assert_eq!(everyone(&app).await, before);
    }

    async fn a_customer_touched_by_hand_outlives_the_undo(app) {
        let first = import(&app, cafe24(&small_shop())).await;
        let minji = people(&app, "q=minji").await.remove(0)["id"].as_str().unwrap().to_owned();
        app.post(&format!("/parties/{minji}/notes"), json!({ "text": "likes oats" })).await.expect(201);
        deed(&app, &first, "undo").await;
        let left = people(&app, "").await;
        assert_eq!((left.len(), &left[0]["id"], &left[0]["orders"]), (1, &json!(minji), &json!(0)));

        // The other one is gone: whoever enters her by hand meets no dead end, and the import finds her again.
        let new = json!({ "name": "이하늘", "email": "haneul@example.com" });
        let hand = app.post("/parties", new).await.expect(201).json["id"].clone();
        deed(&app, &first, "run").await;
        let found = people(&app, "q=haneul").await;
        assert_eq!((found.len(), &found[0]["id"], &found[0]["orders"]), (1, &hand, &json!(1)));
        assert_eq!(people(&app, "").await.len(), 2);
    }
}
