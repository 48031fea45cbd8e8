//! `/retention`: the periods, and the report of what was destroyed.

use super::store::{self, Destruction};
use super::{Kind, LONGEST, Periods, SETTING};
use ::store::{Lane, setting};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use futures::FutureExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{
    Actor, Answer, App, IfMatch, Page, PageQuery, Permission, Problem, ProblemBody, Registry, audit, cursor,
    etag,
};

pub(super) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(read, change)).routes(routes!(report)));
    registry.allow("GET", "/retention", Permission::SettingsRead);
    registry.allow("PUT", "/retention", Permission::BackupsManage);
    registry.allow("GET", "/retention/report", Permission::SettingsRead);
}

type Tagged = ([(HeaderName, String); 1], Json<Periods>);

fn tagged(periods: Periods, revision: i64) -> Tagged {
    ([(header::ETAG, etag(revision))], Json(periods))
}

/// How long what is kept.
#[utoipa::path(get, path = "/retention", tag = "operate", responses((status = 200, body = Periods)))]
async fn read(State(app): State<App>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    let set = setting::get::<Periods>(&mut tx, SETTING).await?;
    Ok(tagged(set.value, set.revision))
}

/// Changes how long what is kept. What has ended its period goes the next night.
#[utoipa::path(put, path = "/retention", tag = "operate", request_body = Periods, responses(
    (status = 200, body = Periods), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(mut periods): Json<Periods>,
) -> Answer<Tagged> {
    let mut problem = Problem::invalid("invalid");
    for kind in Kind::ALL {
        if kind.days(&periods).is_some_and(|days| !(1..=LONGEST).contains(&days)) {
            problem = problem.field(kind.text(), "period_out_of_range");
        }
    }
    if problem.has_fields() {
        return Err(problem);
    }
    periods.approved_by = Some(actor.user);
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let put = setting::put_if(tx, SETTING, &periods, asked.0).await?;
                let revision = put.ok_or_else(Problem::precondition_failed)?;
                let detail = serde_json::to_value(&periods).map_err(Problem::internal)?;
                audit::write(tx, Some(&actor), "retention.changed", None, detail).await?;
                Ok(tagged(periods, revision))
            }
            .boxed()
        })
        .await
}

/// What was destroyed, the newest first.
#[utoipa::path(get, path = "/retention/report", tag = "operate", params(PageQuery),
    responses((status = 200, body = Page<Destruction>)))]
async fn report(State(app): State<App>, Query(page): Query<PageQuery>) -> Answer<Json<Page<Destruction>>> {
    let before = page.cursor.as_deref().map(cursor::decode::<i64>).transpose()?;
    let limit = page.limit();
    let mut items = store::page(&mut app.db().read().await?, before, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| cursor::encode(&last.id.number()));
    Ok(Json(Page { items, next }))
}
