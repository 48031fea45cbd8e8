//! The live answers: how many a rule means, and ten of them.
//!
//! A count that takes longer than a second ends with how many were found by then.

use super::frame::Frame;
use super::predicate::{Predicate, Shape};
use super::rule::{Code, Fault, Rule};
use ::store::{Db, Error, Result, Tx, attempt};
use futures::TryStreamExt;
use kernel::{Id, kinds, limits};
use know::parties::list::{self, Filter, PartyRow, Sort, View};
use serde::Serialize;
use std::time::Duration;
use web::Sight;

/// People shown of those a rule means.
pub const SAMPLE: i64 = 10;
/// Values of one predicate: with the people it is asked about and whose sight it is asked with it stays below what the
/// engines take (SQLite 32,766, PostgreSQL 65,535).
const BINDS: usize = 16_000;
/// How long an answer may take that is gathered once…
const GATHERED: Duration = Duration::from_millis(500);
/// …that is looked up for each…
const LOOKED_UP: Duration = Duration::from_millis(250);
/// …and that is counted one by one: a second in all.
const GLIMPSE: Duration = Duration::from_millis(250);

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SegmentCount)]
pub struct Count {
    /// People.
    pub count: i64,
    /// Whether there are more: counting took too long.
    pub more: bool,
}

/// A rule as both shapes of its predicate.
#[derive(Debug, Clone)]
pub struct Question {
    /// Asked of some.
    pub each: Predicate,
    /// Asked of everyone.
    pub set: Predicate,
}

impl Question {
    /// The question a rule asks.
    ///
    /// # Errors
    /// When the rule has more values than one statement takes.
    pub fn of(rule: &Rule, frame: &Frame) -> std::result::Result<Self, Fault> {
        let each = predicate(rule, frame)?;
        Ok(Self { each, set: Predicate::of(rule, frame, Shape::Set) })
    }

    /// Asked of those alone whom somebody sees.
    #[must_use]
    pub fn seen_by(self, sight: Sight) -> Self {
        Self { each: self.each.seen_by(sight), set: self.set.seen_by(sight) }
    }
}

/// A predicate that one statement takes, to be asked of some people.
///
/// # Errors
/// When the rule has more values than that.
pub fn predicate(rule: &Rule, frame: &Frame) -> std::result::Result<Predicate, Fault> {
    let predicate = Predicate::of(rule, frame, Shape::Each);
    if predicate.values.len() > BINDS {
        return Err(Fault::whole(Code::TooManyValues).with("limit", BINDS));
    }
    Ok(predicate)
}

/// Makes sure that the engine can answer a rule, before it is kept: asked of everyone and of some, for no row at all.
///
/// # Errors
/// [`Code::TooHeavy`] when it cannot.
pub async fn probe(tx: &mut Tx, rule: &Rule, frame: &Frame) -> Result<std::result::Result<(), Fault>> {
    let question = match Question::of(rule, frame) {
        Ok(question) => question,
        Err(fault) => return Ok(Err(fault)),
    };
    for predicate in [question.each, question.set] {
        attempt::begin(tx).await?;
        let asked = predicate.into_query("f.party", " limit 0").fetch_all::<(i64,)>(tx).await;
        if let Err(error) = attempt::end(tx, asked).await? {
            tracing::warn!(%error, "the engine cannot answer a rule");
            return Ok(Err(Fault::whole(Code::TooHeavy)));
        }
    }
    Ok(Ok(()))
}

/// How many people are meant, however long it takes.
pub async fn count(tx: &mut Tx, question: &Question) -> Result<i64> {
    let (count,): (i64,) = question.set.query("count(*)", "").fetch_one(tx).await?;
    Ok(count)
}

/// How many people are meant, or more than how many when it takes too long to say.
pub async fn quick_count(db: &Db, question: &Question) -> Result<Count> {
    for (predicate, patience) in [(&question.set, GATHERED), (&question.each, LOOKED_UP)] {
        let mut tx = db.read().await?;
        tx.give_up_after(patience).await?;
        match predicate.query("count(*)", "").fetch_one::<(i64,)>(&mut tx).await {
            Err(Error::TooSlow) => {}
            counted => return counted.map(|(count,)| Count { count, more: false }),
        }
    }
    glimpse(&mut db.read().await?, &question.each).await
}

/// Counts one by one until the time is over.
async fn glimpse(tx: &mut Tx, predicate: &Predicate) -> Result<Count> {
    tx.give_up_after(GLIMPSE).await?;
    let mut found = predicate.query("f.party", "").stream::<(i64,)>(tx);
    let mut count = 0;
    loop {
        match found.try_next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => return Ok(Count { count, more: false }),
            Err(Error::TooSlow) => return Ok(Count { count, more: true }),
            Err(error) => return Err(error),
        }
    }
}

/// Some of those who are meant, the newest first; nobody when looking for them takes too long. Where many are meant the
/// first are found at once by looking each up, where few are only by gathering.
pub async fn sample(db: &Db, question: &Question, frame: &Frame, sight: Sight) -> Result<Vec<PartyRow>> {
    for (predicate, patience) in [(&question.each, LOOKED_UP), (&question.set, GATHERED)] {
        let mut tx = db.read().await?;
        tx.give_up_after(patience).await?;
        let mut asked = predicate.clone();
        let limit = asked.bind(SAMPLE);
        let found: Result<Vec<(Id<kinds::Party>,)>> = asked
            .into_query("f.party", &format!(" order by f.party desc limit {limit}"))
            .fetch_all(&mut tx)
            .await;
        match found {
            Err(Error::TooSlow) => {}
            found => {
                let parties: Vec<_> = found?.into_iter().map(|(party,)| party).collect();
                return shown(&mut db.read().await?, &parties, frame, sight).await;
            }
        }
    }
    Ok(Vec::new())
}

/// These people as lists show them to somebody.
pub async fn shown(
    tx: &mut Tx,
    parties: &[Id<kinds::Party>],
    frame: &Frame,
    sight: Sight,
) -> Result<Vec<PartyRow>> {
    if parties.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = parties.iter().map(ToString::to_string).collect();
    let filter = Filter { ids: Some(ids.join(",")), ..Filter::default() };
    let sort = Sort::parse(Some("-spend")).expect("spend is a column of the list");
    let view = View { today: frame.today, currency: frame.currency, sight };
    let (rows, _) = list::page(tx, &filter, sort, None, limits::PAGE_ROWS_MAX, view).await?;
    Ok(rows)
}
