//! `/session/sso`: going to the identity provider, and coming back.

use super::identities::{has_another_way, link, recognised};
use super::provider::{Errand, Provider};
use super::settings::SsoSettings;
use super::store::{self as identities, Attempt, Identity};
use super::token::Said;
use super::{AWAY, BACK, SKEW};
use crate::door::Caller;
use crate::session::api::{Session, let_in, session};
use crate::session::{Current, Token, factor, store as sessions, tries};
use crate::user;
use crate::{Actor, Answer, App, Problem, audit};
use ::store::{Lane, Tx};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Extension, Json};
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Tries an hour that an address may begin; each asks the provider.
const TRIES: i64 = 300;
/// Bytes of a code at most: the longest in use have some 2,000.
const CODE: usize = 8 * 1024;

/// Whether people may sign in by an identity provider.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SsoOffer {
    /// What the button calls it; nothing where there is none.
    name: Option<String>,
    /// Whether everybody but owners signs in by it.
    only: bool,
}

/// Whether people may sign in by an identity provider.
#[utoipa::path(get, path = "/session/sso", tag = "session", responses((status = 200, body = SsoOffer)))]
pub(in crate::session) async fn offer(State(app): State<App>) -> Answer<Json<SsoOffer>> {
    let mut tx = app.db().read().await?;
    let settings = SsoSettings::load(&mut tx).await?;
    let only = settings.as_ref().is_some_and(|settings| settings.only);
    Ok(Json(SsoOffer { name: settings.map(|settings| settings.name), only }))
}

/// What going to the provider is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SsoPurpose {
    /// Signing in.
    #[default]
    SignIn,
    /// Linking the account there with that of whoever is signed in.
    Link,
    /// Proving again who one is: the provider asks anew.
    Proof,
}

impl SsoPurpose {
    /// The text in the database.
    pub const fn text(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Link => "link",
            Self::Proof => "proof",
        }
    }

    /// What a text in the database means.
    pub fn read(text: &str) -> Option<Self> {
        [Self::SignIn, Self::Link, Self::Proof].into_iter().find(|purpose| purpose.text() == text)
    }
}

/// Going to the provider.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct SsoBegin {
    /// What for; signing in when left out.
    #[serde(default)]
    purpose: SsoPurpose,
}

/// Where to go.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SsoWay {
    /// The provider's page.
    url: String,
}

fn unavailable(cause: &str) -> Problem {
    tracing::warn!(cause, "the identity provider could not be asked");
    Problem::new(StatusCode::BAD_GATEWAY, "sso_unavailable")
}

async fn settings(app: &App) -> Answer<SsoSettings> {
    let mut tx = app.db().read().await?;
    SsoSettings::load(&mut tx).await?.ok_or_else(|| Problem::conflict("sso_off"))
}

async fn discover<'a>(app: &App, settings: &'a SsoSettings) -> Answer<Provider<'a>> {
    let provider = Provider::discover(settings, app.config().sso_reach).await;
    provider.map_err(|cause| unavailable(&cause))
}

/// Begins: gives the provider's page, and the browser a cookie that must come back with its answer.
#[utoipa::path(post, path = "/session/sso/begin", tag = "session", request_body = SsoBegin, responses(
    (status = 200, body = SsoWay), (status = 401, body = crate::ProblemBody), (status = 403, body = crate::ProblemBody),
    (status = 409, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody),
    (status = 429, body = crate::ProblemBody), (status = 502, body = crate::ProblemBody)))]
pub(in crate::session) async fn begin(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    current: Option<Extension<Current>>,
    Json(SsoBegin { purpose }): Json<SsoBegin>,
) -> Answer<(HeaderMap, Json<SsoWay>)> {
    let user = match purpose {
        SsoPurpose::SignIn => None,
        SsoPurpose::Link | SsoPurpose::Proof => Some(may(&app, current, purpose).await?.actor.user),
    };
    let settings = settings(&app).await?;
    let site = caller.site.clone().ok_or_else(|| Problem::conflict("sso_needs_name"))?;
    count(&app, &caller).await?;
    let secret = || Token::new(app.chance()).reveal().to_owned();
    let (back, anew) = (format!("{}{BACK}", site.origin), purpose == SsoPurpose::Proof);
    let errand = Errand { state: secret(), nonce: secret(), verifier: secret(), back, anew };
    let provider = discover(&app, &settings).await?;
    let url = provider.address(&errand).map_err(|cause| unavailable(&cause))?;
    let browser = Token::new(app.chance());
    let set = caller.cookie.beside(&browser, AWAY / Instant::SECOND);
    let issuer = settings.issuer.clone();
    let attempt = Attempt { purpose, issuer, errand, user, begun_at: app.clock().now() };
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move { identities::begin(tx, &browser, &attempt).await }.boxed()
        })
        .await?;
    Ok((HeaderMap::from_iter([(header::SET_COOKIE, set)]), Json(SsoWay { url })))
}

/// Counted before the provider is asked: whoever begins makes this program connect to it.
async fn count(app: &App, caller: &Caller) -> Answer<()> {
    let counter = format!("sso {}", caller.address);
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let counter = tries::count(tx, &counter).await?;
                let left = counter.seconds_left(tx);
                if counter.tries > TRIES { Err(Problem::too_many("sign_in_locked", left)) } else { Ok(()) }
            }
            .boxed()
        })
        .await
}

/// Whoever links an account has just proved who they are: a session left open must not get a second door. Whoever has a
/// second factor proves by it alone.
async fn may(app: &App, current: Option<Extension<Current>>, purpose: SsoPurpose) -> Answer<Current> {
    let Extension(current) = current.ok_or_else(Problem::sign_in_required)?;
    if purpose == SsoPurpose::Link && !current.is_proved(app.clock()) {
        return Err(Problem::forbidden("proof_needed"));
    }
    let mut tx = app.db().read().await?;
    if purpose == SsoPurpose::Proof && factor::is_on(&mut tx, current.actor.user).await? {
        return Err(Problem::invalid("invalid").field("code", "factor_needed"));
    }
    Ok(current)
}

/// What the provider sent along.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct SsoBack {
    /// `code`.
    code: String,
    /// `state`.
    state: String,
    /// `iss` (RFC 9207), where the provider says it.
    iss: Option<String>,
}

fn wrong(cause: &str) -> Problem {
    tracing::warn!(cause, "an answer of the identity provider was refused");
    Problem::new(StatusCode::UNAUTHORIZED, "sso_wrong")
}

/// Comes back: signs in, links the account of whoever began, or proves who they are.
#[utoipa::path(post, path = "/session/sso", tag = "session", request_body = SsoBack, responses(
    (status = 200, body = Session), (status = 401, body = crate::ProblemBody), (status = 403, body = crate::ProblemBody),
    (status = 409, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody),
    (status = 502, body = crate::ProblemBody)))]
pub(in crate::session) async fn finish(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    current: Option<Extension<Current>>,
    headers: HeaderMap,
    Json(back): Json<SsoBack>,
) -> Answer<(HeaderMap, Json<Session>)> {
    let settings = settings(&app).await?;
    let current = current.map(|Extension(current)| current);
    let entered = match attempt(&app, &caller, &headers).await {
        Ok(attempt) => answered(&app, &caller, settings, attempt, current, back).await,
        Err(problem) => Err(problem),
    };
    match entered {
        Ok((token, session)) => {
            let mut cookies = HeaderMap::from_iter([(header::SET_COOKIE, caller.cookie.set(&token))]);
            cookies.append(header::SET_COOKIE, caller.cookie.remove_beside());
            Ok((cookies, Json(session)))
        }
        Err(problem) => Err(refused(&app, problem).await?),
    }
}

/// The try that this browser began.
async fn attempt(app: &App, caller: &Caller, headers: &HeaderMap) -> Answer<Attempt> {
    let browser = caller.cookie.read_beside(headers).ok_or_else(|| wrong("no cookie"))?;
    let taken = app
        .db()
        .write(Lane::Interactive, move |tx| async move { identities::take(tx, &browser).await }.boxed());
    taken.await?.ok_or_else(|| wrong("nothing was begun here"))
}

async fn answered(
    app: &App,
    caller: &Caller,
    settings: SsoSettings,
    attempt: Attempt,
    current: Option<Current>,
    back: SsoBack,
) -> Answer<(Token, Session)> {
    if attempt.errand.state != back.state || back.code.len() > CODE {
        return Err(wrong("another state"));
    }
    if attempt.issuer != settings.issuer {
        return Err(wrong("the provider was changed in between"));
    }
    if attempt.user != current.as_ref().map(|current| current.actor.user).filter(|_| attempt.user.is_some()) {
        return Err(wrong("whoever began is not signed in any more"));
    }
    let provider = discover(app, &settings).await?;
    if !provider.may_have_answered(back.iss.as_deref()) {
        return Err(wrong("another issuer answered, or none"));
    }
    let said = provider.redeem(&back.code, &attempt.errand, app.clock().now()).await;
    let said = said.map_err(|cause| wrong(&cause))?;
    let by = caller.clone();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                match (attempt.purpose, current) {
                    (SsoPurpose::SignIn, _) => sign_in(tx, &settings, &said, &by).await,
                    (SsoPurpose::Link, Some(current)) => link_to(tx, &settings, &said, &current).await,
                    (SsoPurpose::Proof, Some(current)) => {
                        prove(tx, &settings, &said, &current, attempt.begun_at).await
                    }
                    (_, None) => Err(wrong("nobody is signed in")),
                }
            }
            .boxed()
        })
        .await
}

/// A new session, whatever cookie came along. What the provider says of the last sign-in there is the proof of it.
async fn sign_in(tx: &mut Tx, settings: &SsoSettings, said: &Said, by: &Caller) -> Answer<(Token, Session)> {
    let user = recognised(tx, settings, said).await?;
    let has_factor = factor::is_on(tx, user.id).await?;
    let now = tx.now();
    let proved_at =
        said.signed_in_at.filter(|_| !has_factor).map_or(Instant::from_micros(0), |at| at.min(now));
    let actor = Actor::from(&user);
    let (token, _) = let_in(tx, user, by).await?;
    sessions::date_proof(tx, &token, proved_at).await?;
    Ok((token, session(tx, &actor, proved_at).await?))
}

/// Links what the provider said; the other sessions end, and this one has a new secret.
async fn link_to(
    tx: &mut Tx,
    settings: &SsoSettings,
    said: &Said,
    current: &Current,
) -> Answer<(Token, Session)> {
    link(tx, settings, said, current.actor.user).await?;
    sessions::end_others(tx, current.actor.user, current.session).await?;
    let token = sessions::prove(tx, current.session).await?;
    sessions::date_proof(tx, &token, current.proved_at).await?;
    Ok((token, session(tx, &current.actor, current.proved_at).await?))
}

/// The provider asked them anew, after they left from here.
async fn prove(
    tx: &mut Tx,
    settings: &SsoSettings,
    said: &Said,
    current: &Current,
    begun_at: Instant,
) -> Answer<(Token, Session)> {
    let whose = identities::used_by(tx, &settings.issuer, &said.subject).await?;
    if whose != Some(current.actor.user) {
        return Err(Problem::forbidden("sso_another"));
    }
    if factor::is_on(tx, current.actor.user).await? {
        return Err(Problem::invalid("invalid").field("code", "factor_needed"));
    }
    if said.signed_in_at.is_none_or(|at| at < begun_at.plus(-SKEW)) {
        return Err(Problem::forbidden("sso_not_anew"));
    }
    let token = sessions::prove(tx, current.session).await?;
    let now = tx.now();
    Ok((token, session(tx, &current.actor, now).await?))
}

async fn refused(app: &App, problem: Problem) -> Answer<Problem> {
    if matches!(problem.code(), "sso_wrong" | "sso_unknown") {
        app.db()
            .write(Lane::Interactive, |tx| {
                let detail = json!({ "by": "sso" });
                async move { audit::write(tx, None, "session.refused", None, detail).await }.boxed()
            })
            .await?;
    }
    Ok(problem)
}

/// The accounts at identity providers that are linked to the own one.
#[utoipa::path(get, path = "/session/identities", tag = "session", responses((status = 200, body = Vec<Identity>)))]
pub(in crate::session) async fn list(
    State(app): State<App>,
    current: Current,
) -> Answer<Json<Vec<Identity>>> {
    let mut tx = app.db().read().await?;
    Ok(Json(identities::of(&mut tx, current.actor.user).await?))
}

/// Unlinks them; the other sessions end. Whoever could not come in any more keeps theirs.
#[utoipa::path(delete, path = "/session/identities", tag = "session", responses((status = 204),
    (status = 404, body = crate::ProblemBody), (status = 409, body = crate::ProblemBody)))]
pub(in crate::session) async fn unlink(State(app): State<App>, current: Current) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let Current { actor, session, .. } = current;
                if !identities::remove_all(tx, actor.user).await? {
                    return Err(Problem::not_found());
                }
                let user = user::find(tx, actor.user).await?.ok_or_else(Problem::sign_in_required)?;
                if !has_another_way(tx, &user).await? {
                    return Err(Problem::conflict("sso_only_way"));
                }
                sessions::end_others(tx, actor.user, session).await?;
                audit::write(tx, Some(&actor), "sso.unlinked", Some(actor.user.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
