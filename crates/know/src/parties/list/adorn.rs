//! What a page shows beside its rows' own columns: asked for all of them at once.

use super::row::PartyRow;
use super::tiers;
use crate::facts::store::NO_STATE;
use crate::{fields, markets, tags};
use ::store::{Result, Tx};
use web::Sight;

/// Adds markets, tags, tiers and values of own fields to the rows of a page.
pub(super) async fn adorn(tx: &mut Tx, rows: &mut [PartyRow], sight: Sight) -> Result<()> {
    let parties: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut markets = markets::of(tx, &parties).await?;
    let own = fields::all(tx).await?;
    let mut values = fields::of(tx, &parties, &own, sight).await?;
    let mut tags = tags::of(tx, &parties).await?;
    let mut tiers = tiers::of(tx, &parties).await?;
    for row in rows {
        row.tier = tiers.remove(&row.id);
        let held = markets.remove(&row.id).unwrap_or_default();
        row.markets = held.into_iter().map(|held| held.market).collect();
        let is_said = row.markets.iter().any(|code| code == CUSTOMER);
        if !is_said && (row.markets.is_empty() || row.orders > 0) {
            row.markets.insert(0, CUSTOMER.into());
        }
        if !row.markets.iter().any(|code| code == CUSTOMER) {
            row.state = NO_STATE.into();
        }
        row.fields = values.remove(&row.id).unwrap_or_default();
        let own = tags.remove(&row.id).unwrap_or_default();
        row.tags = own.into_iter().map(|tag| sight.text(tag)).collect();
    }
    Ok(())
}

const CUSTOMER: &str = "customer";
