//! The live answers: how many a rule means, and ten of them.
//!
//! A count that takes longer than a second ends with how many were found by then.

use super::frame::Frame;
use super::predicate::Predicate;
use super::rule::{Code, Fault, Rule};
use ::store::{Db, Error, Result, Tx};
use futures::TryStreamExt;
use kernel::{Id, kinds, limits};
use know::parties::list::{self, Filter, PartyRow, Sort, View};
use serde::Serialize;
use std::time::Duration;
use web::Sight;

/// People shown of those a rule means.
pub const SAMPLE: i64 = 10;
/// How long a count may take.
const COUNT: Duration = Duration::from_millis(700);
/// How long is counted one by one when it took longer: together with [`COUNT`] a second.
const GLIMPSE: Duration = Duration::from_millis(300);

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Count {
    /// People.
    pub count: i64,
    /// Whether there are more: counting took too long.
    pub more: bool,
}

/// A predicate that one question takes.
///
/// # Errors
/// When the rule has more values than that.
pub fn predicate(rule: &Rule, frame: &Frame) -> std::result::Result<Predicate, Fault> {
    let predicate = Predicate::of(rule, frame);
    if predicate.values.len() > limits::STATEMENT_PARAMETERS {
        return Err(Fault::whole(Code::TooManyValues).with("limit", limits::STATEMENT_PARAMETERS));
    }
    Ok(predicate)
}

/// How many people the predicate means, however long it takes.
pub async fn count(tx: &mut Tx, predicate: &Predicate) -> Result<i64> {
    let (count,): (i64,) = predicate.query("count(*)", "").fetch_one(tx).await?;
    Ok(count)
}

/// How many people the predicate means, or more than how many when it takes too long to say.
pub async fn quick_count(db: &Db, predicate: &Predicate) -> Result<Count> {
    let mut tx = db.read().await?;
    tx.give_up_after(COUNT).await?;
    match count(&mut tx, predicate).await {
        Err(Error::TooSlow) => {}
        counted => return counted.map(|count| Count { count, more: false }),
    }
    drop(tx);
    let mut tx = db.read().await?;
    tx.give_up_after(GLIMPSE).await?;
    let mut found = predicate.query("f.party", "").stream::<(i64,)>(&mut tx);
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

/// Some of those the predicate means, the newest first; nobody when looking for them takes too long.
pub async fn sample(db: &Db, predicate: &Predicate, frame: &Frame, sight: Sight) -> Result<Vec<PartyRow>> {
    let mut tx = db.read().await?;
    tx.give_up_after(COUNT).await?;
    let mut asked = predicate.clone();
    let limit = asked.bind(SAMPLE);
    let found: Result<Vec<(Id<kinds::Party>,)>> = asked
        .into_query("f.party", &format!(" order by f.party desc limit {limit}"))
        .fetch_all(&mut tx)
        .await;
    drop(tx);
    let parties: Vec<_> = match found {
        Err(Error::TooSlow) => Vec::new(),
        found => found?.into_iter().map(|(party,)| party).collect(),
    };
    shown(&mut db.read().await?, &parties, frame, sight).await
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
