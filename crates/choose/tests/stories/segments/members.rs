//! Members kept up step by step are the members a full recount finds, over simulated months.

use super::crowd::Random;
use super::saved::saved;
use crate::*;
use choose::segment::rule::catalogue::{Field, Kind, Source};
use choose::segment::rule::from_json;
use choose::segment::{DAILY, Frame, TICK, predicate};
use proptest::prelude::*;
use std::collections::BTreeSet;
use testkit::both_engines;

/// Rules that time moves, that events move, and that follow one another.
const RULES: [(&str, &str); 10] = [
    ("often", "orders >= 3"),
    ("quiet", "last_order before 9 days ago and orders >= 1"),
    ("recent", "last_order within 5 days"),
    ("late", "late or state in (dormant, lost)"),
    ("just", "state_since within 4 days"),
    ("busy", "ordered at least 2 times within 14 days"),
    ("overdue", "overdue > 1.5 and not contacted within 10 days"),
    ("visitors", "visited within 12 days or not last_visit is known"),
    ("both", "in segment \"often\" and not in segment \"recent\""),
    ("unhappy", "open_complaints > 0 and orders >= 1"),
];

/// Asking it fails on both engines, but only where there is somebody to ask.
const BROKEN: Field = Field {
    name: "broken",
    aliases: &[],
    kind: Kind::Int,
    source: Source::Value("abs(f.orders * 0 - 9223372036854775807 - 1)"),
    folded: None,
    historical: false,
};
choose::inventory::submit! { BROKEN }

/// Puts a rule in the place of a segment's, past every check.
async fn break_rule(app: &TestApp, id: Id<kinds::Segment>, rule: Value) {
    let breaking = app.db().write(Lane::Interactive, move |tx| {
        sql!("update segments set rule = $1 where id = $2").bind(rule).bind(id).execute(tx).boxed()
    });
    breaking.await.unwrap();
}

/// Who is kept as a member of each segment, and who a recount finds.
async fn kept_and_counted(app: &TestApp, ids: &[String]) -> Vec<(BTreeSet<i64>, BTreeSet<i64>)> {
    let mut tx = app.db().read().await.unwrap();
    let frame = Frame::load(&mut tx).await.unwrap();
    let mut all = Vec::new();
    for id in ids {
        let number: Id<kinds::Segment> = id.parse().unwrap();
        let kept: Vec<(i64,)> = sql!("select party from segment_members where segment = $1")
            .bind(number)
            .fetch_all(&mut tx)
            .await
            .unwrap();
        let rule: (store::Json<Value>,) =
            sql!("select rule from segments where id = $1").bind(number).fetch_one(&mut tx).await.unwrap();
        let rule = from_json(&rule.0.0).unwrap();
        let counted: Vec<(i64,)> =
            predicate(&rule, &frame).unwrap().query("f.party", "").fetch_all(&mut tx).await.unwrap();
        let set = |rows: Vec<(i64,)>| rows.into_iter().map(|(party,)| party).collect();
        all.push((set(kept), set(counted)));
    }
    all
}

async fn agree(app: &TestApp, ids: &[String], when: &str) -> usize {
    let all = kept_and_counted(app, ids).await;
    for ((name, text), (kept, counted)) in RULES.iter().zip(&all) {
        assert_eq!(kept, counted, "{name} ({text}) {when}");
    }
    all.iter().map(|(kept, _)| kept.len()).sum()
}

async fn told(app: &TestApp, kind: &str) -> i64 {
    let mut tx = app.db().read().await.unwrap();
    let (count,): (i64,) = sql!("select count(*) from interactions where kind = $1")
        .bind(kind)
        .fetch_one(&mut tx)
        .await
        .unwrap();
    count
}

both_engines! {
    registry();

    async fn step_by_step_is_what_a_recount_finds(app) {
        let mut ids = Vec::new();
        for (name, text) in RULES {
            ids.push(saved(&app, name, text).await);
        }
        assert_eq!(told(&app, "segment.rebuilt").await, 10);
        tick(&app).await;
        let now = app.clock().now();
        let setting = app.db().write(Lane::Interactive, move |tx| timer::set(tx, TICK, DAILY, now).boxed());
        setting.await.unwrap();
        let mut random = Random(23);
        let mut people = Vec::new();
        for number in 0..12 {
            people.push(customer(&app, &format!("p{number}"), &[]).await);
        }
        let mut moved = 0;
        for day in 0..60 {
            for _ in 0..random.below(4) {
                let party = &people[usize::try_from(random.below(12)).unwrap()];
                match random.below(5) {
                    0 => {
                        let visit = json!({ "at": app.clock().now().to_string() });
                        signed_in(&app).await.post(&format!("/parties/{party}/visits"), visit).await.expect(201);
                    }
                    1 => {
                        let note = json!({ "text": "hello", "contact": "called" });
                        signed_in(&app).await.post(&format!("/parties/{party}/notes"), note).await.expect(201);
                    }
                    _ => order(&app, party, random.below(3), 5_000).await,
                }
            }
            app.settle().await;
            moved += agree(&app, &ids, &format!("in the evening of day {day}")).await;
            app.later(Instant::DAY).await;
            agree(&app, &ids, &format!("on the morning after day {day}")).await;
        }
        assert!(moved > 500, "people move in and out: {moved}");
        let (entered, left) = (told(&app, "segment.entered").await, told(&app, "segment.left").await);
        let members: usize = kept_and_counted(&app, &ids).await.iter().map(|(kept, _)| kept.len()).sum();
        assert_eq!(usize::try_from(entered - left).unwrap(), members, "what was told adds up");
        assert_eq!(told(&app, "segment.rebuilt").await, 10, "a rebuild is told once a version");
    }

    async fn whoever_is_merged_away_leaves_every_segment(app) {
        let quiet = saved(&app, "quiet", "not last_visit is known").await;
        let one = customer(&app, "Minjun", &[]).await;
        let other = customer(&app, "Minjoon", &[]).await;
        app.settle().await;
        assert_eq!(kept_and_counted(&app, std::slice::from_ref(&quiet)).await[0].0.len(), 2);
        app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201);
        app.settle().await;
        let (kept, counted) = kept_and_counted(&app, &[quiet]).await.remove(0);
        assert_eq!(kept.len(), 1);
        assert_eq!(kept, counted);
    }

    async fn what_an_import_moves_is_told_as_its_doing(app) {
        let id = saved(&app, "three", "orders >= 3").await;
        let party: Id<kinds::Party> = someone(&app, "Minjun").await.parse().unwrap();
        let day = today(&app);
        imported(&app, [30, 20, 10].map(|ago| (party, day.plus(-ago), format!("i{ago}"))).into()).await;
        app.settle().await;
        for _ in 0..12 {
            app.later(Instant::SECOND).await;
        }
        assert_eq!(crate::people(&app, &format!("segment={id}")).await, 1);
        let origins = origins(&app, "segment.entered").await;
        assert_eq!(origins, ["import"], "effects do not hear of it");
    }

    async fn a_rule_that_the_engine_cannot_answer_stops_no_other(app) {
        let good = saved(&app, "three", "orders >= 3").await;
        let bad = saved(&app, "bad", "orders >= 1").await;
        let number: Id<kinds::Segment> = bad.parse().unwrap();
        break_rule(&app, number, json!({ "field": "broken", "op": ">", "value": 1 })).await;
        let sora = customer(&app, "Sora", &[30, 20, 10]).await;
        assert_eq!(crate::people(&app, &format!("segment={good}")).await, 1, "{sora}");
        let list = app.get("/choose/segments").await.expect(200).json;
        let failed = list["segments"].as_array().unwrap().iter().find(|segment| segment["id"] == json!(bad)).unwrap();
        assert!(failed["failure"].is_string(), "{failed}");
        // Changing it is the way out.
        let edit = json!({ "name": "bad", "text": "orders >= 1" });
        app.put(&format!("/choose/segments/{bad}"), edit).await.expect(200);
        app.settle().await;
        assert_eq!(crate::people(&app, &format!("segment={bad}")).await, 1);
        assert!(app.get(&format!("/choose/segments/{bad}")).await.json["failure"].is_null());
    }
}

/// The origins under which the log has entries of a kind.
async fn origins(app: &TestApp, kind: &str) -> Vec<String> {
    let mut tx = app.db().read().await.unwrap();
    let rows: Vec<(String,)> = sql!("select origin from interactions where kind = $1 order by seq")
        .bind(kind)
        .fetch_all(&mut tx)
        .await
        .unwrap();
    rows.into_iter().map(|(origin,)| origin).collect()
}

/// Something that happens on a day.
#[derive(Debug, Clone)]
enum Act {
    Order { who: usize, ago: i64 },
    Visit { who: usize },
    Call { who: usize },
    Complain { who: usize },
    Settle { who: usize },
    Edit { segment: usize, rule: usize },
    Merge { one: usize, other: usize },
}

const PEOPLE: usize = 6;

fn act() -> impl Strategy<Value = Act> {
    let who = || 0..PEOPLE;
    prop_oneof![
        8 => (who(), 0..40_i64).prop_map(|(who, ago)| Act::Order { who, ago }),
        2 => who().prop_map(|who| Act::Visit { who }),
        2 => who().prop_map(|who| Act::Call { who }),
        2 => who().prop_map(|who| Act::Complain { who }),
        1 => who().prop_map(|who| Act::Settle { who }),
        // The last but one asks about two others, and may not become one they ask about.
        1 => (0..8_usize, 0..8_usize).prop_map(|(segment, rule)| Act::Edit { segment, rule }),
        1 => (who(), who()).prop_map(|(one, other)| Act::Merge { one, other }),
    ]
}

/// Days, each with what happens on it and how many days pass before the next.
fn history() -> impl Strategy<Value = Vec<(Vec<Act>, i64)>> {
    prop::collection::vec((prop::collection::vec(act(), 0..5), 1..9_i64), 4..14)
}

async fn live_through(app: &TestApp, days: &[(Vec<Act>, i64)]) {
    let mut ids = Vec::new();
    for (name, text) in RULES {
        ids.push(saved(app, name, text).await);
    }
    let now = app.clock().now();
    let setting = app.db().write(Lane::Interactive, move |tx| timer::set(tx, TICK, DAILY, now).boxed());
    setting.await.unwrap();
    tick(app).await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(customer(app, &format!("p{number}"), &[]).await);
    }
    for (day, (acts, pass)) in days.iter().enumerate() {
        for act in acts {
            perform(app, &ids, &people, act).await;
        }
        app.settle().await;
        agree(app, &ids, &format!("in the evening of day {day}")).await;
        app.later(pass * Instant::DAY).await;
        agree(app, &ids, &format!("{pass} days after day {day}")).await;
    }
}

/// Does it; what is refused (somebody who was merged away) is nothing that happens.
async fn perform(app: &TestApp, ids: &[String], people: &[String], act: &Act) {
    let api = signed_in(app).await;
    match act {
        Act::Order { who, ago } => {
            let lines = [json!({ "product": "coffee", "quantity": 1, "amount_minor": 5_000 })];
            let body = json!({ "party": people[*who], "at": noon(app, *ago).to_string(), "lines": lines });
            api.post("/orders", body).await;
        }
        Act::Visit { who } => {
            let body = json!({ "at": app.clock().now().to_string() });
            api.post(&format!("/parties/{}/visits", people[*who]), body).await;
        }
        Act::Call { who } => {
            let body = json!({ "text": "hello", "contact": "called" });
            api.post(&format!("/parties/{}/notes", people[*who]), body).await;
        }
        Act::Complain { who } | Act::Settle { who } => {
            let kind =
                if matches!(act, Act::Settle { .. }) { "complaint.closed" } else { "complaint.opened" };
            api.post(&format!("/parties/{}/events", people[*who]), json!({ "kind": kind })).await;
        }
        Act::Edit { segment, rule } => {
            let body = json!({ "name": RULES[*segment].0, "text": RULES[*rule].1, "heard": true });
            api.put(&format!("/choose/segments/{}", ids[*segment]), body).await;
        }
        Act::Merge { one, other } => {
            let body = json!({ "survivor": people[*one], "absorbed": [people[*other]] });
            api.post("/merges", body).await;
        }
    }
}

/// Histories that are lived through…
const HISTORIES: u32 = 2;
/// …and in the large run.
const SOAK_HISTORIES: u32 = 200;

#[test]
fn any_history_leaves_the_members_that_a_recount_finds() {
    let cases = if std::env::var_os("DANGOL_SOAK").is_some() { SOAK_HISTORIES } else { HISTORIES };
    let config = ProptestConfig {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let found = runner.run(&history(), |days| {
        testkit::run(async {
            let apps = [Some(TestApp::sqlite(registry()).await), TestApp::postgres(registry()).await];
            for app in apps.into_iter().flatten() {
                live_through(&app, &days).await;
            }
        });
        Ok(())
    });
    found.unwrap_or_else(|error| panic!("{error}"));
}
