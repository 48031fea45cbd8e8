//! The shapes that the product's statements have, through the store.

use crate::compare::Table;
use crate::driver::{Driver, Line};
use crate::{Outcome, texts};
use futures::{FutureExt, TryStreamExt};
use store::{Db, Json, Lane, Query, sql, sql_rows};

/// Interactions in the log before anything is read.
const LOG: i64 = 200_000;
/// Rows that a turn inserts in statements of many rows.
const ROWS: i64 = 10_000;

/// Measures every shape.
pub async fn measure(table: &mut Table, db: &Db, driver: &dyn Driver) -> Outcome {
    fill(db).await?;
    let start = |turn: i64| LOG + turn * 1_000;
    let name = "insert returning, 200 in a transaction";
    table
        .add(
            name,
            async |turn| insert(db, start(turn), 200).await,
            async |turn| driver.insert(start(turn), 200).await,
        )
        .await?;
    let name = "upsert, 200 in a transaction";
    table.add(name, async |_| upsert(db, 200).await, async |_| driver.upsert(200).await).await?;
    let name = "keyset page of 50 rows, 40 in a transaction";
    table.add(name, async |_| pages(db, 40).await, async |_| driver.pages(40).await).await?;
    let name = "keyset page of 50 rows, alone";
    table.add(name, async |_| pages(db, 1).await, async |_| driver.pages(1).await).await?;
    let name = "JSON column, 200 in a transaction";
    table.add(name, async |_| json(db, 200).await, async |_| driver.json(200).await).await?;
    let name = "dynamic predicate, 100 in a transaction";
    table.add(name, async |_| predicates(db, 100).await, async |_| driver.predicates(100).await).await?;
    let name = "streamed read of 200,000 rows";
    table.add(name, async |_| stream(db).await.map(drop), async |_| driver.stream().await.map(drop)).await?;
    let name = "10,000 rows in statements of many rows";
    table.add(name, async |turn| rows(db, turn, ROWS).await, async |turn| driver.rows(turn, ROWS).await).await
}

async fn fill(db: &Db) -> Outcome {
    for slice in 0..LOG / 10_000 {
        insert(db, slice * 10_000, 10_000).await?;
    }
    Ok(())
}

async fn insert(db: &Db, from: i64, count: i64) -> Outcome {
    db.write(Lane::Interactive, move |tx| {
        async move {
            for number in from..from + count {
                let _: (i64,) = sql!(texts::INSERT)
                    .bind(number)
                    .bind(number)
                    .bind("live")
                    .bind("note.written")
                    .bind("dangol")
                    .bind(format!("bench:{number}"))
                    .bind(number)
                    .bind(serde_json::json!({"order": number}))
                    .fetch_one(tx)
                    .await?;
            }
            Ok::<_, store::Error>(())
        }
        .boxed()
    })
    .await?;
    Ok(())
}

async fn upsert(db: &Db, count: i64) -> Outcome {
    db.write(Lane::Interactive, move |tx| {
        async move {
            for number in 0..count {
                let value = serde_json::json!({"number": number, "texts": ["a", "b"]});
                let query = sql!(texts::UPSERT).bind(format!("setting {number}")).bind(value).bind(number);
                let _: (i64,) = query.fetch_one(tx).await?;
            }
            Ok::<_, store::Error>(())
        }
        .boxed()
    })
    .await?;
    Ok(())
}

async fn pages(db: &Db, count: i64) -> Outcome {
    let mut tx = db.read().await?;
    for number in 0..count {
        let _: Vec<Line> = sql!(texts::PAGE).bind(number * 50).fetch_all(&mut tx).await?;
    }
    Ok(())
}

async fn json(db: &Db, count: i64) -> Outcome {
    let mut tx = db.read().await?;
    for number in 0..count {
        let query = sql!(texts::JSON).bind(format!("setting {number}"));
        let _: (String, Json<serde_json::Value>, i64) = query.fetch_one(&mut tx).await?;
    }
    Ok(())
}

async fn predicates(db: &Db, count: i64) -> Outcome {
    let mut tx = db.read().await?;
    for number in 0..count {
        let conditions = texts::conditions(number);
        let mut query = Query::built(texts::predicate(conditions)).bind(number);
        for condition in 0..conditions {
            query = query.bind(condition);
        }
        let _: Vec<Line> = query.fetch_all(&mut tx).await?;
    }
    Ok(())
}

async fn stream(db: &Db) -> Outcome<i64> {
    let mut tx = db.read().await?;
    let mut sum = 0;
    let mut rows = sql!(texts::STREAM).stream::<Line>(&mut tx);
    while let Some((seq, ..)) = rows.try_next().await? {
        sum += seq;
    }
    Ok(sum)
}

async fn rows(db: &Db, turn: i64, count: i64) -> Outcome {
    db.write(Lane::Import, move |tx| {
        async move {
            let mut numbers = (0..count).peekable();
            while numbers.peek().is_some() {
                let mut insert = sql_rows!(3, "insert into grams (area, gram, subject) values {rows}");
                while !insert.is_full() {
                    let Some(number) = numbers.next() else { break };
                    insert.push_row(["bench".into(), format!("{turn}").into(), number.into()]);
                }
                insert.execute(tx).await?;
            }
            Ok::<_, store::Error>(())
        }
        .boxed()
    })
    .await?;
    Ok(())
}
