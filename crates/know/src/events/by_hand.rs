//! `/parties/{id}/events`: what people tell of a customer themselves: a complaint, a bond, a figure they know.

use super::built_in::built_in;
use super::check::is_code;
use super::kinds;
use super::model::Told;
use super::rows;
use crate::notes::{self, NewNote};
use crate::orders::enter;
use crate::parties::store;
use crate::timeline::TimelineItem;
use ::store::log::{self, Entry};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, Money, kinds as ids};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Problem, ProblemBody};

/// How far ahead of now something may have happened, in microseconds: clocks differ.
const AHEAD: i64 = 300 * Instant::SECOND;
/// Characters of a store's name.
const STORE: usize = 200;

/// Something that happened with a customer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHappening {
    /// The code of a kind that `/event-kinds/offer` lists.
    #[schema(example = "complaint.opened")]
    kind: String,
    /// When; now when left out.
    #[schema(value_type = Option<String>)]
    at: Option<Instant>,
    /// Where.
    store: Option<String>,
    /// The number, for kinds that carry one.
    value: Option<i64>,
    /// Which of several, as a code: `coupon_club`.
    what: Option<String>,
    /// The amount in minor units, for kinds that carry one.
    amount: Option<Money>,
    /// What is to be remembered of it: becomes a memo.
    note: Option<String>,
}

/// Records something that happened with a customer.
#[utoipa::path(post, path = "/parties/{id}/events", tag = "know", request_body = NewHappening,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = TimelineItem), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn record(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<Id<ids::Party>>,
    Json(happening): Json<NewHappening>,
) -> Answer<(StatusCode, Json<TimelineItem>)> {
    let recording = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, party, happening).await }.boxed());
    Ok((StatusCode::CREATED, Json(recording.await?)))
}

async fn keep(tx: &mut Tx, actor: &Actor, party: Id<ids::Party>, new: NewHappening) -> Answer<TimelineItem> {
    let registered = kinds::codes(tx).await?.contains(&new.kind);
    check(&new, registered, tx.now())?;
    store::standing(tx, party, actor.sight).await?;
    let at = new.at.unwrap_or_else(|| tx.now());
    let name: Id<ids::Visit> = tx.id();
    let told = Told { kind: &new.kind, value: new.value, what: new.what.as_deref() };
    let day = at.day_in(&Company::load(tx).await?.zone());
    let subject = rows::keep(tx, party, &told, new.amount, day, rows::Teller::Person(actor)).await?;
    let entry = Entry {
        at,
        subject,
        store: new.store.clone(),
        amount: new.amount.map(|amount| amount.amount_minor),
        currency: new.amount.map(|amount| amount.currency),
        body: told.body(),
        ..Entry::live(tx, told.log_kind(), 0)
    };
    log::append(tx, entry.about(party).named(format!("{}:{}", new.kind, name.number()))).await?;
    if let Some(text) = new.note.filter(|text| !text.trim().is_empty()) {
        notes::write(tx, actor, party, &NewNote { text, contact: None, card: None, follow_ups: Vec::new() })
            .await?;
    }
    Ok(TimelineItem {
        event: Some(new.kind),
        value: new.value,
        what: new.what,
        amount: new.amount,
        store: new.store,
        ..TimelineItem::new(format!("event:{}", name.number()), at, "event")
    })
}

fn check(new: &NewHappening, registered: bool, now: Instant) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    match built_in(&new.kind) {
        Some(kind) => {
            if let Some((field, code)) = kind.fault(new.value, new.amount.is_some()) {
                problem = problem.field(field, code);
            }
        }
        None if registered => {}
        None => problem = problem.field("kind", "event_kind_unknown"),
    }
    if new.at.is_some_and(|at| at > now.plus(AHEAD) || at < Instant::from_micros(0)) {
        problem = problem.field("at", "time_out_of_range");
    }
    if new.amount.is_some_and(|amount| enter::is_too_large([amount.amount_minor])) {
        problem = problem.field("amount", "amount_too_large");
    }
    if new.store.as_ref().is_some_and(|store| store.chars().count() > STORE) {
        problem = problem.field("store", "too_long");
    }
    if new.what.as_deref().is_some_and(|what| !is_code(what)) {
        problem = problem.field("what", "event_what_invalid");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}
