//! The outbox: what leaves the machine is a row first, delivered at least once under a stable id.

use crate::tasks::Stop;
use crate::{Db, Error, FromRow, Json, Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How often the outbox is looked at.
const TICK: Duration = Duration::from_secs(1);
/// How long a delivery may take before another process tries it.
const LEASE: i64 = 60 * Instant::SECOND;
/// How often a delivery is tried before it is given up.
const TRIES: i64 = 10;

/// A row of the outbox as its carrier sees it.
#[derive(Debug, Clone, FromRow)]
pub struct Parcel {
    /// Its number: the same at every try, so that the receiver can drop repeats.
    pub id: i64,
    /// Who carries it.
    pub carrier: String,
    /// What to deliver.
    pub body: Json<serde_json::Value>,
    /// Tries so far.
    pub tries: i64,
}

/// Carries parcels out of the machine: an SMTP sender, a webhook.
#[async_trait]
pub trait Outgoing: Send + Sync {
    /// The name rows are addressed to.
    fn carrier(&self) -> &'static str;

    /// Whether a parcel's body goes once it is delivered or given up: what names people and is told nowhere else.
    fn forgets(&self) -> bool {
        false
    }

    /// Delivers; an error is tried again later.
    async fn deliver(&self, parcel: &Parcel) -> std::result::Result<(), String>;
}

/// Puts a parcel into the outbox, in the caller's transaction.
pub async fn put(tx: &mut Tx, carrier: &str, body: serde_json::Value) -> Result<Id<kinds::Outgoing>> {
    let id: Id<kinds::Outgoing> = tx.id();
    sql!("insert into outbox (id, carrier, body, tries, next_at, created_at) values ($1, $2, $3, 0, $4, $4)")
        .bind(id)
        .bind(carrier)
        .bind(body)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(id)
}

/// Delivers until the program stops.
pub async fn run(db: Db, carriers: Vec<Arc<dyn Outgoing>>, mut stop: Stop) {
    while !stop.is_set() {
        match deliver_due(&db, &carriers).await {
            Ok(0) => stop.sleep(TICK).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read; trying again");
                stop.sleep(TICK).await;
            }
        }
    }
}

/// Tries every parcel that is due; gives how many were tried.
pub async fn deliver_due(db: &Db, carriers: &[Arc<dyn Outgoing>]) -> Result<usize> {
    let mut tried = 0;
    for carrier in carriers {
        while let Some(parcel) = take(db, carrier.carrier()).await? {
            let delivering = AssertUnwindSafe(carrier.deliver(&parcel)).catch_unwind();
            let delivered =
                delivering.await.unwrap_or_else(|panic| Err(Error::panicked(&*panic).to_string()));
            settle(db, parcel, delivered, carrier.forgets()).await?;
            tried += 1;
        }
    }
    Ok(tried)
}

/// Takes the next due parcel under a lease: if this process dies, it comes free again.
async fn take(db: &Db, carrier: &'static str) -> Result<Option<Parcel>> {
    db.write(Lane::Reaction, move |tx| {
        async move {
            sql!(
                "update outbox set next_at = $1, tries = tries + 1 where next_at <= $2 and id = \
                 (select id from outbox where carrier = $3 and sent_at is null and given_up_at is null \
                 and next_at <= $2 order by next_at, id limit 1) \
                 and not exists (select 1 from settings where name = 'sending.frozen') returning id, carrier, body, tries"
            )
            .bind(tx.now().plus(LEASE))
            .bind(tx.now())
            .bind(carrier)
            .fetch_optional(tx)
            .await
        }
        .boxed()
    })
    .await
}

async fn settle(
    db: &Db,
    parcel: Parcel,
    delivered: std::result::Result<(), String>,
    forgets: bool,
) -> Result<()> {
    db.write(Lane::Reaction, move |tx| {
        async move {
            match delivered {
                Ok(()) => sent(tx, parcel.id).await?,
                Err(error) => failed(tx, &parcel, &error).await?,
            }
            if forgets { forget(tx, parcel.id).await } else { Ok(()) }
        }
        .boxed()
    })
    .await
}

async fn sent(tx: &mut Tx, id: i64) -> Result<()> {
    sql!("update outbox set sent_at = $1, error = null where id = $2")
        .bind(tx.now())
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Empties a parcel that nobody tries any more.
async fn forget(tx: &mut Tx, id: i64) -> Result<()> {
    sql!("update outbox set body = $1 where id = $2 and (sent_at is not null or given_up_at is not null)")
        .bind(serde_json::json!({}))
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

async fn failed(tx: &mut Tx, parcel: &Parcel, error: &str) -> Result<()> {
    let given_up = (parcel.tries >= TRIES).then(|| tx.now());
    let wait = Instant::SECOND << parcel.tries.clamp(0, 12);
    sql!("update outbox set next_at = $1, error = $2, given_up_at = $3 where id = $4 and sent_at is null")
        .bind(tx.now().plus(wait))
        .bind(error)
        .bind(given_up)
        .bind(parcel.id)
        .execute(tx)
        .await?;
    Ok(())
}
