//! Timers: due once, whoever looks; one that fails stays due and holds up no other kind.

use crate::place::{START, on_both, see, seen};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Instant;
use std::sync::Arc;
use store::timer::{self, OnTimer};
use store::{Db, Lane, Tx};

struct Noting(&'static str);

#[async_trait]
impl OnTimer for Noting {
    fn kind(&self) -> &'static str {
        self.0
    }

    async fn due(&self, tx: &mut Tx, key: &str) -> store::Result<Option<Instant>> {
        see(tx, self.0, key.len().try_into().unwrap()).await?;
        assert!(self.0 != "failing", "told to fail");
        Ok((self.0 == "daily").then(|| tx.now().plus(Instant::DAY)))
    }
}

fn handlers() -> Vec<Arc<dyn OnTimer>> {
    ["failing", "once", "daily"].map(|kind| Arc::new(Noting(kind)) as Arc<dyn OnTimer>).into()
}

async fn set(db: &Db, kind: &'static str, key: String, due: Instant) {
    let set =
        db.write(Lane::Interactive, move |tx| async move { timer::set(tx, kind, &key, due).await }.boxed());
    set.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_fires_once_however_many_look() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let other = place.open().await;
        for kind in ["once", "daily", "failing", "forgotten"] {
            for number in 1..=120 {
                set(&db, kind, "k".repeat(number), START.plus(Instant::HOUR)).await;
            }
        }
        let handlers = handlers();
        assert_eq!(timer::tick(&db, &handlers).await.unwrap(), 0);
        place.clock.advance(Instant::HOUR);
        for _ in 0..2 {
            let (a, b) = tokio::join!(timer::tick(&db, &handlers), timer::tick(&other, &handlers));
            assert!(a.unwrap() + b.unwrap() > 0);
        }
        let all: Vec<i64> = (1..=120).collect();
        assert_eq!(seen(&db, "once").await, all);
        assert_eq!(seen(&db, "daily").await, all);
        assert_eq!(seen(&db, "failing").await, [0_i64; 0]);
        place.clock.advance(Instant::DAY);
        timer::tick(&db, &handlers).await.unwrap();
        assert_eq!((seen(&db, "once").await.len(), seen(&db, "daily").await.len()), (120, 220));
    })
    .await;
}
