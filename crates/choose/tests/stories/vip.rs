//! VIP tiers: a dry run, everyone judged, risers at once, falls after a notice, grants, and the reason of each.

use crate::*;
use testkit::both_engines;

/// Thirty customers: the n-th came n times, the last time 31 − n days ago.
async fn thirty(app: &TestApp) -> Vec<String> {
    let mut parties = Vec::new();
    for n in 1..=30 {
        parties.push(someone(app, &format!("Guest {n:02}")).await);
    }
    let now = today(app);
    let orders = parties.iter().enumerate().flat_map(|(position, party)| {
        let times = i64::try_from(position).unwrap() + 1;
        let party: Id<kinds::Party> = party.parse().unwrap();
        (0..times).map(move |visit| (party, now.plus(times - 31 - 5 * visit), format!("o{times}-{visit}")))
    });
    imported(app, orders.collect()).await;
    app.settle().await;
    parties
}

fn tier(code: &str, by: &str, at: f64) -> Value {
    json!({ "code": code, "name": format!("{code} guests"), "colour": "jade", "by": by, "at": at })
}

fn rules() -> Value {
    json!({ "tiers": [tier("silver", "score", 50.0), tier("gold", "top", 10.0)],
        "weights": { "recency": 1, "frequency": 1, "margin": 1, "tenure": 0, "advocacy": 1 },
        "window_months": 12, "grace_days": 30 })
}

async fn why(app: &TestApp, party: &str) -> Value {
    signed_in(app).await.get(&format!("/choose/vip/parties/{party}")).await.expect(200).json
}

async fn told(app: &TestApp, origin: &str) -> i64 {
    let mut tx = app.db().read().await.unwrap();
    let (count,): (i64,) =
        sql!("select count(*) from interactions where kind = 'vip.changed' and origin = $1")
            .bind(origin)
            .fetch_one(&mut tx)
            .await
            .unwrap();
    count
}

both_engines! {
    registry();

    async fn a_dry_run_tells_what_the_rules_then_do(app) {
        let parties = thirty(&app).await;
        let preview = app.post("/choose/vip/preview", rules()).await.expect(200).json;
        assert_eq!(preview["customers"], 30);
        let then = |tier: Value| preview["tiers"].as_array().unwrap().iter()
            .find(|row| row["tier"] == tier).map_or(0, |row| row["then"].as_i64().unwrap());
        let (gold, silver) = (then(json!("gold")), then(json!("silver")));
        assert!(gold == 3 && silver > 0, "{preview}");
        let up = preview["moves"].as_array().unwrap().iter().find(|row| row["to"] == "gold").unwrap();
        assert_eq!((up["from"].clone(), up["count"].clone()), (Value::Null, json!(3)));
        assert_eq!(up["sample"].as_array().unwrap().len(), 3);
        assert_eq!(people(&app, "vip_tier=gold").await, 0, "nothing is written");

        app.put("/choose/vip", rules()).await.expect(200);
        app.settle().await;
        assert_eq!((people(&app, "vip_tier=gold").await, people(&app, "vip_tier=silver").await), (gold, silver));
        let rule = json!({ "text": "vip_tier = \"gold\"" });
        assert_eq!(app.post("/choose/segments/ask", rule).await.expect(200).json["count"], gold);
        assert_eq!((told(&app, "backfill").await, told(&app, "live").await), (gold + silver, 0));
        let row = app.get("/parties?vip_tier=gold&limit=1").await.expect(200).json["items"][0].clone();
        assert_eq!(row["tier"], json!({ "code": "gold", "name": "gold guests", "colour": "jade" }));
        let file = app.get("/parties/export?vip_tier=gold").await.expect(200).text();
        assert!(file.lines().skip(1).all(|line| line.contains(",gold guests,")), "{file}");
        let path = format!("/parties/{}/timeline?kinds=tier", parties[29]);
        let item = app.get(&path).await.expect(200).json["items"][0].clone();
        assert_eq!((&item["kind"], &item["from"], &item["to"]), (&json!("tier"), &Value::Null, &json!("gold guests")));
        let best = why(&app, &parties[29]).await;
        assert_eq!((best["tier"].clone(), best["measures"]["order_days"].clone()), (json!("gold"), json!(30)));
        let sum: f64 = best["parts"].as_array().unwrap().iter()
            .map(|part| part["points"].as_f64().unwrap() * part["weight"].as_f64().unwrap()).sum();
        assert_eq!(sum.round() as i64, best["score"].as_i64().unwrap(), "the parts are the score");
        let board = app.get("/choose/vip").await.expect(200).json;
        assert_eq!((board["current"].clone(), board["tiers"][0]["count"].clone()), (json!(true), json!(gold)));
        assert_eq!(board["versions"].as_array().unwrap().len(), 1);
    }

    async fn people_rise_at_once_and_fall_after_a_notice(app) {
        let parties = thirty(&app).await;
        app.put("/choose/vip", rules()).await.expect(200);
        app.settle().await;
        let low = &parties[10];
        assert_eq!(why(&app, low).await["tier"], Value::Null);
        for days in 0..25 {
            order(&app, low, days, 20_000).await;
        }
        app.settle().await;
        assert_eq!(why(&app, low).await["tier"], "gold", "no day has to pass");
        assert_eq!(told(&app, "live").await, 1);
        let news = card(&app, "new_vips").await;
        assert_eq!((news["count"].clone(), news["people"][0]["id"].clone()), (json!(1), json!(low)), "{news}");
        // Nobody comes for long, and the rest of the window still counts them: they are warned first.
        let gold = people(&app, "vip_tier=gold").await;
        app.later(366 * Instant::DAY).await;
        refresh(&app).await;
        assert_eq!((people(&app, "vip_falls=true").await > 0, people(&app, "vip_tier=gold").await), (true, gold));
        let warned = why(&app, low).await;
        assert_eq!(warned["tier"], "gold");
        assert!(warned["falls_on"].is_string(), "{warned}");
        let board = signed_in(&app).await.get("/choose/vip").await.expect(200).json;
        assert_eq!(i64::try_from(board["falling"].as_array().unwrap().len()).unwrap(), people(&app, "vip_falls=true").await);
        // The day they fall is to come, so "within" looks ahead: the notice is of thirty days.
        let rule = |days| json!({ "text": format!("vip_falls within {days} days") });
        let browser = signed_in(&app).await;
        let soon = browser.post("/choose/segments/ask", rule(30)).await.expect(200).json;
        assert_eq!(soon["count"], people(&app, "vip_falls=true").await, "{soon}");
        assert_eq!(browser.post("/choose/segments/ask", rule(29)).await.expect(200).json["count"], 0);
        let about = json!({ "text": "vip_falls within 30 days", "party": low });
        let reason = browser.post("/choose/segments/why", about).await.expect(200).json;
        assert_eq!(reason["holds"], true);
        assert!(reason["value"]["en"].as_str().unwrap().ends_with("(in 30 days)"), "{reason}");
        assert!(reason["value"]["ko"].as_str().unwrap().ends_with("(30일 뒤)"), "{reason}");
        app.later(31 * Instant::DAY).await;
        refresh(&app).await;
        let fallen = why(&app, low).await;
        assert_eq!((fallen["tier"].clone(), fallen["history"][0]["cause"].clone()), (Value::Null, json!("time")));
        assert_eq!(fallen["history"].as_array().unwrap().len(), 2);
    }

    async fn a_grant_lifts_with_a_reason_and_ends(app) {
        let parties = thirty(&app).await;
        app.put("/choose/vip", rules()).await.expect(200);
        app.settle().await;
        let path = format!("/choose/vip/parties/{}/grant", parties[0]);
        let silent = json!({ "tier": "gold", "reason": " " });
        assert_eq!(app.put(&path, silent).await.expect(422).fields(), ["reason: reason_required"]);
        let unknown = json!({ "tier": "platinum", "reason": "x", "until": ago(&app, 1) });
        assert_eq!(app.put(&path, unknown).await.expect(422).fields(), ["tier: tier_unknown", "until: day_past"]);
        let until = today(&app).plus(20).to_string();
        let given = app.put(&path, json!({ "tier": "gold", "reason": "Founder's friend", "until": until })).await.expect(200).json;
        assert_eq!((given["tier"].clone(), given["grant_reason"].clone()), (json!("gold"), json!("Founder's friend")));
        assert_eq!(app.get("/choose/vip").await.json["grants"][0]["reason"], "Founder's friend");
        app.later(21 * Instant::DAY).await;
        refresh(&app).await;
        let after = why(&app, &parties[0]).await;
        assert!(after["falls_on"].is_string(), "its end is announced like any fall: {after}");
        signed_in(&app).await.delete(&path).await.expect(204);
        signed_in(&app).await.delete(&path).await.expect(404);
    }

    async fn a_reason_is_masked_and_figures_stay_with_who_reads_them(app) {
        let parties = thirty(&app).await;
        app.put("/choose/vip", rules()).await.expect(200);
        app.settle().await;
        let (best, path) = (&parties[29], format!("/choose/vip/parties/{}", parties[29]));
        let grant = json!({ "tier": "gold", "reason": "전화 010-2345-1234로 부탁" });
        app.put(&format!("{path}/grant"), grant).await.expect(200);
        let approve = json!({ "approve": [{ "party": best, "reason": "사장 010-2345-1234" }] });
        app.post("/choose/accounts/decisions", approve).await.expect(200);
        app.settle().await;
        let analyst = app.signed_in_as(Role::Analyst).await;
        for path in [path.clone(), "/choose/vip".into(), "/choose/accounts".into(), format!("/choose/worth/{best}")] {
            let shown = analyst.get(&path).await.expect(200).text();
            assert!(shown.contains("010-****-1234") && !shown.contains("2345"), "{path}: {shown}");
        }
        let clerk = app.signed_in_as(Role::Clerk).await.get(&path).await.expect(200).json;
        assert_eq!((&clerk["grant_reason"], &clerk["tier"]), (&json!("전화 010-****-1234로 부탁"), &json!("gold")));
        assert_eq!((&clerk["score"], &clerk["unscored"]), (&Value::Null, &json!("hidden")));
        assert_eq!((&clerk["measures"], &clerk["margin"], &clerk["parts"]), (&Value::Null, &Value::Null, &json!([])));
        assert!(analyst.get(&path).await.json["score"].is_i64());
    }

    async fn who_asked_not_to_be_used_has_no_tier_until_they_resume(app) {
        let parties = thirty(&app).await;
        app.put("/choose/vip", rules()).await.expect(200);
        app.settle().await;
        let (best, gold) = (&parties[29], people(&app, "vip_tier=gold").await);
        let moves = why(&app, best).await["history"].clone();
        let path = suspend(&app, best).await;
        assert_eq!(people(&app, "vip_tier=gold").await, gold - 1);
        let stopped = why(&app, best).await;
        assert_eq!((&stopped["tier"], &stopped["score"], &stopped["unscored"]), (&Value::Null, &Value::Null, &json!("suspended")));
        assert_eq!((&stopped["parts"], &stopped["history"]), (&json!([]), &moves), "nobody moved");
        let granting = json!({ "tier": "gold", "reason": "x" });
        let refused = app.put(&format!("/choose/vip/parties/{best}/grant"), granting).await.expect(409);
        assert_eq!(refused.code(), "party_not_used");
        assert_eq!(app.post("/choose/vip/preview", rules()).await.expect(200).json["customers"], 29);
        let mut others = rules();
        others["grace_days"] = json!(20);
        app.put("/choose/vip", others).await.expect(200);
        app.settle().await;
        assert_eq!(why(&app, best).await["tier"], Value::Null, "nor are they judged when everyone is");
        let row = app.get(&format!("/parties?ids={best}")).await.expect(200).json["items"][0].clone();
        assert_eq!((&row["id"], &row["rfm"]), (&json!(best), &Value::Null));
        app.put(&path, json!({ "suspended": false })).await.expect(204);
        app.settle().await;
        let back = why(&app, best).await;
        assert_eq!((&back["tier"], &back["history"]), (&json!("gold"), &moves), "they stand where they stood");
        assert!(back["score"].is_i64() && told(&app, "live").await == 0, "{back}");
    }

    async fn rules_that_contradict_themselves_are_refused(app) {
        let mut odd = rules();
        odd["tiers"] = json!([tier("gold", "score", 80.0), tier("gold", "score", 50.0)]);
        odd["window_months"] = json!(0);
        let refused = app.post("/choose/vip/preview", odd.clone()).await.expect(422).fields();
        assert_eq!(refused, ["tiers: tier_code", "tiers: tier_order", "window_months: window_range"]);
        assert_eq!(app.put("/choose/vip", odd).await.expect(422).code(), "invalid");
    }

    async fn tiers_that_are_taken_away_are_nobodys(app) {
        thirty(&app).await;
        app.put("/choose/vip", rules()).await.expect(200);
        app.settle().await;
        assert!(people(&app, "vip_tier=silver").await > 0);
        let mut none = rules();
        none["tiers"] = json!([]);
        app.put("/choose/vip", none).await.expect(200);
        app.settle().await;
        assert_eq!((people(&app, "vip_tier=silver").await, people(&app, "vip_tier=gold").await), (0, 0));
    }
}
