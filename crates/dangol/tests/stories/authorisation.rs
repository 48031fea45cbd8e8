//! Every operation of the API, tried by everybody: nobody gets further than the table below says.
//!
//! The table is written by hand and on purpose not read from the program: a route that is new or whose rule moves
//! fails here until someone has thought about it.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Client, both_engines};
use web::Role;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Without signing in.
    Anybody,
    /// Whoever is signed in.
    Everyone,
    /// Who works with customers: not the analyst.
    Staff,
    /// Who reads figures: not the clerk.
    Figures,
    /// Who works with customers and reads figures: neither clerk nor analyst.
    Choosing,
    /// Who reports: owner, manager, analyst.
    Report,
    Manager,
    Owner,
}

use Who::{Anybody, Choosing, Everyone, Figures, Manager, Owner, Report, Staff};

/// In this order the table's answers stand.
const ROLES: [Role; 5] = [Role::Clerk, Role::Analyst, Role::Staff, Role::Manager, Role::Owner];

impl Who {
    /// Whether each role may.
    fn roles(self) -> [bool; 5] {
        match self {
            Anybody | Everyone => [true; 5],
            Staff => [true, false, true, true, true],
            Figures => [false, true, true, true, true],
            Choosing => [false, false, true, true, true],
            Report => [false, true, false, true, true],
            Manager => [false, false, false, true, true],
            Owner => [false, false, false, false, true],
        }
    }
}

const TABLE: &[(&str, Who)] = &[
    ("DELETE /addresses/{id}", Staff),
    ("DELETE /assessments/{id}", Staff),
    ("DELETE /bonds/{id}", Staff),
    ("DELETE /choose/segments/{id}", Choosing),
    ("DELETE /custom-fields/{id}", Manager),
    ("DELETE /choose/vip/parties/{id}/grant", Manager),
    ("DELETE /declared/{id}", Staff),
    ("DELETE /event-kinds/{code}", Manager),
    ("DELETE /follow-ups/{id}", Staff),
    ("DELETE /imports/{id}", Manager),
    ("DELETE /keys/{id}", Owner),
    ("DELETE /measure/costs/{id}", Manager),
    ("DELETE /notes/{id}", Staff),
    ("DELETE /parties/{id}/birthday", Staff),
    ("DELETE /rules/{id}", Owner),
    ("DELETE /questions/{id}", Manager),
    ("DELETE /session", Everyone),
    ("DELETE /session/factor", Everyone),
    ("DELETE /session/identities", Everyone),
    ("DELETE /session/passkeys/{id}", Everyone),
    ("DELETE /sessions", Everyone),
    ("DELETE /sessions/{id}", Everyone),
    ("DELETE /shops/{id}", Owner),
    ("DELETE /shops/{id}/former-secret", Owner),
    ("DELETE /teams/{id}", Owner),
    ("DELETE /ties/{id}", Staff),
    ("DELETE /users/{id}/factor", Owner),
    ("DELETE /views/{id}", Staff),
    ("DELETE /webhooks/{id}", Owner),
    ("GET /audit", Owner),
    ("GET /audit/check", Owner),
    ("GET /audit/export", Owner),
    ("GET /backups", Owner),
    ("GET /choose/accounts", Figures),
    ("GET /choose/accounts/settings", Figures),
    ("GET /choose/bonds", Figures),
    ("GET /choose/bonds/settings", Everyone),
    ("GET /choose/quality", Figures),
    ("GET /choose/rfm", Figures),
    ("GET /choose/segments", Figures),
    ("GET /choose/segments/from-list", Figures),
    ("GET /choose/segments/offer", Figures),
    ("GET /choose/segments/values", Figures),
    ("GET /choose/segments/{id}", Figures),
    ("GET /choose/segments/{id}/hands", Figures),
    ("GET /choose/states", Figures),
    ("GET /choose/states/transitions", Figures),
    ("GET /choose/vip", Figures),
    ("GET /choose/vip/parties/{id}", Everyone),
    ("GET /choose/visits", Figures),
    ("GET /choose/worth/{id}", Figures),
    ("GET /colleagues", Everyone),
    ("GET /company", Everyone),
    ("GET /custom-fields", Everyone),
    ("GET /consent/notices", Everyone),
    ("GET /consent/topics", Everyone),
    ("GET /consent/unverified", Report),
    ("GET /consent/wordings", Everyone),
    ("GET /event-kinds", Everyone),
    ("GET /event-kinds/offer", Everyone),
    ("GET /follow-ups", Everyone),
    ("GET /imports", Manager),
    ("GET /imports/{id}", Manager),
    ("GET /imports/{id}/faults", Manager),
    ("GET /imports/{id}/faults.csv", Manager),
    ("GET /jobs", Everyone),
    ("GET /jobs/{id}", Everyone),
    ("GET /keys", Owner),
    ("GET /leaving-reasons", Everyone),
    ("GET /live", Everyone),
    ("GET /markets", Figures),
    ("GET /measure/costs", Report),
    ("GET /measure/costs/export", Report),
    ("GET /measure/economics", Report),
    ("GET /measure/kotler", Figures),
    ("GET /measure/leak", Figures),
    ("GET /measure/value", Figures),
    ("GET /merges", Everyone),
    ("GET /merges/{id}", Everyone),
    ("GET /parties", Everyone),
    ("GET /parties/export", Report),
    ("GET /parties/proposals", Everyone),
    ("GET /parties/proposals/counts", Everyone),
    ("GET /parties/summary", Everyone),
    ("GET /parties/{id}", Everyone),
    ("GET /parties/{id}/ties", Everyone),
    ("GET /parties/{id}/consents", Everyone),
    ("GET /parties/{id}/assessments", Everyone),
    ("GET /parties/{id}/bonds", Everyone),
    ("GET /parties/{id}/needs", Everyone),
    ("GET /parties/{id}/timeline", Everyone),
    ("GET /requests", Everyone),
    ("GET /requests/settings", Report),
    ("GET /requests/{id}", Everyone),
    ("GET /requests/{id}/erasure", Manager),
    ("GET /requests/{id}/export", Manager),
    ("GET /requests/{id}/outcome", Manager),
    ("GET /quality", Figures),
    ("GET /questions", Everyone),
    ("GET /questions/results", Figures),
    ("GET /retention", Report),
    ("GET /retention/report", Report),
    ("GET /rules", Report),
    ("GET /search", Everyone),
    ("GET /sending", Everyone),
    ("GET /session", Everyone),
    ("GET /session/claim", Anybody),
    ("GET /session/factor", Everyone),
    ("GET /session/identities", Everyone),
    ("GET /session/passkeys", Everyone),
    ("GET /session/sso", Anybody),
    ("GET /sessions", Everyone),
    ("GET /settings/access", Report),
    ("GET /settings/site", Report),
    ("GET /settings/sso", Owner),
    ("GET /tags", Everyone),
    ("GET /settings/mail", Owner),
    ("GET /teams", Everyone),
    ("GET /today", Everyone),
    ("GET /users", Owner),
    ("GET /users/{id}", Owner),
    ("GET /views", Everyone),
    ("GET /site/figures", Report),
    ("GET /shops", Owner),
    ("GET /shops/{id}/deliveries", Owner),
    ("GET /webhooks", Owner),
    ("GET /webhooks/{id}/deliveries", Owner),
    ("POST /assessments", Staff),
    ("POST /backups", Owner),
    ("POST /bonds", Staff),
    ("POST /choose/accounts/decisions", Manager),
    ("POST /choose/segments", Choosing),
    ("POST /choose/segments/ask", Figures),
    ("POST /choose/segments/overlap", Figures),
    ("POST /choose/segments/why", Figures),
    ("POST /choose/segments/{id}/hands", Choosing),
    ("POST /choose/segments/{id}/retry", Choosing),
    ("POST /choose/segments/{id}/snapshot", Choosing),
    ("POST /choose/states/preview", Figures),
    ("POST /choose/vip/preview", Figures),
    ("POST /company/start", Manager),
    ("POST /custom-fields", Manager),
    ("POST /consent/attest", Owner),
    ("POST /consent/notices/{id}/told", Staff),
    ("POST /consent/wordings", Owner),
    ("POST /event-kinds", Manager),
    ("POST /events", Manager),
    ("POST /imports", Manager),
    ("POST /imports/{id}/dry-run", Manager),
    ("POST /imports/{id}/run", Manager),
    ("POST /imports/{id}/undo", Manager),
    ("POST /keys", Owner),
    ("POST /measure/costs", Manager),
    ("POST /measure/refit", Manager),
    ("POST /memos/read", Staff),
    ("POST /merges", Staff),
    ("POST /merges/{id}/undo", Staff),
    ("POST /orders", Staff),
    ("POST /parties", Staff),
    ("POST /parties/markets", Staff),
    ("POST /parties/proposals/decide", Staff),
    ("POST /parties/proposals/search", Staff),
    ("POST /parties/proposals/{id}/dismiss", Staff),
    ("POST /parties/{id}/events", Staff),
    ("POST /parties/tags", Staff),
    ("POST /parties/{id}/addresses", Staff),
    ("POST /parties/{id}/consents", Staff),
    ("POST /parties/{id}/member-link", Staff),
    ("POST /parties/{id}/assessments", Staff),
    ("POST /parties/{id}/bonds", Staff),
    ("POST /parties/{id}/answers", Staff),
    ("POST /parties/{id}/follow-ups", Staff),
    ("POST /parties/{id}/needs", Staff),
    ("POST /parties/{id}/notes", Staff),
    ("POST /parties/{id}/ties", Staff),
    ("POST /parties/{id}/visits", Staff),
    ("POST /rules", Owner),
    ("POST /requests", Staff),
    ("POST /requests/{id}/answer", Manager),
    ("POST /requests/{id}/erasure", Manager),
    ("POST /requests/{id}/export", Manager),
    ("POST /requests/{id}/identity", Manager),
    ("POST /requests/{id}/refuse", Manager),
    ("POST /questions", Manager),
    ("POST /sending/lift", Owner),
    ("POST /session", Anybody),
    ("POST /session/claim", Anybody),
    ("POST /session/factor", Everyone),
    ("POST /session/factor/recovery", Everyone),
    ("POST /session/passkey", Anybody),
    ("POST /session/passkey/begin", Anybody),
    ("POST /session/passkeys", Everyone),
    ("POST /session/passkeys/begin", Everyone),
    ("POST /session/proof", Everyone),
    ("POST /session/sso", Anybody),
    ("POST /session/sso/begin", Anybody),
    ("POST /settings/mail/test", Owner),
    ("POST /teams", Owner),
    ("POST /today/{id}/done", Staff),
    ("POST /today/{id}/later", Staff),
    ("POST /users", Owner),
    ("POST /users/{id}/link", Owner),
    ("POST /views", Staff),
    ("POST /site/tokens", Manager),
    ("POST /shops", Owner),
    ("POST /shops/{id}/deliveries/{delivery}/replay", Owner),
    ("POST /shops/{id}/fetch/run", Owner),
    ("POST /shops/{id}/replay-failed", Owner),
    ("POST /webhooks", Owner),
    ("POST /webhooks/{id}/deliveries/{delivery}/replay", Owner),
    ("PUT /addresses/{id}", Staff),
    ("PUT /backups/plan", Owner),
    ("PUT /bonds/{id}", Staff),
    ("PUT /choose/accounts/settings", Manager),
    ("PUT /choose/bonds/settings", Manager),
    ("PUT /choose/segments/{id}", Choosing),
    ("PUT /choose/states/settings", Manager),
    ("PUT /choose/vip", Manager),
    ("PUT /choose/vip/parties/{id}/grant", Manager),
    ("PUT /company", Manager),
    ("PUT /custom-fields/{id}", Manager),
    ("PUT /consent/topics/{code}", Owner),
    ("PUT /follow-ups/{id}", Staff),
    ("PUT /imports/{id}/plan", Manager),
    ("PUT /markets/{market}", Manager),
    ("PUT /parties/{id}", Staff),
    ("PUT /parties/{id}/birthday", Staff),
    ("PUT /parties/{id}/fields", Staff),
    ("PUT /parties/{id}/keeper", Staff),
    ("PUT /parties/{id}/leaving", Staff),
    ("PUT /parties/{id}/markets", Staff),
    ("PUT /parties/{id}/tags", Staff),
    ("PUT /session/factor", Everyone),
    ("PUT /requests/settings", Manager),
    ("PUT /requests/{id}/suspension", Manager),
    ("PUT /parties/{id}/suggestion", Staff),
    ("PUT /questions", Manager),
    ("PUT /questions/{id}", Manager),
    ("PUT /retention", Owner),
    ("PUT /session/factor", Everyone),
    ("PUT /session/me", Everyone),
    ("PUT /session/passkeys/{id}", Everyone),
    ("PUT /session/password", Everyone),
    ("PUT /settings/access", Owner),
    ("PUT /settings/site", Manager),
    ("PUT /settings/sso", Owner),
    ("PUT /settings/mail", Owner),
    ("PUT /teams/{id}", Owner),
    ("PUT /ties/{id}", Staff),
    ("PUT /users/{id}", Owner),
    ("PUT /shops/{id}", Owner),
    ("PUT /shops/{id}/fetch", Owner),
    ("PUT /shops/{id}/secret", Owner),
    ("PUT /webhooks/{id}", Owner),
];

both_engines! {
    dangol::registry();

    async fn nobody_gets_further_than_the_table_says(app) {
        let anonymous = app.anonymous();
        let mut browsers = Vec::new();
        for role in ROLES {
            browsers.push(app.signed_in_as(role).await);
        }
        let document: Value = serde_json::from_str(&web::openapi(&dangol::registry()).to_json().unwrap()).unwrap();
        let table: BTreeMap<&str, Who> = TABLE.iter().copied().collect();
        let operations = operations(&document);
        let named: Vec<&str> = operations.iter().map(String::as_str).collect();
        assert_eq!(named, table.keys().copied().collect::<Vec<_>>());
        let mut wrong = Vec::new();
        for operation in &operations {
            // Signing out would end the session that the next tries need.
            if operation == "DELETE /session" {
                continue;
            }
            let who = table[operation.as_str()];
            let mut seen = vec![outcome(&anonymous, operation).await];
            for browser in &browsers {
                seen.push(outcome(browser, operation).await);
            }
            let signed_in = who.roles().map(|may| if may { "through" } else { "refused" });
            let stranger = if who == Anybody { "through" } else { "sign in" };
            let expected: Vec<&str> = [stranger].into_iter().chain(signed_in).collect();
            if seen != expected {
                wrong.push(format!("{operation}: {seen:?} instead of {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Whether the table lets a role do an operation.
pub fn may(operation: &str, role: Role) -> bool {
    let (_, who) =
        TABLE.iter().find(|(name, _)| *name == operation).expect("every operation is in the table");
    ROLES.iter().zip(who.roles()).any(|(known, may)| *known == role && may)
}

/// Every operation, as `GET /path`, sorted.
fn operations(document: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap();
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        all.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    all.sort_unstable();
    all
}

/// How far the client gets with an operation on something that does not exist.
async fn outcome(client: &Client, operation: &str) -> &'static str {
    let (method, path) = operation.split_once(' ').unwrap();
    let mut address = String::new();
    for part in path.split('/').skip(1) {
        address.push('/');
        address.push_str(if part.starts_with('{') { "2" } else { part });
    }
    // A stream never ends: its beginning tells enough.
    let reply = match method {
        "GET" if path == "/live" => return live(client).await,
        "GET" => client.get(&address).await,
        "POST" if path == "/imports" => client.upload(&address, Vec::new()).await,
        "POST" => client.post(&address, json!({})).await,
        "PUT" => client.put(&address, json!({})).await,
        "DELETE" => client.delete(&address).await,
        other => panic!("{other} is not tried yet"),
    };
    match (reply.status, reply.code()) {
        (401, "sign_in_required") => "sign in",
        (403, "not_allowed") => "refused",
        (403, other) => panic!("{operation} is refused as {other}"),
        _ => "through",
    }
}

async fn live(client: &Client) -> &'static str {
    let asked = client.get("/live");
    match tokio::time::timeout(std::time::Duration::from_millis(200), asked).await {
        Err(_) => "through",
        Ok(reply) if reply.status == 401 => "sign in",
        Ok(_) => "refused",
    }
}
