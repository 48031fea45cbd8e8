//! `/colleagues`: who works here, for everyone who has to name somebody.

use crate::{Answer, App, user};
use axum::Json;
use axum::extract::State;
use kernel::{Id, kinds};
use serde::Serialize;

/// Someone who works here, without what is between them and the owner.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Colleague {
    /// The user.
    #[schema(value_type = String)]
    pub id: Id<kinds::User>,
    /// The display name.
    pub name: String,
    /// The team.
    #[schema(value_type = Option<String>)]
    pub team: Option<Id<kinds::Team>>,
}

/// The active users, the oldest first.
#[utoipa::path(get, path = "/colleagues", tag = "staff", responses((status = 200, body = Vec<Colleague>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<Colleague>>> {
    let mut tx = app.db().read().await?;
    let users = user::all(&mut tx).await?.into_iter().filter(|user| user.active);
    Ok(Json(users.map(|user| Colleague { id: user.id, name: user.name, team: user.team }).collect()))
}
