//! The job that writes a file: `know.import`.

use super::acquainted::Acquainted;
use super::chunk::Lines;
use super::details::LeftOut;
use super::feed::{self, Chunk, Feed};
use super::model::{Import, State, Trouble};
use super::{customers, follow_up, forget, own, passwords, store, words};
use crate::fields::CustomField;
use crate::orders::{self, Outcome};
use crate::parties::resolve::Origins;
use crate::privacy::forgotten;
use ::store::job::{Checkpoint, Failure, Run, Work};
use ::store::log::Origin;
use ::store::{Lane, Result, Tx};
use async_trait::async_trait;
use futures::FutureExt;
use jiff::tz::TimeZone;
use kernel::{Id, kinds};
use reading::{FileFault, FileFaultCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Mutex;
use web::{Company, Problem};

/// The kind of the job.
pub const KIND: &str = "know.import";

/// How often a chunk is tried that met another writer's new customer.
const CHUNK_TRIES: u32 = 5;

/// Writes a file, chunk by chunk.
pub struct RunImport {
    /// Jobs that a finished import sets off.
    pub follow_ups: &'static [&'static str],
}

/// What the job is about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Params {
    /// The import.
    pub import: Id<kinds::Import>,
}

impl Params {
    /// The import that a run is about.
    pub fn of(run: &Run) -> Result<Id<kinds::Import>, Failure> {
        let params: Self = serde_json::from_value(run.params().clone()).map_err(::store::Error::from)?;
        Ok(params.import)
    }
}

/// Where the job was cut off.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
struct Place {
    items: u64,
}

/// What every chunk needs.
pub struct Ground {
    /// The import, as it stood when the job began.
    pub import: Import,
    /// Preset and account.
    pub source: String,
    /// The company's zone.
    pub zone: TimeZone,
    /// The zone of the plan.
    pub plan_zone: TimeZone,
    /// The company's language, for what the job says.
    pub locale: kernel::Locale,
    /// The own fields of the company, where the file has columns of such.
    pub fields: Arc<[CustomField]>,
}

impl Ground {
    /// Looks everything up once; nothing when the import is gone.
    pub async fn load(run: &Run) -> Result<Option<Arc<Self>>, Failure> {
        let id = Params::of(run)?;
        let mut tx = run.db().read().await?;
        let company = Company::load(&mut tx).await?;
        let Some(import) = store::find(&mut tx, id).await? else { return Ok(None) };
        Ok(Some(Arc::new(Self::of(&mut tx, &company, import).await?)))
    }

    /// What an import of the company needs.
    pub async fn of(tx: &mut Tx, company: &Company, import: Import) -> ::store::Result<Self> {
        let zone = company.zone();
        let fields = own::named_by(tx, &import.plan).await?;
        Ok(Self {
            fields: fields.into(),
            source: import.source(),
            plan_zone: TimeZone::get(&import.plan.zone).unwrap_or_else(|_| zone.clone()),
            zone,
            locale: company.locale,
            import,
        })
    }

    /// The file from the item `skip` on.
    pub fn feed(&self, skip: u64) -> Feed {
        Feed::open(feed::From {
            path: (&self.import.path).into(),
            plan: self.import.plan.0.clone(),
            password: passwords::of(&self.import.path),
            fields: self.fields.clone(),
            skip,
        })
    }

    /// How far a job is: bytes of text, or rows of a workbook, whose end is not known before it is reached.
    pub fn progress(&self, chunk: &Chunk) -> (i64, i64) {
        if chunk.progress > 0.0 {
            ((self.import.size as f64 * chunk.progress) as i64, self.import.size)
        } else {
            (i64::try_from(chunk.items).unwrap_or(i64::MAX), 0)
        }
    }
}

#[async_trait]
impl Work for RunImport {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let Some(ground) = Ground::load(run).await? else { return Ok(None) };
        if ground.import.state != State::Running {
            // It was cut off between its last transaction and its end.
            forget::read_through(run.db(), ground.import.id).await?;
            return Ok(None);
        }
        let written = self.write(run, &ground).await;
        match written {
            Err(Failure::Store(error)) if !error.is_transient() => stop(run, &ground, broken(&error)).await,
            other => other,
        }
    }
}

impl RunImport {
    async fn write(&self, run: &Run, ground: &Arc<Ground>) -> Result<Option<String>, Failure> {
        let place: Place = serde_json::from_value(run.cursor().clone()).unwrap_or_default();
        if place.items == 0
            && let Err(fault) = whole(ground).await
        {
            return stop(run, ground, Trouble::from(&fault)).await;
        }
        let mut feed = ground.feed(place.items);
        let acquainted = Arc::default();
        while let Some(chunk) = feed.next().await {
            match chunk {
                Ok(chunk) => keep(run, ground, &acquainted, chunk).await?,
                Err(fault) => return stop(run, ground, Trouble::from(&fault)).await,
            }
            if run.is_stopping() {
                return Err(Run::interrupted());
            }
        }
        let (import, path) = (ground.import.id, ground.import.path.clone());
        let (checkpoint, ground, follow_ups) = (run.checkpoint(), ground.clone(), self.follow_ups);
        let finish = async move |tx: &mut Tx| finish(tx, &checkpoint, &ground.import, follow_ups).await;
        run.db().write(Lane::Import, move |tx| async move { finish(tx).await }.boxed()).await?;
        passwords::forget(&path);
        forget::read_through(run.db(), import).await?;
        Ok(None)
    }
}

/// A workbook that is damaged half-way would be written half: it is read to its end before the first row is written.
async fn whole(ground: &Ground) -> Result<(), FileFault> {
    let path = ground.import.path.clone();
    let reading = move || reading::verify(path.as_ref(), passwords::of(&path).as_deref());
    let read = tokio::task::spawn_blocking(reading).await;
    read.unwrap_or_else(|error| {
        let params = vec![("error", error.to_string())];
        Err(FileFault { code: FileFaultCode::Unreadable, line: None, params })
    })
}

/// A chunk on its way: what it says in Dangol's terms, and the rest of it.
struct Load {
    chunk: Chunk,
    lines: Mutex<Lines>,
}

/// The notice of lines that are from before their customer was erased.
pub(super) const ERASED: &str = "erased";
/// The notice of rows of a list that are of people who were erased.
pub(super) const ERASED_LISTED: &str = "erased_listed";
/// The notice of birthdays that nobody has.
const BIRTHDAY: &str = "birthday_unfit";
/// The notice of tags that were too many.
const TAGS_FULL: &str = "tags_full";

/// Whose the lines of a chunk are: a party for each of its identities.
type Owners = Vec<Option<Id<kinds::Party>>>;

/// Writes a chunk in one transaction; again, when another writer made the same customer meanwhile (PostgreSQL): a new
/// transaction sees them.
async fn keep(
    run: &Run,
    ground: &Arc<Ground>,
    acquainted: &Arc<Mutex<Acquainted>>,
    mut chunk: Chunk,
) -> Result<()> {
    let lines = Lines::new(std::mem::take(&mut chunk.rows), &ground.zone, &ground.plan_zone);
    let load = Arc::new(Load { chunk, lines: Mutex::new(lines) });
    let mut tries = 1;
    loop {
        let (checkpoint, ground) = (run.checkpoint(), ground.clone());
        let (chunk, met) = (load.clone(), acquainted.clone());
        let written = run.db().write(Lane::Import, move |tx| {
            async move {
                let (mut lines, met) = (chunk.lines.lock().await, met.lock().await);
                write_chunk(tx, &checkpoint, &ground, &met, &chunk.chunk, &mut lines).await
            }
            .boxed()
        });
        match written.await {
            Err(::store::Error::Constraint { unique: true, .. }) if tries < CHUNK_TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok(owners) => {
                let lines = load.lines.lock().await;
                acquainted.lock().await.remember(lines.identities.iter().zip(owners));
                return Ok(());
            }
        }
    }
}

async fn write_chunk(
    tx: &mut Tx,
    checkpoint: &Checkpoint,
    ground: &Ground,
    acquainted: &Acquainted,
    chunk: &Chunk,
    lines: &mut Lines,
) -> Result<Owners> {
    let id = ground.import.id;
    let (done, total) = ground.progress(chunk);
    let place = serde_json::to_value(Place { items: chunk.items })?;
    checkpoint.save(tx, "writing", done, total, &place).await?;
    let before = store::find(tx, id).await?.ok_or(::store::Error::NotFound)?;
    let mut counts = before.counts;
    let (kept, nameless) = forget::faults(tx, &ground.import, &chunk.faults).await?;
    store::keep_faults(tx, id, &kept, counts.invalid).await?;
    let faults = i64::try_from(kept.len()).unwrap_or(i64::MAX);
    (counts.invalid, counts.read) = (counts.invalid + faults, counts.read + faults);
    if !chunk.notices.is_empty() {
        let mut notices = before.notices.0;
        chunk.notices.iter().for_each(|notice| notices.add(notice));
        store::write_notices(tx, id, &notices).await?;
    }
    let gone = forgotten::of(tx, &ground.source, &lines.identities).await?;
    let left_out = lines.leave_out(&gone);
    if left_out + nameless > 0 {
        let mut notices = store::find(tx, id).await?.ok_or(::store::Error::NotFound)?.notices.0;
        notices.count(ERASED, left_out);
        notices.count(ERASED_LISTED, nameless);
        store::write_notices(tx, id, &notices).await?;
    }
    let from = Origins { source: &ground.source, import: Some(id), origin: Origin::Import };
    if !chunk.customers.is_empty() {
        let (written, left_out) = {
            let writing =
                customers::Writing { import: id, file: &ground.import.file, fields: &ground.fields };
            customers::write(tx, &from, writing, chunk).await?
        };
        counts.add(written);
        tell(tx, id, &left_out).await?;
    }
    let resolved = acquainted.settle(tx, &from, &lines.identities).await?;
    lines.belong_to(&resolved.parties);
    let from = orders::From { source: &ground.source, import: Some(id), origin: Origin::Import };
    if orders::stand_in::may_be(ground.import.plan.source) {
        orders::stand_in::give_way(tx, &from, &lines.lines).await?;
    }
    let written = orders::write(tx, &from, &lines.lines).await?;
    let mut outcomes: Vec<_> = written.iter().map(|written| written.outcome).collect();
    let gone = orders::refunds_gone::take_back(tx, &from, &lines.refunds_gone(&outcomes)).await?;
    gone.into_iter().for_each(|place| outcomes[place] = Outcome::Changed);
    let raws = written.iter().zip(lines.raws()).filter(|(written, _)| written.outcome != Outcome::Unchanged);
    let raws: Vec<_> = raws.filter_map(|(written, raw)| Some((written.line, raw?))).collect();
    store::keep_raws(tx, &raws).await?;
    counts.add(lines.counts(&outcomes));
    counts.parties += resolved.added;
    store::write_counts(tx, id, counts).await?;
    Ok(resolved.parties)
}

/// Tells of what could not be kept of customers.
async fn tell(tx: &mut Tx, import: Id<kinds::Import>, left_out: &LeftOut) -> Result<()> {
    let counts =
        [(BIRTHDAY, left_out.birthdays), (TAGS_FULL, left_out.tags), (ERASED_LISTED, left_out.erased)];
    if counts.iter().all(|(_, count)| *count == 0) {
        return Ok(());
    }
    let mut notices = store::find(tx, import).await?.ok_or(::store::Error::NotFound)?.notices.0;
    counts.into_iter().for_each(|(code, count)| notices.count(code, count));
    store::write_notices(tx, import, &notices).await
}

async fn finish(
    tx: &mut Tx,
    checkpoint: &Checkpoint,
    import: &Import,
    follow_ups: &[&'static str],
) -> Result<()> {
    checkpoint.save(tx, "reacting", import.size, import.size, &json!(null)).await?;
    store::end(tx, import.id, State::Done, None).await?;
    forget::first_rows(tx, import.id).await?;
    store::remember(tx, &super::plan::columns_hash(&import.probe.columns), &import.plan).await?;
    follow_up(tx, follow_ups).await
}

/// Ends the import with a problem, unless another process has the job now.
async fn stop(run: &Run, ground: &Arc<Ground>, trouble: Trouble) -> Result<Option<String>, Failure> {
    passwords::forget(&ground.import.path);
    let (checkpoint, ground) = (run.checkpoint(), ground.clone());
    let said = words::trouble(&trouble, "detail", ground.locale);
    run.db()
        .write(Lane::Import, move |tx| {
            async move {
                checkpoint.save(tx, "stopped", 0, 0, &json!(null)).await?;
                if words::is_locked(&trouble) {
                    store::lock(tx, &ground.import).await?;
                }
                store::end(tx, ground.import.id, State::Failed, Some(&trouble)).await
            }
            .boxed()
        })
        .await?;
    Err(Failure::Problem(said))
}

/// A fault of the program or of stored data.
fn broken(error: &::store::Error) -> Trouble {
    tracing::error!(%error, "an import could not be written");
    let code = Problem::invalid("import_broken").code().to_owned();
    Trouble { code, line: None, params: [("error".to_owned(), error.to_string())].into() }
}
