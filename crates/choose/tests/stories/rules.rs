//! Every route has a rule, every statement runs on both engines.

use crate::registry;

#[test]
fn every_route_of_choose_has_a_rule() {
    let (unruled, unrouted) = registry().unruled();
    let ours =
        |list: Vec<String>| list.into_iter().filter(|path| path.contains("/choose/")).collect::<Vec<_>>();
    assert_eq!((ours(unruled), ours(unrouted)), (vec![], vec![]));
}

testkit::both_engines! {
    registry();

    async fn every_statement_prepares(app) {
        assert!(app.every_statement_prepares().await > 100);
    }

    async fn staff_look_and_do_not_set(app) {
        let staff = app.staff().await;
        for path in ["/choose/states", "/choose/rfm", "/choose/visits"] {
            staff.get(path).await.expect(200);
            app.anonymous().get(path).await.expect(401);
        }
        let settings = app.get("/choose/states").await.json["settings"].clone();
        staff.post("/choose/states/preview", settings.clone()).await.expect(200);
        assert_eq!(staff.put("/choose/states/settings", settings).await.expect(403).code(), "not_allowed");
    }
}
