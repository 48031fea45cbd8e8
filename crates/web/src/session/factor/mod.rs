//! The second factor: a code of an authenticator (TOTP, RFC 6238), a passkey, or a recovery code.
//!
//! Invariants:
//! - A code counts once: the step of the last one is kept, and only a later one passes (ASVS 5.0: 6.5.1).
//! - It is on only after a code of it was given, so that nobody locks themselves out.
//! - Whoever has an authenticator or a passkey is asked for more than a password.
//! - Of recovery codes, 120 random bits each, the database holds the SHA-256 alone; each works once.
//! - Taking it away ends the other sessions of the user.

pub(super) mod api;
mod store;

pub use store::remove;
pub(super) use store::{accept, forget_needless_codes, is_on, renew_recovery};

use super::passkey;

use crate::{Answer, Problem};
use ::store::Tx;
use axum::http::StatusCode;
use kernel::{Id, kinds};

/// Asks for the second factor of whoever has one, after the first was right.
///
/// # Errors
/// 401 `code_needed` without a code, 401 `code_wrong` with another or a used one.
pub(super) async fn demand(tx: &mut Tx, user: Id<kinds::User>, code: Option<&str>) -> Answer<()> {
    if !is_on(tx, user).await? {
        return Ok(());
    }
    let refused = |code| Err(Problem::new(StatusCode::UNAUTHORIZED, code));
    match code.map(str::trim).filter(|code| !code.is_empty()) {
        None => {
            Err(Problem::new(StatusCode::UNAUTHORIZED, "code_needed").member("ways", ways(tx, user).await?))
        }
        Some(code) if accept(tx, user, code).await? => Ok(()),
        Some(_) => refused("code_wrong"),
    }
}

/// What may follow the password.
async fn ways(tx: &mut Tx, user: Id<kinds::User>) -> Answer<Vec<&'static str>> {
    let mut ways = Vec::new();
    if store::has_authenticator(tx, user).await? {
        ways.push("code");
    }
    if passkey::any(tx, user).await? {
        ways.push("passkey");
    }
    ways.push("recovery");
    Ok(ways)
}
