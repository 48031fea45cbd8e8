//! Topics: what somebody wants to hear about, of all that they allowed. A topic narrows a consent, it gives none.

use ::store::{FromRow, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State as AppState};
use futures::FutureExt;
use kernel::limits;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, audit};

/// Topics that a company may have: more no person reads.
const MOST: i64 = 30;
/// Letters of a code.
const CODE_LETTERS: usize = 40;

pub(super) fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(routes!(list)).routes(routes!(change)));
    registry.allow("GET", "/consent/topics", Permission::PartiesRead);
    registry.allow("PUT", "/consent/topics/{code}", Permission::ConsentManage);
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
#[schema(as = ConsentTopic)]
pub struct Topic {
    /// Its code, by which statements speak of it.
    pub code: String,
    /// Its name in Korean.
    pub name_ko: String,
    /// Its name in English.
    pub name_en: String,
    /// Its place among the others.
    pub place: i64,
    /// Whether people are asked about it.
    pub active: bool,
}

/// Every topic, in their order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Topic>> {
    sql!("select code, name_ko, name_en, place, active from consent_topics order by place, code")
        .fetch_all(tx)
        .await
}

/// Whether there is such a topic.
pub async fn is_known(tx: &mut Tx, code: &str) -> Result<bool> {
    let row: Option<(String,)> =
        sql!("select code from consent_topics where code = $1").bind(code).fetch_optional(tx).await?;
    Ok(row.is_some())
}

/// What people may want to hear about.
#[utoipa::path(get, path = "/consent/topics", tag = "know", responses((status = 200, body = [Topic])))]
async fn list(AppState(app): AppState<App>) -> Answer<Json<Vec<Topic>>> {
    Ok(Json(all(&mut app.db().read().await?).await?))
}

/// What a topic is to be.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TopicEdit {
    /// Its name in Korean.
    name_ko: String,
    /// Its name in English; the Korean one where there is none.
    #[serde(default)]
    name_en: String,
    /// Its place among the others.
    #[serde(default)]
    place: i64,
    /// Whether people are asked about it.
    active: bool,
}

/// Adds a topic or changes it. One that people spoke of stays, and is asked about no more when it is not active.
#[utoipa::path(put, path = "/consent/topics/{code}", tag = "know", request_body = TopicEdit,
    params(("code" = String, Path, description = "Lower-case letters, digits and _")),
    responses((status = 200, body = Topic), (status = 422, body = ProblemBody)))]
async fn change(
    AppState(app): AppState<App>,
    actor: Actor,
    Path(code): Path<String>,
    Json(edit): Json<TopicEdit>,
) -> Answer<Json<Topic>> {
    let topic = checked(code, edit)?;
    let kept = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                has_room(tx, &topic).await?;
                keep(tx, &topic).await?;
                let detail = json!({ "code": topic.code, "active": topic.active });
                audit::write(tx, Some(&actor), "consent.topic_changed", None, detail).await?;
                Ok::<_, Problem>(topic)
            }
            .boxed()
        })
        .await?;
    Ok(Json(kept))
}

fn checked(code: String, edit: TopicEdit) -> Answer<Topic> {
    let mut problem = Problem::invalid("invalid");
    let is_code = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    if code.is_empty() || code.len() > CODE_LETTERS || !code.bytes().all(is_code) {
        problem = problem.field("code", "topic_code");
    }
    let (korean, english) = (edit.name_ko.trim().to_owned(), edit.name_en.trim().to_owned());
    if korean.is_empty() {
        problem = problem.field("name_ko", "required");
    }
    for (field, name) in [("name_ko", &korean), ("name_en", &english)] {
        if name.chars().count() > limits::NAME_CHARS {
            problem = problem.field(field, "too_long");
        }
    }
    if problem.has_fields() {
        return Err(problem);
    }
    let name_en = if english.is_empty() { korean.clone() } else { english };
    Ok(Topic { code, name_ko: korean, name_en, place: edit.place.clamp(0, 1_000), active: edit.active })
}

/// Adds a topic, or changes the one of its code.
pub async fn keep(tx: &mut Tx, topic: &Topic) -> Result<()> {
    sql!(
        "insert into consent_topics (code, name_ko, name_en, place, active) values ($1, $2, $3, $4, $5) \
         on conflict (code) do update set name_ko = excluded.name_ko, name_en = excluded.name_en, \
         place = excluded.place, active = excluded.active"
    )
    .bind(&topic.code)
    .bind(&topic.name_ko)
    .bind(&topic.name_en)
    .bind(topic.place)
    .bind(topic.active)
    .execute(tx)
    .await?;
    Ok(())
}

/// Refuses one more than people read.
async fn has_room(tx: &mut Tx, topic: &Topic) -> Answer<()> {
    let (count,): (i64,) = sql!("select count(*) from consent_topics").fetch_one(tx).await?;
    if count >= MOST && !is_known(tx, &topic.code).await? {
        return Err(Problem::invalid("invalid").field("code", "too_many"));
    }
    Ok(())
}
