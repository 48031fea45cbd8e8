//! `/audit`: the audit log as the owner reads it, as a file, and whether it is whole.

use super::store::{self as rows, Filter, Listed};
use super::verify::{self, Verdict};
use crate::export::{Cell, Export, Format};
use crate::{Actor, Answer, App, Company, Page, PageQuery, Permission, Problem, Registry, cursor, text};
use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use futures::FutureExt;
use kernel::{Day, Id, Instant, kinds, limits};
use serde::{Deserialize, Serialize};
use store::{Lane, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Characters of an action at most.
const ACTION_CHARS: usize = 60;

pub(crate) fn register(registry: &mut Registry) {
    registry
        .routes(OpenApiRouter::new().routes(routes!(list)).routes(routes!(export)).routes(routes!(check)));
    for path in ["/audit", "/audit/export", "/audit/check"] {
        registry.allow("GET", path, Permission::AuditRead);
    }
}

/// A row of the audit log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AuditRow {
    /// The row.
    #[schema(value_type = String)]
    id: Id<kinds::Audit>,
    /// When.
    #[schema(value_type = String)]
    at: Instant,
    /// Who; nobody where the program itself or somebody who was not signed in did it.
    #[schema(value_type = Option<String>)]
    user: Option<Id<kinds::User>>,
    /// Their name, while they are there.
    user_name: Option<String>,
    /// What, as a code.
    action: String,
    /// The number of what it was done to.
    subject: Option<String>,
    /// More, in ids and codes.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// Its place in the chain; nothing until it is sealed.
    place: Option<i64>,
}

impl From<Listed> for AuditRow {
    fn from(row: Listed) -> Self {
        Self {
            id: row.id,
            at: row.at,
            user: row.user_id,
            user_name: row.user_name,
            action: row.action,
            subject: row.subject.map(|subject| subject.to_string()),
            detail: row.detail.0,
            place: row.place,
        }
    }
}

/// Which rows.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// From this day on, in the company's zone.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// To the end of this day.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
    /// What this user did.
    #[param(value_type = Option<String>)]
    user: Option<Id<kinds::User>>,
    /// This action, `party.edited`, or all that begin with it, `party`.
    action: Option<String>,
}

impl AuditQuery {
    async fn filter(&self, tx: &mut Tx) -> Answer<Filter> {
        let action = self.action.clone().filter(|action| !action.is_empty());
        if action.as_ref().is_some_and(|action| action.chars().count() > ACTION_CHARS) {
            return Err(Problem::invalid("invalid").field("action", "too_long"));
        }
        let zone = Company::load(tx).await?.zone();
        Ok(Filter {
            from: self.from.map(|day| day.start_in(&zone)),
            until: self.to.map(|day| day.plus(1).start_in(&zone)),
            user: self.user.map(Id::number),
            action,
        })
    }
}

/// The audit log, the newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery, PageQuery),
    responses((status = 200, body = Page<AuditRow>), (status = 422, body = crate::ProblemBody)))]
async fn list(
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<AuditRow>>> {
    let before = page.cursor.as_deref().map(cursor::decode::<i64>).transpose()?;
    let mut tx = app.db().read().await?;
    let filter = query.filter(&mut tx).await?;
    let limit = page.limit();
    let mut items = rows::page(&mut tx, &filter, before, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| cursor::encode(&last.id.number()));
    Ok(Json(Page { items: items.into_iter().map(AuditRow::from).collect(), next }))
}

/// The form of the file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditFormat {
    /// `csv`, or `xlsx`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: Format,
}

/// The audit log as a file, the newest first. That it was taken out is in it.
#[utoipa::path(get, path = "/audit/export", tag = "audit", params(AuditQuery, AuditFormat),
    responses((status = 200, content_type = "text/csv")))]
async fn export(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<AuditQuery>,
    Query(form): Query<AuditFormat>,
) -> Answer<Response<Body>> {
    let by = actor.clone();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move { super::write(tx, Some(&by), "audit.exported", None, serde_json::json!({})).await }
                .boxed()
        })
        .await?;
    let filter = query.filter(&mut app.db().read().await?).await?;
    let say = |key: &str| text::say(actor.locale, &format!("audit.{key}"), &[]);
    let headings = ["at", "user", "user_id", "action", "subject", "detail", "place"].map(say);
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut file = Export::begin(form.format, &say("file"), &headings)?;
    let mut before = None;
    loop {
        let page = rows::page(&mut app.db().read().await?, &filter, before, limits::PAGE_ROWS_MAX).await?;
        let Some(last) = page.last() else { return file.finish().await };
        before = Some(last.id.number());
        for row in page {
            file.row(&[
                row.at.into(),
                Cell::or_empty(row.user_name),
                Cell::or_empty(row.user_id.map(|user| user.to_string())),
                row.action.into(),
                Cell::or_empty(row.subject.map(|subject| subject.to_string())),
                row.detail.0.to_string().into(),
                Cell::or_empty(row.place),
            ])?;
        }
    }
}

/// Whether the audit log is what was sealed; with the anchor file, where the program has one.
#[utoipa::path(get, path = "/audit/check", tag = "audit", responses((status = 200, body = Verdict)))]
async fn check(State(app): State<App>) -> Answer<Json<Verdict>> {
    let anchor = match &app.config().audit_anchor {
        Some(file) => verify::read_anchor(&std::fs::read_to_string(file).unwrap_or_default())
            .map_err(Problem::internal)?,
        None => Vec::new(),
    };
    Ok(Json(verify::verify(&mut app.db().read().await?, anchor).await?))
}
