//! How the demo's owner judges the best customers: growth, fit, power, price and the will to go on.

use kernel::{Id, kinds};
use know::assessments::{self, Input, NewAssessment, Recorder, Standing};
use simulate::{CustomerKey, Shop};
use std::collections::BTreeMap;
use store::{Result, Tx};

type PartyId = Id<kinds::Party>;

/// Customers who are judged.
const BEST: usize = 30;
/// What is judged, and how the scores of one place after the other step around: from, step, how many there are.
const SCORES: [(Input, i64, i64, i64); 6] = [
    (Input::Potential, 3, 7, 8),
    (Input::Fit, 5, 5, 6),
    (Input::PurchaseNeeds, 4, 4, 7),
    (Input::BargainingPower, 0, 3, 8),
    (Input::PriceSensitivity, 1, 5, 9),
    (Input::Intention, 5, 1, 6),
];

/// Those who spent most, most first.
pub fn best(shop: &Shop, party_of: impl Fn(&CustomerKey) -> Option<PartyId>) -> Vec<PartyId> {
    let mut spent: BTreeMap<String, (i64, Option<PartyId>)> = BTreeMap::new();
    for order in shop.orders() {
        let Some(key) = order.customer else { continue };
        let sum: i64 = order.lines.iter().map(|line| line.amount_minor).sum();
        spent.entry(key.to_string()).or_insert_with(|| (0, party_of(&key))).0 += sum;
    }
    let mut all: Vec<_> = spent.into_values().filter_map(|(sum, party)| Some((sum, party?))).collect();
    all.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    all.into_iter().take(BEST).map(|(_, party)| party).collect()
}

/// Judges them, as `by`; every third has brought somebody.
pub async fn fill(tx: &mut Tx, best: &[PartyId], by: &str) -> Result<()> {
    let standing = Standing::now(tx).await?;
    let by = Recorder { name: by.into(), ..Recorder::default() };
    for (place, party) in (0..).zip(best) {
        let scores = SCORES.map(|(input, from, step, many)| (input, from + place * step % many));
        let brought = (place % 3 == 0).then_some((Input::Referral, 1));
        for (input, value) in scores.into_iter().chain(brought) {
            let new = NewAssessment { input, value, currency: None, day: None, source: None, note: None };
            assessments::insert(tx, *party, &new, standing, &by).await?;
        }
    }
    Ok(())
}
