//! Applying what was kept: a timer a shop, set with the first delivery that waits, in turns that are short.

use super::model::{DeliveryState, Shop, ShopId, Waiting};
use super::store::{self, Settled};
use super::{KEPT_DAYS, apply};
use ::store::timer::{self, OnTimer};
use ::store::{Result, Tx, attempt};
use async_trait::async_trait;
use kernel::{Id, Instant};
use web::{Company, Starter};

/// The timer of a shop; its key is the shop's number.
const TURN: &str = "know.shops";
/// The timer that forgets what is old.
const SWEEP: &str = "know.shops_sweep";
/// Deliveries of a turn: about 50 ms of writing.
const AT_ONCE: i64 = 40;
/// How often a delivery is tried that the database refused.
const TRIES: i64 = 5;
/// How long it waits then.
const PAUSE: i64 = 5 * Instant::SECOND;
/// How often what is old is looked for.
const SWEPT: i64 = 10 * 60 * Instant::SECOND;
/// Bodies forgotten at once.
const FORGOTTEN: i64 = 5_000;

/// Asks for a turn of a shop, in the transaction that keeps the delivery.
pub async fn ask(tx: &mut Tx, shop: ShopId) -> Result<()> {
    let key = shop.number().to_string();
    // Whoever sets it again waits for the turn that runs (PostgreSQL): a storm would stand in line.
    if timer::is_set(tx, TURN, &key).await? {
        return Ok(());
    }
    let now = tx.now();
    timer::set(tx, TURN, &key, now).await
}

/// Applies what waits.
pub struct Turn;

#[async_trait]
impl OnTimer for Turn {
    fn kind(&self) -> &'static str {
        TURN
    }

    async fn due(&self, tx: &mut Tx, key: &str) -> Result<Option<Instant>> {
        let id: ShopId = Id::from_number(key.parse().unwrap_or_default());
        let Some(shop) = store::find(tx, id).await? else { return Ok(None) };
        let company = Company::load(tx).await?;
        let waiting = store::waiting(tx, id, AT_ONCE).await?;
        let mut again = false;
        for delivery in &waiting {
            again |= !one(tx, &shop, &company, delivery).await?;
        }
        let now = tx.now();
        // As long as there was something, somebody may have added to it without setting the timer.
        Ok((!waiting.is_empty()).then(|| if again { now.plus(PAUSE) } else { now }))
    }
}

/// Applies one delivery; gives whether that is settled. What the database refuses takes no other along.
async fn one(tx: &mut Tx, shop: &Shop, company: &Company, delivery: &Waiting) -> Result<bool> {
    attempt::begin(tx).await?;
    let done = apply::apply(tx, shop, company, delivery).await;
    let settled = match attempt::end(tx, done).await? {
        Ok(settled) => settled,
        Err(error) if delivery.tries + 1 < TRIES => {
            tracing::warn!(%error, delivery = %delivery.id, "what a shop told could not be applied; trying again");
            store::tried(tx, delivery.id).await?;
            return Ok(false);
        }
        Err(error) => {
            tracing::error!(%error, delivery = %delivery.id, "what a shop told could not be applied");
            Settled {
                state: DeliveryState::Failed,
                outcome: "broken",
                object: None,
                party: None,
                forget: delivery.body.as_deref().is_some_and(reading::has_resident_number),
            }
        }
    };
    store::settle(tx, delivery.id, &settled).await?;
    Ok(true)
}

/// Forgets what is old, and wakes what was left waiting.
pub struct Sweep;

#[async_trait]
impl Starter for Sweep {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, SWEEP, "often", now.plus(SWEPT)).await
    }
}

#[async_trait]
impl OnTimer for Sweep {
    fn kind(&self) -> &'static str {
        SWEEP
    }

    async fn due(&self, tx: &mut Tx, _: &str) -> Result<Option<Instant>> {
        let now = tx.now();
        store::forget_before(tx, now.plus(-KEPT_DAYS * Instant::DAY), FORGOTTEN).await?;
        for (shop,) in store::with_waiting(tx).await? {
            ask(tx, shop).await?;
        }
        Ok(Some(now.plus(SWEPT)))
    }
}
