//! Every route has a rule, every statement runs on both engines.

use crate::*;
use testkit::both_engines;

#[test]
fn every_route_has_a_rule() {
    assert_eq!(registry().unruled(), (vec![], vec![]));
}

both_engines! {
    registry();

    async fn every_statement_prepares(app) {
        assert!(app.every_statement_prepares().await > 100);
    }

    async fn strangers_see_nothing_and_staff_bring_no_files(app) {
        for path in ["/parties", "/parties/summary", "/parties/export", "/search?q=1", "/imports", "/views"] {
            app.anonymous().get(path).await.expect(401);
        }
        let staff = app.staff().await;
        staff.get("/parties").await.expect(200);
        staff.get("/parties/export").await.expect(403);
        assert_eq!(staff.upload("/imports?name=a.csv", b"a,b".to_vec()).await.expect(403).code(), "not_allowed");
        assert!(!app.app().data_folder().join("uploads").exists(), "nothing was kept of a refused file");
    }
}
