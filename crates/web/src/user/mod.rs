//! Users: the people of the company who sign in.
//!
//! Invariants: an e-mail address names one user (stored folded: trimmed and lower case); a password is stored as an
//! argon2id PHC string or not at all; a user without a password can only come in through a one-time link; who has
//! left is deactivated, not deleted, because memos and the audit log name them; one active owner remains.

mod common;
mod hasher;
mod policy;

pub use hasher::{Hasher, Verdict};
pub(crate) use policy::is_email;
pub use policy::{check_password, fold_email};

use crate::{Answer, Problem, Role, Scope, Sight};
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
    /// The team.
    #[schema(value_type = Option<String>)]
    pub team: Option<Id<kinds::Team>>,
    /// Which customers they see.
    pub scope: Scope,
    /// Whether they may sign in.
    pub active: bool,
    /// How often the user was changed, for `If-Match`.
    #[serde(skip)]
    pub revision: i64,
}

impl User {
    /// What they see of the customers.
    pub fn sight(&self) -> Sight {
        Sight::of(self.id, self.role, self.scope, self.team)
    }
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
    /// The team.
    pub team: Option<Id<kinds::Team>>,
    /// Which customers they see.
    pub scope: Scope,
}

#[derive(FromRow)]
struct Row {
    id: Id<kinds::User>,
    name: String,
    email: String,
    role: String,
    locale: String,
    team: Option<Id<kinds::Team>>,
    scope: String,
    active: bool,
    revision: i64,
}

impl Row {
    fn user(self) -> Result<User> {
        let Self { id, name, email, team, active, revision, .. } = self;
        let role = self.role.parse().map_err(store::Error::Corrupt)?;
        let scope = self.scope.parse().map_err(store::Error::Corrupt)?;
        let locale = self.locale.parse().unwrap_or_default();
        Ok(User { id, name, email, role, locale, team, scope, active, revision })
    }
}

/// Users with all their columns.
macro_rules! select {
    ($rest:literal) => {
        sql!(concat!(
            "select id, name, email, role, locale, team, scope, deactivated_at is null as active, revision from users ",
            $rest
        ))
    };
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
        team: new.team,
        scope: new.scope,
        active: true,
        revision: 1,
    };
    let created = sql!(
        "insert into users (id, email, name, role, locale, password, created_at, team, scope) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (email) do nothing"
    )
    .bind(user.id)
    .bind(&user.email)
    .bind(&user.name)
    .bind(user.role.text())
    .bind(user.locale.tag())
    .bind(new.password)
    .bind(tx.now())
    .bind(user.team)
    .bind(user.scope.text())
    .execute(tx)
    .await?;
    if created == 0 { Err(Problem::conflict("email_taken").field("email", "email_taken")) } else { Ok(user) }
}

/// All users, the oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<User>> {
    let rows: Vec<Row> = select!("order by id").fetch_all(tx).await?;
    rows.into_iter().map(Row::user).collect()
}

/// Whether there is any user yet.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    let found: Option<(i64,)> = sql!("select id from users limit 1").fetch_optional(tx).await?;
    Ok(found.is_some())
}

/// The user `id`.
pub async fn find(tx: &mut Tx, id: Id<kinds::User>) -> Result<Option<User>> {
    let row: Option<Row> = select!("where id = $1").bind(id).fetch_optional(tx).await?;
    row.map(Row::user).transpose()
}

/// The user with this e-mail address, in any case.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<User>> {
    let row: Option<Row> = select!("where email = $1").bind(fold_email(email)).fetch_optional(tx).await?;
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

/// Makes sure, inside the write that follows a verified password, that `verified` still is the user's and the user may
/// still sign in; `renewed` replaces it. Gives whether it is so. The row stays locked, so that a change of the password
/// and a sign-in with the old one come one after the other.
pub(crate) async fn still_has(
    tx: &mut Tx,
    id: Id<kinds::User>,
    verified: &str,
    renewed: Option<String>,
) -> Result<bool> {
    let kept = sql!(
        "update users set password = coalesce($1, password) \
         where id = $2 and password = $3 and deactivated_at is null"
    )
    .bind(renewed)
    .bind(id)
    .bind(verified)
    .execute(tx)
    .await?;
    Ok(kept == 1)
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

/// Writes what an owner may change of a user, if it is still at `user.revision`; gives whether it was.
pub(crate) async fn update(tx: &mut Tx, user: &User) -> Result<bool> {
    let changed = sql!(
        "update users set name = $1, role = $2, scope = $3, team = $4, revision = revision + 1, \
         deactivated_at = case when $5 = 1 then null else coalesce(deactivated_at, $6) end \
         where id = $7 and revision = $8"
    )
    .bind(&user.name)
    .bind(user.role.text())
    .bind(user.scope.text())
    .bind(user.team)
    .bind(i64::from(user.active))
    .bind(tx.now())
    .bind(user.id)
    .bind(user.revision)
    .execute(tx)
    .await?;
    Ok(changed == 1)
}
