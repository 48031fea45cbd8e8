//! States follow orders and settings.

use crate::*;
use choose::lifecycle::{StateSettings, judge};
use know::facts::store as facts;
use testkit::both_engines;

both_engines! {
    registry();

    async fn orders_make_regulars(app) {
        let sora = someone(&app, "Sora").await;
        app.settle().await;
        assert_eq!(state(&app, &sora).await, "prospect");
        order(&app, &sora, 20, 5_000).await;
        app.settle().await;
        assert_eq!(state(&app, &sora).await, "new");
        order(&app, &sora, 10, 5_000).await;
        app.settle().await;
        assert_eq!(state(&app, &sora).await, "active");
        order(&app, &sora, 1, 5_000).await;
        app.settle().await;
        assert_eq!(state(&app, &sora).await, "regular");
        let states = app.get("/choose/states").await.expect(200);
        assert_eq!(states.json["as_of"], ago(&app, 0));
        assert_eq!(states.json["counts"]["regular"], 1);
        assert_eq!(states.json["counts"].as_object().unwrap().len(), 7);
        assert_eq!(states.json["company_interval_days"], 9.5);
        let timeline = app.get(&format!("/parties/{sora}/timeline?kinds=state")).await.expect(200);
        let items = timeline.json["items"].as_array().unwrap();
        let turns: Vec<_> = items.iter().map(|item| (item["from"].clone(), item["to"].clone())).collect();
        assert_eq!(turns.len(), 3);
        for (from, to) in [("prospect", "new"), ("new", "active"), ("active", "regular")] {
            assert!(turns.contains(&(json!(from), json!(to))), "{from} {to}: {turns:?}");
        }
    }

    async fn other_settings_are_tried_before_they_are_kept(app) {
        customer(&app, "twice", &[30, 10]).await;
        customer(&app, "three times", &[40, 20, 1]).await;
        let states = app.get("/choose/states").await.expect(200);
        let etag = states.header("etag").unwrap().to_owned();
        let mut settings = states.json["settings"].clone();
        settings["regular_orders"] = json!(2);
        let preview = app.post("/choose/states/preview", settings.clone()).await.expect(200).json;
        assert_eq!(preview["counts"]["regular"], 2);
        assert_eq!(preview["now"]["counts"], states.json["counts"]);
        assert_eq!(preview["now"]["counts"]["regular"], 1);
        assert_eq!(people(&app, "state=regular").await, 1, "a preview changes nothing");

        let before = told(&app).await;
        app.put_over("/choose/states/settings", &etag, settings.clone()).await.expect(200);
        app.settle().await;
        assert_eq!(people(&app, "state=regular").await, 2);
        assert_eq!(told(&app).await, before, "a setting is no event in anyone's life");
        assert_eq!(app.get("/choose/states").await.json["settings"], settings);
        assert_eq!(
            app.put_over("/choose/states/settings", &etag, settings).await.expect(412).code(),
            "changed_meanwhile"
        );
    }

    async fn who_moved_between_two_days_is_counted(app) {
        customer(&app, "stays", &[40, 30, 20, 10, 1]).await;
        customer(&app, "comes", &[5]).await;
        let path = format!("/choose/states/transitions?from={}&to={}", ago(&app, 10), ago(&app, 0));
        let moved = app.get(&path).await.expect(200).json;
        let of = |before: &str, after: &str| {
            let moves = moved["moves"].as_array().unwrap();
            let found = moves.iter().find(|one| one["before"] == before && one["after"] == after);
            found.map_or(0, |one| one["people"].as_i64().unwrap())
        };
        assert_eq!((of("regular", "regular"), of("prospect", "new")), (1, 1), "{moved}");
        assert_eq!(app.get("/choose/states/transitions").await.expect(200).json["from"], ago(&app, 30));
        let ahead = format!("/choose/states/transitions?to={}", ago(&app, -1));
        assert_eq!(app.get(&ahead).await.expect(422).fields(), ["from: transition_period"]);
    }

    async fn settings_that_cannot_be_are_refused_by_field(app) {
        let odd = json!({ "active_until": 4, "lost_after": 3, "regular_orders": 0 });
        let fields = ["lost_after: lost_after_range", "regular_orders: regular_orders_range"];
        assert_eq!(app.post("/choose/states/preview", odd.clone()).await.expect(422).fields(), fields);
        assert_eq!(app.put("/choose/states/settings", odd).await.expect(422).fields(), fields);
    }

    async fn an_import_does_not_flood_the_log(app) {
        let party: Id<kinds::Party> = someone(&app, "Minjun").await.parse().unwrap();
        app.settle().await;
        let day = today(&app);
        imported(&app, [30, 20, 10].map(|ago| (party, day.plus(-ago), format!("i{ago}"))).into()).await;
        app.settle().await;
        assert_eq!(state(&app, &party.to_string()).await, "regular");
        assert_eq!(told(&app).await, 0);
        assert_eq!(app.get("/choose/rfm").await.json["missing"]["code"], "not_computed");
        app.later(5 * Instant::SECOND).await;
        let missing = app.get("/choose/rfm").await.json;
        assert_eq!(missing["missing"]["params"], json!({ "have": 1, "need": 25 }), "the refresh came by itself");
    }

    async fn states_kept_up_are_the_states_of_a_recount(app) {
        let mut parties: Vec<Id<kinds::Party>> = Vec::new();
        for number in 0..30 {
            parties.push(someone(&app, &format!("p{number}")).await.parse().unwrap());
        }
        let (now, mut orders, mut random) = (today(&app), Vec::new(), 7_u64);
        let mut below = |bound: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i64::try_from((random >> 33) % bound).unwrap()
        };
        for (position, party) in parties.iter().enumerate() {
            for number in 0..below(9) {
                orders.push((*party, now.plus(-below(400)), format!("o{position}-{number}")));
            }
        }
        for position in (1..orders.len()).rev() {
            let other = usize::try_from(below(position as u64 + 1)).unwrap();
            orders.swap(position, other);
        }
        for some in orders.chunks(40) {
            imported(&app, some.to_vec()).await;
            app.settle().await;
        }
        tick(&app).await;
        let kept_up = standings(&app).await;
        assert!(kept_up.iter().map(|standing| &standing.1).collect::<std::collections::BTreeSet<_>>().len() >= 5);
        assert_eq!(kept_up, recount(&app).await);

        let forget = app.db().write(Lane::Interactive, |tx| {
            sql!("update facts set state = 'prospect', state_since = null, state_changes_at = null").execute(tx).boxed()
        });
        forget.await.unwrap();
        assert_ne!(kept_up, standings(&app).await);
        refresh(&app).await;
        assert_eq!(kept_up, standings(&app).await);
    }
}

type Row = (Id<kinds::Party>, String, Option<Day>, Option<Day>, Option<f64>, Option<Day>);

/// Where everyone stands by their facts.
async fn standings(app: &TestApp) -> Vec<Row> {
    let mut tx = app.db().read().await.unwrap();
    sql!("select party, state, state_since, state_changes_at, usual_interval, late_from from facts order by party")
        .fetch_all(&mut tx)
        .await
        .unwrap()
}

/// Where everyone stands by their order lines alone.
async fn recount(app: &TestApp) -> Vec<Row> {
    let mut tx = app.db().read().await.unwrap();
    let company = facts::company_interval(&mut tx).await.unwrap();
    let kept = facts::kept_page(&mut tx, i64::MIN, 1_000).await.unwrap();
    let mut rows = Vec::new();
    for party in kept.into_iter().map(|kept| kept.party) {
        let days: Vec<(Day,)> = sql!("select distinct day from order_lines where party = $1 order by day")
            .bind(party)
            .fetch_all(&mut tx)
            .await
            .unwrap();
        let days: Vec<Day> = days.into_iter().map(|(day,)| day).collect();
        let judged = judge(&days, today(app), company, &StateSettings::default());
        let state = judged.state.text().to_owned();
        rows.push((party, state, judged.since, judged.changes_at, judged.interval, judged.late_from));
    }
    rows
}
