//! A job that is cut off goes on where it was; a job that lost its lease writes nothing more.

use crate::files::csv;
use crate::*;
use futures::FutureExt;
use kernel::limits;
use kernel::{Clock, Id, Instant, kinds};
use std::time::Duration;
use store::{Lane, Location, Query, job, sql};
use testkit::both_engines;

/// Orders of 50 people without order numbers, enough for several chunks, with rows that occur twice.
fn long_file() -> String {
    let mut rows = vec![["customer", "date", "amount"].map(str::to_owned).to_vec()];
    rows.extend((0..4_000).map(|row| {
        let day = 1 + row % 28;
        vec![format!("c{}", row % 50), format!("2026-10-{day:02}"), format!("{}", 1_000 + row % 1_000)]
    }));
    rows.push(vec!["c0".into(), "never".into(), "1".into()]);
    csv(&rows)
}

/// How far the import is.
async fn read_so_far(app: &TestApp, import: &Value) -> i64 {
    let id: Id<kinds::Import> = import["id"].as_str().unwrap().parse().unwrap();
    let mut tx = app.db().read().await.unwrap();
    let row: (i64,) =
        sql!("select rows_read from imports where id = $1").bind(id).fetch_one(&mut tx).await.unwrap();
    row.0
}

/// Returns once the import has passed `rows`.
async fn passed(app: &TestApp, import: &Value, rows: i64) {
    while read_so_far(app, import).await < rows {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Runs the job and drops it in the middle, once it has written more, as a kill does; gives whether it was still at
/// work.
async fn killed(app: &TestApp, import: &Value) -> bool {
    let before = read_so_far(app, import).await;
    let running = job::run_next(app.db(), app.app().registry().works(), None);
    let killed = tokio::select! {
        ended = running => { ended.unwrap(); false }
        () = passed(app, import, before + 1) => true,
    };
    chunk_under_way(app).await;
    killed
}

/// Waits for the chunk that is being written: it is the writer's own and ends after the job is gone, with the lease
/// renewed by the clock of that moment. The clock must not move before it.
async fn chunk_under_way(app: &TestApp) {
    let nothing = app.db().write(Lane::Import, |_| async { Ok::<_, store::Error>(()) }.boxed());
    nothing.await.unwrap();
}

/// Takes the lease of the import's job away once `rows` are read, between two chunks; gives whether it did.
///
/// On PostgreSQL an update of the row alone may wait behind every chunk to the last one: whoever waits for a row is
/// woken by the commit, and by then the next chunk has it. The queue for a table is kept in order.
async fn steal(app: &TestApp, import: &Value, rows: i64) -> bool {
    let id: Id<kinds::Import> = import["id"].as_str().unwrap().parse().unwrap();
    let postgres = matches!(app.location(), Location::Postgres(_));
    let stealing = app.db().write(Lane::Interactive, move |tx| {
        async move {
            if postgres {
                Query::built("lock table jobs in exclusive mode".into()).execute(tx).await?;
            }
            sql!(
                "update jobs set fence = fence + 1, leased_until = 0 \
                 where exists (select 1 from imports where id = $1 and rows_read >= $2)"
            )
            .bind(id)
            .bind(rows)
            .execute(tx)
            .await
        }
        .boxed()
    });
    stealing.await.unwrap() > 0
}

both_engines! {
    registry();

    async fn an_import_that_is_killed_goes_on_without_double_rows(app) {
        let whole = import(&app, long_file()).await;
        assert_eq!(counts(&whole), [4_001, 4_000, 0, 0, 1, 50]);
        let expected = everyone(&app).await;
        deed(&app, &whole, "undo").await;
        app.post(&format!("{}/run", path_of(&whole)), json!({})).await.expect(202);
        let mut kills = 0;
        while kills < 3 && killed(&app, &whole).await {
            kills += 1;
            if read_so_far(&app, &whole).await < 4_001 {
                app.later((limits::LEASE_SECONDS - 1) * Instant::SECOND).await;
                assert_eq!(look(&app, &whole).await["state"], "running", "its lease still stands");
            }
            let now = app.clock().now();
            app.clock().set(now.plus((limits::LEASE_SECONDS + 1) * Instant::SECOND));
        }
        assert!(kills > 0, "it ended before it was killed");
        app.settle().await;
        let done = look(&app, &whole).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [4_001, 4_000, 0, 0, 1, 50]));
        assert_eq!(everyone(&app).await, expected);
        let faults = app.get(&format!("{}/faults", path_of(&whole))).await.json["items"].clone();
        assert_eq!(faults.as_array().unwrap().len(), 1);
    }

    async fn who_lost_the_lease_writes_nothing_more(app) {
        let brought = upload(&app, long_file().into_bytes()).await;
        app.post(&format!("{}/run", path_of(&brought)), json!({})).await.expect(202);
        let stolen = async {
            while !steal(&app, &brought, 800).await {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let running = job::run_next(app.db(), app.app().registry().works(), None);
        let (ended, ()) = tokio::join!(running, stolen);
        ended.unwrap();
        let cut = read_so_far(&app, &brought).await;
        assert!((800..4_001).contains(&cut), "{cut}");
        app.settle().await;
        let done = look(&app, &brought).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [4_001, 4_000, 0, 0, 1, 50]));
    }

    async fn an_undo_that_is_killed_goes_on(app) {
        let whole = import(&app, long_file()).await;
        app.post(&format!("{}/undo", path_of(&whole)), json!({})).await.expect(202);
        let gone = async {
            loop {
                let mut tx = app.db().read().await.unwrap();
                let (count,): (i64,) = sql!("select count(*) from order_lines where retracted_by is not null")
                    .fetch_one(&mut tx).await.unwrap();
                if count >= 400 { return; }
                drop(tx);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ = job::run_next(app.db(), app.app().registry().works(), None) => panic!("it ended before it was killed"),
            () = gone => {}
        }
        chunk_under_way(&app).await;
        app.later((limits::LEASE_SECONDS + 1) * Instant::SECOND).await;
        assert_eq!(look(&app, &whole).await["state"], "undone");
        assert_eq!(people(&app, "").await, Vec::<Value>::new());
        assert_eq!(counts(&deed(&app, &whole, "run").await), [4_001, 4_000, 0, 0, 1, 50]);
    }

    async fn what_stopped_half_way_is_taken_back_before_it_is_read_another_way(app) {
        let brought = upload(&app, long_file().into_bytes()).await;
        app.post(&format!("{}/run", path_of(&brought)), json!({})).await.expect(202);
        assert!(killed(&app, &brought).await, "it ended before it was killed");
        let file = app.app().data_folder().join("uploads").join(brought["id"].as_str().unwrap());
        std::fs::write(file, "").unwrap();
        app.later((limits::LEASE_SECONDS + 1) * Instant::SECOND).await;
        let failed = look(&app, &brought).await;
        assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("file_empty")));
        assert!(!people(&app, "").await.is_empty());

        let file = app.app().data_folder().join("uploads").join(brought["id"].as_str().unwrap());
        std::fs::write(file, long_file()).unwrap();
        let refused = settle(&app, &brought, |plan| plan["account"] = json!("seoul")).await.expect(409);
        assert_eq!(refused.code(), "import_partly_written");
        assert_eq!(settle(&app, &brought, |_| {}).await.expect(200).json["state"], "ready");
        assert_eq!(app.delete(&path_of(&brought)).await.expect(409).code(), "import_ran");
        assert_eq!(deed(&app, &brought, "undo").await["state"], "undone");
        assert_eq!(people(&app, "").await, Vec::<Value>::new());
        settle(&app, &brought, |plan| plan["account"] = json!("seoul")).await.expect(200);
    }
}
