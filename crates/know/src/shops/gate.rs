//! How much comes in at once, what came just now, and how often it was turned away: in memory, a gate a process.
//!
//! Invariants:
//! - What is remembered as heard was committed: a repeat of it needs no look at the database.
//! - A shop is remembered for a second, and forgotten at once where this process changes it.
//! - Everything here is bounded.

use super::model::{Shop, ShopId};
use kernel::Instant;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};

/// Deliveries that are read and kept at once: enough for 5,000 a second, and with the largest bodies 256 MiB.
const AT_ONCE: usize = 256;
/// How long a shop is remembered: that long another process may take a secret that was changed.
const FRESH: i64 = Instant::SECOND;
/// Events of a generation that are remembered as heard; of two generations the older is forgotten as one.
const HEARD: usize = 20_000;

/// The gate that every delivery passes.
pub type Shared = Arc<Gate>;

/// Counts and remembers deliveries.
#[derive(Debug)]
pub struct Gate {
    room: Semaphore,
    /// Turned away since the program started, by shop: never more entries than there are shops.
    refused: Mutex<HashMap<ShopId, Refusals>>,
    /// By the secret part of the path; only those that are there.
    shops: Mutex<HashMap<String, (Arc<Shop>, Instant)>>,
    heard: Mutex<[HashSet<(ShopId, String)>; 2]>,
}

/// Deliveries of a shop whose signature was wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals {
    /// How many.
    pub count: u64,
    /// The last one.
    pub last_at: Option<Instant>,
}

/// The gate of this process.
pub fn shared() -> Shared {
    Arc::new(Gate {
        room: Semaphore::new(AT_ONCE),
        refused: Mutex::default(),
        shops: Mutex::default(),
        heard: Mutex::default(),
    })
}

/// A panic elsewhere leaves nothing here half done.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    /// Lets one in, until what is given is dropped.
    ///
    /// # Errors
    /// When there is no room.
    pub fn enter(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.room.try_acquire()
    }

    /// The shop that delivers at this path, if it was looked up just now.
    pub fn shop(&self, token: &str, now: Instant) -> Option<Arc<Shop>> {
        let shops = open(&self.shops);
        shops.get(token).filter(|(_, since)| since.plus(FRESH) > now).map(|(shop, _)| shop.clone())
    }

    /// Remembers a shop that was looked up.
    pub fn remember(&self, shop: Shop, now: Instant) -> Arc<Shop> {
        let shop = Arc::new(shop);
        open(&self.shops).insert(shop.token.clone(), (shop.clone(), now));
        shop
    }

    /// Whether this event was heard not long ago.
    pub fn has_heard(&self, shop: ShopId, event: &str) -> bool {
        let key = (shop, event.to_owned());
        open(&self.heard).iter().any(|heard| heard.contains(&key))
    }

    /// Remembers that an event was heard, once that is committed.
    pub fn hear(&self, shop: ShopId, event: String) {
        let mut heard = open(&self.heard);
        if heard[0].len() >= HEARD {
            heard.swap(0, 1);
            heard[0].clear();
        }
        heard[0].insert((shop, event));
    }

    /// Counts one that was turned away.
    pub fn refuse(&self, shop: ShopId, now: Instant) {
        let mut refused = open(&self.refused);
        let refusals = refused.entry(shop).or_default();
        refusals.count += 1;
        refusals.last_at = Some(now);
    }

    /// Those of a shop that were turned away.
    pub fn refusals(&self, shop: ShopId) -> Refusals {
        open(&self.refused).get(&shop).copied().unwrap_or_default()
    }

    /// Forgets what is known of a shop, because it was changed.
    pub fn forget(&self, shop: ShopId) {
        open(&self.refused).remove(&shop);
        open(&self.shops).retain(|_, (known, _)| known.id != shop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Id;

    #[test]
    fn what_was_heard_is_remembered_for_a_while_and_memory_is_bounded() {
        let (gate, shop) = (shared(), Id::from_number(1));
        for event in 0..3 * HEARD {
            gate.hear(shop, event.to_string());
        }
        assert!(gate.has_heard(shop, &(3 * HEARD - 1).to_string()));
        assert!(gate.has_heard(shop, &(2 * HEARD).to_string()));
        assert!(!gate.has_heard(shop, "0"));
        assert!(!gate.has_heard(Id::from_number(2), &(2 * HEARD).to_string()));
        assert!(open(&gate.heard).iter().map(HashSet::len).sum::<usize>() <= 2 * HEARD);
    }

    #[test]
    fn no_more_come_in_than_there_is_room_for() {
        let gate = shared();
        let inside: Vec<_> = (0..AT_ONCE).map(|_| gate.enter().unwrap()).collect();
        assert!(gate.enter().is_err());
        drop(inside);
        assert!(gate.enter().is_ok());
    }
}
