//! The assessments of one customer: reading, recording, taking back.

use super::model::{Assessment, NewAssessment};
use super::store::{self, Recorder, Standing};
use crate::parties;
use ::store::Lane;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds};
use web::{Actor, Answer, App, Problem, ProblemBody};

type PartyId = Id<kinds::Party>;

/// What was judged of a customer, the latest first.
#[utoipa::path(get, path = "/parties/{id}/assessments", tag = "know",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = Vec<Assessment>), (status = 404, body = ProblemBody)))]
pub(super) async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<Json<Vec<Assessment>>> {
    let mut tx = app.db().read().await?;
    parties::store::standing(&mut tx, party, actor.sight).await?;
    Ok(Json(store::of(&mut tx, party, actor.sight).await?))
}

/// Records what somebody judges of a customer. What was judged before stays; the latest day counts.
#[utoipa::path(post, path = "/parties/{id}/assessments", tag = "know", request_body = NewAssessment,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = Vec<Assessment>, description = "Everything judged of them, the latest first"),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn record(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(new): Json<NewAssessment>,
) -> Answer<(StatusCode, Json<Vec<Assessment>>)> {
    let all = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                parties::store::standing(tx, party, actor.sight).await?;
                let standing = Standing::now(tx).await?;
                check(&new, standing)?;
                store::insert(tx, party, &new, standing, &recorder(&actor)).await?;
                Ok::<_, Problem>(store::of(tx, party, actor.sight).await?)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(all)))
}

/// Takes a judgement back.
#[utoipa::path(delete, path = "/assessments/{id}", tag = "know",
    params(("id" = String, Path, description = "The assessment")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn take_back(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Id<kinds::Assessment>>,
) -> Answer<StatusCode> {
    let gone =
        app.db().write(Lane::Interactive, move |tx| store::delete(tx, id, actor.sight).boxed()).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}

/// Under whose name something is recorded.
pub(super) fn recorder(actor: &Actor) -> Recorder {
    Recorder { user: Some(actor.user), name: actor.name.clone(), told: None }
}

fn check(new: &NewAssessment, standing: Standing) -> Answer<()> {
    let faults = new.faults(standing.today);
    let problem = faults
        .into_iter()
        .fold(Problem::invalid("invalid"), |problem, (field, code)| problem.field(field, code));
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}
