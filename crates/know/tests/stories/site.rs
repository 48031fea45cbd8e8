//! Visits of the company's website, told as its pages tell them, and as hostile pages would.

use crate::*;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use futures::FutureExt;
use kernel::Instant;
use std::net::SocketAddr;
use store::{Lane, sql, timer};
use testkit::both_engines;
use web::Role;

const ORIGIN: &str = "https://beans.example";

async fn switch_on(app: &TestApp) {
    let settings = json!({ "on": true, "origins": [ORIGIN], "kept_days": 30 });
    app.put("/settings/site", settings).await.expect(200);
}

/// A page's request, as a browser makes it from another site.
fn request(method: Method, origin: &str, body: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri("/w/visit")
        .header(header::ORIGIN, origin)
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

async fn tell(app: &TestApp, visit: Value) -> Reply {
    app.anonymous().send(request(Method::POST, ORIGIN, &visit.to_string())).await
}

/// The counts: path, source, campaign, pages, visits.
async fn counts(app: &TestApp) -> Vec<(String, String, String, i64, i64)> {
    let mut tx = app.db().read().await.unwrap();
    sql!("select path, source, campaign, pages, visits from site_days order by path, source, campaign")
        .fetch_all(&mut tx)
        .await
        .unwrap()
}

async fn somebody(app: &TestApp) -> String {
    let new = json!({ "name": "김하나", "email": "hana@example.com" });
    app.post("/parties", new).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

async fn token(app: &TestApp, party: &str) -> String {
    let made = app.post("/site/tokens", json!({ "party": party })).await.expect(201).json;
    made["token"].as_str().unwrap().to_owned()
}

/// A request of a kind by somebody who is known; gives its path.
async fn identified(app: &TestApp, party: &str, kind: &str) -> String {
    let asked = json!({ "party": party, "kind": kind, "way": "phone", "words": "김하나입니다" });
    let id = app.post("/requests", asked).await.expect(201).json["id"].as_str().unwrap().to_owned();
    app.post(&format!("/requests/{id}/identity"), json!({ "how": "known_contact" })).await.expect(200);
    format!("/requests/{id}")
}

async fn timeline(app: &TestApp, party: &str) -> Vec<Value> {
    let page = app.get(&format!("/parties/{party}/timeline?kinds=site_visit")).await.expect(200).json;
    page["items"].as_array().unwrap().clone()
}

both_engines! {
    registry();

    async fn the_script_is_served_to_other_sites_and_is_silent_while_it_is_off(app) {
        let script = |query: &str| Request::get(format!("/w/dangol.js{query}")).body(Body::empty()).unwrap();
        let off = app.anonymous().send(script("?banner")).await.expect(200);
        assert!(!off.text().contains("fetch"), "{}", off.text());
        switch_on(&app).await;
        let plain = app.anonymous().send(script("")).await.expect(200);
        assert_eq!(plain.header("cross-origin-resource-policy"), Some("cross-origin"));
        assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(plain.header("set-cookie"), None);
        assert!(plain.text().contains("fetch") && !plain.text().contains("동의"));
        let asking = app.anonymous().send(script("?banner")).await.expect(200).text();
        assert!(asking.contains("동의해요") && asking.contains("Refuse") && asking.contains("30"), "{asking}");
        let page = app.anonymous().send(Request::get("/p/page.css").body(Body::empty()).unwrap()).await;
        assert_eq!(page.header("cross-origin-resource-policy"), Some("same-origin"), "nothing else is open");
    }

    async fn a_visit_of_nobody_known_is_a_count_and_nothing_else(app) {
        switch_on(&app).await;
        let first = json!({ "page": "/product/12?name=minji", "from": "search.example", "source": "Newsletter", "medium": "email", "campaign": "spring", "fresh": true });
        let told = tell(&app, first).await.expect(204);
        assert_eq!(told.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!((told.header("set-cookie"), told.header("access-control-allow-credentials")), (None, None));
        tell(&app, json!({ "page": "/product/12", "from": "beans.example" })).await.expect(204);
        tell(&app, json!({ "page": "/order/20261120-0000011", "from": "search.example", "fresh": true })).await.expect(204);
        // Without a token a name of a visit says nothing.
        tell(&app, json!({ "page": "/", "visit": "abcdefghij", "fresh": true })).await.expect(204);
        let row = |path: &str, source: &str, campaign: &str, pages, visits| (path.to_owned(), source.to_owned(), campaign.to_owned(), pages, visits);
        assert_eq!(counts(&app).await, [
            row("/", "", "", 1, 1),
            row("/order/*", "search.example", "", 1, 1),
            row("/product/12", "", "", 1, 0),
            row("/product/12", "newsletter", "spring", 1, 1),
        ]);
        let figures = app.get("/site/figures").await.expect(200).json;
        assert_eq!((&figures["days"][0]["visits"], &figures["days"][0]["pages"], &figures["known"]), (&json!(3), &json!(4), &json!(0)), "{figures}");
        assert_eq!(figures["sources"].as_array().unwrap().len(), 3, "{figures}");
        assert_eq!(figures["campaigns"][1]["what"], "spring", "{figures}");
        let mut tx = app.db().read().await.unwrap();
        let (visits,): (i64,) = sql!("select count(*) from site_visits").fetch_one(&mut tx).await.unwrap();
        let (log,): (i64,) = sql!("select count(*) from interactions where kind = 'site.visited'").fetch_one(&mut tx).await.unwrap();
        assert_eq!((visits, log), (0, 0));
    }

    async fn a_visit_of_somebody_signed_in_is_theirs_once_with_its_pages(app) {
        switch_on(&app).await;
        let hana = somebody(&app).await;
        let signed = token(&app, &hana).await;
        let page = |page: &str, again: bool| json!({ "page": page, "from": "search.example", "fresh": !again, "again": again, "visit": "abcdefghij", "token": signed });
        tell(&app, json!({ "page": "/", "from": "search.example", "fresh": true })).await.expect(204);
        tell(&app, page("/", true)).await.expect(204);
        tell(&app, page("/coffee", false)).await.expect(204);
        let items = timeline(&app, &hana).await;
        assert_eq!(items.len(), 1, "{items:?}");
        assert_eq!((&items[0]["text"], &items[0]["source"], &items[0]["value"]), (&json!("/"), &json!("search.example"), &json!(2)), "{items:?}");
        assert_eq!(counts(&app).await.iter().map(|row| row.3).sum::<i64>(), 2, "a page that was told again is not counted again");
        app.settle().await;
        assert_eq!(app.get("/site/figures").await.expect(200).json["known"], 1);
        let all = app.get(&format!("/parties/{hana}/timeline")).await.expect(200).json;
        assert_eq!(all["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "site_visit").count(), 1, "{all}");
        assert!(all["items"].as_array().unwrap().iter().all(|item| item["kind"] != "visit"), "no visit of the store: {all}");
    }

    async fn a_customer_is_named_by_the_source_that_knows_them(app) {
        switch_on(&app).await;
        let order = json!({ "source": "shop", "events": [{ "id": "1", "type": "visit", "customer": { "id": "c-7", "name": "민지" } }] });
        app.post("/events", order).await.expect(200);
        let made = app.post("/site/tokens", json!({ "source": "shop", "customer": "c-7", "hours": 1 })).await.expect(201).json;
        let visit = json!({ "page": "/", "fresh": true, "visit": "abcdefghij", "token": made["token"] });
        tell(&app, visit.clone()).await.expect(204);
        app.settle().await;
        let party = app.get("/parties").await.expect(200).json["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(timeline(&app, &party).await.len(), 1);
        app.clock().set(kernel::Clock::now(app.clock()).plus(2 * Instant::HOUR));
        let mut later = visit;
        later["visit"] = json!("klmnopqrst");
        tell(&app, later).await.expect(204);
        assert_eq!(timeline(&app, &party).await.len(), 1, "the token has run out: the visit is a count");
        app.post("/site/tokens", json!({ "source": "shop", "customer": "c-8" })).await.expect(404);
        let both = app.post("/site/tokens", json!({ "source": "shop", "party": party })).await.expect(422);
        assert_eq!(both.fields(), ["party: site_whose"]);
        let long = app.post("/site/tokens", json!({ "party": party, "hours": 721 })).await.expect(422);
        assert_eq!(long.fields(), ["hours: site_hours_range"]);
        app.staff().await.post("/site/tokens", json!({ "party": party })).await.expect(403);
    }

    async fn nobody_forges_whose_a_visit_is(app) {
        switch_on(&app).await;
        let hana = somebody(&app).await;
        let signed = token(&app, &hana).await;
        let member = app.post(&format!("/parties/{hana}/member-link"), json!({})).await.expect(201).json;
        let link = member["path"].as_str().unwrap().trim_start_matches("/m/").to_owned();
        let payload = signed.split('.').nth(2).unwrap();
        // The first character of the signature: of the last one not every bit counts.
        let (said, signature) = signed.rsplit_once('.').unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        let changed = format!("{said}.{other}{}", &signature[1..]);
        let elsewhere = signed.replacen("v1.", "v2.", 1);
        let unsigned = format!("v1.1.{payload}.");
        for forged in [&*link, &*changed, &*elsewhere, &*unsigned, &*hana, "hana@example.com", "", &*"v1.".repeat(100)] {
            let visit = json!({ "page": "/", "fresh": true, "visit": "abcdefghij", "token": forged });
            tell(&app, visit).await.expect(204);
        }
        assert!(timeline(&app, &hana).await.is_empty());
        // A stolen one adds no more than somebody can visit in a day.
        for number in 0..60 {
            let visit = json!({ "page": "/", "fresh": true, "visit": format!("visit{number:05}"), "token": signed });
            let told = tell(&app, visit).await.status;
            assert!(told == 204 || told == 429);
            app.clock().set(kernel::Clock::now(app.clock()).plus(Instant::SECOND));
        }
        let mut tx = app.db().read().await.unwrap();
        let (visits,): (i64,) = sql!("select count(*) from site_visits").fetch_one(&mut tx).await.unwrap();
        assert_eq!(visits, 48);
    }

    async fn who_asked_not_to_be_used_and_who_was_erased_is_a_count(app) {
        switch_on(&app).await;
        let hana = somebody(&app).await;
        let signed = token(&app, &hana).await;
        let visit = json!({ "page": "/", "fresh": true, "visit": "abcdefghij", "token": signed });
        let path = identified(&app, &hana, "suspension").await;
        app.put(&format!("{path}/suspension"), json!({ "suspended": true })).await.expect(204);
        tell(&app, visit.clone()).await.expect(204);
        assert!(timeline(&app, &hana).await.is_empty());
        app.put(&format!("{path}/suspension"), json!({ "suspended": false })).await.expect(204);
        tell(&app, visit.clone()).await.expect(204);
        assert_eq!(timeline(&app, &hana).await.len(), 1);

        let path = identified(&app, &hana, "erasure").await;
        app.post(&format!("{path}/erasure"), json!({})).await.expect(202);
        app.settle().await;
        tell(&app, visit).await.expect(204);
        let mut tx = app.db().read().await.unwrap();
        let (visits,): (i64,) = sql!("select count(*) from site_visits").fetch_one(&mut tx).await.unwrap();
        assert_eq!(visits, 0, "they went with who they were of, and none comes after");
        drop(tx);
        assert_eq!(counts(&app).await[0].3, 3, "each was counted");
    }

    async fn pages_of_other_origins_are_refused_before_anything_is_read(app) {
        switch_on(&app).await;
        let visit = r#"{"page":"/","fresh":true}"#;
        for origin in ["https://evil.example", "null", "http://beans.example", "https://beans.example.evil.example", "https://beans.example:8443", "", "https://BEANS.example"] {
            let refused = app.anonymous().send(request(Method::POST, origin, visit)).await.expect(403);
            assert_eq!((refused.code(), refused.header("access-control-allow-origin")), ("site_origin", None), "{origin}");
            let asked = app.anonymous().send(request(Method::OPTIONS, origin, "")).await.expect(403);
            assert_eq!(asked.header("access-control-allow-origin"), None);
        }
        let mut nameless = request(Method::POST, ORIGIN, visit);
        nameless.headers_mut().remove(header::ORIGIN);
        app.anonymous().send(nameless).await.expect(403);
        let asked = app.anonymous().send(request(Method::OPTIONS, ORIGIN, "")).await.expect(204);
        assert_eq!(asked.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(asked.header("access-control-allow-headers"), Some("content-type"));
        assert_eq!(asked.header("vary").map(|vary| vary.contains("origin")), Some(true));
        // Signed in or not: a page elsewhere gets no further on somebody's cookie.
        app.send(request(Method::POST, "https://evil.example", visit)).await.expect(403);
        let api = Request::post("/api/v1/site/tokens").header(header::ORIGIN, ORIGIN).header("sec-fetch-site", "cross-site");
        app.send(api.header(header::CONTENT_TYPE, "application/json").body(Body::from("{}")).unwrap()).await.expect(403);
        assert!(counts(&app).await.is_empty());
    }

    async fn a_browser_that_says_no_is_not_counted(app) {
        switch_on(&app).await;
        for name in ["sec-gpc", "dnt"] {
            let mut no = request(Method::POST, ORIGIN, r#"{"page":"/","fresh":true}"#);
            no.headers_mut().insert(name, "1".parse().unwrap());
            app.anonymous().send(no).await.expect(204);
        }
        assert!(counts(&app).await.is_empty());
    }

    async fn what_is_no_visit_is_refused_and_a_flood_is_held_back(app) {
        switch_on(&app).await;
        let send = |body: String| request(Method::POST, ORIGIN, &body);
        assert_eq!(app.anonymous().send(send("{".into())).await.expect(400).code(), "unreadable");
        app.anonymous().send(send(r#"{"page":"/","email":"minji@example.com"}"#.into())).await.expect(400);
        app.anonymous().send(send(r#"{"page":"https://elsewhere.example/"}"#.into())).await.expect(400);
        app.anonymous().send(send(r#"{"page":["/"]}"#.into())).await.expect(400);
        assert_eq!(app.anonymous().send(send(format!(r#"{{"page":"/{}"}}"#, "a".repeat(5_000)))).await.expect(413).code(), "site_body");
        let mut form = send(r#"{"page":"/"}"#.into());
        form.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        app.anonymous().send(form).await.expect(415);
        assert!(counts(&app).await.is_empty());

        let mut held_back = 0;
        for number in 0..100 {
            let told = tell(&app, json!({ "page": format!("/{number}"), "fresh": true })).await;
            if told.status == 429 {
                held_back += 1;
                assert!(told.header("retry-after").is_some());
            }
        }
        assert!(held_back >= 40, "{held_back}");
        let mut other = send(r#"{"page":"/other"}"#.into());
        other.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 2], 50_000))));
        app.anonymous().send(other).await.expect(204);
    }

    async fn made_up_paths_fill_no_table(app) {
        switch_on(&app).await;
        let fill = app.db().write(Lane::Interactive, |tx| {
            async move {
                let day = tx.now().day_in(&web::Company::load(tx).await?.zone());
                for number in 0..2_000 {
                    sql!("insert into site_days (day, path, source, campaign, pages, visits) values ($1, $2, '', '', 1, 1)")
                        .bind(day)
                        .bind(format!("/made-up/{number}"))
                        .execute(tx)
                        .await?;
                }
                Ok::<_, ::store::Error>(())
            }
            .boxed()
        });
        fill.await.unwrap();
        tell(&app, json!({ "page": "/one-more", "fresh": true })).await.expect(204);
        tell(&app, json!({ "page": "/and-another", "fresh": true })).await.expect(204);
        tell(&app, json!({ "page": "/made-up/7", "fresh": true })).await.expect(204);
        let counts = counts(&app).await;
        assert_eq!(counts.len(), 2_001);
        let other = counts.iter().find(|row| row.0 == "…").unwrap();
        assert_eq!((other.3, other.4), (2, 2));
        assert!(counts.iter().any(|row| row.0 == "/made-up/7" && row.3 == 2));
    }

    async fn visits_are_forgotten_when_their_period_ends_and_settings_are_checked(app) {
        switch_on(&app).await;
        let hana = somebody(&app).await;
        let signed = token(&app, &hana).await;
        tell(&app, json!({ "page": "/", "fresh": true, "visit": "abcdefghij", "token": signed })).await.expect(204);
        assert_eq!(timeline(&app, &hana).await.len(), 1);
        let due = app.db().write(Lane::Interactive, |tx| {
            async move {
                let now = tx.now();
                timer::set(tx, "know.site_sweep", "", now).await
            }
            .boxed()
        });
        due.await.unwrap();
        app.later(31 * Instant::DAY).await;
        let mut tx = app.db().read().await.unwrap();
        let (visits,): (i64,) = sql!("select count(*) from site_visits").fetch_one(&mut tx).await.unwrap();
        assert_eq!(visits, 0);
        let report: Vec<(String, i64)> = sql!("select kind, count from destructions").fetch_all(&mut tx).await.unwrap();
        assert_eq!(report, [("site_visits".to_owned(), 1)], "and that is reported");
        drop(tx);
        let more = app.db().write(Lane::Interactive, |tx| async move {
            store::Query::built("insert into site_visits (id, party, visit, at, day, path, source, medium, campaign, pages) \
                select 7, id, 'klmnopqrst', 0, 0, '/', '', '', '', 1 from parties limit 1".into()).execute(tx).await
        }.boxed());
        more.await.unwrap();
        app.later(2 * Instant::HOUR).await;
        let mut tx = app.db().read().await.unwrap();
        let report: Vec<(String, i64)> = sql!("select kind, count from destructions").fetch_all(&mut tx).await.unwrap();
        assert_eq!(report, [("site_visits".to_owned(), 2)], "a day is one line");
        drop(tx);

        let owner = app.signed_in_as(Role::Owner).await;
        let wrong = json!({ "on": true, "origins": ["beans.example"], "kept_days": 0 });
        assert_eq!(owner.put("/settings/site", wrong).await.expect(422).fields(), ["origins: site_origin_invalid", "kept_days: site_days_range"]);
        assert_eq!(owner.put("/settings/site", json!({ "on": true })).await.expect(422).fields(), ["origins: required"]);
        let read = owner.get("/settings/site").await.expect(200);
        let etag = read.header("etag").unwrap().to_owned();
        owner.put_over("/settings/site", "\"99\"", json!({ "on": false })).await.expect(412);
        let off = owner.put_over("/settings/site", &etag, json!({ "on": false, "origins": ["https://Beans.example/ "] })).await.expect(200).json;
        assert_eq!((&off["on"], &off["origins"]), (&json!(false), &json!([ORIGIN])), "{off}");
        app.clock().set(kernel::Clock::now(app.clock()).plus(2 * Instant::SECOND));
        assert_eq!(tell(&app, json!({ "page": "/" })).await.expect(403).code(), "site_origin");
        app.staff().await.get("/settings/site").await.expect(403);
    }
}
