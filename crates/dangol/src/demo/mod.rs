//! `dangol demo`: a simulated coffee shop to look around in, and the way from it to an own company.
//!
//! The demo has its own folder (`demo-data`); an own company that is started from it lies beside it in
//! `dangol-data`, where `dangol serve` looks for it. The same seed and day give the same database.

mod fill;
mod own_company;

use crate::cli::Demo;
use crate::command::serve::{announce, listen, stopped};
use crate::open::Data;
use anyhow::{Context, Result};
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
    if filled(&folder).await != Some(wanted) {
        fill_anew(&folder, wanted, &zone).await?;
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

/// What the folder holds, if it holds a finished demo.
async fn filled(folder: &Path) -> Option<Filled> {
    if !folder.join("dangol.db").exists() {
        return None;
    }
    let db = Db::open(&Location::Folder(folder.into()), Environment::real()).await.ok()?;
    let mut tx = db.read().await.ok()?;
    let filled = setting::get::<Filled>(&mut tx, FILLED).await.ok()?;
    drop(tx);
    db.close().await.ok()?;
    (filled.revision > 0).then_some(filled.value)
}

/// Fills a folder beside the demo's and puts it in place when it is whole.
async fn fill_anew(folder: &Path, wanted: Filled, zone: &jiff::tz::TimeZone) -> Result<()> {
    println!("Simulating {} up to the day before {} …", simulate::COMPANY, wanted.today);
    let fresh = folder.with_extension("fresh");
    for old in [&fresh, &folder.to_path_buf()] {
        if old.exists() {
            std::fs::remove_dir_all(old)
                .with_context(|| format!("the old demo in {} cannot be removed", old.display()))?;
        }
    }
    fill::fill(&fresh, wanted, zone).await?;
    std::fs::rename(&fresh, folder)
        .with_context(|| format!("the demo cannot be moved to {}", folder.display()))
}

/// Serves the demo, and after it the own company that was started from it, on the same port.
async fn serve(demo: &Demo, base: &Path, folder: PathBuf, clock: Arc<dyn Clock>) -> Result<()> {
    let listener = listen(demo.listen).await?.into_std()?;
    let environment = Environment { clock, chance: Arc::new(OsChance), durable: true };
    let mut data = Data::named(Some(folder), None);
    let mut db = data.open(environment.clone()).await?;
    announce(&db, listener.local_addr()?).await?;
    loop {
        let (switch, mut switched) = watch::channel(None::<Next>);
        let start = OwnCompany::new(base.join("dangol-data"), db.clone(), environment.clone(), switch);
        let config = Config {
            data_folder: data.folder.clone(),
            door: Door::Loopback,
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
        (data, db) = (next.data, next.db);
    }
    Ok(db.close().await?)
}
