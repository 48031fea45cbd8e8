//! `/measure/value` and `/measure/refit`.

use super::findings::{Finding, findings};
use super::fit::{Missing, Models};
use super::jobs::{self, Nightly, Refit};
use super::run::{BackTest, Basis, Decile, RelationshipMonth, share};
use super::store;
use crate::leak;
use ::store::job::{self, JobState};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, Money, kinds};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry, audit};

/// Registers routes, the job and its timer.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new().routes(routes!(read)).routes(routes!(refit));
    registry.routes(routes);
    registry.allow("GET", "/measure/value", Permission::FiguresRead);
    registry.allow("POST", "/measure/refit", Permission::SettingsWrite);
    registry.work(Refit);
    registry.timer(Nightly);
    registry.starter(Nightly);
}

/// Customer lifetime value of the company.
#[derive(Debug, Serialize, ToSchema)]
struct ValueBoard {
    /// The day the latest run stood at; today when there was none.
    #[schema(value_type = String)]
    as_of: Day,
    /// Each model with its parameters, or `missing` with a code, `have` and `need`; only `missing` before any run.
    #[schema(value_type = Object)]
    models: Value,
    /// Customers with a score.
    customers: u64,
    /// Whether value is margin or revenue.
    basis: Option<Basis>,
    /// Orders expected in the next 52 weeks.
    expected_orders_total: Option<f64>,
    /// Residual value of all.
    value_total: Option<Money>,
    /// Back-test by number of repeat orders.
    calibration: Vec<BackTest>,
    /// Ten groups by value.
    deciles: Vec<Decile>,
    /// First and repeat revenue.
    relationship: RelationshipView,
    /// What the numbers say.
    findings: Vec<Finding>,
    /// A refit that waits or runs.
    #[schema(value_type = Option<String>)]
    refit_job: Option<Id<kinds::Job>>,
}

/// First and repeat revenue of known customers.
#[derive(Debug, Default, Serialize, ToSchema)]
struct RelationshipView {
    /// By month.
    months: Vec<RelationshipMonth>,
    /// The repeat share over the complete months shown.
    share: Option<f64>,
}

/// What customers are expected to bring, how sure that is, and what follows from it.
#[utoipa::path(get, path = "/measure/value", tag = "measure", responses((status = 200, body = ValueBoard)))]
async fn read(State(app): State<App>) -> Answer<Json<ValueBoard>> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let refit_job = active(&mut tx, app.clock().now()).await?;
    let Some(run) = store::latest(&mut tx).await? else {
        return Ok(Json(ValueBoard {
            as_of: today,
            models: json!({ "missing": { "code": "not_run", "params": {} } }),
            customers: 0,
            basis: None,
            expected_orders_total: None,
            value_total: None,
            calibration: Vec::new(),
            deciles: Vec::new(),
            relationship: RelationshipView::default(),
            findings: Vec::new(),
            refit_job,
        }));
    };
    let months = leak::store::kept(&mut tx, today).await?.unwrap_or_default();
    let result = run.result.0;
    let findings = findings(&mut tx, &result, &months, today).await?;
    Ok(Json(ValueBoard {
        as_of: run.as_of,
        models: shown(&result.models),
        customers: result.customers,
        basis: Some(result.basis),
        expected_orders_total: result.expected_orders_total,
        value_total: result.value_total,
        calibration: result.calibration,
        deciles: result.deciles,
        relationship: relationship(result.relationship, today),
        findings,
        refit_job,
    }))
}

/// A refit that waits or runs.
async fn active(tx: &mut Tx, now: kernel::Instant) -> ::store::Result<Option<Id<kinds::Job>>> {
    let jobs = job::recent(tx, now).await?;
    Ok(jobs.iter().find(|job| job.kind == jobs::REFIT && job.finished_at.is_none()).map(|job| job.id))
}

fn relationship(months: Vec<RelationshipMonth>, today: Day) -> RelationshipView {
    let complete = || months.iter().filter(|row| row.month < today.month());
    let first = complete().map(|row| row.first.amount_minor).sum();
    let repeat = complete().map(|row| row.repeat.amount_minor).sum();
    RelationshipView { share: share(first, repeat), months }
}

/// Each model as an object of its parameters, or of what it lacks.
fn shown(models: &Models) -> Value {
    let lack = |Missing { code, has, needs }: &Missing| json!({ "missing": { "code": code, "params": { "have": has, "need": needs } } });
    let fits = [
        ("bg_nbd", json!(models.bg_nbd)),
        ("mbg_nbd", json!(models.mbg_nbd)),
        ("gamma_gamma", json!(models.gamma_gamma)),
    ];
    let shown = fits.into_iter().map(|(name, fit)| {
        let missing = models.missing.get(name).filter(|_| fit.is_null());
        (name.to_owned(), missing.map_or(fit, lack))
    });
    Value::Object(shown.collect::<Map<_, _>>())
}

/// Fits the models again, in the background.
#[utoipa::path(post, path = "/measure/refit", tag = "measure",
    responses((status = 202, body = JobState), (status = 403, body = ProblemBody)))]
async fn refit(State(app): State<App>, actor: Actor) -> Answer<(StatusCode, Json<JobState>)> {
    let state = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let state = jobs::request(tx).await?;
                audit::write(tx, Some(&actor), "measure.refit", Some(state.id.number()), json!({})).await?;
                Ok::<_, Problem>(state)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(state)))
}
