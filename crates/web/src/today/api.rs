//! `/today`: the cards, and putting one to rest.

use super::{Card, SharePoint, Step};
use crate::{Actor, Answer, App, Company, Problem, Sight};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Lane, Result, Tx, sql};

/// Days for which a card can rest at most.
const REST_DAYS: i64 = 366;
/// Bytes of a card's name at most.
const CARD_BYTES: usize = 60;

/// Today.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Today {
    /// The most urgent cards.
    cards: Vec<CardView>,
    /// How many more there are.
    more: usize,
    /// What a new company does first.
    set_up: Vec<Step>,
    /// The share of spending that comes from people who came back; for who reads figures and sees everyone.
    relationship_share: Option<SharePoint>,
    /// The day it is at the company.
    #[schema(value_type = String)]
    as_of: Day,
}

/// A card on the wire.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TodayCard)]
pub struct CardView {
    /// The same as `id`: what the sentence and the button are chosen by.
    kind: &'static str,
    #[serde(flatten)]
    card: Card,
}

/// What is to be done today.
#[utoipa::path(get, path = "/today", tag = "today", responses((status = 200, body = Today)))]
pub(super) async fn read(State(app): State<App>, actor: Actor) -> Answer<Json<Today>> {
    let mut tx = app.db().read().await?;
    let company = Company::load(&mut tx).await?;
    let as_of = company.today(app.clock());
    let mut cards = awake(&app, &mut tx, &company, as_of, actor.sight).await?;
    let more = cards.len().saturating_sub(limits::TODAY_CARDS);
    cards.truncate(limits::TODAY_CARDS);
    let set_up = steps(&app, &mut tx, &company).await?;
    let relationship_share = match &app.registry().share {
        Some(share) if actor.sight.counts_everyone() => share.share(&mut tx, &company, as_of).await?,
        _ => None,
    };
    let cards = cards.into_iter().map(|card| CardView { kind: card.id, card }).collect();
    Ok(Json(Today { cards, more, set_up, relationship_share, as_of }))
}

/// What a new company does first, and whether it is done.
pub async fn steps(app: &App, tx: &mut Tx, company: &Company) -> Result<Vec<Step>> {
    let mut set_up = vec![Step { step: "company", done: company.set_up }];
    for steps in &app.registry().set_up {
        set_up.extend(steps.steps(tx, company).await?);
    }
    Ok(set_up)
}

/// The cards that do not rest, the most urgent first.
async fn awake(app: &App, tx: &mut Tx, company: &Company, today: Day, sight: Sight) -> Result<Vec<Card>> {
    let resting: Vec<(String,)> =
        sql!("select card from card_rests where until_day > $1").bind(today).fetch_all(tx).await?;
    let resting: BTreeSet<String> = resting.into_iter().map(|(card,)| card).collect();
    let mut cards = Vec::new();
    for provider in &app.registry().cards {
        cards.extend(provider.cards(tx, company, today, sight).await?);
    }
    cards.retain(|card| !resting.contains(card.id));
    cards.sort_by_key(|card| (card.rank, -card.value.map_or(0, |value| value.amount_minor), card.id));
    for card in &mut cards {
        card.people.truncate(limits::CARD_PEOPLE);
    }
    Ok(cards)
}

/// Until when a card rests.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Rest {
    /// The day it comes back.
    #[schema(value_type = String)]
    until: Day,
}

/// Puts a card to rest until a day.
#[utoipa::path(post, path = "/today/{id}/later", tag = "today", request_body = Rest,
    params(("id" = String, Path, description = "The card")),
    responses((status = 204), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn later(
    State(app): State<App>,
    actor: Actor,
    Path(card): Path<String>,
    Json(Rest { until }): Json<Rest>,
) -> Answer<StatusCode> {
    rest(&app, actor, card, move |_| until).await
}

/// Puts a card to rest until tomorrow: it is done.
#[utoipa::path(post, path = "/today/{id}/done", tag = "today",
    params(("id" = String, Path, description = "The card")), responses((status = 204)))]
pub(super) async fn done(
    State(app): State<App>,
    actor: Actor,
    Path(card): Path<String>,
) -> Answer<StatusCode> {
    rest(&app, actor, card, |today| today.plus(1)).await
}

async fn rest(
    app: &App,
    actor: Actor,
    card: String,
    until: impl Fn(Day) -> Day + Send + 'static,
) -> Answer<StatusCode> {
    let named =
        card.len() <= CARD_BYTES && card.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !named {
        return Err(Problem::not_found());
    }
    let app_ = app.clone();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let today = Company::load(tx).await?.today(app_.clock());
                let until = until(today);
                if !(0..=REST_DAYS).contains(&until.since(today)) {
                    return Err(Problem::invalid("invalid").field("until", "day_out_of_range"));
                }
                keep(tx, &actor, &card, until).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// Puts a card to rest until tomorrow, in the transaction of what was done about it.
pub async fn rest_until_tomorrow(tx: &mut Tx, actor: &Actor, card: &str) -> Result<()> {
    let clock = tx.environment().clock.clone();
    let today = Company::load(tx).await?.today(&*clock);
    keep(tx, actor, card, today.plus(1)).await
}

async fn keep(tx: &mut Tx, actor: &Actor, card: &str, until: Day) -> Result<()> {
    sql!(
        "insert into card_rests (card, until_day, user_id, at) values ($1, $2, $3, $4) on conflict (card) \
         do update set until_day = excluded.until_day, user_id = excluded.user_id, at = excluded.at"
    )
    .bind(card)
    .bind(until)
    .bind(actor.user)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}
