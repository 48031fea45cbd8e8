//! `/site/tokens`: what the website's server puts into the pages of somebody who is signed in there, so that their visits
//! are known as theirs.
//!
//! Invariants:
//! - It is made by whoever may tell events, with a key or signed in, and for people who are known already; it opens
//!   nothing else and is worth nothing elsewhere.
//! - Whoever was erased or asked not to have their data used is nobody here, whatever was signed before.

use crate::parties::{Identity, store};
use crate::privacy::suspension;
use ::store::{Lane, Result, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::public::signed;
use web::{Actor, Answer, App, Problem, ProblemBody, Sight};

type PartyId = Id<kinds::Party>;

/// What is signed.
const PURPOSE: &str = "site";
/// Hours that a token works where nobody says.
const HOURS: i64 = 24;
/// Hours that it may work at most.
const MOST_HOURS: i64 = 30 * 24;

/// Whom a token is for: a party, or a customer of a source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSiteToken {
    /// The party.
    #[schema(value_type = Option<String>)]
    party: Option<PartyId>,
    /// The source that knows the customer, as in `/events`.
    source: Option<String>,
    /// The customer's id there.
    customer: Option<String>,
    /// For how many hours it works: 24 when left out, 720 at most.
    hours: Option<i64>,
}

/// A token for the pages of one visitor.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteToken {
    /// To be handed to the script: `dangol('visitor', token)`.
    token: String,
    /// Until when it works.
    #[schema(value_type = String)]
    expires_at: Instant,
}

/// Makes a token for somebody's pages of the company's website. Their visits are known as theirs while it works, as far
/// as they agree there.
#[utoipa::path(post, path = "/site/tokens", tag = "know", request_body = NewSiteToken, responses(
    (status = 201, body = SiteToken), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn make(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<NewSiteToken>,
) -> Answer<(StatusCode, Json<SiteToken>)> {
    let hours = asked.hours.unwrap_or(HOURS);
    if !(1..=MOST_HOURS).contains(&hours) {
        return Err(Problem::invalid("invalid").field("hours", "site_hours_range"));
    }
    let made = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let party = whose(tx, &asked, actor.sight).await?;
            let expires_at = tx.now().plus(hours * Instant::HOUR);
            let token = sign(tx, party, expires_at).await?;
            Ok::<_, Problem>(SiteToken { token, expires_at })
        }
        .boxed()
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

async fn whose(tx: &mut Tx, asked: &NewSiteToken, sight: Sight) -> Answer<PartyId> {
    let party = match (asked.party, asked.source.as_deref(), asked.customer.as_deref()) {
        (Some(party), None, None) => Some(party),
        (None, Some(source), Some(customer)) => {
            let identity = Identity { source_id: Some(customer.to_owned()), ..Identity::default() };
            let contact = identity.contacts(source.trim()).into_iter().next();
            let Some(contact) = contact else {
                return Err(Problem::invalid("invalid").field("customer", "required"));
            };
            let owner = store::owner(tx, &contact).await?;
            owner.filter(|(_, retracted)| !retracted).map(|(party, _)| party)
        }
        _ => return Err(Problem::invalid("invalid").field("party", "site_whose")),
    };
    let found = match party {
        Some(party) => store::find(tx, party, sight).await?,
        None => None,
    };
    found.map(|party| party.id).ok_or_else(Problem::not_found)
}

async fn sign(tx: &mut Tx, party: PartyId, expires_at: Instant) -> Result<String> {
    let payload: Vec<u8> =
        [party.number(), expires_at.micros()].iter().flat_map(|part| part.to_le_bytes()).collect();
    signed::sign(tx, PURPOSE, &payload).await
}

/// Whose pages a token is for; nobody's where anything about it is wrong.
pub(super) async fn open(tx: &mut Tx, token: &str) -> Result<Option<PartyId>> {
    let Some(payload) = signed::open(tx, PURPOSE, token).await? else { return Ok(None) };
    let parts: Vec<i64> =
        payload.chunks_exact(8).filter_map(|part| part.try_into().ok()).map(i64::from_le_bytes).collect();
    let [party, ends] = parts[..] else { return Ok(None) };
    if ends <= tx.now().micros() {
        return Ok(None);
    }
    let Some(found) = store::find(tx, Id::from_number(party), Sight::WHOLE).await? else { return Ok(None) };
    let unused = suspension::since(tx, found.root.unwrap_or(found.id)).await?.is_some();
    Ok((!unused).then_some(found.id))
}
