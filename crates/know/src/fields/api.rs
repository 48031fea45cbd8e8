//! `/custom-fields`: which fields there are.

use super::model::{CustomField, FieldEdit, Kind, MOST};
use super::store;
use crate::follow_ups::refuse_sensitive_heading;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde_json::json;
use web::{Actor, Answer, App, IfMatch, Problem, ProblemBody, audit};

type FieldId = Id<kinds::CustomField>;

/// The fields that the company added to its parties.
#[utoipa::path(get, path = "/custom-fields", tag = "know", responses((status = 200, body = Vec<CustomField>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<CustomField>>> {
    let mut tx = app.db().read().await?;
    Ok(Json(store::all(&mut tx).await?))
}

/// Adds a field.
#[utoipa::path(post, path = "/custom-fields", tag = "know", request_body = FieldEdit, responses(
    (status = 201, body = CustomField), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(edit): Json<FieldEdit>,
) -> Answer<(StatusCode, Json<CustomField>)> {
    edit.check()?;
    refuse_sensitive_heading(&edit.name(), "name")?;
    let field = app
        .db()
        .write(Lane::Interactive, move |tx| async move { add(tx, &actor, &edit).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(field)))
}

async fn add(tx: &mut Tx, actor: &Actor, edit: &FieldEdit) -> Answer<CustomField> {
    if store::count(tx).await? >= MOST {
        return Err(Problem::conflict("custom_fields_full").with("max", MOST));
    }
    refuse_twice(tx, edit, None).await?;
    let id = store::insert(tx, edit).await?;
    audit::write(tx, Some(actor), "custom_field.added", Some(id.number()), json!({ "kind": edit.kind }))
        .await?;
    Ok(store::find(tx, id).await?.ok_or_else(Problem::not_found)?.0)
}

async fn refuse_twice(tx: &mut Tx, edit: &FieldEdit, but: Option<FieldId>) -> Answer<()> {
    match store::is_named(tx, &edit.name(), but).await? {
        true => Err(Problem::invalid("invalid").field("name", "field_there")),
        false => Ok(()),
    }
}

/// Gives a field another name or other choices. Whoever has a choice that is taken out has no value any more.
#[utoipa::path(put, path = "/custom-fields/{id}", tag = "know", request_body = FieldEdit,
    params(("id" = String, Path, description = "The field")),
    responses((status = 200, body = CustomField), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<FieldId>,
    asked: IfMatch,
    Json(edit): Json<FieldEdit>,
) -> Answer<Json<CustomField>> {
    edit.check()?;
    refuse_sensitive_heading(&edit.name(), "name")?;
    let field = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, id, asked, &edit).await }.boxed())
        .await?;
    Ok(Json(field))
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    id: FieldId,
    asked: IfMatch,
    edit: &FieldEdit,
) -> Answer<CustomField> {
    let (before, revision) = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    if before.kind != edit.kind {
        return Err(Problem::invalid("invalid").field("kind", "field_kind_stays"));
    }
    refuse_twice(tx, edit, Some(id)).await?;
    if !asked.allows(revision) || !store::update(tx, id, edit, revision).await? {
        return Err(Problem::precondition_failed());
    }
    let (after, _) = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    if after.kind == Kind::Choice {
        for gone in before.choices.iter().filter(|choice| !after.choices.contains(choice)) {
            store::drop_choice(tx, id, gone).await?;
        }
    }
    audit::write(tx, Some(actor), "custom_field.changed", Some(id.number()), json!({})).await?;
    Ok(after)
}

/// Forgets a field with every value of it.
#[utoipa::path(delete, path = "/custom-fields/{id}", tag = "know",
    params(("id" = String, Path, description = "The field")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<FieldId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !store::remove(tx, id).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "custom_field.removed", Some(id.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
