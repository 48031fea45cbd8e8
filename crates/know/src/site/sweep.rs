//! Forgetting visits of people when their period ends.

use super::settings::SiteSettings;
use super::store;
use ::store::timer::{self, OnTimer};
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::Instant;
use web::Starter;

/// The timer.
const SWEEP: &str = "know.site_sweep";
/// How often it is looked.
const OFTEN: i64 = Instant::HOUR;
/// Visits forgotten at once.
const AT_ONCE: i64 = 2_000;

/// Forgets them.
pub(super) struct Sweep;

#[async_trait]
impl Starter for Sweep {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        if timer::is_set(tx, SWEEP, "").await? {
            return Ok(());
        }
        let due = tx.now().plus(OFTEN);
        timer::set(tx, SWEEP, "", due).await
    }
}

#[async_trait]
impl OnTimer for Sweep {
    fn kind(&self) -> &'static str {
        SWEEP
    }

    async fn due(&self, tx: &mut Tx, _: &str) -> Result<Option<Instant>> {
        let days = i64::from(SiteSettings::load(tx).await?.kept_days);
        let before = tx.now().plus(-days * Instant::DAY);
        let forgotten = i64::try_from(store::forget_before(tx, before, AT_ONCE).await?).unwrap_or(i64::MAX);
        if forgotten > 0 {
            store::report(tx, before, forgotten).await?;
        }
        // As many as go at once: there may be more, and the period is a promise.
        let wait = if forgotten < AT_ONCE { OFTEN } else { 0 };
        Ok(Some(tx.now().plus(wait)))
    }
}
