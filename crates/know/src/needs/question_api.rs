//! `/questions`: what the company would like to know, and what customers answered.

use super::questions::{self, AnswerCount, CHOICE_CHARS, CHOICES, MOST, NewQuestion, Question, TITLE_CHARS};
use crate::follow_ups::refuse_sensitive;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, Sight, audit};

type QuestionId = Id<kinds::Question>;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(change, forget))
        .routes(routes!(order))
        .routes(routes!(results));
    registry.routes(routes);
    registry.allow("GET", "/questions", Permission::PartiesRead);
    registry.allow("POST", "/questions", Permission::SettingsWrite);
    registry.allow("PUT", "/questions/{id}", Permission::SettingsWrite);
    registry.allow("DELETE", "/questions/{id}", Permission::SettingsWrite);
    registry.allow("PUT", "/questions", Permission::SettingsWrite);
    registry.allow("GET", "/questions/results", Permission::FiguresRead);
}

/// The questions, the most valuable first.
#[utoipa::path(get, path = "/questions", tag = "know", responses((status = 200, body = [Question])))]
async fn list(State(app): State<App>) -> Answer<Json<Vec<Question>>> {
    Ok(Json(questions::all(&mut app.db().read().await?).await?))
}

/// Adds a question behind all others.
#[utoipa::path(post, path = "/questions", tag = "know", request_body = NewQuestion,
    responses((status = 201, body = Question), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn add(
    State(app): State<App>,
    actor: Actor,
    Json(new): Json<NewQuestion>,
) -> Answer<(StatusCode, Json<Question>)> {
    check(&new)?;
    let made = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if questions::count(tx).await? >= MOST {
                    return Err(Problem::conflict("questions_full").with("max", MOST));
                }
                let id = questions::insert(tx, &new).await?;
                tell(tx, &actor, "question.added", id).await?;
                questions::find(tx, id).await?.ok_or_else(Problem::not_found)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn tell(tx: &mut Tx, actor: &Actor, deed: &'static str, id: QuestionId) -> Answer<()> {
    Ok(audit::write(tx, Some(actor), deed, Some(id.number()), serde_json::json!({})).await?)
}

/// A question that asks for what may not be kept would have every answer refused.
fn check(new: &NewQuestion) -> Answer<()> {
    let mut problem = Problem::invalid("question_invalid");
    let title = new.title.trim();
    if title.is_empty() {
        problem = problem.field("title", "required");
    }
    if title.chars().count() > TITLE_CHARS {
        problem = problem.field("title", "too_long");
    }
    let is_blank = |choice: &String| choice.trim().is_empty() || choice.trim() != choice;
    if new.choices.iter().any(is_blank) {
        problem = problem.field("choices", "required");
    }
    if new.choices.len() > CHOICES {
        problem = problem.field("choices", "too_many");
    }
    if new.choices.iter().any(|choice| choice.chars().count() > CHOICE_CHARS) {
        problem = problem.field("choices", "too_long");
    }
    let words = new.topic.map(super::model::Topic::words).unwrap_or_default();
    if !words.is_empty() {
        // The answers of such a topic are its own words, which every page knows.
        problem = problem.field("topic", "unknown");
    }
    if problem.has_fields() {
        return Err(problem);
    }
    refuse_sensitive(title, "title")?;
    new.choices.iter().try_for_each(|choice| refuse_sensitive(choice, "choices"))
}

/// What becomes of a question.
#[derive(Debug, Deserialize, ToSchema)]
pub struct QuestionEdit {
    /// The question anew.
    #[serde(flatten)]
    question: NewQuestion,
    /// Whether it is asked.
    is_open: bool,
}

/// Changes, closes or opens a question. Answers that were given stay.
#[utoipa::path(put, path = "/questions/{id}", tag = "know", request_body = QuestionEdit,
    params(("id" = String, Path, description = "The question")),
    responses((status = 200, body = Question), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<QuestionId>,
    Json(edit): Json<QuestionEdit>,
) -> Answer<Json<Question>> {
    check(&edit.question)?;
    let changed = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !questions::change(tx, id, &edit.question).await? {
                    return Err(Problem::not_found());
                }
                questions::set_open(tx, id, edit.is_open).await?;
                tell(tx, &actor, "question.changed", id).await?;
                questions::find(tx, id).await?.ok_or_else(Problem::not_found)
            }
            .boxed()
        })
        .await?;
    Ok(Json(changed))
}

/// An order of questions.
#[derive(Debug, Deserialize, ToSchema)]
pub struct QuestionOrder {
    /// The questions, the most valuable first.
    #[schema(value_type = Vec<String>)]
    order: Vec<QuestionId>,
}

/// Says which question is worth most.
#[utoipa::path(put, path = "/questions", tag = "know", request_body = QuestionOrder,
    responses((status = 200, body = [Question]), (status = 422, body = ProblemBody)))]
async fn order(
    State(app): State<App>,
    _: Actor,
    Json(QuestionOrder { order }): Json<QuestionOrder>,
) -> Answer<Json<Vec<Question>>> {
    let all = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                questions::order(tx, &order).await?;
                questions::all(tx).await
            }
            .boxed()
        })
        .await?;
    Ok(Json(all))
}

/// Forgets a question that nobody has answered yet; one with answers can be closed.
#[utoipa::path(delete, path = "/questions/{id}", tag = "know", params(("id" = String, Path, description = "The question")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn forget(State(app): State<App>, actor: Actor, Path(id): Path<QuestionId>) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                questions::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                if !questions::forget(tx, id).await? {
                    return Err(Problem::conflict("question_answered"));
                }
                tell(tx, &actor, "question.forgotten", id).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// What customers answered, over all of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionResults {
    /// Each question with its answers.
    questions: Vec<QuestionResult>,
    /// What customers look for, the most wanted first.
    wanted: Vec<AnswerCount>,
    /// The share of answers to open questions that are known, 0 to 1; none without questions or customers.
    completeness: Option<f64>,
}

/// A question with its answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionResult {
    /// The question.
    #[schema(value_type = String)]
    id: QuestionId,
    /// Its answers, of each customer the last one, the most frequent first.
    answers: Vec<AnswerCount>,
}

/// What customers answered: by question, what they look for, and how much is known.
#[utoipa::path(get, path = "/questions/results", tag = "know", responses((status = 200, body = QuestionResults)))]
async fn results(State(app): State<App>, actor: Actor) -> Answer<Json<QuestionResults>> {
    let mut tx = app.db().read().await?;
    let all = questions::all(&mut tx).await?;
    let open = i64::try_from(all.iter().filter(|question| question.is_open).count()).unwrap_or(i64::MAX);
    let mut told = Vec::with_capacity(all.len());
    for question in all {
        let answers = seen(questions::answers(&mut tx, question.id).await?, actor.sight);
        told.push(QuestionResult { id: question.id, answers });
    }
    let (people, answers) = questions::completeness(&mut tx).await?;
    let asked = people.saturating_mul(open);
    let completeness = (asked > 0).then(|| answers as f64 / asked as f64);
    let wanted = seen(questions::wanted(&mut tx).await?, actor.sight);
    Ok(Json(QuestionResults { questions: told, wanted, completeness }))
}

/// Customers answer in words of their own, which may hold how to reach them.
fn seen(answers: Vec<AnswerCount>, sight: Sight) -> Vec<AnswerCount> {
    answers.into_iter().map(|it| AnswerCount { value: sight.text(it.value), ..it }).collect()
}
