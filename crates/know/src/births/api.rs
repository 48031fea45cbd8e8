//! `/parties/{id}/birthday`.

use super::model::Birth;
use super::store::{self, Known};
use crate::parties::store::standing;
use ::store::log::{self, Entry};
use ::store::{Lane, Result, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds};
use web::{Actor, Answer, App, Company, Problem, ProblemBody};

type PartyId = Id<kinds::Party>;

/// Says when somebody was born.
#[utoipa::path(put, path = "/parties/{id}/birthday", tag = "know", request_body = Birth,
    params(("id" = String, Path, description = "The party")),
    responses((status = 200, body = Known), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn set(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(birth): Json<Birth>,
) -> Answer<Json<Known>> {
    let known = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, party, &birth).await }.boxed())
        .await?;
    Ok(Json(known))
}

async fn keep(tx: &mut Tx, actor: &Actor, party: PartyId, birth: &Birth) -> Answer<Known> {
    let who = standing(tx, party, actor.sight).await?;
    let clock = tx.environment().clock.clone();
    let today = Company::load(tx).await?.today(&*clock);
    if who.kind == "organisation" {
        return Err(Problem::invalid("invalid").field("month", "birth_of_organisation"));
    }
    if let Some((field, code)) = birth.fault(today) {
        return Err(Problem::invalid("invalid").field(field, code));
    }
    store::put(tx, party, birth, today).await?;
    tell(tx, party).await?;
    store::of(tx, party, today).await?.ok_or_else(Problem::not_found)
}

async fn tell(tx: &mut Tx, party: PartyId) -> Result<()> {
    let time: Id<kinds::Run> = tx.id();
    let entry = Entry::live(tx, "birthday.changed", party.number()).about(party);
    log::append(tx, entry.named(format!("birthday.changed:{}", time.number()))).await
}

/// Forgets a birthday, if there is one.
#[utoipa::path(delete, path = "/parties/{id}/birthday", tag = "know",
    params(("id" = String, Path, description = "The party")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                standing(tx, party, actor.sight).await?;
                if store::remove(tx, party).await? {
                    tell(tx, party).await?;
                }
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
