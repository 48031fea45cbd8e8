//! Reading everyone: from the facts that follow the log, or from order rows as of an earlier day.

use super::{PartyId, Population};
use ::store::{Db, FromRow, Result, Tx, sql};
use futures::TryStreamExt;
use kernel::{Currency, Day};
use know::facts::store::totals_as_of;
use know::facts::{History, OrderDay, OrderTotal};
use std::collections::HashMap;

/// People read in one go: one page is one short transaction.
const PAGE: i64 = 5_000;

/// Someone as facts keep them.
#[derive(FromRow)]
pub struct Kept {
    party: PartyId,
    /// The currency of most of their orders.
    pub currency: Option<Currency>,
    history: Vec<u8>,
    /// Where they stand in their life as a customer.
    pub state: String,
}

/// Everyone as facts keep them, with the order days up to `today`, in the order of their ids; `each` sees every person
/// and their days on the way, with what was spent on them.
pub async fn from_facts(
    db: &Db,
    today: Day,
    mut each: impl FnMut(&Kept, &[OrderDay]) + Send,
) -> Result<Population> {
    let (mut population, mut after) = (Population::default(), 0);
    loop {
        let mut tx = db.read().await?;
        let page: Vec<Kept> = sql!(
            "select party, currency, history, state from facts where party > $1 order by party limit $2"
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut tx)
        .await?;
        let Some(last) = page.last() else { return Ok(population) };
        after = last.party.number();
        for row in page {
            let mut days = History::days_from_bytes(&row.history);
            days.truncate(days.partition_point(|day| day.day <= today));
            each(&row, &days);
            population.push(row.party, row.currency, &days);
        }
    }
}

/// Everyone with an order line up to `as_of`, from the order rows: what was known by then.
pub async fn as_of(tx: &mut Tx, as_of: Day) -> Result<Population> {
    let mut population = Population::default();
    let mut rows = totals_as_of(tx, as_of);
    let (mut current, mut totals): (Option<PartyId>, Vec<OrderTotal>) = (None, Vec::new());
    while let Some((party, total)) = rows.try_next().await? {
        if let Some(before) = current.replace(party).filter(|before| *before != party) {
            add(&mut population, before, &mut totals);
        }
        totals.push(total);
    }
    if let Some(last) = current {
        add(&mut population, last, &mut totals);
    }
    Ok(population)
}

fn add(population: &mut Population, party: PartyId, totals: &mut Vec<OrderTotal>) {
    let history = History::from_totals(totals);
    population.push(party, history.currency, &history.days);
    totals.clear();
}

/// The days up to `as_of` on which something was refunded, ascending, of everyone who had a refund.
pub async fn refund_days(tx: &mut Tx, as_of: Day) -> Result<HashMap<PartyId, Vec<Day>>> {
    let mut rows = sql!(
        "select distinct coalesce(r.root, l.party) as party, l.day from order_lines l \
         left join party_root r on r.party = l.party where l.amount < 0 and l.party is not null \
         and l.retracted_by is null and l.day <= $1 order by 1, 2"
    )
    .bind(as_of)
    .stream::<(PartyId, Day)>(tx);
    let mut refunds: HashMap<PartyId, Vec<Day>> = HashMap::new();
    while let Some((party, day)) = rows.try_next().await? {
        refunds.entry(party).or_default().push(day);
    }
    Ok(refunds)
}
