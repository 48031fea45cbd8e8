//! `/session`: signing in and out, one-time links, the own profile and password.

use super::links::{self, Kind};
use super::tries::Counters;
use super::{Current, Token, store as sessions};
use crate::door::Caller;
use crate::user::{self, NewUser, User, Verdict};
use crate::{Actor, Answer, App, Company, Problem, Role, audit};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Extension, Json};
use futures::FutureExt;
use kernel::{Locale, limits};
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
    /// Whether `/live` sends changes.
    live: bool,
}

async fn session(tx: &mut Tx, actor: &Actor) -> Answer<Session> {
    let user = user::find(tx, actor.user).await?.ok_or_else(Problem::sign_in_required)?;
    Ok(Session { user, company: Company::load(tx).await?, live: true })
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
        Some(Extension(current)) => Ok(Json(session(&mut tx, &current.actor).await?)),
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
}

/// Signs in: a new session, whatever cookie came along.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = Session), (status = 401, body = crate::ProblemBody),
    (status = 429, description = "Too many failures; `Retry-After` says how long to wait", body = crate::ProblemBody)))]
pub(super) async fn sign_in(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(SignIn { email, password }): Json<SignIn>,
) -> Answer<(HeaderMap, Json<Session>)> {
    let email = user::fold_email(&email);
    let counters = Counters::new(&email, &caller.address);
    let counted = counters.clone();
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    let (user, phc) = account(&app, &email).await?;
    let verdict = app.hasher().verify(password.clone(), phc).await?;
    let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else {
        failed(&app).await?;
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "sign_in_wrong"));
    };
    let renewed = if verdict == Verdict::Outdated { Some(app.hasher().hash(password).await?) } else { None };
    let (token, session) = app
        .db()
        .write(Lane::Interactive, {
            let caller = caller.clone();
            move |tx| {
                async move {
                    counters.succeed(tx).await?;
                    if let Some(phc) = renewed {
                        user::set_password(tx, user.id, phc).await?;
                    }
                    let_in(tx, user, &caller).await
                }
                .boxed()
            }
        })
        .await?;
    Ok((cookie(&caller, &token), Json(session)))
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
async fn let_in(tx: &mut Tx, user: User, caller: &Caller) -> Answer<(Token, Session)> {
    if let Some(old) = &caller.token {
        sessions::end(tx, old).await?;
    }
    let actor = Actor { user: user.id, name: user.name, role: user.role, locale: user.locale };
    let token = sessions::open(tx, actor.user, &caller.address, &caller.agent).await?;
    audit::write(tx, Some(&actor), "session.opened", Some(actor.user.number()), json!({})).await?;
    Ok((token, session(tx, &actor).await?))
}

fn cookie(caller: &Caller, token: &Token) -> HeaderMap {
    HeaderMap::from_iter([(header::SET_COOKIE, caller.cookie.set(token))])
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(super) async fn sign_out(
    State(app): State<App>,
    actor: Actor,
    Extension(caller): Extension<Caller>,
) -> Answer<(StatusCode, HeaderMap)> {
    let removal = HeaderMap::from_iter([(header::SET_COOKIE, caller.cookie.remove())]);
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

/// The secret of a one-time link.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// The secret.
    token: String,
}

/// A link that still works.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LinkView {
    /// Always true: a link that does not work is a 404.
    valid: bool,
    /// What it is for.
    kind: Kind,
    /// Whose password it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

fn link_unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "link_unknown")
}

/// Whether a one-time link still works.
#[utoipa::path(get, path = "/session/claim", tag = "session", params(LinkQuery), responses(
    (status = 200, body = LinkView), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn look_at_link(
    State(app): State<App>,
    Query(query): Query<LinkQuery>,
) -> Answer<Json<LinkView>> {
    let mut tx = app.db().read().await?;
    let link = links::find(&mut tx, &Token::sent(query.token)).await?.ok_or_else(link_unknown)?;
    let email = match link.user {
        Some(user) => user::find(&mut tx, user).await?.map(|user| user.email),
        None => None,
    };
    Ok(Json(LinkView { valid: true, kind: link.kind, email }))
}

/// What using a one-time link asks for.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Claim {
    /// The secret of the link.
    token: String,
    /// The new owner's name; for a reset it may be left out.
    #[serde(default)]
    name: String,
    /// The new owner's e-mail address; for a reset it may be left out.
    #[serde(default)]
    email: String,
    /// The new password.
    password: String,
    /// The new owner's language.
    #[serde(default)]
    locale: Locale,
}

/// Uses a one-time link: makes the first owner or replaces a password, and signs in.
#[utoipa::path(post, path = "/session/claim", tag = "session", request_body = Claim, responses(
    (status = 200, body = Session), (status = 404, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(super) async fn claim(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(claim): Json<Claim>,
) -> Answer<(HeaderMap, Json<Session>)> {
    let token = Token::sent(claim.token.clone());
    let mut tx = app.db().read().await?;
    let link = links::find(&mut tx, &token).await?.ok_or_else(link_unknown)?;
    drop(tx);
    check_claim(&claim, link.kind)?;
    let phc = app.hasher().hash(claim.password.clone()).await?;
    let by = caller.clone();
    let (token, session) = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let link = links::take(tx, &token).await?.ok_or_else(link_unknown)?;
                let user = match link.user {
                    Some(user) => reset(tx, user, phc).await?,
                    None => first_owner(tx, claim, phc).await?,
                };
                let_in(tx, user, &by).await
            }
            .boxed()
        })
        .await?;
    Ok((cookie(&caller, &token), Json(session)))
}

fn check_claim(claim: &Claim, kind: Kind) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    if kind == Kind::FirstRun {
        if let Some(code) = name_fault(&claim.name) {
            problem = problem.field("name", code);
        }
        if !user::is_email(&user::fold_email(&claim.email)) {
            problem = problem.field("email", "email_invalid");
        }
    }
    if let Some(code) = user::check_password(&claim.password, &claim.email) {
        problem = problem.field("password", code);
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

fn name_fault(name: &str) -> Option<&'static str> {
    match name.trim().chars().count() {
        0 => Some("required"),
        1..=limits::NAME_CHARS => None,
        _ => Some("too_long"),
    }
}

async fn first_owner(tx: &mut Tx, claim: Claim, phc: String) -> Answer<User> {
    // The link of the first start must not make a second owner of a company that has users by now.
    if user::any(tx).await? {
        return Err(link_unknown());
    }
    let name = claim.name.trim().to_owned();
    let (email, locale) = (claim.email, claim.locale);
    user::create(tx, NewUser { name, email, role: Role::Owner, locale, password: Some(phc) }).await
}

async fn reset(tx: &mut Tx, id: kernel::Id<kernel::kinds::User>, phc: String) -> Answer<User> {
    let user = user::find(tx, id).await?.ok_or_else(link_unknown)?;
    user::set_password(tx, id, phc).await?;
    sessions::end_all(tx, id).await?;
    audit::write(tx, None, "password.reset", Some(id.number()), json!({})).await?;
    Ok(user)
}

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
    actor: Actor,
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
                session(tx, &actor).await.map(Json)
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
    Extension(caller): Extension<Caller>,
    Json(PasswordChange { current: old, new }): Json<PasswordChange>,
) -> Answer<StatusCode> {
    let Current { actor, session } = current;
    let mut tx = app.db().read().await?;
    let user = user::find(&mut tx, actor.user).await?.ok_or_else(Problem::sign_in_required)?;
    let phc = user::password(&mut tx, actor.user).await?;
    drop(tx);
    // A stolen session must not become a place to guess the password.
    let counters = Counters::new(&user.email, &caller.address);
    let counted = counters.clone();
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    if app.hasher().verify(old, phc).await? == Verdict::Wrong {
        return Err(Problem::invalid("invalid").field("current", "password_wrong"));
    }
    if let Some(code) = user::check_password(&new, &user.email) {
        return Err(Problem::invalid("invalid").field("new", code));
    }
    let phc = app.hasher().hash(new).await?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                counters.succeed(tx).await?;
                user::set_password(tx, actor.user, phc).await?;
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
