//! Backups: what they hold, that nothing damaged is believed, and that the log keeps its order from engine to engine.

use crate::place::{Place, append, on_both, on_postgres, run};
use futures::FutureExt;
use std::cell::Cell;
use std::time::Duration;
use store::backup::{self, Summary};
use store::log::{self, Cursor, Entry};
use store::{Db, FromRow, Lane, Query, freeze, setting};

/// The bytes of a backup.
async fn bytes(db: &Db) -> (Summary, Vec<u8>) {
    backup::write(db, Vec::new()).await.unwrap()
}

async fn restored(bytes: Vec<u8>, place: &Place, replace: bool) -> store::Result<backup::Restored> {
    let open = || Ok(std::io::Cursor::new(bytes.clone()));
    backup::restore(open, &place.location, &place.environment(), replace).await
}

async fn ask<T: store::Row>(db: &Db, text: &str) -> Vec<T> {
    let mut tx = db.read().await.unwrap();
    Query::built(text.into()).fetch_all(&mut tx).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_every_row_and_a_restore_freezes_what_would_be_sent() {
    on_both(async |place| {
        let db = place.open().await;
        append(&db, "order.added", 1..=300).await;
        run(&db, "insert into settings (name, value, revision, changed_at) values ('thing', '{\"b\":1.50,\"a\":\"단골\"}', 7, 9)").await;
        let (summary, bytes) = bytes(&db).await;
        db.close().await.unwrap();
        assert_eq!(backup::check(bytes.as_slice()).unwrap(), summary);
        let counted = |name: &str| summary.tables.iter().find(|table| table.table == name).unwrap().rows;
        assert_eq!((counted("interactions"), counted("settings")), (300, 1));
        assert!(!summary.tables.iter().any(|table| ["sessions", "links", "nodes"].contains(&table.table.as_str())));
        assert_eq!(summary.header.log_head, 300);

        let other = Place::sqlite();
        restored(bytes, &other, false).await.unwrap();
        let db = other.open().await;
        let rows: Vec<(i64, String)> = ask(&db, "select seq, source_id from interactions order by xid, seq").await;
        assert_eq!(rows.len(), 300);
        assert_eq!(rows[299], (300, "order.added:300".into()));
        let set: Vec<(store::Json<serde_json::Value>, i64)> =
            ask(&db, "select value, revision from settings where name = 'thing'").await;
        assert_eq!((set[0].0["b"].to_string(), set[0].1), ("1.5".into(), 7));
        append(&db, "order.added", 301..=301).await;
        let last: Vec<(i64,)> = ask(&db, "select max(seq) from interactions").await;
        assert_eq!(last, [(301,)]);
        let mut tx = db.read().await.unwrap();
        assert_eq!(freeze::state(&mut tx).await.unwrap().unwrap().why, "restored");
    })
    .await;
}

/// Two interactions and their number, in one transaction.
async fn pair(db: &Db, number: i64) {
    let write = db.write(Lane::Interactive, move |tx| {
        async move {
            let entries = [2 * number - 1, 2 * number].map(|subject| Entry::live(tx, "order.added", subject));
            log::append_all(tx, entries.into()).await?;
            setting::put(tx, "pairs", &number).await
        }
        .boxed()
    });
    let written: store::Result<_> = write.await;
    written.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_moment() {
    on_both(async |place| {
        let db = place.open().await;
        pair(&db, 1).await;
        let over = Cell::new(false);
        let load = async {
            for number in 2.. {
                if over.get() {
                    return number - 1;
                }
                pair(&db, number).await;
            }
            unreachable!("it is told when to end")
        };
        let saving = async {
            let mut all = Vec::new();
            for _ in 0..4 {
                all.push(bytes(&db).await);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            over.set(true);
            all
        };
        let (written, all) = tokio::join!(load, saving);
        assert!(written > 8, "there was a load: {written}");
        for (summary, bytes) in all {
            assert_eq!(backup::check(bytes.as_slice()).unwrap(), summary);
            let other = Place::sqlite();
            restored(bytes, &other, false).await.unwrap();
            let db = other.open().await;
            let count: Vec<(i64,)> = ask(&db, "select count(*) from interactions").await;
            let kept = setting::get::<i64>(&mut db.read().await.unwrap(), "pairs").await.unwrap();
            assert_eq!(count, [(2 * kept.value,)]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_that_is_not_as_it_was_written_is_noticed() {
    let place = Place::sqlite();
    let db = place.open().await;
    append(&db, "order.added", 1..=50).await;
    let (_, whole) = bytes(&db).await;
    for at in (0..whole.len()).step_by(whole.len() / 400 + 1) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        assert!(backup::check(flipped.as_slice()).is_err(), "byte {at} of {} was flipped", whole.len());
        assert!(backup::check(&whole[..at]).is_err(), "it was cut off at {at}");
    }
    assert!(backup::check([whole.as_slice(), b"x"].concat().as_slice()).is_err());
    let other = Place::sqlite();
    let refused = restored(whole[..whole.len() - 1].to_vec(), &other, false).await.unwrap_err().to_string();
    assert!(refused.contains("damaged") && refused.contains("nothing was changed"), "{refused}");
    let store::Location::Folder(folder) = &other.location else { unreachable!("it was just made") };
    assert!(!folder.join("dangol.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_is_replaced_only_where_that_is_said_and_kept_aside() {
    on_both(async |place| {
        let db = place.open().await;
        append(&db, "order.added", 1..=3).await;
        let (_, bytes) = bytes(&db).await;
        append(&db, "order.added", 4..=5).await;
        db.close().await.unwrap();
        let refused = restored(bytes.clone(), place, false).await.unwrap_err().to_string();
        assert!(refused.contains("--replace"), "{refused}");
        let db = place.open().await;
        assert_eq!(ask::<(i64,)>(&db, "select count(*) from interactions").await, [(5,)]);
        db.close().await.unwrap();
        let done = restored(bytes, place, true).await.unwrap();
        let db = place.open().await;
        assert_eq!(ask::<(i64,)>(&db, "select count(*) from interactions").await, [(3,)]);
        if let store::Location::Folder(_) = place.location {
            assert!(done.replaced.unwrap().join("dangol.db").exists());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_use_or_of_others_is_not_replaced() {
    on_postgres(async |place| {
        let db = place.open().await;
        let (_, bytes) = bytes(&db).await;
        let refused = restored(bytes.clone(), place, true).await.unwrap_err().to_string();
        assert!(refused.contains("using this database"), "{refused}");
        db.close().await.unwrap();
        restored(bytes, place, true).await.unwrap();
    })
    .await;
    on_postgres(async |place| {
        let from = Place::sqlite();
        let (_, bytes) = bytes(&from.open().await).await;
        crate::place::command(place.url(), "create table theirs (it bigint)".into()).await;
        let refused = restored(bytes, place, true).await.unwrap_err().to_string();
        assert!(refused.contains("not Dangol's"), "{refused}");
    })
    .await;
}

#[derive(Debug, PartialEq, FromRow)]
struct Passed {
    name: String,
    passed: i64,
}

/// How many interactions each reaction has passed.
const PASSED: &str = "select r.name as name, (select count(*) from interactions i \
    where (i.xid, i.seq) <= (r.xid, r.seq)) as passed from reactions r order by r.name";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_written_out_of_order_is_read_in_the_same_order_after() {
    on_postgres(async |place| {
        let db = place.open().await;
        for (seq, xid, subject) in [(1, 5, 10), (2, 7, 40), (3, 6, 20), (4, 7, 50), (5, 6, 30), (9, 8, 60)] {
            let text = format!(
                "insert into interactions (seq, xid, at, recorded_at, origin, kind, subject, source, source_id, body) \
                 values ({seq}, {xid}, 0, 0, 'live', 'k', {subject}, 's', '{seq}', '{{}}')"
            );
            run(&db, &text).await;
        }
        run(&db, "insert into reactions (name, xid, seq, turned_at) values \
            ('a', -1, -1, 0), ('b', 6, 3, 0), ('c', 7, 2, 0), ('d', 8, 9, 0)").await;
        run(&db, "insert into parked (reaction, seq, error, at) values ('c', 5, 'no', 0)").await;
        let before: Vec<Passed> = ask(&db, PASSED).await;
        assert_eq!(before.iter().map(|place| place.passed).collect::<Vec<_>>(), [0, 2, 4, 6]);
        let (_, from_postgres) = bytes(&db).await;
        let other = Place::sqlite();
        restored(from_postgres, &other, false).await.unwrap();
        let moved = other.open().await;
        let subjects: Vec<(i64,)> = ask(&moved, "select subject from interactions order by xid, seq").await;
        assert_eq!(subjects, [(10,), (20,), (30,), (40,), (50,), (60,)]);
        assert_eq!(ask::<Passed>(&moved, PASSED).await, before);
        let parked: Vec<(i64,)> =
            ask(&moved, "select i.subject from parked p join interactions i on i.seq = p.seq").await;
        assert_eq!(parked, [(30,)]);
        let start: Vec<Cursor> = ask(&moved, "select xid, seq from reactions where name = 'a'").await;
        assert_eq!(start, [Cursor::START]);

        // And on to PostgreSQL, where what is new comes after what was restored.
        let (_, from_sqlite) = bytes(&moved).await;
        db.close().await.unwrap();
        restored(from_sqlite, place, true).await.unwrap();
        let db = place.open().await;
        assert_eq!(ask::<Passed>(&db, PASSED).await, before);
        append(&db, "k", 70..=70).await;
        let last: Vec<(i64, i64)> =
            ask(&db, "select seq, subject from interactions order by xid desc, seq desc limit 1").await;
        assert_eq!(last, [(10, 70)]);
    })
    .await;
}

/// A table whose rows point into the log by place must be moved with it: whoever adds one has to think of it here.
#[tokio::test(flavor = "multi_thread")]
async fn only_known_tables_point_into_the_log() {
    let place = Place::sqlite();
    let db = place.open().await;
    let pointing: Vec<(String,)> = ask(
        &db,
        "select m.name || '.' || c.name from sqlite_master m, pragma_table_xinfo(m.name) c where m.type = 'table' \
         and m.name not like 'sqlite%' and (c.name like '%seq' or c.name like '%xid') order by 1",
    )
    .await;
    let names: Vec<&str> = pointing.iter().map(|(name,)| name.as_str()).collect();
    assert_eq!(
        names,
        ["interactions.seq", "interactions.xid", "parked.seq", "reactions.seq", "reactions.xid"]
    );
}
