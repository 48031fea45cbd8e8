//! The cards of Today.

use crate::*;
use testkit::both_engines;

both_engines! {
    registry();

    async fn a_late_regular_is_called_and_the_card_leaves(app) {
        let late = customer(&app, "Late", &[36, 24, 12]).await;
        customer(&app, "On time", &[21, 14, 7]).await;
        assert_eq!(card(&app, "late_regulars").await, Value::Null, "twelve of twelve days are not late");
        app.later(Instant::DAY).await;
        order(&app, &customer(&app, "Third", &[9, 6, 3]).await, 0, 5_000).await;
        app.settle().await;
        let shown = card(&app, "late_regulars").await;
        // On time is late as well by now: eight of seven days.
        assert_eq!(shown["params"], json!({ "late": 2, "regulars": 3 }));
        assert_eq!(shown["count"], 2);
        assert!(shown["people"].as_array().unwrap().contains(&json!({ "id": late, "name": "Late" })));
        let query = shown["href"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
        assert_eq!(people(&app, &query).await, 2, "the list it opens");

        let note = json!({ "text": "Called, comes on Friday", "contact": "called" });
        signed_in(&app).await.post(&format!("/parties/{late}/notes"), note).await.expect(201);
        let shown = card(&app, "late_regulars").await;
        assert_eq!((shown["count"].clone(), shown["params"]["late"].clone()), (json!(1), json!(1)));
        assert_eq!(shown["people"][0]["name"], "On time");
        order(&app, shown["people"][0]["id"].as_str().unwrap(), 0, 5_000).await;
        app.settle().await;
        assert_eq!(card(&app, "late_regulars").await, Value::Null);
    }

    async fn one_visit_away_counts_its_list(app) {
        customer(&app, "once", &[1]).await;
        customer(&app, "twice", &[10, 1]).await;
        let three = customer(&app, "three times", &[20, 10, 1]).await;
        let shown = card(&app, "one_visit_away").await;
        assert_eq!((shown["params"].clone(), shown["people"][0]["name"].clone()), (json!({ "count": 1 }), json!("twice")));
        let query = shown["href"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
        assert_eq!(people(&app, &query).await, 1);
        assert_eq!(state(&app, &three).await, "regular");
    }
}
