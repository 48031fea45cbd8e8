//! Users: the people of the company who sign in.
//!
//! Invariants: an e-mail address names one user (stored folded: trimmed and lower case); a password is stored as an
//! argon2id PHC string or not at all; a user without a password can only come in through a one-time link.

mod common;
mod hasher;
mod policy;

pub use hasher::{Hasher, Verdict};
pub(crate) use policy::is_email;
pub use policy::{check_password, fold_email};

use crate::{Answer, Problem, Role, audit, session};
use kernel::{Id, Locale, kinds};
use serde::Serialize;
use store::{FromRow, Result, Tx, sql};

/// A user as the wire shows one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct User {
    /// The user.
    #[schema(value_type = String)]
    pub id: Id<kinds::User>,
    /// The display name.
    pub name: String,
    /// The folded e-mail address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The language.
    pub locale: Locale,
}

/// A user to create.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The display name.
    pub name: String,
    /// The e-mail address, in any case.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The language.
    pub locale: Locale,
    /// The PHC string of the password; without one only a link lets the user in.
    pub password: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Id<kinds::User>,
    name: String,
    email: String,
    role: String,
    locale: String,
}

impl Row {
    fn user(self) -> Result<User> {
        let Self { id, name, email, role, locale } = self;
        let role = role.parse().map_err(store::Error::Corrupt)?;
        Ok(User { id, name, email, role, locale: locale.parse().unwrap_or_default() })
    }
}

/// Creates a user.
///
/// # Errors
/// 409 `email_taken` when another user has the address.
pub async fn create(tx: &mut Tx, new: NewUser) -> Answer<User> {
    let user = User {
        id: tx.id(),
        name: new.name,
        email: fold_email(&new.email),
        role: new.role,
        locale: new.locale,
    };
    let created = sql!(
        "insert into users (id, email, name, role, locale, password, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing"
    )
    .bind(user.id)
    .bind(&user.email)
    .bind(&user.name)
    .bind(user.role.text())
    .bind(user.locale.tag())
    .bind(new.password)
    .bind(tx.now())
    .execute(tx)
    .await?;
    if created == 0 { Err(Problem::conflict("email_taken").field("email", "email_taken")) } else { Ok(user) }
}

/// All users, the oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<User>> {
    let rows: Vec<Row> =
        sql!("select id, name, email, role, locale from users order by id").fetch_all(tx).await?;
    rows.into_iter().map(Row::user).collect()
}

/// Whether there is any user yet.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    let found: Option<(i64,)> = sql!("select id from users limit 1").fetch_optional(tx).await?;
    Ok(found.is_some())
}

/// The user `id`.
pub async fn find(tx: &mut Tx, id: Id<kinds::User>) -> Result<Option<User>> {
    let row: Option<Row> = sql!("select id, name, email, role, locale from users where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await?;
    row.map(Row::user).transpose()
}

/// The user with this e-mail address, in any case.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<User>> {
    let row: Option<Row> = sql!("select id, name, email, role, locale from users where email = $1")
        .bind(fold_email(email))
        .fetch_optional(tx)
        .await?;
    row.map(Row::user).transpose()
}

/// The PHC string of a user's password.
pub(crate) async fn password(tx: &mut Tx, id: Id<kinds::User>) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        sql!("select password from users where id = $1").bind(id).fetch_optional(tx).await?;
    Ok(row.and_then(|(password,)| password))
}

/// Stores the PHC string of a new password. The caller decides which sessions end.
pub async fn set_password(tx: &mut Tx, id: Id<kinds::User>, phc: String) -> Result<()> {
    sql!("update users set password = $1 where id = $2").bind(phc).bind(id).execute(tx).await?;
    Ok(())
}

/// Changes a user's own name and language.
pub(crate) async fn set_profile(tx: &mut Tx, id: Id<kinds::User>, name: &str, locale: Locale) -> Result<()> {
    sql!("update users set name = $1, locale = $2 where id = $3")
        .bind(name)
        .bind(locale.tag())
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a user another role; every session of the user ends, so that the change holds at once.
///
/// # Errors
/// 404 when there is no such user; 409 `last_owner` when nobody would be left to manage users.
pub async fn set_role(tx: &mut Tx, id: Id<kinds::User>, role: Role) -> Answer<()> {
    keep_an_owner(tx, id, role == Role::Owner).await?;
    sql!("update users set role = $1 where id = $2").bind(role.text()).bind(id).execute(tx).await?;
    session::end_all(tx, id).await?;
    let detail = serde_json::json!({ "role": role.text() });
    Ok(audit::write(tx, None, "user.role_changed", Some(id.number()), detail).await?)
}

/// Removes a user with all sessions and links.
///
/// # Errors
/// As [`set_role`].
pub async fn remove(tx: &mut Tx, id: Id<kinds::User>) -> Answer<()> {
    keep_an_owner(tx, id, false).await?;
    sql!("delete from users where id = $1").bind(id).execute(tx).await?;
    Ok(audit::write(tx, None, "user.removed", Some(id.number()), serde_json::json!({})).await?)
}

async fn keep_an_owner(tx: &mut Tx, id: Id<kinds::User>, stays_owner: bool) -> Answer<()> {
    let users = all(tx).await?;
    let user = users.iter().find(|user| user.id == id).ok_or_else(Problem::not_found)?;
    let others = users.iter().any(|other| other.id != id && other.role == Role::Owner);
    let safe = stays_owner || others || user.role != Role::Owner;
    if safe { Ok(()) } else { Err(Problem::conflict("last_owner")) }
}
