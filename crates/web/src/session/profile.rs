//! `/session/me` and `/session/password`: the own name, language and password.

use super::api::{Session, session as view};
use super::tries::Counters;
use super::{Current, store as sessions};
use crate::user::{self, Verdict};
use crate::{Answer, App, Problem, audit};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Locale, limits};
use serde::Deserialize;
use serde_json::json;
use store::Lane;

/// The own profile.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Profile {
    /// The new name.
    name: Option<String>,
    /// The new language.
    locale: Option<Locale>,
}

/// Changes the own name and language.
#[utoipa::path(put, path = "/session/me", tag = "session", request_body = Profile, responses(
    (status = 200, body = Session), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn change_profile(
    State(app): State<App>,
    Current { actor, proved_at, .. }: Current,
    Json(profile): Json<Profile>,
) -> Answer<Json<Session>> {
    let name = profile.name.unwrap_or_else(|| actor.name.clone()).trim().to_owned();
    if let Some(code) = name_fault(&name) {
        return Err(Problem::invalid("invalid").field("name", code));
    }
    let locale = profile.locale.unwrap_or(actor.locale);
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                user::set_profile(tx, actor.user, &name, locale).await?;
                view(tx, &actor, proved_at).await.map(Json)
            }
            .boxed()
        })
        .await
}

/// The own password.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct PasswordChange {
    /// The password until now.
    current: String,
    /// The new password.
    new: String,
}

/// Changes the own password; every other session of the user ends.
#[utoipa::path(put, path = "/session/password", tag = "session", request_body = PasswordChange, responses(
    (status = 204), (status = 422, body = crate::ProblemBody), (status = 429, body = crate::ProblemBody)))]
pub(super) async fn change_password(
    State(app): State<App>,
    current: Current,
    Json(PasswordChange { current: old, new }): Json<PasswordChange>,
) -> Answer<StatusCode> {
    let Current { actor, session, .. } = current;
    let mut tx = app.db().read().await?;
    let user = user::find(&mut tx, actor.user).await?.ok_or_else(Problem::sign_in_required)?;
    let phc = user::password(&mut tx, actor.user).await?;
    drop(tx);
    // A stolen session must not become a place to guess the password.
    let counters = Counters::of_session(session);
    let counted = counters.clone();
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    let wrong = || Problem::invalid("invalid").field("current", "password_wrong");
    if app.hasher().verify(old, phc.clone()).await? == Verdict::Wrong {
        return Err(wrong());
    }
    let verified = phc.ok_or_else(wrong)?;
    if let Some(code) = user::check_password(&new, &user.email) {
        return Err(Problem::invalid("invalid").field("new", code));
    }
    let phc = app.hasher().hash(new).await?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                counters.succeed(tx).await?;
                if !user::still_has(tx, actor.user, &verified, Some(phc)).await? {
                    return Err(wrong());
                }
                sessions::end_others(tx, actor.user, session).await?;
                let subject = Some(actor.user.number());
                Ok::<_, Problem>(
                    audit::write(tx, Some(&actor), "password.changed", subject, json!({})).await?,
                )
            }
            .boxed()
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is wrong with a user's name.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    match name.trim().chars().count() {
        0 => Some("required"),
        1..=limits::NAME_CHARS => None,
        _ => Some("too_long"),
    }
}
