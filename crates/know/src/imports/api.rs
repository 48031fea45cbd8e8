//! `/imports`: bringing a file, settling its plan, running it and taking it back.

use super::faults::{self, Fault};
use super::model::{Import, State};
use super::own;
use super::passwords;
use super::plan::{self, NewPlan};
use super::start::{self, begin, begin_check, begin_run};
use super::store::{self, ContentHash, New};
use super::undo;
use super::view::{self, ImportView, PlannedImport};
use crate::fields;
use ::store::job::{self, JobState};
use ::store::{Json as Stored, Lane, Tx};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State as Front};
use axum::http::StatusCode;
use axum::response::Response;
use futures::{FutureExt, StreamExt};
use kernel::{Id, kinds, limits, resident};
use reading::Plan;
use serde::Deserialize;
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;
use utoipa::IntoParams;
use web::{Actor, Answer, App, Company, Page, PageQuery, Permission, Problem, ProblemBody, Registry, audit};

type ImportId = Id<kinds::Import>;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list, upload))
        .routes(routes!(read, remove))
        .routes(routes!(settle))
        .routes(routes!(dry_run))
        .routes(routes!(run))
        .routes(routes!(undo_import))
        .routes(routes!(list_faults))
        .routes(routes!(download_faults));
    registry.routes(routes);
    registry.allow("GET", "/imports", Permission::ImportsRun);
    registry.allow("POST", "/imports", Permission::ImportsRun);
    registry.allow("GET", "/imports/{id}", Permission::ImportsRun);
    registry.allow("DELETE", "/imports/{id}", Permission::ImportsRun);
    registry.allow("PUT", "/imports/{id}/plan", Permission::ImportsRun);
    registry.allow("POST", "/imports/{id}/dry-run", Permission::ImportsRun);
    registry.allow("POST", "/imports/{id}/run", Permission::ImportsRun);
    registry.allow("POST", "/imports/{id}/undo", Permission::ImportsRun);
    registry.allow("GET", "/imports/{id}/faults", Permission::ImportsRun);
    registry.allow("GET", "/imports/{id}/faults.csv", Permission::ImportsRun);
}

/// The imports, the newest first.
#[utoipa::path(get, path = "/imports", tag = "know", params(PageQuery),
    responses((status = 200, body = Page<ImportView>)))]
async fn list(
    Front(app): Front<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<ImportView>>> {
    let before = page.cursor.as_deref().map(web::cursor::decode::<i64>).transpose()?.unwrap_or(i64::MAX);
    let limit = page.limit();
    let mut tx = app.db().read().await?;
    let mut imports = store::page(&mut tx, before, limit + 1).await?;
    let more = i64::try_from(imports.len()).is_ok_and(|count| count > limit);
    imports.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = imports.last().filter(|_| more).map(|last| web::cursor::encode(&last.id.number()));
    let mut items = Vec::with_capacity(imports.len());
    for import in imports {
        items.push(ImportView::of(&mut tx, import, actor.locale).await?.short());
    }
    Ok(Json(Page { items, next }))
}

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileName {
    /// The file's name.
    name: String,
}

/// Brings a file; the body is the file itself.
#[utoipa::path(post, path = "/imports", tag = "know", params(FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = ImportView), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn upload(
    Front(app): Front<App>,
    actor: Actor,
    Query(FileName { name }): Query<FileName>,
    body: Body,
) -> Answer<(StatusCode, Json<ImportView>)> {
    let id: ImportId = app.db().read().await?.id();
    let path = uploads(&app).join(id.to_string());
    let kept = match receive(&path, body).await {
        Ok((size, hash)) => keep(&app, actor, id, name, &path, (size, hash)).await,
        Err(problem) => Err(problem),
    };
    if kept.is_err() {
        // A file that was refused is of no use to anyone; one that cannot be removed is no reason to say otherwise.
        let _ = tokio::fs::remove_file(&path).await;
    }
    Ok((StatusCode::CREATED, Json(kept?)))
}

fn uploads(app: &App) -> PathBuf {
    std::path::absolute(app.data_folder().join("uploads"))
        .unwrap_or_else(|_| app.data_folder().join("uploads"))
}

/// Writes a body to a file, piece by piece; gives its size and hash.
async fn receive(path: &std::path::Path, body: Body) -> Answer<(u64, String)> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
    }
    let mut file = tokio::fs::File::create(path).await.map_err(disk)?;
    let (mut size, mut hash, mut pieces) = (0_u64, ContentHash::default(), body.into_data_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "upload_broken"))?;
        size += piece.len() as u64;
        if size > limits::UPLOAD_BYTES {
            let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "upload_too_large");
            return Err(problem.with("gib", limits::UPLOAD_BYTES >> 30));
        }
        std::io::Write::write_all(&mut hash, &piece).map_err(disk)?;
        file.write_all(&piece).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)?;
    Ok((size, hash.text()))
}

fn disk(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull => ::store::Error::Full.into(),
        _ => Problem::internal(error),
    }
}

async fn keep(
    app: &App,
    actor: Actor,
    id: ImportId,
    name: String,
    path: &std::path::Path,
    (size, content_hash): (u64, String),
) -> Answer<ImportView> {
    let locale = actor.locale;
    let (looked, remembered) = start::uploaded(&mut app.db().read().await?, path, locale).await?;
    let state = plan::state(&looked.plan, &looked.probe);
    let new = New {
        id,
        file: resident::without(&name).chars().take(limits::NAME_CHARS).collect(),
        path: path.to_string_lossy().into_owned(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        content_hash,
        probe: looked.probe,
        plan: looked.plan,
        remembered,
        by: Some(actor.user),
        by_name: actor.name.clone(),
    };
    let view = app.db().write(Lane::Interactive, move |tx| {
        async move {
            store::insert(tx, &new, state).await?;
            audit::write(tx, Some(&actor), "import.uploaded", Some(id.number()), serde_json::json!({}))
                .await?;
            let import = found(tx, id).await?;
            Ok::<_, Problem>(ImportView::of(tx, import, locale).await?)
        }
        .boxed()
    });
    view.await
}

async fn found(tx: &mut Tx, id: ImportId) -> Answer<Import> {
    store::find(tx, id).await?.ok_or_else(Problem::not_found)
}

/// One import.
#[utoipa::path(get, path = "/imports/{id}", tag = "know", params(("id" = String, Path, description = "The import")),
    responses((status = 200, body = ImportView), (status = 404, body = ProblemBody)))]
async fn read(Front(app): Front<App>, actor: Actor, Path(id): Path<ImportId>) -> Answer<Json<ImportView>> {
    let mut tx = app.db().read().await?;
    let import = found(&mut tx, id).await?;
    Ok(Json(ImportView::of(&mut tx, import, actor.locale).await?))
}

/// Settles how the file is read; gives the first rows under the plan and what stands in its way.
#[utoipa::path(put, path = "/imports/{id}/plan", tag = "know", params(("id" = String, Path, description = "The import")),
    request_body = NewPlan, responses((status = 200, body = PlannedImport), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn settle(
    Front(app): Front<App>,
    actor: Actor,
    Path(id): Path<ImportId>,
    Json(NewPlan { plan, password }): Json<NewPlan>,
) -> Answer<Json<PlannedImport>> {
    let (mut import, company, fields) = {
        let mut tx = app.db().read().await?;
        let import = found(&mut tx, id).await?;
        may_begin(&mut tx, &import, &[State::Uploaded, State::Ready, State::Failed, State::Undone]).await?;
        (import, Company::load(&mut tx).await?, fields::all(&mut tx).await?)
    };
    let locale = actor.locale;
    let password = password.or(passwords::of(&import.path));
    // Nothing was known of a locked workbook when its plan was made.
    let unlocked = import.probe.needs_password && plan.mapping.is_empty();
    let account = plan.account.clone();
    let plan = own::checked(plan::dated_anew(plan, &import.plan), &import.plan, &fields)?;
    let asked = Some(plan).filter(|_| !unlocked);
    let looked = plan::look((&import.path).into(), company, password.clone(), asked, fields, locale).await?;
    let plan = Plan { account, ..looked.plan };
    let changed = plan != import.plan.0;
    (import.plan, import.probe) = (Stored(plan), Stored(looked.probe));
    if unlocked && let Some(plan) = plan::remembered(&mut app.db().read().await?, &import.probe).await? {
        import.plan = Stored(plan);
    }
    let plan_problems = plan::problems(&import, locale);
    let ready = plan_problems.is_empty() && !import.probe.needs_password;
    let preview = if ready {
        let fields = own::named_by(&mut app.db().read().await?, &import.plan).await?;
        plan::preview(&import, fields, password.clone(), locale).await?
    } else {
        Vec::new()
    };
    if let Some(password) = password {
        passwords::keep(&import.path, password);
    }
    let view = app.db().write(Lane::Interactive, move |tx| {
        async move {
            if changed && store::has_lines(tx, id).await? {
                return Err(Problem::conflict("import_partly_written"));
            }
            store::change_plan(tx, &import, plan::state(&import.plan, &import.probe)).await?;
            let import = found(tx, id).await?;
            Ok::<_, Problem>(ImportView::of(tx, import, locale).await?)
        }
        .boxed()
    });
    Ok(Json(PlannedImport { import: view.await?, preview, plan_problems }))
}

/// Refuses what an import in this state cannot do, and everything while a job is at work on it; gives the state.
async fn may_begin(tx: &mut Tx, import: &Import, from: &[State]) -> Answer<State> {
    let job = match import.job {
        Some(job) => job::state(tx, job).await?,
        None => None,
    };
    if job.as_ref().is_some_and(|job| job.finished_at.is_none()) {
        return Err(Problem::conflict("import_busy"));
    }
    match view::state(import, job.as_ref()) {
        state if from.contains(&state) => Ok(state),
        State::Done => Err(Problem::conflict("import_done")),
        _ => Err(Problem::conflict("import_not_ready")),
    }
}

/// Whatever has written lines can be taken back, also once its plan was settled anew.
async fn may_undo(tx: &mut Tx, import: &Import) -> Answer<()> {
    if import.state == State::Undone {
        return Err(Problem::conflict("import_undone"));
    }
    let from: &[State] = match store::has_lines(tx, import.id).await? {
        true => &[State::Done, State::Failed, State::Uploaded, State::Ready],
        false => &[State::Done, State::Failed],
    };
    may_begin(tx, import, from).await.map(drop)
}

/// What is to be done with an import.
#[derive(Clone, Copy)]
enum Deed {
    Check,
    Run,
    Undo,
}

async fn begin_deed(
    app: &App,
    actor: Actor,
    id: ImportId,
    deed: Deed,
) -> Answer<(StatusCode, Json<JobState>)> {
    let state = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let import = found(tx, id).await?;
            let job = match deed {
                Deed::Check => {
                    let state = may_begin(tx, &import, &[State::Ready, State::Failed, State::Undone]).await?;
                    begin_check(tx, id, state).await?
                }
                Deed::Run => {
                    may_begin(tx, &import, &[State::Ready, State::Failed, State::Undone]).await?;
                    begin_run(tx, id).await?
                }
                Deed::Undo => {
                    may_undo(tx, &import).await?;
                    begin(tx, id, undo::KIND, State::Undoing).await?
                }
            };
            if let Some(action) = deed.action() {
                audit::write(tx, Some(&actor), action, Some(id.number()), serde_json::json!({})).await?;
            }
            job::state(tx, job).await?.ok_or_else(Problem::not_found)
        }
        .boxed()
    });
    Ok((StatusCode::ACCEPTED, Json(state.await?)))
}

impl Deed {
    const fn action(self) -> Option<&'static str> {
        match self {
            Self::Check => None,
            Self::Run => Some("import.run"),
            Self::Undo => Some("import.undone"),
        }
    }
}

/// Counts what the import would do, without writing.
#[utoipa::path(post, path = "/imports/{id}/dry-run", tag = "know", params(("id" = String, Path, description = "The import")),
    responses((status = 202, body = JobState), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn dry_run(
    Front(app): Front<App>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Answer<(StatusCode, Json<JobState>)> {
    begin_deed(&app, actor, id, Deed::Check).await
}

/// Runs the import.
#[utoipa::path(post, path = "/imports/{id}/run", tag = "know", params(("id" = String, Path, description = "The import")),
    responses((status = 202, body = JobState), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn run(
    Front(app): Front<App>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Answer<(StatusCode, Json<JobState>)> {
    begin_deed(&app, actor, id, Deed::Run).await
}

/// Takes the import back.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "know", params(("id" = String, Path, description = "The import")),
    responses((status = 202, body = JobState), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn undo_import(
    Front(app): Front<App>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Answer<(StatusCode, Json<JobState>)> {
    begin_deed(&app, actor, id, Deed::Undo).await
}

/// The rows that were set aside, a page at a time.
#[utoipa::path(get, path = "/imports/{id}/faults", tag = "know",
    params(("id" = String, Path, description = "The import"), PageQuery),
    responses((status = 200, body = Page<Fault>), (status = 404, body = ProblemBody)))]
async fn list_faults(
    Front(app): Front<App>,
    actor: Actor,
    Path(id): Path<ImportId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Fault>>> {
    let after = page.cursor.as_deref().map(web::cursor::decode::<faults::After>).transpose()?;
    let mut tx = app.db().read().await?;
    found(&mut tx, id).await?;
    let after = after.unwrap_or_default();
    let (items, next) = faults::page(&mut tx, id, after, page.limit(), actor.locale).await?;
    Ok(Json(Page { items, next: next.as_ref().map(web::cursor::encode) }))
}

/// The rows that were set aside, as a file.
#[utoipa::path(get, path = "/imports/{id}/faults.csv", tag = "know",
    params(("id" = String, Path, description = "The import")),
    responses((status = 200, content_type = "text/csv"), (status = 404, body = ProblemBody)))]
async fn download_faults(Front(app): Front<App>, actor: Actor, Path(id): Path<ImportId>) -> Answer<Response> {
    let mut tx = app.db().read().await?;
    found(&mut tx, id).await?;
    let file = faults::file(&mut tx, id, actor.locale).await?;
    drop(tx);
    file.finish().await
}

/// Forgets an import that never ran, and its file if it was uploaded.
#[utoipa::path(delete, path = "/imports/{id}", tag = "know", params(("id" = String, Path, description = "The import")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn remove(Front(app): Front<App>, actor: Actor, Path(id): Path<ImportId>) -> Answer<StatusCode> {
    let path = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let import = found(tx, id).await?;
            may_begin(tx, &import, &[State::Uploaded, State::Ready]).await?;
            if import.finished_at.is_some() {
                return Err(Problem::conflict("import_ran"));
            }
            store::delete(tx, id).await?;
            audit::write(tx, Some(&actor), "import.removed", Some(id.number()), serde_json::json!({}))
                .await?;
            Ok::<_, Problem>(PathBuf::from(import.path))
        }
        .boxed()
    });
    let path = path.await?;
    passwords::forget(&path.to_string_lossy());
    if path.starts_with(uploads(&app)) {
        // The import is gone either way; what is left of it is a file that nothing names.
        let _ = tokio::fs::remove_file(&path).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
