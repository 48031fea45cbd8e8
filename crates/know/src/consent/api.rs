//! `/parties/{id}/consents`: what somebody allowed, and recording what they say.

use super::ledger::{self, Standing, Told};
use super::model::{Basis, Channel, Evidence, PartyId, Purpose, Source, State, Statement, WordingId};
use super::record;
use crate::parties::store;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Instant, Locale, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, Sight, audit};

pub(super) fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(routes!(read, say)));
    registry.allow("GET", "/parties/{id}/consents", Permission::PartiesRead);
    registry.allow("POST", "/parties/{id}/consents", Permission::PartiesWrite);
}

/// What somebody allowed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consents {
    /// What stands now.
    stands: Vec<Standing>,
    /// Everything that was said, the newest first.
    said: Vec<Told>,
}

/// What a customer allowed: what stands now, and everything they said.
#[utoipa::path(get, path = "/parties/{id}/consents", tag = "know",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = Consents), (status = 404, body = ProblemBody)))]
async fn read(AppState(app): AppState<App>, actor: Actor, Path(id): Path<PartyId>) -> Answer<Json<Consents>> {
    let mut tx = app.db().read().await?;
    store::standing(&mut tx, id, actor.sight).await?;
    Ok(Json(consents(&mut tx, id, actor.sight).await?))
}

async fn consents(tx: &mut Tx, id: PartyId, sight: Sight) -> Answer<Consents> {
    Ok(Consents { stands: ledger::standing(tx, id).await?, said: ledger::told(tx, id, sight).await? })
}

/// How the box was that somebody ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConsentAsked)]
pub enum Asked {
    /// A box of its own that they ticked, or a question of its own that they answered.
    Apart,
    /// A box that was ticked before they touched it.
    TickedBefore,
    /// Together with something else, such as the terms of use.
    Bundled,
}

/// What a customer says.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewConsent {
    /// The medium.
    channel: Channel,
    /// What for.
    purpose: Purpose,
    /// The topic; none for the purpose as a whole.
    #[serde(default)]
    topic: String,
    /// `given`, `refused` or `withdrawn`.
    state: State,
    /// When they said it; now when left out.
    #[schema(value_type = Option<String>)]
    at: Option<Instant>,
    /// How they said it: `form`, `pos`, `080`, `reply` or `staff`.
    source: Source,
    /// How they were asked; needed for `given`.
    asked: Option<Asked>,
    /// The words that were shown; needed for `given`.
    #[schema(value_type = Option<String>)]
    wording: Option<WordingId>,
    /// The language they were shown in.
    #[serde(default)]
    locale: Locale,
    /// What proves it: where the form lies, what was said; needed for `given`.
    proof: Option<String>,
    /// Of a child under 14: the guardian who agreed for it, and how that was made sure.
    guardian: Option<String>,
}

/// Records what a customer says about messages. Refusing and withdrawing take effect at once; a consent needs the words
/// that were shown, a box of its own and a proof.
#[utoipa::path(post, path = "/parties/{id}/consents", tag = "know", request_body = NewConsent,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = Consents), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn say(
    AppState(app): AppState<App>,
    actor: Actor,
    Path(id): Path<PartyId>,
    Json(new): Json<NewConsent>,
) -> Answer<(StatusCode, Json<Consents>)> {
    let sight = actor.sight;
    app.db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, id, new).await }.boxed())
        .await?;
    let mut tx = app.db().read().await?;
    Ok((StatusCode::CREATED, Json(consents(&mut tx, id, sight).await?)))
}

async fn keep(tx: &mut Tx, actor: &Actor, id: PartyId, new: NewConsent) -> Answer<()> {
    store::standing(tx, id, actor.sight).await?;
    let (channel, purpose, state) = (new.channel, new.purpose, new.state);
    let said = statement(new, tx.now())?;
    record::record(tx, id, vec![said], Some(actor)).await?;
    let detail = json!({ "channel": channel.text(), "purpose": purpose.text(), "state": state.text() });
    Ok(audit::write(tx, Some(actor), "consent.recorded", Some(id.number()), detail).await?)
}

/// What staff may say for somebody. That they still agree, and that a file claims it, is not among it.
fn statement(new: NewConsent, now: Instant) -> Answer<Statement> {
    let proof = new.proof.as_deref().map(str::trim).filter(|proof| !proof.is_empty());
    let guardian = new.guardian.as_deref().map(str::trim).filter(|guardian| !guardian.is_empty());
    let mut problem = Problem::invalid("consent_invalid");
    if guardian.is_some_and(|guardian| guardian.chars().count() > limits::NOTE_CHARS) {
        problem = problem.field("guardian", "too_long");
    }
    if !matches!(new.state, State::Given | State::Refused | State::Withdrawn) {
        problem = problem.field("state", "consent_not_by_staff");
    }
    // What a person did on a page of ours is written by that page alone: nobody says it for them.
    if matches!(new.source, Source::Member | Source::Link | Source::Import) {
        problem = problem.field("source", "consent_not_by_staff");
    }
    if new.state == State::Given {
        problem = match new.asked {
            Some(Asked::Apart) => problem,
            None => problem.field("asked", "required"),
            Some(Asked::TickedBefore) => problem.field("asked", "consent_ticked_before"),
            Some(Asked::Bundled) => problem.field("asked", "consent_bundled"),
        };
        if proof.is_none() {
            problem = problem.field("proof", "consent_no_proof");
        }
        if new.wording.is_none() && new.topic.is_empty() {
            problem = problem.field("wording", "consent_no_wording");
        }
    }
    if proof.is_some_and(|proof| proof.chars().count() > limits::NOTE_CHARS) {
        problem = problem.field("proof", "too_long");
    }
    if problem.has_fields() {
        return Err(problem);
    }
    Ok(Statement {
        channel: new.channel,
        purpose: new.purpose,
        topic: new.topic,
        state: new.state,
        at: new.at.unwrap_or(now),
        source: new.source,
        basis: (new.state == State::Given).then_some(Basis::Consent),
        wording: new.wording,
        locale: new.locale,
        evidence: Evidence {
            note: proof.map(str::to_owned),
            guardian: guardian.map(str::to_owned),
            ..Evidence::default()
        },
        import: None,
    })
}
