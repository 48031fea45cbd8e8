//! Constraints: the same names on both engines.

use crate::place::on_both;
use futures::FutureExt;
use store::log::{self, Entry};
use store::{Db, Error, Lane, Query};

#[tokio::test(flavor = "multi_thread")]
async fn a_violated_constraint_has_the_same_name_on_both_engines() {
    on_both(async |place| {
        let db = place.open().await;
        let twice = db.write(Lane::Interactive, |tx| {
            async move {
                let entry = Entry::live(tx, "note.written", 7);
                log::append_all(tx, vec![entry.clone(), entry]).await
            }
            .boxed()
        });
        assert_eq!(constraint(twice.await), ("interactions.source, interactions.source_id".into(), true));
        let refused = |text: &'static str| refused(&db, text);
        let key = refused("insert into nodes (node, leased_until) values (3, 0)").await;
        assert_eq!(key, ("nodes.node".into(), true));
        let null = refused("insert into timers (kind, key) values ('a', 'b')").await;
        assert_eq!(null, ("timers.due".into(), false));
    })
    .await;
}

async fn refused(db: &Db, text: &str) -> (String, bool) {
    let query = Query::built(text.to_owned());
    constraint(db.write(Lane::Interactive, |tx| async move { query.execute(tx).await }.boxed()).await)
}

fn constraint<T>(answer: store::Result<T>) -> (String, bool) {
    match answer.err() {
        Some(Error::Constraint { name, unique }) => (name, unique),
        other => panic!("{other:?}"),
    }
}
