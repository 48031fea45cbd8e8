//! Reactions: exactly once across crashes, parked when they keep failing, effects never replayed.

use crate::place::{append, on_both, see, seen};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, limits};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use store::log::{self, Entry, Interaction, Origin};
use store::reaction::{Nature, Reaction};
use store::reactor::{Reactor, parked};
use store::{Db, Error, Lane, Tx};

/// Writes down what it sees; fails as told.
struct Noting {
    name: &'static str,
    nature: Nature,
    after: Option<&'static str>,
    last_alone: bool,
    fails: Box<dyn Fn(i64) -> bool + Send + Sync>,
}

impl Noting {
    fn new(name: &'static str) -> Self {
        Self { name, nature: Nature::Projection, after: None, last_alone: false, fails: Box::new(|_| false) }
    }

    fn failing(name: &'static str, fails: impl Fn(i64) -> bool + Send + Sync + 'static) -> Self {
        Self { fails: Box::new(fails), ..Self::new(name) }
    }
}

#[async_trait]
impl Reaction for Noting {
    fn name(&self) -> &'static str {
        self.name
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["order.added"]
    }

    fn nature(&self) -> Nature {
        self.nature
    }

    fn after(&self) -> Option<&'static str> {
        self.after
    }

    fn last_alone(&self) -> bool {
        self.last_alone
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> store::Result<()> {
        for subject in batch.iter().filter_map(|interaction| interaction.subject) {
            see(tx, self.name, subject).await?;
            assert!(!(self.fails)(subject), "told to fail at {subject}");
        }
        Ok(())
    }
}

fn reactor(db: &Db, reactions: impl IntoIterator<Item = Noting>) -> Reactor {
    let shared = |reaction| Arc::new(reaction) as Arc<dyn Reaction>;
    Reactor::new(db.clone(), reactions.into_iter().map(shared).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_interaction_takes_effect_once_wherever_a_process_is_cut_off() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append(&db, "order.added", 1..=40).await;
        for cut in 0..40_u32 {
            // A process of its own that dies in the middle: its future is dropped, its connections with it.
            let process = place.open().await;
            let reactor = reactor(&process, [Noting::new("know.facts")]);
            let dying = tokio::time::Duration::from_micros(u64::from(cut) * 150);
            let _ = tokio::time::timeout(dying, reactor.round()).await;
            append(&db, "order.added", i64::from(41 + cut)..=i64::from(41 + cut)).await;
        }
        let (one, two) = (place.open().await, place.open().await);
        let pair = [&one, &two].map(|db| reactor(db, [Noting::new("know.facts")]));
        let (first, second) = tokio::join!(pair[0].drain(), pair[1].drain());
        first.unwrap();
        second.unwrap();
        assert_eq!(seen(&db, "know.facts").await, (1..=80).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_see_a_reaction_first_read_the_log_once() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append(&db, "order.added", 1..=50).await;
        let others = [place.open().await, place.open().await, place.open().await];
        let reactors = others.each_ref().map(|db| reactor(db, [Noting::new("know.facts")]));
        let drains = reactors.iter().map(Reactor::drain);
        futures::future::try_join_all(drains).await.unwrap();
        assert_eq!(seen(&db, "know.facts").await, (1..=50).collect::<Vec<_>>());
    })
    .await;
}

/// An order of a backlog: of which party, if any, and how it came to be told.
type Told = (Option<i64>, Origin);

/// Orders 1 to 4 of two parties, of which the second is live.
const OF_PARTIES: [Told; 4] = [
    (Some(1), Origin::Import),
    (Some(1), Origin::Live),
    (Some(2), Origin::Import),
    (Some(1), Origin::Import),
];

/// Tells of these orders, numbered from 1; more than a batch lies between the last and those before it.
async fn append_backlog(db: &Db, orders: &[Told]) {
    let (last, first) = orders.split_last().unwrap();
    let entry = |tx: &Tx, kind, subject, (party, origin): Told| {
        let entry = Entry { origin, ..Entry::live(tx, kind, subject) };
        Entry { party: party.map(Id::from_number), ..entry }
    };
    let (first, last, number) = (first.to_vec(), *last, i64::try_from(orders.len()).unwrap());
    let write = db.write(Lane::Interactive, move |tx| {
        async move {
            let mut entries: Vec<Entry> =
                (1..).zip(first).map(|(subject, told)| entry(tx, "order.added", subject, told)).collect();
            // They fill the batch; those about the second party are nothing the reaction reads.
            let filling = 1..=limits::REACTION_BATCH;
            let note = |subject| entry(tx, "note.written", subject, (Some(2), Origin::Import));
            entries.extend(filling.map(note));
            log::append_all(tx, entries).await
        }
        .boxed()
    });
    write.await.unwrap();
    let write = db.write(Lane::Interactive, move |tx| {
        let last = entry(tx, "order.added", number, last);
        async move { log::append(tx, last).await }.boxed()
    });
    write.await.unwrap();
    // On PostgreSQL stories beside this one hold the log's readers back: a backlog is what can be read of it.
    loop {
        let mut tx = db.read().await.unwrap();
        if log::head(&mut tx).await.unwrap() >= log::last(&mut tx).await.unwrap() {
            return;
        }
        drop(tx);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_backlog_of_imported_interactions_the_last_about_a_party_is_enough() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append_backlog(&db, &OF_PARTIES).await;
        let last_alone = Noting { last_alone: true, ..Noting::new("know.facts") };
        reactor(&db, [last_alone, Noting::new("know.search")]).drain().await.unwrap();
        assert_eq!(seen(&db, "know.facts").await, [2, 3, 4]);
        assert_eq!(seen(&db, "know.search").await, [1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_backlog_the_last_about_nobody_is_enough_and_what_was_derived_is_not_passed_over() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        let orders = [
            (None, Origin::Import),
            (None, Origin::Import),
            (Some(1), Origin::Backfill),
            (Some(1), Origin::Import),
            (None, Origin::Import),
        ];
        append_backlog(&db, &orders).await;
        let last_alone = Noting { last_alone: true, ..Noting::new("know.facts") };
        reactor(&db, [last_alone]).drain().await.unwrap();
        assert_eq!(seen(&db, "know.facts").await, [3, 4, 5]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_backlog_what_keeps_failing_is_parked_itself_and_not_what_lies_before_it() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append_backlog(&db, &OF_PARTIES).await;
        let failing = Noting { last_alone: true, ..Noting::failing("know.facts", |subject| subject == 4) };
        reactor(&db, [failing]).drain().await.unwrap();
        assert_eq!(seen(&db, "know.facts").await, [2, 3]);
        let mended = reactor(&db, [Noting { last_alone: true, ..Noting::new("know.facts") }]);
        let lags = mended.lags().await.unwrap();
        assert_eq!((lags[0].behind, lags[0].parked), (0, 1));
        assert_eq!(mended.retry_parked().await.unwrap(), 1);
        assert_eq!(seen(&db, "know.facts").await, [2, 3, 4]);
    })
    .await;
}

/// Counts what it is given; the last interaction about a party is enough for it.
struct Counting(Arc<AtomicUsize>);

#[async_trait]
impl Reaction for Counting {
    fn name(&self) -> &'static str {
        "know.facts"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["order.added"]
    }

    fn last_alone(&self) -> bool {
        true
    }

    async fn react(&self, _: &mut Tx, batch: &[Interaction]) -> store::Result<()> {
        self.0.fetch_add(batch.len(), Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_transaction_about_more_parties_than_a_statement_takes_is_read() {
    const PARTIES: i64 = 40_000;
    on_both(async |place| {
        let db = place.open().await;
        let write = db.write(Lane::Import, |tx| {
            async move {
                let told = |party| Entry {
                    origin: Origin::Import,
                    ..Entry::live(tx, "order.added", party).about(Id::from_number(party))
                };
                let entries = (1..=PARTIES).map(told).collect();
                log::append_all(tx, entries).await
            }
            .boxed()
        });
        write.await.unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let reactor = Reactor::new(db.clone(), vec![Arc::new(Counting(count.clone()))]);
        reactor.drain().await.unwrap();
        assert!(parked(&mut db.read().await.unwrap()).await.unwrap().is_empty());
        assert_eq!(i64::try_from(count.load(Ordering::Relaxed)).unwrap(), PARTIES);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_failing_is_parked_and_the_rest_goes_on() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append(&db, "order.added", 1..=20).await;
        reactor(&db, [Noting::failing("know.facts", |subject| subject % 7 == 0)]).drain().await.unwrap();
        let through: Vec<i64> = (1..=20).filter(|subject| subject % 7 != 0).collect();
        assert_eq!(seen(&db, "know.facts").await, through);
        let mended = reactor(&db, [Noting::new("know.facts")]);
        let lags = mended.lags().await.unwrap();
        assert_eq!((lags[0].behind, lags[0].parked), (0, 2));
        assert_eq!(mended.retry_parked().await.unwrap(), 2);
        assert_eq!(seen(&db, "know.facts").await, (1..=20).collect::<Vec<_>>());
        assert!(parked(&mut db.read().await.unwrap()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_passes_parks_nothing() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append(&db, "order.added", 1..=10).await;
        let left = AtomicI64::new(2);
        let twice = move |subject| subject == 5 && left.fetch_sub(1, Ordering::Relaxed) > 0;
        reactor(&db, [Noting::failing("know.facts", twice)]).drain().await.unwrap();
        assert_eq!(seen(&db, "know.facts").await, (1..=10).collect::<Vec<_>>());
        assert!(parked(&mut db.read().await.unwrap()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_starts_at_the_head_sees_what_is_live_and_is_never_replayed() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append(&db, "order.added", 1..=5).await;
        let reactor = reactor(&db, [Noting { nature: Nature::Effect, ..Noting::new("give.points") }]);
        reactor.drain().await.unwrap();
        append(&db, "order.added", 6..=6).await;
        import(&db, 7).await;
        append(&db, "note.written", 8..=8).await;
        append(&db, "order.added", 9..=9).await;
        reactor.drain().await.unwrap();
        assert_eq!(seen(&db, "give.points").await, [6, 9]);
        assert!(matches!(reactor.rewind("give.points").await, Err(Error::Refused(_))));
    })
    .await;
}

async fn import(db: &Db, subject: i64) {
    let write = db.write(Lane::Import, move |tx| {
        async move {
            let entry = Entry { origin: Origin::Import, ..Entry::live(tx, "order.added", subject) };
            log::append(tx, entry).await
        }
        .boxed()
    });
    write.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_never_gets_ahead_and_a_projection_can_be_rebuilt() {
    on_both(async |place| {
        let db = place.open_with_seen().await;
        append(&db, "order.added", 1..=6).await;
        let follower = || Noting { after: Some("know.facts"), ..Noting::new("choose.states") };
        reactor(&db, [follower()]).drain().await.unwrap();
        assert_eq!(seen(&db, "choose.states").await, [0_i64; 0]);
        let both = reactor(&db, [follower(), Noting::new("know.facts")]);
        both.drain().await.unwrap();
        assert_eq!(seen(&db, "choose.states").await, [1, 2, 3, 4, 5, 6]);
        both.rewind("know.facts").await.unwrap();
        both.drain().await.unwrap();
        assert_eq!(seen(&db, "know.facts").await.len(), 12);
    })
    .await;
}
