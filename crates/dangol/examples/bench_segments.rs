//! Live counts of thirty rules, and what it costs to keep two hundred segments current: `cargo xtask bench segments`.
//! Other numbers of customers and orders may be given, for a try.

#![forbid(unsafe_code)]

#[path = "shared/owner.rs"]
mod owner;
#[expect(dead_code, reason = "the other benches need the rest of it")]
mod shared;
mod million {
    //! The company that is asked.
    pub mod filling;
    pub mod lines;
    pub mod moving;
}

use anyhow::{Context, Result, bail};
use choose::segment::rule::{Book, parse, to_json};
use choose::segment::{Count, Frame, Question, quick_count};
use futures::FutureExt;
use kernel::{Id, kinds};
use million::filling;
use million::moving::Moved;
use serde::Deserialize;
use serde_json::json;
use shared::{argument, machine};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;
use store::log::{self, Entry};
use store::reactor::Reactor;
use store::{Db, Environment, Lane, Location, job, sql};

/// Customers and orders.
const CUSTOMERS: u32 = 1_000_000;
const ORDERS: u64 = 10_000_000;
/// Times each rule is asked.
const TIMES: usize = 5;
/// Segments kept current, and interactions that touch their people.
const SEGMENTS: usize = 200;
const TOUCHED: i64 = 1_000;

/// The published set, a rule a line.
const RULES: &str = include_str!("segments/rules.txt");
/// The peer's program and the Python that has what it needs: `crates/dangol/peers/requirements.txt` in `target/peers`.
const PEER: [&str; 2] = ["target/peers/bin/python", "crates/dangol/peers/segments.py"];

/// The rules of the published set.
fn rules() -> Vec<&'static str> {
    RULES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn main() -> Result<ExitCode> {
    if let Some(code) = shared::program() {
        return Ok(code);
    }
    machine();
    let (customers, orders) = (argument(1, CUSTOMERS)?, argument(2, ORDERS)?);
    let folder = tempfile::TempDir::new()?;
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let filled = filling::ready(&data, customers, orders).await?;
        println!("{customers} customers, {} lines; {}", filled.lines, filled.told);
        filling::judge_and_score(&data, &["for the first time"]).await?;
        let db = Db::open(&Location::Folder(data.clone()), Environment::real()).await?;
        let peers = peer(&data, &Frame::load(&mut db.read().await?).await?)?;
        counts(&db, &peers, "SQLite").await?;
        keeping(&db).await?;
        db.close().await?;
        on_postgres(folder.path(), &data).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The same questions to the same company on PostgreSQL.
async fn on_postgres(folder: &Path, data: &Path) -> Result<()> {
    let Some(moved) = Moved::from(folder, data).await? else { return Ok(()) };
    let db = Db::open(&Location::Postgres(moved.url.clone()), Environment::real()).await?;
    let counted = counts(&db, &BTreeMap::new(), "PostgreSQL").await;
    db.close().await?;
    moved.end().await?;
    counted
}

/// Asks each rule and prints what it took.
async fn counts(db: &Db, peers: &BTreeMap<String, Peer>, engine: &str) -> Result<()> {
    let frame = Frame::load(&mut db.read().await?).await?;
    let mut all = Vec::new();
    for text in rules() {
        let rule = parse(text, &Book::default()).map_err(|fault| anyhow::anyhow!("{text}: {fault:?}"))?;
        let question = Question::of(&rule, &frame).map_err(|fault| anyhow::anyhow!("{text}: {fault:?}"))?;
        let (mut took, mut found) = (Vec::with_capacity(TIMES), None);
        for _ in 0..TIMES {
            let start = Instant::now();
            found = Some(quick_count(db, &question).await?);
            took.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        took.sort_by(f64::total_cmp);
        let found = found.context("a rule is asked at least once")?;
        println!(
            "{:8.1} ms  {}  {}{:9}  {text}",
            took[TIMES / 2],
            beside(peers.get(text), took[TIMES / 2], found)?,
            if found.more { ">" } else { " " },
            found.count
        );
        all.extend(took);
    }
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
    println!(
        "live counts on {engine}: median {:.0} ms, p90 {:.0} ms, p99 {:.0} ms",
        at(0.5),
        at(0.9),
        at(0.99)
    );
    Ok(())
}

/// What the peer took for the same question, and how many times that we took; the counts must be the same.
fn beside(peer: Option<&Peer>, ours: f64, found: Count) -> Result<String> {
    let Some(peer) = peer else { return Ok(String::new()) };
    if !found.more && found.count != peer.count {
        bail!("{}: we count {}, DuckDB counts {}", peer.text, found.count, peer.count);
    }
    Ok(format!("DuckDB {:7.1} ms, ours {:5.1} times that", peer.ms, ours / peer.ms))
}

/// An answer of the peer.
#[derive(Deserialize)]
struct Peer {
    text: String,
    ms: f64,
    count: i64,
}

/// What DuckDB answers over the same rows; nothing where it is not installed, which is said.
fn peer(data: &Path, frame: &Frame) -> Result<BTreeMap<String, Peer>> {
    if !Path::new(PEER[0]).exists() {
        println!(
            "DuckDB is left out: python3 -m venv target/peers && \
             target/peers/bin/pip install -r crates/dangol/peers/requirements.txt"
        );
        return Ok(BTreeMap::new());
    }
    let mut questions = Vec::new();
    for text in rules() {
        let rule = parse(text, &Book::default()).map_err(|fault| anyhow::anyhow!("{text}: {fault:?}"))?;
        let question = Question::of(&rule, frame).map_err(|fault| anyhow::anyhow!("{text}: {fault:?}"))?;
        let values: Vec<serde_json::Value> = question.set.values.iter().map(plain).collect();
        let sql = format!("select count(*) from {} where {}", question.set.from(), question.set.text);
        questions.push(json!({ "text": text, "sql": sql, "values": values }));
    }
    let asked = data.join("questions.json");
    std::fs::write(&asked, serde_json::to_vec(&questions)?)?;
    let told = Command::new(PEER[0]).arg(PEER[1]).arg(data.join("dangol.db")).arg(&asked).output()?;
    if !told.status.success() {
        bail!("the peer failed: {}", String::from_utf8_lossy(&told.stderr));
    }
    let lines = String::from_utf8(told.stdout)?;
    let answers = lines.lines().map(serde_json::from_str::<Peer>);
    answers.map(|peer| peer.map(|peer| (peer.text.clone(), peer)).map_err(Into::into)).collect()
}

/// A bound value as JSON.
fn plain(value: &store::Value) -> serde_json::Value {
    match value {
        store::Value::Int(number) => json!(number),
        store::Value::Text(text) => json!(text),
        store::Value::Float(number) => json!(number),
        store::Value::Bool(truth) => json!(truth),
        store::Value::Bytes(_) | store::Value::Json(_) => serde_json::Value::Null,
    }
}

/// Makes segments, builds them, and lets something happen to a thousand people.
async fn keeping(db: &Db) -> Result<()> {
    let registry = dangol::registry();
    db.write(Lane::Import, |tx| {
        async move {
            for number in 0..SEGMENTS {
                let rule = parse(&format!("orders >= {} and {}", number / 30, rules()[number % 30]), &Book::default());
                let rule = rule.map_err(|fault| store::Error::Refused(fault.code.text().into()))?;
                let id: Id<kinds::Segment> = tx.id();
                sql!(
                    "insert into segments (id, name, folder, kind, rule, version, revision, heard, created_at, \
                     changed_at) values ($1, $2, '', 'rule', $3, 1, 1, 1, 0, 0)"
                )
                .bind(id)
                .bind(format!("segment {number}"))
                .bind(to_json(&rule))
                .execute(tx)
                .await?;
            }
            job::start(tx, "choose.segments", json!("edit")).await
        }
        .boxed()
    })
    .await?;
    let start = Instant::now();
    while job::run_next(db, registry.works(), None).await? {}
    println!("{SEGMENTS} segments built in {:.1} s", start.elapsed().as_secs_f64());
    db.write(Lane::Interactive, |tx| {
        async move {
            let people: Vec<(Id<kinds::Party>,)> =
                sql!("select party from facts order by last_day desc, party limit $1")
                    .bind(TOUCHED)
                    .fetch_all(tx)
                    .await?;
            for (party,) in people {
                let entry = Entry::live(tx, "visit.recorded", party.number()).about(party);
                log::append(tx, entry).await?;
            }
            Ok::<_, store::Error>(())
        }
        .boxed()
    })
    .await?;
    let start = Instant::now();
    Reactor::new(db.clone(), registry.reactions().to_vec()).drain().await?;
    println!(
        "{TOUCHED} interactions: {SEGMENTS} segments kept current in {:.2} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
