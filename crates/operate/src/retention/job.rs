//! The night's work: each kind whose period has ended goes, a batch a transaction, a line of the report a night.

use super::store::{self, Destruction};
use super::{Kind, Periods, SETTING, ended_before};
use ::store::job::{self, Failure, Run, Work};
use ::store::timer::{self, OnTimer};
use ::store::{Lane, Result, Tx, setting};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Instant;
use serde_json::Value;
use web::{Company, Starter};

/// The kind of the job and of the timer.
pub(super) const KIND: &str = "retention.destroy";
/// The hour of the company's night at which it is done, after the backup's usual one.
const HOUR: i64 = 5;
/// How this destroys.
const METHOD: &str = "deleted";

/// Starts it each night.
pub(crate) struct Nightly;

async fn next(tx: &mut Tx) -> Result<Instant> {
    let zone = Company::load(tx).await?.zone();
    let now = tx.now();
    let at = |days: i64| now.day_in(&zone).plus(days).start_in(&zone).plus(HOUR * Instant::HOUR);
    Ok(if at(0) > now { at(0) } else { at(1) })
}

#[async_trait]
impl OnTimer for Nightly {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn due(&self, tx: &mut Tx, _: &str) -> Result<Option<Instant>> {
        let periods: Periods = setting::get(tx, SETTING).await?.value;
        let any = Kind::ALL.iter().any(|kind| kind.days(&periods).is_some());
        if any && !job::is_active(tx, KIND).await? {
            job::start(tx, KIND, Value::Null).await?;
        }
        Ok(Some(next(tx).await?))
    }
}

#[async_trait]
impl Starter for Nightly {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        if timer::is_set(tx, KIND, "").await? {
            return Ok(());
        }
        let due = next(tx).await?;
        timer::set(tx, KIND, "", due).await
    }
}

/// Destroys what has ended its period.
pub(crate) struct Destroy;

#[async_trait]
impl Work for Destroy {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let mut destroyed = 0;
        for kind in Kind::ALL {
            loop {
                let checkpoint = run.checkpoint();
                let gone: Result<i64> = run
                    .db()
                    .write(Lane::Reaction, move |tx| {
                        async move {
                            checkpoint.save(tx, kind.text(), destroyed, 0, &Value::Null).await?;
                            batch(tx, kind).await
                        }
                        .boxed()
                    })
                    .await;
                let gone = gone?;
                destroyed += gone;
                if gone == 0 {
                    break;
                }
                if run.is_stopping() {
                    return Err(Run::interrupted());
                }
            }
        }
        Ok(Some(destroyed.to_string()))
    }
}

/// Destroys a batch of a kind and reports it.
async fn batch(tx: &mut Tx, kind: Kind) -> Result<i64> {
    let periods: Periods = setting::get(tx, SETTING).await?.value;
    let Some(days) = kind.days(&periods) else { return Ok(0) };
    let before = ended_before(tx.now(), days);
    let count = i64::try_from(store::destroy(tx, kind, before).await?).unwrap_or(i64::MAX);
    if count > 0 {
        let line = Destruction {
            id: tx.id(),
            at: tx.now(),
            kind: kind.text().into(),
            before,
            count,
            method: METHOD.into(),
            approved_by: periods.approved_by,
        };
        store::report(tx, &line).await?;
    }
    Ok(count)
}
