//! What reads the log.
//!
//! A reaction has a name, the kinds it reads and a durable cursor. The rows it writes and its cursor commit in one
//! transaction, so each interaction takes effect exactly once, across crashes. What leaves the machine is an
//! [`crate::outbox`] row.

use crate::log::Interaction;
use crate::{Result, Tx};
use async_trait::async_trait;

/// Whether a reaction may be replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Facts, scores, membership: may be dropped and rebuilt from the start of the log.
    Projection,
    /// Tasks, points, messages: never replayed; starts at the head of the log and sees `live` interactions only.
    Effect,
}

/// Reads the log and writes rows.
#[async_trait]
pub trait Reaction: Send + Sync {
    /// Its name, `verb.noun`: the key of its cursor, never changed once shipped.
    fn name(&self) -> &'static str;

    /// The kinds it reads.
    fn kinds(&self) -> &'static [&'static str];

    /// Whether it may be replayed.
    fn nature(&self) -> Nature {
        Nature::Projection
    }

    /// Another reaction whose rows this one reads: it never gets ahead of it.
    fn after(&self) -> Option<&'static str> {
        None
    }

    /// Whether it looks at a party as it stands now, so that of a backlog of imported interactions about a party the
    /// last one is enough; it may get more of them. Live ones always come.
    fn last_alone(&self) -> bool {
        false
    }

    /// Takes in a batch, in the order of the log.
    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()>;
}
