//! Migrations: the same steps on both engines, refused downgrades, two processes at once.

use crate::place::{on_both, run};
use futures::future::join_all;
use store::{Db, Error, migrate, registered};

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_have_the_same_steps_and_apply_them_all() {
    let [sqlite, postgres] = migrate::names();
    assert_eq!(sqlite, postgres);
    on_both(async |place| {
        let db = Db::connect(&place.location, place.environment()).await.unwrap();
        let lacking: Vec<String> =
            migrate::pending(&db).await.unwrap().into_iter().map(|step| step.name).collect();
        assert_eq!(lacking, sqlite);
        assert_eq!(migrate::run(&db).await.unwrap().len(), sqlite.len());
        assert!(migrate::pending(&db).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_a_newer_program_is_refused_and_left_as_it_is() {
    on_both(async |place| {
        let db = place.open().await;
        run(&db, "insert into schema_steps (version, name, applied_at) values (9999, '9999_know_future', 0)")
            .await;
        db.close().await.unwrap();
        let refused = Db::open(&place.location, place.environment()).await.err().unwrap();
        assert!(matches!(&refused, Error::Refused(why) if why.contains("9999")), "{refused}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_migrate_at_once_one_does_and_all_get_a_number_of_their_own() {
    on_both(async |place| {
        let opened = join_all((0..4).map(|_| Db::open(&place.location, place.environment()))).await;
        let mut nodes: Vec<u8> = opened.into_iter().map(|db| db.unwrap().node()).collect();
        nodes.sort_unstable();
        assert_eq!(nodes, [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines() {
    assert!(registered().count() > 30);
    on_both(async |place| {
        let db = place.open().await;
        for statement in registered() {
            let mut tx = db.read().await.unwrap();
            if let Err(error) = statement.prepare(&mut tx).await {
                panic!("{}:{}: {error}\n{}", statement.file, statement.line, statement.text);
            }
        }
    })
    .await;
}
