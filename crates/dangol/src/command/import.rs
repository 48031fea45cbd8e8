//! `dangol import`.
//!
//! Returns when the reactions have passed the last row, so that what follows sees the facts. If `serve` runs beside
//! it, either of the two may do the work.

use crate::cli::Import;
use crate::open::Data;
use crate::terminal;
use anyhow::{Context, Result, bail};
use kernel::limits::LEASE_SECONDS;
use kernel::{Id, Locale, kinds};
use know::imports::{Counts, Options, Outcome, Started, State, count_file, outcome, start_file};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use store::job::{self, JobState};
use store::reactor::Reactor;
use store::{Db, Environment, Location};

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(300);

/// Imports each file in turn; ends with 1 if one failed, or if rows did with `--strict`.
pub async fn run(asked: &Import, data: &Data) -> Result<ExitCode> {
    // Where nobody has begun a company, a dry run counts against an empty one that goes with it.
    let nobody = match asked.dry_run && !data.has_company().await? {
        true => Some(tempfile::tempdir().context("a folder for the dry run cannot be made")?),
        false => None,
    };
    let db = match &nobody {
        Some(folder) => Db::open(&Location::Folder(folder.path().into()), Environment::real()).await?,
        None if asked.dry_run => data.open_existing(Environment::real()).await?,
        None => data.open(Environment::real()).await?,
    };
    let (mut invalid, mut told) = (0, Vec::new());
    let mut failed = None;
    for file in &asked.files {
        match one(asked, &db, file).await.with_context(|| file.display().to_string()) {
            Err(error) => {
                failed = Some(error);
                break;
            }
            Ok(read) => {
                invalid += read.counts.invalid;
                match asked.json {
                    true => told.push(read.json(asked, file)),
                    false => read.print(asked, file),
                }
            }
        }
    }
    // What went in before a file failed is told as well.
    if asked.json && (failed.is_none() || !told.is_empty()) {
        terminal::print(&(serde_json::to_string_pretty(&told)? + "\n"))?;
    }
    db.close().await?;
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(if asked.strict && invalid > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A file that was read: how, and what was in it.
struct Read {
    source: &'static str,
    encoding: &'static str,
    counts: Counts,
}

impl Read {
    fn new(plan: &reading::Plan, counts: Counts) -> Self {
        Self { source: plan.source.as_str(), encoding: plan.encoding.as_str(), counts }
    }

    fn json(&self, asked: &Import, file: &Path) -> serde_json::Value {
        let Self { source, encoding, counts } = self;
        json!({ "file": file, "dry_run": asked.dry_run, "source": source, "encoding": encoding, "counts": counts })
    }

    fn print(&self, asked: &Import, file: &Path) {
        let would = if asked.dry_run { " (dry run: nothing was changed)" } else { "" };
        let Self { source, encoding, counts } = self;
        println!(
            "{}: {} read, {} new, {} changed, {} unchanged, {} invalid; read as {source}, {encoding}{would}",
            file.display(),
            counts.read,
            counts.new,
            counts.changed,
            counts.unchanged,
            counts.invalid
        );
    }
}

async fn one(asked: &Import, db: &Db, file: &Path) -> Result<Read> {
    let locale = terminal::locale();
    if !file.exists() {
        bail!("there is no such file: check the path");
    }
    if file.is_dir() {
        bail!("this is a folder: name the files in it");
    }
    let options = options(asked, locale)?;
    if asked.dry_run {
        let (plan, counts) = count_file(db, file, options).await.map_err(terminal::told)?;
        return Ok(Read::new(&plan, counts));
    }
    let Started { import, job, joined } = start_file(db, file, options).await.map_err(terminal::told)?;
    if joined {
        eprintln!(
            "{}: an import of this file is under way already; waiting for it, and going on with it if it was cut \
             off (in at most {LEASE_SECONDS} seconds)",
            file.display()
        );
    }
    work(db, job).await?;
    let mut tx = db.read().await?;
    let Outcome { state, plan, counts, problem } =
        outcome(&mut tx, import, locale).await?.context("the import is gone: someone removed it")?;
    drop(tx);
    if state == State::Failed {
        bail!("{}", problem.unwrap_or_else(|| "the import failed; look at it in the browser".into()));
    }
    Reactor::new(db.clone(), crate::registry().reactions().to_vec()).drain().await?;
    Ok(Read::new(&plan, counts))
}

/// `--source` names a kind of file, an account, or both as `cafe24:seoul`.
fn options(asked: &Import, locale: Locale) -> Result<Options> {
    let named = asked.source.as_deref().unwrap_or_default();
    let (kind, account) = named.split_once(':').unwrap_or((named, ""));
    let (source, account) = match reading::Source::named(kind) {
        Some(source) => (Some(source), account),
        None => (None, named),
    };
    let password = asked.password_env.as_deref().map(|name| {
        std::env::var(name)
            .with_context(|| format!("the environment has no {name} with the workbook's password"))
    });
    // A shop's name stands for its orders; with `--kind customers` for its list of customers.
    let customers = asked.kind.as_deref().map(|kind| kind == "customers");
    let source = source.map(|source| match customers {
        Some(true) => reading::Source::customers_of(source),
        Some(false) => source.shop(),
        None => source,
    });
    Ok(Options {
        source,
        customers,
        account: account.to_owned(),
        map: asked.map.clone(),
        currency: asked.currency,
        date_order: asked.date_order,
        password: password.transpose()?,
        by: "dangol import".into(),
        locale,
    })
}

/// Runs waiting jobs here until `job` has ended, wherever it ran; a job that was begun is never dropped half-way.
async fn work(db: &Db, job: Id<kinds::Job>) -> Result<()> {
    tokio::select! {
        ended = until_ended(db, job) => ended,
        failed = show_progress(db, job) => failed,
    }
}

async fn until_ended(db: &Db, job: Id<kinds::Job>) -> Result<()> {
    let registry = crate::registry();
    loop {
        let state = state(db, job).await?;
        if state.finished_at.is_some() {
            return ended(state);
        }
        if !job::run_next(db, registry.works(), None).await? {
            tokio::time::sleep(TICK).await;
        }
    }
}

async fn state(db: &Db, job: Id<kinds::Job>) -> Result<JobState> {
    let mut tx = db.read().await?;
    job::state(&mut tx, job).await?.context("the job is gone")
}

/// Shows progress for as long as it is let, where someone watches.
async fn show_progress(db: &Db, job: Id<kinds::Job>) -> Result<()> {
    let mut shown = std::io::stderr();
    if !shown.is_terminal() {
        return std::future::pending().await;
    }
    loop {
        let state = state(db, job).await?;
        if state.total > 0 {
            write!(shown, "\r{} {:>3} %  \r", state.phase, state.done.saturating_mul(100) / state.total)?;
            shown.flush()?;
        }
        tokio::time::sleep(TICK).await;
    }
}

/// A job that failed without telling its import: the check of a dry run, or a panic.
fn ended(state: JobState) -> Result<()> {
    if state.state == "failed" {
        bail!("{}", state.message.unwrap_or_else(|| "the work failed; try again".into()));
    }
    Ok(())
}
