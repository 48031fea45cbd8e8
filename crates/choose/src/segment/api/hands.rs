//! People set in or out by hand, whatever the rule says.

use super::saved::{Segment, shown};
use crate::segment::rule::SegmentId;
use crate::segment::{Frame, ask, members, store};
use ::store::log::Origin;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, State};
use futures::FutureExt;
use kernel::{Id, kinds};
use know::parties::list::{self, Filter, PartyRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Problem, ProblemBody, Sight};

/// People set in or out at a time.
const HANDS: usize = 1_000;
/// People of a side that are shown; a list of more is opened as customers.
const SHOWN: i64 = 200;

/// People to set in or out.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SegmentHands)]
pub(in crate::segment) struct Hands {
    /// Whom.
    #[schema(value_type = Vec<String>)]
    parties: Vec<Id<kinds::Party>>,
    /// `in`, `out`, or nothing to follow the rule again.
    side: Option<String>,
}

/// Whether somebody sees all these people.
async fn all_seen(tx: &mut Tx, parties: &[Id<kinds::Party>], sight: Sight) -> Answer<bool> {
    let ids: Vec<String> = parties.iter().map(ToString::to_string).collect();
    let filter = Filter { ids: Some(ids.join(",")), ..Filter::default() };
    let today = Frame::load(tx).await?.today;
    let seen = list::count(tx, &filter, today, sight).await?;
    Ok(usize::try_from(seen).is_ok_and(|seen| seen == parties.len()))
}

/// Sets people in or out by hand, whatever the rule says.
#[utoipa::path(post, path = "/choose/segments/{id}/hands", tag = "choose", request_body = Hands,
    params(("id" = String, Path, description = "The segment")), responses((status = 200, body = Segment),
    (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn set(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SegmentId>,
    Json(hands): Json<Hands>,
) -> Answer<Json<Segment>> {
    if hands.side.as_deref().is_some_and(|side| !matches!(side, "in" | "out")) {
        return Err(Problem::invalid("invalid").field("side", "segment_side"));
    }
    if hands.parties.is_empty() || hands.parties.len() > HANDS {
        return Err(Problem::invalid("invalid").field("parties", "segment_parties").with("max", HANDS));
    }
    let setting = app.db().write(Lane::Interactive, move |tx| {
        async move {
            store::one(tx, id).await?.ok_or_else(Problem::not_found)?;
            let parties: BTreeSet<_> = hands.parties.iter().copied().collect();
            let unique: Vec<_> = parties.iter().copied().collect();
            if !all_seen(tx, &unique, actor.sight).await? {
                return Err(Problem::not_found());
            }
            members::hold_reaction(tx).await?;
            store::set_hands(tx, id, &unique, hands.side.as_deref()).await?;
            members::look_again(tx, &parties, Origin::Live).await?;
            let detail = serde_json::json!({ "side": hands.side, "count": unique.len() });
            web::audit::write(tx, Some(&actor), "segment.hands", Some(id.number()), detail).await?;
            shown(tx, id, actor.sight).await
        }
        .boxed()
    });
    Ok(Json(setting.await?))
}

/// People set in and out by hand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentSides)]
pub(in crate::segment) struct Sides {
    /// In, whatever the rule says; the newest first, up to 200.
    inside: Vec<PartyRow>,
    /// Out, whatever the rule says; the newest first, up to 200.
    outside: Vec<PartyRow>,
}

/// People set in and out by hand.
#[utoipa::path(get, path = "/choose/segments/{id}/hands", tag = "choose",
    params(("id" = String, Path, description = "The segment")),
    responses((status = 200, body = Sides), (status = 404, body = ProblemBody)))]
pub(in crate::segment) async fn list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SegmentId>,
) -> Answer<Json<Sides>> {
    let mut tx = app.db().read().await?;
    store::one(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let frame = Frame::load(&mut tx).await?;
    let mut sides = [Vec::new(), Vec::new()];
    for (side, rows) in ["in", "out"].into_iter().zip(&mut sides) {
        let parties = store::hands(&mut tx, id, side, SHOWN).await?;
        *rows = ask::shown(&mut tx, &parties, &frame, actor.sight).await?;
    }
    let [inside, outside] = sides;
    Ok(Json(Sides { inside, outside }))
}
