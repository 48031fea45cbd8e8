//! Who may do what: every route has a rule, and a route without one is closed.

use testkit::{TestApp, both_engines};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{App, Permission, Registry, Role};

#[utoipa::path(get, path = "/forgotten", responses((status = 200)))]
async fn forgotten() {}

#[utoipa::path(get, path = "/exports", responses((status = 200)))]
async fn exports() {}

/// A registry in which one route was given no rule.
fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.routes(OpenApiRouter::<App>::new().routes(routes!(forgotten)).routes(routes!(exports)));
    registry.allow("GET", "/exports", Permission::Export);
    registry
}

both_engines! {
    registry();

    async fn a_route_without_a_rule_is_closed_even_to_the_owner(app) {
        assert_eq!(app.get("/forgotten").await.expect(403).code(), "not_allowed");
        assert_eq!(app.anonymous().get("/forgotten").await.expect(403).code(), "not_allowed");
    }

    async fn roles_open_what_their_rule_allows(app) {
        app.get("/exports").await.expect(200);
        app.signed_in_as(Role::Manager).await.get("/exports").await.expect(200);
        assert_eq!(app.staff().await.get("/exports").await.expect(403).code(), "not_allowed");
        assert_eq!(app.anonymous().get("/exports").await.expect(401).code(), "sign_in_required");
    }
}

#[test]
fn the_front_door_has_a_rule_for_every_route_and_a_route_for_every_rule() {
    assert_eq!(Registry::new().unruled(), (vec![], vec![]));
    assert_eq!(registry().unruled(), (vec!["GET /forgotten".to_owned()], vec![]));
}

#[test]
fn the_description_has_every_route_under_its_prefix() {
    testkit::run(async {
        let app = TestApp::sqlite(Registry::new()).await;
        let document = app.anonymous().get("/openapi.json").await.expect(200).json;
        for path in
            ["/session", "/session/claim", "/company", "/today", "/today/{id}/later", "/jobs/{id}", "/live"]
        {
            assert!(document["paths"][format!("/api/v1{path}")].is_object(), "{path}");
        }
        assert!(document["components"]["schemas"]["Company"]["properties"]["zone"].is_object());
        assert!(document["components"]["schemas"]["Problem"]["properties"]["code"].is_object());
    });
}
