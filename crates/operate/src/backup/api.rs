//! `/backups`: the plan, how the last one went, the files that are there, and having one made now.

use super::schedule::{self, KIND, Last, MOST, PLAN, Plan};
use super::seal::Passphrase;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt;
use kernel::Instant;
use serde::Serialize;
use std::path::Path;
use store::job::{self, JobState};
use store::{Lane, Tx, setting};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Actor, Answer, App, IfMatch, Permission, Problem, ProblemBody, Registry, audit, etag};

/// Files that are listed.
const LISTED: usize = 50;

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(read, run)).routes(routes!(change)));
    registry.allow("GET", "/backups", Permission::BackupsManage);
    registry.allow("POST", "/backups", Permission::BackupsManage);
    registry.allow("PUT", "/backups/plan", Permission::BackupsManage);
}

/// Backups.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Backups {
    /// When they are made, where, and how many stay.
    plan: Plan,
    /// How the last one went.
    last: Last,
    /// When the next one is due.
    #[schema(value_type = Option<String>)]
    next_at: Option<Instant>,
    /// Whether the program was started with a passphrase.
    has_passphrase: bool,
    /// The files that are there, the newest first.
    files: Vec<BackupFile>,
}

/// A backup that is there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BackupFile {
    /// Its name.
    name: String,
    /// Its length.
    bytes: u64,
}

type Tagged = ([(HeaderName, String); 1], Json<Backups>);

/// The plan, how the last one went, and the files.
#[utoipa::path(get, path = "/backups", tag = "operate", responses((status = 200, body = Backups)))]
async fn read(State(app): State<App>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    Ok(backups(&mut tx).await?)
}

async fn backups(tx: &mut Tx) -> store::Result<Tagged> {
    let plan = schedule::plan(tx).await?;
    let next_at = if plan.value.on { Some(schedule::next(tx, &plan.value).await?) } else { None };
    let files = schedule::files(Path::new(&plan.value.folder)).into_iter().take(LISTED);
    let files = files.filter_map(|path| {
        let name = path.file_name()?.to_str()?.to_owned();
        Some(BackupFile { name, bytes: path.metadata().ok()?.len() })
    });
    let told = Backups {
        last: schedule::last(tx).await?,
        next_at,
        has_passphrase: Passphrase::from_environment().is_ok_and(|passphrase| passphrase.is_some()),
        files: files.collect(),
        plan: plan.value,
    };
    Ok(([(header::ETAG, etag(plan.revision))], Json(told)))
}

/// Changes the plan.
#[utoipa::path(put, path = "/backups/plan", tag = "operate", request_body = Plan, responses(
    (status = 200, body = Backups), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(plan): Json<Plan>,
) -> Answer<Tagged> {
    check(&plan)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let revision = setting::put_if(tx, PLAN, &plan, asked.0)
                    .await?
                    .ok_or_else(Problem::precondition_failed)?;
                schedule::set(tx, &plan).await?;
                let detail = serde_json::json!({ "revision": revision });
                audit::write(tx, Some(&actor), "backup.settings_changed", None, detail).await?;
                Ok(backups(tx).await?)
            }
            .boxed()
        })
        .await
}

fn check(plan: &Plan) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    let folder = Path::new(&plan.folder);
    let is_there = folder.is_absolute() && folder.is_dir();
    if !plan.folder.is_empty() && !is_there {
        problem = problem.field("folder", "folder_missing");
    } else if plan.on && plan.folder.is_empty() {
        problem = problem.field("folder", "required");
    }
    if plan.hour > 23 {
        problem = problem.field("hour", "hour_out_of_range");
    }
    if !(1..=MOST).contains(&plan.keep) {
        problem = problem.field("keep", "keep_out_of_range");
    }
    let readable = Passphrase::from_environment().is_ok_and(|passphrase| passphrase.is_none()) && !plan.plain;
    if plan.on && readable {
        problem = problem.field("plain", "passphrase_missing");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// Has a backup made now.
#[utoipa::path(post, path = "/backups", tag = "operate", responses(
    (status = 202, body = Vec<JobState>), (status = 409, body = ProblemBody)))]
async fn run(State(app): State<App>, actor: Actor) -> Answer<(StatusCode, Json<Vec<JobState>>)> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if schedule::plan(tx).await?.value.folder.is_empty() {
                    return Err(Problem::conflict("backup_nowhere"));
                }
                schedule::request(tx).await?;
                audit::write(tx, Some(&actor), "backup.asked", None, serde_json::json!({})).await?;
                let now = tx.now();
                let mut jobs = job::recent(tx, now).await?;
                jobs.retain(|job| job.kind == KIND && job.finished_at.is_none());
                Ok((StatusCode::ACCEPTED, Json(jobs)))
            }
            .boxed()
        })
        .await
}
