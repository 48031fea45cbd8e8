//! One-time codes: six digits that prove who reads a mailbox.
//!
//! Invariants:
//! - A code works for ten minutes, once, and dies with its fifth wrong try; asking for another replaces it.
//! - Every count stands in the database, under its row's lock: several nodes and many tries at once count together.
//! - What is kept is no code, and no address: both are veiled with the company's key.

use super::signed;
use crate::{Answer, Problem};
use kernel::{Chance, Instant};
use store::{Result, Tx, sql};
use subtle::ConstantTimeEq;

/// How long a code works.
pub const LASTS: i64 = 10 * 60 * Instant::SECOND;
/// Wrong tries that a code takes.
const TRIES: i64 = 5;
/// The window in which codes and tries are counted.
const WINDOW: i64 = Instant::HOUR;
/// Codes for one mailbox in a window: more would be a nuisance to whoever reads it.
const FOR_ONE: i64 = 5;
/// Codes asked for from one address of the network in a window.
const FROM_ONE: i64 = 20;
/// Tries from one address of the network in a window.
const TRIED_FROM_ONE: i64 = 60;

/// Makes a code for `name` (what is proved, such as an address and what for), asked for from `address`. The code is to be
/// sent to the mailbox and nowhere else.
///
/// # Errors
/// 429 when too many were asked for.
pub async fn issue(tx: &mut Tx, name: &str, address: &str) -> Answer<String> {
    let name = hidden(tx, name).await?;
    count(tx, &format!("code for {name}"), FOR_ONE).await?;
    count(tx, &format!("code from {address}"), FROM_ONE).await?;
    let code = digits(&*tx.environment().chance.clone());
    let veiled = signed::veiled(tx, "code", &format!("{name} {code}")).await?;
    sql!(
        "insert into one_time_codes (name, veiled, tries, expires_at) values ($1, $2, 0, $3) \
         on conflict (name) do update set veiled = excluded.veiled, tries = 0, expires_at = excluded.expires_at"
    )
    .bind(&name)
    .bind(veiled)
    .bind(tx.now().plus(LASTS))
    .execute(tx)
    .await?;
    Ok(code)
}

/// Whether `typed` is the code for `name`; then it is used up. The caller's transaction must be kept either way, because
/// it counts the try.
///
/// # Errors
/// 429 when too many were tried.
pub async fn take(tx: &mut Tx, name: &str, typed: &str, address: &str) -> Answer<bool> {
    let name = hidden(tx, name).await?;
    count(tx, &format!("code tried from {address}"), TRIED_FROM_ONE).await?;
    let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
    let row: Option<(Vec<u8>,)> = sql!(
        "update one_time_codes set tries = tries + 1 where name = $1 and expires_at > $2 and tries < $3 returning veiled"
    )
    .bind(&name)
    .bind(tx.now())
    .bind(TRIES)
    .fetch_optional(tx)
    .await?;
    let veiled = signed::veiled(tx, "code", &format!("{name} {typed}")).await?;
    let is_right = row.is_some_and(|(kept,)| bool::from(kept.ct_eq(&veiled)));
    if is_right {
        sql!("delete from one_time_codes where name = $1").bind(&name).execute(tx).await?;
    }
    Ok(is_right)
}

/// Removes what has run out.
pub(super) async fn sweep(tx: &mut Tx) -> Result<()> {
    sql!("delete from one_time_codes where expires_at < $1").bind(tx.now()).execute(tx).await?;
    Ok(())
}

async fn hidden(tx: &mut Tx, name: &str) -> Result<String> {
    let veiled = signed::veiled(tx, "code name", name).await?;
    Ok(veiled.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn digits(chance: &dyn Chance) -> String {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    // Of 2^64 numbers a millionth each: no code is likelier than another by more than one in ten trillion.
    format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000)
}

/// Counts under the row's lock, in the table that sign-in counts in.
async fn count(tx: &mut Tx, name: &str, limit: i64) -> Answer<()> {
    let (tries, since): (i64, Instant) = sql!(
        "insert into sign_in_tries (name, tries, since) values ($1, 1, $2) on conflict (name) do update set \
         tries = case when sign_in_tries.since > $3 then sign_in_tries.tries + 1 else 1 end, \
         since = case when sign_in_tries.since > $3 then sign_in_tries.since else excluded.since end \
         returning tries, since"
    )
    .bind(name)
    .bind(tx.now())
    .bind(tx.now().plus(-WINDOW))
    .fetch_one(tx)
    .await?;
    if tries <= limit {
        return Ok(());
    }
    let left = since.plus(WINDOW).micros() - tx.now().micros();
    Err(Problem::too_many("code_busy", (left + Instant::SECOND - 1) / Instant::SECOND))
}
