//! `/settings/access`: after how long an unused session ends.

use crate::{Actor, Answer, App, IfMatch, Problem, audit, etag};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::ops::RangeInclusive;
use store::{Lane, Result, Tx, setting};

/// The name of the setting.
const SETTING: &str = "access";
/// What the idle time may be, in minutes: a session ends after seven days in any case.
const IDLE_MINUTES: RangeInclusive<i64> = 5..=7 * 24 * 60;

/// How doors are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct AccessSettings {
    /// Minutes after which an unused session ends.
    pub idle_minutes: i64,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self { idle_minutes: 12 * 60 }
    }
}

impl AccessSettings {
    /// The settings as they stand.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(setting::get(tx, SETTING).await?.value)
    }

    /// Microseconds after which an unused session ends.
    pub fn idle(self) -> i64 {
        self.idle_minutes * 60 * Instant::SECOND
    }
}

type Tagged = ([(HeaderName, String); 1], Json<AccessSettings>);

fn tagged(settings: AccessSettings, revision: i64) -> Tagged {
    ([(header::ETAG, etag(revision))], Json(settings))
}

/// How doors are kept.
#[utoipa::path(get, path = "/settings/access", tag = "access", responses((status = 200, body = AccessSettings)))]
pub(super) async fn read(State(app): State<App>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    let found = setting::get::<AccessSettings>(&mut tx, SETTING).await?;
    Ok(tagged(found.value, found.revision))
}

/// Changes how doors are kept; sessions that have been unused for longer end at once.
#[utoipa::path(put, path = "/settings/access", tag = "access", request_body = AccessSettings, responses(
    (status = 200, body = AccessSettings), (status = 412, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(settings): Json<AccessSettings>,
) -> Answer<Tagged> {
    if !IDLE_MINUTES.contains(&settings.idle_minutes) {
        return Err(Problem::invalid("invalid").field("idle_minutes", "idle_out_of_range"));
    }
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let revision = setting::put_if(tx, SETTING, &settings, asked.0).await?;
                let revision = revision.ok_or_else(Problem::precondition_failed)?;
                let detail = json!({ "idle_minutes": settings.idle_minutes });
                audit::write(tx, Some(&actor), "access.changed", None, detail).await?;
                Ok(tagged(settings, revision))
            }
            .boxed()
        })
        .await
}
