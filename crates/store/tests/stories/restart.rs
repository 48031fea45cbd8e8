//! PostgreSQL: when the server cuts every connection, the pool heals by itself.

use crate::place::{command, on_postgres, see, seen};
use futures::FutureExt;
use std::time::Duration;
use store::{Error, Lane};

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_are_replaced_and_a_cut_write_is_told() {
    on_postgres(async |place| {
        let db = place.open_with_seen().await;
        let url = place.url().to_owned();
        let cut = "select pg_terminate_backend(pid) from pg_stat_activity \
                   where datname = current_database() and pid <> pg_backend_pid()";
        let within = db.write(Lane::Interactive, move |tx| {
            async move {
                see(tx, "cut", 1).await?;
                command(&url, cut.to_owned()).await;
                see(tx, "cut", 2).await
            }
            .boxed()
        });
        let told = within.await.err().unwrap();
        assert!(matches!(told, Error::Unavailable(_)), "{told:?}");
        // Idle connections are asked before they are used again.
        tokio::time::sleep(Duration::from_millis(600)).await;
        for number in 0..20 {
            db.write(Lane::Interactive, move |tx| see(tx, "after", number).boxed()).await.unwrap();
        }
        assert_eq!((seen(&db, "cut").await.len(), seen(&db, "after").await.len()), (0, 20));
    })
    .await;
}
