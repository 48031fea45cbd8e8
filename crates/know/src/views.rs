//! Saved views: a filter of the customer list with a name.

use ::store::{FromRow, Lane, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, Sight};

/// Characters of a query.
const QUERY_CHARS: usize = 2_000;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes =
        utoipa_axum::router::OpenApiRouter::new().routes(routes!(list, save)).routes(routes!(forget));
    registry.routes(routes);
    registry.allow("GET", "/views", Permission::PartiesRead);
    registry.allow("POST", "/views", Permission::PartiesWrite);
    registry.allow("DELETE", "/views/{id}", Permission::PartiesWrite);
}

/// A saved view.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct SavedView {
    /// Its id.
    #[schema(value_type = String)]
    id: Id<kinds::View>,
    /// Its name.
    name: String,
    /// The query of the list's address.
    query: String,
}

impl SavedView {
    /// A search may be for a contact.
    fn seen_by(self, sight: Sight) -> Self {
        Self { id: self.id, name: sight.text(self.name), query: sight.query(self.query) }
    }
}

/// A view to save.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewView {
    /// Its name.
    name: String,
    /// The query of the list's address.
    query: String,
}

/// The saved views.
#[utoipa::path(get, path = "/views", tag = "know", responses((status = 200, body = [SavedView])))]
async fn list(State(app): State<App>, actor: Actor) -> Answer<Json<Vec<SavedView>>> {
    let mut tx = app.db().read().await?;
    let views: Vec<SavedView> =
        sql!("select id, name, query from views order by id limit 200").fetch_all(&mut tx).await?;
    Ok(Json(views.into_iter().map(|view| view.seen_by(actor.sight)).collect()))
}

/// Saves a view.
#[utoipa::path(post, path = "/views", tag = "know", request_body = NewView,
    responses((status = 201, body = SavedView), (status = 422, body = ProblemBody)))]
async fn save(
    State(app): State<App>,
    actor: Actor,
    Json(view): Json<NewView>,
) -> Answer<(StatusCode, Json<SavedView>)> {
    let name = view.name.trim().to_owned();
    check(&name, &view.query)?;
    let saved = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, name, view.query).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

fn check(name: &str, query: &str) -> Answer<()> {
    let mut problem = Problem::invalid("view_invalid");
    if name.is_empty() {
        problem = problem.field("name", "required");
    }
    for (field, text, max) in [("name", name, limits::NAME_CHARS), ("query", query, QUERY_CHARS)] {
        if text.chars().count() > max {
            problem = problem.field(field, "too_long");
        }
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn keep(tx: &mut Tx, actor: &Actor, name: String, query: String) -> Answer<SavedView> {
    let id: Id<kinds::View> = tx.id();
    sql!("insert into views (id, name, query, owner, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(&name)
        .bind(&query)
        .bind(actor.user)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(SavedView { id, name, query })
}

/// Forgets a view.
#[utoipa::path(delete, path = "/views/{id}", tag = "know", params(("id" = String, Path, description = "The view")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn forget(State(app): State<App>, Path(id): Path<Id<kinds::View>>) -> Answer<StatusCode> {
    let gone = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { sql!("delete from views where id = $1").bind(id).execute(tx).await }.boxed()
        })
        .await?;
    if gone == 1 { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}
