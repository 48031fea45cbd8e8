//! `/event-kinds`: the kinds of interaction that a company registered for its programs to tell.

use super::built_in::{BUILT_IN, BuiltIn, Carries};
use ::store::{FromRow, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Locale, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Problem, ProblemBody, audit, text};

/// Registered kinds at most.
const KINDS: i64 = 200;
/// Characters of a code.
const CODE: std::ops::RangeInclusive<usize> = 2..=40;
/// Kinds that are our own.
const OWN: [&str; 2] = ["order", "visit"];

/// A kind of interaction.
#[derive(Debug, Clone, Serialize, Deserialize, FromRow, ToSchema)]
pub struct EventKind {
    /// The code, in small letters, digits and `_`.
    #[schema(example = "tasting")]
    code: String,
    /// What people call it.
    #[schema(example = "시음")]
    name: String,
}

/// The registered kinds.
#[utoipa::path(get, path = "/event-kinds", tag = "know", responses((status = 200, body = Vec<EventKind>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<EventKind>>> {
    let mut tx = app.db().read().await?;
    let kinds = sql!("select code, name from event_kinds order by code").fetch_all(&mut tx).await?;
    Ok(Json(kinds))
}

/// A kind that can be told or entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedKind {
    /// The code.
    code: String,
    /// What people call it, in Korean.
    ko: String,
    /// What people call it, in English.
    en: String,
    /// Whether it is one of Dangol's own.
    built_in: bool,
    /// Whether people enter it themselves.
    by_hand: bool,
    /// `nothing`, `amount` or `number`.
    carries: &'static str,
    /// The smallest number.
    least: Option<i64>,
    /// The largest number.
    most: Option<i64>,
}

impl OfferedKind {
    fn own(kind: &BuiltIn) -> Self {
        let words = |locale| text::say(locale, &format!("event.{}", kind.code), &[]);
        let (carries, least, most) = match kind.carries {
            Carries::Nothing => ("nothing", None, None),
            Carries::Amount => ("amount", None, None),
            Carries::Number { least, most } => ("number", Some(least), Some(most)),
        };
        let (ko, en) = (words(Locale::Ko), words(Locale::En));
        Self { code: kind.code.into(), ko, en, built_in: true, by_hand: kind.by_hand, carries, least, most }
    }

    /// One that the company registered has one name, and an amount if somebody gives one.
    fn registered(kind: EventKind) -> Self {
        let (ko, en) = (kind.name.clone(), kind.name);
        Self {
            code: kind.code,
            ko,
            en,
            built_in: false,
            by_hand: true,
            carries: "nothing",
            least: None,
            most: None,
        }
    }
}

/// Every kind that can be told or entered: Dangol's own, then those the company registered.
#[utoipa::path(get, path = "/event-kinds/offer", tag = "know", responses((status = 200, body = Vec<OfferedKind>)))]
pub(super) async fn offer(State(app): State<App>) -> Answer<Json<Vec<OfferedKind>>> {
    let mut tx = app.db().read().await?;
    let registered: Vec<EventKind> =
        sql!("select code, name from event_kinds order by name, code").fetch_all(&mut tx).await?;
    let own = BUILT_IN.iter().map(OfferedKind::own);
    Ok(Json(own.chain(registered.into_iter().map(OfferedKind::registered)).collect()))
}

/// The codes of the registered kinds.
pub(super) async fn codes(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let rows: Vec<(String,)> = sql!("select code from event_kinds order by code").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

fn check(kind: &EventKind) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !CODE.contains(&kind.code.len()) || !kind.code.bytes().all(plain) || OWN.contains(&kind.code.as_str())
    {
        problem = problem.field("code", "event_code_invalid");
    }
    match kind.name.trim().chars().count() {
        0 => problem = problem.field("name", "required"),
        1..=limits::NAME_CHARS => {}
        _ => problem = problem.field("name", "too_long"),
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// Registers a kind.
#[utoipa::path(post, path = "/event-kinds", tag = "know", request_body = EventKind, responses(
    (status = 201, body = EventKind), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(kind): Json<EventKind>,
) -> Answer<(StatusCode, Json<EventKind>)> {
    check(&kind)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let (count,): (i64,) = sql!("select count(*) from event_kinds").fetch_one(tx).await?;
                if count >= KINDS {
                    return Err(Problem::conflict("event_kinds_full").with("max", KINDS));
                }
                sql!("insert into event_kinds (code, name, created_at) values ($1, $2, $3)")
                    .bind(&kind.code)
                    .bind(kind.name.trim())
                    .bind(tx.now())
                    .execute(tx)
                    .await?;
                audit::write(tx, Some(&actor), "event_kind.created", None, json!({ "code": kind.code }))
                    .await?;
                Ok((StatusCode::CREATED, Json(kind)))
            }
            .boxed()
        })
        .await
}

/// Forgets a kind: what was told of it stays, nothing more is taken.
#[utoipa::path(delete, path = "/event-kinds/{code}", tag = "know",
    params(("code" = String, Path, description = "The code")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    actor: Actor,
    Path(code): Path<String>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let gone = sql!("delete from event_kinds where code = $1").bind(&code).execute(tx).await?;
                if gone == 0 {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "event_kind.deleted", None, json!({ "code": code })).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
