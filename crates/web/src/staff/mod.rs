//! Staff: the users of the company and their teams, as owners manage them.
//!
//! Invariants:
//! - Somebody new comes in through a one-time link, which the owner hands over; nobody chooses another's password.
//! - Another role, team or scope, and leaving, end every session of the user: changes hold at once.
//! - An active owner remains.

mod colleagues;
mod teams;
mod users;

pub use colleagues::Colleague;

use crate::{Permission, Registry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(
        OpenApiRouter::new()
            .routes(routes!(users::list, users::invite))
            .routes(routes!(users::read, users::change))
            .routes(routes!(users::link))
            .routes(routes!(users::remove_factor))
            .routes(routes!(teams::list, teams::create))
            .routes(routes!(teams::rename, teams::delete))
            .routes(routes!(colleagues::list)),
    );
    registry.allow("GET", "/users", Permission::UsersManage);
    registry.allow("POST", "/users", Permission::UsersManage);
    registry.allow("GET", "/users/{id}", Permission::UsersManage);
    registry.allow("PUT", "/users/{id}", Permission::UsersManage);
    registry.allow("POST", "/users/{id}/link", Permission::UsersManage);
    registry.allow("DELETE", "/users/{id}/factor", Permission::UsersManage);
    registry.allow("GET", "/teams", Permission::SignedIn);
    registry.allow("POST", "/teams", Permission::UsersManage);
    registry.allow("PUT", "/teams/{id}", Permission::UsersManage);
    registry.allow("DELETE", "/teams/{id}", Permission::UsersManage);
    registry.allow("GET", "/colleagues", Permission::SignedIn);
}
