//! `/choose/states`: the counts, the settings, and what other settings would make of the same people.

use super::model::State;
use super::settings::StateSettings;
use super::store::{self, Standards};
use crate::refresh;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::State as Extract;
use axum::http::{HeaderName, header};
use futures::FutureExt;
use kernel::Day;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::{Actor, Answer, App, IfMatch, Problem, ProblemBody, audit, etag};

type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

fn tagged<T>(value: T, revision: i64) -> Tagged<T> {
    ([(header::ETAG, etag(revision))], Json(value))
}

/// How many people are in each state, and by which settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct States {
    /// The company's day.
    #[schema(value_type = String)]
    as_of: Day,
    /// People by state.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    counts: BTreeMap<State, i64>,
    /// The thresholds.
    settings: StateSettings,
    /// The company's usual interval in days, once anyone came twice.
    company_interval_days: Option<f64>,
}

/// The people by state. The entity tag is that of the settings.
#[utoipa::path(get, path = "/choose/states", tag = "choose", responses((status = 200, body = States)))]
pub(super) async fn states(Extract(app): Extract<App>) -> Answer<Tagged<States>> {
    let mut tx = app.db().read().await?;
    let standards = Standards::load(&mut tx).await?;
    let settings = StateSettings::versioned(&mut tx).await?;
    let states = States {
        as_of: standards.today,
        counts: store::counts(&mut tx).await?,
        settings: settings.value,
        company_interval_days: standards.company,
    };
    Ok(tagged(states, settings.revision))
}

/// Changes the settings; a job judges everyone anew.
#[utoipa::path(put, path = "/choose/states/settings", tag = "choose", request_body = StateSettings, responses(
    (status = 200, body = StateSettings), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    Extract(app): Extract<App>,
    actor: Actor,
    asked: IfMatch,
    Json(settings): Json<StateSettings>,
) -> Answer<Tagged<StateSettings>> {
    check(&settings)?;
    let revision = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, asked, settings).await }.boxed())
        .await?;
    Ok(tagged(settings, revision))
}

fn check(settings: &StateSettings) -> Answer<()> {
    let faults = settings.faults();
    let problem =
        faults.iter().fold(Problem::invalid("invalid"), |problem, &(field, code)| problem.field(field, code));
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn keep(tx: &mut Tx, actor: &Actor, asked: IfMatch, settings: StateSettings) -> Answer<i64> {
    let before = StateSettings::versioned(tx).await?;
    if !asked.allows(before.revision) {
        return Err(Problem::precondition_failed());
    }
    let revision = settings.save(tx, asked.0).await?.ok_or_else(Problem::precondition_failed)?;
    let detail = json!({ "from": before.value, "to": settings, "revision": revision });
    audit::write(tx, Some(actor), "states.settings_changed", None, detail).await?;
    refresh::request(tx).await?;
    Ok(revision)
}

/// What settings would make of the people there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// People by state under the settings asked about.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    counts: BTreeMap<State, i64>,
    /// As things stand.
    now: Now,
}

/// As things stand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatesNow)]
pub struct Now {
    /// People by state.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    counts: BTreeMap<State, i64>,
}

/// Counts people under other settings, without changing anything.
#[utoipa::path(post, path = "/choose/states/preview", tag = "choose", request_body = StateSettings,
    responses((status = 200, body = Preview), (status = 422, body = ProblemBody)))]
pub(super) async fn preview(
    Extract(app): Extract<App>,
    Json(settings): Json<StateSettings>,
) -> Answer<Json<Preview>> {
    check(&settings)?;
    let mut tx = app.db().read().await?;
    let standards = Standards { settings, ..Standards::load(&mut tx).await? };
    let counts = store::counts_under(&mut tx, &standards).await?;
    Ok(Json(Preview { counts, now: Now { counts: store::counts(&mut tx).await? } }))
}
