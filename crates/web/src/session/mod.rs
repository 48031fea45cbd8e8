//! Sessions: who is signed in.
//!
//! Invariants:
//! - A session is an opaque 256-bit token in a cookie; the database holds its SHA-256 alone.
//! - It ends after [`IDLE`] without a request and [`ABSOLUTE`] after sign-in, whatever happens.
//! - Signing in always makes a new token; a new password ends every other session of that user.

mod api;
mod claim;
mod cookie;
pub mod links;
mod profile;
mod store;
mod token;
mod tries;

pub(crate) use cookie::Cookie;
pub use store::{carry_over, end_all, open};
pub(crate) use store::{find, touch};
pub use token::Token;

use crate::{Permission, Problem, Registry, Role};
use ::store::tasks::Stop;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::{Id, Instant, Locale, kinds};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Microseconds after which an unused session ends.
pub const IDLE: i64 = 12 * Instant::HOUR;
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
}

/// The signed-in user together with the session that the request came in.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub actor: Actor,
    pub session: Id<kinds::Session>,
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Current::from_request_parts(parts, state).await.map(|current| current.actor)
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
            .routes(routes!(profile::change_password)),
    );
    registry.allow("GET", "/session", Permission::Public);
    registry.allow("POST", "/session", Permission::Public);
    registry.allow("DELETE", "/session", Permission::SignedIn);
    registry.allow("GET", "/session/claim", Permission::Public);
    registry.allow("POST", "/session/claim", Permission::Public);
    registry.allow("PUT", "/session/me", Permission::SignedIn);
    registry.allow("PUT", "/session/password", Permission::SignedIn);
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
