//! The soft lock of sign-in: ten failures an hour for an account and for an address, counted in the database,
//! because there may be several nodes. Nobody is locked out for good.
//!
//! A try is counted before the password is looked at, so that many tries at once cannot pass the limit together; a
//! success takes its count back.

use super::token::Token;
use crate::{Answer, Problem};
use kernel::{Id, Instant, kinds};
use store::{FromRow, Result, Tx, sql};

/// Tries in a window.
const LIMIT: i64 = 10;
/// The window, in microseconds from its first try.
const WINDOW: i64 = Instant::HOUR;

/// The counters of one try: of what is tried, and of the address it comes from where anyone may try.
#[derive(Debug, Clone)]
pub(crate) struct Counters {
    tried: String,
    address: Option<String>,
}

impl Counters {
    /// The counters of an account, by its folded e-mail address, and of the caller's address.
    pub fn new(email: &str, address: &str) -> Self {
        Self { tried: format!("account {email}"), address: Some(format!("address {address}")) }
    }

    /// That of a one-time link, which nobody guesses: who was locked out must still be able to use their own.
    pub fn of_link(link: &Token) -> Self {
        let name: String = link.hash().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { tried: format!("link {name}"), address: None }
    }

    /// That of a session whose user proves something again: strangers who guess at the account do not stop it.
    pub fn of_session(session: Id<kinds::Session>) -> Self {
        Self { tried: format!("session {session}"), address: None }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        [&self.tried].into_iter().chain(&self.address)
    }

    /// Counts a try.
    ///
    /// # Errors
    /// 429 `sign_in_locked` with the seconds to wait, when a counter is full. The caller's transaction must not be
    /// kept then, so that refused tries do not make the wait longer.
    pub async fn count(&self, tx: &mut Tx) -> Answer<()> {
        for name in self.names() {
            let counter = count(tx, name).await?;
            if counter.tries > LIMIT {
                return Err(Problem::too_many("sign_in_locked", counter.seconds_left(tx)));
            }
        }
        Ok(())
    }

    /// Takes back the count of a try that was right as far as it went: the code is still to come.
    pub async fn forgive(&self, tx: &mut Tx) -> Result<()> {
        for name in self.names() {
            forgive(tx, name).await?;
        }
        Ok(())
    }

    /// Takes the count back after a success: that of what was tried wholly, the address's by this one try.
    pub async fn succeed(&self, tx: &mut Tx) -> Result<()> {
        self.forgive(tx).await?;
        sql!("delete from sign_in_tries where name = $1").bind(&self.tried).execute(tx).await?;
        Ok(())
    }
}

/// How often something was tried in its window.
#[derive(FromRow)]
pub(crate) struct Counter {
    pub tries: i64,
    since: Instant,
}

impl Counter {
    /// Seconds until the window is over.
    pub fn seconds_left(&self, tx: &Tx) -> i64 {
        let left = self.since.plus(WINDOW).micros() - tx.now().micros();
        (left + Instant::SECOND - 1) / Instant::SECOND
    }
}

/// Takes one try back.
pub(crate) async fn forgive(tx: &mut Tx, name: &str) -> Result<()> {
    sql!("update sign_in_tries set tries = tries - 1 where name = $1 and tries > 0")
        .bind(name)
        .execute(tx)
        .await?;
    Ok(())
}

/// Counting locks the row: tries at the same time wait for one another and see each other's counts.
pub(crate) async fn count(tx: &mut Tx, name: &str) -> Result<Counter> {
    sql!(
        "insert into sign_in_tries (name, tries, since) values ($1, 1, $2) on conflict (name) do update set \
         tries = case when sign_in_tries.since > $3 then sign_in_tries.tries + 1 else 1 end, \
         since = case when sign_in_tries.since > $3 then sign_in_tries.since else excluded.since end \
         returning tries, since"
    )
    .bind(name)
    .bind(tx.now())
    .bind(tx.now().plus(-WINDOW))
    .fetch_one(tx)
    .await
}

/// Removes counters whose window is over.
pub(super) async fn sweep(tx: &mut Tx) -> Result<()> {
    sql!("delete from sign_in_tries where since <= $1").bind(tx.now().plus(-WINDOW)).execute(tx).await?;
    Ok(())
}
