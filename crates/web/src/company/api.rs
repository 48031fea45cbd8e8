//! `/company`: reading and changing the company, and opening an own one from the demo.

use super::{Company, WeekStart};
use crate::{Actor, Answer, App, IfMatch, Problem, audit, etag};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt;
use jiff::tz::TimeZone;
use kernel::{Currency, Locale, limits};
use serde::Deserialize;
use serde_json::json;
use store::{Lane, Tx};

type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

fn tagged(company: Company, revision: i64) -> Tagged<Company> {
    ([(header::ETAG, etag(revision))], Json(company))
}

/// The company.
#[utoipa::path(get, path = "/company", tag = "company", responses((status = 200, body = Company)))]
pub(super) async fn read(State(app): State<App>) -> Answer<Tagged<Company>> {
    let mut tx = app.db().read().await?;
    let company = Company::versioned(&mut tx).await?;
    Ok(tagged(company.value, company.revision))
}

/// What can be changed of the company.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct CompanyEdit {
    /// Its name.
    name: String,
    /// Its IANA time zone.
    zone: String,
    /// Its currency.
    currency: String,
    /// The day its weeks begin with.
    #[serde(default)]
    week_start: WeekStart,
    /// The language of what it sends.
    #[serde(default)]
    locale: Locale,
    /// Gross margin in percent of revenue, when known.
    margin_percent: Option<f64>,
    /// Yearly discount rate in percent; 10 when left out.
    discount_percent: Option<f64>,
}

/// Changes the company.
#[utoipa::path(put, path = "/company", tag = "company", request_body = CompanyEdit, responses(
    (status = 200, body = Company), (status = 412, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(edit): Json<CompanyEdit>,
) -> Answer<Tagged<Company>> {
    let currency = check(&edit.name, &edit.zone, &edit.currency, &edit)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move { keep(tx, &actor, asked, edit, currency).await }.boxed()
        })
        .await
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    asked: IfMatch,
    edit: CompanyEdit,
    currency: Currency,
) -> Answer<Tagged<Company>> {
    let before = Company::versioned(tx).await?;
    if !asked.allows(before.revision) {
        return Err(Problem::precondition_failed());
    }
    let company = Company {
        name: edit.name.trim().to_owned(),
        zone: edit.zone,
        currency,
        week_start: edit.week_start,
        locale: edit.locale,
        margin_percent: edit.margin_percent,
        discount_percent: edit.discount_percent.unwrap_or_else(|| Company::default().discount_percent),
        demo: before.value.demo,
        set_up: true,
    };
    let revision = company.save_if(tx, asked.0).await?.ok_or_else(Problem::precondition_failed)?;
    audit::write(tx, Some(actor), "company.changed", None, json!({ "revision": revision })).await?;
    Ok(tagged(company, revision))
}

fn check(name: &str, zone: &str, currency: &str, edit: &CompanyEdit) -> Answer<Currency> {
    let mut problem = faults(name, zone, currency);
    let percent = |value: Option<f64>| value.is_none_or(|value| (0.0..=100.0).contains(&value));
    if !percent(edit.margin_percent) {
        problem = problem.field("margin_percent", "percent_invalid");
    }
    if !percent(edit.discount_percent) {
        problem = problem.field("discount_percent", "percent_invalid");
    }
    settled(problem, currency)
}

fn faults(name: &str, zone: &str, currency: &str) -> Problem {
    let mut problem = Problem::invalid("invalid");
    match name.trim().chars().count() {
        0 => problem = problem.field("name", "required"),
        1..=limits::NAME_CHARS => {}
        _ => problem = problem.field("name", "too_long"),
    }
    if TimeZone::get(zone).is_err() {
        problem = problem.field("zone", "zone_unknown");
    }
    if currency.parse::<Currency>().is_err() {
        problem = problem.field("currency", "currency_unknown");
    }
    problem
}

fn settled(problem: Problem, currency: &str) -> Answer<Currency> {
    match currency.parse() {
        Ok(currency) if !problem.has_fields() => Ok(currency),
        _ => Err(problem),
    }
}

/// The own company to open.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct CompanyStart {
    /// Its name.
    name: String,
    /// Its IANA time zone.
    zone: String,
    /// Its currency.
    currency: String,
}

/// Opens an own, empty company from the demo. The session stays valid; `GET /session` shows when it is there.
#[utoipa::path(post, path = "/company/start", tag = "company", request_body = CompanyStart, responses(
    (status = 202, body = Object), (status = 409, description = "This is not the demo", body = crate::ProblemBody)))]
pub(super) async fn start(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<CompanyStart>,
) -> Answer<(StatusCode, Json<serde_json::Value>)> {
    let currency = settled(faults(&asked.name, &asked.zone, &asked.currency), &asked.currency)?;
    let mut tx = app.db().read().await?;
    let demo = Company::load(&mut tx).await?.demo;
    drop(tx);
    let opener = app.config().on_start_company.clone().filter(|_| demo);
    let opener = opener.ok_or_else(|| Problem::conflict("not_the_demo"))?;
    opener.start(asked.name.trim().to_owned(), asked.zone, currency, actor).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}
