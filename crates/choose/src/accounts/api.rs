//! `/choose/accounts`: the board, decisions, settings; and the worth of one customer for the card.

use super::board::{self, AccountBoard, AccountPart};
use super::decide::{self, Decisions};
use super::store;
use crate::refresh;
use crate::worth::store as worth;
use crate::worth::{AccountSettings, Figure, Growth, Margin};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use futures::FutureExt;
use kernel::{Currency, Id, Instant, Money, kinds};
use know::assessments::Input;
use know::parties;
use science::value::{Evidence, Sign, TrueCustomerFlag};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, IfMatch, Problem, ProblemBody, audit, etag};

type PartyId = Id<kinds::Party>;
type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

fn tagged<T>(value: T, revision: i64) -> Tagged<T> {
    ([(header::ETAG, etag(revision))], Json(value))
}

/// The board of key accounts. The entity tag is that of the settings.
#[utoipa::path(get, path = "/choose/accounts", tag = "choose", responses((status = 200, body = AccountBoard)))]
pub(super) async fn board(State(app): State<App>, actor: Actor) -> Answer<Tagged<AccountBoard>> {
    let mut tx = app.db().read().await?;
    let revision = AccountSettings::versioned(&mut tx).await?.revision;
    Ok(tagged(board::board(&mut tx, actor.sight).await?, revision))
}

/// Decides who becomes a key account and who is none any more, each with a written reason. Those screened and left out
/// are watched from the next month on.
#[utoipa::path(post, path = "/choose/accounts/decisions", tag = "choose", request_body = Decisions, responses(
    (status = 200, body = AccountBoard), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub(super) async fn decide(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<Decisions>,
) -> Answer<Json<AccountBoard>> {
    asked.check()?;
    let board = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                decide::decide(tx, &actor, &asked).await?;
                Ok::<_, Problem>(board::board(tx, actor.sight).await?)
            }
            .boxed()
        })
        .await?;
    Ok(Json(board))
}

/// What accounts are judged by.
#[utoipa::path(get, path = "/choose/accounts/settings", tag = "choose",
    responses((status = 200, body = AccountSettings)))]
pub(super) async fn settings(State(app): State<App>) -> Answer<Tagged<AccountSettings>> {
    let mut tx = app.db().read().await?;
    let settings = AccountSettings::versioned(&mut tx).await?;
    Ok(tagged(settings.value, settings.revision))
}

/// Changes what accounts are judged by; a job works everyone's figures out anew.
#[utoipa::path(put, path = "/choose/accounts/settings", tag = "choose", request_body = AccountSettings, responses(
    (status = 200, body = AccountSettings), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(settings): Json<AccountSettings>,
) -> Answer<Tagged<AccountSettings>> {
    let faults = settings.faults();
    let problem =
        faults.iter().fold(Problem::invalid("invalid"), |problem, &(field, code)| problem.field(field, code));
    if problem.has_fields() {
        return Err(problem);
    }
    let revision = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, asked, settings).await }.boxed())
        .await?;
    Ok(tagged(settings, revision))
}

async fn keep(tx: &mut Tx, actor: &Actor, asked: IfMatch, settings: AccountSettings) -> Answer<i64> {
    let before = AccountSettings::versioned(tx).await?;
    if !asked.allows(before.revision) {
        return Err(Problem::precondition_failed());
    }
    let revision = settings.save(tx, asked.0).await?.ok_or_else(Problem::precondition_failed)?;
    let detail = json!({ "from": before.value, "to": settings, "revision": revision });
    audit::write(tx, Some(actor), "accounts.settings_changed", None, detail).await?;
    refresh::request(tx).await?;
    Ok(revision)
}

/// What the relationship with a customer is worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct Worth {
    /// Net purchases of the last year.
    revenue: Money,
    /// People who work for the organisation and whose orders are counted with it.
    people: usize,
    /// Margin of the last year.
    margin: Option<Money>,
    /// Where the margin comes from.
    margin_from: Option<Margin>,
    /// Cost to serve of a year.
    cost: Option<Money>,
    /// Margin less cost, when both are known.
    profit: Option<Money>,
    growth: Option<Growth>,
    /// The quality index in points of 100, when all four inputs are known.
    quality: Option<i64>,
    /// What each input added to the middle, in points.
    quality_parts: Vec<AccountPart>,
    /// The cell of the quality matrix.
    cell: Option<&'static str>,
    /// `true`, `not` or `unknown`.
    true_customer: &'static str,
    /// The signs of a true customer.
    signs: Vec<SignOf>,
    /// The last decision about them, if there was one.
    key: Option<KeyState>,
}

/// A sign of a true customer.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = TrueCustomerSign)]
pub struct SignOf {
    /// `will`, `behaviour` or `promotion`.
    #[schema(value_type = String)]
    sign: Sign,
    /// `shown`, `absent` or `unknown`.
    #[schema(value_type = String)]
    evidence: Evidence,
}

/// Whether somebody is a key account, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyState {
    /// Whether they are one.
    is_key: bool,
    reason: String,
    by: String,
    #[schema(value_type = String)]
    at: Instant,
}

/// The flag as text.
pub fn flag(figure: &Figure) -> &'static str {
    match figure.truth.flag {
        TrueCustomerFlag::True => "true",
        TrueCustomerFlag::Not { .. } => "not",
        TrueCustomerFlag::NotEnoughData { .. } => "unknown",
    }
}

/// The signs with what is known of each.
pub fn signs(figure: &Figure) -> Vec<SignOf> {
    figure.truth.evidence.iter().map(|(sign, evidence)| SignOf { sign: *sign, evidence: *evidence }).collect()
}

/// What the relationship with a customer is worth, for the card.
#[utoipa::path(get, path = "/choose/worth/{id}", tag = "choose",
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = Worth), (status = 404, body = ProblemBody)))]
pub(super) async fn of_party(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
) -> Answer<Json<Worth>> {
    let mut tx = app.db().read().await?;
    parties::store::standing(&mut tx, party, actor.sight).await?;
    let currency = Company::load(&mut tx).await?.currency;
    let figure = worth::figures(&mut tx, &[party]).await?.remove(&party).ok_or_else(Problem::not_found)?;
    let key = store::last_of(&mut tx, party).await?.map(|last| KeyState {
        is_key: last.decision == "approved",
        reason: actor.sight.text(last.reason),
        by: last.by_name,
        at: last.at,
    });
    Ok(Json(shown(&figure, currency, key)))
}

fn shown(figure: &Figure, currency: Currency, key: Option<KeyState>) -> Worth {
    let money = |amount| Money::new(currency, amount);
    Worth {
        revenue: money(figure.revenue),
        people: figure.people,
        margin: figure.margin.map(|(margin, _)| money(margin)),
        margin_from: figure.margin.map(|(_, from)| from),
        cost: figure.cost.map(money),
        profit: figure.profit.map(money),
        growth: figure.growth,
        quality: figure.points(),
        quality_parts: quality_parts(figure),
        cell: figure.cell,
        true_customer: flag(figure),
        signs: signs(figure),
        key,
    }
}

/// What each input of quality added to the middle, in points of 100, under the names that inputs have here.
pub fn quality_parts(figure: &Figure) -> Vec<AccountPart> {
    let named = |name: &str| match name {
        "purchase needs" => Input::PurchaseNeeds,
        "growth" => Input::Potential,
        "bargaining power" => Input::BargainingPower,
        _ => Input::PriceSensitivity,
    };
    let reasons = figure.quality.iter().flat_map(|quality| &quality.reasons);
    let part = |reason: &science::value::Reason| AccountPart {
        input: named(&reason.input).text().to_owned(),
        contribution: reason.contribution * 100.0,
    };
    reasons.map(part).collect()
}
