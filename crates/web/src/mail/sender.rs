//! The one place where a letter leaves the machine.
//!
//! The phases of SMTP are gone through one by one, because what may be tried again depends on how far it came: until the
//! final dot nothing was taken, after it nobody knows until the answer is there. Letters of the program are tried again
//! under the same `Message-ID` in both cases.

use super::letter::{Fault, From, Letter};
use super::settings::{MailSettings, Security};
use kernel::{Clock, SystemClock};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use std::time::Duration;

/// How long each step but the last may take (RFC 5321, 4.5.3.2: two to five minutes).
const STEP: Duration = Duration::from_secs(120);
/// How long the server may take to answer the final dot (RFC 5321, 4.5.3.2.6).
const DOT: Duration = Duration::from_secs(600);

/// Why a letter did not leave, in words for the operator. It names no receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It cannot be written.
    Letter(Fault),
    /// The server was not reached, or did not let us in.
    Connection(String),
    /// The server refused it.
    Refused(String),
    /// Everything was handed over and no answer came: it may have been taken.
    Unknown(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Letter(Fault::Break) => f.write_str("a header holds a line break"),
            Self::Letter(Fault::Address) => f.write_str("the address cannot be read"),
            Self::Letter(Fault::Other(reason)) | Self::Connection(reason) | Self::Refused(reason) => {
                f.write_str(reason)
            }
            Self::Unknown(reason) => write!(f, "no answer after the letter was handed over: {reason}"),
        }
    }
}

/// Sends a letter under a `name` that is the same at every try.
pub(super) async fn send(
    settings: &MailSettings,
    password: Option<String>,
    letter: &Letter,
    name: &str,
) -> Result<(), Failure> {
    let from = From { name: settings.from_name.clone(), address: settings.from_address.clone() };
    let (sender, receiver, wire) = letter.wire(&from, name, SystemClock.now()).map_err(Failure::Letter)?;
    let mut connection = within(STEP, connect(settings)).await?;
    if !settings.user.is_empty() {
        let credentials = Credentials::new(settings.user.clone(), password.unwrap_or_default());
        within(STEP, async { connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(connecting) })
            .await?;
    }
    within(STEP, async { connection.command(Mail::new(Some(sender), vec![])).await.map_err(refused) })
        .await?;
    within(STEP, async { connection.command(Rcpt::new(receiver, vec![])).await.map_err(refused) }).await?;
    within(STEP, async { connection.command(Data).await.map_err(refused) }).await?;
    let answer = tokio::time::timeout(DOT, connection.message(&wire)).await;
    match answer {
        Err(_) => return Err(Failure::Unknown("the server did not answer in ten minutes".into())),
        Ok(Err(error)) if error.is_permanent() || error.is_transient() => return Err(refused(error)),
        Ok(Err(error)) => return Err(Failure::Unknown(error.to_string())),
        Ok(Ok(_)) => {}
    }
    // It was taken; how the server says goodbye changes nothing.
    let _ = tokio::time::timeout(STEP, connection.quit()).await;
    Ok(())
}

async fn within<T>(limit: Duration, step: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = |_| Failure::Connection("the server did not answer in time".into());
    tokio::time::timeout(limit, step).await.map_err(late)?
}

async fn connect(settings: &MailSettings) -> Result<AsyncSmtpConnection, Failure> {
    let hello =
        ClientId::Domain(settings.from_address.split('@').next_back().unwrap_or("localhost").to_owned());
    let tls = |wanted: Security| match settings.security == wanted {
        true => TlsParameters::new(settings.host.clone()).map(Some).map_err(connecting),
        false => Ok(None),
    };
    let server = (settings.host.as_str(), settings.port);
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(server, Some(STEP), &hello, tls(Security::Tls)?, None)
            .await
            .map_err(connecting)?;
    if let Some(parameters) = tls(Security::Starttls)? {
        if !connection.can_starttls() {
            return Err(Failure::Connection("the server does not offer STARTTLS".into()));
        }
        connection.starttls(parameters, &hello).await.map_err(connecting)?;
    }
    Ok(connection)
}

fn connecting(error: lettre::transport::smtp::Error) -> Failure {
    Failure::Connection(error.to_string())
}

fn refused(error: lettre::transport::smtp::Error) -> Failure {
    Failure::Refused(error.to_string())
}
