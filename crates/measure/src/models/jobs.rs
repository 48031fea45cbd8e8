//! The job `measure.refit`: fits the models on everyone and scores everyone; the leak is counted after it.
//!
//! It may be cut off anywhere and begins again; what it writes is the same. Where a model lacks data, the scores of
//! earlier runs are removed rather than left to grow old.

use super::fit::{Fitted, PersonScore, Terms, score};
use super::run::{Basis, Relationship, RunResult, back_test, mean_value, summarise};
use super::store;
use crate::population::{PartyId, Population, from_facts};
use crate::{blocking, leak};
use ::store::job::{self, Failure, JobState, Run, Work};
use ::store::timer::{self, OnTimer};
use ::store::{Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Day, Id, Instant, kinds};
use know::privacy::suspension;
use know::scores;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use web::{Company, Starter};

/// The kind of the job and of its nightly timer.
pub const REFIT: &str = "measure.refit";
/// People whose scores are written in one transaction: some 40 ms, in which a person's own write waits.
const SLICE: usize = 10_000;
/// The states of a live customer.
const LIVE: [&str; 4] = ["new", "active", "regular", "returned"];
/// The hour of the night at which the models are refitted.
const NIGHT: i64 = 3 * Instant::HOUR;

/// Puts a refit into the queue, unless one waits there already.
pub async fn request(tx: &mut Tx) -> Result<JobState> {
    let waiting: Option<(Id<kinds::Job>,)> =
        sql!("select id from jobs where kind = $1 and state = 'queued' order by id limit 1")
            .bind(REFIT)
            .fetch_optional(tx)
            .await?;
    let id = match waiting {
        Some((id,)) => id,
        None => job::start(tx, REFIT, Value::Null).await?,
    };
    job::state(tx, id).await?.ok_or(::store::Error::NotFound)
}

/// Refits every night.
pub struct Nightly;

#[async_trait]
impl OnTimer for Nightly {
    fn kind(&self) -> &'static str {
        REFIT
    }

    async fn due(&self, tx: &mut Tx, _key: &str) -> Result<Option<Instant>> {
        request(tx).await?;
        next_night(tx).await.map(Some)
    }
}

#[async_trait]
impl Starter for Nightly {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let due = next_night(tx).await?;
        timer::set(tx, REFIT, "", due).await
    }
}

/// Three hours into the company's next day.
async fn next_night(tx: &mut Tx) -> Result<Instant> {
    let company = Company::load(tx).await?;
    let tomorrow = company.today(&*tx.environment().clock).plus(1);
    Ok(tomorrow.start_in(&company.zone()).plus(NIGHT))
}

/// The job.
pub struct Refit;

#[async_trait]
impl Work for Refit {
    fn kind(&self) -> &'static str {
        REFIT
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let company = Company::load(&mut run.db().read().await?).await?;
        let today = company.today(run.db().clock());
        run.report("reading", 0, 0).await?;
        let (mut relationship, mut live) = (Relationship::new(company.currency), Vec::new());
        let population = from_facts(run.db(), today, |person, days| {
            relationship.add(person.currency, days);
            live.push(LIVE.contains(&person.state.as_str()));
        });
        let population = Arc::new(population.await?);
        run.report("counting", 0, 0).await?;
        // Whoever objects is not profiled: they get no score and are in no sum of scores.
        let suspended = suspension::all(&mut run.db().read().await?).await?;
        let (scores, mut result) = work_out(population.clone(), suspended, live, today, &company).await;
        result.relationship = relationship.months();
        write(run, &population, scores, result, today, &company).await?;
        Ok(None)
    }
}

async fn work_out(
    population: Arc<Population>,
    suspended: HashSet<PartyId>,
    live: Vec<bool>,
    today: Day,
    company: &Company,
) -> (Vec<Option<PersonScore>>, RunResult) {
    let (currency, margin) = (company.currency, company.margin_percent);
    let basis = if margin.is_some() { Basis::Margin } else { Basis::Revenue };
    let terms = Terms { discount: company.discount_percent / 100.0, margin: margin.unwrap_or(100.0) / 100.0 };
    blocking(move || {
        let fitted = Fitted::fit(&population, today, currency);
        let mut scores = score(&fitted, &population, today, terms);
        if !suspended.is_empty() {
            let people = population.people().zip(&mut scores);
            people
                .filter(|(person, _)| suspended.contains(&person.party))
                .for_each(|(_, score)| *score = None);
        }
        let calibration = back_test(&population, today);
        let value_per_person = mean_value(&scores, &live, currency);
        let result = RunResult { calibration, value_per_person, ..summarise(&fitted, &scores, basis) };
        (scores, result)
    })
    .await
}

/// Writes the scores, then removes those of earlier runs that were not replaced, then keeps the run.
async fn write(
    run: &Run,
    population: &Population,
    scores: Vec<Option<PersonScore>>,
    mut result: RunResult,
    today: Day,
    company: &Company,
) -> std::result::Result<(), Failure> {
    let id: Id<kinds::Run> =
        run.db().write(Lane::Reaction, |tx| async { Ok::<_, ::store::Error>(tx.id()) }.boxed()).await?;
    let total = i64::try_from(scores.len()).unwrap_or(i64::MAX);
    for (slice, start) in scores.chunks(SLICE).zip((0..).step_by(SLICE)) {
        if run.is_stopping() {
            return Err(Run::interrupted());
        }
        let people = (start..).zip(slice).filter_map(|(index, score)| Some((index, score.as_ref()?)));
        let rows = people.map(|(index, score)| store::scores(population.person(index).party, score, id));
        let (rows, checkpoint): (Vec<_>, _) = (rows.collect(), run.checkpoint());
        let done = i64::try_from(start + slice.len()).unwrap_or(total);
        run.db()
            .write(Lane::Import, move |tx| {
                async move {
                    scores::write(tx, &rows).await?;
                    checkpoint.save(tx, "writing", done, total, &Value::Null).await
                }
                .boxed()
            })
            .await?;
    }
    drop(scores);
    let company = company.clone();
    run.db()
        .write(Lane::Reaction, move |tx| {
            async move {
                scores::forget_before(tx, id.number()).await?;
                if result.value_per_person.is_none() {
                    result.value_per_person = store::mean_spend(tx, &company).await?;
                }
                store::keep(tx, id, today, &result).await?;
                leak::job::request(tx).await?;
                choose::segment::everyone_may_have_moved(tx, REFIT).await
            }
            .boxed()
        })
        .await?;
    Ok(())
}
