//! Key accounts, quality and true customers: from what was judged to boards, lists, rules and Today.

use crate::*;
use kernel::Month;
use testkit::both_engines;

/// Records what somebody judges.
async fn judge(app: &TestApp, party: &str, input: &str, value: i64) {
    let new = json!({ "input": input, "value": value, "source": "conversation" });
    signed_in(app).await.post(&format!("/parties/{party}/assessments"), new).await.expect(201);
}

/// Thirty accounts that came twice: the n-th brings n × 10,000 won a year, with more potential the more it brings.
async fn thirty(app: &TestApp) -> Vec<String> {
    let mut parties = Vec::new();
    for n in 0..30 {
        parties.push(someone(app, &format!("Account {n:02}")).await);
    }
    let now = today(app);
    let orders = parties.iter().enumerate().flat_map(|(n, party)| {
        let party: Id<kinds::Party> = party.parse().unwrap();
        [300, 20].map(|ago| (party, now.plus(-ago), format!("o{n}-{ago}")))
    });
    imported(app, orders.collect()).await;
    let rows: Vec<Value> = parties
        .iter()
        .enumerate()
        .flat_map(|(n, party)| {
            let n = i64::try_from(n).unwrap();
            let row = move |input: &str, value: i64| {
                json!({ "customer": party, "input": input, "value": value, "source": "books" })
            };
            [row("margin", n * 10_000), row("cost_to_serve", 1_000), row("potential", n / 3), row("fit", 5)]
        })
        .collect();
    let answer = app.post("/assessments", json!({ "rows": rows })).await.expect(200).json;
    assert_eq!(answer["recorded"], 120, "{answer}");
    app.settle().await;
    parties
}

async fn board(app: &TestApp) -> Value {
    signed_in(app).await.get("/choose/accounts").await.expect(200).json
}

/// How many people a rule means.
async fn meant(app: &TestApp, rule: &str) -> i64 {
    let asked = signed_in(app).await.post("/choose/segments/ask", json!({ "text": rule })).await.expect(200);
    asked.json["count"].as_i64().unwrap_or_else(|| panic!("{}", asked.json))
}

fn reasons(parties: &[String]) -> Vec<Value> {
    parties.iter().map(|party| json!({ "party": party, "reason": "Profit and potential." })).collect()
}

both_engines! {
    registry();

    async fn seven_of_thirty_accounts_are_picked_with_reasons(app) {
        let parties = thirty(&app).await;
        let first = board(&app).await;
        assert_eq!((first["eligible"].as_u64(), first["proposed"].as_u64()), (Some(30), Some(7)), "{first}");
        let best = &first["candidates"][0];
        assert_eq!(best["party"]["id"], parties[29]);
        assert_eq!(best["profit"]["amount_minor"], 289_000);
        assert_eq!((best["place"].clone(), best["proposed"].clone()), (json!(1), json!(true)));
        let parts: f64 = best["parts"].as_array().unwrap().iter().map(|p| p["contribution"].as_f64().unwrap()).sum();
        assert!((parts - best["score"].as_f64().unwrap()).abs() < 1e-9, "the parts are the score");

        let picked = parties[23..].to_vec();
        let silent = json!({ "approve": [{ "party": picked[0], "reason": "  " }] });
        let refused = app.post("/choose/accounts/decisions", silent).await.expect(422);
        assert_eq!(refused.code(), "account_reason_missing");
        let decided = app.post("/choose/accounts/decisions", json!({ "approve": reasons(&picked) })).await.expect(200);
        assert_eq!(decided.json["keys"].as_array().unwrap().len(), 7);
        app.settle().await;
        assert_eq!(people(&app, "key_account=true").await, 7);
        assert_eq!(people(&app, "key_account=false").await, 23);
        assert_eq!(meant(&app, "key_account").await, 7);
        assert_eq!(meant(&app, "not key_account and profit >= 100000").await, 12);
        let twice = app.post("/choose/accounts/decisions", json!({ "approve": reasons(&picked[..1]) })).await;
        assert_eq!(twice.expect(409).code(), "account_is_key");

        let gone = json!({ "remove": [{ "party": picked[0], "reason": "Merged with a rival." }] });
        app.post("/choose/accounts/decisions", gone).await.expect(200);
        app.settle().await;
        let after = board(&app).await;
        assert_eq!((after["keys"].as_array().unwrap().len(), people(&app, "key_account=true").await), (6, 6));
        assert_eq!(after["history"][0]["reason"], "Merged with a rival.");
        assert_eq!(after["history"].as_array().unwrap().len(), 8, "what was decided stays");
        let card = app.get(&format!("/choose/worth/{}", picked[0])).await.expect(200).json;
        assert_eq!(card["key"]["is_key"], false);
    }

    async fn who_asked_not_to_be_used_is_neither_ranked_nor_proposed(app) {
        let parties = thirty(&app).await;
        let (key, best) = (&parties[28], &parties[29]);
        let approve = json!({ "approve": reasons(std::slice::from_ref(key)) });
        app.post("/choose/accounts/decisions", approve).await.expect(200);
        app.settle().await;
        let path = suspend(&app, best).await;
        suspend(&app, key).await;
        let stopped = board(&app).await;
        let named = |rows: &Value, party: &str| rows.as_array().unwrap().iter().any(|row| row["party"]["id"] == party);
        for party in [key, best] {
            for rows in ["candidates", "keys", "watch"] {
                assert!(!named(&stopped[rows], party), "{rows}: {stopped}");
            }
        }
        assert!(named(&stopped["history"], key), "what was decided stays");
        assert_eq!(people(&app, "key_account=true").await, 0);
        let quality = app.get("/choose/quality").await.expect(200).json;
        assert_eq!((&quality["judged"], named(&quality["rows"], best)), (&json!(28), false));
        let worth = app.get(&format!("/choose/worth/{best}")).await.expect(200).json;
        assert_eq!((&worth["quality"], &worth["true_customer"]), (&Value::Null, &json!("unknown")));
        let approve = json!({ "approve": reasons(std::slice::from_ref(best)) });
        let refused = app.post("/choose/accounts/decisions", approve).await.expect(409);
        assert_eq!(refused.code(), "party_not_used");
        app.put(&path, json!({ "suspended": false })).await.expect(204);
        app.settle().await;
        assert_eq!(board(&app).await["candidates"][0]["party"]["id"], json!(best));
    }

    async fn what_was_judged_and_decided_stands_on_the_timeline(app) {
        let sora = customer(&app, "Sora", &[300, 20]).await;
        judge(&app, &sora, "potential", 8).await;
        judge(&app, &sora, "margin", 90_000).await;
        let approve = json!({ "approve": reasons(std::slice::from_ref(&sora)) });
        app.post("/choose/accounts/decisions", approve).await.expect(200);
        let path = format!("/parties/{sora}/timeline?kinds=assessment,account");
        let items = app.get(&path).await.expect(200).json["items"].clone();
        let of = |at: usize, name: &str| items[at][name].clone();
        assert_eq!((of(0, "kind"), of(0, "to")), (json!("account"), json!("approved")), "{items}");
        assert_eq!((of(1, "event"), of(1, "amount")["amount_minor"].clone()), (json!("margin"), json!(90_000)));
        assert_eq!((of(2, "event"), of(2, "value"), of(2, "amount")), (json!("potential"), json!(8), Value::Null));
        // A slip that was taken back never happened.
        let judged = app.get(&format!("/parties/{sora}/assessments")).await.expect(200).json;
        let slip = judged.as_array().or(judged["items"].as_array()).unwrap().iter()
            .find(|one| one["input"] == "potential").unwrap()["id"].as_str().unwrap().to_owned();
        app.delete(&format!("/assessments/{slip}")).await.expect(204);
        let after = app.get(&path).await.expect(200).json["items"].as_array().unwrap().len();
        assert_eq!(after, 2);
    }

    async fn an_organisation_is_judged_with_the_people_who_work_for_it(app) {
        let made = json!({ "name": "한강상사", "kind": "organisation" });
        let house = app.post("/parties", made).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let (sora, minjun) = (customer(&app, "Sora", &[300, 20]).await, customer(&app, "Minjun", &[40]).await);
        order(&app, &house, 20, 5_000).await;
        judge(&app, &house, "potential", 8).await;
        judge(&app, &house, "margin", 4_000).await;
        judge(&app, &house, "cost_to_serve", 1_000).await;
        app.settle().await;
        let worth = async || app.get(&format!("/choose/worth/{house}")).await.expect(200).json;
        let before = worth().await;
        assert_eq!((&before["revenue"]["amount_minor"], &before["people"]), (&json!(5_000), &json!(0)));
        for person in [&sora, &minjun] {
            let tie = json!({ "kind": "works_for", "other": house });
            app.post(&format!("/parties/{person}/ties"), tie).await.expect(201);
        }
        app.settle().await;
        let after = worth().await;
        assert_eq!((&after["revenue"]["amount_minor"], &after["people"]), (&json!(20_000), &json!(2)));
        assert_eq!(after["signs"].as_array().unwrap().iter().find(|one| one["sign"] == "behaviour").unwrap()["evidence"], "shown");
        // Their orders are screened once: with the organisation.
        let screened = board(&app).await["candidates"].as_array().unwrap().iter()
            .map(|one| (one["party"]["name"].as_str().unwrap().to_owned(), one["people"].as_i64().unwrap()))
            .collect::<Vec<_>>();
        assert_eq!(screened, [("한강상사".to_owned(), 2)]);
        // Whoever works there no more takes their orders along, and what they buy moves the row that lists and rules read.
        let ties = app.get(&format!("/parties/{sora}/ties")).await.expect(200).json;
        let tie = ties.as_array().unwrap()[0]["id"].as_str().unwrap().to_owned();
        app.delete(&format!("/ties/{tie}")).await.expect(204);
        app.settle().await;
        assert_eq!(worth().await["revenue"]["amount_minor"], 10_000);
    }

    async fn what_is_expected_of_who_buys_in_another_currency_is_in_theirs(app) {
        let parties = thirty(&app).await;
        let abroad: Id<kinds::Party> = parties[0].parse().unwrap();
        let (day, zone) = (today(&app), Company::default().zone());
        // From now on most of their orders are in dollars.
        let lines: Vec<Line> = (0..12).map(|month| Line {
            key: LineKey { order_no: format!("usd{month}"), line_id: "1".into() },
            party: Some(abroad),
            at: day.plus(-30 * month - 5).start_in(&zone),
            day: day.plus(-30 * month - 5),
            product: None, category: None, quantity_milli: None,
            amount: 30_000, currency: Currency::USD,
            store: None, staff: None, channel: None,
        }).collect();
        let writing = app.db().write(Lane::Import, move |tx| async move {
            let from = From { source: "generic", import: Some(Id::from_number(1)), origin: store::log::Origin::Import };
            know::orders::write(tx, &from, &lines).await
        }.boxed());
        writing.await.unwrap();
        app.settle().await;
        // What was stated in won says nothing of dollars.
        judge(&app, &parties[0], "forecast", 120_000).await;
        app.settle().await;
        app.post("/choose/accounts/decisions", json!({ "approve": reasons(&parties[20..27]) })).await.expect(200);
        let watch = board(&app).await["watch"].clone();
        let row = watch.as_array().unwrap().iter().find(|row| row["party"]["id"] == json!(parties[0])).cloned().unwrap();
        assert_eq!(row["forecast"]["currency"], "USD", "{row}");
        assert_ne!(row["basis"], "stated", "{row}");
        let cents = row["forecast"]["amount_minor"].as_i64().unwrap();
        assert!((25_000..=36_000).contains(&cents), "about 300 dollars a month: {row}");
    }

    async fn whoever_was_left_out_and_does_better_is_a_candidate(app) {
        let parties = thirty(&app).await;
        for party in &parties[..3] {
            judge(&app, party, "forecast", 120_000).await;
        }
        app.settle().await;
        app.post("/choose/accounts/decisions", json!({ "approve": reasons(&parties[20..27]) })).await.expect(200);
        app.settle().await;
        assert_eq!(card(&app, "account_candidates").await, Value::Null);
        // The months that count begin after the decision; two of them pass.
        let begin: Month = today(&app).month().plus(1);
        let orders = [(0, 12_000), (1, 11_000), (2, 40_000)];
        let bought: Vec<(String, i64)> =
            orders.iter().map(|(place, amount)| (parties[*place].clone(), *amount)).collect();
        let end = begin.plus(2).first_day();
        app.later((end.since(today(&app)) + 1) * Instant::DAY).await;
        for (party, amount) in &bought {
            for month in [begin, begin.plus(1)] {
                order(&app, party, today(&app).since(month.first_day().plus(5)), *amount).await;
            }
        }
        app.settle().await;
        let watch = board(&app).await["watch"].clone();
        let of = |party: &str| {
            watch.as_array().unwrap().iter().find(|row| row["party"]["id"] == party).cloned().unwrap()
        };
        let exact = of(&parties[0]);
        assert_eq!(exact["forecast"]["amount_minor"], 10_000, "a twelfth of what was stated");
        assert_eq!((exact["ratio"].as_f64(), exact["candidate"].clone()), (Some(1.2), json!(true)));
        assert_eq!(exact["months"].as_array().unwrap().len(), 2);
        assert_eq!(of(&parties[1])["candidate"], false, "1.1 times is not enough");
        let shown = card(&app, "account_candidates").await;
        assert_eq!(shown["count"], 2, "{shown}");
        assert_eq!(watch[0]["party"]["id"], parties[2], "the furthest above comes first");

        // Whoever is approved is not watched any more.
        let late = json!({ "approve": [{ "party": parties[2], "reason": "Grew beyond what we thought." }] });
        signed_in(&app).await.post("/choose/accounts/decisions", late).await.expect(200);
        app.settle().await;
        assert_eq!(card(&app, "account_candidates").await["count"], 1);
    }

    async fn what_is_missing_is_named_with_its_people(app) {
        let party = customer(&app, "Known", &[200, 100, 1]).await;
        customer(&app, "Unknown", &[200, 100, 1]).await;
        judge(&app, &party, "potential", 7).await;
        app.settle().await;
        let board = board(&app).await;
        let gap = |input: &str| {
            let gaps = board["missing"].as_array().unwrap();
            gaps.iter().find(|gap| gap["input"] == input).cloned().unwrap_or_default()
        };
        assert_eq!(board["eligible"], 0);
        assert_eq!((gap("profit")["count"].clone(), gap("potential")["count"].clone()), (json!(2), json!(1)));
        let query = gap("potential")["href"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
        assert_eq!(people(&app, &query).await, 1, "the number opens its people");
        // A criterion without weight is not asked for.
        let weights = json!({ "weights": { "profit": 0, "growth": 1, "potential": 0, "fit": 0 } });
        app.put("/choose/accounts/settings", weights).await.expect(200);
        assert_eq!(app.get("/choose/accounts").await.json["eligible"], 2);
        let none = json!({ "weights": { "profit": 0, "growth": 0, "potential": 0, "fit": 0 } });
        assert_eq!(app.put("/choose/accounts/settings", none).await.expect(422).fields(), ["weights: weights_range"]);
    }

    async fn quality_ranks_by_four_inputs_and_opens_its_cells(app) {
        let (good, hard) = (someone(&app, "Good").await, someone(&app, "Hard").await);
        for (party, scores) in [(&good, [9, 7, 2, 4]), (&hard, [9, 7, 9, 9])] {
            let inputs = ["purchase_needs", "potential", "bargaining_power", "price_sensitivity"];
            for (input, score) in inputs.iter().zip(scores) {
                judge(&app, party, input, score).await;
            }
        }
        let half = someone(&app, "Half known").await;
        judge(&app, &half, "potential", 9).await;
        app.settle().await;
        let board = app.get("/choose/quality").await.expect(200).json;
        let rows: Vec<(&str, Value)> = board["rows"].as_array().unwrap().iter()
            .map(|row| (row["party"]["name"].as_str().unwrap(), row["quality"].clone())).collect();
        assert_eq!(rows, [("Good", json!(75)), ("Hard", json!(45)), ("Half known", json!(null))]);
        let counts: Vec<i64> =
            board["cells"].as_array().unwrap().iter().map(|cell| cell["count"].as_i64().unwrap()).collect();
        assert_eq!(counts, [1, 1, 0, 0]);
        for cell in board["cells"].as_array().unwrap() {
            let query = cell["href"].as_str().unwrap().split_once('?').unwrap().1;
            assert_eq!(people(&app, query).await, cell["count"].as_i64().unwrap(), "{cell}");
            let rule = format!("quality_cell = {}", cell["cell"].as_str().unwrap());
            assert_eq!(meant(&app, &rule).await, cell["count"].as_i64().unwrap());
        }
        assert_eq!(meant(&app, "quality >= 70").await, 1);
        assert_eq!(people(&app, "quality_min=40&quality_max=60").await, 1);
        let needs = board["missing"].as_array().unwrap().iter().find(|gap| gap["input"] == "purchase_needs");
        assert_eq!(needs.unwrap()["count"], 1);
        // Other weights, other numbers.
        let weights = json!({ "quality": { "purchase_needs": 1, "potential": 0, "bargaining_power": 0, "price_sensitivity": 0 } });
        app.put("/choose/accounts/settings", weights).await.expect(200);
        app.settle().await;
        assert_eq!(meant(&app, "quality = 90").await, 2);
    }

    async fn a_true_customer_is_flagged_only_when_all_is_evidenced(app) {
        let party = customer(&app, "True", &[40, 20, 1]).await;
        let state = async || app.get(&format!("/choose/worth/{party}")).await.expect(200).json;
        assert_eq!(state().await["true_customer"], "unknown");
        judge(&app, &party, "intention", 9).await;
        judge(&app, &party, "review", 0).await;
        app.settle().await;
        assert_eq!(state().await["true_customer"], "not", "a rewarded review is not voluntary");
        judge(&app, &party, "referral", 1).await;
        app.settle().await;
        assert_eq!(state().await["true_customer"], "true");
        assert_eq!((people(&app, "true_customer=true").await, meant(&app, "true_customer").await), (1, 1));
        assert_eq!(app.get("/choose/quality").await.json["true_customers"], 1);
        assert_eq!(state().await["profit"], Value::Null, "no cost to serve is recorded");
        judge(&app, &party, "margin", 90_000).await;
        judge(&app, &party, "cost_to_serve", 100_000).await;
        app.settle().await;
        assert_eq!(state().await["profit"]["amount_minor"], -10_000, "a true customer may cost more than they bring");
        assert_eq!(meant(&app, "profit < 0 and true_customer").await, 1);
        // They stay away: time alone takes the flag back.
        app.later(200 * Instant::DAY).await;
        refresh(&app).await;
        assert_eq!(people(&app, "true_customer=true").await, 0);
        assert_eq!(meant(&app, "true_customer").await, 0);
    }

    async fn what_was_judged_follows_a_merge_and_comes_back(app) {
        let (one, other) = (customer(&app, "One", &[9, 6, 3]).await, customer(&app, "Other", &[8, 5, 2]).await);
        judge(&app, &one, "potential", 3).await;
        judge(&app, &other, "margin", 70_000).await;
        judge(&app, &other, "cost_to_serve", 10_000).await;
        let key = json!({ "approve": [{ "party": other, "reason": "Large." }] });
        app.post("/choose/accounts/decisions", key).await.expect(200);
        app.settle().await;
        let before = (meant(&app, "profit = 60000").await, people(&app, "key_account=true").await);
        assert_eq!(before, (1, 1));
        let merged = app.post("/merges", json!({ "survivor": one, "absorbed": [other] })).await.expect(201).json;
        app.settle().await;
        let worth = app.get(&format!("/choose/worth/{one}")).await.expect(200).json;
        assert_eq!((worth["profit"]["amount_minor"].clone(), worth["key"]["is_key"].clone()), (json!(60_000), json!(true)));
        assert_eq!(app.get(&format!("/parties/{one}/assessments")).await.json.as_array().unwrap().len(), 3);
        assert_eq!(people(&app, "key_account=true").await, 1);
        app.post(&format!("/merges/{}/undo", merged["merges"][0].as_str().unwrap()), json!({})).await.expect(200);
        app.settle().await;
        assert_eq!(app.get(&format!("/choose/worth/{one}")).await.json["key"], Value::Null);
        let of_other = people(&app, &format!("key_account=true&ids={other}")).await;
        assert_eq!((meant(&app, "profit = 60000").await, of_other), (1, 1));
    }

    async fn judging_is_checked_told_and_taken_back(app) {
        let party = someone(&app, "Kim").await;
        app.put(&format!("/parties/{party}"), json!({ "name": "Kim", "phone": "010-2345-6789" })).await;
        let path = format!("/parties/{party}/assessments");
        assert_eq!(app.post(&path, json!({ "input": "fit", "value": 11 })).await.expect(422).fields(), ["value: score_range"]);
        let made = app.post(&path, json!({ "input": "fit", "value": 6, "day": ago(&app, 9) })).await.expect(201).json;
        app.post(&path, json!({ "input": "fit", "value": 2, "day": ago(&app, 30) })).await.expect(201);
        let all = app.get(&path).await.expect(200).json;
        let counting: Vec<(i64, bool)> = all.as_array().unwrap().iter()
            .map(|one| (one["value"].as_i64().unwrap(), one["counts"].as_bool().unwrap())).collect();
        assert_eq!(counting, [(6, true), (2, false)], "the latest day counts, not the latest row");
        let rows = json!({ "rows": [
            { "customer": "nobody@example.com", "input": "fit", "value": 3 },
            { "customer": party, "input": "mood", "value": 3 },
            { "customer": party, "input": "fit", "value": 9 },
        ] });
        let answer = app.post("/assessments", rows).await.expect(200).json;
        assert_eq!(answer["recorded"], 1);
        let refused: Vec<(i64, &str)> = answer["refused"].as_array().unwrap().iter()
            .map(|row| (row["row"].as_i64().unwrap(), row["faults"][0]["code"].as_str().unwrap())).collect();
        assert_eq!(refused, [(1, "customer_unknown"), (2, "assessment_input_unknown")]);
        let id = made[0]["id"].as_str().unwrap();
        app.delete(&format!("/assessments/{id}")).await.expect(204);
        app.delete(&format!("/assessments/{id}")).await.expect(404);
        let mut tx = app.db().read().await.unwrap();
        let (told,): (i64,) = sql!("select count(*) from interactions where kind in ('assessment.recorded', 'assessment.retracted')")
            .fetch_one(&mut tx).await.unwrap();
        assert_eq!(told, 4);
    }

    async fn a_board_shows_only_whom_the_sight_reaches(app) {
        let parties = thirty(&app).await;
        app.post("/choose/accounts/decisions", json!({ "approve": reasons(&parties[28..]) })).await.expect(200);
        app.settle().await;
        let limited = app.limited(Role::Staff, None).await;
        let board = limited.get("/choose/accounts").await.expect(200).json;
        for part in ["candidates", "keys", "watch", "history"] {
            assert_eq!(board[part], json!([]), "{part}");
        }
        assert_eq!(limited.get("/choose/quality").await.expect(200).json["rows"], json!([]));
        limited.get(&format!("/choose/worth/{}", parties[0])).await.expect(404);
        let row = json!({ "rows": [{ "customer": parties[0], "input": "fit", "value": 3 }] });
        assert_eq!(limited.post("/assessments", row).await.expect(200).json["recorded"], 0);
    }
}
