//! Many callers, each with one durable write: the group-committing writer beside a transaction a caller.

use crate::compare::Table;
use crate::driver::Driver;
use crate::{Outcome, texts};
use futures::FutureExt;
use std::sync::Arc;
use store::{Db, Lane, sql};
use tokio::task::JoinSet;

/// Writes in a turn, whatever the number of callers.
const WRITES: i64 = 256;

/// Measures with one caller and with many.
pub async fn measure(table: &mut Table, db: &Db, driver: Arc<dyn Driver>) -> Outcome {
    for callers in [1, 16, 128] {
        let name = format!("{WRITES} durable writes by {callers} callers");
        let ours = async |turn| ours(db, callers, turn).await;
        table.add(name, ours, async |turn| raw(&driver, callers, turn).await).await?;
    }
    Ok(())
}

async fn ours(db: &Db, callers: i64, turn: i64) -> Outcome {
    let mut set = JoinSet::new();
    for caller in 0..callers {
        let db = db.clone();
        set.spawn(async move {
            for number in 0..WRITES / callers {
                write(&db, format!("{callers} {turn} {caller} {number}")).await?;
            }
            Ok(())
        });
    }
    finish(set).await
}

async fn write(db: &Db, key: String) -> Outcome {
    let written = db.write(Lane::Interactive, move |tx| {
        async move { sql!(texts::WRITE).bind("bench").bind(key).bind(1_i64).execute(tx).await }.boxed()
    });
    Ok(written.await.map(drop)?)
}

async fn raw(driver: &Arc<dyn Driver>, callers: i64, turn: i64) -> Outcome {
    let mut set = JoinSet::new();
    for caller in 0..callers {
        let driver = driver.clone();
        set.spawn(async move {
            for number in 0..WRITES / callers {
                driver.write(format!("{callers} {turn} {caller} {number}")).await?;
            }
            Ok(())
        });
    }
    finish(set).await
}

async fn finish(set: JoinSet<Outcome>) -> Outcome {
    set.join_all().await.into_iter().collect()
}
