//! `/session/proof`: saying the password or a code again, before something that takes data out or opens doors.
//!
//! A session can be left open on a counter. So exports, users and keys ask for a proof of the last ten minutes; the
//! session gets a new token with it. Who has a second factor proves by it: a password that somebody watched must not take
//! that factor away.

use super::api::cookie;
use super::passkey::{Answered, Assertion, assert_anew};
use super::tries::Counters;
use super::{Current, PROVED, factor, store as sessions};
use crate::door::Caller;
use crate::user::{self, Verdict};
use crate::{Answer, App, Problem};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use store::{Lane, Tx};

/// What proves who someone is.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Proof {
    /// The own password, of whoever has no second factor.
    password: Option<String>,
    /// A code of the own authenticator, or a recovery code.
    code: Option<String>,
    /// Or what an own passkey signed.
    passkey: Option<Assertion>,
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
    let has_factor = factor::is_on(&mut tx, user.id).await?;
    drop(tx);
    // A stolen session must not become a place to guess the password.
    let counters = Counters::of_session(current.session);
    let counted = counters.clone();
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    let code = proof.code.filter(|code| !code.trim().is_empty());
    let passkey = match proof.passkey {
        Some(assertion) => Some(assert_anew(&app, &caller, assertion).await?),
        None => None,
    };
    if code.is_none() && passkey.is_none() && has_factor {
        forgive(&app, counters).await?;
        return Err(Problem::invalid("invalid").field("code", "factor_needed"));
    }
    if !has_factor && app.hasher().verify(proof.password.unwrap_or_default(), phc).await? == Verdict::Wrong {
        return Err(Problem::invalid("invalid").field("password", "password_wrong"));
    }
    let token = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if has_factor {
                    by_factor(tx, current.actor.user, code, passkey).await?;
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

/// Asking for the code is no failed try.
async fn forgive(app: &App, counters: Counters) -> Answer<()> {
    let forgiven =
        app.db().write(Lane::Interactive, move |tx| async move { counters.forgive(tx).await }.boxed());
    Ok(forgiven.await?)
}

async fn by_factor(
    tx: &mut Tx,
    user: Id<kinds::User>,
    code: Option<String>,
    passkey: Option<Answered>,
) -> Answer<()> {
    let wrong = |field: &'static str, code| Err(Problem::invalid("invalid").field(field, code));
    match (passkey, code) {
        (Some(answered), _) => match answered.verify(tx).await {
            Ok(whose) if whose == user => Ok(()),
            Err(problem) if problem.code() != "passkey_wrong" => Err(problem),
            _ => wrong("passkey", "passkey_wrong"),
        },
        (None, Some(code)) if factor::accept(tx, user, &code).await? => Ok(()),
        _ => wrong("code", "code_wrong"),
    }
}
