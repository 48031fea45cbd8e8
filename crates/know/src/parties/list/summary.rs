//! What stands under a list: how many people, and their sums.

use super::filter::Filter;
use super::{FROM, View, query};
use ::store::{Result, Tx};
use kernel::{Currency, Day, Money};
use serde::Serialize;
use utoipa::ToSchema;
use web::Sight;

/// The count and the sums under a list.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Summary {
    /// How many people.
    pub count: i64,
    /// What they spent, a currency each.
    pub spend: Vec<Money>,
    /// What they are expected to be worth.
    pub value: Vec<Money>,
}

/// The count and the sums of everyone the filter means.
pub async fn summary(tx: &mut Tx, filter: &Filter, view: View) -> Result<Summary> {
    let who = filter.predicate(tx, view.today, view.sight).await?;
    let text = format!(
        "select f.currency, count(*) as people, cast(coalesce(sum(f.spend), 0) as bigint) as spend{FROM}{} \
         group by f.currency order by f.currency",
        who.text
    );
    let rows: Vec<(Option<Currency>, i64, i64)> = query(text, who.values.clone()).fetch_all(tx).await?;
    let text = format!(
        "select cast(coalesce(sum(cast(round(s.value) as bigint)), 0) as bigint), count(s.value){FROM} \
         join scores s on s.party = f.party{}",
        who.text
    );
    let (value, valued): (i64, i64) = query(text, who.values).fetch_one(tx).await?;
    Ok(Summary {
        count: rows.iter().map(|(_, people, _)| people).sum(),
        spend: rows
            .into_iter()
            .filter_map(|(currency, _, spend)| Some(Money::new(currency?, spend)))
            .collect(),
        value: if valued > 0 { vec![Money::new(view.currency, value)] } else { Vec::new() },
    })
}

/// How many people whom `sight` reaches the filter means.
pub async fn count(tx: &mut Tx, filter: &Filter, today: Day, sight: Sight) -> Result<i64> {
    let who = filter.predicate(tx, today, sight).await?;
    let (count,): (i64,) =
        query(format!("select count(*){FROM}{}", who.text), who.values).fetch_one(tx).await?;
    Ok(count)
}
