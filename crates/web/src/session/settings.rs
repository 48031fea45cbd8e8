//! `/settings/access`: after how long an unused session ends.

use crate::{Actor, Answer, App, IfMatch, Problem, Role, audit, etag};
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
    /// The same for owners, whose session opens every door; when left out as long as for the others.
    pub owner_idle_minutes: Option<i64>,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self { idle_minutes: 12 * 60, owner_idle_minutes: None }
    }
}

impl AccessSettings {
    /// The settings as they stand.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(setting::get(tx, SETTING).await?.value)
    }

    /// Microseconds after which an unused session of somebody with this role ends.
    pub fn idle(self, role: Role) -> i64 {
        let owner = self.owner_idle_minutes.filter(|_| role == Role::Owner);
        let minutes = owner.unwrap_or(self.idle_minutes);
        minutes * 60 * Instant::SECOND
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
    check(&settings)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let revision = setting::put_if(tx, SETTING, &settings, asked.0).await?;
                let revision = revision.ok_or_else(Problem::precondition_failed)?;
                let AccessSettings { idle_minutes, owner_idle_minutes } = settings;
                let detail =
                    json!({ "idle_minutes": idle_minutes, "owner_idle_minutes": owner_idle_minutes });
                audit::write(tx, Some(&actor), "access.changed", None, detail).await?;
                Ok(tagged(settings, revision))
            }
            .boxed()
        })
        .await
}

fn check(settings: &AccessSettings) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    if !IDLE_MINUTES.contains(&settings.idle_minutes) {
        problem = problem.field("idle_minutes", "idle_out_of_range");
    }
    match settings.owner_idle_minutes {
        Some(minutes) if !IDLE_MINUTES.contains(&minutes) => {
            problem = problem.field("owner_idle_minutes", "idle_out_of_range");
        }
        Some(minutes) if minutes > settings.idle_minutes => {
            problem = problem.field("owner_idle_minutes", "idle_longer_than_others");
        }
        _ => {}
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}
