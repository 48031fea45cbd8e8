//! The job that looks at everyone again: after a segment is made or edited, an import, a refresh, a run of a model, and
//! each night for rules whose conditions move with time in no order that an index knows.

use super::frame::Frame;
use super::members::{self, Cause, Live, REBUILD, Scope};
use super::moves::{Moves, moves};
use super::rule::SegmentId;
use super::tick;
use ::store::job::{Checkpoint, Failure, Run, Work};
use ::store::{Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// People looked at in one transaction, divided among the segments: a slice that keeps nobody waiting.
const PAGE: i64 = 5_000;
/// At least so many, however many segments there are.
const PAGE_LEAST: i64 = 200;

/// Looks at everyone.
pub struct Rebuild;

/// Where the job stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    begun: bool,
    ended: bool,
    after: Option<i64>,
    done: i64,
    total: i64,
    /// Why everyone is looked at, by now: an import may have begun since the job was asked for.
    cause: Cause,
    /// The segments looked at, and the version of each.
    segments: BTreeMap<SegmentId, i64>,
}

#[async_trait]
impl Work for Rebuild {
    fn kind(&self) -> &'static str {
        REBUILD
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let cause: Cause = serde_json::from_value(run.params().clone()).unwrap_or_default();
        let mut place: Place = serde_json::from_value(run.cursor().clone()).unwrap_or_default();
        while !place.ended {
            if run.is_stopping() {
                return Err(Run::interrupted());
            }
            let checkpoint = run.checkpoint();
            place =
                run.db().write(Lane::Import, move |tx| turn(tx, place, cause, checkpoint).boxed()).await?;
        }
        Ok(None)
    }
}

async fn turn(tx: &mut Tx, place: Place, cause: Cause, checkpoint: Checkpoint) -> Result<Place> {
    let next = if place.begun { page(tx, place).await? } else { begin(tx, cause).await? };
    checkpoint.save(tx, "judging", next.done, next.total, &serde_json::to_value(&next)?).await?;
    Ok(next)
}

async fn begin(tx: &mut Tx, cause: Cause) -> Result<Place> {
    let asked = |live: &Live| match cause {
        Cause::Edit => !live.is_built() || live.is_set_aside(),
        Cause::Time => !live.is_built() || live.is_set_aside() || moves(&live.rule).contains(&Moves::Nightly),
        Cause::Everyone | Cause::Import => true,
    };
    let cause = if cause != Cause::Edit && tick::is_importing(tx).await? { Cause::Import } else { cause };
    let segments = members::with_dependents(members::live(tx).await?, asked);
    let (people,): (i64,) = sql!("select count(*) from facts").fetch_one(tx).await?;
    let segments: BTreeMap<SegmentId, i64> = segments.iter().map(|live| (live.id, live.version())).collect();
    Ok(Place { begun: true, ended: segments.is_empty(), total: people, cause, segments, ..Place::default() })
}

/// Looks at the next people; after the last, at those who are members and have no facts any more.
async fn page(tx: &mut Tx, mut place: Place) -> Result<Place> {
    members::hold_reaction(tx).await?;
    let frame = Frame::load(tx).await?;
    let after = place.after.unwrap_or(i64::MIN);
    let people = (PAGE / i64::try_from(place.segments.len().max(1)).unwrap_or(PAGE)).max(PAGE_LEAST);
    let (last,): (Option<i64>,) = sql!(
        "select max(party) from (select party from facts where party > $1 order by party limit $2) page"
    )
    .bind(after)
    .bind(people)
    .fetch_one(tx)
    .await?;
    let segments: Vec<Live> = members::live(tx)
        .await?
        .into_iter()
        .filter(|live| place.segments.get(&live.id) == Some(&live.version()))
        .collect();
    let scope = Scope::Range(after, last.unwrap_or(i64::MAX));
    for live in &segments {
        let Some(moved) = live.sync(tx, &frame, scope).await? else {
            place.segments.remove(&live.id);
            continue;
        };
        live.tell(tx, &moved, place.cause.origin()).await?;
        if last.is_none() {
            live.finish(tx, &frame).await?;
        }
    }
    let done = if last.is_some() { (place.done + people).min(place.total) } else { place.total };
    Ok(Place { after: last.or(place.after), ended: last.is_none(), done, ..place })
}
