//! Deciding: approvals and removals together, with the watch on everyone left out.

use super::screen::Pool;
use super::store::{self, NewDecision, WATCHED, Watched};
use super::watch::{self, Forecast};
use crate::worth::AccountSettings;
use crate::worth::store as worth;
use ::store::{Tx, sql};
use kernel::{Id, kinds};
use know::parties;
use know::privacy::suspension;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use web::{Actor, Answer, Company, Problem, audit};

type PartyId = Id<kinds::Party>;

/// Decisions of one request.
const DECISIONS: usize = 50;
/// Characters of a reason.
const REASON: usize = 500;

/// Decisions about key accounts.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = AccountDecisions)]
#[serde(default)]
pub struct Decisions {
    /// Who becomes a key account, and why.
    approve: Vec<AccountReason>,
    /// Who is none any more, and why.
    remove: Vec<AccountReason>,
}

/// A customer and a written reason.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountReason {
    /// The customer.
    #[schema(value_type = String)]
    party: PartyId,
    /// Why, in words.
    reason: String,
}

impl Decisions {
    fn all(&self) -> impl Iterator<Item = (&AccountReason, &'static str)> {
        let approve = self.approve.iter().map(|one| (one, "approved"));
        approve.chain(self.remove.iter().map(|one| (one, "removed")))
    }

    /// Refuses what cannot be decided whatever the customers are.
    pub fn check(&self) -> Answer<()> {
        let count = self.all().count();
        if count == 0 || count > DECISIONS {
            return Err(Problem::invalid("invalid").field("approve", "decision_count"));
        }
        let parties: BTreeSet<PartyId> = self.all().map(|(one, _)| one.party).collect();
        if parties.len() < count {
            return Err(Problem::invalid("invalid").field("approve", "decided_twice"));
        }
        let mut problem = Problem::invalid("account_reason_missing");
        for (one, decision) in self.all() {
            let field = if decision == "approved" { "approve" } else { "remove" };
            match one.reason.trim().chars().count() {
                0 => problem = problem.field(field, "reason_required"),
                1..=REASON => {}
                _ => problem = problem.field(field, "too_long"),
            }
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

/// Writes the decisions and begins to watch those left out.
pub async fn decide(tx: &mut Tx, actor: &Actor, asked: &Decisions) -> Answer<()> {
    hold(tx).await?;
    let company = Company::load(tx).await?;
    let settings = AccountSettings::load(tx).await?;
    let pool = Pool::load(tx, &settings, company.currency).await?;
    let keys = worth::keys(tx).await?;
    for (one, decision) in asked.all() {
        parties::store::standing(tx, one.party, actor.sight).await?;
        if decision == "approved" && suspension::since(tx, one.party).await?.is_some() {
            return Err(Problem::conflict("party_not_used").member("party", one.party.to_string()));
        }
        let is_key = keys.contains(&one.party);
        if is_key == (decision == "approved") {
            let code = if is_key { "account_is_key" } else { "account_not_key" };
            return Err(Problem::conflict(code).member("party", one.party.to_string()));
        }
        let place = pool.place(one.party);
        let new = NewDecision { party: one.party, decision, reason: one.reason.trim().to_owned(), place };
        store::decide(tx, actor, &new).await?;
        store::unwatch(tx, one.party).await?;
        let detail = serde_json::json!({ "decision": decision });
        audit::write(tx, Some(actor), "account.decided", Some(one.party.number()), detail).await?;
    }
    let today = company.today(&*tx.environment().clock.clone());
    watch_left_out(tx, &pool, today, company.currency).await
}

/// Approves the best of those ranked, each with the next of `reasons`.
pub async fn approve_best(tx: &mut Tx, actor: &Actor, reasons: &[&str]) -> Answer<()> {
    let currency = Company::load(tx).await?.currency;
    let settings = AccountSettings::load(tx).await?;
    let pool = Pool::load(tx, &settings, currency).await?;
    let best = pool.screening.ranked.iter().map(|account| pool.parties[account.row]);
    let approve = best.zip(reasons).map(|(party, reason)| AccountReason { party, reason: (*reason).into() });
    let asked = Decisions { approve: approve.collect(), remove: Vec::new() };
    if asked.approve.is_empty() { Ok(()) } else { decide(tx, actor, &asked).await }
}

/// Decisions take turns, with each other and with the reaction that reads them (PostgreSQL; SQLite has one writer).
async fn hold(tx: &mut Tx) -> ::store::Result<()> {
    sql!("update reactions set turned_at = turned_at where name = $1")
        .bind(crate::worth::WORTH_REACTION)
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps what is expected of everyone screened who is no key account and not watched yet.
async fn watch_left_out(
    tx: &mut Tx,
    pool: &Pool,
    today: kernel::Day,
    currency: kernel::Currency,
) -> Answer<()> {
    let keys = worth::keys(tx).await?;
    let known: BTreeSet<PartyId> = store::watched(tx).await?.into_iter().map(|one| one.party).collect();
    let room = usize::try_from(WATCHED).unwrap_or(0).saturating_sub(known.len());
    let left: Vec<PartyId> = pool
        .parties
        .iter()
        .copied()
        .filter(|party| !keys.contains(party) && !known.contains(party))
        .collect();
    let forecasts = watch::forecasts(tx, &left, &pool.figures, today, currency).await?;
    for (party, expected) in forecasts.into_iter().take(room) {
        let since = today.month().plus(1);
        let Forecast { amount, currency, basis } = expected;
        let watched = Watched { party, forecast: amount, currency, basis: basis.into(), since };
        store::watch(tx, &watched).await?;
    }
    Ok(())
}
