//! The letter that tells whoever asked on the member page that there is an answer.
//!
//! Invariant: it says nothing of what was asked or answered; that stands on the page, to which it has a link.

use super::model::{Request, Way};
use crate::member;
use crate::parties::store as parties;
use ::store::{Result, Tx, setting};
use web::mail::{self, Letter, MailSettings};
use web::{Company, Sight, text};

/// Puts it into the outbox, where there is an address of theirs, a mail server and an address of the pages. Who was
/// erased has none any more.
pub(super) async fn put(tx: &mut Tx, request: &Request) -> Result<()> {
    let Some(root) = request.root.filter(|_| request.way == Way::MemberPage) else { return Ok(()) };
    let settings: MailSettings = setting::get(tx, "mail").await?.value;
    let base = settings.public_address.trim_end_matches('/');
    let contacts = parties::contacts(tx, root, Sight::WHOLE).await?;
    let address = contacts.into_iter().find(|contact| contact.kind == "email").map(|contact| contact.value);
    let (Some(to), true, false) = (address, settings.is_ready(), base.is_empty()) else { return Ok(()) };
    let company = Company::load(tx).await?;
    let page = format!("{base}{}", member::page_path(tx, root).await?);
    let day = request.received_day.to_string();
    let params = [("company", company.name.as_str()), ("day", &day), ("page", &page)];
    let say = |key| text::say(company.locale, key, &params).replace("\\n", "\n");
    let (subject, text) = (say("member.mail.answered.subject"), say("member.mail.answered.text"));
    mail::put(tx, &Letter { to, subject, text, unsubscribe: None }).await?;
    Ok(())
}
