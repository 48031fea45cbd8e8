//! The reaction that shows a recorded reason on the board at once.

use super::cause::{Cause, Causes};
use super::store;
use crate::population::{PartyId, Population};
use ::store::log::Interaction;
use ::store::reaction::Reaction;
use ::store::{Result, Tx, sql};
use async_trait::async_trait;
use kernel::{Day, Instant};
use know::facts::{self, History};
use know::parties::root;
use std::collections::BTreeSet;
use web::Company;

/// Explains the departures of people about whom a reason was recorded or taken back.
pub struct LeavingReaction;

#[async_trait]
impl Reaction for LeavingReaction {
    fn name(&self) -> &'static str {
        "measure.leaving"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["leaving.recorded"]
    }

    async fn react(&self, tx: &mut Tx, batch: &[Interaction]) -> Result<()> {
        let touched: BTreeSet<PartyId> = batch.iter().filter_map(Interaction::party).collect();
        let roots = root::groups(tx, touched.iter().copied()).await?;
        for party in touched.into_iter().map(|party| roots.of(party)).collect::<BTreeSet<_>>() {
            explain(tx, party).await?;
        }
        Ok(())
    }
}

async fn explain(tx: &mut Tx, party: PartyId) -> Result<()> {
    let left_in = store::left_in(tx, party).await?;
    let Some(kept) = facts::store::kept(tx, &[party]).await?.pop() else { return Ok(()) };
    let mut population = Population::default();
    population.push(party, None, &History::days_from_bytes(&kept.history));
    let causes = causes_of(tx, party).await?;
    for month in left_in {
        let cause = causes.of(&population.person(0), month.last_day());
        store::explain(tx, party, month, cause).await?;
    }
    Ok(())
}

async fn causes_of(tx: &mut Tx, party: PartyId) -> Result<Causes> {
    let mut causes = Causes::default();
    let zone = Company::load(tx).await?.zone();
    let recorded: Option<(String, Instant)> = sql!(
        "select reason, at from leaving_reasons where party = $1 or party in \
         (select party from party_root where root = $1) order by at desc limit 1"
    )
    .bind(party)
    .fetch_optional(tx)
    .await?;
    if let Some((reason, at)) = recorded {
        causes.recorded.insert(party, (Cause::from_code(&reason), at.day_in(&zone)));
    }
    let refunds: Vec<(Day,)> = sql!(
        "select distinct day from order_lines where (party = $1 or party in \
         (select party from party_root where root = $1)) and amount < 0 and retracted_by is null order by day"
    )
    .bind(party)
    .fetch_all(tx)
    .await?;
    causes.refunds.insert(party, refunds.into_iter().map(|(day,)| day).collect());
    Ok(causes)
}
