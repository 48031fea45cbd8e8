//! `/measure/leak`.

use super::board::Board;
use super::{LeavingReaction, job, model, store};
use crate::{blocking, models, population};
use ::store::Tx;
use axum::Json;
use axum::extract::{Query, State};
use choose::lifecycle::StateSettings;
use kernel::Day;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Answer, App, Company, Permission, ProblemBody, Registry};

/// Registers the route and the reaction.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(read)));
    registry.allow("GET", "/measure/leak", Permission::FiguresRead);
    registry.reaction(LeavingReaction);
    registry.work(job::Recount);
}

/// As of which day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// The day it is answered for; today when left out. Only today's numbers open their people.
    #[param(value_type = Option<String>)]
    as_of: Option<Day>,
}

/// The leaky bucket: level, inflow and outflow by month, the holes, and what plugging one would do.
#[utoipa::path(get, path = "/measure/leak", tag = "measure", params(AsOf),
    responses((status = 200, body = Board), (status = 422, body = ProblemBody)))]
async fn read(State(app): State<App>, Query(AsOf { as_of }): Query<AsOf>) -> Answer<Json<Board>> {
    let mut tx = app.db().read().await?;
    let company = Company::load(&mut tx).await?;
    let today = company.today(app.clock());
    let as_of = as_of.unwrap_or(today);
    let value = models::store::value_per_person(&mut tx, &company).await?;
    let kept = if as_of == today { store::kept(&mut tx, as_of).await? } else { None };
    let months = match kept {
        Some(months) => months,
        None => months_as_of(&mut tx, as_of, &company).await?,
    };
    Ok(Json(Board::new(as_of, months, value)))
}

/// The months as of any day, from the order rows.
pub(crate) async fn months_as_of(
    tx: &mut Tx,
    as_of: Day,
    company: &Company,
) -> ::store::Result<Vec<model::LeakMonth>> {
    let population = population::as_of(tx, as_of).await?;
    let settings = StateSettings::load(tx).await?;
    let causes = store::causes(tx, as_of, company).await?;
    Ok(blocking(move || model::months(&population, as_of, &settings, &causes)).await)
}
