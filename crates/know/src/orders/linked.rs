//! Refunds whose rows name nobody: they belong to whoever bought what they take back. A list of refunds often has the
//! order's number alone.

use super::model::Line;
use ::store::{Result, Tx, sql_rows};
use kernel::{Id, kinds};
use std::collections::HashMap;

type PartyId = Id<kinds::Party>;

/// Gives the refunds among `lines` that are nobody's to the buyer of their order, among these lines or there already.
pub async fn adopt(tx: &mut Tx, source: &str, lines: &mut [Line]) -> Result<()> {
    let is_orphan = |line: &Line| line.party.is_none() && line.amount < 0;
    if !lines.iter().any(is_orphan) {
        return Ok(());
    }
    let bought = |line: &Line| Some((line.key.order_no.clone(), line.party?));
    let mut buyers: HashMap<String, PartyId> = lines.iter().filter_map(bought).collect();
    let unknown = lines.iter().filter(|line| is_orphan(line) && !buyers.contains_key(&line.key.order_no));
    let unknown: Vec<String> = unknown.map(|line| line.key.order_no.clone()).collect();
    buyers.extend(known(tx, source, &unknown).await?);
    for line in lines.iter_mut().filter(|line| is_orphan(line)) {
        line.party = buyers.get(&line.key.order_no).copied();
    }
    Ok(())
}

/// Who bought these orders, as far as it is known.
async fn known(tx: &mut Tx, source: &str, orders: &[String]) -> Result<Vec<(String, PartyId)>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = sql_rows!(
        1,
        "select order_no, min(party) from order_lines where source = $1 and party is not null \
         and retracted_by is null and order_no in (values {rows}) group by order_no"
    )
    .bind(source);
    orders.iter().for_each(|order| query.push_row([order.into()]));
    query.fetch_of_set(tx).await
}
