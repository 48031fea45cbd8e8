//! From the first visit to the third.

use crate::*;
use testkit::both_engines;

both_engines! {
    registry();

    async fn who_comes_again_and_where_regulars_are_made(app) {
        customer(&app, "once", &[3]).await;
        customer(&app, "twice", &[20, 10]).await;
        let regular = customer(&app, "three times", &[24, 12, 2]).await;
        let order = json!({ "party": regular, "at": noon(&app, 2).to_string(), "store": "Seongsu",
            "lines": [json!({ "amount_minor": 3_000 })] });
        app.post("/orders", order).await.expect(201);
        app.settle().await;
        let visits = app.get("/choose/visits").await.expect(200).json;
        let share = |part: f64| json!(part);
        assert_eq!(visits["steps"], json!([
            { "visit": 1, "people": 3, "converted": 2, "share": share(2.0 / 3.0), "median_days": 11.0 },
            { "visit": 2, "people": 2, "converted": 1, "share": 0.5, "median_days": 10.0 },
            { "visit": 3, "people": 1, "converted": 0, "share": 0.0, "median_days": null },
        ]));
        assert_eq!(visits["by_store"], json!([{ "store": "Seongsu", "people": 1, "second": 1, "third": 1,
            "one_away": 0, "regulars": 1, "share": 1.0 }]));
        let owner = &visits["by_staff"][0];
        let came = ["people", "second", "third", "one_away"].map(|key| owner[key].as_i64().unwrap());
        assert_eq!(came, [3, 2, 1, 1], "everyone was served by the owner");
        let staff = owner["staff"].as_str().unwrap().replace(' ', "%20");
        let query = format!("days_min=2&days_max=2&state=new,active,returned&staff={staff}");
        assert_eq!(people(&app, &query).await, 1, "whom the door of the number opens");
        let away = &visits["one_away"];
        assert_eq!(away["href"], "/know/customers?days_min=2&days_max=2&state=new,active,returned");
        assert_eq!(away["count"], people(&app, "days_min=2&days_max=2&state=new,active,returned").await);
        assert_eq!(away["count"], 1);
    }

    async fn without_anyone_there_are_no_shares(app) {
        let visits = app.get("/choose/visits").await.expect(200).json;
        assert_eq!(visits["steps"][0], json!({ "visit": 1, "people": 0, "converted": 0, "share": null, "median_days": null }));
        assert_eq!(visits["one_away"]["count"], 0);
    }
}
