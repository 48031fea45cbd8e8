//! Questions for a whole contact, asked by somebody who sees contacts in part.
//!
//! The counter finds a customer by the number they say, so a whole number or address may be asked for; the last digits
//! may as well, because the mask shows them. Whoever asks for number after number guesses: what finds nobody counts, and
//! [`LIMIT`] an hour is far from the ten thousand numbers behind one mask. Reaching it stands in the audit log.

use crate::session::tries;
use crate::{Actor, Answer, App, Problem, audit};
use futures::FutureExt;
use kernel::contact;
use serde_json::json;
use store::Lane;

/// Questions an hour that may find nobody.
pub const LIMIT: i64 = 100;

/// A question that was counted, until its answer takes the count back.
#[derive(Debug)]
#[must_use = "an answer that found somebody takes the count back"]
pub struct Guess(Option<String>);

/// Counts the question `text` of `actor`, if it is for a contact they see in part.
///
/// # Errors
/// 429 `search_locked` after too many that found nobody.
pub async fn asked(app: &App, actor: &Actor, text: Option<&str>) -> Answer<Guess> {
    if !actor.sight.is_masked() || !text.is_some_and(is_contact) {
        return Ok(Guess(None));
    }
    let (by, name) = (actor.clone(), format!("search {}", actor.user));
    let counted = name.clone();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let counter = tries::count(tx, &counted).await?;
                if counter.tries > LIMIT {
                    return Err(Problem::too_many("search_locked", counter.seconds_left(tx)));
                }
                if counter.tries == LIMIT {
                    let subject = Some(by.user.number());
                    audit::write(tx, Some(&by), "search.limited", subject, json!({ "tries": LIMIT })).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await?;
    Ok(Guess(Some(name)))
}

impl Guess {
    /// Takes the count back where somebody was found.
    pub async fn answered(self, app: &App, found: bool) -> Answer<()> {
        let Some(name) = self.0.filter(|_| found) else { return Ok(()) };
        let forgiven = app
            .db()
            .write(Lane::Interactive, move |tx| async move { tries::forgive(tx, &name).await }.boxed());
        Ok(forgiven.await?)
    }
}

/// Whether `text` is a whole e-mail address or phone number.
fn is_contact(text: &str) -> bool {
    contact::normal_email(text).is_some() || contact::normal_phone(text, "KR").is_some()
}
