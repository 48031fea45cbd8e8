//! What staff record about a party by hand: memos, visits, why someone left.

use crate::notes::{self, NewNote};
use crate::parties::root::members;
use crate::parties::store;
use crate::timeline::TimelineItem;
use ::store::log::{self, Entry};
use ::store::{Lane, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry, Sight};

type PartyId = Id<kinds::Party>;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(write_note))
        .routes(routes!(delete_note))
        .routes(routes!(record_visit))
        .routes(routes!(record_leaving))
        .routes(routes!(leaving_reasons));
    registry.routes(routes);
    registry.allow("POST", "/parties/{id}/notes", Permission::PartiesWrite);
    registry.allow("DELETE", "/notes/{id}", Permission::PartiesWrite);
    registry.allow("POST", "/parties/{id}/visits", Permission::PartiesWrite);
    registry.allow("PUT", "/parties/{id}/leaving", Permission::PartiesWrite);
    registry.allow("GET", "/leaving-reasons", Permission::PartiesRead);
}

/// Writes a memo about a customer.
#[utoipa::path(post, path = "/parties/{id}/notes", tag = "know", request_body = NewNote,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = TimelineItem), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn write_note(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(note): Json<NewNote>,
) -> Answer<(StatusCode, Json<TimelineItem>)> {
    let shown = TimelineItem {
        text: Some(actor.sight.text(note.text.trim().to_owned())),
        by: Some(actor.name.clone()),
        contact: note.contact.map(|contact| contact.text().to_owned()),
        ..TimelineItem::new(String::new(), app.clock().now(), "note")
    };
    let id = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let id = notes::write(tx, &actor, party, &note).await?;
                if let Some(card) = note.card.as_deref().filter(|_| note.contact.is_some()) {
                    web::today::rest_until_tomorrow(tx, &actor, card).await?;
                }
                Ok::<_, Problem>(id)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(TimelineItem { id: id.to_string(), ..shown })))
}

/// Takes a memo back.
#[utoipa::path(delete, path = "/notes/{id}", tag = "know", params(("id" = String, Path, description = "The memo")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn delete_note(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Id<kinds::Note>>,
) -> Answer<StatusCode> {
    let gone =
        app.db().write(Lane::Interactive, move |tx| notes::delete(tx, id, actor.sight).boxed()).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}

/// A visit to record.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewVisit {
    /// When; now when left out.
    #[schema(value_type = Option<String>)]
    at: Option<Instant>,
    /// Where.
    store: Option<String>,
}

/// Records that a customer came by.
#[utoipa::path(post, path = "/parties/{id}/visits", tag = "know", request_body = NewVisit,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = TimelineItem), (status = 404, body = ProblemBody)))]
async fn record_visit(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(visit): Json<NewVisit>,
) -> Answer<(StatusCode, Json<TimelineItem>)> {
    let sight = actor.sight;
    let item =
        app.db().write(Lane::Interactive, move |tx| keep_visit(tx, party, visit, sight).boxed()).await?;
    Ok((StatusCode::CREATED, Json(item)))
}

async fn keep_visit(tx: &mut Tx, party: PartyId, visit: NewVisit, sight: Sight) -> Answer<TimelineItem> {
    store::standing(tx, party, sight).await?;
    let at = visit.at.unwrap_or_else(|| tx.now());
    let id = insert_visit(tx, party, at, visit.store.clone()).await?;
    let entry = Entry {
        at,
        store: visit.store.clone(),
        ..Entry::live(tx, "visit.recorded", id.number()).about(party)
    };
    log::append(tx, entry).await?;
    Ok(TimelineItem { store: visit.store, ..TimelineItem::new(id.to_string(), at, "visit") })
}

/// Keeps a visit, without telling the log.
pub async fn insert_visit(
    tx: &mut Tx,
    party: PartyId,
    at: Instant,
    store: Option<String>,
) -> ::store::Result<Id<kinds::Visit>> {
    let id: Id<kinds::Visit> = tx.id();
    let day = at.day_in(&Company::load(tx).await?.zone());
    sql!("insert into visits (id, party, at, day, store) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(party)
        .bind(at)
        .bind(day)
        .bind(store)
        .execute(tx)
        .await?;
    Ok(id)
}

/// A reason to leave, and whether the company could have avoided it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct LeavingReason {
    /// Its code.
    pub code: &'static str,
    /// Whether better work could have kept the customer.
    pub avoidable: bool,
}

/// The reasons people record. A customer who moved away or died is no hole that can be plugged.
pub const LEAVING_REASONS: [LeavingReason; 8] = [
    LeavingReason { code: "price", avoidable: true },
    LeavingReason { code: "quality", avoidable: true },
    LeavingReason { code: "service", avoidable: true },
    LeavingReason { code: "competitor", avoidable: true },
    LeavingReason { code: "no_need", avoidable: false },
    LeavingReason { code: "moved", avoidable: false },
    LeavingReason { code: "died", avoidable: false },
    LeavingReason { code: "other", avoidable: false },
];

/// The reasons for leaving that can be recorded.
#[utoipa::path(get, path = "/leaving-reasons", tag = "know", responses((status = 200, body = [LeavingReason])))]
async fn leaving_reasons() -> Json<[LeavingReason; 8]> {
    Json(LEAVING_REASONS)
}

/// Why a customer left.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Leaving {
    /// A code of `/leaving-reasons`; none takes it back.
    reason: Option<String>,
}

/// Records why a customer left.
#[utoipa::path(put, path = "/parties/{id}/leaving", tag = "know", request_body = Leaving,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn record_leaving(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(leaving): Json<Leaving>,
) -> Answer<StatusCode> {
    let known =
        leaving.reason.as_deref().is_none_or(|code| LEAVING_REASONS.iter().any(|reason| reason.code == code));
    if !known {
        return Err(Problem::invalid("reason_unknown").field("reason", "unknown"));
    }
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move { keep_leaving(tx, &actor, party, leaving.reason).await }.boxed()
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn keep_leaving(tx: &mut Tx, actor: &Actor, party: PartyId, reason: Option<String>) -> Answer<()> {
    store::standing(tx, party, actor.sight).await?;
    sql!(concat!("delete from leaving_reasons where party in ", members!("$1")))
        .bind(party)
        .execute(tx)
        .await?;
    if let Some(reason) = &reason {
        sql!("insert into leaving_reasons (party, reason, at, recorded_by) values ($1, $2, $3, $4)")
            .bind(party)
            .bind(reason)
            .bind(tx.now())
            .bind(actor.user)
            .execute(tx)
            .await?;
    }
    let name: Id<kinds::Note> = tx.id();
    let entry =
        Entry::live(tx, "leaving.recorded", party.number()).about(party).with(json!({ "reason": reason }));
    Ok(log::append(tx, entry.named(format!("leaving.recorded:{}", name.number()))).await?)
}
