//! `/teams`: who works together, and so sees each other's customers.

use crate::session::name_fault;
use crate::{Actor, Answer, App, Problem, audit};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{FromRow, Lane, Result, Tx, sql};

type TeamId = Id<kinds::Team>;

/// Teams of a company at most.
const TEAMS: i64 = 500;

/// A team.
#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct Team {
    /// Its id.
    #[schema(value_type = String)]
    id: TeamId,
    /// Its name.
    name: String,
    /// How many active users are in it.
    members: i64,
}

/// The teams by name.
#[utoipa::path(get, path = "/teams", tag = "staff", responses((status = 200, body = Vec<Team>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<Team>>> {
    let mut tx = app.db().read().await?;
    let teams = sql!(
        "select t.id, t.name, (select count(*) from users u where u.team = t.id and u.deactivated_at is null) \
         as members from teams t order by t.name limit $1"
    )
    .bind(TEAMS)
    .fetch_all(&mut tx)
    .await?;
    Ok(Json(teams))
}

/// Whether there is such a team.
pub(super) async fn is_there(tx: &mut Tx, team: TeamId) -> Result<bool> {
    let found: Option<(TeamId,)> =
        sql!("select id from teams where id = $1").bind(team).fetch_optional(tx).await?;
    Ok(found.is_some())
}

/// What a team is called.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct TeamName {
    /// The name, which no other team has.
    name: String,
}

fn checked(name: TeamName) -> Answer<String> {
    match name_fault(&name.name) {
        Some(code) => Err(Problem::invalid("invalid").field("name", code)),
        None => Ok(name.name.trim().to_owned()),
    }
}

/// Makes a team.
#[utoipa::path(post, path = "/teams", tag = "staff", request_body = TeamName, responses(
    (status = 201, body = Team), (status = 409, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(name): Json<TeamName>,
) -> Answer<(StatusCode, Json<Team>)> {
    let name = checked(name)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let id: TeamId = tx.id();
                sql!("insert into teams (id, name, created_at) values ($1, $2, $3)")
                    .bind(id)
                    .bind(&name)
                    .bind(tx.now())
                    .execute(tx)
                    .await?;
                audit::write(tx, Some(&actor), "team.created", Some(id.number()), json!({})).await?;
                Ok((StatusCode::CREATED, Json(Team { id, name, members: 0 })))
            }
            .boxed()
        })
        .await
}

/// Gives a team another name.
#[utoipa::path(put, path = "/teams/{id}", tag = "staff", request_body = TeamName,
    params(("id" = String, Path, description = "The team")), responses((status = 204),
    (status = 404, body = crate::ProblemBody), (status = 409, body = crate::ProblemBody),
    (status = 422, body = crate::ProblemBody)))]
pub(super) async fn rename(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<TeamId>,
    Json(name): Json<TeamName>,
) -> Answer<StatusCode> {
    let name = checked(name)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let found =
                    sql!("update teams set name = $1 where id = $2").bind(name).bind(id).execute(tx).await?;
                told(tx, &actor, id, "team.renamed", found).await
            }
            .boxed()
        })
        .await
}

/// Dissolves a team; its members are in none then, and who saw the team's customers sees their own.
#[utoipa::path(delete, path = "/teams/{id}", tag = "staff", params(("id" = String, Path, description = "The team")),
    responses((status = 204), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<TeamId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let found = sql!("delete from teams where id = $1").bind(id).execute(tx).await?;
                told(tx, &actor, id, "team.deleted", found).await
            }
            .boxed()
        })
        .await
}

async fn told(
    tx: &mut Tx,
    actor: &Actor,
    id: TeamId,
    action: &'static str,
    found: u64,
) -> Answer<StatusCode> {
    if found == 0 {
        return Err(Problem::not_found());
    }
    audit::write(tx, Some(actor), action, Some(id.number()), json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}
