//! Shops that are asked (가져오기): SmartStore, which tells nothing by itself, every few minutes; Cafe24, which loses
//! deliveries, every night.
//!
//! Invariants:
//! - What is fetched is kept as a delivery and applied like one (`apply`): deduplicated, shown, replayable.
//! - Where a shop has been asked up to (`cursor`) moves in the transaction that keeps what it answered, and each turn asks
//!   for a little before it again: a turn that is cut off, or comes twice, loses and doubles nothing.
//! - A delivery of Cafe24 counts as missed only if what it would have told is not here and nothing else waits.
//! - Secrets go to the address they were entered for, are shown to nobody and stand in no log; what failed is kept as a
//!   code.
//! - A company that comes from a backup asks nobody before an owner lifts the freeze: its tokens may be in use elsewhere.

pub mod api;
mod bcrypt;
mod cafe24;
mod errand;
mod http;
pub mod model;
mod smartstore;
pub mod store;
mod work;

use ::store::{Result, Tx};
use web::Registry;

/// Times in a row that a shop does not answer before somebody is told: once or twice it comes back by itself.
const TOLD_AFTER: i64 = 3;

/// Shops that do not answer any more.
pub async fn failing(tx: &mut Tx) -> Result<Vec<store::Silent>> {
    store::failing(tx, TOLD_AFTER).await
}

/// Plugs the work in; it goes as far as webhooks do.
pub fn register(registry: &mut Registry) {
    let reach = registry.reach();
    registry.timer(work::Due);
    registry.work(work::Fetch::new(reach));
}
