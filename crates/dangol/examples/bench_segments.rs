//! Live counts of thirty rules, and what it costs to keep two hundred segments current: `cargo xtask bench segments`.
//! Other numbers of customers and orders may be given, for a try.

#![forbid(unsafe_code)]

#[expect(dead_code, reason = "the other benches need the rest of it")]
mod shared;
#[expect(dead_code, reason = "the other benches need the rest of it")]
mod million {
    //! The company that is asked.
    pub mod filling;
    pub mod lines;
}

use anyhow::{Context, Result};
use choose::segment::rule::{Book, parse, to_json};
use choose::segment::{Frame, Question, quick_count};
use futures::FutureExt;
use kernel::{Id, kinds};
use million::filling;
use serde_json::json;
use shared::{argument, machine};
use std::process::ExitCode;
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

/// The published set: what people of the field ask first, from one column to several tables.
const RULES: [&str; 30] = [
    "everyone",
    "orders >= 3",
    "orders >= 3 and last_order before 60 days ago",
    "state = regular",
    "state in (dormant, lost) and spend >= 100000",
    "late",
    "late and not contacted within 14 days",
    "overdue > 1.5 and state != lost",
    "vip",
    "r = 1 and f >= 4",
    "rfm in (555, 554, 545, 544)",
    "first_order within 30 days",
    "first_order within 90 days and orders = 1",
    "last_order within 7 days",
    "last_order after 2026-01-01 and last_order before 2026-03-01",
    "state_since within 7 days",
    "p_alive < 0.3 and value >= 50000",
    "p_alive is known and not p_alive > 0.5",
    "value >= 100000",
    "interval < 14 and orders >= 10",
    "name contains \"김\"",
    "email is known and phone is known",
    "phone is unknown",
    "source = \"till\" and added within 30 days",
    "ordered within 30 days",
    "ordered at least 3 times within 90 days",
    "ordered for at least 200000 within 180 days",
    "orders >= 5 and not ordered within 60 days",
    "visited within 30 days or last_visit is known",
    "state = regular and overdue > 1.5 and phone is known and open_complaints = 0",
];

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
        let filled = filling::fill(&data, customers, orders).await?;
        println!("{customers} customers, {} lines; {}", filled.lines, filled.told);
        let db = Db::open(&Location::Folder(data), Environment::real()).await?;
        counts(&db).await?;
        keeping(&db).await?;
        Ok::<_, anyhow::Error>(db.close().await?)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Asks each rule and prints what it took.
async fn counts(db: &Db) -> Result<()> {
    let frame = Frame::load(&mut db.read().await?).await?;
    let mut all = Vec::new();
    for text in RULES {
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
            "{:8.1} ms  {}{:9}  {text}",
            took[TIMES / 2],
            if found.more { ">" } else { " " },
            found.count
        );
        all.extend(took);
    }
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
    println!("live counts: median {:.0} ms, p90 {:.0} ms, p99 {:.0} ms", at(0.5), at(0.9), at(0.99));
    Ok(())
}

/// Makes segments, builds them, and lets something happen to a thousand people.
async fn keeping(db: &Db) -> Result<()> {
    let registry = dangol::registry();
    db.write(Lane::Import, |tx| {
        async move {
            for number in 0..SEGMENTS {
                let rule = parse(&format!("orders >= {} and {}", number / 30, RULES[number % 30]), &Book::default());
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
