//! Single sign-on: an identity provider that the company has already says who somebody is (OpenID Connect Core 1.0, code
//! flow with PKCE; decision 13).
//!
//! Invariants:
//! - Who somebody is, is the pair of issuer and subject. An e-mail address is none: it links an account only if the
//!   provider says that it was verified and its domain is one that the company says it owns. Everybody else links theirs
//!   while they are signed in.
//! - Nobody gets an account by it unless an owner said with which role; never as an owner.
//! - State, nonce and verifier belong to one browser, by a cookie of their own, to one issuer, and to one try of ten
//!   minutes, which counts once whatever becomes of it.
//! - What the provider says of itself and its keys are asked for anew at each try, once: a key that was turned is known at
//!   once, and a token with an unknown one leads to no further question.
//! - The provider is asked at public addresses alone, unless the operator allows a private one, looked at when the name
//!   is resolved; never along a redirect (`webhooks::Reach`).
//! - A session that is opened by it is proved by as much as the provider says: when they last signed in there. Whoever has a
//!   second factor here proves by that alone.
//! - Where everybody has to come by it, owners still have their password: a provider that fails locks nobody out for good.

pub(super) mod api;
mod identities;
mod provider;
pub(super) mod settings;
mod store;
mod token;

pub(super) use store::sweep;

use crate::{Answer, Problem, Role};
use ::store::{Result, Tx};
use kernel::{Id, Instant, kinds};
use settings::SsoSettings;

/// Microseconds for which somebody may be away at the provider.
const AWAY: i64 = 10 * 60 * Instant::SECOND;
/// How far the provider's clock may be from ours, in microseconds.
const SKEW: i64 = 60 * Instant::SECOND;
/// Where the provider sends people back to.
const BACK: &str = "/sign-in/back";

/// Refuses a way in that is not the provider's where people of this role have no other.
///
/// # Errors
/// 403 `sso_only`.
pub(super) async fn allow_another_way(tx: &mut Tx, role: Role) -> Answer<()> {
    let only = SsoSettings::load(tx).await?.is_some_and(|settings| settings.only);
    if only && role != Role::Owner { Err(Problem::forbidden("sso_only")) } else { Ok(()) }
}

/// What the provider is called, where `user` has linked an account there.
pub(super) async fn name_for(tx: &mut Tx, user: Id<kinds::User>) -> Result<Option<String>> {
    let Some(settings) = SsoSettings::load(tx).await? else { return Ok(None) };
    Ok(if store::is_linked(tx, &settings.issuer, user).await? { Some(settings.name) } else { None })
}
