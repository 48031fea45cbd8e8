//! Writes: answered after the commit, never halved, never spoilt by a neighbour.

use crate::place::{Place, on_both, see, seen};
use futures::FutureExt;
use futures::future::join_all;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Db, Error, Lane, Query, Tx, sql, sql_rows};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_after_the_commit() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let other = place.open().await;
        let callers = (0..200).map(|number| {
            let (db, other) = (&db, &other);
            async move {
                write(db, number).await.unwrap();
                // Another process sees it at once.
                assert!(seen(other, "caller").await.contains(&number));
            }
        });
        join_all(callers).await;
        assert_eq!(seen(&db, "caller").await.len(), 200);
    })
    .await;
}

async fn write(db: &Db, number: i64) -> store::Result<()> {
    db.write(Lane::Interactive, move |tx| see(tx, "caller", number).boxed()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_leaves_both_rows_or_none() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        for number in 0..40_u64 {
            let write = db.write(Lane::Interactive, move |tx| {
                async move {
                    see(tx, "first", number.cast_signed()).await?;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    see(tx, "second", number.cast_signed()).await
                }
                .boxed()
            });
            let _ = tokio::time::timeout(Duration::from_micros(number * 200), write).await;
        }
        // On SQLite the writer is done when this write is.
        write(&db, -1).await.unwrap();
        assert_eq!(seen(&db, "first").await, seen(&db, "second").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_and_panicking_writes_do_not_spoil_their_neighbours() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let callers = (0..60).map(|number| {
            let write = db.write(Lane::Interactive, move |tx| {
                assert!(number % 5 != 1, "before the first statement");
                async move {
                    see(tx, "caller", number).await?;
                    assert!(number % 5 != 2, "after a statement");
                    if number % 5 == 3 { Err(Error::NotFound) } else { Ok(()) }
                }
                .boxed()
            });
            async move { (number, write.await) }
        });
        for (number, answer) in join_all(callers).await {
            let told = match number % 5 {
                1 | 2 => matches!(answer, Err(Error::Panicked(_))),
                3 => matches!(answer, Err(Error::NotFound)),
                _ => answer.is_ok(),
            };
            assert!(told, "{number}");
        }
        let kept: Vec<i64> = (0..60).filter(|number| matches!(number % 5, 0 | 4)).collect();
        assert_eq!(seen(&db, "caller").await, kept);
    })
    .await;
}

/// An error on which SQLite rolls everything back, and which the write does not tell of.
async fn lose_silently(tx: &mut Tx) -> store::Result<()> {
    see(tx, "caller", 1).await?;
    Query::built("rollback".into()).execute(tx).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_behind_a_write_that_lost_the_transaction_is_told_the_truth() {
    let place = Place::sqlite();
    let db = place.open_with_seen().await;
    for round in 0..20 {
        let (started, start) = tokio::sync::oneshot::channel();
        let (queued, queue) = tokio::sync::oneshot::channel();
        let losing = db.write(Lane::Interactive, |tx| {
            async move {
                started.send(()).unwrap();
                queue.await.unwrap();
                lose_silently(tx).await
            }
            .boxed()
        });
        let behind = async {
            start.await.unwrap();
            let write = write(&db, 2 + round);
            // A biased join polls the write into its lane before the first goes on.
            let (answer, ()) = tokio::join!(biased; write, async { queued.send(()).unwrap() });
            answer
        };
        let (lost, answer) = tokio::join!(losing, behind);
        assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
        let there = seen(&db, "caller").await;
        assert!(!there.contains(&1), "what was rolled back is there");
        assert_eq!(there.contains(&(2 + round)), answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_before_reactions_and_reactions_before_imports() {
    let place = Place::sqlite();
    let db = place.open_with_seen().await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let (started, start) = tokio::sync::oneshot::channel();
    // The writer is busy while the others take their places.
    let busy = db.write(Lane::Import, move |tx| {
        async move {
            started.send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            see(tx, "busy", 0).await
        }
        .boxed()
    });
    let waiting = async {
        start.await.unwrap();
        let lanes = [Lane::Import, Lane::Reaction, Lane::Interactive, Lane::Import, Lane::Interactive];
        join_all(lanes.map(|lane| noting(&db, lane, order.clone()))).await
    };
    let (_, answers) = tokio::join!(busy, waiting);
    answers.into_iter().for_each(|answer| answer.unwrap());
    let (people, reaction, import) = (Lane::Interactive, Lane::Reaction, Lane::Import);
    assert_eq!(*order.lock().unwrap(), [people, people, reaction, import, import]);
}

async fn noting(db: &Db, lane: Lane, order: Arc<Mutex<Vec<Lane>>>) -> store::Result<()> {
    db.write(lane, move |tx| {
        async move {
            order.lock().unwrap().push(lane);
            see(tx, "lane", lane as i64).await
        }
        .boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_transaction_is_one_snapshot_and_cannot_write() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let count = || Query::built("select count(*) from seen".into());
        let mut tx = db.read().await.unwrap();
        let before: (i64,) = count().fetch_one(&mut tx).await.unwrap();
        write(&db, 1).await.unwrap();
        assert_eq!(count().fetch_one::<(i64,)>(&mut tx).await.unwrap(), before);
        drop(tx);
        let mut tx = db.read().await.unwrap();
        assert_eq!(count().fetch_one::<(i64,)>(&mut tx).await.unwrap(), (1,));
        assert!(see(&mut tx, "reader", 1).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_closing_reads_are_refused_and_what_was_on_its_way_is_written() {
    let place = Place::sqlite();
    let db = place.open_with_seen().await;
    let (_, answer) =
        tokio::join!(db.clone().close(), db.write(Lane::Import, |tx| see(tx, "late", 1).boxed()));
    // Closing ends the readers; the writer goes on until the last handle is gone.
    answer.unwrap();
    let read = db.read().await.err().unwrap();
    assert!(matches!(read, Error::Unavailable(_)), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_in_one_statement_arrive_as_they_are() {
    on_both(async |place| {
        let db = place.open().await;
        let rows = 5_000_i64;
        db.write(Lane::Import, move |tx| {
            async move {
                let subjects: Vec<_> = (0..rows).map(|row| (row, [format!("g{row}")].into())).collect();
                store::search::index_new(tx, "test", &subjects).await
            }
            .boxed()
        })
        .await
        .unwrap();
        let mut tx = db.read().await.unwrap();
        let wrong: (i64,) =
            sql!("select count(*) from grams where area = $1 and gram <> 'g' || cast(subject as text)")
                .bind("test")
                .fetch_one(&mut tx)
                .await
                .unwrap();
        let all: (i64,) =
            sql!("select count(*) from grams where area = $1").bind("test").fetch_one(&mut tx).await.unwrap();
        assert_eq!((wrong, all), ((0,), (rows,)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_an_empty_set_has_no_answer() {
    on_both(async |place| {
        let db = place.open().await;
        let mut tx = db.read().await.unwrap();
        let bound = sql_rows!(1, "select gram from grams where area = $1 and gram in (values {rows})");
        let answer: Vec<(String,)> = bound.bind("test").fetch_of_set(&mut tx).await.unwrap();
        assert!(answer.is_empty());
        let alone = sql_rows!(1, "select gram from grams where gram in (values {rows})");
        let answer: Vec<(String,)> = alone.fetch_of_set(&mut tx).await.unwrap();
        assert!(answer.is_empty());
    })
    .await;
}
