//! The member page, opened as browsers and mail programs open it: forms, links and codes, no scripts.

use crate::*;
use ::store::Lane;
use axum::body::Body;
use axum::http::{Method, Request, header};
use kernel::{Clock, Instant};
use know::consent::Channel;
use know::member::{Ending, unsubscribe_path};
use testkit::{MailSink, both_engines};

/// A browser's request for a page; `form` are the fields of a form, already written for it.
pub(crate) fn page(path: &str, form: Option<&str>) -> Request<Body> {
    let method = if form.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder().method(method).uri(path).header(header::ACCEPT_LANGUAGE, "ko");
    match form {
        None => request.body(Body::empty()).unwrap(),
        Some(form) => request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.to_owned()))
            .unwrap(),
    }
}

pub(crate) async fn open(app: &TestApp, path: &str) -> Reply {
    app.anonymous().send(page(path, None)).await
}

/// The value of a hidden field of a page.
pub(crate) fn hidden(reply: &Reply, name: &str) -> String {
    let html = reply.text();
    let field =
        html.split("<input").find(|field| field.contains(&format!("name=\"{name}\""))).unwrap_or_default();
    field.split("value=\"").nth(1).unwrap_or_default().split('"').next().unwrap().to_owned()
}

pub(crate) async fn press(app: &TestApp, path: &str, section: &str, fields: &str) -> Reply {
    let form = hidden(&open(app, path).await, "form");
    let body = format!("form={form}&{fields}");
    app.anonymous().send(page(&format!("{path}/{section}"), Some(&body))).await
}

pub(crate) async fn somebody(app: &TestApp) -> String {
    let new = json!({ "name": "김하나", "email": "hana@example.com", "phone": "010-2345-6789" });
    app.post("/parties", new).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn link(app: &TestApp, party: &str) -> String {
    let made = app.post(&format!("/parties/{party}/member-link"), json!({})).await.expect(201).json;
    made["path"].as_str().unwrap().to_owned()
}

async fn publish(app: &TestApp) -> String {
    let korean = json!({ "aim": "새 메뉴 안내", "items": "연락처", "period": "거둘 때까지", "right": "거부할 수 있어요", "disadvantage": "없어요" });
    let body = json!({ "purpose": "ad", "statements": { "ko": korean } });
    app.post("/consent/wordings", body).await.expect(201).json["id"].as_str().unwrap().to_owned()
}

/// Lets the company send letters to the sink.
pub(crate) async fn with_mail(app: &TestApp) -> MailSink {
    let sink = MailSink::start();
    let settings = json!({ "host": "127.0.0.1", "port": sink.port(), "security": "none", "user": "", "from_name": "단골 커피",
        "from_address": "hello@shop.kr", "public_address": "https://shop.kr" });
    app.db()
        .write(Lane::Interactive, move |tx| {
            Box::pin(async move { ::store::setting::put(tx, "mail", &settings).await })
        })
        .await
        .unwrap();
    sink
}

/// The six digits of a letter.
pub(crate) fn code_of(text: &str) -> String {
    let mut words = text.split(|letter: char| !letter.is_ascii_digit());
    words.rfind(|word| word.len() == 6).unwrap_or_default().to_owned()
}

/// The text of a letter, which travels as base64 or as quoted-printable.
pub(crate) fn read(letter: &testkit::Sent) -> String {
    use base64::Engine;
    let text = letter.text();
    let body = text.split("\r\n\r\n").nth(1).unwrap_or_default();
    if text.contains("base64") {
        let bytes = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap();
        return String::from_utf8(bytes).unwrap();
    }
    let joined = body.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let [first, after @ ..] = rest {
        let hex = (*first == b'=').then(|| std::str::from_utf8(&after[..2]).unwrap());
        match hex {
            Some(hex) => {
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

both_engines! {
    registry();

    async fn a_link_opens_the_page_of_its_person_with_contacts_in_part(app) {
        let party = somebody(&app).await;
        let path = link(&app, &party).await;
        let shown = open(&app, &path).await.expect(200);
        let html = shown.text();
        assert!(html.contains("김하나 님") && html.contains("ha***@example.com") && html.contains("010-****-6789"), "{html}");
        assert!(!html.contains("hana@") && !html.contains("2345") && !html.contains("<script"), "{html}");
        assert!(shown.header("content-security-policy").unwrap().starts_with("default-src 'none'; style-src 'self'"));
        assert_eq!(shown.header("cache-control"), Some("no-store"));
        assert_eq!(shown.header("referrer-policy"), Some("no-referrer"));
        let english = open(&app, &format!("{path}?lang=en")).await.expect(200).text();
        assert!(english.contains("<html lang=\"en\">") && english.contains("How we reach you"), "{english}");
    }

    async fn every_fault_of_a_link_is_the_same_not_found(app) {
        let party = somebody(&app).await;
        let path = link(&app, &party).await;
        let flipped = |at: usize| {
            let mut letters: Vec<char> = path.chars().collect();
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            letters.into_iter().collect::<String>()
        };
        let other = path.replace("/m/", "/u/");
        let mut told = Vec::new();
        for wrong in [flipped(8), flipped(path.len() - 3), "/m/v1.1.x.y".into(), "/m/v1.9.AAAA.AAAA".into(), other, "/m/x".into(), format!("{path}a")] {
            told.push(open(&app, &wrong).await.expect(404).text());
        }
        assert!(told.iter().all(|one| *one == told[0]));
        app.clock().set(app.clock().now().plus(8 * Instant::DAY));
        assert_eq!(open(&app, &path).await.expect(404).text(), told[0], "it has run out");
    }

    async fn reading_changes_nothing_and_a_press_agrees_to_the_words_that_were_shown(app) {
        let (party, wording) = (somebody(&app).await, publish(&app).await);
        let path = link(&app, &party).await;
        for address in [path.clone(), format!("{path}?done=member.done.given"), format!("{path}/consents")] {
            open(&app, &address).await;
        }
        assert_eq!(stands(&app, &party).await, Vec::<String>::new());
        let fields = format!("do=give&channel=sms&purpose=ad&wording={wording}");
        let done = press(&app, &path, "consents", &fields).await.expect(303);
        assert!(done.header("location").unwrap().ends_with("done=member.done.given"));
        assert_eq!(stands(&app, &party).await, ["sms given"]);
        let said = app.get(&format!("/parties/{party}/consents")).await.expect(200).json["said"][0].clone();
        assert_eq!((said["source"].as_str(), said["evidence"]["address"].as_str()), (Some("member"), Some("127.0.0.1")));
        assert!(said["evidence"]["note"].as_str().unwrap().contains("usr_"), "who made the link is told: {said}");
        let timeline = app.get(&format!("/parties/{party}/timeline?kinds=consent")).await.expect(200).json;
        assert_eq!(timeline["items"][0]["event"], "sms.ad");
        // Other words are in use by now: what was not read is not agreed to.
        publish(&app).await;
        press(&app, &path, "consents", &fields.replace("sms", "email")).await.expect(409);
        press(&app, &path, "consents", "do=end&channel=sms&purpose=ad").await.expect(303);
        assert_eq!(stands(&app, &party).await, ["sms withdrawn"]);
    }

    async fn a_form_of_another_page_or_another_site_is_refused(app) {
        let (party, other) = (somebody(&app).await, app.post("/parties", json!({ "name": "두리" })).await.expect(201).json["id"].as_str().unwrap().to_owned());
        let (path, foreign) = (link(&app, &party).await, link(&app, &other).await);
        let form = hidden(&open(&app, &foreign).await, "form");
        for body in ["do=name&name=x".to_owned(), format!("form={form}&do=name&name=x")] {
            app.anonymous().send(page(&format!("{path}/me"), Some(&body))).await.expect(403);
        }
        let own = hidden(&open(&app, &path).await, "form");
        let mut request = page(&format!("{path}/me"), Some(&format!("form={own}&do=name&name=x")));
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        app.anonymous().send(request).await.expect(403);
        press(&app, &path, "me", "do=name&name=%EA%B9%80%EB%91%90%EB%A6%AC").await.expect(303);
        assert_eq!(app.get(&format!("/parties/{party}")).await.expect(200).json["name"], "김두리");
    }

    async fn one_press_of_a_mail_program_ends_messages_without_cookie_or_token(app) {
        let party = somebody(&app).await;
        let ending = Ending { party: party.parse().unwrap(), channel: Channel::Email, topic: String::new() };
        let path = app.db().write(Lane::Interactive, move |tx| Box::pin(async move { unsubscribe_path(tx, &ending).await })).await.unwrap();
        let asked = open(&app, &path).await.expect(200).text();
        assert!(asked.contains("method=\"post\""), "{asked}");
        assert_eq!(stands(&app, &party).await, Vec::<String>::new(), "a scanner that opens every link changes nothing");
        for _ in 0..2 {
            let request = Request::builder().method(Method::POST).uri(&path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from("List-Unsubscribe=One-Click")).unwrap();
            app.anonymous().send(request).await.expect(200);
            assert_eq!(stands(&app, &party).await, ["email withdrawn"]);
        }
        let request = Request::builder().method(Method::POST).uri(&path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(Body::from("--x--")).unwrap();
        app.anonymous().send(request).await.expect(200);
        let altered = format!("{}A", &path[..path.len() - 1]);
        let altered = if altered == path { format!("{}B", &path[..path.len() - 1]) } else { altered };
        app.anonymous().send(page(&altered, Some(""))).await.expect(404);
        app.clock().set(app.clock().now().plus(900 * Instant::DAY));
        open(&app, &path).await.expect(200);
    }

    async fn a_code_to_the_own_mailbox_opens_the_page_and_strangers_hear_the_same(app) {
        let sink = with_mail(&app).await;
        somebody(&app).await;
        let form = hidden(&open(&app, "/m").await.expect(200), "form");
        let ask = async |email: &str| app.anonymous().send(page("/m/code", Some(&format!("form={form}&email={email}")))).await;
        let known = ask("hana%40example.com").await.expect(200).text();
        let unknown = ask("nobody%40example.com").await.expect(200).text();
        let same = |html: &str| {
            let cut = html.replace("hana@example.com", "").replace("nobody@example.com", "");
            // The form's token differs from page to page.
            cut.split("v1.1.").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest)).collect::<String>()
        };
        assert_eq!(same(&known), same(&unknown));
        app.settle().await;
        let letters = sink.letters();
        assert_eq!(letters.len(), 1, "only who is known gets a letter");
        assert!(letters[0].is_clean() && letters[0].to[0].contains("hana@example.com"));
        let code = code_of(&read(&letters[0]));
        let enter = async |code: &str| app.anonymous().send(page("/m/enter", Some(&format!("form={form}&email=hana%40example.com&code={code}")))).await;
        enter("000000").await.expect(422);
        let entered = enter(&code).await.expect(303);
        let path = entered.header("location").unwrap().split('?').next().unwrap().to_owned();
        assert!(open(&app, &path).await.expect(200).text().contains("김하나"));
        enter(&code).await.expect(422);
        let (left,): (i64,) = ::store::Query::built("select count(*) from outbox where cast(body as text) like '%hana%'".into())
            .fetch_one(&mut app.db().read().await.unwrap()).await.unwrap();
        assert_eq!(left, 0, "a letter that has left is forgotten");
    }

    async fn a_code_dies_with_its_fifth_wrong_try_and_with_its_tenth_minute(app) {
        let sink = with_mail(&app).await;
        somebody(&app).await;
        let form = hidden(&open(&app, "/m").await.expect(200), "form");
        let ask = format!("form={form}&email=hana%40example.com");
        let enter = async |code: &str| app.anonymous().send(page("/m/enter", Some(&format!("{ask}&code={code}")))).await;
        app.anonymous().send(page("/m/code", Some(&ask))).await.expect(200);
        app.settle().await;
        let code = code_of(&read(&sink.letters()[0]));
        for _ in 0..5 {
            enter(if code == "111111" { "222222" } else { "111111" }).await.expect(422);
        }
        enter(&code).await.expect(422);
        app.anonymous().send(page("/m/code", Some(&ask))).await.expect(200);
        app.settle().await;
        let code = code_of(&read(&sink.letters()[1]));
        app.clock().set(app.clock().now().plus(11 * 60 * Instant::SECOND));
        enter(&code).await.expect(422);
        for _ in 0..3 {
            app.anonymous().send(page("/m/code", Some(&ask))).await.expect(200);
        }
        app.anonymous().send(page("/m/code", Some(&ask))).await.expect(429);
    }

    async fn a_new_address_counts_once_a_code_proves_who_reads_it(app) {
        let sink = with_mail(&app).await;
        let party = somebody(&app).await;
        let path = link(&app, &party).await;
        let asked = press(&app, &path, "me", "do=email&email=new%40example.com").await.expect(200);
        assert!(asked.text().contains("one-time-code"), "{}", asked.text());
        let contacts = async || {
            let card = app.get(&format!("/parties/{party}")).await.expect(200).json;
            card["contacts"].as_array().unwrap().iter().map(|row| row["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(!contacts().await.contains(&"new@example.com".to_owned()));
        app.settle().await;
        let code = code_of(&read(&sink.letters()[0]));
        press(&app, &path, "me", "do=code&email=other%40example.com&code=123456").await.expect(200);
        press(&app, &path, "me", &format!("do=code&email=new%40example.com&code={code}")).await.expect(303);
        assert!(contacts().await.contains(&"new@example.com".to_owned()));
        // Two addresses and a phone: all but the last can go.
        let ids: Vec<String> = app.get(&format!("/parties/{party}")).await.expect(200).json["contacts"].as_array().unwrap().iter()
            .map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        press(&app, &path, "me", &format!("do=remove&contact={}", ids[0])).await.expect(303);
        press(&app, &path, "me", &format!("do=remove&contact={}", ids[1])).await.expect(303);
        press(&app, &path, "me", &format!("do=remove&contact={}", ids[2])).await.expect(409);
    }

    async fn what_people_type_is_shown_as_text(app) {
        let new = json!({ "name": "<script>alert(1)</script>\"'", "email": "x@example.com" });
        let party = app.post("/parties", new).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let html = open(&app, &link(&app, &party).await).await.expect(200).text();
        assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"), "{html}");
    }

    async fn whoever_agrees_or_ends_gets_a_notice_at_once_where_there_is_an_address(app) {
        let sink = with_mail(&app).await;
        let (party, wording) = (somebody(&app).await, publish(&app).await);
        let path = link(&app, &party).await;
        press(&app, &path, "consents", &format!("do=give&channel=sms&purpose=ad&wording={wording}")).await.expect(303);
        let owed = app.get("/consent/notices").await.expect(200).json;
        assert_eq!((owed.as_array().unwrap().len(), &owed[0]["due_on"], &owed[0]["on_its_way"]), (1, &json!("2026-12-06"), &json!(true)));
        app.settle().await;
        let text = read(&sink.letters()[0]);
        assert!(text.contains("문자, 광고성 정보 수신: 동의 (2026-11-22 12:00 (Asia/Seoul))") && text.contains("https://shop.kr/m/v1."), "{text}");
        app.later(60 * Instant::SECOND).await;
        assert_eq!(app.get("/consent/notices").await.expect(200).json, json!([]));
        press(&app, &path, "consents", "do=end&channel=sms&purpose=ad").await.expect(303);
        app.later(60 * Instant::SECOND).await;
        assert!(read(&sink.letters()[1]).contains("철회"));
    }

    async fn a_notice_without_an_address_is_to_be_given_by_hand_and_alarms_on_day_ten(app) {
        let wording = publish(&app).await;
        let party = app.post("/parties", json!({ "name": "두리", "phone": "010-2345-6789" })).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let path = link(&app, &party).await;
        press(&app, &path, "consents", &format!("do=give&channel=sms&purpose=ad&wording={wording}")).await.expect(303);
        let owner = async || app.signed_in_as(web::Role::Owner).await;
        let card = async || owner().await.get("/today").await.expect(200).json["cards"].as_array().unwrap().iter().any(|card| card["id"] == "consent_notices");
        app.later(9 * Instant::DAY).await;
        assert!(!card().await);
        app.later(Instant::DAY).await;
        assert!(card().await);
        let owner = owner().await;
        let owed = owner.get("/consent/notices").await.expect(200).json[0].clone();
        assert_eq!(owed["on_its_way"], false);
        let told = format!("/consent/notices/{}/told", owed["id"].as_str().unwrap());
        owner.post(&told, json!({})).await.expect(204);
        owner.post(&told, json!({})).await.expect(404);
        assert!(!card().await);
    }

    async fn a_consent_is_confirmed_before_two_years_are_over_and_stands_when_nobody_answers(app) {
        let sink = with_mail(&app).await;
        let (party, wording) = (somebody(&app).await, publish(&app).await);
        let path = link(&app, &party).await;
        press(&app, &path, "consents", &format!("do=give&channel=email&purpose=ad&wording={wording}")).await.expect(303);
        app.db().write(Lane::Interactive, |tx| Box::pin(async move {
            let now = tx.now();
            ::store::timer::set(tx, "know.notices", "daily", now).await
        })).await.unwrap();
        app.later(60 * Instant::SECOND).await;
        assert_eq!(sink.letters().len(), 1);
        app.later(699 * Instant::DAY).await;
        assert_eq!(sink.letters().len(), 1, "not yet");
        app.later(3 * Instant::DAY).await;
        assert!(sink.letters().len() == 2 && read(&sink.letters()[1]).contains("이어지고"), "{}", sink.letters().len());
        let owner = app.signed_in_as(web::Role::Owner).await;
        let found = owner.get(&format!("/parties/{party}/consents")).await.expect(200).json;
        assert_eq!((&found["stands"][0]["state"], &found["stands"][0]["reconfirm_on"]), (&json!("given"), &json!("2030-11-21")));
    }
}
