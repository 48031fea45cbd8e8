//! `/events`: the handler.

use super::apply::{Applied, apply};
use super::check::{self, EVENTS, Fault};
use super::kinds;
use super::model::{Event, EventAnswer, EventBatch, EventResult, EventStatus};
use ::store::Lane;
use axum::Json;
use axum::extract::State;
use futures::FutureExt;
use kernel::Locale;
use std::collections::BTreeSet;
use web::{Actor, Answer, App, FieldProblem, Problem, ProblemBody, text};

/// Tells what happened: orders, visits, registered kinds. May be told again at will; an answer is a promise.
#[utoipa::path(post, path = "/events", tag = "know", request_body = EventBatch, responses(
    (status = 200, description = "What became of each event, in their order", body = EventAnswer),
    (status = 409, description = "Somebody told the same at the same time: tell it again", body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub(super) async fn tell(
    State(app): State<App>,
    actor: Actor,
    Json(batch): Json<EventBatch>,
) -> Answer<Json<EventAnswer>> {
    if !check::is_source(&batch.source) {
        return Err(Problem::invalid("invalid").field("source", "event_source_invalid"));
    }
    if batch.events.is_empty() || batch.events.len() > EVENTS {
        return Err(Problem::invalid("invalid").field("events", "event_count"));
    }
    let EventBatch { source, events } = batch;
    let mut tx = app.db().read().await?;
    let kinds = kinds::codes(&mut tx).await?;
    drop(tx);
    let faults = judge(&events, &kinds, &app);
    let sound: Vec<Event> = events
        .iter()
        .zip(&faults)
        .filter(|(_, faults)| faults.is_empty())
        .map(|(event, _)| event.clone())
        .collect();
    let locale = actor.locale;
    let applied = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { Ok::<_, Problem>(apply(tx, &source, &sound).await?) }.boxed()
        })
        .await?;
    Ok(Json(EventAnswer::of(results(events, faults, applied, locale))))
}

/// The faults of each event; the second of two with one name is told apart from a change.
fn judge(events: &[Event], kinds: &BTreeSet<String>, app: &App) -> Vec<Vec<Fault>> {
    let mut names = BTreeSet::new();
    let now = app.clock().now();
    let of = |event: &Event| {
        let mut faults = check::faults(event, kinds, now);
        if !names.insert((event.kind.clone(), event.id.trim().to_owned())) {
            faults.push(("id", "event_twice"));
        }
        faults
    };
    events.iter().map(of).collect()
}

fn results(
    events: Vec<Event>,
    faults: Vec<Vec<Fault>>,
    applied: Vec<Applied>,
    locale: Locale,
) -> Vec<EventResult> {
    let mut applied = applied.into_iter();
    let said = |(field, code): Fault| {
        let detail = text::say(locale, &format!("field.{code}"), &[]);
        FieldProblem { field: field.into(), code, detail }
    };
    let one = |(event, mut faults): (Event, Vec<Fault>)| {
        let applied = if faults.is_empty() { applied.next() } else { None };
        faults.extend(applied.and_then(|applied| applied.fault));
        let (status, party) =
            applied.map_or((EventStatus::Refused, None), |applied| (applied.status, applied.party));
        EventResult { id: event.id, status, party, faults: faults.into_iter().map(said).collect() }
    };
    events.into_iter().zip(faults).map(one).collect()
}
