//! What machines ask: whether the program lives, whether it can answer, and its figures.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use std::net::SocketAddr;
use testkit::{Reply, Setup, TestApp, both_engines};
use web::{Config, Door, Registry};

/// Asks outside of the interface, with these headers.
async fn ask(app: &TestApp, path: &str, peer: [u8; 4], headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 50_000))));
    app.anonymous().send(request).await
}

const HERE: [u8; 4] = [127, 0, 0, 1];
const ELSEWHERE: [u8; 4] = [203, 0, 113, 9];

both_engines! {
    Registry::new();

    async fn machines_are_told_whether_it_lives_and_how_it_is(app) {
        assert_eq!(ask(&app, "/health/live", HERE, &[]).await.expect(200).json["status"], "ok");
        assert_eq!(ask(&app, "/health/ready", HERE, &[]).await.expect(200).json["status"], "ok");
        let told = ask(&app, "/metrics", HERE, &[]).await.expect(200);
        assert!(told.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
        let text = String::from_utf8(told.bytes).unwrap();
        for line in ["dangol_answers_total{status=\"2xx\"} 2", "dangol_answer_seconds_count 2", "dangol_sending_frozen 0",
            "dangol_jobs{state=\"queued\"} 0", "dangol_answer_seconds_bucket{le=\"+Inf\"} 2"] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        assert_eq!(text.matches("# TYPE dangol_jobs gauge").count(), 1);
        assert!(text.contains("dangol_database_bytes") && !text.contains("dangol_database_bytes 0"), "{text}");
    }
}

#[test]
fn figures_are_not_for_everyone() {
    testkit::run(async {
        let config =
            Config { door: Door::Proxy, metrics_token: Some("a long secret".into()), ..Config::default() };
        let app = TestApp::sqlite(Setup { registry: Registry::new(), config }).await;
        assert_eq!(ask(&app, "/metrics", ELSEWHERE, &[]).await.expect(403).code(), "metrics_refused");
        let passed_on = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
        ask(&app, "/metrics", HERE, &passed_on).await.expect(403);
        ask(&app, "/metrics", HERE, &[]).await.expect(200);
        ask(&app, "/metrics", ELSEWHERE, &[("authorization", "Bearer a long secret")]).await.expect(200);
        ask(&app, "/metrics", HERE, &[("authorization", "Bearer another")]).await.expect(403);
        ask(&app, "/health/ready", ELSEWHERE, &[]).await.expect(200);
    });
}

#[test]
fn a_program_without_its_database_is_not_ready() {
    testkit::run(async {
        let app = TestApp::sqlite(Registry::new()).await;
        app.db().clone().close().await.unwrap();
        assert_eq!(ask(&app, "/health/ready", HERE, &[]).await.expect(503).json["why"], "database");
        ask(&app, "/health/live", HERE, &[]).await.expect(200);
        let told = app.get("/today").await.expect(503);
        assert!(
            told.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|it| it > 0))
        );
        assert_eq!(told.header("content-type"), Some("application/problem+json"));
    });
}
