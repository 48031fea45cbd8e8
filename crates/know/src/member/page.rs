//! The page itself: its sections, and what their forms do.

use super::{Handout, Outcome, Visitor, link, sections};
use crate::parties::store;
use ::store::{Lane, Tx};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures::FutureExt;
use serde::Deserialize;
use web::public::{self, Form, Page, Visit};
use web::{Answer, App, Company, Problem, Sight, text};

/// Texts that a page may say were done; what else an address asks it to say is not said.
const DONE: [&str; 9] = [
    "member.done.name",
    "member.done.contact_added",
    "member.done.contact_removed",
    "member.done.given",
    "member.done.withdrawn",
    "member.done.reconfirmed",
    "member.done.topic",
    "member.done.request",
    "member.done.taken_back",
];

#[derive(Template)]
#[template(path = "member.html")]
struct Member<'m> {
    greeting: &'m str,
    lead: &'m str,
    done: &'m str,
    wrong: &'m str,
    ask: &'m str,
    parts: Vec<Part>,
}

struct Part {
    name: &'static str,
    title: String,
    html: String,
}

/// What the page says at its top.
#[derive(Default)]
struct Top {
    done: String,
    wrong: String,
    ask: String,
}

/// What was done just now.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Said {
    /// The key of a text.
    #[serde(default)]
    done: String,
}

/// Somebody's page. Reading it changes nothing.
pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(link): Path<String>,
    Query(said): Query<Said>,
) -> Answer<Response> {
    let mut tx = app.db().read().await?;
    let Some(visitor) = link::open(&mut tx, &link, &visit).await? else {
        return Ok(public::not_found(visit.locale, &Company::load(&mut tx).await?));
    };
    let done = DONE.iter().find(|key| **key == said.done).map(|key| visitor.say(key)).unwrap_or_default();
    render(&mut tx, &visitor, Top { done, ..Top::default() }, StatusCode::OK).await
}

async fn render(tx: &mut Tx, visitor: &Visitor, top: Top, status: StatusCode) -> Answer<Response> {
    let name = store::find(tx, visitor.party, Sight::WHOLE).await?.and_then(|party| party.name);
    let form = Form::token(tx, &visitor.path).await?;
    let mut parts = Vec::new();
    for section in sections() {
        if let Some(shown) = section.show(tx, visitor, &form).await? {
            parts.push(Part { name: section.name(), title: shown.title, html: shown.html });
        }
    }
    let greeting = match &name {
        Some(name) => text::say(visitor.locale, "member.greeting", &[("name", name)]),
        None => visitor.say("member.greeting_nameless"),
    };
    let lead = text::say(visitor.locale, "member.lead", &[("company", &visitor.company.name)]);
    let body =
        Member { greeting: &greeting, lead: &lead, done: &top.done, wrong: &top.wrong, ask: &top.ask, parts };
    let body = body.render().map_err(Problem::internal)?;
    let title = visitor.say("member.title");
    let page = Page {
        locale: visitor.locale,
        company: &visitor.company,
        title: &title,
        body: &body,
        path: &visitor.path,
    };
    Ok(public::page(status, &page))
}

/// Does what a form of a section says, and shows the page again.
pub(super) async fn act(
    State(app): State<App>,
    visit: Visit,
    Path((link, name)): Path<(String, String)>,
    form: Form,
) -> Answer<Response> {
    let mut tx = app.db().read().await?;
    let opened = link::open(&mut tx, &link, &visit).await?;
    let section = sections().into_iter().find(|section| section.name() == name);
    let (Some(visitor), Some(section)) = (opened, section) else {
        return Ok(public::not_found(visit.locale, &Company::load(&mut tx).await?));
    };
    drop(tx);
    let acting = visitor.clone();
    let done = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                form.check(tx, &acting.path).await?;
                section.act(tx, &acting, &form).await
            }
            .boxed()
        })
        .await;
    let mut tx = app.db().read().await?;
    match done {
        Ok(Outcome::Done(key)) => {
            let to = format!("{}?lang={}&done={key}", visitor.path, visitor.locale.tag());
            Ok(Redirect::to(&to).into_response())
        }
        Ok(Outcome::File(file)) => handed_out(file),
        Ok(Outcome::Ask(ask)) => {
            render(&mut tx, &visitor, Top { ask, ..Top::default() }, StatusCode::OK).await
        }
        Err(problem) if problem.status().is_server_error() => Err(problem),
        Err(problem) => {
            let status = problem.status();
            render(
                &mut tx,
                &visitor,
                Top { wrong: sentence(&problem, visitor.locale), ..Top::default() },
                status,
            )
            .await
        }
    }
}

/// A file as an answer, to be kept and not shown.
fn handed_out(file: Handout) -> Answer<Response> {
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    let disposition = HeaderValue::from_str(&disposition).map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, file.bytes).into_response())
}

/// What is wrong, in a sentence: that of the first field, else that of the whole.
pub(super) fn sentence(problem: &Problem, locale: kernel::Locale) -> String {
    let said = problem.body(locale);
    said.fields.first().map_or(said.detail, |field| field.detail.clone())
}
