//! Ending messages by a link alone: no sign-in, no question, one press; for mail programs none at all (RFC 8058).
//!
//! Invariants:
//! - Reading the page changes nothing; sending it ends what the link names, whatever else was said since, and again when
//!   it is sent again.
//! - A link never runs out: it works as long as the person is known.

use super::PartyId;
use crate::consent::{self, Channel, Evidence, Purpose, Source, State, Statement};
use crate::parties::store;
use ::store::{Lane, Result, Tx};
use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use axum::response::Response;
use futures::FutureExt;
use kernel::{Id, Locale};
use web::public::{self, Form, Page, Visit, signed};
use web::{Answer, App, Company, Problem, Sight, text};

/// What is signed.
const PURPOSE: &str = "unsubscribe";

/// What a link ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// For whom.
    pub party: PartyId,
    /// On which medium.
    pub channel: Channel,
    /// About which topic; none for all of them.
    pub topic: String,
}

/// The path of the page that ends it.
///
/// # Errors
/// When the database fails.
pub async fn unsubscribe_path(tx: &mut Tx, ending: &Ending) -> Result<String> {
    let payload = format!("{}:{}:{}", ending.party.number(), ending.channel.text(), ending.topic);
    Ok(format!("/u/{}", signed::sign(tx, PURPOSE, payload.as_bytes()).await?))
}

/// What a link ends, for whoever stands for the person by now.
async fn open(tx: &mut Tx, link: &str) -> Result<Option<Ending>> {
    let Some(payload) = signed::open(tx, PURPOSE, link).await? else { return Ok(None) };
    let text = String::from_utf8(payload).unwrap_or_default();
    let parts: Vec<&str> = text.splitn(3, ':').collect();
    let [party, channel, topic] = parts[..] else { return Ok(None) };
    let Some((party, channel)) = party.parse().ok().zip(Channel::of(channel)) else { return Ok(None) };
    let found = store::find(tx, Id::from_number(party), Sight::WHOLE).await?;
    Ok(found.map(|found| Ending { party: found.root.unwrap_or(found.id), channel, topic: topic.to_owned() }))
}

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct View {
    locale: Locale,
    action: String,
    channel: String,
    ended: bool,
}

impl View {
    fn say(&self, key: &str) -> String {
        text::say(self.locale, key, &[("channel", &self.channel)])
    }
}

async fn render(tx: &mut Tx, visit: &Visit, link: &str, ending: &Ending, ended: bool) -> Answer<Response> {
    let company = Company::load(tx).await?;
    let path = format!("/u/{link}");
    let view = View {
        locale: visit.locale,
        action: format!("{path}?lang={}", visit.locale.tag()),
        channel: text::say(visit.locale, &format!("consent.channel.{}", ending.channel.text()), &[]),
        ended,
    };
    let title = view.say("unsubscribe.title");
    let body = view.render().map_err(Problem::internal)?;
    let page = Page { locale: visit.locale, company: &company, title: &title, body: &body, path: &path };
    Ok(public::page(StatusCode::OK, &page))
}

/// Asks once.
pub(super) async fn ask(
    AppState(app): AppState<App>,
    visit: Visit,
    Path(link): Path<String>,
) -> Answer<Response> {
    let mut tx = app.db().read().await?;
    match open(&mut tx, &link).await? {
        Some(ending) => render(&mut tx, &visit, &link, &ending, false).await,
        None => Ok(public::not_found(visit.locale, &Company::load(&mut tx).await?)),
    }
}

/// Ends it. The link is the proof: mail programs that press for their reader have neither cookie nor form token.
pub(super) async fn end(
    AppState(app): AppState<App>,
    visit: Visit,
    Path(link): Path<String>,
    _: Form,
) -> Answer<Response> {
    let (sent, from) = (link.clone(), visit.clone());
    let ended = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let Some(ending) = open(tx, &sent).await? else { return Ok(None) };
                withdraw(tx, &ending, &from).await?;
                Ok::<_, Problem>(Some(ending))
            }
            .boxed()
        })
        .await?;
    let mut tx = app.db().read().await?;
    match ended {
        Some(ending) => render(&mut tx, &visit, &link, &ending, true).await,
        None => Ok(public::not_found(visit.locale, &Company::load(&mut tx).await?)),
    }
}

async fn withdraw(tx: &mut Tx, ending: &Ending, visit: &Visit) -> Answer<()> {
    let present = consent::present(tx, ending.party).await?;
    let stands = present.get(&(ending.channel, Purpose::Ad, ending.topic.clone()));
    if stands.is_some_and(|stands| matches!(stands.state, State::Refused | State::Withdrawn)) {
        return Ok(());
    }
    let said = Statement {
        channel: ending.channel,
        purpose: Purpose::Ad,
        topic: ending.topic.clone(),
        state: State::Withdrawn,
        at: tx.now(),
        source: Source::Link,
        basis: None,
        wording: None,
        locale: visit.locale,
        evidence: Evidence { address: Some(visit.address.clone()), ..Evidence::default() },
        import: None,
    };
    consent::record(tx, ending.party, vec![said], None).await?;
    Ok(())
}
