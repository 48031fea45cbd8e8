//! Live answers about a rule: how many, some of them, and why one person is in or out.

use super::WrittenRule;
use crate::segment::rule::{Rule, print, to_json};
use crate::segment::why::{Both, Reader, Reason, why as reason};
use crate::segment::{Count, Frame, Question, ask as questions, moves, people, store};
use ::store::Db;
use axum::Json;
use axum::extract::State;
use kernel::{Id, Instant, kinds};
use know::parties::list::PartyRow;
use know::privacy::suspension;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Problem, ProblemBody, Sight};

/// What a rule means now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentAnswer)]
pub(in crate::segment) struct Asked {
    /// How many people.
    #[serde(flatten)]
    count: Count,
    /// Ten of them.
    sample: Vec<PartyRow>,
    /// The rule as text.
    text: String,
    /// The rule as JSON.
    #[schema(value_type = Object)]
    rule: Value,
    /// The rule as a sentence.
    sentence: Both,
    /// Whether some conditions move with time in no order an index knows: such a segment is brought up each night.
    nightly: bool,
}

/// Counts whom a rule means; a count that takes longer than a second says "more than".
#[utoipa::path(post, path = "/choose/segments/ask", tag = "choose", request_body = WrittenRule,
    responses((status = 200, body = Asked), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn ask(
    State(app): State<App>,
    actor: Actor,
    Json(written): Json<WrittenRule>,
) -> Answer<Json<Asked>> {
    let mut tx = app.db().read().await?;
    let (book, frame) = (store::book(&mut tx).await?, Frame::load(&mut tx).await?);
    drop(tx);
    let rule = written.read(&book, actor.sight)?;
    let asked = Question::of(&rule, &frame)?.seen_by(actor.sight);
    let (count, sample) = futures::future::try_join(
        questions::quick_count(app.db(), &asked),
        questions::sample(app.db(), &asked, &frame, actor.sight),
    )
    .await?;
    Ok(Json(Asked {
        count,
        sample,
        text: actor.sight.text(print(&rule, &book)),
        rule: actor.sight.json(to_json(&rule)),
        sentence: Both::of(|locale| actor.sight.text(book.sentence(&rule, locale))),
        nightly: moves::moves(&rule).contains(&moves::Moves::Nightly),
    }))
}

/// Two rules.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SegmentPair)]
pub(in crate::segment) struct Two {
    left: WrittenRule,
    right: WrittenRule,
}

/// How far two rules mean the same people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentOverlap)]
pub(in crate::segment) struct Overlap {
    /// Whom the first means.
    left: Count,
    /// Whom the second means.
    right: Count,
    /// Whom both mean.
    both: Count,
}

/// Counts whom two rules mean, and whom both do.
#[utoipa::path(post, path = "/choose/segments/overlap", tag = "choose", request_body = Two,
    responses((status = 200, body = Overlap), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn overlap(
    State(app): State<App>,
    actor: Actor,
    Json(two): Json<Two>,
) -> Answer<Json<Overlap>> {
    let mut tx = app.db().read().await?;
    let (book, frame) = (store::book(&mut tx).await?, Frame::load(&mut tx).await?);
    drop(tx);
    let (left, right) = (two.left.read(&book, actor.sight)?, two.right.read(&book, actor.sight)?);
    let both = Rule::All(vec![left.clone(), right.clone()]);
    Ok(Json(Overlap {
        left: counted(app.db(), &left, &frame, actor.sight).await?,
        right: counted(app.db(), &right, &frame, actor.sight).await?,
        both: counted(app.db(), &both, &frame, actor.sight).await?,
    }))
}

async fn counted(db: &Db, rule: &Rule, frame: &Frame, sight: Sight) -> Answer<Count> {
    Ok(questions::quick_count(db, &Question::of(rule, frame)?.seen_by(sight)).await?)
}

/// A rule and a person.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SegmentQuestion)]
pub(in crate::segment) struct About {
    #[serde(flatten)]
    written: WrittenRule,
    /// Whom it is asked about.
    #[schema(value_type = String)]
    party: Id<kinds::Party>,
}

/// Why somebody is in or out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentWhy)]
pub(in crate::segment) struct Told {
    /// Each condition.
    #[serde(flatten)]
    reason: Reason,
    /// Since when they are meant by no rule, because they asked not to be used; `holds` is false then whatever the
    /// conditions say.
    #[schema(value_type = Option<String>)]
    suspended_since: Option<Instant>,
}

/// Says of each condition whether it holds for a person, and what is known of them.
#[utoipa::path(post, path = "/choose/segments/why", tag = "choose", request_body = About, responses(
    (status = 200, body = Told), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn why(
    State(app): State<App>,
    actor: Actor,
    Json(about): Json<About>,
) -> Answer<Json<Told>> {
    let mut tx = app.db().read().await?;
    let (book, frame) = (store::book(&mut tx).await?, Frame::load(&mut tx).await?);
    let rule = about.written.read(&book, actor.sight)?;
    if questions::shown(&mut tx, &[about.party], &frame, actor.sight).await?.is_empty() {
        return Err(Problem::not_found());
    }
    let known = people(&mut tx, &rule, &[about.party], &frame).await?;
    let person = known.first().ok_or_else(Problem::not_found)?;
    let suspended_since = suspension::since(&mut tx, about.party).await?;
    let reason = reason(&rule, person, &frame, &Reader { book: &book, sight: actor.sight });
    let holds = reason.holds && suspended_since.is_none();
    Ok(Json(Told { reason: Reason { holds, ..reason }, suspended_since }))
}
