//! `/requests/settings`: whose law holds, and its clocks with the days between which they are in force.

use super::clock::{self, About, ClockRule, Jurisdiction};
use ::store::{Lane, Result, Tx, setting};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use futures::FutureExt;
use kernel::{Day, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, IfMatch, Permission, Problem, ProblemBody, Registry, audit, etag};

/// The name of the setting.
const SETTING: &str = "requests";
/// Rules that are kept.
const RULES: usize = 40;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(read, change)));
    registry.allow("GET", "/requests/settings", Permission::SettingsRead);
    registry.allow("PUT", "/requests/settings", Permission::SettingsWrite);
}

/// Whose law holds, and its clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RequestSettings {
    /// Whose law holds where a request does not say; where the company is, when left out.
    pub jurisdiction: Option<Jurisdiction>,
    /// The clocks.
    pub rules: Vec<ClockRule>,
}

impl Default for RequestSettings {
    fn default() -> Self {
        Self { jurisdiction: None, rules: clock::laws() }
    }
}

/// The rule for requests received on `day`. Where none of the settings holds, the law as it was written down here does:
/// there is no request without a clock.
pub async fn rule(
    tx: &mut Tx,
    jurisdiction: Option<Jurisdiction>,
    about: About,
    day: Day,
) -> Result<ClockRule> {
    let settings: RequestSettings = setting::get(tx, SETTING).await?.value;
    let own = match jurisdiction.or(settings.jurisdiction) {
        Some(jurisdiction) => jurisdiction,
        None => Jurisdiction::of_zone(&Company::load(tx).await?.zone),
    };
    let laws = clock::laws();
    let found = clock::in_force(&settings.rules, own, about, day)
        .or_else(|| laws.iter().find(|rule| (rule.jurisdiction, rule.about) == (own, about)));
    Ok(found.expect("there is a law for each").clone())
}

type Tagged = ([(HeaderName, String); 1], Json<RequestSettings>);

/// Whose law holds, and its clocks.
#[utoipa::path(get, path = "/requests/settings", tag = "know", responses((status = 200, body = RequestSettings)))]
async fn read(State(app): State<App>) -> Answer<Tagged> {
    let set = setting::get::<RequestSettings>(&mut app.db().read().await?, SETTING).await?;
    Ok(([(header::ETAG, etag(set.revision))], Json(set.value)))
}

/// Changes the clocks. Requests that were received keep theirs.
#[utoipa::path(put, path = "/requests/settings", tag = "know", request_body = RequestSettings, responses(
    (status = 200, body = RequestSettings), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(settings): Json<RequestSettings>,
) -> Answer<Tagged> {
    let long = |rule: &ClockRule| rule.basis.chars().count() > limits::NAME_CHARS;
    if settings.rules.len() > RULES || settings.rules.iter().any(long) {
        return Err(Problem::invalid("invalid").field("rules", "too_long"));
    }
    if !settings.rules.iter().all(ClockRule::is_sound) {
        return Err(Problem::invalid("invalid").field("rules", "clock_unsound"));
    }
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let put = setting::put_if(tx, SETTING, &settings, asked.0).await?;
                let revision = put.ok_or_else(Problem::precondition_failed)?;
                let detail = serde_json::json!({ "rules": settings.rules.len() });
                audit::write(tx, Some(&actor), "request.settings_changed", None, detail).await?;
                Ok(([(header::ETAG, etag(revision))], Json(settings)))
            }
            .boxed()
        })
        .await
}
