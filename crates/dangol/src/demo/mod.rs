//! `dangol demo`: a simulated coffee shop to look around in, and the way from it to an own company.
//!
//! The demo has its own folder (`demo-data`); an own company that is started from it lies beside it in
//! `dangol-data`, where `dangol serve` looks for it. The same seed and day give the same database. A demo of another
//! day or seed is replaced, which is said, unless it is being served; data that is no demo is left alone.

mod bonds;
mod consents;
mod fill;
mod judgements;
mod own_company;

use crate::cli::Demo;
use crate::command::serve::{announce, listen, stopped};
use crate::open::{self, Data};
use anyhow::{Context, Result, ensure};
use kernel::{Clock, Day, Instant, OsChance, ShiftedClock, SystemClock};
use own_company::{Next, OwnCompany};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::{Db, Environment, Location, setting};
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::{App, Config, Door};

/// What a demo folder was filled from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Filled {
    seed: u64,
    today: Day,
}

/// The name of the setting that says so.
const FILLED: &str = "demo";
/// The hour at which a demo of another day begins.
const MORNING: i64 = 10 * Instant::HOUR;

/// Fills the demo's folder if need be, then serves it.
pub async fn run(demo: &Demo, base: Option<PathBuf>) -> Result<ExitCode> {
    let base = base.unwrap_or_else(|| ".".into());
    let zone = jiff::tz::TimeZone::get(simulate::ZONE)?;
    let today = demo.today.unwrap_or_else(|| SystemClock.now().day_in(&zone));
    let wanted = Filled { seed: demo.seed, today };
    let folder = base.join("demo-data");
    match filled(&folder).await? {
        Some(there) if there == wanted => {}
        there => fill_anew(&folder, there, wanted, &zone).await?,
    }
    if demo.fill_only {
        return Ok(ExitCode::SUCCESS);
    }
    let clock: Arc<dyn Clock> = match demo.today {
        Some(day) => Arc::new(ShiftedClock::starting_at(day.start_in(&zone).plus(MORNING))),
        None => Arc::new(SystemClock),
    };
    serve(demo, &base, folder, clock).await?;
    Ok(ExitCode::SUCCESS)
}

/// What demo the folder holds; none in a folder that is empty or not there.
///
/// # Errors
/// When the data is no demo, or cannot be read: nobody meant to lose that, so it is not even migrated.
async fn filled(folder: &Path) -> Result<Option<Filled>> {
    if !folder.join("dangol.db").exists() {
        ensure_only(folder, |name| name == open::LOCK)?;
        return Ok(None);
    }
    let unsure = || format!("{} holds data that is no demo: move it away first", folder.display());
    let db = Db::connect(&Location::Folder(folder.into()), Environment::real()).await.with_context(unsure)?;
    let mut tx = db.read().await?;
    let filled = setting::get::<Filled>(&mut tx, FILLED).await.with_context(unsure)?;
    drop(tx);
    db.close().await?;
    ensure!(filled.revision > 0, unsure());
    Ok(Some(filled.value))
}

/// Whether a demo makes files of this name.
fn is_own(name: &str) -> bool {
    let of_database = |rest: &str| {
        ["", "-wal", "-shm", "-turn"].contains(&rest) || rest == ".part" || rest.starts_with(".before-")
    };
    [open::LOCK, web::audit::KEY_FILE, know::privacy::list::FILE, "uploads"].contains(&name)
        || name.strip_prefix("dangol.db").is_some_and(of_database)
}

/// Refuses a folder with anything in it whose name is none of those meant.
fn ensure_only(folder: &Path, is_meant: impl Fn(&str) -> bool) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let unread = || format!("the folder {} cannot be read", folder.display());
    for entry in std::fs::read_dir(folder).with_context(unread)? {
        let name = entry.with_context(unread)?.file_name();
        let (name, place) = (name.to_string_lossy(), folder.display());
        ensure!(is_meant(&name), "{place} holds {name}, which is no demo's: move it away first");
    }
    Ok(())
}

/// Fills a folder beside the demo's and puts it in place when it is whole; never while the old one is being served.
async fn fill_anew(
    folder: &Path,
    there: Option<Filled>,
    wanted: Filled,
    zone: &jiff::tz::TimeZone,
) -> Result<()> {
    let _held = if folder.exists() {
        let held = open::replacing(folder)?;
        let why = "is being served: stop that first, or name another folder with --data";
        Some(held.with_context(|| format!("the demo in {} {why}", folder.display()))?)
    } else {
        None
    };
    let fresh = folder.with_extension("fresh");
    ensure_only(folder, is_own)?;
    ensure_only(&fresh, is_own)?;
    if let Some(Filled { seed, today }) = there {
        println!(
            "Replacing the demo of {today} (seed {seed}) in {}, with whatever was entered in it.",
            folder.display()
        );
    }
    println!("Simulating {} up to the day before {} …", simulate::COMPANY, wanted.today);
    remove(&fresh)?;
    fill::fill(&fresh, wanted, zone).await?;
    remove(folder)?;
    std::fs::rename(&fresh, folder)
        .with_context(|| format!("the demo cannot be moved to {}", folder.display()))
}

/// Removes a demo, and nothing that came to lie beside it since.
fn remove(old: &Path) -> Result<()> {
    ensure_only(old, is_own)?;
    if !old.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(old)
        .with_context(|| format!("the old demo in {} cannot be removed", old.display()))
}

/// Serves the demo, and after it the own company that was started from it, on the same port.
async fn serve(demo: &Demo, base: &Path, folder: PathBuf, clock: Arc<dyn Clock>) -> Result<()> {
    let listener = listen(demo.listen).await?.into_std()?;
    let environment = Environment { clock, chance: Arc::new(OsChance), durable: true };
    let mut data = Data::named(Some(folder), None);
    let mut _serving = data.serving()?;
    let mut db = data.open(environment.clone()).await?;
    announce(&db, listener.local_addr()?).await?;
    loop {
        let (switch, mut switched) = watch::channel(None::<Next>);
        let start = OwnCompany::new(base.join("dangol-data"), db.clone(), environment.clone(), switch);
        let config = Config {
            data_folder: data.folder.clone(),
            door: Door::Loopback,
            erased_list: Some(data.erased_list.clone()),
            audit_anchor: None,
            // Whoever opens the demo runs the machine it is on: a provider may be there as well.
            sso_reach: web::webhooks::Reach::Private,
            metrics_token: None,
            on_start_company: Some(Arc::new(start)),
        };
        let app = App::new(db.clone(), crate::registry(), config);
        let mut asked = switched.clone();
        let until = async move {
            // The sender lives in the app, so it is only gone when serving has ended.
            let switching = async { drop(asked.wait_for(Option::is_some).await) };
            tokio::select! { () = stopped() => {}, () = switching => {} }
        };
        web::serve(TcpListener::from_std(listener.try_clone()?)?, app, until).await?;
        let next = switched.borrow_and_update().clone();
        let Some(next) = next else { break };
        db.close().await?;
        println!(
            "Your company's data lies in {}; later, start it with: dangol serve",
            next.data.folder.display()
        );
        _serving = next.data.serving()?;
        (data, db) = (next.data, next.db);
    }
    Ok(db.close().await?)
}
