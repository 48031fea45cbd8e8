//! The one thing to do next for a customer, with its reason, and whether it was done.
//!
//! Invariants:
//! - The rules are deterministic and stand in one order ([`RULES`]); the first that fits and does not rest is suggested.
//! - What was done rests for [`DONE_DAYS`], what was not done for [`NOT_DONE_DAYS`]; another thing may be suggested meanwhile.
//! - A follow-up that is due comes first: somebody meant to do it.

use crate::follow_ups::{self, FollowUp};
use crate::parties::root::members;
use crate::parties::store;
use ::store::log::{self, Entry};
use ::store::{FromRow, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry, Sight};

type PartyId = Id<kinds::Party>;

/// Days for which something that was done is not suggested again.
const DONE_DAYS: i64 = 14;
/// Days for which something that somebody chose not to do is not suggested again.
const NOT_DONE_DAYS: i64 = 30;
/// The share of the usual interval after which a new customer is asked to come again.
const SECOND_VISIT_SHARE: f64 = 0.5;

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(close)));
    registry.allow("PUT", "/parties/{id}/suggestion", Permission::PartiesWrite);
}

/// The one thing to do next.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestion {
    /// `follow_up`, `decide_merge`, `ask_contact`, `call_late_regular`, `win_back`, `second_visit`, `welcome` or `thank_vip`.
    pub kind: String,
    /// What its sentence and its reason are made of.
    pub params: Value,
}

/// What the rules look at.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// The state in their life as a customer.
    pub state: String,
    /// Distinct orders.
    pub orders: i64,
    /// Days since the last one.
    pub since_days: Option<i64>,
    /// Their usual interval.
    pub interval_days: Option<f64>,
    /// Whether they are later than usual.
    pub late: bool,
    /// Whether they are among the best in all three scores.
    pub vip: bool,
    /// Whether there is an e-mail address or a phone number.
    pub reachable: bool,
    /// Whether somebody was in touch since the last order.
    pub contacted: bool,
    /// What is due for them first.
    pub follow_up: Option<FollowUp>,
    /// How sure it is that another record is theirs as well, where that is proposed.
    pub twin_score: Option<i64>,
}

type Rule = fn(&Situation) -> Option<Value>;

/// The rules, the most urgent first: a promise, then the record itself, then whoever is about to leave, then growth.
const RULES: [(&str, Rule); 8] = [
    ("follow_up", |now| {
        let due = now.follow_up.as_ref()?;
        Some(json!({ "id": due.id, "title": due.title, "day": due.due, "occasion": due.occasion }))
    }),
    ("call_late_regular", |now| (now.late && !now.contacted).then(|| days(now))),
    ("decide_merge", |now| now.twin_score.map(|score| json!({ "score": score }))),
    ("ask_contact", |now| (!now.reachable && now.orders > 1).then(|| json!({ "orders": now.orders }))),
    ("win_back", |now| {
        let gone = ["dormant", "lost"].contains(&now.state.as_str());
        (gone && now.orders > 2 && !now.contacted).then(|| days(now))
    }),
    ("second_visit", |now| {
        let waited = now.since_days? as f64 >= now.interval_days? * SECOND_VISIT_SHARE;
        (now.state == "new" && waited && !now.contacted).then(|| days(now))
    }),
    ("welcome", |now| (now.state == "new" && !now.contacted).then(|| days(now))),
    ("thank_vip", |now| (now.state == "regular" && now.vip && !now.contacted).then(|| days(now))),
];

fn days(now: &Situation) -> Value {
    json!({ "since_days": now.since_days, "interval_days": now.interval_days })
}

/// The first thing that fits and does not rest.
fn suggest(now: &Situation, resting: &[String]) -> Option<Suggestion> {
    RULES.iter().filter(|(kind, _)| !resting.iter().any(|rests| rests == kind)).find_map(|(kind, rule)| {
        let params = rule(now)?;
        Some(Suggestion { kind: (*kind).to_owned(), params })
    })
}

/// The one thing to do next for a customer; `now` is what their card says.
pub async fn of(
    tx: &mut Tx,
    party: PartyId,
    now: Situation,
    today: Day,
    sight: Sight,
) -> Result<Option<Suggestion>> {
    let asked = follow_ups::store::Asked { party: Some(party), due: Some(true), ..Default::default() };
    let follow_up = follow_ups::store::page(tx, asked, today, None, 1, sight).await?.pop();
    let now = Situation { follow_up, twin_score: twin_score(tx, party).await?, ..now };
    Ok(suggest(&now, &resting(tx, party, today).await?))
}

/// How sure the surest open proposal is that another record is theirs as well.
async fn twin_score(tx: &mut Tx, party: PartyId) -> Result<Option<i64>> {
    let row: (Option<i64>,) = sql!(concat!(
        "select max(m.score) from merge_proposals m where m.state = 'open' and coalesce(m.waits_until, 0) <= $2 \
         and (m.party in ",
        members!("$1"),
        " or m.other in ",
        members!("$1"),
        ")"
    ))
    .bind(party)
    .bind(tx.now())
    .fetch_one(tx)
    .await?;
    Ok(row.0)
}

#[derive(FromRow)]
struct Rest {
    kind: String,
    outcome: String,
    day: Day,
}

/// What rests for a customer today.
async fn resting(tx: &mut Tx, party: PartyId, today: Day) -> Result<Vec<String>> {
    let rows: Vec<Rest> = sql!(concat!(
        "select kind, outcome, day from suggestion_outcomes where party in ",
        members!("$1"),
        " and day > $2"
    ))
    .bind(party)
    .bind(today.plus(-NOT_DONE_DAYS))
    .fetch_all(tx)
    .await?;
    let rests = |row: &Rest| row.outcome == "not_done" || row.day > today.plus(-DONE_DAYS);
    Ok(rows.into_iter().filter(rests).map(|row| row.kind).collect())
}

/// Whether something that was suggested was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SuggestionOutcome)]
pub enum Outcome {
    /// It was.
    Done,
    /// It was not, and is not to be for a while.
    NotDone,
}

impl Outcome {
    const fn text(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone => "not_done",
        }
    }
}

/// What became of a suggestion.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SuggestionEdit {
    /// The suggestion, by its kind.
    kind: String,
    /// What became of it; none takes today's word back.
    outcome: Option<Outcome>,
}

/// Says whether what was suggested was done. It rests for two weeks then, or for a month when it was not done.
#[utoipa::path(put, path = "/parties/{id}/suggestion", tag = "know", request_body = SuggestionEdit,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn close(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(edit): Json<SuggestionEdit>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                store::standing(tx, party, actor.sight).await?;
                let known = RULES.iter().map(|(kind, _)| *kind).find(|kind| *kind == edit.kind);
                let kind = known.ok_or_else(|| Problem::invalid("invalid").field("kind", "unknown"))?;
                keep(tx, &actor, party, kind, edit.outcome).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    party: PartyId,
    kind: &str,
    outcome: Option<Outcome>,
) -> Answer<()> {
    let today = Company::load(tx).await?.today(&*tx.environment().clock.clone());
    sql!("delete from suggestion_outcomes where party = $1 and kind = $2 and day = $3")
        .bind(party)
        .bind(kind)
        .bind(today)
        .execute(tx)
        .await?;
    let Some(outcome) = outcome else { return Ok(()) };
    let id: Id<kinds::Run> = tx.id();
    sql!(
        "insert into suggestion_outcomes (id, party, kind, outcome, day, at, by_name) values ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(id)
    .bind(party)
    .bind(kind)
    .bind(outcome.text())
    .bind(today)
    .bind(tx.now())
    .bind(&actor.name)
    .execute(tx)
    .await?;
    let body = json!({ "suggestion": kind, "outcome": outcome });
    let entry = Entry::live(tx, "suggestion.closed", id.number()).about(party).with(body);
    Ok(log::append(tx, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regular() -> Situation {
        Situation {
            state: "regular".into(),
            orders: 9,
            since_days: Some(20),
            interval_days: Some(10.0),
            reachable: true,
            ..Situation::default()
        }
    }

    fn kind(now: &Situation, resting: &[&str]) -> Option<String> {
        let resting: Vec<String> = resting.iter().map(|kind| (*kind).to_owned()).collect();
        suggest(now, &resting).map(|suggestion| suggestion.kind)
    }

    #[test]
    fn the_most_urgent_thing_that_fits_and_does_not_rest_is_suggested() {
        let late = Situation { late: true, twin_score: Some(80), vip: true, ..regular() };
        assert_eq!(kind(&late, &[]).as_deref(), Some("call_late_regular"));
        assert_eq!(kind(&late, &["call_late_regular"]).as_deref(), Some("decide_merge"));
        assert_eq!(kind(&late, &["call_late_regular", "decide_merge"]).as_deref(), Some("thank_vip"));
        let called = Situation { contacted: true, ..late };
        assert_eq!(kind(&called, &["decide_merge"]), None, "somebody was in touch");
        assert_eq!(kind(&regular(), &[]), None);
    }

    #[test]
    fn a_new_customer_is_welcomed_first_and_asked_to_come_again_later() {
        let new = |since| Situation {
            state: "new".into(),
            orders: 1,
            since_days: Some(since),
            interval_days: Some(20.0),
            reachable: true,
            ..Situation::default()
        };
        assert_eq!(kind(&new(1), &[]).as_deref(), Some("welcome"));
        assert_eq!(kind(&new(10), &[]).as_deref(), Some("second_visit"));
    }
}
