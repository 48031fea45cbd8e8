//! Runs the reactions.
//!
//! Each turn locks the reaction's cursor row, reads a batch, lets the reaction write and moves the cursor, all in
//! one transaction; two processes on one database take turns through the row lock. An interaction that fails or
//! panics [`limits::REACTION_TRIES`] times is parked with its error and the reaction goes on.

use crate::cursor::{self, Rewind};
use crate::log::{self, Cursor};
use crate::outlook::{Outlook, Outlooks};
use crate::pace::Pace;
use crate::parked;
use crate::reaction::{Nature, Reaction};
use crate::tasks::Stop;
use crate::{Db, Error, Lane, Result, Tx, sql};
use futures::FutureExt;
use kernel::limits;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant as Moment;

pub use crate::parked::{Parked, parked};

/// How often a reaction looks for interactions that another process wrote.
const POLL: Duration = Duration::from_millis(500);

/// How long a drain waits between two looks, and how often it looks: two minutes in all.
const DRAIN_PAUSE: Duration = Duration::from_millis(20);
const DRAIN_LOOKS: usize = 6_000;

/// All reactions of the program.
#[derive(Clone)]
pub struct Reactor {
    db: Db,
    reactions: Arc<Vec<Arc<dyn Reaction>>>,
    outlooks: Arc<Outlooks>,
    pace: Arc<Pace>,
}

/// How far a reaction is behind.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Lag {
    /// The reaction.
    pub reaction: String,
    /// Interactions it has not seen yet, of all kinds.
    pub behind: i64,
    /// Interactions it could not take in.
    pub parked: i64,
}

/// How much one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// There was nothing to read.
    Idle,
    /// It took in so many interactions, or passed some that it does not read.
    Read(usize),
}

impl Reactor {
    /// A reactor over the registry's reactions.
    pub fn new(db: Db, reactions: Vec<Arc<dyn Reaction>>) -> Self {
        Self { db, reactions: Arc::new(reactions), outlooks: Arc::default(), pace: Arc::default() }
    }

    /// Runs until the program stops.
    pub async fn run(self, mut stop: Stop) {
        while !stop.is_set() {
            let grown = self.db.grown().notified();
            match self.round().await {
                Ok(0) => {
                    let _ = tokio::time::timeout(POLL, async {
                        tokio::select! { () = grown => {}, () = stop.wait() => {} }
                    })
                    .await;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "the reactions could not run; trying again");
                    stop.sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Runs until every reaction has passed all that is committed now.
    ///
    /// On PostgreSQL this waits for transactions that were open meanwhile, in any database of the server, because
    /// they hold the log's readers back.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when such a transaction stays open for longer than a statement may take.
    pub async fn drain(&self) -> Result<()> {
        let goal = log::last(&mut self.db.read().await?).await?;
        for _ in 0..DRAIN_LOOKS {
            let readable = log::head(&mut self.db.read().await?).await? >= goal;
            while !self.has_passed(goal).await? && self.round().await? > 0 {}
            if readable {
                return Ok(());
            }
            tokio::time::sleep(DRAIN_PAUSE).await;
        }
        Err(Error::Unavailable("another program keeps a transaction open; end it and try again".into()))
    }

    /// Whether every reaction stands at `goal` or beyond; what comes after it is not waited for.
    async fn has_passed(&self, goal: Cursor) -> Result<bool> {
        let mut tx = self.db.read().await?;
        for reaction in self.reactions.iter() {
            if cursor::of(&mut tx, reaction.name()).await?.is_none_or(|cursor| cursor < goal) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One turn of each reaction; gives how many interactions were taken in.
    pub async fn round(&self) -> Result<usize> {
        let mut read = 0;
        for reaction in self.reactions.iter() {
            read += match self.paced(reaction).await {
                Ok(Turn::Idle) => 0,
                Ok(Turn::Read(count)) => count,
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => self.one_by_one(reaction, error).await?,
            };
        }
        Ok(read)
    }

    /// A turn of as many interactions as the turns before it allow.
    async fn paced(&self, reaction: &Arc<dyn Reaction>) -> Result<Turn> {
        let began = Moment::now();
        let turn = self.turn(reaction, self.pace.batch(reaction.name())).await?;
        if turn != Turn::Idle {
            self.pace.took(reaction.name(), began.elapsed());
        }
        Ok(turn)
    }

    async fn turn(&self, reaction: &Arc<dyn Reaction>, batch: i64) -> Result<Turn> {
        if !self.has_news(&**reaction).await? {
            self.outlooks.leave(&**reaction);
            return Ok(Turn::Idle);
        }
        let (reaction, outlook) = (reaction.clone(), self.outlook(&**reaction).await?);
        self.db
            .write(Lane::Reaction, move |tx| {
                async move { turn(tx, &*reaction, batch, outlook).await }.boxed()
            })
            .await
    }

    /// What lies ahead of a reaction to which the last interaction about a party is enough.
    async fn outlook(&self, reaction: &dyn Reaction) -> Result<Option<Arc<Outlook>>> {
        if !reaction.last_alone() {
            return Ok(None);
        }
        let cursor = cursor::of(&mut self.db.read().await?, reaction.name()).await?.unwrap_or(Cursor::START);
        self.outlooks.ahead(&self.db, cursor, reaction).await
    }

    /// Whether a turn would find anything: a reaction at rest only reads, so an idle program writes nothing.
    async fn has_news(&self, reaction: &dyn Reaction) -> Result<bool> {
        let mut tx = self.db.read().await?;
        let Some(cursor) = cursor::of(&mut tx, reaction.name()).await? else { return Ok(true) };
        Ok(!log::after(&mut tx, cursor, 1).await?.is_empty())
    }

    /// After a failed batch: the next interaction alone, parked when it keeps failing.
    async fn one_by_one(&self, reaction: &Arc<dyn Reaction>, error: Error) -> Result<usize> {
        tracing::warn!(reaction = reaction.name(), %error, "a batch failed; taking it one by one");
        for _ in 0..limits::REACTION_BATCH {
            match self.patiently(reaction).await? {
                Turn::Idle => break,
                Turn::Read(_) => {}
            }
        }
        Ok(1)
    }

    async fn patiently(&self, reaction: &Arc<dyn Reaction>) -> Result<Turn> {
        let mut tx = self.db.read().await?;
        let before = cursor::of(&mut tx, reaction.name()).await?;
        drop(tx);
        let outlook = self.outlook(&**reaction).await?;
        let mut tries = 1;
        loop {
            match self.turn(reaction, 1).await {
                Ok(turn) => return Ok(turn),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) if tries >= limits::REACTION_TRIES => {
                    return self.park(reaction, before, outlook, error).await;
                }
                Err(_) => tries += 1,
            }
        }
    }

    async fn park(
        &self,
        reaction: &Arc<dyn Reaction>,
        before: Option<Cursor>,
        outlook: Option<Arc<Outlook>>,
        error: Error,
    ) -> Result<Turn> {
        let (reaction, error) = (reaction.clone(), error.to_string());
        tracing::error!(reaction = reaction.name(), error, "an interaction is parked");
        self.db
            .write(Lane::Reaction, move |tx| {
                async move {
                    let passed = parked::park(tx, &*reaction, before, outlook, &error).await?;
                    Ok(passed.map_or(Turn::Idle, Turn::Read))
                }
                .boxed()
            })
            .await
    }

    /// Tries the parked interactions again; gives how many went through.
    pub async fn retry_parked(&self) -> Result<usize> {
        let mut tx = self.db.read().await?;
        let all = parked::parked(&mut tx).await?;
        drop(tx);
        let mut through = 0;
        for item in all {
            let Some(reaction) =
                self.reactions.iter().find(|reaction| reaction.name() == item.reaction).cloned()
            else {
                continue;
            };
            let retried = self.db.write(Lane::Reaction, move |tx| {
                async move { parked::unpark(tx, &*reaction, item.seq).await }.boxed()
            });
            through += usize::from(retried.await.is_ok());
        }
        Ok(through)
    }

    /// Lets a projection read the whole log again. Its rows must have been dropped before.
    ///
    /// # Errors
    /// [`Error::Refused`] for an effect: points and messages are never given twice.
    pub async fn rewind(&self, name: &'static str) -> Result<()> {
        let rewind = self.rewinding(name)?;
        self.db.write(Lane::Reaction, move |tx| async move { rewind.apply(tx).await }.boxed()).await
    }

    /// The same, to be applied in the transaction that drops the projection's rows.
    ///
    /// # Errors
    /// [`Error::Refused`] for an effect.
    pub fn rewinding(&self, name: &'static str) -> Result<Rewind> {
        let named = self.reactions.iter().find(|reaction| reaction.name() == name);
        if named.is_some_and(|reaction| reaction.nature() == Nature::Effect) {
            return Err(Error::Refused(format!("{name} has effects, which are never replayed")));
        }
        Ok(Rewind { name })
    }

    /// How far each reaction is behind.
    pub async fn lags(&self) -> Result<Vec<Lag>> {
        let mut tx = self.db.read().await?;
        let mut lags = Vec::new();
        for reaction in self.reactions.iter() {
            let cursor = cursor::of(&mut tx, reaction.name()).await?.unwrap_or(Cursor::START);
            let (behind,): (i64,) = sql!("select count(*) from interactions where (xid, seq) > ($1, $2)")
                .bind(cursor.xid)
                .bind(cursor.seq)
                .fetch_one(&mut tx)
                .await?;
            let (parked,): (i64,) = sql!("select count(*) from parked where reaction = $1")
                .bind(reaction.name())
                .fetch_one(&mut tx)
                .await?;
            lags.push(Lag { reaction: reaction.name().into(), behind, parked });
        }
        Ok(lags)
    }
}

async fn turn(
    tx: &mut Tx,
    reaction: &dyn Reaction,
    batch: i64,
    outlook: Option<Arc<Outlook>>,
) -> Result<Turn> {
    let cursor = cursor::locked(tx, reaction).await?;
    let most = match reaction.after() {
        Some(leader) => cursor::of(tx, leader).await?.unwrap_or(Cursor::START),
        None => Cursor { xid: i64::MAX, seq: i64::MAX },
    };
    let (read, end) = match outlook.filter(|outlook| outlook.covers(cursor)) {
        Some(outlook) => {
            let (due, end) = outlook.next(cursor, usize::try_from(batch).unwrap_or(usize::MAX), most);
            (log::at(tx, due).await?, end)
        }
        None => {
            let Some((end, count)) = log::reach(tx, cursor, batch).await? else { return Ok(Turn::Idle) };
            let (end, live) = (end.min(most), reaction.nature() == Nature::Effect);
            (log::between(tx, cursor, (end, count), reaction.kinds(), live).await?, end)
        }
    };
    if end <= cursor {
        return Ok(Turn::Idle);
    }
    if !read.is_empty() {
        reaction.react(tx, &read).await?;
    }
    cursor::set(tx, reaction.name(), end).await?;
    Ok(Turn::Read(read.len().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Entry, Interaction, Origin};
    use crate::{Environment, Location};
    use kernel::{FakeClock, Instant, SeededChance};

    struct Looking(&'static str);

    #[async_trait::async_trait]
    impl Reaction for Looking {
        fn name(&self) -> &'static str {
            self.0
        }

        fn kinds(&self) -> &'static [&'static str] {
            &["order.added"]
        }

        fn last_alone(&self) -> bool {
            true
        }

        async fn react(&self, _: &mut Tx, _: &[Interaction]) -> Result<()> {
            Ok(())
        }
    }

    /// Tells the log of more than a batch, of subjects from `first` on.
    async fn append(db: &Db, first: i64) -> Result<()> {
        db.write(Lane::Import, move |tx| {
            let told = |subject| Entry { origin: Origin::Import, ..Entry::live(tx, "order.added", subject) };
            let entries = (first..=first + limits::REACTION_BATCH).map(told).collect();
            async move { log::append_all(tx, entries).await }.boxed()
        })
        .await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_that_are_far_apart_each_keep_their_outlook() -> Result<()> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let clock = Arc::new(FakeClock::at(Instant::from_micros(1_795_305_600_000_000)));
        let environment = Environment { clock, chance: Arc::new(SeededChance::new(1)), durable: false };
        let db = Db::open(&Location::Folder(folder.path().to_owned()), environment).await?;
        let (outlooks, near, far) = (Outlooks::default(), Looking("near"), Looking("far"));
        append(&db, 0).await?;
        let before = outlooks.ahead(&db, Cursor::START, &far).await?.expect("it is more than a batch behind");
        let head = log::head(&mut db.read().await?).await?;
        append(&db, limits::REACTION_BATCH + 1).await?;
        let after = outlooks.ahead(&db, head, &near).await?.expect("it is more than a batch behind");
        assert!(!Arc::ptr_eq(&before, &after));
        let again = outlooks.ahead(&db, Cursor::START, &far).await?.expect("it is still there");
        assert!(Arc::ptr_eq(&before, &again), "the other's look took nothing away");
        outlooks.leave(&far);
        outlooks.leave(&near);
        assert!(outlooks.is_empty());
        Ok(())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_outlook_goes_when_the_last_that_looks_at_it_has_caught_up() -> Result<()> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let clock = Arc::new(FakeClock::at(Instant::from_micros(1_795_305_600_000_000)));
        let environment = Environment { clock, chance: Arc::new(SeededChance::new(1)), durable: false };
        let db = Db::open(&Location::Folder(folder.path().to_owned()), environment).await?;
        append(&db, 0).await?;
        let reactor = Reactor::new(db.clone(), vec![Arc::new(Looking("first")), Arc::new(Looking("second"))]);
        reactor.round().await?;
        assert!(!reactor.outlooks.is_empty());
        let head = log::head(&mut db.read().await?).await?;
        assert!(reactor.outlooks.ahead(&db, head, &Looking("first")).await?.is_none());
        assert!(!reactor.outlooks.is_empty(), "the second still looks at it");
        assert!(reactor.outlooks.ahead(&db, head, &Looking("second")).await?.is_none());
        assert!(reactor.outlooks.is_empty());
        reactor.rewind("first").await?;
        reactor.round().await?;
        assert!(!reactor.outlooks.is_empty());
        while reactor.round().await? > 0 {}
        assert!(reactor.outlooks.is_empty(), "all are at rest");
        Ok(())
    }
}
