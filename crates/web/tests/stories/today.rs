//! Today: the order of cards, putting one to rest, setting up.

use async_trait::async_trait;
use kernel::{Currency, Day, Instant, Money};
use serde_json::{Value, json};
use testkit::both_engines;
use web::{Card, Cards, Company, Registry, SetUp, Share, SharePoint, Step};

/// Nine cards: the rank is the first number, the value the second.
const CARDS: [(&str, i64, i64); 9] = [
    ("growth", 400, 0),
    ("leaving_small", 200, 1_000),
    ("leaving_large", 200, 9_000),
    ("promise", 10, 0),
    ("waiting", 100, 0),
    ("birthday", 300, 0),
    ("event", 301, 0),
    ("idea", 401, 0),
    ("idea_later", 402, 0),
];

struct Nine;

#[async_trait]
impl Cards for Nine {
    async fn cards(
        &self,
        _: &mut store::Tx,
        company: &Company,
        today: Day,
        _: web::Sight,
    ) -> store::Result<Vec<Card>> {
        let card = |(id, rank, value): (&'static str, i64, i64)| Card {
            id,
            params: json!({ "today": today }),
            count: 1,
            people: vec![],
            href: "/know/customers".into(),
            value: (value > 0).then(|| Money::new(company.currency, value)),
            due: None,
            rank,
        };
        Ok(CARDS.into_iter().map(card).collect())
    }
}

struct Steps;

#[async_trait]
impl SetUp for Steps {
    async fn steps(&self, _: &mut store::Tx, _: &Company) -> store::Result<Vec<Step>> {
        Ok(vec![Step { step: "import", done: true }])
    }
}

struct Half;

#[async_trait]
impl Share for Half {
    async fn share(&self, _: &mut store::Tx, _: &Company, today: Day) -> store::Result<Option<SharePoint>> {
        Ok(Some(SharePoint { share: Some(0.5), previous: None, month: today.month().plus(-1) }))
    }
}

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.cards(Nine);
    registry.set_up(Steps);
    registry.share(Half);
    registry
}

fn names(today: &Value) -> Vec<String> {
    let cards = today["cards"].as_array().cloned().unwrap_or_default();
    cards.iter().map(|card| card["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

both_engines! {
    registry();

    async fn seven_cards_stand_in_the_order_of_urgency_and_value(app) {
        let today = app.get("/today").await.expect(200).json;
        assert_eq!(
            names(&today),
            ["promise", "waiting", "leaving_large", "leaving_small", "birthday", "event", "growth"]
        );
        assert_eq!(today["more"], 2);
        assert_eq!(today["as_of"], "2026-11-22");
        let value = Money::new(Currency::KRW, 9_000);
        assert_eq!(today["cards"][2]["value"], json!(value));
        assert_eq!(today["cards"][2]["id"], "leaving_large");
        assert_eq!(today["cards"][2].get("rank"), None);
        assert_eq!(today["relationship_share"], json!({ "share": 0.5, "previous": null, "month": "2026-10" }));
        assert_eq!(
            today["set_up"],
            json!([{ "step": "company", "done": false }, { "step": "import", "done": true }])
        );
    }

    async fn a_card_at_rest_comes_back_on_its_day(app) {
        app.post("/today/promise/done", json!({})).await.expect(204);
        app.post("/today/waiting/later", json!({ "until": "2026-11-24" })).await.expect(204);
        assert_eq!(names(&app.get("/today").await.json)[..2], ["leaving_large", "leaving_small"]);
        app.clock().advance(11 * Instant::HOUR);
        assert_eq!(names(&app.get("/today").await.json)[0], "leaving_large", "still the 22nd in Seoul");
        app.clock().advance(Instant::HOUR + Instant::SECOND);
        let app = app.signed_in_as(web::Role::Staff).await;
        assert_eq!(names(&app.get("/today").await.json)[..2], ["promise", "leaving_large"]);
    }

    async fn a_rest_ends_within_a_year(app) {
        for until in ["2026-11-21", "2026-11-01", "2028-01-01"] {
            let refused = app.post("/today/promise/later", json!({ "until": until })).await.expect(422);
            assert_eq!(refused.fields(), ["until: day_out_of_range"]);
        }
        app.post("/today/no%20such/done", json!({})).await.expect(404);
        app.post("/today/promise/done", json!({})).await.expect(204);
        app.post("/today/promise/later", json!({ "until": "2026-11-22" })).await.expect(204);
        assert_eq!(names(&app.get("/today").await.json)[0], "promise", "taken back");
    }

    async fn parked_interactions_are_the_first_card(app) {
        use futures::FutureExt;
        let parked = app.db().write(store::Lane::Interactive, |tx| {
            async move {
                store::sql!("insert into parked (reaction, seq, error, at) values ('know.facts', 1, 'no', 0)")
                    .execute(tx)
                    .await
            }
            .boxed()
        });
        parked.await.unwrap();
        let today = app.get("/today").await.json;
        assert_eq!(names(&today)[0], "reactions_parked");
        assert_eq!(today["cards"][0]["params"], json!({ "count": 1 }));
    }
}
