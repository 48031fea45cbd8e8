//! Random rules over random people: both engines and the evaluator in memory agree, and as of today the answer from
//! order rows is the answer from facts.

use super::crowd::{Random, crowd, rule};
use crate::*;
use choose::segment::rule::{Book, Rule, parse};
use choose::segment::{Frame, Question, as_of, count, people};
use std::collections::BTreeSet;

/// Rules asked of the crowd…
const RULES: usize = 200;
/// …and in the large run.
const SOAK_RULES: usize = 10_000;
const PEOPLE: usize = 60;

fn rules() -> usize {
    if std::env::var_os("DANGOL_SOAK").is_some() { SOAK_RULES } else { RULES }
}

/// The places in the crowd of those whom the rule means.
async fn meant(app: &TestApp, crowd: &[Id<kinds::Party>], rule: &Rule, text: &str) -> BTreeSet<usize> {
    let mut tx = app.db().read().await.unwrap();
    let frame = Frame::load(&mut tx).await.unwrap();
    let question = Question::of(rule, &frame).unwrap();
    let predicate = &question.each;
    let asked = predicate.query("f.party", "").fetch_all(&mut tx).await;
    let rows: Vec<(Id<kinds::Party>,)> =
        asked.unwrap_or_else(|error| panic!("{text}: {error}\n{}", predicate.text));
    let by_sql: BTreeSet<_> = rows.into_iter().map(|(party,)| party).collect();
    let gathered = count(&mut tx, &question)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}\n{}", question.set.text));
    assert_eq!(usize::try_from(gathered).unwrap(), by_sql.len(), "{text}\n{}", question.set.text);
    let known = people(&mut tx, rule, crowd, &frame).await.unwrap();
    let in_memory: BTreeSet<_> =
        known.iter().filter(|person| person.is_meant(rule, &frame)).map(|person| person.party).collect();
    assert_eq!(by_sql, in_memory, "{text}\n{}", predicate.text);
    let from_rows = as_of(app.db(), rule, &frame, PEOPLE).await.unwrap();
    assert_eq!(from_rows.sample.into_iter().collect::<BTreeSet<_>>(), by_sql, "as of today: {text}");
    crowd.iter().enumerate().filter(|(_, party)| by_sql.contains(party)).map(|(place, _)| place).collect()
}

#[test]
fn both_engines_and_the_evaluator_agree() {
    testkit::run(async {
        let one = TestApp::sqlite(registry()).await;
        let two = TestApp::postgres(registry()).await;
        let here = crowd(&one, 11, PEOPLE).await;
        let there = match &two {
            Some(two) => crowd(two, 11, PEOPLE).await,
            None => Vec::new(),
        };
        let (mut random, mut some, mut none) = (Random(5), 0, 0);
        for _ in 0..rules() {
            let text = rule(&mut random, 3);
            let rule = parse(&text, &Book::default()).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            let left = meant(&one, &here, &rule, &text).await;
            if let Some(two) = &two {
                assert_eq!(left, meant(two, &there, &rule, &text).await, "the engines differ: {text}");
            }
            if left.is_empty() || left.len() == PEOPLE { none += 1 } else { some += 1 }
        }
        assert!(some * 3 > rules(), "rules tell people apart: {some} do, {none} do not");
    });
}

#[test]
fn the_largest_rule_is_asked_on_both_engines() {
    testkit::run(async {
        for app in [Some(TestApp::sqlite(registry()).await), TestApp::postgres(registry()).await]
            .into_iter()
            .flatten()
        {
            let crowd = crowd(&app, 3, 10).await;
            for by in [" or ", " and "] {
                let leaves: Vec<_> = (0..500).map(|number| format!("orders != {number}")).collect();
                let text = format!("{}{}{}", "not (".repeat(15), leaves.join(by), ")".repeat(15));
                let rule = parse(&text, &Book::default()).unwrap();
                meant(&app, &crowd, &rule, "the largest rule").await;
            }
        }
    });
}
