//! What somebody refused while two records of theirs were one, when the records become two again.
//!
//! A refusal stops everything on its medium at once (Korea's Network Act, article 50(2)), and whoever made it made it for
//! all there was of them: a record that had agreed before must not be written to again because a merge was taken back.

use super::model::PartyId;
use super::{ledger, record};
use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::Instant;

#[derive(FromRow)]
struct Refusal {
    id: i64,
    at: Instant,
    channel: String,
    purpose: String,
    topic: String,
    state: String,
    source: String,
}

/// What `group` refused since the row `since`: when, and on which medium.
pub async fn refused_since(tx: &mut Tx, since: i64, group: &[PartyId]) -> Result<Vec<(Instant, String)>> {
    let refusals = refusals(tx, since, group).await?;
    Ok(refusals.into_iter().map(|refusal| (refusal.at, refusal.channel)).collect())
}

/// Writes what one side refused since the row `since` into the ledger of the other; the first of each side stands for it.
pub async fn share_refusals(tx: &mut Tx, since: i64, sides: &[Vec<PartyId>; 2]) -> Result<()> {
    for (side, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
        let Some(head) = other.first().filter(|head| !side.contains(head)) else { continue };
        for refusal in refusals(tx, since, side).await? {
            let copy = ledger::copy(tx, refusal.id, *head).await?;
            let words = [&refusal.channel, &refusal.purpose, &refusal.topic, &refusal.state, &refusal.source];
            let entry = record::recorded(tx, copy, *head, words.map(String::as_str));
            log::append(tx, Entry { at: refusal.at, ..entry }).await?;
        }
    }
    Ok(())
}

async fn refusals(tx: &mut Tx, since: i64, parties: &[PartyId]) -> Result<Vec<Refusal>> {
    let mut query = sql_rows!(
        1,
        "select id, at, channel, purpose, topic, state, source from consents where id > $1 and state in ('refused', 'withdrawn') \
         and party in (values {rows}) order by id"
    )
    .bind(since);
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    query.fetch_of_set(tx).await
}
