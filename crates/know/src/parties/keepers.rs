//! Keepers: who of the company looks after a customer, and so who sees them where sight is limited.
//!
//! Invariants:
//! - A customer has one keeper or none.
//! - Whoever sees only some customers keeps those they enter, and can give away but not take.

use super::store;
use ::store::{FromRow, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, Sight, Within, audit};

type PartyId = Id<kinds::Party>;
type UserId = Id<kinds::User>;

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(hand_over)));
    registry.allow("PUT", "/parties/{id}/keeper", Permission::PartiesWrite);
}

/// Who looks after a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct Keeper {
    /// The user.
    #[schema(value_type = String)]
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// Who looks after `party`.
pub async fn of(tx: &mut Tx, party: PartyId) -> Result<Option<Keeper>> {
    sql!("select u.id, u.name from keepers k join users u on u.id = k.user_id where k.party = $1")
        .bind(party)
        .fetch_optional(tx)
        .await
}

/// Whether `sight` reaches `party`.
pub async fn is_seen(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<bool> {
    let Some(Within { user, team }) = sight.within() else { return Ok(true) };
    let kept: Option<(UserId,)> = sql!(
        "select u.id from keepers k join users u on u.id = k.user_id \
         where k.party = $1 and (k.user_id = $2 or u.team = $3)"
    )
    .bind(party)
    .bind(user)
    .bind(team)
    .fetch_optional(tx)
    .await?;
    Ok(kept.is_some())
}

/// Gives a customer whom `actor` has just entered to them, where they would not see them otherwise.
pub async fn keep_new(tx: &mut Tx, actor: &Actor, party: PartyId) -> Result<()> {
    match actor.sight.within() {
        Some(_) => give(tx, party, actor.user).await,
        None => Ok(()),
    }
}

async fn give(tx: &mut Tx, party: PartyId, user: UserId) -> Result<()> {
    sql!(
        "insert into keepers (party, user_id, since) values ($1, $2, $3) \
         on conflict (party) do update set user_id = excluded.user_id, since = excluded.since"
    )
    .bind(party)
    .bind(user)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}

/// Who looks after a customer from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KeeperEdit {
    /// An active user; none for nobody.
    #[schema(value_type = Option<String>)]
    user: Option<UserId>,
}

/// Says who looks after a customer. With a limited sight, giving one away ends seeing them.
#[utoipa::path(put, path = "/parties/{id}/keeper", tag = "know", request_body = KeeperEdit,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn hand_over(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(edit): Json<KeeperEdit>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                store::standing(tx, party, actor.sight).await?;
                settle(tx, party, edit.user).await?;
                let detail = json!({ "keeper": edit.user });
                audit::write(tx, Some(&actor), "party.keeper_changed", Some(party.number()), detail).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

async fn settle(tx: &mut Tx, party: PartyId, user: Option<UserId>) -> Answer<()> {
    let Some(user) = user else {
        sql!("delete from keepers where party = $1").bind(party).execute(tx).await?;
        return Ok(());
    };
    match web::user::find(tx, user).await? {
        Some(user) if user.active => Ok(give(tx, party, user.id).await?),
        _ => Err(Problem::invalid("invalid").field("user", "unknown")),
    }
}
