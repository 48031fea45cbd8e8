//! The job `measure.leak`: brings the months of the leak up to date, after each refit.
//!
//! It is a job of its own, so that scores are there without waiting for two years of months. It may be cut off anywhere and
//! begins again; a month that is written is not written twice.

use super::store;
use crate::population::from_facts;
use ::store::job::{self, Failure, Run, Work};
use ::store::{Result, Tx};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use web::Company;

/// The kind of the job.
pub const LEAK: &str = "measure.leak";

/// Puts it into the queue, unless it waits there already.
pub async fn request(tx: &mut Tx) -> Result<()> {
    match job::is_waiting(tx, LEAK).await? {
        true => Ok(()),
        false => job::start(tx, LEAK, Value::Null).await.map(drop),
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
        run.report("reading", 0, 0).await?;
        let population = from_facts(run.db(), today, |_, _| ()).await?;
        run.report("leak", 0, 0).await?;
        store::refresh(run.db(), Arc::new(population), today).await?;
        Ok(None)
    }
}
