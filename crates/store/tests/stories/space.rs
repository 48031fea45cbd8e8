//! SQLite and the disk: a full one is told and survived, the log file does not keep what a long reader made it hold.

use crate::place::{Place, append, see, seen};
use futures::FutureExt;
use futures::future::join_all;
use std::process::Command;
use store::{Db, Error, Lane, Location, Query};

/// Writes a row and a megabyte.
async fn write(db: &Db, number: i64) -> store::Result<()> {
    db.write(Lane::Interactive, move |tx| {
        async move {
            see(tx, "small", number).await?;
            let insert = Query::built("insert into seen (who, number) values ($1, $2)".into());
            insert.bind("x".repeat(1 << 20)).bind(number).execute(tx).await?;
            see(tx, "done", number).await
        }
        .boxed()
    })
    .await
}

/// Writes until the disk is full; gives which writes were kept, by their answers.
async fn fill(db: &Db) -> Vec<i64> {
    let mut kept = Vec::new();
    for slice in 0..20 {
        let answers = join_all((0..5).map(|part| write(db, slice * 5 + part))).await;
        for (number, answer) in (slice * 5..).zip(answers) {
            match answer {
                Ok(()) => kept.push(number),
                Err(error) => assert!(matches!(error, Error::Full | Error::Unavailable(_)), "{error:?}"),
            }
        }
    }
    kept
}

async fn tell(db: &Db) -> Vec<i64> {
    let kept = fill(db).await;
    assert!(!kept.is_empty() && kept.len() < 100, "the disk was full at some time: {kept:?}");
    assert!(matches!(write(db, 500).await, Err(Error::Full)));
    assert_eq!(seen(db, "small").await, kept, "what was answered is what is there");
    assert_eq!(seen(db, "done").await, kept, "nothing is half done");
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_limit_of_the_file_nothing_is_half_done() {
    let place = Place::sqlite();
    let db = place.open_with_seen().await;
    // The limit goes with the connection, which is opened anew after the loss.
    let limited = db.write(Lane::Interactive, |tx| {
        async move {
            let limit = Query::built("pragma max_page_count = 400".into());
            limit.fetch_one::<(i64,)>(tx).await?;
            see(tx, "limited", 1).await
        }
        .boxed()
    });
    limited.await.unwrap();
    let answers = join_all((0..5).map(|number| write(&db, number))).await;
    assert!(answers.iter().any(|answer| matches!(answer, Err(Error::Full))), "{answers:?}");
    let kept: Vec<i64> = (0..).zip(&answers).filter(|(_, answer)| answer.is_ok()).map(|(n, _)| n).collect();
    assert_eq!((seen(&db, "small").await, seen(&db, "done").await), (kept.clone(), kept));
    write(&db, 6).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_survived() {
    let mut place = Place::sqlite();
    let Location::Folder(folder) = place.location.clone() else { unreachable!("it is SQLite") };
    let disk = folder.join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = ["-t", "tmpfs", "-o", "size=32m", "tmpfs"];
    if !Command::new("mount").args(mount).arg(&disk).output().is_ok_and(|done| done.status.success()) {
        println!("left out: the full disk (mounting a small tmpfs takes root)");
        return;
    }
    let _mounted = Mounted(disk.clone());
    place.location = Location::Folder(disk.clone());
    std::fs::write(disk.join("ballast"), vec![0; 12 << 20]).unwrap();
    let db = place.open_with_seen().await;
    let mut kept = tell(&db).await;
    std::fs::remove_file(disk.join("ballast")).unwrap();
    write(&db, 600).await.unwrap();
    kept.push(600);
    assert_eq!(seen(&db, "done").await, kept, "it goes on without a restart");
    db.close().await.unwrap();
}

struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_file_shrinks_after_a_long_reader() {
    let place = Place::sqlite();
    let Location::Folder(folder) = place.location.clone() else { unreachable!("it is SQLite") };
    let size = || std::fs::metadata(folder.join("dangol.db-wal")).map_or(0, |file| file.len());
    let db = place.open_with_seen().await;
    let mut reader = db.read().await.unwrap();
    let look = Query::built("select count(*) from seen".into());
    look.fetch_one::<(i64,)>(&mut reader).await.unwrap();
    for number in 0..180 {
        write(&db, number).await.unwrap();
    }
    let held = size();
    assert!(held > 160 << 20, "a reader keeps the log from starting again: {held}");
    drop(reader);
    for slice in 0..4 {
        append(&db, "order.added", slice * 2_000..=slice * 2_000 + 1_999).await;
    }
    assert!(size() <= 128 << 20, "it went back to its limit: {}", size());
}
