//! Who is whom: what a provider said of somebody, and the user they are here.

use super::settings::SsoSettings;
use super::store as identities;
use super::token::Said;
use crate::session::{factor, name_fault};
use crate::user::{self, NewUser, User};
use crate::{Answer, Company, Problem, Role, Scope, audit};
use ::store::Tx;
use kernel::{Id, kinds};
use serde_json::json;

type UserId = Id<kinds::User>;

fn unknown() -> Problem {
    Problem::forbidden("sso_unknown")
}

/// The user who signs in: whom the account is linked to, or the user of a verified address of an own domain, who is
/// linked with it; a new one where an owner wants that.
pub async fn recognised(tx: &mut Tx, settings: &SsoSettings, said: &Said) -> Answer<User> {
    let user = match identities::used_by(tx, &settings.issuer, &said.subject).await? {
        Some(known) => user::find(tx, known).await?.ok_or_else(unknown)?,
        None => by_address(tx, settings, said).await?,
    };
    if user.active { Ok(user) } else { Err(unknown()) }
}

async fn by_address(tx: &mut Tx, settings: &SsoSettings, said: &Said) -> Answer<User> {
    let email = said.verified_email.as_deref().filter(|email| settings.owns(email)).ok_or_else(unknown)?;
    let user = match user::by_email(tx, email).await? {
        // Whoever asks for more than a password here decides themselves that the provider's word is enough.
        Some(user) if factor::is_on(tx, user.id).await? => return Err(Problem::forbidden("sso_link_first")),
        Some(user) if user.active => user,
        Some(_) => return Err(unknown()),
        None => create(tx, settings.create_role.ok_or_else(unknown)?, email, said).await?,
    };
    link(tx, settings, said, user.id).await?;
    Ok(user)
}

/// Whoever may be limited begins with their own customers: nobody has looked at them yet.
async fn create(tx: &mut Tx, role: Role, email: &str, said: &Said) -> Answer<User> {
    if !user::is_email(&user::fold_email(email)) {
        return Err(unknown());
    }
    let name = said.name.as_deref().map(str::trim).filter(|name| name_fault(name).is_none());
    let name = name.unwrap_or(email).to_owned();
    let scope = if role.may_be_limited() { Scope::Own } else { Scope::All };
    let locale = Company::load(tx).await?.locale;
    let new = NewUser { name, email: email.to_owned(), role, locale, password: None, team: None, scope };
    let user = user::create(tx, new).await?;
    audit::write(tx, None, "sso.user_created", Some(user.id.number()), json!({ "role": role })).await?;
    Ok(user)
}

/// Links an account to a user, or finds that it is linked to them already.
pub async fn link(tx: &mut Tx, settings: &SsoSettings, said: &Said, user: UserId) -> Answer<()> {
    if identities::link(tx, &settings.issuer, said, user).await? {
        return Ok(audit::write(tx, None, "sso.linked", Some(user.number()), json!({})).await?);
    }
    match identities::used_by(tx, &settings.issuer, &said.subject).await? {
        Some(whose) if whose == user => Ok(()),
        _ => Err(Problem::conflict("sso_taken")),
    }
}

/// Whether somebody would still come in without the provider.
pub async fn has_another_way(tx: &mut Tx, user: &User) -> Answer<bool> {
    if super::allow_another_way(tx, user.role).await.is_err() {
        return Ok(false);
    }
    Ok(user::password(tx, user.id).await?.is_some() || crate::session::passkey::any(tx, user.id).await?)
}
