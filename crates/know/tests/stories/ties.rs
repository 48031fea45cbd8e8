//! Ties between parties, their way through merges, and accounts that are no part of themselves.

use crate::*;
use testkit::both_engines;
use web::Role;

async fn entered(app: &TestApp, name: &str, kind: &str) -> String {
    let party = json!({ "name": name, "kind": kind });
    app.post("/parties", party).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

async fn tie(app: &TestApp, party: &str, kind: &str, other: &str) -> Reply {
    app.post(&format!("/parties/{party}/ties"), json!({ "kind": kind, "other": other })).await
}

/// What the card of a party says: kinds with the names of the other ends.
async fn ties(app: &TestApp, party: &str) -> Vec<(String, String)> {
    let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
    let ties = card["about"]["ties"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    ties.map(|tie| (text(&tie["kind"]), text(&tie["other"]["name"]))).collect()
}

fn said(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let mut names: Vec<String> =
        people(app, query).await.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

both_engines! {
    registry();

    async fn a_tie_is_said_from_both_ends_and_found_in_the_list(app) {
        let (kim, firm) = (entered(&app, "김하늘", "person").await, entered(&app, "한빛", "organisation").await);
        tie(&app, &kim, "works_for", &firm).await.expect(201);
        assert_eq!(ties(&app, &kim).await, [said("works_for", "한빛")]);
        assert_eq!(ties(&app, &firm).await, [said("employs", "김하늘")]);
        assert_eq!(listed(&app, "tie=works_for").await, ["김하늘"]);
        assert_eq!(listed(&app, "tie=employs").await, ["한빛"]);
        assert_eq!(listed(&app, &format!("tied_to={firm}")).await, ["김하늘"]);
        assert!(listed(&app, "tie=likes").await.is_empty());
        assert_eq!(tie(&app, &firm, "employs", &kim).await.expect(409).code(), "tie_there");
        assert_eq!(tie(&app, &kim, "family_of", &kim).await.expect(422).fields(), ["other: tie_self"]);
        assert_eq!(tie(&app, &kim, "likes", &firm).await.expect(422).fields(), ["kind: unknown"]);
        tie(&app, &kim, "works_for", "pty_0000000000001").await.expect(404);
        let timeline = app.get(&format!("/parties/{kim}/timeline?kinds=tie")).await.expect(200).json;
        let item = &timeline["items"][0];
        assert_eq!((&item["kind"], &item["event"], &item["other"]["name"]), (&json!("tie"), &json!("works_for"), &json!("한빛")));
    }

    async fn a_tie_has_a_time_and_can_be_forgotten(app) {
        let (kim, firm) = (entered(&app, "김하늘", "person").await, entered(&app, "한빛", "organisation").await);
        let made = tie(&app, &kim, "works_for", &firm).await.expect(201).json;
        let path = format!("/ties/{}", made[0]["id"].as_str().unwrap());
        let refused = app.put(&path, json!({ "since": "2026-05-01", "until": "2026-04-30" })).await.expect(422);
        assert_eq!(refused.fields(), ["until: tie_ends_first"]);
        app.put(&path, json!({ "since": "2025-01-01", "until": "2025-12-31" })).await.expect(204);
        let card = app.get(&format!("/parties/{kim}")).await.json;
        assert_eq!((&card["about"]["ties"][0]["until"], &card["about"]["ties"][0]["ended"]), (&json!("2025-12-31"), &json!(true)));
        assert!(listed(&app, "tie=works_for").await.is_empty(), "what has ended is not asked for");
        tie(&app, &kim, "works_for", &firm).await.expect(201);
        app.delete(&path).await.expect(204);
        app.delete(&path).await.expect(404);
        assert_eq!(ties(&app, &firm).await.len(), 1);
    }

    async fn no_account_is_a_part_of_itself(app) {
        let mut accounts = Vec::new();
        for name in ["A", "B", "C", "D"] {
            accounts.push(entered(&app, name, "organisation").await);
        }
        tie(&app, &accounts[0], "part_of", &accounts[1]).await.expect(201);
        tie(&app, &accounts[1], "part_of", &accounts[2]).await.expect(201);
        tie(&app, &accounts[2], "part_of", &accounts[3]).await.expect(201);
        let refused = tie(&app, &accounts[2], "part_of", &accounts[0]).await.expect(409);
        assert_eq!(refused.code(), "tie_circle");
        assert!(refused.json["detail"].as_str().unwrap().contains("C → A → B → C"), "{}", refused.json);
        assert_eq!(refused.json["way"].as_array().unwrap().len(), 4);
        tie(&app, &accounts[0], "has_part", &accounts[3]).await.expect(409);
        // Ties of other kinds may go round.
        tie(&app, &accounts[2], "supplies", &accounts[0]).await.expect(201);

        // Two that a third stands between cannot be one; neighbours can, and their tie is not shown meanwhile.
        let merge = |absorbed: &str| json!({ "survivor": accounts[0], "absorbed": [absorbed] });
        assert_eq!(app.post("/merges", merge(&accounts[2])).await.expect(409).code(), "tie_circle");
        let merged = app.post("/merges", merge(&accounts[1])).await.expect(201).json;
        assert_eq!(ties(&app, &accounts[0]).await, [said("part_of", "C"), said("supplied_by", "C")]);
        let merge = merged["merges"][0].as_str().unwrap();
        app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        assert_eq!(ties(&app, &accounts[0]).await, [said("part_of", "B"), said("supplied_by", "C")]);
    }

    async fn ties_follow_merges_and_come_back(app) {
        let (kim, other, firm) = (
            entered(&app, "김하늘", "person").await,
            entered(&app, "김 하늘", "person").await,
            entered(&app, "한빛", "organisation").await,
        );
        tie(&app, &other, "works_for", &firm).await.expect(201);
        let merged = app.post("/merges", json!({ "survivor": kim, "absorbed": [other] })).await.expect(201).json;
        assert_eq!(ties(&app, &kim).await, [said("works_for", "한빛")]);
        assert_eq!(ties(&app, &firm).await, [said("employs", "김하늘")]);
        assert_eq!(listed(&app, "tie=works_for").await, ["김하늘"]);
        assert_eq!(tie(&app, &kim, "works_for", &firm).await.expect(409).code(), "tie_there");
        let merge = merged["merges"][0].as_str().unwrap();
        app.post(&format!("/merges/{merge}/undo"), json!({})).await.expect(200);
        assert!(ties(&app, &kim).await.is_empty());
        assert_eq!(ties(&app, &firm).await, [said("employs", "김 하늘")]);
    }

    async fn a_tie_shows_nobody_who_is_not_seen(app) {
        let staff = app.limited(Role::Staff, None).await;
        let own = staff.post("/parties", json!({ "name": "내 손님" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let foreign = entered(&app, "남의 손님", "person").await;
        let made = tie(&app, &own, "family_of", &foreign).await.expect(201).json;
        let card = staff.get(&format!("/parties/{own}")).await.expect(200);
        assert_eq!(card.json["about"]["ties"], json!([]));
        assert!(!card.text().contains("남의"));
        let timeline = staff.get(&format!("/parties/{own}/timeline")).await.expect(200).text();
        assert!(!timeline.contains("남의") && !timeline.contains(&foreign), "{timeline}");
        let path = format!("/ties/{}", made[0]["id"].as_str().unwrap());
        staff.put(&path, json!({})).await.expect(404);
        staff.delete(&path).await.expect(404);
        staff.post(&format!("/parties/{own}/ties"), json!({ "kind": "family_of", "other": foreign })).await.expect(404);
    }
}
