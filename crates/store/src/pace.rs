//! How much a reaction takes on in one turn.
//!
//! A turn is one transaction, and on SQLite everyone who wants to write waits for it. A batch that takes a tenth of a
//! second in a small company can take half a minute where each party's rows lie on other pages of a large file, so the
//! batch follows the time that the turns before it took.

use kernel::limits;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A turn that takes longer halves the next.
const LONG: Duration = Duration::from_millis(500);
/// A turn that takes less doubles the next.
const SHORT: Duration = Duration::from_millis(125);
/// Fewer are never taken: each turn has a price of its own.
const FEWEST: i64 = 40;

/// The batches of a reactor's reactions, by name.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<&'static str, i64>>);

impl Pace {
    /// How many interactions the reaction may read in its next turn.
    pub(crate) fn batch(&self, reaction: &'static str) -> i64 {
        self.held().get(reaction).copied().unwrap_or(limits::REACTION_BATCH)
    }

    /// Takes in how long a whole batch took.
    pub(crate) fn took(&self, reaction: &'static str, time: Duration) {
        let mut held = self.held();
        let batch = held.entry(reaction).or_insert(limits::REACTION_BATCH);
        *batch = match time {
            time if time > LONG => (*batch / 2).max(FEWEST),
            time if time < SHORT => (*batch * 2).min(limits::REACTION_BATCH),
            _ => *batch,
        };
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_turns_make_small_batches_and_short_ones_large_again() {
        let pace = Pace::default();
        assert_eq!(pace.batch("one"), limits::REACTION_BATCH);
        pace.took("one", Duration::from_secs(3));
        pace.took("one", Duration::from_millis(300));
        assert_eq!(pace.batch("one"), limits::REACTION_BATCH / 2);
        assert_eq!(pace.batch("another"), limits::REACTION_BATCH);
        (0..99).for_each(|_| pace.took("one", Duration::from_secs(3)));
        assert_eq!(pace.batch("one"), FEWEST);
        (0..99).for_each(|_| pace.took("one", Duration::from_millis(1)));
        assert_eq!(pace.batch("one"), limits::REACTION_BATCH);
    }
}
