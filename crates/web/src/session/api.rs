//! `/session`: who is signed in, signing in and out.

use super::tries::Counters;
use super::{Current, PROVED, Token, factor, passkey, sso, store as sessions};
use crate::door::Caller;
use crate::user::{self, User, Verdict};
use crate::{Actor, Answer, App, Company, Problem, audit};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::{Extension, Json};
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, Tx};

/// Who is signed in, and where.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Session {
    /// The user.
    user: User,
    /// The company.
    company: Company,
    /// The server's clock, for pages that say "today": the browser's may be wrong, and a demo may show another day.
    #[schema(value_type = String)]
    now: Instant,
    /// Whether `/live` sends changes.
    live: bool,
    /// Until when what asks for a proof of who one is may be done: exports, users, keys.
    #[schema(value_type = String)]
    proved_until: Instant,
    /// Whether contacts are masked for this user.
    masked: bool,
    /// Whether a password alone is not enough for this user.
    factor: bool,
    /// Whether this user has passkeys.
    passkeys: bool,
    /// What the identity provider is called, where this user has linked an account there.
    sso: Option<String>,
}

pub(super) async fn session(tx: &mut Tx, actor: &Actor, proved_at: Instant) -> Answer<Session> {
    let user = user::find(tx, actor.user).await?.ok_or_else(Problem::sign_in_required)?;
    Ok(Session {
        factor: factor::is_on(tx, user.id).await?,
        passkeys: passkey::any(tx, user.id).await?,
        sso: sso::name_for(tx, user.id).await?,
        company: Company::load(tx).await?,
        masked: actor.sight.is_masked(),
        now: tx.now(),
        live: true,
        proved_until: proved_at.plus(PROVED),
        user,
    })
}

/// The session of the caller.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Session),
    (status = 401, description = "Nobody is signed in; `setup` says what comes first", body = crate::ProblemBody)))]
pub(super) async fn read(
    State(app): State<App>,
    current: Option<Extension<Current>>,
) -> Answer<Json<Session>> {
    let mut tx = app.db().read().await?;
    match current {
        Some(Extension(current)) => Ok(Json(session(&mut tx, &current.actor, current.proved_at).await?)),
        None => {
            let setup = if user::any(&mut tx).await? { "sign_in" } else { "link_needed" };
            Err(Problem::sign_in_required().member("setup", setup))
        }
    }
}

/// What signing in asks for.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct SignIn {
    /// The e-mail address.
    email: String,
    /// The password.
    password: String,
    /// The code of the authenticator or a recovery code, where the user has a second factor.
    code: Option<String>,
}

/// Signs in: a new session, whatever cookie came along.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = Session), (status = 401, body = crate::ProblemBody), (status = 403, body = crate::ProblemBody),
    (status = 429, description = "Too many failures; `Retry-After` says how long to wait", body = crate::ProblemBody)))]
pub(super) async fn sign_in(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(SignIn { email, password, code }): Json<SignIn>,
) -> Answer<(HeaderMap, Json<Session>)> {
    let email = user::fold_email(&email);
    let counters = Counters::new(&email, &caller.address);
    let counted = counters.clone();
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    let (user, phc) = account(&app, &email).await?;
    let verdict = app.hasher().verify(password.clone(), phc.clone()).await?;
    let verified = phc.filter(|_| verdict != Verdict::Wrong);
    let (Some(user), Some(verified)) = (user.filter(|user| user.active), verified) else {
        failed(&app).await?;
        return Err(wrong());
    };
    let renewed = if verdict == Verdict::Outdated { Some(app.hasher().hash(password).await?) } else { None };
    let by = caller.clone();
    let known = counters.clone();
    let entered = app.db().write(Lane::Interactive, move |tx| {
        async move {
            sso::allow_another_way(tx, user.role).await?;
            factor::demand(tx, user.id, code.as_deref()).await?;
            known.succeed(tx).await?;
            if !user::still_has(tx, user.id, &verified, renewed).await? {
                return Err(wrong());
            }
            let_in(tx, user, &by).await
        }
        .boxed()
    });
    match entered.await {
        Ok((token, session)) => Ok((cookie(&caller, &token), Json(session))),
        Err(problem) => Err(stopped(&app, problem, counters).await?),
    }
}

fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_wrong")
}

/// After the password was right and something else was not: a missing code, or the wrong door, is no failed try; a wrong
/// code is.
pub(super) async fn stopped(app: &App, problem: Problem, counters: Counters) -> Answer<Problem> {
    match problem.code() {
        "code_needed" | "sso_only" => {
            app.db()
                .write(Lane::Interactive, move |tx| async move { counters.forgive(tx).await }.boxed())
                .await?;
        }
        "code_wrong" => failed(app).await?,
        _ => {}
    }
    Ok(problem)
}

async fn account(app: &App, email: &str) -> Answer<(Option<User>, Option<String>)> {
    let mut tx = app.db().read().await?;
    let Some(user) = user::by_email(&mut tx, email).await? else { return Ok((None, None)) };
    let phc = user::password(&mut tx, user.id).await?;
    Ok((Some(user), phc))
}

async fn failed(app: &App) -> Answer<()> {
    app.db()
        .write(Lane::Interactive, |tx| {
            async move { Ok(audit::write(tx, None, "session.refused", None, json!({})).await?) }.boxed()
        })
        .await
}

/// Opens a session for `user` in place of the one that came along.
pub(super) async fn let_in(tx: &mut Tx, user: User, caller: &Caller) -> Answer<(Token, Session)> {
    if let Some(old) = &caller.token {
        sessions::end(tx, old).await?;
    }
    let actor = Actor::from(&user);
    let token = sessions::open(tx, actor.user, &caller.address, &caller.agent).await?;
    audit::write(tx, Some(&actor), "session.opened", Some(actor.user.number()), json!({})).await?;
    let now = tx.now();
    Ok((token, session(tx, &actor, now).await?))
}

pub(super) fn cookie(caller: &Caller, token: &Token) -> HeaderMap {
    HeaderMap::from_iter([(header::SET_COOKIE, caller.cookie.set(token))])
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(super) async fn sign_out(
    State(app): State<App>,
    actor: Actor,
    Extension(caller): Extension<Caller>,
) -> Answer<(StatusCode, HeaderMap)> {
    let removal = HeaderMap::from_iter([
        (header::SET_COOKIE, caller.cookie.remove()),
        // What the browser kept of customers goes as well; its own settings, such as the language, stay.
        (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\"")),
    ]);
    if let Some(token) = caller.token {
        app.db()
            .write(Lane::Interactive, move |tx| {
                async move {
                    sessions::end(tx, &token).await?;
                    let subject = Some(actor.user.number());
                    Ok::<_, Problem>(
                        audit::write(tx, Some(&actor), "session.ended", subject, json!({})).await?,
                    )
                }
                .boxed()
            })
            .await?;
    }
    Ok((StatusCode::NO_CONTENT, removal))
}
