//! The sealer: chains what was written, within a second, and signs the end of the chain.
//!
//! Several processes may seal: the row of the head is held while one does. An idle program writes nothing. The signed
//! head is also appended to the anchor file, where one is named, at most once a minute: whoever changes the database
//! and has the key as well cannot change what lies elsewhere.

use super::chain::{self, hex};
use super::key::{self, Key};
use super::store::{self as rows, Head};
use crate::App;
use ::store::tasks::Stop;
use ::store::{Db, Lane, Result, Tx};
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often the sealer looks.
const TICK: Duration = Duration::from_millis(500);
/// Rows chained in one transaction.
const BATCH: i64 = 500;
/// How long the anchor may lag behind the head, in microseconds.
const ANCHOR: i64 = 60 * Instant::SECOND;

/// A line of the anchor file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchored {
    /// How many rows the chain had.
    pub place: i64,
    /// The hash at its end, as hexadecimal digits.
    pub hash: String,
    /// When that was signed.
    pub at: Instant,
    /// The key that signed it.
    pub public_key: String,
    /// Its signature.
    pub signature: String,
}

impl From<&Head> for Anchored {
    fn from(head: &Head) -> Self {
        Self {
            place: head.place,
            hash: hex(&head.hash),
            at: head.at,
            public_key: hex(&head.public_key),
            signature: hex(&head.signature),
        }
    }
}

/// Seals until the program stops, and once more then.
pub(crate) async fn run(app: App, mut stop: Stop) {
    let key = match Key::open(app.data_folder(), app.chance()) {
        Ok(key) => Arc::new(key),
        Err(error) => {
            tracing::error!(%error, "the key of the audit log cannot be opened: nothing is sealed");
            return;
        }
    };
    let mut anchored = None;
    loop {
        let stopping = stop.is_set();
        if let Err(error) = turn(&app, &key, &mut anchored, stopping).await {
            tracing::error!(%error, "the audit log could not be sealed; trying again");
        }
        if stopping {
            return;
        }
        stop.sleep(TICK).await;
    }
}

/// Seals everything that waits, now.
///
/// # Errors
/// When the key cannot be opened, or the database fails.
pub async fn now(app: &App) -> io::Result<()> {
    let key = Arc::new(Key::open(app.data_folder(), app.chance())?);
    turn(app, &key, &mut None, true).await
}

async fn turn(
    app: &App,
    key: &Arc<Key>,
    anchored: &mut Option<(i64, Instant)>,
    stopping: bool,
) -> io::Result<()> {
    let mut tx = app.db().read().await.map_err(io::Error::other)?;
    let waiting = rows::waiting(&mut tx).await.map_err(io::Error::other)?;
    drop(tx);
    if waiting > 0 {
        while seal(app.db(), key.clone()).await.map_err(io::Error::other)? == BATCH {}
    }
    let Some(file) = &app.config().audit_anchor else { return Ok(()) };
    let mut tx = app.db().read().await.map_err(io::Error::other)?;
    let Some(head) = rows::head(&mut tx).await.map_err(io::Error::other)? else { return Ok(()) };
    let now = app.clock().now();
    let due = match anchored {
        None => true,
        Some((place, at)) => *place != head.place && (stopping || now >= at.plus(ANCHOR)),
    };
    if due && head.place > 0 {
        append(file, &head)?;
        *anchored = Some((head.place, now));
    }
    Ok(())
}

/// Chains what waits, as much as one transaction takes; gives how much that was.
async fn seal(db: &Db, key: Arc<Key>) -> Result<i64> {
    db.write(Lane::Reaction, move |tx| async move { chain_pending(tx, &key).await }.boxed()).await
}

async fn chain_pending(tx: &mut Tx, key: &Key) -> Result<i64> {
    let mut head = rows::hold_head(tx).await?;
    let public = key.public();
    if head.place > 0 && head.public_key != public {
        // Said in the log itself: a restored company has another key, and so has somebody who forges.
        let detail = serde_json::json!({ "from": hex(&head.public_key), "to": hex(&public) });
        super::write(tx, None, "audit.key_changed", None, detail).await?;
    }
    let pending = rows::pending(tx, BATCH).await?;
    let first = head.place;
    if pending.is_empty() {
        return Ok(0);
    }
    let mut before = if head.place == 0 { chain::START.to_vec() } else { head.hash };
    let mut links: Vec<(i64, Id<kinds::Audit>, Vec<u8>)> = Vec::with_capacity(pending.len());
    for entry in pending {
        head.place += 1;
        before = chain::hash(&before, head.place, &entry);
        links.push((head.place, entry.id, before.clone()));
    }
    rows::chain(tx, links).await?;
    let (place, at) = (head.place, tx.now());
    let signature = key.sign(&key::statement(place, at, &before));
    rows::move_head(tx, &Head { place, hash: before, at, public_key: public, signature }).await?;
    Ok(place - first)
}

/// Adds the head to the anchor file.
fn append(file: &Path, head: &Head) -> io::Result<()> {
    let line = serde_json::to_string(&Anchored::from(head))? + "\n";
    let mut file = File::options().append(true).create(true).open(file)?;
    file.write_all(line.as_bytes())?;
    file.sync_data()
}
