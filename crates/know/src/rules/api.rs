//! `/rules`: which rule of law is in force from when.

use super::store::{self, Rule, RuleId};
use ::store::{Json as Stored, Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, limits};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry, audit};

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.routes(
        utoipa_axum::router::OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(take_back)),
    );
    registry.allow("GET", "/rules", Permission::SettingsRead);
    registry.allow("POST", "/rules", Permission::ConsentManage);
    registry.allow("DELETE", "/rules/{id}", Permission::ConsentManage);
}

/// The rules of law, by name, the one that begins last first.
#[utoipa::path(get, path = "/rules", tag = "know", responses((status = 200, body = [Rule])))]
async fn list(State(app): State<App>) -> Answer<Json<Vec<Rule>>> {
    Ok(Json(store::all(&mut app.db().read().await?).await?))
}

/// A rule to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewLawRule)]
pub struct NewRule {
    /// Whose law: `kr`.
    jurisdiction: String,
    /// Its name: `notice`, `reconfirm`, `lint`.
    rule: String,
    /// Its numbers and words; what is left out is the program's default.
    #[schema(value_type = Object)]
    parameters: serde_json::Value,
    /// The day from which it is in force.
    #[schema(value_type = String)]
    effective_from: Day,
    /// The last day on which it is; none for ever.
    #[schema(value_type = Option<String>)]
    effective_to: Option<Day>,
    /// The text of law it follows from.
    basis: String,
    /// A memo.
    #[serde(default)]
    note: String,
}

/// Adds a rule that is in force from a day on. What was done until then is judged by the one before.
#[utoipa::path(post, path = "/rules", tag = "know", request_body = NewRule,
    responses((status = 201, body = Rule), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn add(
    State(app): State<App>,
    actor: Actor,
    Json(new): Json<NewRule>,
) -> Answer<(StatusCode, Json<Rule>)> {
    let rule = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, new).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(rule)))
}

async fn keep(tx: &mut Tx, actor: &Actor, new: NewRule) -> Answer<Rule> {
    check(&new)?;
    let rule = Rule {
        id: tx.id(),
        jurisdiction: new.jurisdiction,
        rule: new.rule,
        parameters: Stored(new.parameters),
        effective_from: new.effective_from,
        effective_to: new.effective_to,
        basis: new.basis.trim().to_owned(),
        note: new.note.trim().to_owned(),
        created_at: tx.now(),
    };
    store::insert(tx, &rule, actor.user).await?;
    let detail = json!({ "rule": rule.rule, "from": rule.effective_from });
    audit::write(tx, Some(actor), "rule.added", Some(rule.id.number()), detail).await?;
    Ok(rule)
}

fn check(new: &NewRule) -> Answer<()> {
    let mut problem = Problem::invalid("rule_invalid");
    match super::fits(&new.jurisdiction, &new.rule, &new.parameters) {
        None => problem = problem.field("rule", "unknown"),
        Some(false) => problem = problem.field("parameters", "rule_parameters"),
        Some(true) => {}
    }
    if new.effective_to.is_some_and(|end| end < new.effective_from) {
        problem = problem.field("effective_to", "rule_ends_before");
    }
    if new.basis.trim().is_empty() {
        problem = problem.field("basis", "required");
    }
    for (field, text) in [("basis", &new.basis), ("note", &new.note)] {
        if text.chars().count() > limits::NOTE_CHARS {
            problem = problem.field(field, "too_long");
        }
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// Takes a rule back that is not in force yet.
#[utoipa::path(delete, path = "/rules/{id}", tag = "know", params(("id" = String, Path, description = "The rule")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn take_back(State(app): State<App>, actor: Actor, Path(id): Path<RuleId>) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let rule = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                let clock = tx.environment().clock.clone();
                if rule.effective_from <= Company::load(tx).await?.today(&*clock) {
                    return Err(Problem::conflict("rule_in_force"));
                }
                store::delete(tx, id).await?;
                let detail = json!({ "rule": rule.rule });
                audit::write(tx, Some(&actor), "rule.taken_back", Some(id.number()), detail).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
