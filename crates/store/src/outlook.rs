//! What lies ahead of a reaction that is far behind: which parties a stretch of the log speaks of for the last time,
//! and where.
//!
//! A reaction that looks at a party as it stands ([`crate::reaction::Reaction::last_alone`]) need not recompute it for
//! each imported interaction of a backlog, the last is enough. Because the log is only appended to, an outlook stays
//! true for as long as the program runs: it may miss what came later, and then a party is recomputed once more.

use crate::log::{self, Cursor};
use crate::reaction::Reaction;
use crate::{Db, Result};
use kernel::limits;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Interactions that are looked over in one statement: sorting them takes a few megabytes.
const STRETCH: i64 = 100_000;
/// Stretches of an outlook at the most: a million interactions about as many parties take 16 MiB.
const STRETCHES: usize = 10;
/// Parties in one question at the most: with the rows that round it up to a power of two, 16,384, it stays below what
/// both engines take in a statement. A batch and the slices of an import across its borders are far fewer.
const DUE: usize = 16_000;

/// The last places of parties between two places of the log.
#[derive(Debug)]
pub(crate) struct Outlook {
    from: Cursor,
    until: Cursor,
    /// The transaction of each party's last interaction, and the party; in the order of the log.
    last: Vec<(i64, i64)>,
}

impl Outlook {
    /// Looks ahead from `from`.
    async fn look(db: &Db, from: Cursor, kinds: &[&'static str]) -> Result<Self> {
        let (mut until, mut last) = (from, HashMap::new());
        for _ in 0..STRETCHES {
            let mut tx = db.read().await?;
            let Some((end, _)) = log::reach(&mut tx, until, STRETCH).await? else { break };
            last.extend(log::last_of_parties(&mut tx, until, (end, STRETCH), kinds).await?);
            until = end;
        }
        let mut last: Vec<(i64, i64)> = last.into_iter().map(|(party, xid)| (xid, party)).collect();
        last.sort_unstable();
        Ok(Self { from, until, last })
    }

    /// Whether it tells of what comes next after `cursor`.
    pub(crate) fn covers(&self, cursor: Cursor) -> bool {
        self.from <= cursor && cursor < self.until
    }

    /// Where it ends.
    pub(crate) fn until(&self) -> Cursor {
        self.until
    }

    /// The parties whose last interaction may lie after `cursor` and up to `end`; nothing where they are too many for
    /// one statement, because a transaction speaks of them that is far longer than a batch.
    pub(crate) fn due(&self, cursor: Cursor, end: Cursor) -> Option<impl Iterator<Item = i64>> {
        // A transaction may lie across the borders of a batch, so both its ends count.
        let first = self.last.partition_point(|(xid, _)| *xid < cursor.xid);
        let behind = self.last.partition_point(|(xid, _)| *xid <= end.xid);
        let due = &self.last[first..behind.max(first)];
        (due.len() <= DUE).then(|| due.iter().map(|(_, party)| *party))
    }
}

/// The outlooks of a reactor: those who read the same kinds and are about as far share one, which is kept until the last
/// of them has left it. Each looks at one, so there are never more than reactions.
#[derive(Debug, Default)]
pub(crate) struct Outlooks(Mutex<HashMap<&'static [&'static str], Vec<Kept>>>);

/// An outlook and the reactions that still look at it.
#[derive(Debug)]
struct Kept {
    outlook: Arc<Outlook>,
    lookers: HashSet<&'static str>,
}

impl Outlooks {
    /// What lies ahead of `cursor`; nothing for who is not further behind than a batch.
    pub(crate) async fn ahead(
        &self,
        db: &Db,
        cursor: Cursor,
        reaction: &dyn Reaction,
    ) -> Result<Option<Arc<Outlook>>> {
        if let Some(outlook) = self.shared(cursor, reaction) {
            return Ok(Some(outlook));
        }
        let backlog = log::reach(&mut db.read().await?, cursor, limits::REACTION_BATCH + 1).await?;
        if backlog.is_none_or(|(_, count)| count <= limits::REACTION_BATCH) {
            self.leave(reaction);
            return Ok(None);
        }
        let outlook = Arc::new(Outlook::look(db, cursor, reaction.kinds()).await?);
        self.leave(reaction);
        let kept = Kept { outlook: outlook.clone(), lookers: [reaction.name()].into() };
        self.held().entry(reaction.kinds()).or_default().push(kept);
        Ok(Some(outlook))
    }

    /// An outlook that is there already and covers what comes after `cursor`.
    fn shared(&self, cursor: Cursor, reaction: &dyn Reaction) -> Option<Arc<Outlook>> {
        let mut held = self.held();
        let all = held.get_mut(reaction.kinds())?;
        let outlook = all.iter().find(|kept| kept.outlook.covers(cursor))?.outlook.clone();
        for kept in all.iter_mut() {
            match Arc::ptr_eq(&kept.outlook, &outlook) {
                true => kept.lookers.insert(reaction.name()),
                false => kept.lookers.remove(reaction.name()),
            };
        }
        all.retain(|kept| !kept.lookers.is_empty());
        Some(outlook)
    }

    /// The reaction has caught up, or is elsewhere: an outlook goes with the last that looked at it.
    pub(crate) fn leave(&self, reaction: &dyn Reaction) {
        let mut held = self.held();
        let Some(all) = held.get_mut(reaction.kinds()) else { return };
        for kept in all.iter_mut() {
            kept.lookers.remove(reaction.name());
        }
        all.retain(|kept| !kept.lookers.is_empty());
        if all.is_empty() {
            held.remove(reaction.kinds());
        }
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<&'static [&'static str], Vec<Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
