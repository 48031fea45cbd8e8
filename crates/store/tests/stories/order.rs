//! PostgreSQL: readers never skip what an earlier, still open transaction wrote.

use crate::place::{append, on_postgres};
use sqlx::{Connection, PgConnection};
use store::log::{self, Cursor};
use store::{Db, Tx};

#[tokio::test(flavor = "multi_thread")]
async fn an_uncommitted_earlier_interaction_is_waited_for() {
    on_postgres(async |place| {
        let db = place.open().await;
        append(&db, "order.added", 1..=2).await;
        let mut early = PgConnection::connect(place.url()).await.unwrap();
        let mut open = early.begin().await.unwrap();
        insert(&mut open, 3).await;
        append(&db, "order.added", 4..=5).await;
        let (first, cursor) = read_some(&db, Cursor::START, 2).await;
        assert_eq!(first, [1, 2], "4 and 5 are committed, but 3 may still come before them");
        insert(&mut open, 6).await;
        open.commit().await.unwrap();
        let (rest, cursor) = read_some(&db, cursor, 4).await;
        assert_eq!(rest, [3, 6, 4, 5], "by transaction, then by number");
        assert_eq!(read(&db, cursor).await.0, [0_i64; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_interleaved_writers_every_interaction_is_read_once() {
    on_postgres(async |place| {
        let db = place.open().await;
        let writers = (0..8_i64).map(|writer| {
            let db = &db;
            async move {
                for number in 0..25 {
                    let subject = writer * 100 + number;
                    append(db, "order.added", subject..=subject).await;
                }
            }
        });
        let reading = async {
            let (mut cursor, mut all) = (Cursor::START, Vec::new());
            while all.len() < 200 {
                let (read, next) = read(&db, cursor).await;
                all.extend(read);
                cursor = next;
            }
            all
        };
        let (_, mut all) = tokio::join!(futures::future::join_all(writers), reading);
        all.sort_unstable();
        let expected: Vec<i64> = (0..8).flat_map(|writer| (0..25).map(move |n| writer * 100 + n)).collect();
        assert_eq!(all, expected);
    })
    .await;
}

async fn insert(connection: &mut PgConnection, subject: i64) {
    sqlx::query(
        "insert into interactions (at, recorded_at, origin, kind, subject, source, source_id, body) \
         values (0, 0, 'live', 'order.added', $1, 'test', cast($1 as text), '{}')",
    )
    .bind(subject)
    .execute(connection)
    .await
    .unwrap();
}

/// Reads until there are `count`: transactions of other databases of the server hold readers back as well.
async fn read_some(db: &Db, mut cursor: Cursor, count: usize) -> (Vec<i64>, Cursor) {
    let mut all = Vec::new();
    while all.len() < count {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let (read, next) = read(db, cursor).await;
        all.extend(read);
        cursor = next;
    }
    (all, cursor)
}

async fn read(db: &Db, cursor: Cursor) -> (Vec<i64>, Cursor) {
    let mut tx: Tx = db.read().await.unwrap();
    let read = log::after(&mut tx, cursor, 7).await.unwrap();
    let next = read.last().map_or(cursor, |last| Cursor { xid: last.xid, seq: last.seq });
    (read.into_iter().filter_map(|interaction| interaction.subject).collect(), next)
}
