//! The company: defaults, changes, versions, opening one from the demo.

use async_trait::async_trait;
use futures::FutureExt;
use kernel::Currency;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use testkit::{Setup, TestApp, both_engines};
use web::{Actor, Answer, Company, Config, Registry, StartCompany};

fn cafe() -> Value {
    json!({ "name": "단골 커피", "zone": "Asia/Seoul", "currency": "KRW", "week_start": "sunday",
            "locale": "ko", "margin_percent": 62.5, "discount_percent": 8.0 })
}

both_engines! {
    Registry::new();

    async fn a_company_is_seoul_and_won_until_someone_says(app) {
        let company = app.get("/company").await.expect(200);
        assert_eq!(company.header("etag"), Some("\"0\""));
        assert_eq!(company.json["currency"], "KRW");
        assert_eq!(company.json["set_up"], false);
        let changed = app.put("/company", cafe()).await.expect(200);
        assert_eq!(changed.json["name"], "단골 커피");
        assert_eq!(changed.json["set_up"], true);
        assert_eq!(app.get("/session").await.json["company"], changed.json);
    }

    async fn of_two_who_change_it_the_second_is_told(app) {
        let etag = app.get("/company").await.header("etag").unwrap().to_owned();
        app.put_over("/company", &etag, cafe()).await.expect(200);
        let late = app.put_over("/company", &etag, cafe()).await.expect(412);
        assert_eq!(late.code(), "changed_meanwhile");
    }

    async fn faults_are_told_field_by_field(app) {
        let wrong = json!({ "name": " ", "zone": "Seoul", "currency": "won!", "margin_percent": 120 });
        let refused = app.put("/company", wrong).await.expect(422);
        assert_eq!(
            refused.fields(),
            ["name: required", "zone: zone_unknown", "currency: currency_unknown", "margin_percent: percent_invalid"]
        );
        app.staff().await.put("/company", cafe()).await.expect(403);
    }

    async fn only_the_demo_opens_an_own_company(app) {
        let asked = json!({ "name": "새 가게", "zone": "Asia/Seoul", "currency": "KRW" });
        assert_eq!(app.post("/company/start", asked).await.expect(409).code(), "not_the_demo");
    }
}

/// Notes what it was asked to open.
#[derive(Default)]
struct Opener(Mutex<Vec<String>>);

#[async_trait]
impl StartCompany for Opener {
    async fn start(&self, name: String, zone: String, currency: Currency, actor: Actor) -> Answer<()> {
        self.0.lock().unwrap().push(format!("{name} {zone} {currency} {}", actor.name));
        Ok(())
    }
}

async fn make_demo(app: &TestApp) {
    let made = app.db().write(store::Lane::Interactive, |tx| {
        async move { Company { demo: true, ..Company::default() }.save(tx).await }.boxed()
    });
    made.await.unwrap();
}

#[test]
fn the_demo_hands_the_opening_to_the_program() {
    testkit::run(async {
        let opener = Arc::new(Opener::default());
        let config = Config { on_start_company: Some(opener.clone()), ..Config::default() };
        let app = TestApp::sqlite(Setup { registry: Registry::new(), config }).await;
        make_demo(&app).await;
        let asked = json!({ "name": "새 가게", "zone": "Asia/Seoul", "currency": "KRW" });
        app.post("/company/start", asked).await.expect(202);
        assert_eq!(*opener.0.lock().unwrap(), ["새 가게 Asia/Seoul KRW owner 0"]);
    });
}

#[test]
fn whoever_opens_an_own_company_stays_signed_in_there() {
    testkit::run(async {
        let demo = TestApp::sqlite(Registry::new()).await;
        let own = TestApp::sqlite(Registry::new()).await;
        let id = demo.get("/session").await.json["user"]["id"].as_str().unwrap().parse().unwrap();
        // The other company's first user has the same id and address here, so it is asked for by another one.
        let staff = demo.limited(web::Role::Staff, None).await;
        let staff_id = staff.get("/session").await.json["user"]["id"].as_str().unwrap().parse().unwrap();
        web::session::carry_over(demo.db(), own.db(), staff_id).await.unwrap();
        let mut request = testkit::Client::request(axum::http::Method::GET, "/session");
        request.headers_mut().insert("cookie", staff.cookie().unwrap().parse().unwrap());
        let session = own.anonymous().send(request).await.expect(200).json;
        assert_eq!(session["user"]["email"], "staff1@example.com");
        // Whoever opens a company owns it, and sees everyone there.
        assert_eq!((&session["user"]["role"], &session["user"]["scope"]), (&json!("owner"), &json!("all")));
        web::session::carry_over(demo.db(), own.db(), id).await.unwrap();
    });
}
