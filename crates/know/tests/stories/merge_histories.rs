//! Merging and taking it back over many made-up histories: every record is again what it was, byte for byte.

use crate::*;
use ::store::{Query, Value as Bound};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use testkit::both_engines;

/// Histories of a run; `cargo xtask soak` asks for more.
fn histories() -> u64 {
    if std::env::var_os("DANGOL_SOAK").is_some() { 10_000 } else { 60 }
}

/// What is written of a party, a text a row; `?` stands for the parties.
const RECORDS: [&str; 15] = [
    "select cast(id as text) || '|' || kind || '|' || coalesce(name, '~') || '|' || name_fold || '|' || \
     cast(created_at as text) || '|' || cast(changed_at as text) || '|' || cast(revision as text) || '|' || \
     coalesce(cast(import_id as text), '~') || '|' || coalesce(cast(retracted_by as text), '~') \
     from parties where id in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || kind || '|' || source || '|' || value || '|' || \
     shown || '|' || coalesce(phone_tail, '~') || '|' || cast(created_at as text) from contacts where party in (?)",
    "select cast(party as text) || '|' || reason || '|' || cast(at as text) || '|' || cast(recorded_by as text) \
     from leaving_reasons where party in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || body || '|' || cast(at as text) \
     from notes where party in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || cast(at as text) from visits where party in (?)",
    "select cast(party as text) || '|' || tag || '|' || cast(at as text) from party_tags where party in (?)",
    "select cast(party as text) || '|' || market || '|' || detail || '|' || cast(at as text) from party_markets where party in (?)",
    "select cast(party as text) || '|' || cast(field as text) || '|' || coalesce(text, '~') || '|' || cast(at as text) \
     from party_fields where party in (?)",
    "select cast(party as text) || '|' || calendar || '|' || cast(month as text) || '|' || cast(day as text) || '|' || \
     cast(next_day as text) || '|' || cast(at as text) from birthdays where party in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || line1 || '|' || cast(changed_at as text) \
     from addresses where party in (?)",
    "select cast(id as text) || '|' || kind || '|' || cast(party as text) || '|' || cast(other as text) from ties where party in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || channel || '|' || state || '|' || cast(at as text) \
     from consents where party in (?)",
    "select cast(party as text) || '|' || channel || '|' || purpose || '|' || topic || '|' || state || '|' || \
     cast(since as text) || '|' || cast(consent as text) || '|' || coalesce(basis, '~') || '|' || \
     coalesce(cast(reconfirm_on as text), '~') from consent_states where party in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || kind || '|' || state from requests where party in (?)",
    "select cast(subject as text) || '|' || gram from grams where area = 'party' and subject in (?)",
];
/// What the orders make of a party. The interval of those without an own one is the company's, whoever they are.
const FACTS: [&str; 3] = [
    "select cast(party as text) || '|' || cast(orders as text) || '|' || cast(order_days as text) || '|' || \
     coalesce(currency, '~') || '|' || cast(spend as text) || '|' || cast(refunds as text) || '|' || \
     coalesce(cast(first_day as text), '~') || '|' || coalesce(cast(last_day as text), '~') || '|' || \
     coalesce(cast(contacted_day as text), '~') from facts where party in (?)",
    "select cast(party as text) || '|' || currency || '|' || cast(orders as text) || '|' || cast(spend as text) || '|' || \
     cast(refunds as text) from party_money where party in (?)",
    "select cast(id as text) || '|' || cast(party as text) || '|' || order_no || '|' || cast(amount as text) || '|' || \
     cast(revision as text) from order_lines where party in (?)",
];

async fn dump(app: &TestApp, tables: &[&str], parties: &[String]) -> Vec<String> {
    let ids: Vec<i64> =
        parties.iter().map(|id| id.parse::<kernel::Id<kernel::kinds::Party>>().unwrap().number()).collect();
    let mut tx = app.db().read().await.unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
        let query = Query::built(table.replace('?', &places.join(", ")));
        let query = ids.iter().fold(query, |query, id| query.bind(Bound::from(*id)));
        let mut found: Vec<(String,)> = query.fetch_all(&mut tx).await.unwrap();
        found.sort();
        rows.extend(found.into_iter().map(|(row,)| row));
    }
    rows
}

/// A made-up company of a few people who may be one.
struct History<'a> {
    app: &'a TestApp,
    chance: StdRng,
    seed: u64,
    parties: Vec<String>,
    phones: Vec<String>,
    /// A field of the company's own, and the words that ask for consent.
    field: String,
    wording: String,
}

/// What a company has once.
struct Company {
    field: String,
    wording: String,
}

async fn company(app: &TestApp) -> Company {
    let field = json!({ "name": "자리", "kind": "text" });
    let field = app.post("/custom-fields", field).await.expect(201).json;
    let words = json!({ "aim": "새 메뉴", "items": "연락처", "period": "거둘 때까지", "right": "거부할 수 있어요", "disadvantage": "없어요" });
    let wording = json!({ "purpose": "ad", "statements": { "ko": words } });
    let wording = app.post("/consent/wordings", wording).await.expect(201).json;
    let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
    Company { field: id(&field), wording: id(&wording) }
}

impl<'a> History<'a> {
    async fn begin(app: &'a TestApp, company: &Company, seed: u64) -> Self {
        let chance = StdRng::seed_from_u64(seed);
        let (field, wording) = (company.field.clone(), company.wording.clone());
        let mut history = Self { app, chance, seed, parties: Vec::new(), phones: Vec::new(), field, wording };
        for at in 0..history.chance.random_range(2..=5_u64) {
            let phone = format!("010{:04}{:04}", seed % 10_000, 1_000 + at);
            let name = *["홍길동", "홍 길동", "Gildong", "길동"].choose(&mut history.chance).unwrap();
            history.parties.push(made(app, json!({ "name": name, "phone": phone })).await);
            history.phones.push(phone);
        }
        for _ in 0..history.chance.random_range(0..6) {
            history.live().await;
            history.describe().await;
        }
        history
    }

    fn anyone(&mut self) -> (String, String) {
        let at = self.chance.random_range(0..self.parties.len());
        (self.parties[at].clone(), self.phones[at].clone())
    }

    /// Something happens to someone.
    async fn live(&mut self) {
        let (party, phone) = self.anyone();
        let path = format!("/parties/{party}");
        match self.chance.random_range(0..5) {
            0 => self.order(&phone).await,
            1 => drop(
                self.app
                    .post(&format!("{path}/notes"), json!({ "text": "memo", "contact": "called" }))
                    .await
                    .expect(201),
            ),
            2 => drop(self.app.post(&format!("{path}/visits"), json!({})).await.expect(201)),
            3 => {
                drop(self.app.put(&format!("{path}/leaving"), json!({ "reason": "price" })).await.expect(204))
            }
            _ => {
                let email = format!("{}@s{}.example.com", &party[4..], self.seed);
                let edit = json!({ "name": format!("edited {}", self.chance.random_range(0..9)), "phones": [phone], "emails": [email] });
                self.app.put(&path, edit).await.expect(200);
            }
        }
    }

    /// Something is said of someone: a tag, a market, a birthday, an address, a field, a consent, a request, a tie.
    async fn describe(&mut self) {
        let (party, _) = self.anyone();
        let path = format!("/parties/{party}");
        match self.chance.random_range(0..8) {
            0 => drop(self.app.put(&format!("{path}/tags"), json!({ "tags": ["VIP"] })).await.expect(200)),
            1 => {
                let markets = json!({ "markets": [{ "market": "supplier", "details": ["money"] }] });
                drop(self.app.put(&format!("{path}/markets"), markets).await.expect(200));
            }
            2 => {
                let birth = json!({ "calendar": "lunar", "month": 3, "day": 9 });
                drop(self.app.put(&format!("{path}/birthday"), birth).await.expect(200));
            }
            3 => drop(
                self.app.post(&format!("{path}/addresses"), json!({ "line1": "서울" })).await.expect(201),
            ),
            4 => {
                let values = json!({ "values": { &self.field: "창가" } });
                drop(self.app.put(&format!("{path}/fields"), values).await.expect(200));
            }
            5 => self.consent(&path).await,
            6 => {
                let asked = json!({ "party": party, "kind": "source", "way": "phone" });
                drop(self.app.post("/requests", asked).await.expect(201));
            }
            _ => {
                let (other, _) = self.anyone();
                let tie = json!({ "kind": "family_of", "other": other });
                drop(self.app.post(&format!("{path}/ties"), tie).await);
            }
        }
    }

    /// Somebody agrees or does not.
    async fn consent(&mut self, path: &str) {
        let channel = *["sms", "email"].choose(&mut self.chance).unwrap();
        let said = if self.chance.random_bool(0.5) {
            json!({ "channel": channel, "purpose": "ad", "state": "given", "source": "form", "asked": "apart",
                "wording": self.wording, "proof": "신청서" })
        } else {
            json!({ "channel": channel, "purpose": "ad", "state": "withdrawn", "source": "staff" })
        };
        self.app.post(&format!("{path}/consents"), said).await.expect(201);
    }

    async fn order(&mut self, phone: &str) {
        let amount = self.chance.random_range(-2_000..9_000);
        let day = self.chance.random_range(1..=28);
        let at = format!("2026-10-{day:02}T03:00:00Z");
        let order = json!({ "phone": phone, "at": at, "lines": [{ "amount_minor": amount }] });
        self.app.post("/orders", order).await.expect(201);
    }

    /// Merges until nobody or chance is left, some of them roots of others; gives the merges.
    async fn merge(&mut self) -> Vec<String> {
        let (mut roots, mut merges) = (self.parties.clone(), Vec::new());
        while roots.len() > 1 && (merges.is_empty() || self.chance.random_bool(0.7)) {
            roots.shuffle(&mut self.chance);
            let absorbed = roots.pop().unwrap();
            let body = json!({ "survivor": roots[0], "absorbed": [absorbed] });
            let merged = self.app.post("/merges", body).await.expect(201).json;
            merges.push(merged["merges"][0].as_str().unwrap().to_owned());
        }
        merges
    }

    /// Takes the merges back, in any order.
    async fn take_back(&mut self, mut merges: Vec<String>) {
        merges.shuffle(&mut self.chance);
        for merge in merges {
            self.app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        }
    }
}

async fn made(app: &TestApp, person: Value) -> String {
    app.post("/parties", person).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

both_engines! {
    registry();

    async fn every_record_is_again_what_it_was(app) {
        let company = company(&app).await;
        for seed in 0..histories() {
            let mut history = History::begin(&app, &company, seed).await;
            app.app().reactor().drain().await.unwrap();
            let tables = [&RECORDS[..], &FACTS[..]].concat();
            let before = dump(&app, &tables, &history.parties).await;
            let merges = history.merge().await;
            let merged = dump(&app, &tables, &history.parties).await;
            assert_ne!(merged, before, "history {seed}: merging changes the facts");
            history.take_back(merges).await;
            assert_eq!(dump(&app, &tables, &history.parties).await, before, "history {seed}");
        }
    }

    async fn orders_that_came_in_between_change_no_record(app) {
        let company = company(&app).await;
        for seed in 0..histories() / 3 {
            let mut history = History::begin(&app, &company, seed).await;
            let before = dump(&app, &RECORDS, &history.parties).await;
            let merges = history.merge().await;
            let came = history.phones.clone();
            for phone in &came {
                history.order(phone).await;
            }
            history.take_back(merges).await;
            assert_eq!(dump(&app, &RECORDS, &history.parties).await, before, "history {seed}");
            app.app().reactor().drain().await.unwrap();
            for (party, phone) in history.parties.iter().zip(&came) {
                let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
                let own = card["contacts"].as_array().unwrap().iter().any(|contact| contact["value"].as_str().unwrap().ends_with(&phone[1..]));
                assert!(own, "history {seed}: {phone} is {party}'s");
            }
        }
    }
}
