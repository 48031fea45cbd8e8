//! What the database takes from outside: the time, chance, and this process's ids.

use kernel::{Chance, Clock, OsChance, SystemClock};
use std::sync::Arc;

/// Time and chance, handed in.
#[derive(Clone)]
pub struct Environment {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub chance: Arc<dyn Chance>,
    /// Whether a commit must survive a power cut. Only tests and the demo's first filling say no.
    pub durable: bool,
}

impl Environment {
    /// The machine's clock and generator, with commits that survive a power cut.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), chance: Arc::new(OsChance), durable: true }
    }
}
