//! `/settings/mail`: through which server letters leave, and trying it.

use super::letter::Letter;
use super::sender::{self, Failure};
use super::settings::{MailSettings, PasswordFrom, SETTING, Secrets};
use crate::{Actor, Answer, App, Company, IfMatch, Problem, audit, etag, text};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt;
use kernel::{Id, contact, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, freeze, setting};

/// Through which server letters leave, and where its password comes from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Mail {
    /// The settings.
    #[serde(flatten)]
    settings: MailSettings,
    /// Where the password comes from.
    password_from: PasswordFrom,
    /// Whether letters can leave.
    ready: bool,
}

type Tagged = ([(HeaderName, String); 1], Json<Mail>);

fn tagged(app: &App, settings: MailSettings, revision: i64) -> Tagged {
    let (password_from, _) = Secrets::new(app.data_folder()).password();
    let ready = settings.is_ready();
    ([(header::ETAG, etag(revision))], Json(Mail { settings, password_from, ready }))
}

/// Through which server letters leave.
#[utoipa::path(get, path = "/settings/mail", tag = "company", responses((status = 200, body = Mail)))]
pub(super) async fn read(State(app): State<App>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    let found = setting::get::<MailSettings>(&mut tx, SETTING).await?;
    Ok(tagged(&app, found.value, found.revision))
}

/// Settings to keep, with a new password if there is one.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct MailEdit {
    #[serde(flatten)]
    settings: MailSettings,
    /// A new password; an empty one takes it away; none leaves what there is.
    password: Option<String>,
}

/// Changes through which server letters leave. The password goes into a file that only the program may read.
#[utoipa::path(put, path = "/settings/mail", tag = "company", request_body = MailEdit, responses(
    (status = 200, body = Mail), (status = 412, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(edit): Json<MailEdit>,
) -> Answer<Tagged> {
    edit.settings.check()?;
    let kept = edit.settings.clone();
    let revision = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let revision = setting::put_if(tx, SETTING, &kept, asked.0).await?;
                let revision = revision.ok_or_else(Problem::precondition_failed)?;
                audit::write(tx, Some(&actor), "mail.changed", None, json!({ "revision": revision })).await?;
                Ok::<_, Problem>(revision)
            }
            .boxed()
        })
        .await?;
    if let Some(password) = &edit.password {
        Secrets::new(app.data_folder()).keep(password).map_err(Problem::internal)?;
    }
    Ok(tagged(&app, edit.settings, revision))
}

/// To whom a test goes.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct MailTest {
    /// The address.
    to: String,
}

/// Sends a letter now and waits for the server's answer.
#[utoipa::path(post, path = "/settings/mail/test", tag = "company", request_body = MailTest, responses((status = 204),
    (status = 409, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody),
    (status = 502, body = crate::ProblemBody)))]
pub(super) async fn test(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<MailTest>,
) -> Answer<StatusCode> {
    if contact::normal_email(&asked.to).is_none() {
        return Err(Problem::invalid("invalid").field("to", "not_an_email"));
    }
    let mut tx = app.db().read().await?;
    let settings = setting::get::<MailSettings>(&mut tx, SETTING).await?.value;
    let company = Company::load(&mut tx).await?;
    if freeze::state(&mut tx).await?.is_some() {
        return Err(Problem::conflict("mail_frozen"));
    }
    let name: Id<kinds::Outgoing> = tx.id();
    drop(tx);
    if !settings.is_ready() {
        return Err(Problem::conflict("mail_not_set_up"));
    }
    let say = |key: &str| text::say(actor.locale, key, &[("company", &company.name)]);
    let letter = Letter {
        to: asked.to,
        subject: say("mail.test.subject"),
        text: say("mail.test.text"),
        unsubscribe: None,
    };
    let (_, password) = Secrets::new(app.data_folder()).password();
    match sender::send(&settings, password, &letter, &name.to_string()).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(Failure::Letter(_)) => Err(Problem::invalid("invalid").field("to", "not_an_email")),
        Err(failure) => Err(Problem::new(StatusCode::BAD_GATEWAY, "mail_failed").with("reason", failure)),
    }
}
