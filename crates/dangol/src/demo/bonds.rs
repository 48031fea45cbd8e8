//! The bonds of the demo's customers: the more often someone came, the more ties them to the shop.

use jiff::tz::TimeZone;
use kernel::{Day, Id, Instant, kinds};
use know::bonds::{self, Level, NewBond, Recorder};
use simulate::{CustomerKey, Shop};
use std::collections::BTreeMap;
use store::{Result, Tx};

type PartyId = Id<kinds::Party>;

/// After how many orders, for one in how many of those who got so far, at which level, and what it is.
const BONDS: [(usize, usize, Level, &str); 3] = [
    (3, 1, Level::Financial, "쿠폰 회원"),
    (12, 2, Level::Social, "커피 교실"),
    (30, 3, Level::Structural, "원두 정기배송"),
];

/// A bond from the day of one of somebody's orders.
pub struct Given {
    party: PartyId,
    new: NewBond,
}

/// Who has which bond, in the order of the shop's own keys.
pub fn given(shop: &Shop, zone: &TimeZone, party_of: impl Fn(&CustomerKey) -> Option<PartyId>) -> Vec<Given> {
    let mut days: BTreeMap<String, (PartyId, Vec<Day>)> = BTreeMap::new();
    for order in shop.orders().iter().filter(|order| order.refund_of.is_none()) {
        let Some((key, party)) = order.customer.and_then(|key| Some((key, party_of(&key)?))) else {
            continue;
        };
        let of = days.entry(key.to_string()).or_insert((party, Vec::new()));
        of.1.push(Instant::from(order.at).day_in(zone));
    }
    let bonds_of = |(place, (party, days)): (usize, (PartyId, Vec<Day>))| {
        let reached = BONDS.into_iter().filter(move |(_, one_in, ..)| place % one_in == 0);
        reached.filter_map(move |(orders, _, level, name)| {
            let started = days.get(orders - 1).copied()?;
            let new = NewBond { level, name: name.into(), started: Some(started), ended: None, source: None };
            Some(Given { party, new })
        })
    };
    days.into_values().enumerate().flat_map(bonds_of).collect()
}

/// Writes them, entered by `by`.
pub async fn fill(tx: &mut Tx, given: &[Given], by: &str) -> Result<()> {
    let today = web::Company::load(tx).await?.today(&*tx.environment().clock.clone());
    let by = Recorder { name: by.into(), ..Recorder::default() };
    for Given { party, new } in given {
        bonds::insert(tx, *party, new, today, &by).await?;
    }
    Ok(())
}
