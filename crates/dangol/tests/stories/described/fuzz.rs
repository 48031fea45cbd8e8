//! Requests at random over every operation, by every role, on what earlier ones left behind.
//!
//! Whatever is sent: no answer is a fault of the program, every answer is what the description promises, nothing that was
//! written stops a reaction or a job, and who sees contacts in part never reads the whole ones of a customer whom no
//! request could name.

use super::{Body, Draw, Operation, Pool, document, fits, operations};
use axum::body::Body as Bytes;
use axum::http::{HeaderValue, Method, Request, header};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use store::Location;
use testkit::{Client, Reply, TestApp, both_engines};
use web::Role;

/// Requests in a usual run on SQLite, and on PostgreSQL, whose commits wait for a disk.
const CASES: [usize; 2] = [2_000, 2_000];
/// A text without what stands behind the point of its numbers: among seventeen digits of a share any four may be.
fn without_fractions(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut digit, mut fraction) = (false, false);
    for letter in text.chars() {
        fraction = letter.is_ascii_digit() && fraction || letter == '.' && digit;
        digit = letter.is_ascii_digit();
        kept.extend((!fraction || letter == '.').then_some(letter));
    }
    kept
}

/// Requests where `DANGOL_SOAK` is set.
const SOAK_CASES: usize = 50_000;
/// Requests between two turns of the background work.
const TURN: usize = 100;
/// Operations that hash a password are tried in one of so many cases: a hash costs as much as hundreds of requests.
const HASHES: usize = 12;
/// Of a hundred members, how many are not what the schema asks for: in a careful and in a careless request.
const ODD: [usize; 2] = [0, 12];
/// Faults that are told before the run ends.
const TOLD: usize = 20;
/// What stands in no drawn text: the contacts of one customer.
const SECRETS: [&str; 2] = ["9876", "canary.person"];
/// Their name.
const NAME: &str = "카나리아";

/// Who calls, and as whom they come back after they were signed out or let go.
struct Caller {
    role: Option<Role>,
    limited: bool,
    client: Client,
}

impl Caller {
    async fn new(app: &TestApp, role: Option<Role>, limited: bool) -> Self {
        let client = match role {
            None => app.anonymous(),
            Some(role) if limited => app.limited(role, None).await,
            Some(role) => app.signed_in_as(role).await,
        };
        Self { role, limited, client }
    }

    fn name(&self) -> String {
        let limited = if self.limited { " (own customers)" } else { "" };
        self.role.map_or("nobody".into(), |role| format!("{role}{limited}"))
    }
}

/// A request that was drawn.
struct Case {
    address: String,
    body: Option<Value>,
    file: Option<Vec<u8>>,
    if_match: Option<&'static str>,
    /// What stood where, to learn which ids are taken.
    placed: Vec<(String, String)>,
}

impl Case {
    fn request(&self, method: &str) -> Request<Bytes> {
        let mut request = Client::request(Method::from_bytes(method.as_bytes()).unwrap(), &self.address);
        let (kind, body) = match (&self.body, &self.file) {
            (Some(json), _) => ("application/json", Bytes::from(json.to_string())),
            (_, Some(file)) => ("application/octet-stream", Bytes::from(file.clone())),
            _ => return request,
        };
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(etag) = self.if_match {
            request.headers_mut().insert(header::IF_MATCH, HeaderValue::from_static(etag));
        }
        *request.body_mut() = body;
        request
    }
}

struct Run<'a> {
    app: &'a TestApp,
    document: Value,
    operations: Vec<Operation>,
    callers: Vec<Caller>,
    pool: Pool,
    draw: Draw,
    statuses: BTreeMap<u16, usize>,
    succeeded: BTreeSet<String>,
    faults: Vec<String>,
}

impl Run<'_> {
    async fn case(&mut self) {
        let Some(operation) = self.draw.of(&self.operations).cloned() else { return };
        let odd = ODD[self.draw.below(2)];
        if asks_password(&self.document, &operation) && !self.draw.one_in(HASHES) {
            return;
        }
        let case = drawn(&mut self.draw, &self.document, &operation, &self.pool, odd);
        let by = self.draw.below(self.callers.len());
        let told = Told(format!("{} by {}: {}", operation.name(), self.callers[by].name(), shown(&case)));
        let reply = self.callers[by].client.send(case.request(&operation.method)).await;
        for fault in self.wrong(&operation, &self.callers[by], &reply) {
            self.faults.push(format!("{}\n    {fault}", told.0));
        }
        *self.statuses.entry(reply.status).or_default() += 1;
        if reply.status < 300 {
            self.succeeded.insert(operation.name());
            self.pool.meet(&reply.json);
        }
        if ![401, 403, 404, 422].contains(&reply.status) {
            for (place, text) in &case.placed {
                self.pool.took(place.clone(), text);
            }
        }
        if reply.status == 401 || reply.header("set-cookie").is_some() {
            let Caller { role, limited, .. } = self.callers[by];
            self.callers[by] = Caller::new(self.app, role, limited).await;
        }
        drop(told);
    }

    /// Everything that is wrong with an answer.
    fn wrong(&self, operation: &Operation, by: &Caller, reply: &Reply) -> Vec<String> {
        let mut wrong = Vec::new();
        let kind = reply.header("content-type").unwrap_or_default();
        let text = reply.text();
        let short: String = text.chars().take(400).collect();
        if reply.status >= 500 {
            wrong.push(format!("{}: {short}", reply.status));
        }
        if reply.status >= 400 {
            let problem = json!({ "$ref": "#/components/schemas/Problem" });
            if kind != "application/problem+json" {
                wrong.push(format!("{} is no problem: {short}", reply.status));
            } else if let Err(fault) = fits(&self.document, &problem, &reply.json) {
                wrong.push(format!("the problem does not fit: {fault}"));
            }
        } else {
            match operation.responses.get(reply.status.to_string()) {
                None => wrong.push(format!("{} is not described: {short}", reply.status)),
                Some(response) => {
                    if let Some(schema) = response.pointer("/content/application~1json/schema")
                        && let Err(fault) = fits(&self.document, schema, &reply.json)
                    {
                        wrong.push(format!("the answer does not fit: {fault}"));
                    }
                }
            }
        }
        if by.role.is_none_or(Role::is_masked) {
            let shown = without_fractions(&text);
            let seen = SECRETS.iter().filter(|secret| shown.contains(**secret));
            wrong.extend(seen.map(|secret| format!("shows {secret}: {short}")));
        }
        if by.limited && text.contains(NAME) {
            wrong.push(format!("shows somebody else's customer: {short}"));
        }
        wrong
    }
}

/// Tells of the request that a panic came from.
struct Told(String);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the last request was {}", self.0);
        }
    }
}

fn shown(case: &Case) -> String {
    let body = case.body.as_ref().map(Value::to_string).unwrap_or_default();
    format!("{} {body}", case.address).chars().take(800).collect()
}

fn asks_password(document: &Value, operation: &Operation) -> bool {
    let Body::Json(schema) = &operation.body else { return false };
    let members = super::resolved(document, schema)["properties"].as_object().cloned().unwrap_or_default();
    ["password", "current"].iter().any(|name| members.contains_key(*name))
}

/// A stream never ends.
fn is_stream(operation: &Operation) -> bool {
    operation.responses.pointer("/200/content/text~1event-stream").is_some()
}

fn drawn(draw: &mut Draw, document: &Value, operation: &Operation, pool: &Pool, odd: usize) -> Case {
    let (mut path, mut query, mut placed) = (operation.path.clone(), String::new(), Vec::new());
    for parameter in &operation.parameters {
        let place = format!("{} {}", operation.name(), parameter.name);
        let left_out = if parameter.required { odd > 0 && draw.one_in(20) } else { !draw.one_in(4) };
        if parameter.place == "query" && !left_out {
            let value = text_of(&draw.value(document, &parameter.schema, pool, &place, odd));
            let joint = if query.is_empty() { '?' } else { '&' };
            write!(query, "{joint}{}={}", parameter.name, encoded(&value)).unwrap();
            placed.push((place, value));
        } else if parameter.place == "path" {
            let usual = if draw.one_in(5) { None } else { pool.id(draw, &place) };
            let value = usual.unwrap_or_else(|| draw.text(pool, &place));
            // An empty part is another path.
            let value = if value.is_empty() || value.len() > 1_000 { "x".to_owned() } else { value };
            path = path.replace(&format!("{{{}}}", parameter.name), &encoded(&value));
            placed.push((place, value));
        }
    }
    let body = match &operation.body {
        Body::Json(schema) => Some(draw.value(document, schema, pool, &operation.name(), odd)),
        _ => None,
    };
    let file = matches!(operation.body, Body::Bytes).then(|| file(draw, pool));
    let if_match = draw.one_in(4).then(|| *draw.of(&["\"1\"", "\"2\"", "*", "x"]).unwrap());
    Case { address: path + &query, body, file, if_match, placed }
}

/// A file of orders, more or less.
fn file(draw: &mut Draw, pool: &Pool) -> Vec<u8> {
    let mut file = "customer,name,date,order,amount\n".to_owned();
    for row in 0..draw.below(5) {
        let name = draw.text(pool, "file").replace('\n', " ");
        writeln!(file, "c{row},\"{}\",2026-10-0{},o{row},{}", name.replace('"', ""), 1 + row, 1_000 * row)
            .unwrap();
    }
    let mut bytes = file.into_bytes();
    if draw.one_in(4) {
        bytes.truncate(draw.below(40));
    }
    bytes
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Percent-encoded (RFC 3986) but for what is never reserved.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    // An address has an end: what is longer is cut.
    let bytes = text.bytes().take(2_000);
    bytes.map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Someone whose contacts nobody else has; gives the id, which no request is told.
async fn secret_customer(app: &TestApp) -> String {
    let contacts = json!({ "name": NAME, "phone": "010-9876-5432", "email": "canary.person@example.com",
        "note": "010 9876 5432, canary.person@example.com" });
    let id = app.post("/parties", contacts).await.expect(201).json["id"].clone();
    let order = json!({ "party": id, "lines": [{ "product": "latte", "amount_minor": 9_000 }] });
    app.post("/orders", order).await.expect(201);
    id.as_str().unwrap().to_owned()
}

fn cases(app: &TestApp) -> usize {
    if std::env::var_os("DANGOL_SOAK").is_some() {
        return SOAK_CASES;
    }
    CASES[usize::from(matches!(app.location(), Location::Postgres(_)))]
}

both_engines! {
    dangol::registry();

    async fn whatever_is_sent_the_answer_is_what_the_description_promises(app) {
        let secret = secret_customer(&app).await;
        let document = document();
        let operations: Vec<Operation> = operations(&document).into_iter().filter(|one| !is_stream(one)).collect();
        let mut callers = vec![Caller::new(&app, None, false).await];
        for role in Role::ALL {
            callers.push(Caller::new(&app, Some(role), false).await);
        }
        // Owners get furthest: of three requests one is theirs.
        for _ in 0..3 {
            callers.push(Caller::new(&app, Some(Role::Owner), false).await);
        }
        for role in [Role::Staff, Role::Clerk] {
            callers.push(Caller::new(&app, Some(role), true).await);
        }
        let (count, total) = (operations.len(), cases(&app));
        let mut run = Run {
            app: &app, document, operations, callers, pool: Pool::without(secret), draw: Draw::new(20_261_129),
            statuses: BTreeMap::new(), succeeded: BTreeSet::new(), faults: Vec::new(),
        };
        for number in 1..=total {
            run.case().await;
            if number % TURN == 0 {
                app.settle().await;
            }
            if run.faults.len() >= TOLD {
                break;
            }
        }
        app.later(kernel::Instant::DAY).await;
        let owner = app.signed_in_as(Role::Owner).await;
        let today = owner.get("/today").await.expect(200).json;
        let parked = today["cards"].as_array().unwrap().iter().find(|card| card["id"] == "reactions_parked");
        println!(
            "{total} cases over {count} operations: {} of them succeeded, {} kinds of ids met, {} faults; by status {:?}",
            run.succeeded.len(), run.pool.kinds(), run.faults.len(), run.statuses
        );
        assert!(run.faults.is_empty(), "{}", run.faults.join("\n"));
        assert_eq!(parked, None, "a reaction could not take in what was written");
        assert!(run.succeeded.len() * 3 > count, "the cases reach too little: {:?}", run.succeeded);
    }
}
