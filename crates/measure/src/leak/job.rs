//! The job `measure.leak`: brings the months of the leak up to date, after each refit.
//!
//! It is a job of its own, so that scores are there without waiting for two years of months. It may be cut off anywhere and
//! begins again; a month that is written is not written twice.

use super::store;
use crate::population::from_facts;
use ::store::job::{self, Failure, Run, Work};
use ::store::{Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde_json::Value;
use std::sync::Arc;
use web::Company;

/// The kind of the job.
pub const LEAK: &str = "measure.leak";

/// Puts it into the queue, unless it waits there already.
pub async fn request(tx: &mut Tx) -> Result<()> {
    let waiting: Option<(Id<kinds::Job>,)> =
        sql!("select id from jobs where kind = $1 and state = 'queued' order by id limit 1")
            .bind(LEAK)
            .fetch_optional(tx)
            .await?;
    match waiting {
        Some(_) => Ok(()),
        None => job::start(tx, LEAK, Value::Null).await.map(drop),
    }
}

/// The job.
pub struct Recount;

#[async_trait]
impl Work for Recount {
    fn kind(&self) -> &'static str {
        LEAK
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let today = Company::load(&mut run.db().read().await?).await?.today(run.db().clock());
        report(run, "reading").await?;
        let population = from_facts(run.db(), today, |_, _| ()).await?;
        report(run, "leak").await?;
        store::refresh(run.db(), Arc::new(population), today).await?;
        Ok(None)
    }
}

/// Says what the job is busy with, and notices when the program stops.
async fn report(run: &Run, phase: &'static str) -> std::result::Result<(), Failure> {
    if run.is_stopping() {
        return Err(Run::interrupted());
    }
    let checkpoint = run.checkpoint();
    let saving = run.db().write(Lane::Reaction, move |tx| {
        async move { checkpoint.save(tx, phase, 0, 0, &Value::Null).await }.boxed()
    });
    Ok(saving.await?)
}
