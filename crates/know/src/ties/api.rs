//! `/parties/{id}/ties`, `/ties/{id}`: noting, dating and forgetting ties.

use super::circle;
use super::model::{NewTie, PART_OF, Tie, TieEdit, said, word};
use super::store::{self, Kept};
use crate::parties::api::view;
use crate::parties::store::standing;
use crate::parties::{keepers, root};
use ::store::log::{self, Entry};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde_json::json;
use web::{Actor, Answer, App, Company, Problem, ProblemBody};

type PartyId = Id<kinds::Party>;
type TieId = Id<kinds::Tie>;

/// Ties of a party at most.
const MOST: usize = 300;

/// The ties of a party.
#[utoipa::path(get, path = "/parties/{id}/ties", tag = "know",
    params(("id" = String, Path, description = "The party")),
    responses((status = 200, body = Vec<Tie>), (status = 404, body = ProblemBody)))]
pub(super) async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<Json<Vec<Tie>>> {
    let mut tx = app.db().read().await?;
    standing(&mut tx, party, actor.sight).await?;
    let today = view(&app, &mut tx, &actor).await?.today;
    Ok(Json(store::of(&mut tx, party, today, actor.sight).await?))
}

/// Notes a tie between two parties.
#[utoipa::path(post, path = "/parties/{id}/ties", tag = "know", request_body = NewTie,
    params(("id" = String, Path, description = "The party")),
    responses((status = 201, body = Vec<Tie>), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 410, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(new): Json<NewTie>,
) -> Answer<(StatusCode, Json<Vec<Tie>>)> {
    let (kind, forward) =
        said(&new.kind).ok_or_else(|| Problem::invalid("invalid").field("kind", "unknown"))?;
    check(new.since, new.until)?;
    let ties = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { note(tx, &actor, party, (kind, forward), &new).await }.boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(ties)))
}

fn check(since: Option<Day>, until: Option<Day>) -> Answer<()> {
    match since.zip(until) {
        Some((since, until)) if until < since => {
            Err(Problem::invalid("invalid").field("until", "tie_ends_first"))
        }
        _ => Ok(()),
    }
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    party: PartyId,
    (kind, forward): (&'static str, bool),
    new: &NewTie,
) -> Answer<Vec<Tie>> {
    standing(tx, party, actor.sight).await?;
    standing(tx, new.other, actor.sight).await?;
    if party == new.other {
        return Err(Problem::invalid("invalid").field("other", "tie_self"));
    }
    let today = today(tx).await?;
    let had = store::of(tx, party, today, actor.sight).await?;
    if had.len() >= MOST {
        return Err(Problem::conflict("ties_full").with("max", MOST));
    }
    let is_same =
        |tie: &Tie| Some(tie.kind) == word(kind, forward) && tie.other.id == new.other && !tie.ended;
    if had.iter().any(is_same) {
        return Err(Problem::conflict("tie_there"));
    }
    let (one, other) = if forward { (party, new.other) } else { (new.other, party) };
    if kind == PART_OF && new.until.is_none() {
        circle::refuse(tx, actor, one, other).await?;
    }
    let kept = Kept { kind: kind.into(), party: one, other };
    let id = store::insert(tx, &kept, new.since, new.until).await?;
    tell(tx, "tie.added", id, &kept).await?;
    Ok(store::of(tx, party, today, actor.sight).await?)
}

async fn today(tx: &mut Tx) -> ::store::Result<Day> {
    let clock = tx.environment().clock.clone();
    Ok(Company::load(tx).await?.today(&*clock))
}

/// Tells the log, once for each end.
async fn tell(tx: &mut Tx, kind: &'static str, id: TieId, tie: &Kept) -> ::store::Result<()> {
    // A tie can be dated more than once.
    let time: Id<kinds::Run> = tx.id();
    let ends = [(tie.party, tie.other, true), (tie.other, tie.party, false)];
    let entries = ends.map(|(party, other, forward)| {
        let name = format!("{kind}:{}:{}:{}", id.number(), party.number(), time.number());
        let body = json!({ "tie": word(&tie.kind, forward), "other": other });
        Entry::live(tx, kind, id.number()).about(party).named(name).with(body)
    });
    log::append_all(tx, entries.into()).await
}

/// The tie, of which both ends are seen.
async fn seen(tx: &mut Tx, actor: &Actor, id: TieId) -> Answer<Kept> {
    let tie = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    for end in [tie.party, tie.other] {
        let root = root::of(tx, end).await?;
        if !keepers::is_seen(tx, root, actor.sight).await? {
            return Err(Problem::not_found());
        }
    }
    Ok(tie)
}

/// Says since when and until when a tie is.
#[utoipa::path(put, path = "/ties/{id}", tag = "know", request_body = TieEdit,
    params(("id" = String, Path, description = "The tie")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<TieId>,
    Json(edit): Json<TieEdit>,
) -> Answer<StatusCode> {
    check(edit.since, edit.until)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let tie = seen(tx, &actor, id).await?;
                store::date(tx, id, edit.since, edit.until).await?;
                if tie.kind == PART_OF && edit.until.is_none() {
                    let root = root::of(tx, tie.party).await?;
                    circle::through(tx, &actor, root).await?;
                }
                tell(tx, "tie.changed", id, &tie).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// Forgets a tie.
#[utoipa::path(delete, path = "/ties/{id}", tag = "know", params(("id" = String, Path, description = "The tie")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<TieId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let tie = seen(tx, &actor, id).await?;
                store::remove(tx, id).await?;
                tell(tx, "tie.removed", id, &tie).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
