//! Retention: nothing goes that nobody set a period for; what goes is reported.

use crate::registry;
use futures::FutureExt;
use kernel::Instant;
use serde_json::json;
use store::{Lane, Query, outbox};
use testkit::{TestApp, both_engines};
use web::Role;

async fn count(app: &TestApp, table: &str) -> i64 {
    let mut tx = app.db().read().await.unwrap();
    let (count,): (i64,) =
        Query::built(format!("select count(*) from {table}")).fetch_one(&mut tx).await.unwrap();
    count
}

/// Something was sent now.
async fn sent(app: &TestApp) {
    let done: store::Result<()> = app
        .db()
        .write(Lane::Interactive, |tx| {
            async move {
                let id = outbox::put(tx, "nobody", json!({ "to": "who@example.com" })).await?;
                let update = Query::built("update outbox set sent_at = created_at where id = $1".into());
                update.bind(id).execute(tx).await.map(drop)
            }
            .boxed()
        })
        .await;
    done.unwrap();
}

both_engines! {
    registry();

    async fn what_has_ended_its_period_goes_at_night_and_is_reported(app) {
        sent(&app).await;
        let start: store::Result<()> = app.db().write(Lane::Interactive, |tx| {
            async move { store::timer::set(tx, "retention.destroy", "", tx.now()).await }.boxed()
        }).await;
        start.unwrap();
        app.later(40 * Instant::DAY).await;
        assert_eq!(count(&app, "outbox").await, 1, "nobody set a period");
        let owner = app.signed_in_as(Role::Owner).await;
        let set = owner.put("/retention", json!({ "sent": 30 })).await.expect(200).json;
        assert_eq!((&set["sent"], &set["raw_rows"]), (&json!(30), &json!(null)));
        sent(&app).await;
        app.later(2 * Instant::DAY).await;
        assert_eq!(count(&app, "outbox").await, 1, "the newer one stays");
        let owner = app.signed_in_as(Role::Owner).await;
        let report = owner.get("/retention/report").await.expect(200).json;
        let line = &report["items"][0];
        assert_eq!((&line["kind"], &line["count"], &line["method"]), (&json!("sent"), &json!(1), &json!("deleted")));
        assert_eq!(line["approved_by"], set["approved_by"]);
        assert_eq!(report["items"].as_array().unwrap().len(), 1);
    }

    async fn a_period_must_be_days(app) {
        let problem = app.put("/retention", json!({ "sent": 0, "jobs": 40000 })).await.expect(422).json;
        assert_eq!(problem["fields"].as_array().unwrap().len(), 2);
        app.signed_in_as(Role::Manager).await.put("/retention", json!({})).await.expect(403);
        app.signed_in_as(Role::Manager).await.get("/retention").await.expect(200);
        app.signed_in_as(Role::Staff).await.get("/retention/report").await.expect(403);
    }
}
