//! The job that goes through everyone: states by the present settings and interval, then the RFM cells.
//!
//! It runs once a day, after an import was taken in, after the settings changed, and when the company's usual interval
//! moved. It goes in pages, writes only what is different, and goes on where it was cut off.

use crate::lifecycle::StateSettings;
use crate::lifecycle::store::{self as lifecycle, Standards};
use crate::rfm::RfmRun;
use crate::rfm::store as rfm;
use crate::segment;
use crate::vip::model::VipRun;
use crate::vip::store as vip;
use crate::visits;
use crate::worth::store as worth;
use ::store::job::{self, Checkpoint, Failure, Run, Work};
use ::store::{Db, Lane, Result, Tx, setting, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};

/// The kind of the job.
pub const REFRESH: &str = "choose.refresh";
/// The setting that keeps what everyone was last judged by.
const USED: &str = "choose.company_interval";

/// The company's interval that everyone was last judged by, and the day on which.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Used {
    interval: Option<f64>,
    day: Option<Day>,
}

/// Puts the job into the queue, unless it waits or runs already.
pub async fn request(tx: &mut Tx) -> Result<()> {
    if !job::is_active(tx, REFRESH).await? {
        job::start(tx, REFRESH, serde_json::Value::Null).await?;
    }
    Ok(())
}

/// Whether a day has passed since the last refresh, or the company's interval is another than then.
pub(crate) async fn is_called_for(tx: &mut Tx, standards: &Standards) -> Result<bool> {
    let used: Used = setting::get(tx, USED).await?.value;
    Ok(used != Used { interval: standards.company, day: Some(standards.today) })
}

/// Goes through everyone.
pub struct Refresh;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    #[default]
    Time,
    States,
    Cuts,
    Cells,
    Worth,
    Ranks,
    Tiers,
    Done,
}

impl Phase {
    /// What people see.
    const fn text(self) -> &'static str {
        match self {
            Self::Time | Self::States => "judging",
            Self::Cuts | Self::Ranks => "counting",
            Self::Cells | Self::Worth | Self::Tiers | Self::Done => "writing",
        }
    }
}

/// Where the job stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    phase: Phase,
    /// The last party of the page before.
    after: Option<i64>,
    done: i64,
    total: i64,
    /// The company's interval at the start: one for everyone.
    interval: Option<f64>,
    /// The settings' revision at the start.
    revision: i64,
    /// Whether tiers are given by these rules for the first time.
    new_rules: bool,
    /// People in the best cell who were not there a week ago.
    new_vips: Vec<Id<kinds::Party>>,
}

#[async_trait]
impl Work for Refresh {
    fn kind(&self) -> &'static str {
        REFRESH
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let mut place: Place = serde_json::from_value(run.cursor().clone()).unwrap_or_default();
        while place.phase != Phase::Done {
            if run.is_stopping() {
                return Err(Run::interrupted());
            }
            let found = look(run.db(), &place).await?;
            let checkpoint = run.checkpoint();
            place =
                run.db().write(Lane::Import, move |tx| turn(tx, place, found, checkpoint).boxed()).await?;
        }
        Ok(None)
    }
}

/// What a step writes, where it can be read before: reading takes a while, and others wait for the writer.
enum Found {
    Nothing,
    Cuts(Box<(RfmRun, visits::Counted)>),
    Scored(Option<rfm::Scored>),
    Ranks(Box<VipRun>),
}

async fn look(db: &Db, place: &Place) -> Result<Found> {
    Ok(match place.phase {
        Phase::Time | Phase::States | Phase::Worth | Phase::Tiers | Phase::Done => Found::Nothing,
        Phase::Cuts => {
            let cuts = rfm::measure(&mut db.read().await?).await?;
            Found::Cuts(Box::new((cuts, visits::count(db).await?)))
        }
        Phase::Cells => {
            let after = place.after.unwrap_or(i64::MIN);
            Found::Scored(rfm::scored_page(&mut db.read().await?, after, place.new_vips.len()).await?)
        }
        Phase::Ranks => match vip::measure_everyone(&mut db.read().await?).await? {
            Some(ranks) => Found::Ranks(Box::new(ranks)),
            None => Found::Nothing,
        },
    })
}

/// A step and its checkpoint.
async fn turn(tx: &mut Tx, place: Place, found: Found, checkpoint: Checkpoint) -> Result<Place> {
    let next = match found {
        Found::Nothing => step(tx, place).await?,
        Found::Cuts(found) => {
            rfm::keep(tx, &found.0).await?;
            visits::keep(tx, &found.1).await?;
            Place { phase: Phase::Cells, after: None, ..place }
        }
        Found::Scored(scored) => score(tx, place, scored).await?,
        Found::Ranks(ranks) => {
            let new_rules = vip::keep_run(tx, &ranks).await?;
            Place { phase: Phase::Tiers, after: None, new_rules, ..place }
        }
    };
    checkpoint.save(tx, next.phase.text(), next.done, next.total, &serde_json::to_value(&next)?).await?;
    Ok(next)
}

/// One page, or the move to the next phase.
async fn step(tx: &mut Tx, place: Place) -> Result<Place> {
    match place.phase {
        Phase::Time => move_due(tx, place).await,
        Phase::States => judge(tx, place).await,
        Phase::Worth => value(tx, place).await,
        // Nobody has a tier where there are none.
        Phase::Ranks => finish(tx, place).await,
        Phase::Tiers => tiers(tx, place).await,
        Phase::Cuts | Phase::Cells | Phase::Done => Ok(place),
    }
}

/// What time has changed is told to the log, so it comes before all that is not.
async fn move_due(tx: &mut Tx, place: Place) -> Result<Place> {
    let standards = Standards::load(tx).await?;
    if lifecycle::move_due(tx, &standards).await? {
        return Ok(place);
    }
    let (people,): (i64,) = sql!("select count(*) from facts").fetch_one(tx).await?;
    let revision = StateSettings::versioned(tx).await?.revision;
    Ok(Place { phase: Phase::States, total: 2 * people, interval: standards.company, revision, ..place })
}

async fn judge(tx: &mut Tx, place: Place) -> Result<Place> {
    let standards = Standards { company: place.interval, ..Standards::load(tx).await? };
    let after = place.after.unwrap_or(i64::MIN);
    if let Some(last) = lifecycle::rejudge_page(tx, &standards, after).await? {
        let done = (place.done + lifecycle::PAGE).min(place.total / 2);
        return Ok(Place { after: Some(last.number()), done, ..place });
    }
    if StateSettings::versioned(tx).await?.revision != place.revision {
        // The settings changed meanwhile: those who were judged first were judged by the old ones.
        return Ok(Place::default());
    }
    let used = Used { interval: place.interval, day: Some(standards.today) };
    setting::put(tx, USED, &used).await?;
    Ok(Place { phase: Phase::Cuts, done: place.total / 2, ..place })
}

async fn score(tx: &mut Tx, mut place: Place, scored: Option<rfm::Scored>) -> Result<Place> {
    match scored {
        Some(scored) => {
            rfm::write(tx, &scored).await?;
            place.new_vips.extend(&scored.new_vips);
            let done = (place.done + rfm::PAGE).min(place.total);
            Ok(Place { after: Some(scored.last.number()), done, ..place })
        }
        None => {
            rfm::keep_new_vips(tx, &place.new_vips).await?;
            Ok(Place { phase: Phase::Worth, after: None, done: place.total, ..place })
        }
    }
}

/// What was said long ago is no evidence any more, and a year ends each day.
async fn value(tx: &mut Tx, place: Place) -> Result<Place> {
    match worth::rewrite_page(tx, place.after.unwrap_or(i64::MIN)).await? {
        Some(last) => Ok(Place { after: Some(last.number()), ..place }),
        None => Ok(Place { phase: Phase::Ranks, after: None, ..place }),
    }
}

/// Lifts and lowers people by the ranks there are now.
async fn tiers(tx: &mut Tx, place: Place) -> Result<Place> {
    let cause = if place.new_rules { vip::Cause::Rules } else { vip::Cause::Time };
    match vip::judge_page(tx, place.after.unwrap_or(i64::MIN), cause).await? {
        Some(last) => Ok(Place { after: Some(last.number()), ..place }),
        None => finish(tx, place).await,
    }
}

/// Whatever was written is told to the segments once.
async fn finish(tx: &mut Tx, place: Place) -> Result<Place> {
    segment::everyone_may_have_moved(tx, REFRESH).await?;
    Ok(Place { phase: Phase::Done, ..place })
}
