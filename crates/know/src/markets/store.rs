//! Who belongs to which market, in the database.

use super::model::{Held, Rows, held};
use crate::parties::root::members;
use ::store::log::{self, Entry};
use ::store::{Result, Tx, sql, sql_rows};
use kernel::{Id, kinds};
use std::collections::BTreeMap;

type PartyId = Id<kinds::Party>;

/// The markets that `root` and those who were merged into it are said to belong to.
pub async fn rows_of(tx: &mut Tx, root: PartyId) -> Result<Rows> {
    let rows: Vec<(String, String)> =
        sql!(concat!("select market, detail from party_markets where party in ", members!("$1")))
            .bind(root)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().collect())
}

/// The markets of those who stand for themselves, as far as somebody said so.
pub async fn of(tx: &mut Tx, roots: &[PartyId]) -> Result<BTreeMap<PartyId, Vec<Held>>> {
    let mut query = sql_rows!(
        1,
        "with asked (party) as (values {rows}) \
         select a.party, x.market, x.detail from asked a join party_markets x on x.party = a.party \
         union select m.root, x.market, x.detail from asked a join party_root m on m.root = a.party \
         join party_markets x on x.party = m.party"
    );
    roots.iter().for_each(|root| query.push_row([(*root).into()]));
    let mut found: BTreeMap<PartyId, Rows> = BTreeMap::new();
    for (party, market, detail) in query.fetch_of_set::<(PartyId, String, String)>(tx).await? {
        found.entry(party).or_default().insert((market, detail));
    }
    Ok(found.into_iter().map(|(party, rows)| (party, held(&rows))).collect())
}

/// Lets `root` belong to the markets of `wanted` alone, and tells the log; gives whether anything changed.
pub async fn settle(tx: &mut Tx, root: PartyId, wanted: &Rows) -> Result<bool> {
    let had = rows_of(tx, root).await?;
    for (market, detail) in had.difference(wanted) {
        sql!(concat!(
            "delete from party_markets where market = $2 and detail = $3 and party in ",
            members!("$1")
        ))
        .bind(root)
        .bind(market)
        .bind(detail)
        .execute(tx)
        .await?;
    }
    for (market, detail) in wanted.difference(&had) {
        sql!("insert into party_markets (party, market, detail, at) values ($1, $2, $3, $4) on conflict do nothing")
            .bind(root)
            .bind(market)
            .bind(detail)
            .bind(tx.now())
            .execute(tx)
            .await?;
    }
    if had != *wanted {
        let name: Id<kinds::Run> = tx.id();
        let markets: Vec<&String> =
            wanted.iter().filter(|(_, detail)| detail.is_empty()).map(|(it, _)| it).collect();
        let entry = Entry::live(tx, "markets.changed", root.number()).about(root);
        let entry = entry.named(format!("markets.changed:{}", name.number()));
        log::append(tx, entry.with(serde_json::json!({ "markets": markets }))).await?;
    }
    Ok(had != *wanted)
}
