//! What requests lead to: an export to fetch, a preview of an erasure, the erasure, and where data came from.

use super::jobs::{self, Params};
use super::preview::{self, ErasurePreview};
use super::store;
use crate::parties::root;
use crate::requests::api::{may_disclose, seen};
use crate::requests::model::{Kind, Request, RequestId};
use crate::scores;
use ::store::job::{self, JobState};
use ::store::{Lane, Tx, freeze, sql};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, audit};

type PartyId = Id<kinds::Party>;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(outcome))
        .routes(routes!(make, fetch))
        .routes(routes!(foresee, erase));
    registry.routes(routes);
    registry.allow("GET", "/requests/{id}/outcome", Permission::RequestsAnswer);
    registry.allow("POST", "/requests/{id}/export", Permission::RequestsAnswer);
    registry.allow("GET", "/requests/{id}/export", Permission::RequestsDisclose);
    registry.allow("GET", "/requests/{id}/erasure", Permission::RequestsAnswer);
    registry.allow("POST", "/requests/{id}/erasure", Permission::RequestsDisclose);
}

/// What a request has led to so far, and what an answer can be made of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestOutcome)]
struct Outcome {
    /// The export that was made.
    export: Option<MadeExport>,
    /// The erasure that was done.
    erasure: Option<DoneErasure>,
    /// Since when their data is not used.
    #[schema(value_type = Option<String>)]
    suspended_since: Option<Instant>,
    /// Where their data came from.
    origins: Vec<Origin>,
    /// What the program has worked out about them, and from what.
    factors: Vec<Factor>,
}

/// An export that was made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeExport {
    /// When.
    #[schema(value_type = String)]
    made_at: Instant,
    /// How long the file is.
    bytes: i64,
    /// The SHA-256 of its bytes: the proof of what was given out.
    hash: String,
    /// How many rows of what.
    parts: BTreeMap<String, i64>,
    /// When it was fetched first.
    #[schema(value_type = Option<String>)]
    fetched_at: Option<Instant>,
}

/// An erasure that was done.
#[derive(Debug, Serialize, ToSchema)]
struct DoneErasure {
    /// When.
    #[schema(value_type = String)]
    at: Instant,
    /// By whom.
    by: String,
    /// What became of how many rows.
    #[schema(value_type = Object)]
    report: serde_json::Value,
}

/// Where data came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DataOrigin)]
struct Origin {
    /// `import`, `entered` or `told`.
    how: &'static str,
    /// The source, as it names itself.
    source: String,
    /// The file.
    file: Option<String>,
    /// When it came first.
    #[schema(value_type = String)]
    at: Instant,
    /// How many order lines.
    lines: i64,
}

/// Something worked out about somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecisionFactor)]
struct Factor {
    /// Its name.
    name: String,
    /// What it says.
    value: Option<f64>,
    /// Why it says nothing, as a code.
    reason: Option<String>,
}

fn whose(request: &Request) -> Answer<PartyId> {
    request.root.ok_or_else(|| Problem::conflict("request_of_nobody"))
}

/// What a request has led to so far. Where the data came from and what was worked out is shown once it is known who asks.
#[utoipa::path(get, path = "/requests/{id}/outcome", tag = "know", params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = Outcome), (status = 404, body = ProblemBody)))]
async fn outcome(State(app): State<App>, actor: Actor, Path(id): Path<RequestId>) -> Answer<Json<Outcome>> {
    let mut tx = app.db().read().await?;
    let request = seen(&mut tx, id, actor.sight).await?;
    let export = store::export_of(&mut tx, id).await?.map(|kept| MadeExport {
        made_at: kept.made_at,
        bytes: kept.bytes,
        hash: kept.hash,
        parts: kept.parts.0,
        fetched_at: kept.fetched_at,
    });
    let erasure = store::of_request(&mut tx, id).await?;
    let erasure = erasure.map(|done| DoneErasure { at: done.at, by: done.by_name, report: done.report.0 });
    let known = request.root.filter(|_| request.identity.is_some());
    let (mut origins, mut factors) = (Vec::new(), Vec::new());
    if let Some(root) = known {
        origins = origins_of(&mut tx, root).await?;
        factors = factors_of(&mut tx, root).await?;
    }
    let suspended_since = match request.root {
        Some(root) => super::suspension::since(&mut tx, root).await?,
        None => None,
    };
    Ok(Json(Outcome { export, erasure, suspended_since, origins, factors }))
}

async fn origins_of(tx: &mut Tx, root: PartyId) -> Answer<Vec<Origin>> {
    let lines: Vec<(String, Option<String>, Instant, i64)> = sql!(concat!(
        "select l.source, i.file, min(l.at) as at, count(*) from order_lines l left join imports i on i.id = l.import_id \
         where l.party in ",
        crate::parties::root::members!("$1"),
        " group by l.source, i.file order by min(l.at), l.source limit 200"
    ))
    .bind(root)
    .fetch_all(tx)
    .await?;
    let records: Vec<(Option<String>, Option<String>, Instant)> = sql!(concat!(
        "select i.source, i.file, p.created_at from parties p left join imports i on i.id = p.import_id where p.id in ",
        crate::parties::root::members!("$1"),
        " order by p.id"
    ))
    .bind(root)
    .fetch_all(tx)
    .await?;
    let records = records.into_iter().map(|(source, file, at)| Origin {
        how: if source.is_some() { "import" } else { "entered" },
        source: source.unwrap_or_default(),
        file,
        at,
        lines: 0,
    });
    let lines = lines.into_iter().map(|(source, file, at, lines)| Origin {
        how: if file.is_some() { "import" } else { "told" },
        source,
        file,
        at,
        lines,
    });
    Ok(records.chain(lines).collect())
}

async fn factors_of(tx: &mut Tx, root: PartyId) -> Answer<Vec<Factor>> {
    let known = scores::of(tx, root).await?;
    let scores = known.into_iter().flat_map(|scores| {
        ["expected_orders", "p_alive", "value"].map(|name| Factor {
            name: name.to_owned(),
            value: scores.named(name).map(|estimate| estimate.value),
            reason: None,
        })
    });
    type Facts = (String, i64, i64, Option<f64>, Option<i64>, Option<i64>, Option<i64>);
    let facts: Option<Facts> =
        sql!("select state, orders, order_days, usual_interval, r, f, m from facts where party = $1")
            .bind(root)
            .fetch_optional(tx)
            .await?;
    let facts = facts.into_iter().flat_map(|(state, orders, days, interval, r, f, m)| {
        let number = |name: &str, value: Option<f64>| Factor { name: name.to_owned(), value, reason: None };
        [
            Factor { name: "state".into(), value: None, reason: Some(state) },
            number("orders", Some(orders as f64)),
            number("order_days", Some(days as f64)),
            number("usual_interval", interval),
            number("r", r.map(|cell| cell as f64)),
            number("f", f.map(|cell| cell as f64)),
            number("m", m.map(|cell| cell as f64)),
        ]
    });
    Ok(facts.chain(scores).collect())
}

type Started = (StatusCode, Json<JobState>);

async fn start(
    app: &App,
    actor: Actor,
    id: RequestId,
    kind: &'static str,
    asked: &'static [Kind],
) -> Answer<Started> {
    let list = app.erased_list();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let request = seen(tx, id, actor.sight).await?;
                may_disclose(&request)?;
                if !asked.contains(&request.kind) {
                    return Err(Problem::conflict("request_of_another_kind"));
                }
                let party = whose(&request)?;
                if store::is_erased(tx, party).await? {
                    return Err(Problem::conflict("party_erased"));
                }
                let frozen = freeze::state(tx).await?;
                if kind == jobs::ERASE && frozen.is_some_and(|frozen| frozen.erasures_owed) {
                    return Err(Problem::conflict("erasures_owed"));
                }
                let params = Params {
                    request: id,
                    party,
                    user: Some(actor.user),
                    name: actor.name.clone(),
                    list: (kind == jobs::ERASE).then_some(list),
                };
                let job =
                    job::start(tx, kind, serde_json::to_value(&params).map_err(Problem::internal)?).await?;
                let action =
                    if kind == jobs::ERASE { "request.erasure_begun" } else { "request.export_made" };
                audit::write(tx, Some(&actor), action, Some(id.number()), json!({ "party": party })).await?;
                let state = job::state(tx, job).await?.ok_or_else(Problem::not_found)?;
                Ok((StatusCode::ACCEPTED, Json(state)))
            }
            .boxed()
        })
        .await
}

/// Has everything about the person made ready as files.
#[utoipa::path(post, path = "/requests/{id}/export", tag = "know", params(("id" = String, Path, description = "The request")),
    responses((status = 202, body = JobState), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn make(State(app): State<App>, actor: Actor, Path(id): Path<RequestId>) -> Answer<Started> {
    start(&app, actor, id, jobs::EXPORT, &[Kind::Access, Kind::Source, Kind::Explanation]).await
}

/// Everything about the person: a page, JSON and CSV files in one archive.
#[utoipa::path(get, path = "/requests/{id}/export", tag = "know", params(("id" = String, Path, description = "The request")),
    responses((status = 200, content_type = "application/zip"), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody)))]
async fn fetch(State(app): State<App>, actor: Actor, Path(id): Path<RequestId>) -> Answer<Response<Body>> {
    let bytes = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let request = seen(tx, id, actor.sight).await?;
                if request.identity.is_none() {
                    return Err(Problem::conflict("request_identity_first"));
                }
                let kept = store::export_of(tx, id).await?.ok_or_else(Problem::not_found)?;
                let bytes = store::bytes(tx, kept.id).await?;
                // Its period is over: the proof of it is all that is left.
                if bytes.is_empty() {
                    return Err(Problem::not_found());
                }
                store::fetched(tx, kept.id).await?;
                let detail = json!({ "hash": kept.hash });
                audit::write(tx, Some(&actor), "request.export_fetched", Some(id.number()), detail).await?;
                Ok::<_, Problem>(bytes)
            }
            .boxed()
        })
        .await?;
    let mut response = Response::new(Body::from(bytes));
    let disposition = format!("attachment; filename=\"{id}.zip\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Problem::internal)?);
    Ok(response)
}

/// What erasing the person would do.
#[utoipa::path(get, path = "/requests/{id}/erasure", tag = "know", params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = ErasurePreview), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn foresee(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RequestId>,
) -> Answer<Json<ErasurePreview>> {
    let mut tx = app.db().read().await?;
    let request = seen(&mut tx, id, actor.sight).await?;
    let party = root::of(&mut tx, whose(&request)?).await?;
    Ok(Json(preview::preview(&mut tx, party).await?))
}

/// Erases the person. It cannot be taken back.
#[utoipa::path(post, path = "/requests/{id}/erasure", tag = "know", params(("id" = String, Path, description = "The request")),
    responses((status = 202, body = JobState), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn erase(State(app): State<App>, actor: Actor, Path(id): Path<RequestId>) -> Answer<Started> {
    start(&app, actor, id, jobs::ERASE, &[Kind::Erasure]).await
}
