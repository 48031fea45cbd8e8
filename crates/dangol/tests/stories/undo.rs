//! An import, its undo and the import again, through the front door of the whole program.

use crate::shop_file;
use serde_json::{Value, json};
use testkit::{TestApp, both_engines};

both_engines! {
    dangol::registry();

    async fn an_import_that_was_undone_can_be_run_again(app) {
        let file = shop_file::csv(&shop_file::lines(5, 20, 60)).into_bytes();
        let empty = report(&app).await;
        let brought = app.upload("/imports?name=orders.csv", file).await.expect(201).json;
        let id = brought["id"].as_str().unwrap();
        assert_eq!(brought["state"], "ready", "{brought}");
        let first = done(&app, id, "run").await;
        let full = report(&app).await;
        assert!(full["order_lines"].as_i64().unwrap() > 60 && full["parties"].as_i64().unwrap() > 10, "{full}");
        assert_eq!(done(&app, id, "undo").await["state"], "undone");
        assert_eq!(report(&app).await, empty, "nothing is left");
        assert_eq!(app.get("/parties").await.expect(200).json["items"], json!([]));
        let second = done(&app, id, "run").await;
        assert_eq!(second["counts"], first["counts"]);
        assert_eq!(report(&app).await, full);
    }
}

/// The import after a job of this kind.
async fn done(app: &TestApp, id: &str, what: &str) -> Value {
    app.post(&format!("/imports/{id}/{what}"), json!({})).await.expect(202);
    app.settle().await;
    app.get(&format!("/imports/{id}")).await.expect(200).json
}

async fn report(app: &TestApp) -> Value {
    let mut tx = app.db().read().await.unwrap();
    let company = web::Company::load(&mut tx).await.unwrap();
    let today = company.today(app.db().clock());
    serde_json::to_value(measure::report::report(&mut tx, today, &company).await.unwrap()).unwrap()
}
