//! `/session/factor`: the own second factor.

use super::store as factors;
use crate::session::{Current, store as sessions};
use crate::{Answer, App, Problem, audit, user};
use ::store::Lane;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The own second factor as it stands.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Factor {
    /// Whether there is an authenticator that signing in may ask.
    on: bool,
    /// Recovery codes that are left.
    recovery_left: i64,
}

/// Whether the caller has a second factor.
#[utoipa::path(get, path = "/session/factor", tag = "session", responses((status = 200, body = Factor)))]
pub(in crate::session) async fn read(State(app): State<App>, current: Current) -> Answer<Json<Factor>> {
    let mut tx = app.db().read().await?;
    let user = current.actor.user;
    let on = factors::has_authenticator(&mut tx, user).await?;
    Ok(Json(Factor { on, recovery_left: factors::recovery_left(&mut tx, user).await? }))
}

/// What an authenticator needs: shown now and never again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FactorSetup {
    /// The secret in base32, to be typed in.
    secret: String,
    /// The same as an address, for a link on a telephone.
    uri: String,
    /// The same as a picture (SVG), to be scanned.
    qr: String,
}

/// Begins a second factor; it is on when a code of it was given.
#[utoipa::path(post, path = "/session/factor", tag = "session", responses((status = 200, body = FactorSetup),
    (status = 409, body = crate::ProblemBody)))]
pub(in crate::session) async fn begin(State(app): State<App>, current: Current) -> Answer<Json<FactorSetup>> {
    let setup = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let user = current.actor.user;
                let account = user::find(tx, user).await?.ok_or_else(Problem::sign_in_required)?.email;
                factors::begin(tx, user, &account).await?.ok_or_else(|| Problem::conflict("factor_on"))
            }
            .boxed()
        })
        .await?;
    let code = QrCode::new(setup.uri.as_bytes()).map_err(Problem::internal)?;
    let qr = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(Json(FactorSetup { secret: setup.secret, uri: setup.uri, qr }))
}

/// A code of the authenticator.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct FactorCode {
    /// Six digits.
    code: String,
}

/// Recovery codes: shown now and never again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    /// Each works once, in place of a code of the authenticator.
    codes: Vec<String>,
}

/// Turns the second factor on with a code of it; the other sessions end.
#[utoipa::path(put, path = "/session/factor", tag = "session", request_body = FactorCode, responses(
    (status = 200, body = RecoveryCodes), (status = 422, body = crate::ProblemBody)))]
pub(in crate::session) async fn confirm(
    State(app): State<App>,
    current: Current,
    Json(FactorCode { code }): Json<FactorCode>,
) -> Answer<Json<RecoveryCodes>> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let Current { actor, session, .. } = current;
                let code: String = code.chars().filter(char::is_ascii_digit).collect();
                let codes = factors::confirm(tx, actor.user, &code).await?;
                let codes = codes.ok_or_else(|| Problem::invalid("invalid").field("code", "code_wrong"))?;
                sessions::end_others(tx, actor.user, session).await?;
                let subject = Some(actor.user.number());
                audit::write(tx, Some(&actor), "factor.on", subject, json!({})).await?;
                Ok(Json(RecoveryCodes { codes }))
            }
            .boxed()
        })
        .await
}

/// New recovery codes in place of the old ones.
#[utoipa::path(post, path = "/session/factor/recovery", tag = "session", responses(
    (status = 200, body = RecoveryCodes), (status = 409, body = crate::ProblemBody)))]
pub(in crate::session) async fn renew(
    State(app): State<App>,
    current: Current,
) -> Answer<Json<RecoveryCodes>> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let actor = current.actor;
                if !factors::is_on(tx, actor.user).await? {
                    return Err(Problem::conflict("factor_off"));
                }
                let codes = factors::renew_recovery(tx, actor.user).await?;
                let subject = Some(actor.user.number());
                audit::write(tx, Some(&actor), "factor.recovery_renewed", subject, json!({})).await?;
                Ok(Json(RecoveryCodes { codes }))
            }
            .boxed()
        })
        .await
}

/// Takes the own authenticator away; the other sessions end.
#[utoipa::path(delete, path = "/session/factor", tag = "session", responses((status = 204),
    (status = 404, body = crate::ProblemBody)))]
pub(in crate::session) async fn remove(State(app): State<App>, current: Current) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let Current { actor, session, .. } = current;
                if !factors::remove_authenticator(tx, actor.user).await? {
                    return Err(Problem::not_found());
                }
                sessions::end_others(tx, actor.user, session).await?;
                let subject = Some(actor.user.number());
                audit::write(tx, Some(&actor), "factor.off", subject, json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
