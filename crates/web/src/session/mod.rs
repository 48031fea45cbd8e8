//! Sessions: who is signed in.
//!
//! Invariants:
//! - A session is an opaque 256-bit token in a cookie; the database holds its SHA-256 alone.
//! - It ends after the idle time of [`AccessSettings`] without a request and [`ABSOLUTE`] after sign-in, whatever
//!   happens.
//! - Signing in and proving again who one is always make a new token; a new password ends every other session of that
//!   user, another role, team or scope every session.
//! - What takes data out or opens doors asks for a proof not older than [`PROVED`].

mod api;
mod carry;
mod claim;
mod cookie;
pub mod factor;
pub mod links;
mod own;
mod passkey;
mod profile;
mod prove;
mod settings;
mod sso;
mod store;
mod token;
pub(crate) mod tries;

pub use carry::carry_over;
pub(crate) use cookie::Cookie;
pub(crate) use passkey::Site;
pub(crate) use profile::name_fault;
pub use settings::AccessSettings;
pub use store::{end_all, open};
pub(crate) use store::{find, touch};
pub use token::Token;

use crate::user::User;
use crate::{Permission, Problem, Registry, Role, Sight};
use ::store::tasks::Stop;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::{Clock, Id, Instant, Locale, kinds};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Microseconds for which a proof of who someone is counts.
pub const PROVED: i64 = 10 * 60 * Instant::SECOND;
/// Microseconds after which any session ends.
pub const ABSOLUTE: i64 = 7 * Instant::DAY;

/// The signed-in user, as handlers ask for one.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user.
    pub user: Id<kinds::User>,
    /// The display name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The language.
    pub locale: Locale,
    /// What they see of the customers.
    pub sight: Sight,
    /// The key a program came in with on their behalf; none for a person.
    pub key: Option<Id<kinds::ApiKey>>,
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        let User { id, name, role, locale, .. } = user;
        let (name, sight) = (name.clone(), user.sight());
        Self { user: *id, name, role: *role, locale: *locale, sight, key: None }
    }
}

/// The signed-in user together with the session that the request came in.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub actor: Actor,
    pub session: Id<kinds::Session>,
    /// When they last proved who they are.
    pub proved_at: Instant,
}

impl Current {
    /// Whether they proved who they are a short while ago.
    pub fn is_proved(&self, clock: &dyn Clock) -> bool {
        clock.now() < self.proved_at.plus(PROVED)
    }
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Self>() {
            Some(actor) => Ok(actor.clone()),
            None => Current::from_request_parts(parts, state).await.map(|current| current.actor),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Current {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::sign_in_required)
    }
}

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(
        OpenApiRouter::new()
            .routes(routes!(api::read, api::sign_in, api::sign_out))
            .routes(routes!(claim::look_at_link, claim::claim))
            .routes(routes!(profile::change_profile))
            .routes(routes!(profile::change_password))
            .routes(routes!(prove::prove))
            .routes(routes!(factor::api::read, factor::api::begin, factor::api::confirm, factor::api::remove))
            .routes(routes!(factor::api::renew))
            .routes(routes!(passkey::api::list, passkey::api::create))
            .routes(routes!(passkey::api::begin))
            .routes(routes!(passkey::api::rename, passkey::api::remove))
            .routes(routes!(passkey::api::begin_use))
            .routes(routes!(passkey::api::sign_in))
            .routes(routes!(sso::settings::read, sso::settings::change))
            .routes(routes!(sso::api::offer, sso::api::finish))
            .routes(routes!(sso::api::begin))
            .routes(routes!(sso::api::list, sso::api::unlink))
            .routes(routes!(own::list, own::end_others))
            .routes(routes!(own::end))
            .routes(routes!(settings::read, settings::change)),
    );
    registry.allow("GET", "/session", Permission::Public);
    registry.allow("POST", "/session", Permission::Public);
    // Nothing of it is kept, and whoever has such a password must come in to change it.
    registry.looks_itself("POST", "/session");
    registry.allow("DELETE", "/session", Permission::SignedIn);
    registry.allow("GET", "/session/claim", Permission::Public);
    registry.allow("POST", "/session/claim", Permission::Public);
    registry.allow("PUT", "/session/me", Permission::SignedIn);
    registry.allow("PUT", "/session/password", Permission::SignedIn);
    registry.allow("POST", "/session/proof", Permission::SignedIn);
    registry.allow("GET", "/session/factor", Permission::SignedIn);
    registry.allow("POST", "/session/factor", Permission::FactorChange);
    registry.allow("PUT", "/session/factor", Permission::FactorChange);
    registry.allow("DELETE", "/session/factor", Permission::FactorChange);
    registry.allow("POST", "/session/factor/recovery", Permission::FactorChange);
    registry.allow("GET", "/session/passkeys", Permission::SignedIn);
    registry.allow("POST", "/session/passkeys", Permission::FactorChange);
    registry.allow("POST", "/session/passkeys/begin", Permission::FactorChange);
    registry.allow("PUT", "/session/passkeys/{id}", Permission::SignedIn);
    registry.allow("DELETE", "/session/passkeys/{id}", Permission::FactorChange);
    registry.allow("POST", "/session/passkey/begin", Permission::Public);
    registry.allow("POST", "/session/passkey", Permission::Public);
    registry.allow("GET", "/settings/sso", Permission::UsersManage);
    registry.allow("PUT", "/settings/sso", Permission::UsersManage);
    registry.allow("GET", "/session/sso", Permission::Public);
    registry.allow("POST", "/session/sso", Permission::Public);
    registry.allow("POST", "/session/sso/begin", Permission::Public);
    registry.allow("GET", "/session/identities", Permission::SignedIn);
    registry.allow("DELETE", "/session/identities", Permission::FactorChange);
    registry.allow("GET", "/sessions", Permission::SignedIn);
    registry.allow("DELETE", "/sessions", Permission::SignedIn);
    registry.allow("DELETE", "/sessions/{id}", Permission::SignedIn);
    registry.allow("GET", "/settings/access", Permission::SettingsRead);
    registry.allow("PUT", "/settings/access", Permission::UsersManage);
}

/// Removes what has run out, once an hour, until the program stops.
pub(crate) async fn sweep(db: ::store::Db, mut stop: Stop) {
    while !stop.is_set() {
        if let Err(error) = store::sweep(&db).await {
            tracing::warn!(%error, "old sessions could not be removed; trying again in an hour");
        }
        stop.sleep(std::time::Duration::from_secs(3600)).await;
    }
}
