//! Names kept the way they are searched for: the job `know.names` goes through everyone once, when a program knows more
//! about names than the one that wrote them.
//!
//! Invariants:
//! - Every name is composed (NFC), its search form is what [`search::fold`] makes of it, and every gram of it is there;
//!   what is written from now on is so already, and this job brings what was written before.
//! - Until it is through, a question is asked in grams that were always there ([`depth`]).

use crate::parties::store::{self, SEARCH_AREA};
use ::store::job::{self, Checkpoint, Failure, Run, Work};
use ::store::{FromRow, Lane, Result, Tx, search, setting, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, composed, kinds};
use serde::{Deserialize, Serialize};
use web::{Registry, Starter};

/// The kind of the job.
pub const KIND: &str = "know.names";
/// The setting that says how the names are kept.
const KEPT: &str = "know.names";
/// How this program keeps names: composed, and in grams of up to three letters.
const NOW: i64 = 1;
/// Parties of one transaction.
const PAGE: i64 = 500;

/// Plugs the job in.
pub fn register(registry: &mut Registry) {
    registry.work(Renew);
    registry.starter(Begin);
}

/// Letters of the longest grams that every name has.
pub async fn depth(tx: &mut Tx) -> Result<usize> {
    let kept: i64 = setting::get(tx, KEPT).await?.value;
    Ok(if kept >= NOW { search::LONGEST } else { search::SHORT })
}

/// Asks for the names of an earlier program to be looked at; where there is nobody, all names are as they should be.
pub async fn begin(tx: &mut Tx) -> Result<()> {
    let kept: i64 = setting::get(tx, KEPT).await?.value;
    if kept >= NOW {
        return Ok(());
    }
    let anybody: Option<(Id<kinds::Party>,)> =
        sql!("select id from parties limit 1").fetch_optional(tx).await?;
    match anybody {
        None => setting::put(tx, KEPT, &NOW).await.map(drop),
        Some(_) if job::is_active(tx, KIND).await? => Ok(()),
        Some(_) => job::start(tx, KIND, serde_json::Value::Null).await.map(drop),
    }
}

struct Begin;

#[async_trait]
impl Starter for Begin {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        begin(tx).await
    }
}

/// Goes through everyone's names.
struct Renew;

/// Where the job stands.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Place {
    after: i64,
    done: i64,
    total: i64,
}

#[async_trait]
impl Work for Renew {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let mut place: Place = serde_json::from_value(run.cursor().clone()).unwrap_or_default();
        if place.total == 0 {
            let mut tx = run.db().read().await?;
            (place.total,) =
                sql!("select count(*) from parties where name is not null").fetch_one(&mut tx).await?;
        }
        loop {
            if run.is_stopping() {
                return Err(Run::interrupted());
            }
            let checkpoint = run.checkpoint();
            let turned = run.db().write(Lane::Import, move |tx| page(tx, checkpoint, place).boxed());
            match turned.await? {
                Some(next) => place = next,
                None => return Ok(None),
            }
        }
    }
}

#[derive(FromRow)]
struct Named {
    id: Id<kinds::Party>,
    name: String,
    name_fold: String,
}

/// A page and where the next one begins; nothing at the end.
async fn page(tx: &mut Tx, checkpoint: Checkpoint, place: Place) -> Result<Option<Place>> {
    let people: Vec<Named> = sql!(
        "select id, name, name_fold from parties where id > $1 and name is not null order by id limit $2"
    )
    .bind(place.after)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    let Some(last) = people.last() else {
        setting::put(tx, KEPT, &NOW).await?;
        return Ok(None);
    };
    let done = place.done + i64::try_from(people.len()).unwrap_or(PAGE);
    let next = Place { after: last.id.number(), done, ..place };
    let grams: Vec<_> =
        people.iter().map(|person| (person.id.number(), search::grams(&person.name))).collect();
    search::index_new(tx, SEARCH_AREA, &grams).await?;
    for person in people.iter().filter(|person| !person.is_kept_well()) {
        store::respell(tx, person.id, &composed(&person.name)).await?;
    }
    checkpoint.save(tx, "writing", next.done, next.total, &serde_json::to_value(next)?).await?;
    Ok(Some(next))
}

impl Named {
    fn is_kept_well(&self) -> bool {
        self.name == composed(&self.name) && self.name_fold == search::fold(&self.name)
    }
}
