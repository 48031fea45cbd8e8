//! The audit log: sealed within a turn, read by the owner alone, and not to be changed unnoticed.

use futures::FutureExt;
use serde_json::{Value, json};
use store::{Lane, Query, freeze};
use testkit::{TestApp, both_engines};
use web::audit::seal;

/// Changes rows behind the program's back.
async fn tamper(app: &TestApp, text: &str) {
    let query = Query::built(text.to_owned());
    let done: store::Result<u64> =
        app.db().write(Lane::Interactive, |tx| async move { query.execute(tx).await }.boxed()).await;
    assert!(done.unwrap() > 0, "{text}");
}

/// Writes rows and seals them.
async fn deeds(app: &TestApp, count: usize) {
    for _ in 0..count {
        let done: store::Result<()> = app
            .db()
            .write(Lane::Interactive, |tx| {
                async move {
                    web::audit::write(tx, None, "thing.done", Some(7), json!({ "b": 1, "a": "x" })).await
                }
                .boxed()
            })
            .await;
        done.unwrap();
    }
    seal::now(app.app()).await.unwrap();
}

async fn check(app: &TestApp) -> Value {
    app.get("/audit/check").await.expect(200).json
}

async fn fault(app: &TestApp) -> Value {
    check(app).await["fault"].clone()
}

both_engines! {
    web::Registry::new();

    async fn what_is_done_is_listed_to_the_owner_alone_and_sealed(app) {
        deeds(&app, 3).await;
        let verdict = check(&app).await;
        assert_eq!((&verdict["verified"], &verdict["waiting"], &verdict["fault"]), (&json!(3), &json!(0), &json!(null)));
        let listed = app.get("/audit?limit=2").await.expect(200).json;
        assert_eq!(listed["items"][0]["action"], "thing.done");
        assert_eq!(listed["items"][0]["place"], 3);
        let next = listed["next"].as_str().unwrap();
        let rest = app.get(&format!("/audit?cursor={next}")).await.expect(200).json;
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.get("/audit?action=thing").await.json["items"].as_array().unwrap().len(), 3);
        assert_eq!(app.get("/audit?action=thin").await.json["items"], json!([]));
        assert_eq!(app.get("/audit?from=2026-11-23").await.json["items"], json!([]));
        let csv = String::from_utf8(app.get("/audit/export").await.expect(200).bytes).unwrap();
        assert!(csv.contains("audit.exported") && csv.contains("thing.done"), "{csv}");
        app.signed_in_as(web::Role::Manager).await.get("/audit").await.expect(403);
    }

    async fn an_altered_row_is_named(app) {
        deeds(&app, 5).await;
        let id = app.get("/audit").await.json["items"][2]["id"].clone();
        tamper(&app, "update audit set subject = 8 where id = (select entry from audit_chain where place = 3)").await;
        let fault = fault(&app).await;
        assert_eq!((&fault["code"], &fault["place"], &fault["id"]), (&json!("altered"), &json!(3), &id));
    }

    async fn a_removed_row_is_named(app) {
        deeds(&app, 5).await;
        tamper(&app, "delete from audit where id = (select entry from audit_chain where place = 2)").await;
        assert_eq!(fault(&app).await["code"], "missing");
        tamper(&app, "delete from audit_chain where place = 2").await;
        assert_eq!(fault(&app).await, json!({ "code": "gap", "place": 2 }));
    }

    async fn rows_that_changed_places_are_named(app) {
        deeds(&app, 4).await;
        tamper(&app, "update audit_chain set entry = -entry where place in (2, 3)").await;
        tamper(&app, "update audit_chain set entry = (select -c.entry from audit_chain c \
            where c.place = 5 - audit_chain.place) where place = 2").await;
        tamper(&app, "update audit_chain set entry = (select max(a.id) from audit a where a.id not in \
            (select c.entry from audit_chain c)) where place = 3").await;
        let fault = fault(&app).await;
        assert_eq!((&fault["code"], &fault["place"]), (&json!("altered"), &json!(2)));
    }

    async fn a_tail_that_is_gone_is_missed(app) {
        deeds(&app, 5).await;
        tamper(&app, "delete from audit where id in (select entry from audit_chain where place > 3)").await;
        tamper(&app, "delete from audit_chain where place > 3").await;
        let missed = fault(&app).await;
        assert_eq!((&missed["code"], &missed["place"]), (&json!("tail_missing"), &json!(4)));
        tamper(&app, "update audit_head set place = 3, hash = (select hash from audit_chain where place = 3)").await;
        assert_eq!(fault(&app).await["code"], "unsigned", "the head was not signed by whoever cut");
    }

    async fn a_signed_end_that_is_gone_is_missed(app) {
        deeds(&app, 2).await;
        tamper(&app, "delete from audit_head").await;
        let missed = fault(&app).await;
        assert_eq!((&missed["code"], missed["place"].as_i64() >= Some(2)), (&json!("head_missing"), true));
        tamper(&app, "delete from audit_chain").await;
        tamper(&app, "delete from audit").await;
        assert_eq!(fault(&app).await, json!({ "code": "head_missing", "place": 0 }));
    }

    async fn a_row_that_did_not_come_through_the_program_is_named(app) {
        deeds(&app, 2).await;
        tamper(&app, "insert into audit (id, at, action, detail) values (5, 5, 'thing.done', '{}')").await;
        assert_eq!(fault(&app).await["code"], "stranger");
        tamper(&app, "delete from audit where id = 5").await;
        tamper(&app, "insert into audit_pending (entry) values (5)").await;
        assert_eq!(fault(&app).await["code"], "vanished");
    }

    async fn a_chain_written_anew_does_not_fit_its_anchor(app) {
        deeds(&app, 4).await;
        let mut tx = app.db().read().await.unwrap();
        let line = Query::built("select place, hash, at, public_key, signature from audit_head".into());
        let (place, hash, at, key, signature): (i64, Vec<u8>, kernel::Instant, Vec<u8>, Vec<u8>) =
            line.fetch_one(&mut tx).await.unwrap();
        drop(tx);
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let anchor = json!({ "place": place, "hash": hex(&hash), "at": at, "public_key": hex(&key),
            "signature": hex(&signature) }).to_string();
        let read = || web::audit::verify::read_anchor(&anchor).unwrap();
        let verdict = web::audit::verify::verify(&mut app.db().read().await.unwrap(), read()).await.unwrap();
        assert_eq!((verdict.anchored, verdict.fault), (1, None));
        // Whoever has the key too takes the last row away and has the rest sealed anew.
        tamper(&app, "delete from audit where id = (select entry from audit_chain where place = 4)").await;
        tamper(&app, "insert into audit_pending (entry) select entry from audit_chain where place < 4").await;
        tamper(&app, "delete from audit_chain").await;
        tamper(&app, "update audit_head set place = 0").await;
        seal::now(app.app()).await.unwrap();
        assert_eq!(fault(&app).await, json!(null), "without the anchor nothing is seen");
        let verdict = web::audit::verify::verify(&mut app.db().read().await.unwrap(), read()).await.unwrap();
        let told = verdict.fault.unwrap().to_string();
        assert!(told.starts_with("tail missing since"), "{told}");
        deeds(&app, 3).await;
        let verdict = web::audit::verify::verify(&mut app.db().read().await.unwrap(), read()).await.unwrap();
        assert!(matches!(verdict.fault, Some(web::audit::verify::Fault::NotAnchored { place: 4, .. })), "{verdict:?}");
    }

    async fn a_restored_company_sends_again_when_an_owner_says_why(app) {
        assert_eq!(app.get("/sending").await.json["frozen"], json!(null));
        app.post("/sending/lift", json!({ "reason": "nothing to lift" })).await.expect(409);
        let frozen: store::Result<()> =
            app.db().write(Lane::Interactive, |tx| async move { freeze::freeze(tx, "restored").await }.boxed()).await;
        frozen.unwrap();
        assert_eq!(app.staff().await.get("/sending").await.json["frozen"]["why"], "restored");
        app.post("/sending/lift", json!({ "reason": " " })).await.expect(422);
        app.signed_in_as(web::Role::Manager).await.post("/sending/lift", json!({ "reason": "x" })).await.expect(403);
        // Whoever was erased after the backup may be in it again: the list of them comes first, or the owner's word.
        let owed = app.post("/sending/lift", json!({ "reason": "checked by hand" })).await.expect(409);
        assert_eq!(owed.code(), "erasures_owed");
        let sure = json!({ "reason": "checked by hand", "nobody_was_erased": true });
        app.post("/sending/lift", sure).await.expect(204);
        assert_eq!(app.get("/sending").await.json["frozen"], json!(null));
        assert_eq!(app.get("/audit?action=sending").await.json["items"][0]["action"], "sending.lifted");
    }
}
