//! Letters of the program by e-mail: codes, notices that the law asks for, answers to requests. No advertising.
//!
//! Invariants:
//! - A letter is a row of the outbox first, in the transaction of what it tells of; one sender carries it ([`sender`]).
//! - Nothing that a person typed adds a header or a command ([`letter`]).
//! - The outbox forgets a letter once it has left or was given up.

mod api;
mod carrier;
mod letter;
mod sender;
mod settings;

pub use letter::{Letter, is_one_line};
pub use settings::{MailSettings, PASSWORD, PASSWORD_FILE};

pub(crate) use carrier::Carrier;
pub(crate) use settings::Secrets;

use crate::{Permission, Registry};
use kernel::{Id, kinds};
use store::{Result, Tx, outbox, setting};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The carrier of the outbox.
pub const CARRIER: &str = "mail";

/// Whether letters can leave: otherwise people do by hand what a letter would have done.
pub async fn is_ready(tx: &mut Tx) -> Result<bool> {
    Ok(setting::get::<MailSettings>(tx, settings::SETTING).await?.value.is_ready())
}

/// Puts a letter into the outbox, in the caller's transaction.
///
/// # Errors
/// When the database fails, or a header of the letter holds a line break.
pub async fn put(tx: &mut Tx, letter: &Letter) -> Result<Id<kinds::Outgoing>> {
    if !is_one_line(&letter.to) || !is_one_line(&letter.subject) {
        return Err(store::Error::Refused("a header of a letter holds a line break".into()));
    }
    outbox::put(tx, CARRIER, serde_json::to_value(letter)?).await
}

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(api::read, api::change)).routes(routes!(api::test)));
    registry.allow("GET", "/settings/mail", Permission::MailManage);
    registry.allow("PUT", "/settings/mail", Permission::MailManage);
    registry.allow("POST", "/settings/mail/test", Permission::MailManage);
}
