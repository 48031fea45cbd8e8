//! `/session/claim`: one-time links, as the browser uses them.

use super::api::{Session, cookie, let_in, stopped};
use super::links::{self, Kind};
use super::profile::name_fault;
use super::tries::Counters;
use super::{Token, factor, store as sessions};
use crate::door::Caller;
use crate::user::{self, NewUser, User};
use crate::{Answer, App, Problem, Role, Scope, audit};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use futures::FutureExt;
use kernel::{Id, Locale, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, Tx};

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
    /// The code of the second factor of whoever has one.
    code: Option<String>,
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
    let email = match link.user {
        Some(user) => user::find(&mut tx, user).await?.map_or(String::new(), |user| user.email),
        None => String::new(),
    };
    drop(tx);
    check_claim(&claim, link.kind, &email)?;
    // A link that was found must not become a place to guess codes.
    let counters = Counters::of_link(&token);
    let (counted, known) = (counters.clone(), counters.clone());
    app.db().write(Lane::Interactive, move |tx| async move { counted.count(tx).await }.boxed()).await?;
    let phc = app.hasher().hash(claim.password.clone()).await?;
    let by = caller.clone();
    let entered = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let link = links::take(tx, &token).await?.ok_or_else(link_unknown)?;
            let user = match link.user {
                Some(user) => {
                    factor::demand(tx, user, claim.code.as_deref()).await?;
                    reset(tx, user, phc).await?
                }
                None => first_owner(tx, claim, phc).await?,
            };
            known.succeed(tx).await?;
            let_in(tx, user, &by).await
        }
        .boxed()
    });
    match entered.await {
        Ok((token, session)) => Ok((cookie(&caller, &token), Json(session))),
        Err(problem) => Err(stopped(&app, problem, counters).await?),
    }
}

/// `email` is the account's; the first owner's comes with the claim.
fn check_claim(claim: &Claim, kind: Kind, email: &str) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    if kind == Kind::FirstRun {
        if let Some(code) = name_fault(&claim.name) {
            problem = problem.field("name", code);
        }
        if !user::is_email(&user::fold_email(&claim.email)) {
            problem = problem.field("email", "email_invalid");
        }
    }
    if let Some(code) =
        user::check_password(&claim.password, if email.is_empty() { &claim.email } else { email })
    {
        problem = problem.field("password", code);
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn first_owner(tx: &mut Tx, claim: Claim, phc: String) -> Answer<User> {
    // The link of the first start must not make a second owner of a company that has users by now.
    if user::any(tx).await? {
        return Err(link_unknown());
    }
    let name = claim.name.trim().to_owned();
    let (email, locale) = (claim.email, claim.locale);
    let (role, scope, team) = (Role::Owner, Scope::All, None);
    user::create(tx, NewUser { name, email, role, locale, password: Some(phc), team, scope }).await
}

async fn reset(tx: &mut Tx, id: Id<kinds::User>, phc: String) -> Answer<User> {
    let user = user::find(tx, id).await?.filter(|user| user.active).ok_or_else(link_unknown)?;
    user::set_password(tx, id, phc).await?;
    sessions::end_all(tx, id).await?;
    audit::write(tx, None, "password.reset", Some(id.number()), json!({})).await?;
    Ok(user)
}
