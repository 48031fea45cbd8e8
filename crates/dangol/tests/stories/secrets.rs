//! Secrets leave no trace: not in what the program says at its most talkative, not in its answers, not in its data, not in
//! a backup. People sign in, make keys, links and hooks, and then everything is searched for what was secret.

use crate::place::Place;
use crate::serving::Serving;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::Path;

const PASSWORD: &str = "canary-password-7f3a";
const OTHER: &str = "canary-password-91bd";
const MAIL: &str = "canary-mail-22c8";
const SHOP: &str = "canary-shop-5e07";
const SSO: &str = "canary-sso-b16d";

/// A company in which every kind of secret was used; the secrets by name, and every answer that is not to hold one.
struct Used {
    secrets: Vec<(&'static str, String)>,
    answers: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn use_all(serving: &Serving) -> Used {
    let mut answers = String::new();
    let first = serving.line.split("token=").nth(1).unwrap().trim().to_owned();
    let cookie = serving.claim(PASSWORD);
    let ask = |method: &str, path: &str, body: Value, expected: u16| {
        let answer = serving.ask(method, &format!("/api/v1{path}"), &cookie, &body.to_string()).unwrap();
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
        serde_json::from_str::<Value>(&answer.body).unwrap_or_default()
    };
    let party =
        text(&ask("POST", "/parties", json!({ "name": "두리", "email": "duri@example.com" }), 201)["id"]);
    let member = text(&ask("POST", &format!("/parties/{party}/member-link"), json!({}), 201)["path"]);
    let key = ask("POST", "/keys", json!({ "name": "till", "scopes": ["customers:read"] }), 201);
    let hook =
        ask("POST", "/webhooks", json!({ "url": "https://example.com/hook", "kinds": ["order.added"] }), 201);
    let invited = json!({ "name": "N", "email": "n@example.com", "role": "staff" });
    let invitation = ask("POST", "/users", invited, 201);
    let factor = ask("POST", "/session/factor", json!({}), 200);
    let shop = text(&ask("POST", "/shops", json!({ "kind": "shopify", "name": "S" }), 201)["id"]);
    ask("PUT", &format!("/shops/{shop}/secret"), json!({ "secret": SHOP }), 200);
    let mail = json!({ "host": "127.0.0.1", "port": 9, "security": "none", "user": "u", "password": MAIL,
        "from_name": "", "from_address": "a@example.com", "public_address": "https://shop.example" });
    ask("PUT", "/settings/mail", mail, 200);
    let sso = json!({ "on": false, "name": "", "issuer": "", "client_id": "", "client_secret": SSO, "domains": [] });
    ask("PUT", "/settings/sso", sso, 200);
    // Wrong tries, faults and pages that are not there tell of nothing that was sent.
    for (path, body) in [
        ("/session", json!({ "email": "o@example.com", "password": OTHER })),
        ("/session", json!({ "email": OTHER, "password": { "deep": OTHER } })),
        ("/session/claim", json!({ "token": OTHER, "password": OTHER })),
        ("/session/proof", json!({ "password": OTHER })),
    ] {
        let answer = serving.ask("POST", &format!("/api/v1{path}"), &cookie, &body.to_string()).unwrap();
        assert!(answer.status >= 400, "{path}: {}", answer.body);
        answers += &answer.body;
    }
    for path in
        [format!("/api/v1/parties?key={OTHER}"), format!("/m/{OTHER}"), format!("{member}x"), member.clone()]
    {
        serving.ask("GET", &path, "", "").unwrap();
    }
    for path in [
        "/settings/mail",
        "/settings/sso",
        "/shops",
        "/keys",
        "/webhooks",
        "/users",
        "/audit",
        "/session",
        "/sessions",
    ] {
        answers += &ask("GET", path, Value::Null, 200).to_string();
    }
    let link = |value: &Value| text(value).rsplit(['=', '/']).next().unwrap().to_owned();
    let secrets = vec![
        ("the first link", first),
        ("a password", PASSWORD.to_owned()),
        ("a wrong password", OTHER.to_owned()),
        ("a session", cookie.split('=').nth(1).unwrap().to_owned()),
        ("an invitation", link(&invitation["link"]["path"])),
        ("a key", text(&key["secret"])),
        ("the secret of a webhook", text(&hook["secret"])),
        ("the seed of an authenticator", text(&factor["secret"])),
        ("a member link", member.trim_start_matches("/m/").to_owned()),
        ("the secret of a shop", SHOP.to_owned()),
        ("the password of the mail server", MAIL.to_owned()),
        ("the secret of single sign-on", SSO.to_owned()),
    ];
    Used { secrets, answers }
}

/// Which of the secrets stand in `bytes`.
fn found<'s>(secrets: &'s [(&'static str, String)], bytes: &[u8]) -> Vec<&'s str> {
    let there = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    secrets.iter().filter(|(_, secret)| there(secret)).map(|(name, _)| *name).collect()
}

/// Every file of the data folder that is the database.
fn database(place: &Place) -> Vec<u8> {
    let files = fs::read_dir(data(place)).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.to_string_lossy().contains("dangol.db"))
        .flat_map(|path| fs::read(path).unwrap())
        .collect()
}

fn data(place: &Place) -> std::path::PathBuf {
    place.folder().join("data")
}

#[test]
fn secrets_are_in_no_log_no_answer_no_data_and_no_backup() {
    let place = Place::sqlite();
    let log = place.folder().join("log");
    let mut program = place.dangol(["serve", "--listen", "127.0.0.1:0"]);
    let serving = Serving::of(program.env("DANGOL_LOG", "trace").stderr(File::create(&log).unwrap()));
    let Used { secrets, answers } = use_all(&serving);
    assert_eq!(found(&secrets, answers.as_bytes()), Vec::<&str>::new(), "answers");
    serving.stop();
    let said = fs::read(&log).unwrap();
    assert!(said.len() > 1_000, "it was talkative");
    assert_eq!(found(&secrets, &said), Vec::<&str>::new(), "the log");
    // What the program has to show to others itself is kept as it is: the guide says how to guard the folder.
    let kept = [
        "the secret of a webhook",
        "the seed of an authenticator",
        "the secret of a shop",
        "the secret of single sign-on",
    ];
    let spare: Vec<&str> =
        found(&secrets, &database(&place)).into_iter().filter(|name| !kept.contains(name)).collect();
    assert_eq!(spare, Vec::<&str>::new(), "the database");
    let backup = place.folder().join("backup");
    let mut saving = place.dangol([Path::new("backup"), Path::new("--out"), &backup]);
    let saved = saving.env("DANGOL_BACKUP_PASSPHRASE", "a passphrase of the owner").output().unwrap();
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
    assert_eq!(found(&secrets, &fs::read(&backup).unwrap()), Vec::<&str>::new(), "the backup");
    let noise = [saved.stdout, saved.stderr].concat();
    assert_eq!(found(&secrets, &noise), Vec::<&str>::new(), "what the backup says");
}
