//! What is known of a customer's needs: reading it, writing down what they said, asking one question.

use super::model::{By, Declared, Need, Topic, needs};
use super::questions::{self, Question};
use super::store::{self, Saying};
use super::{observed, question_api};
use crate::parties;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry};

type PartyId = Id<kinds::Party>;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(read, say))
        .routes(routes!(answer))
        .routes(routes!(forget));
    registry.routes(routes);
    registry.allow("GET", "/parties/{id}/needs", Permission::PartiesRead);
    registry.allow("POST", "/parties/{id}/needs", Permission::PartiesWrite);
    registry.allow("POST", "/parties/{id}/answers", Permission::PartiesWrite);
    registry.allow("DELETE", "/declared/{id}", Permission::PartiesWrite);
    question_api::register(registry);
}

/// What is known of a customer's needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Needs {
    /// By topic: what they said outranks what their orders show.
    needs: Vec<Need>,
    /// What they answered, the newest first; of each question the last answer.
    answers: Vec<Answered>,
    /// The one question to ask now; none when they were asked today or have answered all.
    question: Option<Question>,
    /// How many questions there are.
    questions: i64,
    /// How many of them they have answered.
    answered: i64,
}

/// An answer with its question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answered {
    /// The question.
    title: String,
    /// What was said.
    #[serde(flatten)]
    declared: Declared,
}

/// What is known of a customer's needs, and the one question to ask now.
#[utoipa::path(get, path = "/parties/{id}/needs", tag = "know", params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = Needs), (status = 404, body = ProblemBody)))]
async fn read(State(app): State<App>, actor: Actor, Path(party): Path<PartyId>) -> Answer<Json<Needs>> {
    let mut tx = app.db().read().await?;
    let company = Company::load(&mut tx).await?;
    let today = company.today(app.clock());
    Ok(Json(of(&mut tx, &actor, party, &company, today).await?))
}

async fn of(tx: &mut Tx, actor: &Actor, party: PartyId, company: &Company, today: Day) -> Answer<Needs> {
    parties::store::standing(tx, party, actor.sight).await?;
    let declared = store::declared(tx, party, actor.sight).await?;
    let observed = observed::observed(tx, party, company.currency, &company.zone()).await?;
    let (questions, answered) = questions::answered(tx, party).await?;
    Ok(Needs {
        needs: needs(&declared, &observed),
        answers: answers(tx, declared).await?,
        question: questions::next(tx, party, today).await?,
        questions,
        answered,
    })
}

/// Of each question the last answer, with the question.
async fn answers(tx: &mut Tx, declared: Vec<Declared>) -> Answer<Vec<Answered>> {
    let questions = questions::all(tx).await?;
    let mut told = Vec::new();
    for one in declared {
        let Some(question) = questions.iter().find(|question| Some(question.id) == one.question) else {
            continue;
        };
        if !told.iter().any(|other: &Answered| other.declared.question == one.question) {
            told.push(Answered { title: question.title.clone(), declared: one });
        }
    }
    Ok(told)
}

/// Something that a customer said.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewDeclared {
    /// What it is about.
    topic: Topic,
    /// What they said; of a weekday `mon` to `sun`, of a time `morning`, `noon`, `afternoon` or `evening`.
    value: String,
}

/// Writes down what a customer said of what they want or like.
#[utoipa::path(post, path = "/parties/{id}/needs", tag = "know", request_body = NewDeclared,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = Needs), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn say(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(new): Json<NewDeclared>,
) -> Answer<(StatusCode, Json<Needs>)> {
    let told = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                parties::store::standing(tx, party, actor.sight).await?;
                let (topic, by) = (Some(new.topic), Some(actor.name.as_str()));
                let saying =
                    Saying { party, topic, question: None, value: &new.value, said_by: By::Staff, by };
                store::declare(tx, &saying).await?;
                now(tx, &actor, party).await
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(told)))
}

async fn now(tx: &mut Tx, actor: &Actor, party: PartyId) -> Answer<Needs> {
    let company = Company::load(tx).await?;
    let today = company.today(&*tx.environment().clock.clone());
    of(tx, actor, party, &company, today).await
}

/// What came of asking a question.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewAnswer {
    /// The question.
    #[schema(value_type = String)]
    question: Id<kinds::Question>,
    /// What they answered; none when they did not.
    value: Option<String>,
}

/// Writes down what a customer answered, or that they did not. No other question is asked of them today.
#[utoipa::path(post, path = "/parties/{id}/answers", tag = "know", request_body = NewAnswer,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = Needs), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn answer(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(new): Json<NewAnswer>,
) -> Answer<(StatusCode, Json<Needs>)> {
    let told = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep_answer(tx, &actor, party, &new).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(told)))
}

async fn keep_answer(tx: &mut Tx, actor: &Actor, party: PartyId, new: &NewAnswer) -> Answer<Needs> {
    parties::store::standing(tx, party, actor.sight).await?;
    let unknown = || Problem::invalid("invalid").field("question", "unknown");
    let question = questions::find(tx, new.question).await?.ok_or_else(unknown)?;
    if let Some(value) = &new.value {
        if !question.choices.0.is_empty() && !question.choices.0.iter().any(|choice| choice == value.trim()) {
            return Err(Problem::invalid("invalid").field("value", "unknown"));
        }
        let topic = question.topic.and_then(|topic| Topic::try_from(topic).ok());
        let by = Some(actor.name.as_str());
        let saying = Saying { party, topic, question: Some(question.id), value, said_by: By::Staff, by };
        store::declare(tx, &saying).await?;
    }
    let today = Company::load(tx).await?.today(&*tx.environment().clock.clone());
    questions::asked(tx, party, question.id, today).await?;
    now(tx, actor, party).await
}

/// Forgets what a customer said; what they said before, or what their orders show, counts again.
#[utoipa::path(delete, path = "/declared/{id}", tag = "know", params(("id" = String, Path, description = "What was said")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn forget(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Id<kinds::Declared>>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let party = store::whose(tx, id).await?.ok_or_else(Problem::not_found)?;
                parties::store::standing(tx, party, actor.sight).await?;
                store::forget(tx, id, party).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
