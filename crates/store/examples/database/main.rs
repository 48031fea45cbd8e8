//! Statements through `sql!` beside the same work by raw driver calls, on both engines: `cargo xtask bench database`.
//!
//! Both sides have the same texts, the same connection settings and the same tables, and take turns within one run, so
//! that what else the machine does hits both. The figures are medians; the ratio is store / driver.

#![forbid(unsafe_code)]

mod cluster;
mod compare;
mod driver;
mod place;
mod shapes;
mod texts;
mod writers;

use compare::Table;
use place::Place;
use std::error::Error;
use std::process::Command;
use store::{Db, Environment};

/// What a bench gives.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Set in the process that measures.
const PINNED: &str = "DANGOL_BENCH_PINNED";

fn main() -> Outcome {
    if std::env::var_os(PINNED).is_none() && pinned()? {
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

/// Measures in a process on one core. A statement of SQLite is a conversation of two threads: on several cores it is
/// chance which of them sleeps, and that decides more (up to tenfold, either way) than what is measured here.
fn pinned() -> Outcome<bool> {
    let mut measuring = Command::new("taskset");
    measuring.args(["-c", "0"]).arg(std::env::current_exe()?).env(PINNED, "yes");
    match measuring.status() {
        Ok(status) if status.success() => Ok(true),
        Ok(status) => Err(format!("the bench ended with {status}").into()),
        Err(error) => {
            println!("left out: measuring on one core ({error}): expect the figures to jump");
            Ok(false)
        }
    }
}

async fn run() -> Outcome {
    println!("{}", place::machine());
    let folder = tempfile::tempdir()?;
    let cluster = cluster::Cluster::start(folder.path())?;
    measure(Place::sqlite(folder.path())).await?;
    measure(Place::postgres(&cluster).await?).await
}

async fn measure(place: Place) -> Outcome {
    println!("\n{}", place.name());
    let mut table = Table::default();
    // The statements themselves: without a flush a commit, so that the disk does not hide what they cost.
    let quick = Db::open(place.location(), Environment { durable: false, ..Environment::real() }).await?;
    let driver = place.driver(false).await?;
    shapes::measure(&mut table, &quick, &*driver).await?;
    quick.close().await?;
    drop(driver);
    // The writer: every answer survives a power cut.
    let durable = Db::open(place.location(), Environment::real()).await?;
    let driver = place.driver(true).await?;
    writers::measure(&mut table, &durable, driver.into()).await?;
    durable.close().await?;
    table.print();
    Ok(())
}
