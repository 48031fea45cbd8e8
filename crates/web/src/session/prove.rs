//! `/session/proof`: saying the password or a code again, before something that takes data out or opens doors.
//!
//! A session can be left open on a counter. So exports, users and keys ask for a proof of the last ten minutes; the
//! session gets a new token with it.

use super::api::cookie;
use super::tries::Counters;
use super::{Current, PROVED, factor, store as sessions};
use crate::door::Caller;
use crate::user::{self, Verdict};
use crate::{Answer, App, Problem};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use store::Lane;

/// What proves who someone is.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Proof {
    /// The own password.
    password: Option<String>,
    /// Or a code of the own second factor.
    code: Option<String>,
}

/// Until when a proof counts.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Proved {
    /// Until when what asks for a proof may be done.
    #[schema(value_type = String)]
    proved_until: Instant,
}

/// Proves again who the caller is; for ten minutes exports, users and keys ask no more.
#[utoipa::path(post, path = "/session/proof", tag = "session", request_body = Proof, responses(
    (status = 200, body = Proved), (status = 422, body = crate::ProblemBody), (status = 429, body = crate::ProblemBody)))]
pub(super) async fn prove(
    State(app): State<App>,
    current: Current,
    Extension(caller): Extension<Caller>,
    Json(proof): Json<Proof>,
) -> Answer<(HeaderMap, Json<Proved>)> {
    let mut tx = app.db().read().await?;
    let user = user::find(&mut tx, current.actor.user).await?.ok_or_else(Problem::sign_in_required)?;
    let phc = user::password(&mut tx, user.id).await?;
    drop(tx);
    // A stolen session must not become a place to guess the password.
    let counters = Counters::of_session(current.session);
    let counted = counters.clone();
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    let code = proof.code.filter(|code| !code.trim().is_empty());
    if code.is_none() && app.hasher().verify(proof.password.unwrap_or_default(), phc).await? == Verdict::Wrong
    {
        return Err(Problem::invalid("invalid").field("password", "password_wrong"));
    }
    let token = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if let Some(code) = code
                    && !factor::accept(tx, current.actor.user, &code).await?
                {
                    return Err(Problem::invalid("invalid").field("code", "code_wrong"));
                }
                counters.succeed(tx).await?;
                Ok::<_, Problem>(sessions::prove(tx, current.session).await?)
            }
            .boxed()
        })
        .await?;
    let proved = Proved { proved_until: app.clock().now().plus(PROVED) };
    Ok((cookie(&caller, &token), Json(proved)))
}
