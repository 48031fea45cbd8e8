//! `/choose/quality`: the matrix, the ranking and the true customers.

use super::board::{self, QualityBoard};
use axum::Json;
use axum::extract::State;
use web::{Actor, Answer, App};

/// The quality of customers, and who the true ones are.
#[utoipa::path(get, path = "/choose/quality", tag = "choose", responses((status = 200, body = QualityBoard)))]
pub(super) async fn board(State(app): State<App>, actor: Actor) -> Answer<Json<QualityBoard>> {
    let mut tx = app.db().read().await?;
    Ok(Json(board::board(&mut tx, actor.sight).await?))
}
