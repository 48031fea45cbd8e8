//! Filling the company: people and facts through the functions that imports use, orders straight into the tables.

use super::lines;
use anyhow::{Context, Result};
use futures::FutureExt;
use kernel::{Id, Locale, kinds};
use know::facts;
use know::parties::{Identity, resolve};
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::time::Instant as Watch;
use store::log::Origin;
use store::{Db, Environment, Lane, Location, Tx, job};
use web::user::{self, NewUser};
use web::{Company, Role, session};

/// The source of the orders.
const SOURCE: &str = "till";
/// People of one transaction.
const CHUNK: usize = 500;
/// Every so many people one is asked for later.
const EVERY: usize = 997;

/// What was filled in.
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

/// Fills `data`, judges and scores everyone, and signs an owner in.
pub async fn fill(data: &Path, customers: u32, wanted: u64) -> Result<Filled> {
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
    let mut told = format!("written in {written:.0} s, facts in {computed:.0} s");
    for kind in [choose::REFRESH, measure::REFIT] {
        let start = Watch::now();
        write(&db, |tx| job::start(tx, kind, serde_json::Value::Null).boxed()).await?;
        while job::run_next(&db, dangol::registry().works(), None).await? {}
        told += &format!(", {kind} in {:.1} s", start.elapsed().as_secs_f64());
    }
    db.close().await?;
    Ok(Filled { lines, told, cookie, people })
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
    let new = NewUser {
        name: "Owner".into(),
        email: "owner@example.com".into(),
        role: Role::Owner,
        locale: Locale::En,
        password: None,
        team: None,
        scope: web::Scope::All,
    };
    let refused = |problem: web::Problem| store::Error::Refused(problem.code().to_owned());
    let owner = user::create(tx, new).await.map_err(refused)?;
    let token = session::open(tx, owner.id, "127.0.0.1", "bench").await?;
    Ok(format!("dangol={}", token.reveal()))
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
    let file = format!("sqlite://{}", data.join("dangol.db").display());
    let mut connection = SqliteConnection::connect(&file).await?;
    for reaction in dangol::registry().reactions() {
        let pass = "insert into reactions (name, xid, seq, turned_at) select ?, max(xid), max(seq), 0 from interactions \
                    where true on conflict (name) do update set xid = excluded.xid, seq = excluded.seq";
        sqlx::query(pass).bind(reaction.name()).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}
