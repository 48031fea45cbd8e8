//! `/users`: inviting people, giving them a role, letting them go.

use super::teams;
use crate::session::{self, links, name_fault};
use crate::user::{self, NewUser, User};
use crate::{Actor, Answer, App, IfMatch, Problem, Role, Scope, audit, etag};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt;
use kernel::{Id, Instant, Locale, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, Tx, sql};

type UserId = Id<kinds::User>;
type Tagged = ([(HeaderName, String); 1], Json<User>);

fn tagged(user: User) -> Tagged {
    ([(header::ETAG, etag(user.revision))], Json(user))
}

/// Everyone who signs in or did, the oldest first.
#[utoipa::path(get, path = "/users", tag = "staff", responses((status = 200, body = Vec<User>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<User>>> {
    let mut tx = app.db().read().await?;
    Ok(Json(user::all(&mut tx).await?))
}

/// One user.
#[utoipa::path(get, path = "/users/{id}", tag = "staff", params(("id" = String, Path, description = "The user")),
    responses((status = 200, body = User), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn read(State(app): State<App>, Path(id): Path<UserId>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    user::find(&mut tx, id).await?.map(tagged).ok_or_else(Problem::not_found)
}

/// Someone to invite.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Invitation {
    /// The name.
    name: String,
    /// The e-mail address they will sign in with.
    email: String,
    /// The role.
    role: Role,
    /// Which customers they see; everyone when left out. Counts for staff and clerks.
    #[serde(default)]
    scope: Scope,
    /// The team.
    #[schema(value_type = Option<String>)]
    team: Option<Id<kinds::Team>>,
    /// The language.
    #[serde(default)]
    locale: Locale,
}

/// A one-time link: shown now and never again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OneTimeLink {
    /// The path to open, with the secret in it.
    path: String,
    /// Until when it works.
    #[schema(value_type = String)]
    expires_at: Instant,
}

/// A user and the link that lets them in.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invited {
    /// The user.
    user: User,
    /// The link to hand over.
    link: OneTimeLink,
}

/// Invites someone: makes the user and a one-time link, by which they choose a password.
#[utoipa::path(post, path = "/users", tag = "staff", request_body = Invitation, responses(
    (status = 201, body = Invited), (status = 409, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(super) async fn invite(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<Invitation>,
) -> Answer<(StatusCode, Json<Invited>)> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let user = add(tx, &actor, asked).await?;
                let link = issue(tx, &user, links::Kind::Invite).await?;
                Ok((StatusCode::CREATED, Json(Invited { user, link })))
            }
            .boxed()
        })
        .await
}

async fn add(tx: &mut Tx, actor: &Actor, asked: Invitation) -> Answer<User> {
    let mut problem = faults(tx, &asked.name, asked.role, asked.scope, asked.team).await?;
    if !user::is_email(&user::fold_email(&asked.email)) {
        problem = problem.field("email", "email_invalid");
    }
    if problem.has_fields() {
        return Err(problem);
    }
    let Invitation { email, role, scope, team, locale, .. } = asked;
    let name = asked.name.trim().to_owned();
    let user = user::create(tx, NewUser { name, email, role, locale, password: None, team, scope }).await?;
    audit::write(tx, Some(actor), "user.invited", Some(user.id.number()), json!({ "role": role })).await?;
    Ok(user)
}

async fn faults(
    tx: &mut Tx,
    name: &str,
    role: Role,
    scope: Scope,
    team: Option<Id<kinds::Team>>,
) -> Answer<Problem> {
    let mut problem = Problem::invalid("invalid");
    if let Some(code) = name_fault(name) {
        problem = problem.field("name", code);
    }
    if scope != Scope::All && !role.may_be_limited() {
        problem = problem.field("scope", "scope_of_role");
    }
    match team {
        None if scope == Scope::Team => problem = problem.field("team", "required"),
        Some(team) if !teams::is_there(tx, team).await? => problem = problem.field("team", "unknown"),
        _ => {}
    }
    Ok(problem)
}

async fn issue(tx: &mut Tx, user: &User, kind: links::Kind) -> Answer<OneTimeLink> {
    let token = links::issue(tx, kind, Some(user.id)).await?;
    let lasts = kind.lasts().unwrap_or_default();
    Ok(OneTimeLink { path: format!("/start?token={}", token.reveal()), expires_at: tx.now().plus(lasts) })
}

/// A new one-time link for someone who lost the first, or the password.
#[utoipa::path(post, path = "/users/{id}/link", tag = "staff", params(("id" = String, Path, description = "The user")),
    responses((status = 201, body = OneTimeLink), (status = 404, body = crate::ProblemBody),
    (status = 409, body = crate::ProblemBody)))]
pub(super) async fn link(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<UserId>,
) -> Answer<(StatusCode, Json<OneTimeLink>)> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let user = user::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                if !user.active {
                    return Err(Problem::conflict("user_inactive"));
                }
                let new = user::password(tx, id).await?.is_none();
                let kind = if new { links::Kind::Invite } else { links::Kind::Reset };
                let link = issue(tx, &user, kind).await?;
                audit::write(tx, Some(&actor), "user.link_issued", Some(id.number()), json!({})).await?;
                Ok((StatusCode::CREATED, Json(link)))
            }
            .boxed()
        })
        .await
}

/// Takes away the second factor of someone who lost it; every session of theirs ends.
#[utoipa::path(delete, path = "/users/{id}/factor", tag = "staff",
    params(("id" = String, Path, description = "The user")),
    responses((status = 204), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn remove_factor(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<UserId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !session::factor::remove(tx, id).await? {
                    return Err(Problem::not_found());
                }
                session::end_all(tx, id).await?;
                audit::write(tx, Some(&actor), "user.factor_removed", Some(id.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// What an owner may change of a user.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct UserEdit {
    /// The name.
    name: String,
    /// The role.
    role: Role,
    /// Which customers they see.
    scope: Scope,
    /// The team.
    #[schema(value_type = Option<String>)]
    team: Option<Id<kinds::Team>>,
    /// Whether they may sign in; false for who has left.
    active: bool,
}

/// Changes a user. Another role, team or scope, and leaving, end every session of theirs.
#[utoipa::path(put, path = "/users/{id}", tag = "staff", request_body = UserEdit,
    params(("id" = String, Path, description = "The user")), responses((status = 200, body = User),
    (status = 404, body = crate::ProblemBody), (status = 409, body = crate::ProblemBody),
    (status = 412, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<UserId>,
    asked: IfMatch,
    Json(edit): Json<UserEdit>,
) -> Answer<Tagged> {
    app.db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, id, asked, edit).await }.boxed())
        .await
}

async fn keep(tx: &mut Tx, actor: &Actor, id: UserId, asked: IfMatch, edit: UserEdit) -> Answer<Tagged> {
    let before = user::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    if !asked.allows(before.revision) {
        return Err(Problem::precondition_failed());
    }
    let problem = faults(tx, &edit.name, edit.role, edit.scope, edit.team).await?;
    if problem.has_fields() {
        return Err(problem);
    }
    let UserEdit { role, scope, team, active, .. } = edit;
    let user = User { name: edit.name.trim().to_owned(), role, scope, team, active, ..before.clone() };
    // Two owners who each make the other something else wait for one another here.
    sql!("update users set revision = revision where role = 'owner'").execute(tx).await?;
    if !user::update(tx, &user).await? {
        return Err(Problem::precondition_failed());
    }
    keep_an_owner(tx).await?;
    let rights = |user: &User| (user.role, user.scope, user.team, user.active);
    if rights(&before) != rights(&user) {
        session::end_all(tx, id).await?;
    }
    let detail = json!({ "role": role, "scope": scope, "team": team, "active": active });
    audit::write(tx, Some(actor), "user.changed", Some(id.number()), detail).await?;
    Ok(tagged(User { revision: user.revision + 1, ..user }))
}

/// After a change: nobody else could manage users any more without one. Whoever was invited and never came in may not
/// come either: their link ends.
async fn keep_an_owner(tx: &mut Tx) -> Answer<()> {
    let left: Option<(i64,)> = sql!(
        "select u.id from users u where u.role = 'owner' and u.deactivated_at is null and (u.password is not null \
         or exists (select 1 from passkeys p where p.user_id = u.id) \
         or exists (select 1 from identities i where i.user_id = u.id) \
         or exists (select 1 from sessions s where s.user_id = u.id)) limit 1"
    )
    .fetch_optional(tx)
    .await?;
    if left.is_some() { Ok(()) } else { Err(Problem::conflict("last_owner")) }
}
