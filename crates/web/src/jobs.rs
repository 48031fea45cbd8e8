//! `/jobs`: long work, as people watch it.

use crate::{Answer, App, Permission, Problem, Registry};
use axum::Json;
use axum::extract::{Path, Query, State};
use kernel::{Id, Instant, kinds};
use serde::Deserialize;
use store::job::{self, JobState};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a job that ended is still listed, in microseconds.
const RECENT: i64 = Instant::DAY;

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)));
    registry.allow("GET", "/jobs", Permission::JobsRead);
    registry.allow("GET", "/jobs/{id}", Permission::JobsRead);
}

/// Which jobs are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct JobsQuery {
    /// Only those that wait or run.
    #[serde(default)]
    active: bool,
}

/// The jobs that wait or run, and those that ended within a day, the newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(JobsQuery), responses((status = 200, body = Vec<JobState>)))]
async fn list(State(app): State<App>, Query(query): Query<JobsQuery>) -> Answer<Json<Vec<JobState>>> {
    let mut tx = app.db().read().await?;
    let mut jobs = job::recent(&mut tx, app.clock().now().plus(-RECENT)).await?;
    jobs.retain(|job| !query.active || job.finished_at.is_none());
    Ok(Json(jobs))
}

/// One job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = JobState), (status = 404, body = crate::ProblemBody)))]
async fn read(State(app): State<App>, Path(id): Path<Id<kinds::Job>>) -> Answer<Json<JobState>> {
    let mut tx = app.db().read().await?;
    job::state(&mut tx, id).await?.map(Json).ok_or_else(Problem::not_found)
}
