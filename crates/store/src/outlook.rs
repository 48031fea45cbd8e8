//! What lies ahead of a reaction that is far behind: where a stretch of the log speaks of each party for the last time.
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

/// Interactions that are looked over in one statement: what they say of whom takes a megabyte.
const STRETCH: i64 = 20_000;
/// Stretches of an outlook at the most: a million interactions of as many topics take 16 MiB.
const STRETCHES: usize = 50;

/// What is due between two places of the log.
#[derive(Debug)]
pub(crate) struct Outlook {
    from: Cursor,
    until: Cursor,
    /// The last interaction of each topic, and all that must come one by one; in the order of the log.
    due: Vec<Cursor>,
}

impl Outlook {
    /// Looks ahead from `from`.
    async fn look(db: &Db, from: Cursor, kinds: &[&'static str]) -> Result<Self> {
        let (mut until, mut due, mut last) = (from, Vec::new(), HashMap::new());
        for _ in 0..STRETCHES {
            let mut tx = db.read().await?;
            let Some((end, count)) = log::reach(&mut tx, until, STRETCH).await? else { break };
            for (topic, place) in log::spoken_of(&mut tx, until, (end, count), kinds).await? {
                match topic {
                    None => due.push(place),
                    Some(topic) => {
                        let last = last.entry(topic).or_insert(place);
                        *last = place.max(*last);
                    }
                }
            }
            until = end;
        }
        due.extend(last.into_values());
        due.sort_unstable();
        Ok(Self { from, until, due })
    }

    /// Whether it tells of what comes next after `cursor`.
    pub(crate) fn covers(&self, cursor: Cursor) -> bool {
        self.from <= cursor && cursor < self.until
    }

    /// What is due after `cursor`, at most `count` interactions and none behind `most`, and the place up to which
    /// nothing else is.
    pub(crate) fn next(&self, cursor: Cursor, count: usize, most: Cursor) -> (&[Cursor], Cursor) {
        let after = &self.due[self.due.partition_point(|place| *place <= cursor)..];
        let (due, until) = match after.get(..count.max(1)) {
            Some(due) if due.len() < after.len() => (due, due.last().copied().unwrap_or(self.until)),
            _ => (after, self.until),
        };
        let due = &due[..due.partition_point(|place| *place <= most)];
        (due, until.min(most))
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
        if !log::are_more_than(&mut db.read().await?, cursor, limits::REACTION_BATCH).await? {
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
