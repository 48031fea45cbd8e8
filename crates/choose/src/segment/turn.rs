//! The job of the day's tick: looks again at those for whom a condition turned by time, in slices that keep nobody
//! waiting, however long the program was not running.

use super::frame::Frame;
use super::members::{self, Live, SLICE, Scope};
use super::moves::{Moves, moves};
use super::predicate::Predicate;
use super::tick;
use ::store::job::{Checkpoint, Failure, Run, Work};
use ::store::log::Origin;
use ::store::{Lane, Result, Tx};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The kind of the job.
pub const TURN: &str = "choose.segments_turn";
/// People looked at in one transaction.
const PAGE: i64 = 1_000;
/// Ranges that are told apart in one question: bits of a number. Those beyond share the last bit.
const BITS: usize = 62;

type PartyId = Id<kinds::Party>;

/// Looks again at whoever's turn came.
pub struct Turn;

/// Where the job stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    /// The days whose turns are looked at.
    days: Option<(Day, Day)>,
    after: Option<i64>,
    done: i64,
    ended: bool,
}

#[async_trait]
impl Work for Turn {
    fn kind(&self) -> &'static str {
        TURN
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let mut place: Place = serde_json::from_value(run.cursor().clone()).unwrap_or_default();
        while !place.ended {
            if run.is_stopping() {
                return Err(Run::interrupted());
            }
            let place_now = begun(&mut run.db().read().await?, place).await?;
            // Whoever turns is looked for outside of the writing transaction; who is in is asked within it.
            let turned = turned(&mut run.db().read().await?, &place_now).await?;
            let checkpoint = run.checkpoint();
            place = run
                .db()
                .write(Lane::Import, move |tx| step(tx, place_now, turned, checkpoint).boxed())
                .await?;
        }
        Ok(None)
    }
}

/// From the day of the last tick to today.
async fn begun(tx: &mut Tx, place: Place) -> Result<Place> {
    if place.days.is_some() {
        return Ok(place);
    }
    let today = Frame::load(tx).await?.today;
    // The first tick of all knows no day before: everyone was looked at when the segment was built.
    let since = tick::last_day(tx).await?.unwrap_or(today.plus(-1));
    Ok(Place { days: Some((since, today)), ..place })
}

/// The distinct ranges of these segments, in an order that does not depend on chance.
fn ranges(segments: &[Live]) -> Vec<Moves> {
    let all: BTreeSet<Moves> = segments.iter().flat_map(|live| moves(&live.rule)).collect();
    all.into_iter().filter(|moves| matches!(moves, Moves::Range { .. })).collect()
}

/// The bit of the range at a place.
fn bit(place: usize) -> i64 {
    1 << place.min(BITS - 1)
}

/// The next people whose turn came.
#[derive(Debug, Default)]
struct Turned {
    /// The ranges there were when they were looked for: a segment with another one was edited since, and is looked at
    /// for everyone.
    ranges: Vec<Moves>,
    /// Who, and the bits of the ranges they are in.
    people: Vec<(PartyId, i64)>,
}

/// The next people for whom some condition turns.
async fn turned(tx: &mut Tx, place: &Place) -> Result<Turned> {
    let Some((since, today)) = place.days else { return Ok(Turned::default()) };
    let ranges = ranges(&members::live(tx).await?);
    let mut asked = Predicate::default();
    let mut inside: Vec<(String, i64)> = Vec::new();
    for (position, moves) in ranges.iter().enumerate() {
        let Moves::Range { column, offset } = moves else { continue };
        // A day more on each side: "before" and "on or before" turn a day apart.
        let (first, last) = (asked.bind(since.plus(-offset - 1)), asked.bind(today.plus(1 - offset)));
        inside.push((format!("{column} between {first} and {last}"), bit(position)));
    }
    if inside.is_empty() {
        return Ok(Turned::default());
    }
    // Ranges that share a bit are one condition, so that no bit is added twice.
    let mut bits: Vec<(String, i64)> = Vec::new();
    for (condition, bit) in inside {
        match bits.last_mut().filter(|(_, last)| *last == bit) {
            Some((conditions, _)) => *conditions = format!("{conditions} or {condition}"),
            None => bits.push((condition, bit)),
        }
    }
    let any: Vec<&str> = bits.iter().map(|(condition, _)| condition.as_str()).collect();
    asked.text = any.join(" or ");
    let sum: Vec<String> =
        bits.iter().map(|(condition, bit)| format!("case when {condition} then {bit} else 0 end")).collect();
    let (after, limit) = (asked.bind(place.after.unwrap_or(i64::MIN)), asked.bind(PAGE));
    let rest = format!(" and f.party > {after} order by f.party limit {limit}");
    let select = format!("f.party, cast({} as bigint)", sum.join(" + "));
    let people = asked.into_query(&select, &rest).fetch_all(tx).await?;
    Ok(Turned { ranges, people })
}

async fn step(tx: &mut Tx, place: Place, turned: Turned, checkpoint: Checkpoint) -> Result<Place> {
    members::hold_reaction(tx).await?;
    look(tx, &turned).await?;
    let done = place.done + i64::try_from(turned.people.len()).unwrap_or(0);
    let last = turned.people.last().map(|(party, _)| party.number());
    let next = Place { after: last.or(place.after), ended: last.is_none(), done, ..place };
    if let (true, Some((_, today))) = (next.ended, next.days) {
        tick::keep_day(tx, today).await?;
    }
    checkpoint.save(tx, "judging", done, done, &serde_json::to_value(&next)?).await?;
    Ok(next)
}

/// Looks at these people again in the segments whose conditions turned for them, and in those that ask about a segment
/// they moved in or out of.
async fn look(tx: &mut Tx, turned: &Turned) -> Result<()> {
    let frame = Frame::load(tx).await?;
    let all = members::live(tx).await?;
    let mut moved: BTreeSet<PartyId> = BTreeSet::new();
    for live in all.iter().filter(|live| !live.is_set_aside()) {
        let own = moves(&live.rule);
        let mine = turned.ranges.iter().enumerate().filter(|(_, range)| own.contains(range));
        let mask = mine.fold(0, |mask, (position, _)| mask | bit(position));
        let mut who: BTreeSet<PartyId> =
            turned.people.iter().filter(|(_, bits)| bits & mask != 0).map(|(party, _)| *party).collect();
        if live.rule.segments().next().is_some() {
            who.extend(moved.iter().copied());
        }
        let who: Vec<PartyId> = who.into_iter().collect();
        for slice in who.chunks(SLICE) {
            let Some(found) = live.sync(tx, &frame, Scope::Some(slice)).await? else { break };
            live.tell(tx, &found, Origin::Live).await?;
            moved.extend(found.entered.iter().chain(&found.left).copied());
        }
    }
    Ok(())
}
