//! Bringing a file: what uploading and the command line share.

use super::job::Params;
use super::model::{Counts, State, Trouble};
use super::plan::{self, Looked};
use super::store::{self, ContentHash, New};
use super::{check, job, own, passwords};
use crate::fields;
use ::store::job as jobs;
use ::store::{Db, Lane, Tx};
use futures::FutureExt;
use kernel::{Currency, Id, Locale, kinds, resident};
use reading::DateOrder;
use std::path::Path;
use web::{Answer, Company, Problem, audit};

/// What the command line says about a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which shop wrote it; guessed when left out.
    pub source: Option<reading::Source>,
    /// Whether it holds customers, or lines of orders; guessed when left out.
    pub customers: Option<bool>,
    /// Which account of that shop.
    pub account: String,
    /// Which column is what, as `customer=1,date=2,amount=4`.
    pub map: Option<String>,
    /// The currency of rows that name none, where the source does not settle it.
    pub currency: Option<Currency>,
    /// What `12/1/2010` means, where the file does not settle it or settles it wrongly.
    pub date_order: Option<DateOrder>,
    /// Opens a locked workbook.
    pub password: Option<String>,
    /// Who brings it.
    pub by: String,
    /// In which language problems are said.
    pub locale: Locale,
}

/// Registers a file where it lies and puts its job into the queue.
///
/// # Errors
/// What is wrong with the file or the options; then nothing was written.
pub async fn start_file(db: &Db, path: &Path, options: Options) -> Answer<Started> {
    let new = described(db, path, &options).await?;
    if let Some(password) = &options.password {
        passwords::keep(&new.path, password.clone());
    }
    db.write(Lane::Interactive, move |tx| async move { begin_once(tx, &new).await }.boxed()).await
}

/// An import that was registered.
#[derive(Debug, Clone, Copy)]
pub struct Started {
    /// The import.
    pub import: Id<kinds::Import>,
    /// The job that writes it.
    pub job: Id<kinds::Job>,
    /// Whether it was under way already: another process writes it, or one that was killed did.
    pub joined: bool,
}

/// The same file, read the same way, is not begun twice: whoever asks again joins the run that has not ended.
async fn begin_once(tx: &mut Tx, new: &New) -> Answer<Started> {
    for import in store::running(tx, &new.content_hash).await? {
        let Some(job) = import.job.filter(|_| import.path == new.path && import.plan.0 == new.plan) else {
            continue;
        };
        if jobs::state(tx, job).await?.is_some_and(|job| job.finished_at.is_none()) {
            return Ok(Started { import: import.id, job, joined: true });
        }
    }
    store::insert(tx, new, State::Ready).await?;
    audit::write(tx, None, "import.run", Some(new.id.number()), serde_json::json!({ "way": "command" }))
        .await?;
    Ok(Started { import: new.id, job: begin_run(tx, new.id).await?, joined: false })
}

/// Counts what an import of the file would do; writes nothing at all.
///
/// # Errors
/// What is wrong with the file or the options.
pub async fn count_file(db: &Db, path: &Path, options: Options) -> Answer<(reading::Plan, Counts)> {
    let new = described(db, path, &options).await?;
    if let Some(password) = &options.password {
        passwords::keep(&new.path, password.clone());
    }
    let plan = new.plan.clone();
    let import = new.import(db.clock().now());
    let counted = check::count(db, import).await?;
    let counts = counted.map_err(|fault| super::words::problem(&fault, options.locale))?;
    Ok((plan, counts))
}

/// What a file is, by its own words and those of the command line.
async fn described(db: &Db, path: &Path, options: &Options) -> Answer<New> {
    let unreadable = |error: std::io::Error| super::words::problem(&error.into(), options.locale);
    let path = std::fs::canonicalize(path).map_err(unreadable)?;
    let size = std::fs::metadata(&path).map_err(unreadable)?.len();
    let (id, mut company, probe_password) = {
        let mut tx = db.read().await?;
        (tx.id(), Company::load(&mut tx).await?, options.password.clone())
    };
    company.currency = options.currency.unwrap_or(company.currency);
    let (probe, mut settled, remembered) = first_look(db, &path, &company, probe_password, options).await?;
    if let Some(map) = &options.map {
        let own = reading::parse_mapping(map, &probe.columns);
        let unreadable = |wrong| {
            let problem = super::words::map_problem(&wrong, options.locale);
            Problem::invalid("import_map_unreadable").with("problem", problem)
        };
        let own = own.map_err(unreadable)?;
        if own.contains_key(&reading::Field::Date) {
            settled.date_order = None;
        }
        settled.mapping.extend(own);
    }
    settled.account.clone_from(&options.account);
    settled.date_order = options.date_order.or(settled.date_order).or_else(|| probe.date_order(&settled));
    if let Some(problem) = plan::faults(&settled, &probe).first() {
        let detail = super::words::plan_problem(&problem.field, problem.code, options.locale);
        return Err(Problem::invalid("import_plan_incomplete").with("problem", detail));
    }
    let content_hash = hash_of(&path).await.map_err(unreadable)?;
    Ok(New {
        id,
        file: path
            .file_name()
            .map(|name| resident::without(&name.to_string_lossy()).into_owned())
            .unwrap_or_default(),
        path: path.to_string_lossy().into_owned(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        content_hash,
        probe,
        plan: settled,
        remembered,
        by: None,
        by_name: options.by.clone(),
    })
}

/// The hash of a file's bytes, by which it is known again under any name.
async fn hash_of(path: &Path) -> std::io::Result<String> {
    let path = path.to_owned();
    let hashing = move || {
        let mut hash = ContentHash::default();
        std::io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
        Ok(hash.text())
    };
    tokio::task::spawn_blocking(hashing).await.map_err(std::io::Error::other)?
}

async fn first_look(
    db: &Db,
    path: &Path,
    company: &Company,
    password: Option<String>,
    options: &Options,
) -> Answer<(super::model::Probe, reading::Plan, bool)> {
    let (path, company) = (path.to_owned(), company.clone());
    let fields = fields::all(&mut db.read().await?).await?;
    let (source, customers, locale) = (options.source, options.customers, options.locale);
    let looking = move || {
        let fault = |fault| super::words::problem(&fault, locale);
        let found = reading::probe(&path, password.as_deref()).map_err(fault)?;
        if found.needs_password {
            return Err(Problem::invalid("import_password_option"));
        }
        let (currency, zone) = (company.currency.code(), &company.zone);
        let own = match (source, customers) {
            (Some(source), _) => found.plan_for(source, currency, zone),
            (None, Some(customers)) => found.plan_among(customers, currency, zone),
            (None, None) => found.plan(currency, zone),
        };
        Ok(Looked { probe: (&found).into(), plan: own::fitted(own, &found.columns, &fields) })
    };
    let looked = tokio::task::spawn_blocking(looking).await.map_err(Problem::internal)??;
    let chosen = options.source.is_some()
        || options.customers.is_some()
        || options.map.is_some()
        || options.currency.is_some();
    let remembered = match chosen {
        true => None,
        false => plan::remembered(&mut db.read().await?, &looked.probe).await?,
    };
    let is_remembered = remembered.is_some();
    Ok((looked.probe, remembered.unwrap_or(looked.plan), is_remembered))
}

/// Looks at an uploaded file and describes it.
pub async fn uploaded(tx: &mut Tx, path: &Path, locale: Locale) -> Answer<(Looked, bool)> {
    let company = Company::load(tx).await?;
    let fields = fields::all(tx).await?;
    let mut looked = plan::look(path.to_owned(), company, None, None, fields, locale).await?;
    let remembered = plan::remembered(tx, &looked.probe).await?;
    let is_remembered = remembered.is_some();
    looked.plan = remembered.unwrap_or(looked.plan);
    Ok((looked, is_remembered))
}

/// Puts the run of an import into the queue.
pub async fn begin_run(tx: &mut Tx, id: Id<kinds::Import>) -> Answer<Id<kinds::Job>> {
    store::clear_counts(tx, id).await?;
    begin(tx, id, job::KIND, State::Running).await
}

/// Puts the dry run of an import into the queue; the import stays as it is.
pub async fn begin_check(tx: &mut Tx, id: Id<kinds::Import>, state: State) -> Answer<Id<kinds::Job>> {
    store::clear_counts(tx, id).await?;
    begin(tx, id, check::KIND, state).await
}

/// Puts a job of an import into the queue.
pub async fn begin(tx: &mut Tx, id: Id<kinds::Import>, kind: &str, state: State) -> Answer<Id<kinds::Job>> {
    let job = jobs::start(tx, kind, serde_json::to_value(Params { import: id }).map_err(Problem::internal)?)
        .await?;
    store::begin(tx, id, state, job).await?;
    Ok(job)
}

/// How an import stands, for those who wait for it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Where it stands.
    pub state: State,
    /// How its file is read.
    pub plan: reading::Plan,
    /// What was counted.
    pub counts: Counts,
    /// Why it failed, in the language that was asked for.
    pub problem: Option<String>,
}

/// How the import `id` stands.
pub async fn outcome(tx: &mut Tx, id: Id<kinds::Import>, locale: Locale) -> ::store::Result<Option<Outcome>> {
    let said = |trouble: &Trouble| super::words::trouble(trouble, "detail", locale);
    Ok(store::find(tx, id).await?.map(|import| Outcome {
        state: import.state,
        plan: import.plan.0,
        counts: import.counts,
        problem: import.problem.as_ref().map(|trouble| said(trouble)),
    }))
}
