//! VIP tiers as lists and timelines show them. Choose gives them; know only reads which there are and who has which.

use ::store::{Result, Tx, sql, sql_rows};
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

type PartyId = Id<kinds::Party>;

/// A tier as rows name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowTier {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// A colour of the interface.
    pub colour: String,
}

/// Of the rules of tiers what names them.
#[derive(Default, Deserialize)]
struct Named {
    #[serde(default)]
    tiers: Vec<RowTier>,
}

/// The tiers of the present rules, by code.
pub async fn named(tx: &mut Tx) -> Result<BTreeMap<String, RowTier>> {
    let rules: Option<(String,)> =
        sql!("select rules from vip_rules order by version desc limit 1").fetch_optional(tx).await?;
    let named: Named = rules.and_then(|(rules,)| serde_json::from_str(&rules).ok()).unwrap_or_default();
    Ok(named.tiers.into_iter().map(|tier| (tier.code.clone(), tier)).collect())
}

/// The tiers of those of `parties` who have one.
pub(super) async fn of(tx: &mut Tx, parties: &[PartyId]) -> Result<BTreeMap<PartyId, RowTier>> {
    if parties.is_empty() {
        return Ok(BTreeMap::new());
    }
    let named = named(tx).await?;
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = sql_rows!(
        1,
        "select party, tier from vip_members where tier is not null and party in (values {rows})"
    );
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<(PartyId, String)> = query.fetch_of_set(tx).await?;
    Ok(rows.into_iter().filter_map(|(party, code)| Some((party, named.get(&code)?.clone()))).collect())
}
