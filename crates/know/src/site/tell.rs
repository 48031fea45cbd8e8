//! `POST /w/visit`: where the script tells of visits. Public: whoever asks may be anybody.

use super::gate::Shared;
use super::model::{Page, Told};
use super::settings::SiteSettings;
use super::{script, store, token};
use ::store::{Lane, Result, Tx};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::FutureExt;
use std::time::Duration;
use web::public::Visit;
use web::{Answer, App, Company, Problem};

/// Bytes of a visit that is told: an address of a page has less.
const BODY_BYTES: usize = 4_096;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds for which a browser need not ask again whether it may tell.
const ALLOWED: HeaderValue = HeaderValue::from_static("7200");

/// The script and the page it tells.
pub(super) fn pages(gate: Shared) -> axum::Router<App> {
    axum::Router::new()
        .route(script::PATH, get(script::serve))
        .route("/w/visit", post(tell).options(may_tell))
        .layer(Extension(gate))
}

/// Browsers ask first, because a visit is JSON: a page of another origin gets nothing through at all.
async fn may_tell(
    State(app): State<App>,
    Extension(gate): Extension<Shared>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    match admitted(&app, &gate, &visit, &headers).await {
        Ok((_, origin)) => {
            let mut response = answered(&origin);
            let allowed = response.headers_mut();
            allowed.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
            allowed.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
            allowed.insert(header::ACCESS_CONTROL_MAX_AGE, ALLOWED);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn tell(
    State(app): State<App>,
    Extension(gate): Extension<Shared>,
    visit: Visit,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match take(&app, &gate, &visit, &headers, body).await {
        Ok(origin) => answered(&origin),
        Err(problem) => problem.into_response(),
    }
}

/// Done, and the page of `origin` alone may know it.
fn answered(origin: &str) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(origin) = HeaderValue::from_str(origin) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
    response
}

/// Who comes too often waits before anything is looked up; who comes from elsewhere is refused before anything is read.
async fn admitted(
    app: &App,
    gate: &Shared,
    visit: &Visit,
    headers: &HeaderMap,
) -> Answer<(SiteSettings, String)> {
    let now = app.clock().now();
    gate.call(&visit.address, now).map_err(|seconds| Problem::too_many("site_busy", seconds))?;
    let settings = match gate.settings(now) {
        Some(settings) => settings,
        None => {
            let settings = SiteSettings::load(&mut app.db().read().await?).await?;
            gate.remember(&settings, now);
            settings
        }
    };
    let origin = text(headers, &header::ORIGIN).to_owned();
    if settings.takes(&origin) { Ok((settings, origin)) } else { Err(Problem::forbidden("site_origin")) }
}

async fn take(app: &App, gate: &Shared, visit: &Visit, headers: &HeaderMap, body: Body) -> Answer<String> {
    let (settings, origin) = admitted(app, gate, visit, headers).await?;
    if says_no(headers) {
        return Ok(origin);
    }
    let kind = text(headers, &header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type"));
    }
    let unreadable =
        |reason: String| Problem::new(StatusCode::BAD_REQUEST, "unreadable").with("reason", reason);
    let told: Told =
        serde_json::from_slice(&whole(body).await?).map_err(|error| unreadable(error.to_string()))?;
    let page = told.page(|host| settings.is_own(host)).ok_or_else(|| unreadable("page".to_owned()))?;
    // Nobody waits for it: people's own writes go first.
    app.db()
        .write(Lane::Import, move |tx| async move { Ok::<_, Problem>(keep(tx, &told, &page).await?) }.boxed())
        .await?;
    Ok(origin)
}

/// Whether the browser says no for its owner (Global Privacy Control; Tracking Preference Expression, "DNT").
fn says_no(headers: &HeaderMap) -> bool {
    ["sec-gpc", "dnt"].into_iter().any(|name| text(headers, &HeaderName::from_static(name)) == "1")
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn whole(body: Body) -> Answer<Bytes> {
    let read = tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, BODY_BYTES)).await;
    let refused = |status| Problem::new(status, "site_body").with("max", BODY_BYTES >> 10);
    read.map_err(|_| refused(StatusCode::REQUEST_TIMEOUT))?
        .map_err(|_| refused(StatusCode::PAYLOAD_TOO_LARGE))
}

/// Counts a page, and keeps the visit where it is known whose it is.
async fn keep(tx: &mut Tx, told: &Told, page: &Page) -> Result<()> {
    let day = tx.now().day_in(&Company::load(tx).await?.zone());
    if !told.again {
        store::count(tx, day, page, told.fresh).await?;
    }
    let (Some(visit), Some(signed)) = (told.visit(), told.token.as_deref()) else { return Ok(()) };
    match token::open(tx, signed).await? {
        Some(party) => store::keep(tx, party, visit, page, day).await,
        None => Ok(()),
    }
}
