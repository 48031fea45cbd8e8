//! How often a key may call: the generic cell rate algorithm (ITU-T I.371), in memory, so for each node by itself.

use kernel::{Id, Instant, kinds};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Calls a second in the long run.
const A_SECOND: i64 = 50;
/// Calls at once after a pause.
const BURST: i64 = 200;
/// Keys remembered before those that paused are forgotten.
const REMEMBERED: usize = 1_000;

/// Microseconds a call costs.
const COST: i64 = Instant::SECOND / A_SECOND;

/// When each key will have paid for its calls.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<i64, i64>>);

impl Rates {
    /// Counts a call.
    ///
    /// # Errors
    /// The seconds to wait, when the key called too often.
    pub fn call(&self, key: Id<kinds::ApiKey>, now: Instant) -> Result<(), i64> {
        let now = now.micros();
        let mut paid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.len() > REMEMBERED {
            paid.retain(|_, until| *until > now);
        }
        let until = paid.entry(key.number()).or_insert(now);
        let next = (*until).max(now) + COST;
        let over = next - now - BURST * COST;
        if over > 0 {
            return Err((over + Instant::SECOND - 1) / Instant::SECOND);
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_long_run_counts_for_each_key_by_itself() {
        let rates = Rates::default();
        let (one, other) = (Id::from_number(1), Id::from_number(2));
        let at = |micros| Instant::from_micros(1_000_000_000 + micros);
        for _ in 0..BURST {
            assert_eq!(rates.call(one, at(0)), Ok(()));
        }
        assert_eq!(rates.call(one, at(0)), Err(1));
        assert_eq!(rates.call(other, at(0)), Ok(()));
        assert_eq!(rates.call(one, at(COST)), Ok(()));
        assert_eq!(rates.call(one, at(COST)), Err(1), "a refused call is not counted, and none was saved");
    }
}
