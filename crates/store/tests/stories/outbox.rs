//! The outbox: at least once under one number, slower and slower, given up in the end.

use crate::place::on_both;
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Instant;
use std::sync::{Arc, Mutex};
use store::outbox::{self, Outgoing, Parcel};
use store::{Db, Lane, Query};

/// Fails `fails` times, then delivers.
struct Carrier {
    fails: usize,
    tried: Mutex<Vec<i64>>,
}

#[async_trait]
impl Outgoing for Carrier {
    fn carrier(&self) -> &'static str {
        "post"
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), String> {
        let mut tried = self.tried.lock().unwrap();
        tried.push(parcel.id);
        if tried.len() <= self.fails { Err("nobody at home".into()) } else { Ok(()) }
    }
}

async fn put(db: &Db) -> i64 {
    let put = db.write(Lane::Interactive, |tx| outbox::put(tx, "post", serde_json::json!({"to": 1})).boxed());
    put.await.unwrap().number()
}

/// Looks once a minute for `minutes`.
async fn wait(db: &Db, clock: &kernel::FakeClock, carrier: &Arc<Carrier>, minutes: usize) {
    for _ in 0..minutes {
        outbox::deliver_due(db, &[carrier.clone() as Arc<dyn Outgoing>]).await.unwrap();
        clock.advance(60 * Instant::SECOND);
    }
}

fn carrier(fails: usize) -> Arc<Carrier> {
    Arc::new(Carrier { fails, tried: Mutex::new(Vec::new()) })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_is_tried_under_one_number_until_it_arrives() {
    on_both(async |place| {
        let (db, carrier) = (place.open().await, carrier(3));
        let id = put(&db).await;
        let carriers = [carrier.clone() as Arc<dyn Outgoing>];
        assert_eq!(outbox::deliver_due(&db, &carriers).await.unwrap(), 1);
        assert_eq!(outbox::deliver_due(&db, &carriers).await.unwrap(), 0, "it waits before the next try");
        wait(&db, &place.clock, &carrier, 30).await;
        assert_eq!(*carrier.tried.lock().unwrap(), [id; 4]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_that_nobody_takes_is_given_up() {
    on_both(async |place| {
        let (db, carrier) = (place.open().await, carrier(usize::MAX));
        put(&db).await;
        wait(&db, &place.clock, &carrier, 200).await;
        assert_eq!(carrier.tried.lock().unwrap().len(), 10);
        let given_up = Query::built("select count(*) from outbox where given_up_at is not null".into());
        assert_eq!(given_up.fetch_one::<(i64,)>(&mut db.read().await.unwrap()).await.unwrap(), (1,));
    })
    .await;
}

/// Never comes back from its first delivery.
struct Dying;

#[async_trait]
impl Outgoing for Dying {
    fn carrier(&self) -> &'static str {
        "post"
    }

    async fn deliver(&self, _: &Parcel) -> Result<(), String> {
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_while_it_delivers_leaves_the_parcel_to_others() {
    on_both(async |place| {
        let db = place.open().await;
        let id = put(&db).await;
        let dying: [Arc<dyn Outgoing>; 1] = [Arc::new(Dying)];
        let cut = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(cut, outbox::deliver_due(&db, &dying)).await.is_err());
        let carrier = carrier(0);
        wait(&db, &place.clock, &carrier, 3).await;
        assert_eq!(*carrier.tried.lock().unwrap(), [id]);
    })
    .await;
}
