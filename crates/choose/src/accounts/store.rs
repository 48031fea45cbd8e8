//! Decisions and the watch in the database.

use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Currency, Id, Instant, Month, kinds};
use serde_json::json;
use web::Actor;

type PartyId = Id<kinds::Party>;
type DecisionId = Id<kinds::AccountDecision>;

/// Decisions that are shown.
const SHOWN: i64 = 200;
/// Customers who are watched at most.
pub const WATCHED: i64 = 300;

/// A decision about a customer.
#[derive(Debug, Clone, FromRow)]
pub struct Decision {
    pub id: DecisionId,
    /// Who stands for them now.
    pub party: PartyId,
    pub decision: String,
    pub reason: String,
    pub score: Option<f64>,
    pub place: Option<i64>,
    pub at: Instant,
    pub by_name: String,
}

/// A decision to write.
#[derive(Debug, Clone)]
pub struct NewDecision {
    pub party: PartyId,
    pub decision: &'static str,
    pub reason: String,
    /// The place and the score on the day.
    pub place: Option<(usize, f64)>,
}

/// Writes a decision and tells the log.
pub async fn decide(tx: &mut Tx, actor: &Actor, new: &NewDecision) -> Result<()> {
    let id: DecisionId = tx.id();
    sql!(
        "insert into account_decisions (id, party, decision, reason, score, place, at, by_user, by_name) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(id)
    .bind(new.party)
    .bind(new.decision)
    .bind(&new.reason)
    .bind(new.place.map(|(_, score)| score))
    .bind(new.place.and_then(|(place, _)| i64::try_from(place).ok()))
    .bind(tx.now())
    .bind(actor.user)
    .bind(&actor.name)
    .execute(tx)
    .await?;
    let entry = Entry::live(tx, "account.decided", id.number()).about(new.party);
    log::append(tx, entry.with(json!({ "decision": new.decision }))).await
}

/// The decisions, the latest first.
pub async fn decisions(tx: &mut Tx) -> Result<Vec<Decision>> {
    sql!(
        "select d.id, coalesce(r.root, d.party) as party, d.decision, d.reason, d.score, d.place, d.at, d.by_name \
         from account_decisions d left join party_root r on r.party = d.party order by d.id desc limit $1"
    )
    .bind(SHOWN)
    .fetch_all(tx)
    .await
}

/// The last decision about who stands for a customer.
pub async fn last_of(tx: &mut Tx, root: PartyId) -> Result<Option<Decision>> {
    sql!(
        "select d.id, coalesce(r.root, d.party) as party, d.decision, d.reason, d.score, d.place, d.at, d.by_name \
         from account_decisions d left join party_root r on r.party = d.party \
         where d.party = $1 or r.root = $1 order by d.id desc limit 1"
    )
    .bind(root)
    .fetch_optional(tx)
    .await
}

/// Somebody who was left out, with what was expected of them.
#[derive(Debug, Clone, FromRow)]
pub struct Watched {
    pub party: PartyId,
    /// Net purchases a month, in minor units.
    pub forecast: i64,
    pub currency: Currency,
    pub basis: String,
    /// The first month that counts: the one after the decision.
    pub since: Month,
}

/// Who is watched.
pub async fn watched(tx: &mut Tx) -> Result<Vec<Watched>> {
    sql!(
        "select coalesce(r.root, w.party) as party, w.forecast, w.currency, w.basis, w.since from account_watch w \
         left join party_root r on r.party = w.party order by w.at, w.party limit $1"
    )
    .bind(WATCHED)
    .fetch_all(tx)
    .await
}

/// Begins to watch a customer, unless they are watched already.
pub async fn watch(tx: &mut Tx, watched: &Watched) -> Result<()> {
    sql!(
        "insert into account_watch (party, forecast, currency, basis, since, at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (party) do nothing"
    )
    .bind(watched.party)
    .bind(watched.forecast)
    .bind(watched.currency)
    .bind(&watched.basis)
    .bind(watched.since)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends the watch on a customer and on whoever was merged into them.
pub async fn unwatch(tx: &mut Tx, root: PartyId) -> Result<()> {
    sql!("delete from account_watch where party = $1 or party in (select party from party_root where root = $1)")
        .bind(root)
        .execute(tx)
        .await?;
    Ok(())
}
