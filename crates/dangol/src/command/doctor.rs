//! `dangol doctor`: how far the reactions are behind, what is parked, how the house is, what to do.

use crate::cli::Doctor;
use crate::open::Data;
use anyhow::Result;
use futures::FutureExt;
use operate::checks::{self, Check, State};
use serde_json::json;
use std::process::ExitCode;
use store::reactor::{Lag, Parked, Reactor, parked};
use store::{Db, Environment, Lane, job, migrate};

/// Looks for what is wrong; ends with 1 if anything is.
pub async fn run(asked: &Doctor, data: &Data) -> Result<ExitCode> {
    let db = data.open_existing(Environment::real()).await?;
    let reactor = Reactor::new(db.clone(), crate::registry().reactions().to_vec());
    if asked.retry_parked {
        eprintln!("{} parked interactions went through.", reactor.retry_parked().await?);
    }
    if asked.rebuild {
        rebuild(&db, &reactor).await?;
    }
    let lags = reactor.lags().await?;
    let mut tx = db.read().await?;
    let parked = parked(&mut tx).await?;
    drop(tx);
    let missing = migrate::pending(&db).await?.len();
    let checks = checks::all(&db, &data.folder, &lags).await?;
    if asked.json {
        println!(
            "{}",
            json!({ "reactions": lags, "parked": parked, "missing_steps": missing, "checks": checks })
        );
    } else {
        tell(&lags, &parked, &checks);
    }
    db.close().await?;
    let bad = checks.iter().any(|check| check.state == State::Bad);
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Drops what is derived, reads the log again from its start, and judges everyone anew.
async fn rebuild(db: &Db, reactor: &Reactor) -> Result<()> {
    let registry = crate::registry();
    // One transaction: a rebuild that is killed finds everything as it was, or goes on where it stopped. Only the
    // facts read the log again; the states are judged anew below, without telling the log of changes long past.
    let rewind = reactor.rewinding(know::facts::NAME)?;
    let cleared: store::Result<()> = db
        .write(Lane::Reaction, move |tx| {
            async move {
                know::facts::store::clear(tx).await?;
                rewind.apply(tx).await
            }
            .boxed()
        })
        .await;
    cleared?;
    reactor.drain().await?;
    // States and cells of everyone follow from the interval of the whole company, which the log grew into.
    let judged: store::Result<_> = db
        .write(Lane::Reaction, |tx| {
            async move {
                know::notes::restore_contacts(tx).await?;
                job::start(tx, choose::REFRESH, serde_json::Value::Null).await
            }
            .boxed()
        })
        .await;
    judged?;
    while job::run_next(db, registry.works(), None).await? {}
    eprintln!("The facts were computed anew.");
    Ok(())
}

fn tell(lags: &[Lag], parked: &[Parked], checks: &[Check]) {
    for lag in lags {
        println!("{:<20} {:>10} behind {:>6} parked", lag.reaction, lag.behind, lag.parked);
    }
    for item in parked {
        println!("parked: {} at {}: {}", item.reaction, item.seq, item.error);
    }
    for check in checks {
        let mark = match check.state {
            State::Well => "well",
            State::Watch => "watch",
            State::Bad => "BAD",
        };
        println!("{mark:<6} {:<10} {}", check.code, check.said);
    }
    match checks.iter().filter(|check| check.state == State::Bad).count() {
        0 => println!("All is well."),
        count => println!("{count} things are to be mended."),
    }
}
