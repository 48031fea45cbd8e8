//! Letters of the program: setting up the server, the test, and what reaches the wire.

use kernel::Instant;
use serde_json::{Value, json};
use store::Lane;
use testkit::{MailSink, TestApp, both_engines};
use web::Registry;
use web::mail::{self, Letter};

fn settings(sink: &MailSink) -> Value {
    json!({ "host": "127.0.0.1", "port": sink.port(), "security": "none", "user": "", "from_name": "단골 커피",
        "from_address": "hello@shop.kr", "public_address": "https://shop.kr" })
}

async fn put(app: &TestApp, text: &str) -> Result<(), store::Error> {
    let letter = Letter {
        to: "kim@example.com".into(),
        subject: "인증 번호".into(),
        text: text.into(),
        unsubscribe: None,
    };
    app.db()
        .write(Lane::Interactive, move |tx| Box::pin(async move { mail::put(tx, &letter).await.map(drop) }))
        .await
}

both_engines! {
    Registry::new();

    async fn a_test_reaches_the_server_and_a_refusal_is_told(app) {
        let sink = MailSink::start();
        assert_eq!(app.post("/settings/mail/test", json!({ "to": "kim@example.com" })).await.expect(409).code(), "mail_not_set_up");
        let kept = app.put("/settings/mail", settings(&sink)).await.expect(200).json;
        assert_eq!((&kept["ready"], &kept["password_from"]), (&json!(true), &json!("nowhere")));
        app.post("/settings/mail/test", json!({ "to": "kim@example.com" })).await.expect(204);
        let letters = sink.letters();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].is_clean());
        assert!(letters[0].text().contains("Message-ID: <out_"), "{}", letters[0].text());
        sink.refuse(Some("550 5.1.1 no such mailbox"));
        let refused = app.post("/settings/mail/test", json!({ "to": "kim@example.com" })).await.expect(502);
        assert_eq!(refused.code(), "mail_failed");
        assert!(refused.text().contains("no such mailbox"), "{}", refused.text());
    }

    async fn settings_that_would_not_work_are_refused_at_their_fields(app) {
        let bad = json!({ "host": "http://smtp.example.com", "port": 0, "security": "none", "from_name": "a\r\nBcc: x@example.com",
            "from_address": "shop@gmail.com", "public_address": "ftp://x" });
        let refused = app.put("/settings/mail", bad).await.expect(422);
        assert_eq!(refused.fields(), ["from_name: line_break", "public_address: mail_address", "port: mail_port",
            "host: mail_host", "security: mail_in_the_open", "from_address: mail_not_ours"]);
        app.signed_in_as(web::Role::Manager).await.get("/settings/mail").await.expect(403);
    }

    async fn the_password_lies_in_a_file_of_its_own_and_is_never_shown(app) {
        let sink = MailSink::start();
        let mut with = settings(&sink);
        with["password"] = json!("canary-secret");
        let kept = app.put("/settings/mail", with).await.expect(200);
        assert_eq!(kept.json["password_from"], "file");
        assert!(!kept.text().contains("canary"));
        assert!(!app.get("/settings/mail").await.expect(200).text().contains("canary"));
        let file = app.app().data_folder().join(mail::PASSWORD_FILE);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "canary-secret");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        let mut without = settings(&sink);
        without["password"] = json!("");
        assert_eq!(app.put("/settings/mail", without).await.expect(200).json["password_from"], "nowhere");
    }

    async fn a_letter_waits_until_the_server_takes_it_and_is_then_forgotten(app) {
        let sink = MailSink::start();
        app.put("/settings/mail", settings(&sink)).await.expect(200);
        sink.refuse(Some("451 later"));
        // A line that is only a dot, and one that begins with one, must not end the letter.
        put(&app, "첫 줄\n.\n.둘째 줄\r끝\r\n").await.unwrap();
        app.settle().await;
        assert_eq!(sink.letters().len(), 0);
        sink.refuse(None);
        app.later(Instant::HOUR).await;
        let letters = sink.letters();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].is_clean());
        let (left,): (i64,) = store::Query::built("select count(*) from outbox where cast(body as text) like '%kim%'".into())
            .fetch_one(&mut app.db().read().await.unwrap()).await.unwrap();
        assert_eq!(left, 0);
        let breaking = Letter { to: "kim@example.com\r\nBcc: x@example.com".into(), subject: "x".into(), text: String::new(), unsubscribe: None };
        let refused = app.db().write(Lane::Interactive, move |tx| Box::pin(async move { mail::put(tx, &breaking).await.map(drop) })).await;
        assert!(refused.is_err());
    }
}
