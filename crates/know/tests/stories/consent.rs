//! What people allow, told through the front door.

use crate::*;
use ::store::{Lane, Query};
use know::consent::{self, Channel, Claim, Evidence};
use testkit::both_engines;
use web::Role;

/// Words that ask for advertising, as the law wants them.
fn words() -> Value {
    json!({ "aim": "새 메뉴와 행사 안내", "items": "이름, 연락처", "period": "동의를 거둘 때까지",
        "right": "동의하지 않아도 돼요", "disadvantage": "안내를 받지 못해요" })
}

async fn publish(app: &TestApp, purpose: &str) -> String {
    let mut korean = words();
    if purpose == "third_party" {
        korean["recipient"] = json!("이웃 빵집");
    }
    let body = json!({ "purpose": purpose, "statements": { "ko": korean } });
    let kept = app.post("/consent/wordings", body).await.expect(201).json;
    kept["id"].as_str().unwrap().to_owned()
}

async fn somebody(app: &TestApp, name: &str) -> String {
    app.post("/parties", json!({ "name": name })).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

fn yes(channel: &str, purpose: &str, wording: &str) -> Value {
    json!({ "channel": channel, "purpose": purpose, "state": "given", "source": "form", "asked": "apart",
        "wording": wording, "proof": "신청서 3번 서랍" })
}

fn no(channel: &str, state: &str) -> Value {
    json!({ "channel": channel, "purpose": "ad", "state": state, "source": "staff" })
}

async fn say(app: &TestApp, party: &str, said: Value) -> Reply {
    app.post(&format!("/parties/{party}/consents"), said).await
}

/// What stands, as `sms ad given`.
async fn stands(app: &TestApp, party: &str) -> Vec<String> {
    let found = app.get(&format!("/parties/{party}/consents")).await.expect(200).json;
    let text = |row: &Value| {
        ["channel", "purpose", "topic", "state"]
            .map(|name| row[name].as_str().unwrap().to_owned())
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    found["stands"].as_array().unwrap().iter().map(text).collect()
}

both_engines! {
    registry();

    async fn a_consent_is_for_one_medium_and_one_purpose_and_has_words_and_proof(app) {
        let (party, ad) = (somebody(&app, "김하나").await, publish(&app, "ad").await);
        say(&app, &party, yes("email", "ad", &ad)).await.expect(201);
        assert_eq!(stands(&app, &party).await, ["email ad given"]);
        let found = app.get(&format!("/parties/{party}/consents")).await.expect(200).json;
        let said = &found["said"][0];
        assert_eq!(said["version"], 1);
        assert!(said["text"].as_str().unwrap().contains("새 메뉴와 행사 안내"), "{said}");
        assert_eq!(said["evidence"]["note"], "신청서 3번 서랍");
        assert_eq!(said["shown_at"], "2026-11-22 12:00 (Asia/Seoul)");
        assert_eq!(found["stands"][0]["reconfirm_on"], "2028-11-21");
        let bare = json!({ "channel": "sms", "purpose": "ad", "state": "given", "source": "form" });
        let refused = say(&app, &party, bare).await.expect(422);
        assert_eq!(refused.fields(), ["asked: required", "proof: consent_no_proof", "wording: consent_no_wording"]);
        let night = say(&app, &party, yes("sms", "night_ad", &ad)).await.expect(422);
        assert_eq!(night.fields(), ["wording: unknown"]);
        assert_eq!(say(&app, &party, yes("email", "night_ad", &ad)).await.expect(422).fields()[0], "purpose: consent_no_night");
    }

    async fn what_was_ticked_before_or_bundled_is_no_consent(app) {
        let (party, ad) = (somebody(&app, "김하나").await, publish(&app, "ad").await);
        for (how, code) in [("ticked_before", "asked: consent_ticked_before"), ("bundled", "asked: consent_bundled")] {
            let mut said = yes("sms", "ad", &ad);
            said["asked"] = json!(how);
            assert_eq!(say(&app, &party, said).await.expect(422).fields(), [code]);
        }
        assert_eq!(stands(&app, &party).await, Vec::<String>::new());
        let ticked = json!({ "purpose": "ad", "statements": { "ko": words() }, "ticked_before": true });
        assert_eq!(app.post("/consent/wordings", ticked).await.expect(422).fields(), ["ticked_before: wording_ticked_before"]);
    }

    async fn words_without_a_statement_of_the_law_are_not_published(app) {
        let mut korean = words();
        korean["period"] = json!(" ");
        korean["right"] = json!("");
        let body = json!({ "purpose": "third_party", "statements": { "ko": korean } });
        let refused = app.post("/consent/wordings", body).await.expect(422);
        assert_eq!(refused.fields(), ["recipient: required", "period: required", "right: required"]);
        publish(&app, "ad").await;
        publish(&app, "ad").await;
        let all = app.get("/consent/wordings").await.expect(200).json;
        assert_eq!([&all[0]["version"], &all[1]["version"]], [2, 1]);
    }

    async fn every_way_of_refusing_counts_at_once_and_asks_for_no_proof(app) {
        let (ad, night) = (publish(&app, "ad").await, publish(&app, "night_ad").await);
        for source in ["080", "reply", "staff", "pos", "form"] {
            let party = somebody(&app, source).await;
            say(&app, &party, yes("sms", "ad", &ad)).await.expect(201);
            say(&app, &party, yes("sms", "night_ad", &night)).await.expect(201);
            let mut said = no("sms", "withdrawn");
            said["source"] = json!(source);
            say(&app, &party, said).await.expect(201);
            assert_eq!(stands(&app, &party).await, ["sms ad withdrawn", "sms night_ad withdrawn"], "{source}");
        }
    }

    async fn staff_confirm_nothing_in_somebodys_name(app) {
        let (party, ad) = (somebody(&app, "김하나").await, publish(&app, "ad").await);
        say(&app, &party, yes("sms", "ad", &ad)).await.expect(201);
        for state in ["reconfirmed", "unverified", "expired"] {
            assert_eq!(say(&app, &party, no("sms", state)).await.expect(422).fields(), ["state: consent_not_by_staff"]);
        }
        for source in ["member", "link", "import"] {
            let mut said = yes("sms", "ad", &ad);
            said["source"] = json!(source);
            assert_eq!(say(&app, &party, said).await.expect(422).fields(), ["source: consent_not_by_staff"]);
        }
    }

    async fn statements_are_never_changed_and_deleted_only_with_the_person(app) {
        let (party, ad) = (somebody(&app, "김하나").await, publish(&app, "ad").await);
        say(&app, &party, yes("sms", "ad", &ad)).await.expect(201);
        for text in ["update consents set state = 'refused'", "delete from consents"] {
            let done = app.db().write(Lane::Interactive, move |tx| {
                Box::pin(async move { Query::built(text.into()).execute(tx).await })
            });
            assert!(done.await.is_err(), "{text}");
        }
        assert_eq!(stands(&app, &party).await, ["sms ad given"]);
        let id = party.parse().unwrap();
        app.db().write(Lane::Interactive, move |tx| Box::pin(async move { consent::erase(tx, &[id]).await })).await.unwrap();
        let found = app.get(&format!("/parties/{party}/consents")).await.expect(200).json;
        assert_eq!(found, json!({ "stands": [], "said": [] }));
    }

    async fn of_two_records_the_stricter_word_stands_and_taking_the_merge_back_gives_each_its_own(app) {
        let ad = publish(&app, "ad").await;
        let (one, other) = (somebody(&app, "김하나").await, somebody(&app, "김하나").await);
        say(&app, &one, yes("sms", "ad", &ad)).await.expect(201);
        say(&app, &one, yes("email", "ad", &ad)).await.expect(201);
        say(&app, &other, no("sms", "refused")).await.expect(201);
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        assert_eq!(stands(&app, &one).await, ["email ad given", "sms ad refused"]);
        let told = app.get(&format!("/parties/{one}/consents")).await.expect(200).json;
        assert_eq!(told["said"].as_array().unwrap().len(), 3, "every statement is kept");
        let undo = format!("/merges/{}/undo", merged["merges"][0].as_str().unwrap());
        app.post(&undo, json!({})).await.expect(200);
        assert_eq!(stands(&app, &one).await, ["email ad given", "sms ad given"]);
        assert_eq!(stands(&app, &other).await, ["sms ad refused"]);
    }

    async fn what_is_refused_while_two_records_are_one_is_refused_for_both(app) {
        let ad = publish(&app, "ad").await;
        let (one, other) = (somebody(&app, "김하나").await, somebody(&app, "김하나").await);
        for party in [&one, &other] {
            say(&app, party, yes("sms", "ad", &ad)).await.expect(201);
            say(&app, party, yes("email", "ad", &ad)).await.expect(201);
        }
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        say(&app, &one, no("sms", "withdrawn")).await.expect(201);
        app.post(&format!("/parties/{one}/events"), json!({ "kind": "complaint.opened", "note": "시끄러웠어요" })).await.expect(201);
        let merge = format!("/merges/{}", merged["merges"][0].as_str().unwrap());
        let stays = app.get(&merge).await.expect(200).json["stays"].clone();
        let kinds: Vec<&Value> = stays.as_array().unwrap().iter().map(|it| &it["kind"]).collect();
        assert!(kinds.contains(&&json!("refusal")) && kinds.contains(&&json!("event")), "{stays}");
        assert!(stays.to_string().contains("Complaint opened"), "what happened has its name: {stays}");
        app.post(&format!("{merge}/undo"), json!({})).await.expect(200);
        for party in [&one, &other] {
            assert_eq!(stands(&app, party).await, ["email ad given", "sms ad withdrawn"]);
        }
    }

    async fn what_a_file_claims_counts_once_the_owner_vouches_for_it(app) {
        let (one, other, third) = (somebody(&app, "하나").await, somebody(&app, "두리").await, somebody(&app, "세나").await);
        say(&app, &other, no("sms", "refused")).await.expect(201);
        let claims: Vec<Claim> = [&one, &other, &third, &one].iter().enumerate().map(|(row, party)| Claim {
            party: party.parse().unwrap(),
            channel: Channel::Sms,
            yes: true,
            evidence: Evidence { file: Some("customers.csv".into()), row: i64::try_from(row).ok(), value: Some("Y".into()), ..Evidence::default() },
            import: None,
        }).collect();
        let kept = app.db().write(Lane::Import, move |tx| Box::pin(async move { consent::record_claims(tx, &claims).await })).await.unwrap();
        assert_eq!(kept, 2);
        assert_eq!(stands(&app, &one).await, ["sms ad unverified"]);
        assert_eq!(stands(&app, &other).await, ["sms ad refused"]);
        let waiting = app.get("/consent/unverified").await.expect(200).json;
        assert_eq!(waiting, json!([{ "import": null, "file": null, "channel": "sms", "people": 2 }]));
        let vouch = json!({ "channel": "sms", "collected_on": "2025-05-01", "how": "" });
        assert_eq!(app.post("/consent/attest", vouch).await.expect(422).fields(), ["how: required"]);
        let vouch = json!({ "channel": "sms", "collected_on": "2025-05-01", "how": "매장 신청서, 금고" });
        app.signed_in_as(Role::Manager).await.post("/consent/attest", vouch.clone()).await.expect(403);
        assert_eq!(app.post("/consent/attest", vouch.clone()).await.expect(200).json["people"], 2);
        assert_eq!(app.post("/consent/attest", vouch).await.expect(200).json["people"], 0);
        assert_eq!(stands(&app, &one).await, ["sms ad given"]);
        assert_eq!(stands(&app, &other).await, ["sms ad refused"], "whoever spoke is not spoken for");
        let found = app.get(&format!("/parties/{third}/consents")).await.expect(200).json;
        assert_eq!(found["stands"][0]["basis"], "attested");
    }

    async fn for_a_child_its_guardian_agrees_and_nobody_else(app) {
        let (words, child) = (publish(&app, "ad").await, somebody(&app, "김새싹").await);
        app.put(&format!("/parties/{child}/birthday"), json!({ "calendar": "solar", "year": 2015, "month": 3, "day": 1 })).await.expect(200);
        let refused = say(&app, &child, yes("sms", "ad", &words)).await.expect(422);
        assert_eq!(refused.fields(), ["guardian: consent_no_guardian"]);
        say(&app, &child, no("email", "refused")).await.expect(201);
        // What a file claims for a child, no owner vouches for.
        let claim = Claim { party: child.parse().unwrap(), channel: Channel::Sms, yes: true, evidence: Evidence::default(), import: None };
        app.db().write(Lane::Import, move |tx| Box::pin(async move { consent::record_claims(tx, &[claim]).await })).await.unwrap();
        let vouch = json!({ "channel": "sms", "collected_on": "2025-05-01", "how": "매장 신청서" });
        assert_eq!(app.post("/consent/attest", vouch).await.expect(200).json["people"], 0);
        let mut said = yes("sms", "ad", &words);
        said["guardian"] = json!("어머니 김하나, 전화로 확인");
        say(&app, &child, said).await.expect(201);
        assert_eq!(stands(&app, &child).await, ["email ad refused", "sms ad given"]);
        let found = app.get(&format!("/parties/{child}/consents")).await.expect(200).json;
        assert!(found["said"].to_string().contains("어머니 김하나"), "{found}");
    }

    async fn topics_narrow_a_consent(app) {
        let party = somebody(&app, "김하나").await;
        let topic = json!({ "name_ko": "새 원두", "name_en": "New beans", "active": true });
        app.put("/consent/topics/beans", topic).await.expect(200);
        let mut said = no("email", "refused");
        said["topic"] = json!("tea");
        assert_eq!(say(&app, &party, said.clone()).await.expect(422).fields(), ["topic: unknown"]);
        said["topic"] = json!("beans");
        say(&app, &party, said).await.expect(201);
        assert_eq!(stands(&app, &party).await, ["email ad beans refused"]);
        assert_eq!(app.put("/consent/topics/New!", json!({ "name_ko": "x", "active": true })).await.expect(422).fields(), ["code: topic_code"]);
    }

    async fn the_rule_in_force_is_that_of_the_day(app) {
        let party = somebody(&app, "김하나").await;
        let ad = publish(&app, "ad").await;
        let rule = |from: &str, years: i64| json!({ "jurisdiction": "kr", "rule": "reconfirm", "parameters": { "years": years }, "effective_from": from, "basis": "개정" });
        let later = app.post("/rules", rule("2027-01-01", 1)).await.expect(201).json;
        say(&app, &party, yes("sms", "ad", &ad)).await.expect(201);
        let due = async |app: &TestApp| app.get(&format!("/parties/{party}/consents")).await.expect(200).json["stands"][0]["reconfirm_on"].clone();
        assert_eq!(due(&app).await, "2028-11-21");
        app.post("/rules", rule("2026-11-22", 3)).await.expect(201);
        say(&app, &party, yes("sms", "ad", &ad)).await.expect(201);
        assert_eq!(due(&app).await, "2029-11-21");
        let all = app.get("/rules").await.expect(200).json;
        let now = all.as_array().unwrap().iter().find(|rule| rule["rule"] == "reconfirm" && rule["effective_from"] == "2026-11-22").unwrap();
        app.delete(&format!("/rules/{}", now["id"].as_str().unwrap())).await.expect(409);
        app.delete(&format!("/rules/{}", later["id"].as_str().unwrap())).await.expect(204);
        let wrong = json!({ "jurisdiction": "kr", "rule": "notice", "parameters": { "days": 0 }, "effective_from": "2027-01-01", "basis": "" });
        assert_eq!(app.post("/rules", wrong).await.expect(422).fields(), ["parameters: rule_parameters", "basis: required"]);
    }

    async fn a_clerk_sees_proof_with_contacts_masked(app) {
        let (party, ad) = (somebody(&app, "김하나").await, publish(&app, "ad").await);
        let mut said = yes("sms", "ad", &ad);
        said["proof"] = json!("010-2345-6789로 전화해서 말씀하심");
        say(&app, &party, said).await.expect(201);
        let clerk = app.signed_in_as(Role::Clerk).await;
        let seen = clerk.get(&format!("/parties/{party}/consents")).await.expect(200);
        assert!(!seen.text().contains("2345"), "{}", seen.text());
    }
}
