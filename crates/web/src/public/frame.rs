//! The frame of a public page: the company's name, one column, the choice of language.

use crate::{Company, Problem, text};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use kernel::Locale;

/// The colours and sizes of the staff app, and what the pages add.
const STYLE: &str = concat!(
    include_str!("../../../../ui/src/lib/styles/tokens.css"),
    include_str!("../../templates/page.css")
);

/// A page.
pub struct Page<'p> {
    /// Its language.
    pub locale: Locale,
    /// Whose it is.
    pub company: &'p Company,
    /// Its title.
    pub title: &'p str,
    /// What stands in it: HTML that a template made.
    pub body: &'p str,
    /// Its path without a query, for the choice of language; empty where there is none.
    pub path: &'p str,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Frame<'p> {
    lang: &'static str,
    title: &'p str,
    company: &'p str,
    body: &'p str,
    path: &'p str,
    other_lang: &'static str,
    other_name: &'static str,
}

/// The page as an answer.
pub fn page(status: StatusCode, page: &Page<'_>) -> Response {
    let (other_lang, other_name) = match page.locale {
        Locale::Ko => ("en", "English"),
        Locale::En => ("ko", "한국어"),
    };
    let frame = Frame {
        lang: page.locale.tag(),
        title: page.title,
        company: &page.company.name,
        body: page.body,
        path: page.path,
        other_lang,
        other_name,
    };
    match frame.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'p> {
    title: &'p str,
    text: &'p str,
}

/// The one answer to every link that does not work.
pub fn not_found(locale: Locale, company: &Company) -> Response {
    let title = text::say(locale, "page.not_found.title", &[]);
    let body = Notice { title: &title, text: &text::say(locale, "page.not_found.text", &[]) };
    let body = body.render().unwrap_or_default();
    page(StatusCode::NOT_FOUND, &Page { locale, company, title: &title, body: &body, path: "" })
}

/// The style sheet.
pub(super) async fn style() -> Response {
    let mut response = STYLE.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
