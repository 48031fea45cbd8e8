//! API keys: how programs come in.
//!
//! Invariants:
//! - A key is `dgl_<8 letters>_<256 random bits>`; it is shown once, and the database holds its SHA-256 alone.
//! - A key may do what its scopes say and its maker may, and sees what its maker sees, as of now: a maker who is given
//!   another role or lets go takes the key along.
//! - A key comes in the header `Authorization`, never in an address, where logs would keep it.

mod api;
mod rate;
mod scope;
mod store;

pub(crate) use rate::Rates;
pub use scope::KeyScope;
pub(crate) use scope::open;
pub(crate) use store::{find, touch};

use crate::session::Token;
use crate::{Permission, Registry};
use axum::http::{HeaderMap, Uri, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What every key begins with, so that people and secret scanners know one.
pub(crate) const PREFIX: &str = "dgl_";

pub(crate) fn register(registry: &mut Registry) {
    registry
        .routes(OpenApiRouter::new().routes(routes!(api::list, api::create)).routes(routes!(api::revoke)));
    registry.allow("GET", "/keys", Permission::KeysManage);
    registry.allow("POST", "/keys", Permission::KeysManage);
    registry.allow("DELETE", "/keys/{id}", Permission::KeysManage);
}

/// The key that a request carries.
pub(crate) fn sent(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::sent(key.trim()))
}

/// Whether an address holds something that looks like a key.
pub(crate) fn is_in_address(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.contains(PREFIX))
}
