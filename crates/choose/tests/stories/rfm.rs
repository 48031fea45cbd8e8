//! RFM cells and who is new among the best.

use crate::*;
use testkit::both_engines;

/// Thirty people: the n-th came n times, the last time 31 − n days ago.
async fn thirty(app: &TestApp) -> Vec<String> {
    let mut parties = Vec::new();
    for _ in 0..30 {
        parties.push(someone(app, "somebody").await);
    }
    let now = today(app);
    let orders = parties.iter().enumerate().flat_map(|(position, party)| {
        let times = i64::try_from(position).unwrap() + 1;
        let party: Id<kinds::Party> = party.parse().unwrap();
        (0..times).map(move |visit| (party, now.plus(times - 31 - 10 * visit), format!("o{times}-{visit}")))
    });
    imported(app, orders.collect()).await;
    app.settle().await;
    parties
}

both_engines! {
    registry();

    async fn fifths_of_everyone_with_the_people_behind_them(app) {
        let parties = thirty(&app).await;
        refresh(&app).await;
        let rfm = app.get("/choose/rfm").await.expect(200).json;
        assert_eq!(rfm["as_of"], ago(&app, 0));
        assert_eq!(rfm["cuts"]["f"], json!([6, 12, 18, 24]));
        assert_eq!(rfm["cuts"]["r"], json!([6, 12, 18, 24]));
        assert_eq!(rfm["cuts"]["m"], json!([30_000, 60_000, 90_000, 120_000]));
        let best = json!({ "r": 5, "f": 5, "count": 6,
            "spend": { "currency": "KRW", "amount_minor": 5_000 * (25 + 26 + 27 + 28 + 29 + 30) } });
        assert!(rfm["cells"].as_array().unwrap().contains(&best), "{rfm}");
        assert_eq!(rfm["m"], json!([1, 2, 3, 4, 5].map(|m| json!({ "m": m, "count": 6 }))));
        assert_eq!(people(&app, "r=5&f=5").await, 6);
        assert_eq!(people(&app, "vip=true").await, 6);
        let card = app.get(&format!("/parties/{}", parties[0])).await.expect(200).json;
        assert_eq!(card["rfm"], json!({ "r": 1, "f": 1, "m": 1 }));
    }

    async fn a_new_vip_is_one_who_was_none_a_week_ago(app) {
        let parties = thirty(&app).await;
        refresh(&app).await;
        // 24 times is the line of the best fifth. The 25th and 30th came within the week, but only the 25th passed it.
        let shown = card(&app, "new_vips").await;
        assert_eq!(shown["count"], 1, "{shown}");
        assert_eq!(shown["people"][0]["id"], parties[24]);
        let query = shown["href"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
        assert_eq!(people(&app, &query).await, 1);
    }

    async fn cells_are_taken_back_when_the_money_is_of_another_currency(app) {
        thirty(&app).await;
        refresh(&app).await;
        let company = app.get("/company").await.expect(200).json;
        let edit = json!({ "name": "Ongi", "zone": company["zone"], "currency": "USD" });
        app.put("/company", edit).await.expect(200);
        refresh(&app).await;
        assert_eq!(app.get("/choose/rfm").await.json["missing"]["params"], json!({ "have": 0, "need": 25 }));
        assert_eq!(people(&app, "r=5").await, 0);
        assert_eq!(card(&app, "new_vips").await, Value::Null);
    }
}
