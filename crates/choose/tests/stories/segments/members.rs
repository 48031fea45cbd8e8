//! Members kept up step by step are the members a full recount finds, over simulated months.

use super::crowd::Random;
use super::saved::saved;
use crate::*;
use choose::segment::rule::from_json;
use choose::segment::{DAILY, Frame, TICK, predicate};
use std::collections::BTreeSet;
use testkit::both_engines;

/// Rules that time moves, that events move, and that follow one another.
const RULES: [(&str, &str); 9] = [
    ("often", "orders >= 3"),
    ("quiet", "last_order before 9 days ago and orders >= 1"),
    ("recent", "last_order within 5 days"),
    ("late", "late or state in (dormant, lost)"),
    ("just", "state_since within 4 days"),
    ("busy", "ordered at least 2 times within 14 days"),
    ("overdue", "overdue > 1.5 and not contacted within 10 days"),
    ("visitors", "visited within 12 days or not last_visit is known"),
    ("both", "in segment \"often\" and not in segment \"recent\""),
];

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
        assert_eq!(told(&app, "segment.rebuilt").await, 9);
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
        assert_eq!(told(&app, "segment.rebuilt").await, 9, "a rebuild is told once a version");
    }

    async fn an_import_moves_people_and_tells_nobody(app) {
        let id = saved(&app, "three", "orders >= 3").await;
        let party: Id<kinds::Party> = someone(&app, "Minjun").await.parse().unwrap();
        let day = today(&app);
        imported(&app, [30, 20, 10].map(|ago| (party, day.plus(-ago), format!("i{ago}"))).into()).await;
        app.settle().await;
        for _ in 0..12 {
            app.later(Instant::SECOND).await;
        }
        assert_eq!(crate::people(&app, &format!("segment={id}")).await, 1);
        assert_eq!(told(&app, "segment.entered").await, 0);
    }
}
