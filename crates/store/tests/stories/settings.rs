//! Settings: whoever was faster is not written over.

use crate::place::on_both;
use futures::FutureExt;
use store::{Db, Lane, setting};

async fn put_if(db: &Db, value: i64, revision: Option<i64>) -> Option<i64> {
    let put = db.write(Lane::Interactive, move |tx| {
        async move { setting::put_if(tx, "colour", &value, revision).await }.boxed()
    });
    let put: store::Result<_> = put.await;
    put.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_written_only_at_the_revision_that_was_read() {
    on_both(async |place| {
        let db = place.open().await;
        assert_eq!(put_if(&db, 1, Some(0)).await, Some(1));
        assert_eq!(put_if(&db, 2, Some(1)).await, Some(2));
        assert_eq!(put_if(&db, 3, Some(1)).await, None);
        assert_eq!(put_if(&db, 4, None).await, Some(3));
        let kept = setting::get::<i64>(&mut db.read().await.unwrap(), "colour").await.unwrap();
        assert_eq!((kept.value, kept.revision), (4, 3));
    })
    .await;
}
