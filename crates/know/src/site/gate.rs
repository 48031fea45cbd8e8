//! How often visits are told: by each address of the network and in all, in memory, so for each node by itself; and the
//! settings, remembered for a moment.

use super::settings::SiteSettings;
use kernel::Instant;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Calls a second of one address in the long run: pages that somebody opens.
const OF_ONE: Pace = Pace { a_second: 2, burst: 60 };
/// Calls a second in all.
const OF_ALL: Pace = Pace { a_second: 200, burst: 1_000 };
/// Addresses that are remembered; when so many call at once, others wait.
const REMEMBERED: usize = 20_000;
/// How long the settings are remembered.
const FRESH: i64 = Instant::SECOND;

/// The gate that every visit passes.
pub type Shared = Arc<Gate>;

/// Counts calls.
#[derive(Debug, Default)]
pub struct Gate {
    calls: Mutex<Calls>,
    settings: Mutex<Option<(SiteSettings, Instant)>>,
}

/// When each will have paid for its calls (the generic cell rate algorithm, ITU-T I.371), in microseconds.
#[derive(Debug, Default)]
struct Calls {
    all: i64,
    by_address: HashMap<String, i64>,
    swept: i64,
}

#[derive(Debug, Clone, Copy)]
struct Pace {
    a_second: i64,
    burst: i64,
}

impl Pace {
    /// Until when is paid with one call more.
    ///
    /// # Errors
    /// The seconds to wait.
    fn next(self, until: i64, now: i64) -> Result<i64, i64> {
        let cost = Instant::SECOND / self.a_second;
        let next = until.max(now) + cost;
        let over = next - now - self.burst * cost;
        if over > 0 { Err((over + Instant::SECOND - 1) / Instant::SECOND) } else { Ok(next) }
    }
}

/// The gate of this process.
pub fn shared() -> Shared {
    Arc::default()
}

/// A panic elsewhere leaves nothing here half done.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    /// Counts a call from `address`; what is refused counts for nothing.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn call(&self, address: &str, now: Instant) -> Result<(), i64> {
        let (mut calls, now) = (open(&self.calls), now.micros());
        if calls.by_address.len() >= REMEMBERED && now - calls.swept >= Instant::SECOND {
            calls.swept = now;
            calls.by_address.retain(|_, until| *until > now);
        }
        let known = calls.by_address.get(address).copied();
        if known.is_none() && calls.by_address.len() >= REMEMBERED {
            return Err(1);
        }
        let one = OF_ONE.next(known.unwrap_or(now), now)?;
        calls.all = OF_ALL.next(calls.all, now)?;
        calls.by_address.insert(address.to_owned(), one);
        Ok(())
    }

    /// The settings, if they were read just now.
    pub fn settings(&self, now: Instant) -> Option<SiteSettings> {
        let settings = open(&self.settings);
        settings.as_ref().filter(|(_, since)| since.plus(FRESH) > now).map(|(settings, _)| settings.clone())
    }

    /// Remembers the settings.
    pub fn remember(&self, settings: &SiteSettings, now: Instant) {
        *open(&self.settings) = Some((settings.clone(), now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(1_000_000_000).plus(seconds * Instant::SECOND)
    }

    #[test]
    fn one_address_that_floods_stops_itself_alone() {
        let gate = shared();
        let let_in = (0..1_000).filter(|_| gate.call("one", at(0)).is_ok()).count();
        assert_eq!(let_in, 60);
        assert!(gate.call("one", at(0)).is_err_and(|seconds| seconds == 1));
        assert!(gate.call("other", at(0)).is_ok());
        assert!(gate.call("one", at(1)).is_ok());
    }

    #[test]
    fn many_addresses_together_are_bounded_too_and_so_is_memory() {
        let gate = shared();
        let let_in = (0..50_000).filter(|number| gate.call(&number.to_string(), at(0)).is_ok()).count();
        assert_eq!(let_in, 1_000);
        for second in 1..300 {
            for number in 0..200 {
                let _ = gate.call(&format!("{second}-{number}"), at(second));
            }
        }
        assert!(open(&gate.calls).by_address.len() <= REMEMBERED);
    }
}
