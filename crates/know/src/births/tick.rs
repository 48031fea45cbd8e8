//! Birthdays pass: a tick just after the company's midnight moves those that did.

use super::store;
use ::store::timer::{self, OnTimer};
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::Instant;
use web::{Company, Starter};

/// The kind of the timer.
const TICK: &str = "know.birthdays";
/// Its key: there is one.
const DAILY: &str = "daily";
/// Birthdays moved in one transaction: a slice that keeps nobody waiting.
const PAGE: i64 = 500;
/// How long after midnight it comes.
const PAST_MIDNIGHT: i64 = 2 * Instant::SECOND;

/// Moves birthdays that passed.
pub struct Tick;

#[async_trait]
impl OnTimer for Tick {
    fn kind(&self) -> &'static str {
        TICK
    }

    async fn due(&self, tx: &mut Tx, _key: &str) -> Result<Option<Instant>> {
        let clock = tx.environment().clock.clone();
        let company = Company::load(tx).await?;
        let today = company.today(&*clock);
        if i64::try_from(store::move_passed(tx, today, PAGE).await?).is_ok_and(|moved| moved >= PAGE) {
            return Ok(Some(tx.now()));
        }
        Ok(Some(today.plus(1).start_in(&company.zone()).plus(PAST_MIDNIGHT)))
    }
}

#[async_trait]
impl Starter for Tick {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, TICK, DAILY, now).await
    }
}
