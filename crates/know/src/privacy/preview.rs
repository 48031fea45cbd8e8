//! What an erasure would do, before it is done: what goes, what stays and why, and whose own words name the person.

use super::erase::count_said;
use super::store;
use crate::parties::root::{self, members};
use ::store::holding::{self, Erasure, Holds};
use ::store::{Result, Tx, sql};
use kernel::{Day, Id, kinds};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

type PartyId = Id<kinds::Party>;

/// Years for which records of contracts and payments are kept (Korea: decree of the E-commerce Act, article 6(1)).
const RECORD_YEARS: i64 = 5;

/// What an erasure would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasurePreview {
    /// The records that are erased: the customer's and those merged into it.
    pub records: usize,
    /// Kinds of rows, those that go first.
    pub rows: Vec<Rows>,
    /// Until when the records of orders must stay, where there are any.
    #[schema(value_type = Option<String>)]
    pub orders_until: Option<Day>,
}

/// Rows of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ErasedRows)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// How many.
    pub count: i64,
    /// What becomes of them.
    pub fate: Fate,
    /// Why they stay, or why nobody can take them away but their writer, as a code.
    pub why: Option<&'static str>,
}

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ErasedRowsFate)]
pub enum Fate {
    /// They go.
    Goes,
    /// They stay without what says who it was.
    Stripped,
    /// They stay under a number that nothing leads back from.
    Stays,
    /// They are others' words that name the person: to be looked at by hand.
    Mentions,
}

/// What erasing the person whose root is `root` would do.
pub async fn preview(tx: &mut Tx, root: PartyId) -> Result<ErasurePreview> {
    let group = root::group(tx, root).await?;
    let known = store::known(tx, root, &group).await?;
    let mut rows: BTreeMap<(Fate, &'static str), Rows> = BTreeMap::new();
    for holding in holding::all() {
        let Holds::Somebody { whose, erasure, .. } = holding.holds else { continue };
        let counted = holding::count(tx, holding.table, whose, root.number()).await?;
        let count = match counted {
            Some(count) => count,
            None => count_said(tx, holding, &known).await?,
        };
        let (fate, why) = match erasure {
            Erasure::Delete => (Fate::Goes, None),
            Erasure::Strip(_, why) => (Fate::Stripped, Some(why)),
            Erasure::Own => (Fate::Stripped, Some("pseudonym")),
            Erasure::Keep("leaves") => (Fate::Goes, None),
            Erasure::Keep(why) => (Fate::Stays, Some(why)),
            Erasure::Tell => (Fate::Mentions, Some("by_hand")),
        };
        // Of what names the person, what is about them goes anyway.
        let own = if fate == Fate::Mentions && holding.table == "notes" {
            own_memos(tx, root, &known).await?
        } else {
            0
        };
        if count > own {
            let entry = rows.entry((fate, holding.table));
            let rows = entry.or_insert(Rows { table: holding.table, count: 0, fate, why });
            rows.count += count - own;
        }
    }
    let last: (Option<Day>,) =
        sql!(concat!("select max(day) from order_lines where party in ", members!("$1")))
            .bind(root)
            .fetch_one(tx)
            .await?;
    Ok(ErasurePreview {
        records: group.len(),
        rows: rows.into_values().collect(),
        orders_until: last.0.map(|day| years_after(day, RECORD_YEARS)),
    })
}

async fn own_memos(tx: &mut Tx, root: PartyId, known: &super::words::Known) -> Result<i64> {
    let memos: Vec<(String,)> = sql!(concat!("select body from notes where party in ", members!("$1")))
        .bind(root)
        .fetch_all(tx)
        .await?;
    Ok(i64::try_from(memos.iter().filter(|(body,)| known.is_said_in(body)).count()).unwrap_or(i64::MAX))
}

/// The same day so many years later; the last of February for a leap day.
fn years_after(day: Day, years: i64) -> Day {
    let month = day.month().plus(years * 12);
    month.first_day().plus(day.since(day.month().first_day())).min(month.last_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stay_to_the_same_day_five_years_later() {
        let until = |day: &str| years_after(day.parse().unwrap(), RECORD_YEARS).to_string();
        assert_eq!((until("2026-11-22"), until("2024-02-29")), ("2031-11-22".into(), "2029-02-28".into()));
    }
}
