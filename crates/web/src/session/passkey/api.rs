//! `/session/passkeys` and `/session/passkey`: making passkeys, signing in with one, proving with one.

use super::store::{self as passkeys, Passkey};
use super::{CHALLENGE, Site, ceremony, key};
use crate::door::Caller;
use crate::session::api::{Session, cookie, let_in};
use crate::session::{Current, factor, name_fault, sso, store as sessions, tries};
use crate::{Answer, App, Problem, audit, user};
use ::store::{Lane, Tx};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;

type UserId = Id<kinds::User>;
type PasskeyId = Id<kinds::Passkey>;

/// Passkeys of a user at most.
const PASSKEYS: usize = 20;
/// Challenges an hour that an address may ask for: a company behind one address signs in with fewer.
const CHALLENGES: i64 = 300;
/// Ceremonies, as challenges are kept for them.
const CREATE: &str = "create";
const GET: &str = "get";

/// The own passkeys.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Passkeys {
    /// The passkeys, the oldest first.
    passkeys: Vec<Passkey>,
    /// Whether one can be made here: under a name, by https or on this machine.
    available: bool,
}

/// The own passkeys.
#[utoipa::path(get, path = "/session/passkeys", tag = "session", responses((status = 200, body = Passkeys)))]
pub(in crate::session) async fn list(
    State(app): State<App>,
    current: Current,
    Extension(caller): Extension<Caller>,
) -> Answer<Json<Passkeys>> {
    let mut tx = app.db().read().await?;
    let passkeys = passkeys::of(&mut tx, current.actor.user).await?;
    Ok(Json(Passkeys { passkeys, available: caller.site.is_some() }))
}

/// What a browser needs to make a passkey, as `navigator.credentials.create` takes it; bytes are base64url.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewPasskeyOptions {
    /// What is to be signed.
    challenge: String,
    /// The name that the passkey is bound to.
    rp_id: String,
    /// How the account is known to the device.
    user_handle: String,
    /// The account's address, to tell accounts apart on the device.
    user_name: String,
    /// The account's name.
    user_display_name: String,
    /// COSE algorithms, the most wanted first.
    algorithms: Vec<i64>,
    /// Passkeys that are there already.
    exclude: Vec<String>,
    /// Milliseconds the device may take.
    timeout_ms: i64,
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// How devices know a user: the id, which tells nothing about them.
fn handle(user: UserId) -> String {
    encoded(user.to_string().as_bytes())
}

fn site(caller: &Caller) -> Answer<Site> {
    caller.site.clone().ok_or_else(|| Problem::conflict("passkey_needs_name"))
}

/// Begins a passkey.
#[utoipa::path(post, path = "/session/passkeys/begin", tag = "session", responses(
    (status = 200, body = NewPasskeyOptions), (status = 409, body = crate::ProblemBody)))]
pub(in crate::session) async fn begin(
    State(app): State<App>,
    current: Current,
    Extension(caller): Extension<Caller>,
) -> Answer<Json<NewPasskeyOptions>> {
    let site = site(&caller)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move { options(tx, &current, site).await.map(Json) }.boxed()
        })
        .await
}

async fn options(tx: &mut Tx, current: &Current, site: Site) -> Answer<NewPasskeyOptions> {
    let id = current.actor.user;
    let account = user::find(tx, id).await?.ok_or_else(Problem::sign_in_required)?;
    let there = passkeys::credentials(tx, id, &site.domain).await?;
    if passkeys::of(tx, id).await?.len() >= PASSKEYS {
        return Err(Problem::conflict("passkeys_full").with("max", PASSKEYS));
    }
    Ok(NewPasskeyOptions {
        challenge: passkeys::challenge(tx, CREATE, Some(id)).await?.reveal().to_owned(),
        rp_id: site.domain,
        user_handle: handle(id),
        user_name: account.email,
        user_display_name: account.name,
        algorithms: key::ALGORITHMS.to_vec(),
        exclude: there.iter().map(|credential| encoded(credential)).collect(),
        timeout_ms: CHALLENGE / 1_000,
    })
}

/// A passkey that a browser made; bytes are base64url.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NewPasskey {
    /// What to call it.
    name: String,
    /// `response.clientDataJSON`.
    client_data: String,
    /// `response.attestationObject`.
    attestation: String,
}

/// A passkey that was kept.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PasskeyMade {
    /// The passkey.
    passkey: Passkey,
    /// Recovery codes, where this is the first of what asks for more than a password: shown now and never again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
}

/// Keeps a passkey that a browser made; the other sessions end.
#[utoipa::path(post, path = "/session/passkeys", tag = "session", request_body = NewPasskey, responses(
    (status = 201, body = PasskeyMade), (status = 409, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(in crate::session) async fn create(
    State(app): State<App>,
    current: Current,
    Extension(caller): Extension<Caller>,
    Json(asked): Json<NewPasskey>,
) -> Answer<(StatusCode, Json<PasskeyMade>)> {
    let site = site(&caller)?;
    let name = asked.name.trim().to_owned();
    if let Some(code) = name_fault(&name) {
        return Err(Problem::invalid("invalid").field("name", code));
    }
    let refused = || Problem::invalid("passkey_refused");
    let client = decoded(&asked.client_data).ok_or_else(refused)?;
    take(&app, &client, CREATE, Some(current.actor.user)).await?;
    let attestation = decoded(&asked.attestation).ok_or_else(refused)?;
    let made = ceremony::made(&client, &attestation, &site).ok_or_else(refused)?;
    let kept = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { keep(tx, current, &name, &site.domain, made).await }.boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

async fn keep(
    tx: &mut Tx,
    current: Current,
    name: &str,
    domain: &str,
    made: ceremony::Made,
) -> Answer<PasskeyMade> {
    let Current { actor, session, .. } = current;
    let is_first = !factor::is_on(tx, actor.user).await?;
    let passkey = passkeys::insert(tx, actor.user, name, domain, made).await?;
    let passkey = passkey.ok_or_else(|| Problem::conflict("passkey_there"))?;
    let codes = if is_first { factor::renew_recovery(tx, actor.user).await? } else { Vec::new() };
    sessions::end_others(tx, actor.user, session).await?;
    let detail = json!({ "passkey": passkey.id });
    audit::write(tx, Some(&actor), "passkey.added", Some(actor.user.number()), detail).await?;
    Ok(PasskeyMade { passkey, codes })
}

/// A passkey's new name.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct PasskeyName {
    /// What to call it.
    name: String,
}

/// Gives an own passkey another name.
#[utoipa::path(put, path = "/session/passkeys/{id}", tag = "session", request_body = PasskeyName,
    params(("id" = String, Path, description = "The passkey")), responses((status = 204),
    (status = 404, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(in crate::session) async fn rename(
    State(app): State<App>,
    current: Current,
    Path(id): Path<PasskeyId>,
    Json(PasskeyName { name }): Json<PasskeyName>,
) -> Answer<StatusCode> {
    let name = name.trim().to_owned();
    if let Some(code) = name_fault(&name) {
        return Err(Problem::invalid("invalid").field("name", code));
    }
    let user = current.actor.user;
    let renamed = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { passkeys::rename(tx, user, id, &name).await }.boxed()
        })
        .await?;
    if renamed { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}

/// Takes an own passkey away; the other sessions end.
#[utoipa::path(delete, path = "/session/passkeys/{id}", tag = "session",
    params(("id" = String, Path, description = "The passkey")),
    responses((status = 204), (status = 404, body = crate::ProblemBody)))]
pub(in crate::session) async fn remove(
    State(app): State<App>,
    current: Current,
    Path(id): Path<PasskeyId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let Current { actor, session, .. } = current;
                if !passkeys::remove(tx, actor.user, id).await? {
                    return Err(Problem::not_found());
                }
                factor::forget_needless_codes(tx, actor.user).await?;
                sessions::end_others(tx, actor.user, session).await?;
                let detail = json!({ "passkey": id });
                audit::write(tx, Some(&actor), "passkey.removed", Some(actor.user.number()), detail).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// What a browser needs to use a passkey, as `navigator.credentials.get` takes it. It names no account: the device
/// knows whose passkeys it has.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PasskeyOptions {
    /// What is to be signed, base64url.
    challenge: String,
    /// The name that passkeys are bound to.
    rp_id: String,
    /// Milliseconds the device may take.
    timeout_ms: i64,
}

/// Begins signing in, or a proof, with a passkey.
#[utoipa::path(post, path = "/session/passkey/begin", tag = "session", responses(
    (status = 200, body = PasskeyOptions), (status = 409, body = crate::ProblemBody),
    (status = 429, body = crate::ProblemBody)))]
pub(in crate::session) async fn begin_use(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Answer<Json<PasskeyOptions>> {
    let site = site(&caller)?;
    let counter = format!("passkey {}", caller.address);
    let challenge = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let counter = tries::count(tx, &counter).await?;
                if counter.tries > CHALLENGES {
                    return Err(Problem::too_many("sign_in_locked", counter.seconds_left(tx)));
                }
                Ok(passkeys::challenge(tx, GET, None).await?)
            }
            .boxed()
        })
        .await?;
    let challenge = challenge.reveal().to_owned();
    Ok(Json(PasskeyOptions { challenge, rp_id: site.domain, timeout_ms: CHALLENGE / 1_000 }))
}

/// What a passkey signed; bytes are base64url.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Assertion {
    /// `id`.
    id: String,
    /// `response.clientDataJSON`.
    client_data: String,
    /// `response.authenticatorData`.
    authenticator_data: String,
    /// `response.signature`.
    signature: String,
    /// `response.userHandle`.
    user_handle: Option<String>,
}

/// An assertion whose challenge was used up and whose bytes are read.
pub(in crate::session) struct Answered {
    credential: Vec<u8>,
    client: Vec<u8>,
    data: Vec<u8>,
    signature: Vec<u8>,
    handle: Option<String>,
    site: Site,
}

fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "passkey_wrong")
}

/// Reads an assertion and uses its challenge up, whatever becomes of it.
pub(in crate::session) async fn assert_anew(
    app: &App,
    caller: &Caller,
    asked: Assertion,
) -> Answer<Answered> {
    let site = site(caller)?;
    let part = |text: &str| decoded(text).ok_or_else(wrong);
    let answered = Answered {
        credential: part(&asked.id)?,
        client: part(&asked.client_data)?,
        data: part(&asked.authenticator_data)?,
        signature: part(&asked.signature)?,
        handle: asked.user_handle.filter(|handle| !handle.is_empty()),
        site,
    };
    take(app, &answered.client, GET, None).await?;
    Ok(answered)
}

impl Answered {
    /// Whose passkey it was, if everything holds; notes the use.
    pub(in crate::session) async fn verify(self, tx: &mut Tx) -> Answer<UserId> {
        let known = passkeys::known(tx, self.credential, &self.site.domain).await?.ok_or_else(wrong)?;
        let used = ceremony::used(
            &self.client,
            &self.data,
            &self.signature,
            &known.public_key,
            known.sign_count,
            &self.site,
        );
        let used = used.ok_or_else(wrong)?;
        if self.handle.is_some_and(|said| said.trim_end_matches('=') != handle(known.user_id)) {
            return Err(wrong());
        }
        passkeys::mark_used(tx, known.id, &used).await?;
        Ok(known.user_id)
    }
}

async fn take(app: &App, client: &[u8], purpose: &'static str, user: Option<UserId>) -> Answer<()> {
    let challenge = ceremony::challenge(client).ok_or_else(expired)?;
    let open = app.db().write(Lane::Interactive, move |tx| {
        async move { passkeys::take(tx, &challenge, purpose, user).await }.boxed()
    });
    if open.await? { Ok(()) } else { Err(expired()) }
}

fn expired() -> Problem {
    Problem::invalid("passkey_expired")
}

/// Signs in with a passkey: a new session, whatever cookie came along.
#[utoipa::path(post, path = "/session/passkey", tag = "session", request_body = Assertion, responses(
    (status = 200, body = Session), (status = 401, body = crate::ProblemBody), (status = 403, body = crate::ProblemBody),
    (status = 409, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(in crate::session) async fn sign_in(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(asked): Json<Assertion>,
) -> Answer<(HeaderMap, Json<Session>)> {
    let answered = assert_anew(&app, &caller, asked).await?;
    let by = caller.clone();
    let entered = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let id = answered.verify(tx).await?;
            let user = user::find(tx, id).await?.filter(|user| user.active).ok_or_else(wrong)?;
            sso::allow_another_way(tx, user.role).await?;
            let_in(tx, user, &by).await
        }
        .boxed()
    });
    match entered.await {
        Ok((token, session)) => Ok((cookie(&caller, &token), Json(session))),
        Err(problem) => Err(refused(&app, problem).await?),
    }
}

async fn refused(app: &App, problem: Problem) -> Answer<Problem> {
    if problem.code() == "passkey_wrong" {
        app.db()
            .write(Lane::Interactive, |tx| {
                async move { audit::write(tx, None, "session.refused", None, json!({})).await }.boxed()
            })
            .await?;
    }
    Ok(problem)
}
