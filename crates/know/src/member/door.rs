//! Coming in by a code that is sent to a mailbox.

use super::me::letter_text;
use super::{link, mailbox};
use crate::parties::{Contact, store};
use ::store::{Lane, Tx};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use futures::FutureExt;
use kernel::Locale;
use web::mail::{self, Letter};
use web::public::{self, Form, Page, Visit, codes};
use web::{Answer, App, Company, Problem, text};

/// The path of the door, which its forms fit.
const PATH: &str = "/m";

#[derive(Template)]
#[template(path = "member_door.html")]
struct Door {
    locale: Locale,
    form: String,
    email: String,
    wrong: String,
    /// Whether a code is asked for, and no address any more.
    code: bool,
    /// Whether letters leave at all.
    open: bool,
}

impl Door {
    fn say(&self, key: &str) -> String {
        text::say(self.locale, key, &[])
    }
}

async fn render(tx: &mut Tx, door: Door, status: StatusCode) -> Answer<Response> {
    let company = Company::load(tx).await?;
    let title = door.say("member.door.title");
    let body = door.render().map_err(Problem::internal)?;
    Ok(public::page(
        status,
        &Page { locale: door.locale, company: &company, title: &title, body: &body, path: PATH },
    ))
}

async fn door(tx: &mut Tx, locale: Locale) -> Answer<Door> {
    let (form, open) = (Form::token(tx, PATH).await?, mail::is_ready(tx).await?);
    Ok(Door { locale, form, email: String::new(), wrong: String::new(), code: false, open })
}

/// Asks for an address.
pub(super) async fn ask(State(app): State<App>, visit: Visit) -> Answer<Response> {
    let mut tx = app.db().read().await?;
    let door = door(&mut tx, visit.locale).await?;
    render(&mut tx, door, StatusCode::OK).await
}

/// Sends a code, if the address is somebody's; says the same in any case.
pub(super) async fn send(State(app): State<App>, visit: Visit, form: Form) -> Answer<Response> {
    let typed = form.get("email").to_owned();
    let (address, locale) = (visit.address.clone(), visit.locale);
    let sent = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                form.check(tx, PATH).await?;
                let email = mailbox(form.get("email"));
                let email =
                    email.ok_or_else(|| Problem::invalid("invalid").field("email", "not_an_email"))?;
                issue(tx, &email, &address, locale).await
            }
            .boxed()
        })
        .await;
    let mut tx = app.db().read().await?;
    let next = Door { email: typed, ..door(&mut tx, visit.locale).await? };
    match sent {
        Ok(()) => render(&mut tx, Door { code: true, ..next }, StatusCode::OK).await,
        Err(problem) => refuse(&mut tx, next, problem).await,
    }
}

/// The door again, with what is wrong.
async fn refuse(tx: &mut Tx, door: Door, problem: Problem) -> Answer<Response> {
    if problem.status().is_server_error() {
        return Err(problem);
    }
    let wrong = super::page::sentence(&problem, door.locale);
    render(tx, Door { wrong, ..door }, problem.status()).await
}

/// What a code at the door is made for.
fn purpose(email: &Contact) -> String {
    format!("member {}", email.value)
}

async fn issue(tx: &mut Tx, email: &Contact, address: &str, locale: Locale) -> Answer<()> {
    let code = codes::issue(tx, &purpose(email), address).await?;
    let known = store::owner(tx, email).await?.is_some_and(|(_, gone)| !gone);
    if !known || !mail::is_ready(tx).await? {
        return Ok(());
    }
    let company = Company::load(tx).await?;
    let params = [("company", company.name.as_str()), ("code", code.as_str())];
    let letter = Letter {
        to: email.value.clone(),
        subject: text::say(locale, "member.mail.subject", &params),
        text: letter_text(&text::say(locale, "member.mail.text", &params)),
        unsubscribe: None,
    };
    mail::put(tx, &letter).await?;
    Ok(())
}

/// Lets in whoever has the code.
pub(super) async fn enter(State(app): State<App>, visit: Visit, form: Form) -> Answer<Response> {
    let typed = form.get("email").to_owned();
    let (address, locale) = (visit.address.clone(), visit.locale);
    let entered = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                form.check(tx, PATH).await?;
                let Some(email) = mailbox(form.get("email")) else { return Ok(None) };
                let right = codes::take(tx, &purpose(&email), form.get("code"), &address).await?;
                match store::owner(tx, &email).await? {
                    Some((party, false)) if right => {
                        let handed = match store::is_vouched(tx, &email).await? {
                            true => link::Handed::AfterACode,
                            false => link::Handed::AfterAnUnvouchedCode,
                        };
                        Ok::<_, Problem>(Some(link::path(tx, party, link::BY_CODE, handed).await?))
                    }
                    _ => Ok(None),
                }
            }
            .boxed()
        })
        .await;
    match entered {
        Ok(Some(path)) => Ok(Redirect::to(&format!("{path}?lang={}", locale.tag())).into_response()),
        Ok(None) => {
            let mut tx = app.db().read().await?;
            let wrong = text::say(locale, "member.code.wrong", &[]);
            let next = Door { email: typed, wrong, code: true, ..door(&mut tx, locale).await? };
            render(&mut tx, next, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problem) => {
            let mut tx = app.db().read().await?;
            let next = Door { email: typed, code: true, ..door(&mut tx, locale).await? };
            refuse(&mut tx, next, problem).await
        }
    }
}
