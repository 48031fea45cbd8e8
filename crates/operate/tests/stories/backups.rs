//! Backups by themselves: planned in the browser, made at night, so many kept, shown when they fail.

use crate::registry;
use kernel::Instant;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::both_engines;

fn plan(folder: &TempDir, keep: u16) -> Value {
    json!({ "on": true, "folder": folder.path().to_str().unwrap(), "hour": 4, "keep": keep, "plain": true })
}

both_engines! {
    registry();

    async fn a_backup_is_made_each_night_and_the_oldest_goes(app) {
        let folder = TempDir::new().unwrap();
        let told = app.put("/backups/plan", plan(&folder, 2)).await.expect(200).json;
        // Noon in Seoul: the next four in the morning is tomorrow's.
        assert_eq!(told["next_at"], "2026-11-22T19:00:00Z");
        assert_eq!(app.get("/backups").await.json["files"], json!([]));
        for _ in 0..3 {
            app.later(Instant::DAY).await;
        }
        // The first session ended long ago.
        let told = app.signed_in_as(web::Role::Owner).await.get("/backups").await.expect(200).json;
        assert_eq!(told["files"].as_array().unwrap().len(), 2, "{told}");
        assert_eq!(told["last"]["error"], json!(null));
        let newest = folder.path().join(told["files"][0]["name"].as_str().unwrap());
        let (summary, encrypted) = operate::backup::check(&newest, None).await.unwrap();
        assert!(!encrypted && summary.rows() > 0);
        assert_eq!(told["last"]["file"], newest.to_str().unwrap());
    }

    async fn a_backup_that_fails_is_shown_on_today_until_one_succeeds(app) {
        let folder = TempDir::new().unwrap();
        app.put("/backups/plan", plan(&folder, 2)).await.expect(200);
        let gone = folder.path().to_owned();
        std::fs::remove_dir(&gone).unwrap();
        app.post("/backups", json!({})).await.expect(202);
        app.settle().await;
        let told = app.get("/backups").await.json;
        assert!(told["last"]["error"].as_str().unwrap().contains("cannot be written"), "{told}");
        assert_eq!(app.get("/today").await.json["cards"][0]["id"], "backup_failed");
        std::fs::create_dir(&gone).unwrap();
        app.post("/backups", json!({})).await.expect(202);
        app.settle().await;
        assert_eq!(app.get("/today").await.json["cards"], json!([]));
        assert_eq!(app.get("/backups").await.json["files"].as_array().unwrap().len(), 1);
    }

    async fn a_plan_that_cannot_work_says_at_which_field(app) {
        let asked = json!({ "on": true, "folder": "/nowhere/at/all", "hour": 24, "keep": 0, "plain": false });
        let problem = app.put("/backups/plan", asked).await.expect(422).json;
        let named: Vec<&str> =
            problem["fields"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect();
        assert_eq!(named, ["folder", "hour", "keep", "plain"]);
        assert_eq!(app.post("/backups", json!({})).await.expect(409).code(), "backup_nowhere");
        app.signed_in_as(web::Role::Manager).await.get("/backups").await.expect(403);
    }
}
