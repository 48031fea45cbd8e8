//! Saying which markets somebody belongs to.

use super::model::{Held, held, named, rows};
use super::store::{rows_of, settle};
use crate::parties::store::standing;
use crate::tags::{Changed, few};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use futures::FutureExt;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Problem, ProblemBody};

type PartyId = Id<kinds::Party>;

/// The markets a party belongs to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Markets {
    /// All of them. Of none, it is a customer.
    markets: Vec<Held>,
}

fn unknown(field: &'static str) -> Problem {
    Problem::invalid("invalid").field(field, "market_unknown")
}

/// Says which markets a party belongs to. Whoever ordered stays a customer, said or not.
#[utoipa::path(put, path = "/parties/{id}/markets", tag = "know", request_body = Markets,
    params(("id" = String, Path, description = "The party")),
    responses((status = 200, body = Markets), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn set(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(asked): Json<Markets>,
) -> Answer<Json<Markets>> {
    let wanted = rows(&asked.markets).ok_or_else(|| unknown("markets"))?;
    let markets = held(&wanted);
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                standing(tx, party, actor.sight).await?;
                Ok::<_, Problem>(settle(tx, party, &wanted).await?)
            }
            .boxed()
        })
        .await?;
    app.reactor().drain().await?;
    Ok(Json(Markets { markets }))
}

/// Markets that many parties come to belong to, or do not any more.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ManyMarkets {
    /// The parties, up to 500.
    #[schema(value_type = Vec<String>)]
    parties: Vec<PartyId>,
    /// Codes of markets they come to belong to.
    #[serde(default)]
    add: Vec<String>,
    /// Codes of markets they leave, with those that are part of them.
    #[serde(default)]
    remove: Vec<String>,
}

/// Lets many parties come to belong to markets, or not any more: all of them or, if one is not there, none.
#[utoipa::path(post, path = "/parties/markets", tag = "know", request_body = ManyMarkets,
    responses((status = 200, body = Changed), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change_many(
    State(app): State<App>,
    actor: Actor,
    Json(many): Json<ManyMarkets>,
) -> Answer<Json<Changed>> {
    for (field, codes) in [("add", &many.add), ("remove", &many.remove)] {
        if codes.iter().any(|code| named(code).is_none()) {
            return Err(unknown(field));
        }
    }
    let parties = few(many.parties)?;
    let changed = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { settle_many(tx, &actor, &parties, &many.add, &many.remove).await }.boxed()
        })
        .await?;
    app.reactor().drain().await?;
    Ok(Json(Changed { changed }))
}

async fn settle_many(
    tx: &mut Tx,
    actor: &Actor,
    parties: &BTreeSet<PartyId>,
    add: &[String],
    remove: &[String],
) -> Answer<usize> {
    let add: Vec<Held> = add.iter().map(|code| Held { market: code.clone(), details: Vec::new() }).collect();
    let add = rows(&add).ok_or_else(|| unknown("add"))?;
    let is_left = |code: &str| {
        let part_of = named(code).and_then(|market| market.part_of);
        remove.iter().any(|left| left == code || part_of == Some(left.as_str()))
    };
    let mut changed = 0;
    for party in parties {
        standing(tx, *party, actor.sight).await?;
        let mut wanted = rows_of(tx, *party).await?;
        wanted.retain(|(code, _)| !is_left(code));
        wanted.extend(add.iter().cloned());
        changed += usize::from(settle(tx, *party, &wanted).await?);
    }
    Ok(changed)
}
