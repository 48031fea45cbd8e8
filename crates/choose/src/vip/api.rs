//! `/choose/vip`: the board, the rules with a dry run, the reason of one person, and grants.

use super::board::{self, VipBoard, VipReason};
use super::preview::{self, VipPreview};
use super::rules::VipRules;
use super::store::{self, Grant};
use crate::refresh;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use know::parties;
use know::privacy::suspension;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, IfMatch, Problem, ProblemBody, audit, etag};

type PartyId = Id<kinds::Party>;
type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

/// Characters of a reason.
const REASON: usize = 500;

fn tagged<T>(value: T, revision: i64) -> Tagged<T> {
    ([(header::ETAG, etag(revision))], Json(value))
}

/// The board of tiers. The entity tag is that of the rules.
#[utoipa::path(get, path = "/choose/vip", tag = "choose", responses((status = 200, body = VipBoard)))]
pub(super) async fn board(State(app): State<App>, actor: Actor) -> Answer<Tagged<VipBoard>> {
    let mut tx = app.db().read().await?;
    let revision = store::rules(&mut tx).await?.revision;
    Ok(tagged(board::board(&mut tx, actor.sight).await?, revision))
}

fn check(rules: &VipRules) -> Answer<()> {
    let faults = rules.faults();
    let problem =
        faults.iter().fold(Problem::invalid("invalid"), |problem, &(field, code)| problem.field(field, code));
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// Changes the rules: a new version. A job judges everyone by them; falls that the change causes need no notice.
#[utoipa::path(put, path = "/choose/vip", tag = "choose", request_body = VipRules, responses(
    (status = 200, body = VipRules), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(rules): Json<VipRules>,
) -> Answer<Tagged<VipRules>> {
    check(&rules)?;
    let kept = rules.clone();
    let revision = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, asked, &kept).await }.boxed())
        .await?;
    Ok(tagged(rules, revision))
}

async fn keep(tx: &mut Tx, actor: &Actor, asked: IfMatch, rules: &VipRules) -> Answer<i64> {
    let before = store::rules(tx).await?;
    if !asked.allows(before.revision) {
        return Err(Problem::precondition_failed());
    }
    let version = store::save_rules(tx, actor, rules, asked.0).await?;
    let version = version.ok_or_else(Problem::precondition_failed)?;
    let detail = json!({ "from": before.value, "to": rules, "version": version });
    audit::write(tx, Some(actor), "vip.rules_changed", None, detail).await?;
    if rules.tiers.is_empty() {
        store::forget_all(tx).await?;
    }
    refresh::request(tx).await?;
    Ok(version)
}

/// Tries rules out: who would come, who would go, and nothing is written.
#[utoipa::path(post, path = "/choose/vip/preview", tag = "choose", request_body = VipRules,
    responses((status = 200, body = VipPreview), (status = 422, body = ProblemBody)))]
pub(super) async fn preview(
    State(app): State<App>,
    actor: Actor,
    Json(rules): Json<VipRules>,
) -> Answer<Json<VipPreview>> {
    check(&rules)?;
    let mut tx = app.db().read().await?;
    Ok(Json(preview::preview(&mut tx, &rules, actor.sight).await?))
}

/// A customer's tier and the reason for it.
#[utoipa::path(get, path = "/choose/vip/parties/{id}", tag = "choose",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = VipReason), (status = 404, body = ProblemBody)))]
pub(super) async fn of_party(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<Json<VipReason>> {
    let mut tx = app.db().read().await?;
    parties::store::standing(&mut tx, party, actor.sight).await?;
    Ok(Json(board::reason(&mut tx, party, actor.sight).await?))
}

/// A tier that somebody gets or keeps whatever the score says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewGrant {
    /// The code of the tier.
    tier: String,
    /// Why, in words.
    reason: String,
    /// The last day; none for as long as nobody takes it back.
    #[schema(value_type = Option<String>)]
    until: Option<Day>,
}

/// Grants a tier with a reason. It lifts, and keeps from falling below; a better score still counts.
#[utoipa::path(put, path = "/choose/vip/parties/{id}/grant", tag = "choose", request_body = NewGrant,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = VipReason), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub(super) async fn grant(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(new): Json<NewGrant>,
) -> Answer<Json<VipReason>> {
    let reason = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                parties::store::standing(tx, party, actor.sight).await?;
                let today = Company::load(tx).await?.today(&*tx.environment().clock.clone());
                if suspension::since(tx, party).await?.is_some() {
                    return Err(Problem::conflict("party_not_used"));
                }
                let grant = read(tx, party, &new, today).await?;
                store::grant(tx, &actor, &grant).await?;
                let detail = json!({ "tier": new.tier, "until": new.until });
                audit::write(tx, Some(&actor), "vip.granted", Some(party.number()), detail).await?;
                Ok::<_, Problem>(board::reason(tx, party, actor.sight).await?)
            }
            .boxed()
        })
        .await?;
    Ok(Json(reason))
}

async fn read(tx: &mut Tx, party: PartyId, new: &NewGrant, today: Day) -> Answer<Grant> {
    let rules = store::rules(tx).await?.value;
    let mut problem = Problem::invalid("invalid");
    if rules.tier(&new.tier).is_none() {
        problem = problem.field("tier", "tier_unknown");
    }
    match new.reason.trim().chars().count() {
        0 => problem = problem.field("reason", "reason_required"),
        1..=REASON => {}
        _ => problem = problem.field("reason", "too_long"),
    }
    if new.until.is_some_and(|until| until < today) {
        problem = problem.field("until", "day_past");
    }
    if problem.has_fields() {
        return Err(problem);
    }
    let reason = new.reason.trim().to_owned();
    Ok(Grant { party, tier: new.tier.clone(), reason, until: new.until, by_name: String::new() })
}

/// Takes a grant back; from then on the score decides, with its notice.
#[utoipa::path(delete, path = "/choose/vip/parties/{id}/grant", tag = "choose",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn release(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                parties::store::standing(tx, party, actor.sight).await?;
                if !store::release(tx, party).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "vip.released", Some(party.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
