//! Node numbers: never two processes with the same.

use crate::place::{on_both, run};
use kernel::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_unique_given_back_and_free_after_a_crash() {
    on_both(async |place| {
        let (first, second) = (place.open().await, place.open().await);
        assert_eq!((first.node(), second.node()), (0, 1));
        first.close().await.unwrap();
        let third = place.open().await;
        assert_eq!(third.node(), 0, "it was given back");
        drop(second);
        assert_eq!(place.open().await.node(), 2, "a crashed process keeps its number for a while");
        place.clock.advance(121 * Instant::SECOND);
        assert_eq!(place.open().await.node(), 0, "then it comes free");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_another_process_took_over_is_not_given_back() {
    on_both(async |place| {
        let sleeper = place.open().await;
        place.clock.advance(121 * Instant::SECOND);
        let heir = place.open().await;
        assert_eq!((sleeper.node(), heir.node()), (0, 0));
        sleeper.close().await.unwrap();
        assert_eq!(place.open().await.node(), 1, "0 still belongs to the heir");
        run(&heir, "update nodes set leased_until = 9000000000000000").await;
        assert!(store::Db::open(&place.location, place.environment()).await.is_err());
    })
    .await;
}
