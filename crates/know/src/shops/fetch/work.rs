//! When shops are asked: a timer a shop, and the job it starts, because answers are waited for outside of transactions.

use super::super::model::{Shop, ShopId, ShopKind};
use super::super::store as shops;
use super::errand::{Early, Ended, Errand};
use super::http::Http;
use super::model::{Fault, Fetching};
use super::{cafe24, smartstore, store};
use ::store::job::{self, Failure, Run, Work};
use ::store::timer::{self, OnTimer};
use ::store::{Lane, Result, Tx, freeze};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, Instant};
use serde_json::json;
use std::sync::OnceLock;
use std::time::{Duration, Instant as Moment};
use web::Company;
use web::webhooks::Reach;

/// The kind of the timer and of the job; the timer's key is the shop's number.
const KIND: &str = "know.shops_fetch";
/// The hour of the company's night at which shops are asked that are asked each night.
const HOUR: i64 = 4;
/// How long a turn waits for another, or for what is still to be applied.
const WAIT: i64 = 60 * Instant::SECOND;
/// After how long a shop that fails each time is asked again, at most.
const PATIENCE: i64 = 6 * Instant::HOUR;
/// How long a turn takes at most; the next one goes on.
const TURN: Duration = Duration::from_secs(10 * 60);
/// Nights that fail in a row are tried again within the night, so often.
const NIGHTLY_TRIES: i64 = 4;
/// How long what was done is remembered as a job: there are many.
const REMEMBERED: i64 = Instant::DAY;

/// Asks for a turn of a shop now.
pub async fn ask(tx: &mut Tx, shop: ShopId) -> Result<()> {
    let now = tx.now();
    timer::set(tx, KIND, &shop.number().to_string(), now).await
}

/// Asks no more for a shop.
pub async fn forget(tx: &mut Tx, shop: ShopId) -> Result<()> {
    timer::clear(tx, KIND, &shop.number().to_string()).await
}

/// Starts turns.
pub(super) struct Due;

#[async_trait]
impl OnTimer for Due {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn due(&self, tx: &mut Tx, key: &str) -> Result<Option<Instant>> {
        let id: ShopId = Id::from_number(key.parse().unwrap_or_default());
        let Some(row) = store::find(tx, id).await?.filter(Fetching::is_on) else { return Ok(None) };
        let now = tx.now();
        // What waits to be applied would count as missed.
        let busy = shops::standing(tx, id).await?.waiting > 0 || job::is_active(tx, KIND).await?;
        if busy || freeze::state(tx).await?.is_some() {
            return Ok(Some(now.plus(WAIT)));
        }
        job::forget(tx, KIND, now.plus(-REMEMBERED)).await?;
        job::start(tx, KIND, json!({ "shop": id })).await?;
        next(tx, &row).await.map(Some)
    }
}

/// When a shop is asked the next time; one that fails less and less often.
async fn next(tx: &mut Tx, row: &Fetching) -> Result<Instant> {
    let now = tx.now();
    if row.every_minutes > 0 {
        let every = row.every_minutes * 60 * Instant::SECOND;
        let doubled = every << row.failures.clamp(0, 8);
        return Ok(now.plus(if row.failures > 0 { doubled.min(PATIENCE.max(every)) } else { every }));
    }
    let zone = Company::load(tx).await?.zone();
    let at = |days: i64| now.day_in(&zone).plus(days).start_in(&zone).plus(HOUR * Instant::HOUR);
    Ok(if at(0) > now { at(0) } else { at(1) })
}

/// Asks a shop.
pub(super) struct Fetch {
    reach: Reach,
    /// Made with the first question: most companies ask nobody.
    http: OnceLock<Http>,
}

impl Fetch {
    pub fn new(reach: Reach) -> Self {
        Self { reach, http: OnceLock::new() }
    }

    fn http(&self) -> std::result::Result<&Http, Fault> {
        if self.http.get().is_none() {
            let _ = self.http.set(Http::new(self.reach)?);
        }
        self.http.get().ok_or(Fault::Unreached)
    }

    async fn turn(&self, run: &Run, shop: Shop, row: Fetching) -> Ended {
        let errand = Errand { run, http: self.http()?, shop, row, until: Moment::now() + TURN };
        match errand.shop.kind {
            ShopKind::SmartStore => smartstore::fetch(&errand).await,
            ShopKind::Cafe24 => cafe24::reconcile(&errand).await,
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Work for Fetch {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let shop: Option<ShopId> = serde_json::from_value(run.params()["shop"].clone()).ok();
        let Some(id) = shop else { return Ok(None) };
        let mut tx = run.db().read().await?;
        let found = (shops::find(&mut tx, id).await?, store::find(&mut tx, id).await?);
        drop(tx);
        // It may have been removed or switched off meanwhile.
        let (Some(shop), Some(row)) = found else { return Ok(None) };
        if !row.is_on() {
            return Ok(None);
        }
        let nightly = row.every_minutes == 0 && row.failures < NIGHTLY_TRIES;
        run.db().write(Lane::Reaction, move |tx| async move { store::begins(tx, id).await }.boxed()).await?;
        let (fault, asked) = match self.turn(run, shop, row).await {
            Ok(()) => (None, 0),
            Err(Early::Shop(fault)) => (Some(fault), 0),
            Err(Early::Later(asked)) => (Some(Fault::Busy), rest_micros(asked)),
            Err(Early::Here(error)) => return Err(error.into()),
        };
        if let Some(fault) = fault {
            tracing::warn!(shop = %id, fault = fault.code(), "a shop did not answer");
        }
        run.db()
            .write(Lane::Reaction, move |tx| {
                async move {
                    store::ended(tx, id, fault).await?;
                    match store::find(tx, id).await?.filter(|_| fault.is_some()) {
                        Some(row) => put_off(tx, &row, nightly, asked).await,
                        None => Ok(()),
                    }
                }
                .boxed()
            })
            .await?;
        Ok(None)
    }
}

/// For how long a shop is left alone that asks for it, in microseconds: a day at most.
fn rest_micros(asked: Duration) -> i64 {
    i64::try_from(asked.as_micros()).unwrap_or(i64::MAX).min(Instant::DAY)
}

/// When a shop is asked again that did not answer: as always, within the night an hour later, and not before it wants to.
async fn put_off(tx: &mut Tx, row: &Fetching, nightly: bool, asked: i64) -> Result<()> {
    let now = tx.now();
    let usual = if nightly { now.plus(Instant::HOUR) } else { next(tx, row).await? };
    timer::set(tx, KIND, &row.shop.number().to_string(), usual.max(now.plus(asked))).await
}
