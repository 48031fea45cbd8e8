//! The bonds of customers: reading, entering for one or many, ending, taking back.

use super::model::{Bond, NewBond, end_fault};
use super::store::{self, Recorder};
use crate::parties;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Problem, ProblemBody};

type PartyId = Id<kinds::Party>;

/// Customers who get a bond at once.
const MANY: usize = 1_000;

async fn today(tx: &mut Tx) -> ::store::Result<Day> {
    let clock = tx.environment().clock.clone();
    Ok(Company::load(tx).await?.today(&*clock))
}

fn recorder(actor: &Actor) -> Recorder {
    Recorder { user: Some(actor.user), name: actor.name.clone(), told: None }
}

fn check(new: &NewBond, today: Day) -> Answer<()> {
    let faults = new.faults(today).into_iter();
    let problem =
        faults.fold(Problem::invalid("invalid"), |problem, (field, code)| problem.field(field, code));
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// The bonds of a customer, those present first.
#[utoipa::path(get, path = "/parties/{id}/bonds", tag = "know",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = Vec<Bond>), (status = 404, body = ProblemBody)))]
pub(super) async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<Json<Vec<Bond>>> {
    let mut tx = app.db().read().await?;
    parties::store::standing(&mut tx, party, actor.sight).await?;
    let today = today(&mut tx).await?;
    Ok(Json(store::of(&mut tx, party, today, actor.sight).await?))
}

/// Enters a bond.
#[utoipa::path(post, path = "/parties/{id}/bonds", tag = "know", request_body = NewBond,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = Vec<Bond>, description = "All their bonds"), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(super) async fn enter(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(new): Json<NewBond>,
) -> Answer<(StatusCode, Json<Vec<Bond>>)> {
    let all = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                parties::store::standing(tx, party, actor.sight).await?;
                let today = today(tx).await?;
                check(&new, today)?;
                store::insert(tx, party, &new, today, &recorder(&actor)).await?;
                Ok::<_, Problem>(store::of(tx, party, today, actor.sight).await?)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(all)))
}

/// A bond of many customers.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ManyBonds {
    /// At most 1,000 customers.
    #[schema(value_type = Vec<String>)]
    parties: Vec<PartyId>,
    /// The bond that each of them gets.
    bond: NewBond,
}

/// How many got a bond.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnteredBonds {
    /// Customers.
    entered: usize,
}

/// Enters the same bond for many customers: for all of them or, if one is not there, for none.
#[utoipa::path(post, path = "/bonds", tag = "know", request_body = ManyBonds,
    responses((status = 200, body = EnteredBonds), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn enter_many(
    State(app): State<App>,
    actor: Actor,
    Json(many): Json<ManyBonds>,
) -> Answer<Json<EnteredBonds>> {
    if many.parties.is_empty() || many.parties.len() > MANY {
        return Err(Problem::invalid("invalid").field("parties", "party_count"));
    }
    let entered = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let today = today(tx).await?;
                check(&many.bond, today)?;
                let parties: BTreeSet<PartyId> = many.parties.into_iter().collect();
                for party in &parties {
                    parties::store::standing(tx, *party, actor.sight).await?;
                    store::insert(tx, *party, &many.bond, today, &recorder(&actor)).await?;
                }
                Ok::<_, Problem>(parties.len())
            }
            .boxed()
        })
        .await?;
    Ok(Json(EnteredBonds { entered }))
}

/// When a bond ends.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BondEnd {
    /// The first day without it; none when it goes on.
    #[schema(value_type = Option<String>)]
    ended: Option<Day>,
}

/// Says when a bond ends.
#[utoipa::path(put, path = "/bonds/{id}", tag = "know", request_body = BondEnd,
    params(("id" = String, Path, description = "The bond")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Id<kinds::Bond>>,
    Json(end): Json<BondEnd>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let found = store::find(tx, id, actor.sight).await?;
                let (party, started, level) = found.ok_or_else(Problem::not_found)?;
                if let Some((field, code)) = end_fault(started, end.ended) {
                    return Err(Problem::invalid("invalid").field(field, code));
                }
                store::end(tx, id, party, level, end.ended).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// Takes a bond back that was entered by mistake; one that was there and is not any more ends instead.
#[utoipa::path(delete, path = "/bonds/{id}", tag = "know", params(("id" = String, Path, description = "The bond")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn take_back(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Id<kinds::Bond>>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let found = store::find(tx, id, actor.sight).await?;
                let (party, _, level) = found.ok_or_else(Problem::not_found)?;
                store::delete(tx, id, party, level).await?;
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
