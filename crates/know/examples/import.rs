//! Imports a file into a new database and says how long each part took:
//! `cargo run --profile demo --example import -- FILE`, with `DATABASE_URL` for PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use kernel::{Locale, SystemClock};
use std::sync::Arc;
use std::time::Instant;
use store::reactor::Reactor;
use store::{Db, Environment, Location, job};
use web::Registry;

#[tokio::main]
async fn main() {
    let file = std::env::args().nth(1).expect("name a file");
    let folder = tempfile::tempdir().unwrap();
    let location = match std::env::var("DATABASE_URL") {
        Ok(url) => Location::Postgres(url),
        Err(_) => Location::Folder(folder.path().to_owned()),
    };
    let chance = Arc::new(kernel::SeededChance::new(1));
    let environment = Environment { clock: Arc::new(SystemClock), chance, durable: true };
    let db = Db::open(&location, environment).await.unwrap();
    let mut registry = Registry::new();
    know::register(&mut registry, &[]);
    for turn in ["first", "again"] {
        let options = know::imports::Options { by: "measure".into(), ..Default::default() };
        let begin = Instant::now();
        let know::imports::Started { import, .. } =
            know::imports::start_file(&db, file.as_ref(), options).await.unwrap();
        let looked = begin.elapsed();
        while job::run_next(&db, registry.works(), None).await.unwrap() {}
        let written = begin.elapsed() - looked;
        Reactor::new(db.clone(), registry.reactions().to_vec()).drain().await.unwrap();
        let reacted = begin.elapsed() - looked - written;
        let mut tx = db.read().await.unwrap();
        let outcome = know::imports::outcome(&mut tx, import, Locale::En).await.unwrap().unwrap();
        println!("{turn}: {:?} {:?}", outcome.state, outcome.counts);
        println!("  looked {looked:.2?}, written {written:.2?}, facts {reacted:.2?}, peak {} MiB", peak());
    }
}

/// The largest resident memory of this process so far, in MiB (Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
