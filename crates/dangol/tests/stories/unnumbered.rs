//! Orders of people who were erased: their numbers go when the law wants them no longer, and no sum moves.

use futures::FutureExt;
use kernel::Instant;
use serde_json::{Value, json};
use store::{Lane, sql, timer};
use testkit::{TestApp, both_engines};
use web::Role;

const FILE: &str = "customer_id,name,email,phone,date,order_no,product,amount,currency\n\
    A1,홍길동,gil@example.com,010-2345-1234,2026-10-01,o1,latte,1000,KRW\n\
    A1,홍길동,gil@example.com,010-2345-1234,2026-10-01,o1,cake,4000,KRW\n\
    A1,홍길동,gil@example.com,010-2345-1234,2026-10-09,o2,mocha,2000,KRW\n\
    B2,이영희,young@example.com,010-9999-0000,2026-10-05,o3,tea,500,KRW\n";

async fn import(app: &TestApp) -> Value {
    let import = app.upload("/imports?name=orders.csv", FILE.into()).await.expect(201).json;
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    app.post(&format!("{path}/run"), json!({})).await.expect(202);
    app.settle().await;
    let done = app.get(&path).await.expect(200).json;
    assert_eq!(done["state"], "done", "{done}");
    done
}

/// Lines, orders and their sum; and the numbers of the orders.
async fn books(app: &TestApp) -> ((i64, i64, i64), Vec<String>) {
    let mut tx = app.db().read().await.unwrap();
    let sums =
        sql!("select count(*), count(distinct order_no), cast(sum(amount) as bigint) from order_lines");
    let sums = sums.fetch_one(&mut tx).await.unwrap();
    let numbers = sql!("select distinct order_no from order_lines order by order_no");
    let numbers: Vec<(String,)> = numbers.fetch_all(&mut tx).await.unwrap();
    (sums, numbers.into_iter().map(|(number,)| number).collect())
}

async fn erase(app: &TestApp, name: &str) {
    let people = app.get("/parties").await.expect(200).json;
    let one =
        people["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let asked = json!({ "party": one, "kind": "erasure", "way": "phone", "words": "지워 주세요" });
    let request = app.post("/requests", asked).await.expect(201).json["id"].as_str().unwrap().to_owned();
    app.post(&format!("/requests/{request}/identity"), json!({ "how": "known_contact" })).await.expect(200);
    app.post(&format!("/requests/{request}/erasure"), json!({})).await.expect(202);
    app.settle().await;
}

/// A night goes by.
async fn night(app: &TestApp) {
    let start: store::Result<()> = app
        .db()
        .write(Lane::Interactive, |tx| {
            async move { timer::set(tx, "retention.destroy", "", tx.now()).await }.boxed()
        })
        .await;
    start.unwrap();
    app.later(Instant::HOUR).await;
}

both_engines! {
    dangol::registry();

    async fn numbers_of_orders_of_who_was_erased_end_with_their_period_and_no_sum_moves(app) {
        import(&app).await;
        erase(&app, "홍길동").await;
        let (sums, numbers) = books(&app).await;
        assert_eq!((sums, numbers), ((4, 3, 7_500), vec!["o1".to_owned(), "o2".into(), "o3".into()]), "the law keeps them");
        night(&app).await;
        assert_eq!(books(&app).await.1[0], "o1", "nobody set a period");

        app.signed_in_as(Role::Owner).await.put("/retention", json!({ "erased_orders": 7 })).await.expect(200);
        night(&app).await;
        let (after, numbers) = books(&app).await;
        assert_eq!((after, numbers.len()), (sums, 3), "an order of two lines is one order");
        assert_eq!((&numbers[2], numbers[..2].iter().all(|number| number.starts_with("erased-"))), (&"o3".to_owned(), true), "{numbers:?}");
        let report = app.signed_in_as(Role::Owner).await.get("/retention/report").await.expect(200).json;
        let line = &report["items"][0];
        assert_eq!((&line["kind"], &line["count"], &line["method"]), (&json!("erased_orders"), &json!(3), &json!("unnumbered")));

        // The same file again brings neither the numbers nor the sums back.
        let again = import(&app).await;
        assert_eq!((&again["counts"]["unchanged"], &again["counts"]["new"]), (&json!(4), &json!(0)), "{again}");
        assert_eq!(books(&app).await, (sums, numbers));
        night(&app).await;
        let report = app.signed_in_as(Role::Owner).await.get("/retention/report").await.expect(200).json;
        assert_eq!(report["items"].as_array().unwrap().len(), 1, "done once");
    }
}
