//! `/choose/bonds`: the ladder between two days, and what to do next at each level.

use super::board::{self, BondBoard};
use super::settings::BondSettings;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use futures::FutureExt;
use kernel::Day;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use web::{Actor, Answer, App, Company, IfMatch, Problem, ProblemBody, audit, etag};

type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

fn tagged<T>(value: T, revision: i64) -> Tagged<T> {
    ([(header::ETAG, etag(revision))], Json(value))
}

/// Days looked back where nothing is said: bonds grow slowly.
const USUAL: i64 = 90;

/// Between which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Between {
    /// The earlier day; 90 days before the later one unless given.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// The later day; today unless given.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
}

/// How many customers stand at each level of bonds, and who moved between two days.
#[utoipa::path(get, path = "/choose/bonds", tag = "choose", params(Between),
    responses((status = 200, body = BondBoard), (status = 422, body = ProblemBody)))]
pub(super) async fn board(
    State(app): State<App>,
    actor: Actor,
    Query(between): Query<Between>,
) -> Answer<Json<BondBoard>> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let to = between.to.unwrap_or(today);
    let from = between.from.unwrap_or(to.plus(-USUAL));
    if from >= to || to > today {
        return Err(Problem::invalid("invalid").field("from", "transition_period"));
    }
    Ok(Json(board::board(&mut tx, [from, to], actor.sight).await?))
}

/// What to do next at each level.
#[utoipa::path(get, path = "/choose/bonds/settings", tag = "choose", responses((status = 200, body = BondSettings)))]
pub(super) async fn settings(State(app): State<App>) -> Answer<Tagged<BondSettings>> {
    let mut tx = app.db().read().await?;
    let settings = BondSettings::versioned(&mut tx).await?;
    Ok(tagged(settings.value, settings.revision))
}

/// Changes what to do next at each level.
#[utoipa::path(put, path = "/choose/bonds/settings", tag = "choose", request_body = BondSettings, responses(
    (status = 200, body = BondSettings), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(settings): Json<BondSettings>,
) -> Answer<Tagged<BondSettings>> {
    let faults = settings.faults();
    let problem =
        faults.iter().fold(Problem::invalid("invalid"), |problem, &(field, code)| problem.field(field, code));
    if problem.has_fields() {
        return Err(problem);
    }
    let kept = settings.clone();
    let revision = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, asked, &kept).await }.boxed())
        .await?;
    Ok(tagged(settings, revision))
}

async fn keep(tx: &mut Tx, actor: &Actor, asked: IfMatch, settings: &BondSettings) -> Answer<i64> {
    let before = BondSettings::versioned(tx).await?;
    if !asked.allows(before.revision) {
        return Err(Problem::precondition_failed());
    }
    let revision = settings.save(tx, asked.0).await?.ok_or_else(Problem::precondition_failed)?;
    audit::write(tx, Some(actor), "bonds.settings_changed", None, json!({ "revision": revision })).await?;
    Ok(revision)
}
