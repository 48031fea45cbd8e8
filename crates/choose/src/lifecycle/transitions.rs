//! `/choose/states/transitions`: how many people were in which state on one day and in which on a later one.
//!
//! Both days are judged by the present settings and the company's present interval, so that a change of either is no
//! movement of people.

use super::model::{self, State};
use super::store::{Standards, each_history};
use axum::Json;
use axum::extract::{Query, State as Extract};
use kernel::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use web::{Answer, App, Problem, ProblemBody};

/// Days looked back where nothing is said.
const USUAL: i64 = 30;

/// Between which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Between {
    /// The earlier day; 30 days before the later one unless given.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// The later day; today unless given.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
}

/// Who moved from which state to which.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Transitions {
    /// The earlier day.
    #[schema(value_type = String)]
    from: Day,
    /// The later day.
    #[schema(value_type = String)]
    to: Day,
    /// Every pair of states that somebody has, those who stayed included.
    moves: Vec<Transition>,
}

/// How many moved from one state to another.
#[derive(Debug, Serialize, ToSchema)]
struct Transition {
    /// The state on the earlier day.
    #[schema(value_type = String)]
    before: State,
    /// The state on the later day.
    #[schema(value_type = String)]
    after: State,
    /// People.
    people: i64,
}

/// Counts people by their states on two days.
#[utoipa::path(get, path = "/choose/states/transitions", tag = "choose", params(Between),
    responses((status = 200, body = Transitions), (status = 422, body = ProblemBody)))]
pub(super) async fn transitions(
    Extract(app): Extract<App>,
    Query(between): Query<Between>,
) -> Answer<Json<Transitions>> {
    let mut tx = app.db().read().await?;
    let Standards { settings, company, today } = Standards::load(&mut tx).await?;
    let to = between.to.unwrap_or(today);
    let from = between.from.unwrap_or(to.plus(-USUAL));
    if from >= to || to > today {
        return Err(Problem::invalid("invalid").field("from", "transition_period"));
    }
    let mut counts: BTreeMap<(State, State), i64> = BTreeMap::new();
    each_history(&mut tx, |days| {
        let state = |day| model::state_on(days, day, company, &settings);
        *counts.entry((state(from), state(to))).or_default() += 1;
    })
    .await?;
    let moves = counts.into_iter().map(|((before, after), people)| Transition { before, after, people });
    Ok(Json(Transitions { from, to, moves: moves.collect() }))
}
