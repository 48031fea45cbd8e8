//! The dry run: `know.import_check` counts what an import would do, and writes the counts alone; the command line
//! counts without writing even these.

use super::chunk::Lines;
use super::feed::Chunk;
use super::job::{ERASED, ERASED_LISTED, Ground};
use super::model::{Counts, Import, Notices, Trouble};
use super::{customers, forget, passwords, store, words};
use crate::orders::{self, Line, LineKey, Outcome};
use crate::parties::resolve::Foreseen;
use crate::privacy::forgotten;
use ::store::job::{Failure, Run, Work};
use ::store::{Db, Lane, Result};
use async_trait::async_trait;
use futures::FutureExt;
use reading::FileFault;
use serde_json::json;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use web::Company;

/// The kind of the job.
pub const KIND: &str = "know.import_check";

/// Counts what an import would do.
pub struct CheckImport;

/// What was counted, and what the file itself would have written by now.
#[derive(Default)]
struct Tally {
    counts: Counts,
    notices: Notices,
    people: Foreseen,
    lines: HashMap<u64, u64>,
    /// What the file has said of each customer by now.
    said: HashMap<String, String>,
}

#[async_trait]
impl Work for CheckImport {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let Some(ground) = Ground::load(run).await? else { return Ok(None) };
        let mut feed = ground.feed(0);
        let mut tally = Tally::default();
        while let Some(chunk) = feed.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(fault) => return refuse(run, &ground, Trouble::from(&fault)).await,
            };
            let (done, total) = ground.progress(&chunk);
            tally.count(run.db(), &ground, chunk).await?;
            show(run, done, total).await?;
            if run.is_stopping() {
                return Err(Run::interrupted());
            }
        }
        keep(run, &ground, tally.counts, tally.notices).await?;
        Ok(None)
    }
}

/// Counts what an import would do and keeps nothing.
pub async fn count(db: &Db, import: Import) -> Result<Result<Counts, FileFault>> {
    let ground = {
        let mut tx = db.read().await?;
        let company = Company::load(&mut tx).await?;
        Ground::of(&mut tx, &company, import).await?
    };
    let mut feed = ground.feed(0);
    let mut tally = Tally::default();
    while let Some(chunk) = feed.next().await {
        match chunk {
            Ok(chunk) => tally.count(db, &ground, chunk).await?,
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(tally.counts))
}

/// Ends the check; of a workbook that did not open it is kept that its password is wanted.
async fn refuse(run: &Run, ground: &Arc<Ground>, trouble: Trouble) -> Result<Option<String>, Failure> {
    let said = words::trouble(&trouble, "detail", ground.locale);
    if words::is_locked(&trouble) {
        passwords::forget(&ground.import.path);
        let ground = ground.clone();
        let locking = run
            .db()
            .write(Lane::Import, move |tx| async move { store::lock(tx, &ground.import).await }.boxed());
        locking.await?;
    }
    Err(Failure::Problem(said))
}

async fn show(run: &Run, done: i64, total: i64) -> Result<()> {
    let checkpoint = run.checkpoint();
    run.db()
        .write(Lane::Import, move |tx| {
            async move { checkpoint.save(tx, "counting", done, total, &json!(null)).await }.boxed()
        })
        .await
}

async fn keep(run: &Run, ground: &Arc<Ground>, counts: Counts, notices: Notices) -> Result<()> {
    let (checkpoint, ground) = (run.checkpoint(), ground.clone());
    run.db()
        .write(Lane::Import, move |tx| {
            async move {
                let size = ground.import.size;
                checkpoint.save(tx, "counting", size, size, &json!(null)).await?;
                let now = store::find(tx, ground.import.id).await?;
                // The plan may have been changed meanwhile: these counts are not its counts.
                match now.filter(|now| now.plan.0 == ground.import.plan.0) {
                    Some(now) => {
                        store::write_counts(tx, now.id, counts).await?;
                        store::write_notices(tx, now.id, &notices).await?;
                        forget::first_rows(tx, now.id).await
                    }
                    None => Ok(()),
                }
            }
            .boxed()
        })
        .await
}

impl Tally {
    async fn count(&mut self, db: &Db, ground: &Ground, chunk: Chunk) -> Result<()> {
        let faults = i64::try_from(chunk.faults.len()).unwrap_or(i64::MAX);
        chunk.notices.iter().for_each(|notice| self.notices.add(notice));
        self.counts.add(Counts { read: faults, invalid: faults, ..Counts::default() });
        let named: HashSet<LineKey> =
            chunk.rows.iter().filter(|row| row.named).map(|row| row.key.clone()).collect();
        let mut lines = Lines::new(chunk.rows, &ground.zone, &ground.plan_zone);
        let mut tx = db.read().await?;
        let gone = forgotten::of(&mut tx, &ground.source, &lines.identities).await?;
        self.notices.count(ERASED, lines.leave_out(&gone));
        if !chunk.customers.is_empty() {
            let (people, said) = (&mut self.people, &mut self.said);
            let (counted, erased) =
                customers::count(&mut tx, &ground.source, people, said, &chunk.customers).await?;
            self.counts.add(counted);
            self.notices.count(ERASED_LISTED, erased);
        }
        let resolved = self.people.resolve(&mut tx, &ground.source, &lines.identities).await?;
        self.counts.parties += resolved.added;
        lines.belong_to(&resolved.parties);
        let mut outcomes = orders::compare(&mut tx, &ground.source, &lines.lines).await?;
        for (outcome, line) in
            outcomes.iter_mut().zip(&lines.lines).filter(|(_, line)| named.contains(&line.key))
        {
            *outcome = self.after_this_file(*outcome, line);
        }
        let gone = lines.refunds_gone(&outcomes);
        for place in orders::refunds_gone::places(&mut tx, &ground.source, &gone).await? {
            outcomes[place] = Outcome::Changed;
        }
        self.counts.add(lines.counts(&outcomes));
        Ok(())
    }

    /// A line that the file names twice is new the first time only.
    fn after_this_file(&mut self, outcome: Outcome, line: &Line) -> Outcome {
        let content = hash(&line.content_hash());
        match self.lines.entry(hash(&line.key)) {
            Entry::Vacant(first) => {
                first.insert(content);
                outcome
            }
            Entry::Occupied(mut again) => {
                if again.insert(content) == content {
                    Outcome::Unchanged
                } else {
                    Outcome::Changed
                }
            }
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
