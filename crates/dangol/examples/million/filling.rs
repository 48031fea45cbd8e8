//! Filling the company: people and facts through the functions that imports use, orders straight into the tables.

use super::lines;
use crate::owner;
use crate::shared::cpu_seconds;
use anyhow::{Context, Result};
use futures::FutureExt;
use kernel::{Id, kinds};
use know::facts;
use know::parties::{Identity, resolve};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, SqliteConnection};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Watch};
use store::log::Origin;
use store::{Db, Environment, Lane, Location, Tx, job, sql};
use web::Company;

/// The source of the orders.
const SOURCE: &str = "till";
/// People of one transaction.
const CHUNK: usize = 500;
/// Names the folder that keeps the filled company.
const KEEP: &str = "DANGOL_BENCH_KEEP";
/// The database in its folder.
const FILE: &str = "dangol.db";
/// The file beside the data that says what was filled in.
const NOTE: &str = "filled.json";
/// How often a running job is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Every so many people one is asked for later.
const EVERY: usize = 997;

/// What was filled in.
#[derive(Serialize, Deserialize)]
pub struct Filled {
    /// Order lines.
    pub lines: usize,
    /// How long the parts took.
    pub told: String,
    /// The session of an owner.
    pub cookie: String,
    /// Some of the people.
    pub people: Vec<Known>,
}

/// Someone to ask for.
#[derive(Serialize, Deserialize)]
pub struct Known {
    /// Their id in the API.
    pub id: String,
    /// Part of their name, or of somebody's.
    pub name: String,
    /// The last four digits of their phone.
    pub phone_tail: String,
    /// An order's number.
    pub order_no: String,
}

/// Fills `data`, or copies the company that is kept.
pub async fn ready(data: &Path, customers: u32, orders: u64) -> Result<Filled> {
    let Some(kept) = std::env::var_os(KEEP).map(PathBuf::from) else {
        return fill(data, customers, orders).await;
    };
    if !kept.join(NOTE).is_file() {
        let filled = fill(&kept, customers, orders).await?;
        std::fs::write(kept.join(NOTE), serde_json::to_vec(&filled)?)?;
    }
    std::fs::create_dir_all(data)?;
    std::fs::copy(kept.join(FILE), data.join(FILE))?;
    Ok(serde_json::from_slice(&std::fs::read(kept.join(NOTE))?)?)
}

/// Fills `data` and signs an owner in.
async fn fill(data: &Path, customers: u32, wanted: u64) -> Result<Filled> {
    let environment = Environment { durable: false, ..Environment::real() };
    let db = Db::open(&Location::Folder(data.into()), environment.clone()).await?;
    let start = Watch::now();
    let cookie = write(&db, |tx| async move { company(tx).await }.boxed()).await?;
    let (parties, people) = everyone(&db, customers).await?;
    db.close().await?;
    eprintln!("people are written in {:.0} s; orders next", start.elapsed().as_secs_f64());
    let lines = lines::write(data, SOURCE, wanted, &parties).await?;
    let written = start.elapsed().as_secs_f64();
    eprintln!("orders are written in {written:.0} s; facts next");
    let db = Db::open(&Location::Folder(data.into()), environment).await?;
    let start = Watch::now();
    for slice in parties.chunks(CHUNK) {
        let slice = slice.to_vec();
        write(&db, |tx| async move { facts::store::recompute(tx, &slice).await }.boxed()).await?;
    }
    pass_reactions(data).await?;
    let computed = start.elapsed().as_secs_f64();
    let told = format!("written in {written:.0} s, facts in {computed:.0} s");
    db.close().await?;
    Ok(Filled { lines, told, cookie, people })
}

/// Judges and scores everyone, the first time from nothing and then as each night does it; prints how long the parts of
/// it took.
pub async fn judge_and_score(data: &Path, times: &[&str]) -> Result<()> {
    let db = Db::open(&Location::Folder(data.into()), Environment::real()).await?;
    for time in times {
        for kind in [choose::REFRESH, measure::REFIT, measure::LEAK] {
            let (start, cpu) = (Watch::now(), cpu_seconds());
            let phases = run(&db, kind).await?;
            let (took, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
            println!("{kind} {time}: {took:.1} s, {cpu:.1} s of processor time; {phases}");
        }
    }
    Ok(db.close().await?)
}

/// Runs a job; gives its phases and how long each took.
async fn run(db: &Db, kind: &'static str) -> Result<String> {
    // A refit has the leak counted after it: that job waits in the queue already.
    let waiting: Option<(Id<kinds::Job>,)> =
        sql!("select id from jobs where kind = $1 and state = 'queued' limit 1")
            .bind(kind)
            .fetch_optional(&mut db.read().await?)
            .await?;
    let id = match waiting {
        Some((id,)) => id,
        None => write(db, |tx| job::start(tx, kind, serde_json::Value::Null).boxed()).await?,
    };
    let registry = dangol::registry();
    let running = async {
        let ended = async || -> store::Result<bool> {
            let state = job::state(&mut db.read().await?, id).await?.ok_or(store::Error::NotFound)?;
            Ok(state.finished_at.is_some())
        };
        while !ended().await? && job::run_next(db, registry.works(), None).await? {}
        Ok::<(), store::Error>(())
    };
    let mut phases = Vec::new();
    tokio::select! {
        ran = running => ran?,
        failed = watch(db, id, &mut phases) => failed.map(drop)?,
    }
    let ends = phases.iter().skip(1).map(|(_, begun)| *begun).chain([Watch::now()]);
    let took = |((phase, begun), end): (&(String, Watch), Watch)| {
        format!("{phase} {:.1} s", (end - *begun).as_secs_f64())
    };
    Ok(phases.iter().zip(ends).map(took).collect::<Vec<_>>().join(", "))
}

/// Notes when each phase of a job begins, for as long as it is let.
async fn watch(db: &Db, job: Id<kinds::Job>, phases: &mut Vec<(String, Watch)>) -> store::Result<Infallible> {
    loop {
        let state = job::state(&mut db.read().await?, job).await?.ok_or(store::Error::NotFound)?;
        if phases.last().is_none_or(|(phase, _)| *phase != state.phase) {
            phases.push((state.phase, Watch::now()));
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn write<T, F>(db: &Db, write: F) -> store::Result<T>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> futures::future::BoxFuture<'t, store::Result<T>> + Send + 'static,
{
    db.write(Lane::Import, write).await
}

async fn company(tx: &mut Tx) -> store::Result<String> {
    let mut company = Company::load(tx).await?;
    company.name = simulate::COMPANY.into();
    company.set_up = true;
    company.save(tx).await?;
    know::names::begin(tx).await?;
    owner::make(tx).await
}

async fn everyone(db: &Db, customers: u32) -> Result<(Vec<Id<kinds::Party>>, Vec<Known>)> {
    let (mut parties, mut people) = (Vec::with_capacity(customers as usize), Vec::new());
    let mut seeds = simulate::large::customers(1, customers).peekable();
    while seeds.peek().is_some() {
        let identities: Vec<Identity> = seeds
            .by_ref()
            .take(CHUNK)
            .map(|seed| Identity {
                source_id: Some(seed.key.to_string()),
                email: seed.email,
                phone: seed.phone,
                name: seed.name,
            })
            .collect();
        let known: Vec<Identity> = identities.iter().step_by(EVERY.min(CHUNK)).cloned().collect();
        let resolved = write(db, move |tx| {
            async move {
                let from = resolve::Origins { source: SOURCE, import: None, origin: Origin::Backfill };
                resolve::resolve(tx, &from, &identities).await
            }
            .boxed()
        });
        let resolved = resolved.await?.parties;
        let first = resolved.first().copied().flatten().context("everyone has an id of the till")?;
        people.extend(known.first().map(|identity| asked_for(first, identity, people.len())));
        parties.extend(resolved.into_iter().flatten());
    }
    Ok((parties, people))
}

fn asked_for(id: Id<kinds::Party>, identity: &Identity, number: usize) -> Known {
    let name = identity.name.as_deref().unwrap_or("김민");
    let phone = identity.phone.as_deref().unwrap_or("0000");
    Known {
        id: id.to_string(),
        name: name.to_owned(),
        phone_tail: phone.chars().skip(phone.chars().count().saturating_sub(4)).collect(),
        order_no: format!("L{number:09}"),
    }
}

/// The facts are computed, a party once and not with each of its orders: the reactions need not read the log again.
async fn pass_reactions(data: &Path) -> Result<()> {
    let file = format!("sqlite://{}", data.join(FILE).display());
    let mut connection = SqliteConnection::connect(&file).await?;
    for reaction in dangol::registry().reactions() {
        let pass = "insert into reactions (name, xid, seq, turned_at) select ?, max(xid), max(seq), 0 from interactions \
                    where true on conflict (name) do update set xid = excluded.xid, seq = excluded.seq";
        sqlx::query(pass).bind(reaction.name()).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}
