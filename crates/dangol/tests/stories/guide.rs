//! The requests of the guide, run as they stand there, with the answers it shows.
//!
//! A fence says how: ```` ```json POST /events 200 ```` is a request and the status it gets, ```` ```json answer ````
//! what its answer holds at least.

use serde_json::Value;
use testkit::both_engines;

const GUIDE: &str = include_str!("../../../../docs/guide/events.md");

/// Whether `answer` holds everything of `shown`.
fn holds(answer: &Value, shown: &Value) -> bool {
    match (answer, shown) {
        (Value::Object(answer), Value::Object(shown)) => {
            shown.iter().all(|(name, value)| answer.get(name).is_some_and(|found| holds(found, value)))
        }
        (Value::Array(answer), Value::Array(shown)) => {
            answer.len() == shown.len() && answer.iter().zip(shown).all(|(one, other)| holds(one, other))
        }
        (answer, shown) => answer == shown,
    }
}

both_engines! {
    dangol::registry();

    async fn the_guide_says_what_happens(app) {
        let (mut requests, mut last) = (0, Value::Null);
        for fence in GUIDE.split("```json ").skip(1) {
            let (said, rest) = fence.split_once('\n').unwrap();
            let body: Value = serde_json::from_str(rest.split("```").next().unwrap()).unwrap();
            let words: Vec<&str> = said.split(' ').collect();
            match words[..] {
                ["POST", path, status] => {
                    last = app.post(path, body).await.expect(status.parse().unwrap()).json;
                    requests += 1;
                }
                ["answer"] => assert!(holds(&last, &body), "the guide shows {body}, the program answers {last}"),
                _ => panic!("```json {said} is not understood"),
            }
        }
        assert!(requests >= 5, "{requests} requests were found");
    }
}
