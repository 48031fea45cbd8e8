//! Pages: in which order, and where the next one begins.

use super::adorn::adorn;
use super::filter::Filter;
use super::row::{PartyRow, Raw};
use super::{FROM, View, query};
use crate::consent;
use crate::parties::keepers;
use ::store::{Result, Tx, Value, sql};
use kernel::{Day, Id};
use serde::{Deserialize, Serialize};

/// In which order: a column, descending with a minus before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    column: &'static str,
    descending: bool,
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Int,
    Text,
    Float,
}

impl Sort {
    /// The order that `text` names, newest first when it names none.
    pub fn parse(text: Option<&str>) -> Option<Self> {
        let text = text.unwrap_or("-last_order");
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let (column, by) = match name {
            "spend" => ("f.spend", By::Int),
            "orders" => ("f.orders", By::Int),
            "last_order" => ("coalesce(f.last_day, -1)", By::Int),
            "first_order" => ("coalesce(f.first_day, -1)", By::Int),
            "late" => ("coalesce(f.late_from, 9999999)", By::Int),
            "name" => ("p.name_fold", By::Text),
            "value" => ("coalesce(s.value, -1.0)", By::Float),
            "alive" => ("coalesce(s.p_alive, -1.0)", By::Float),
            "created" => ("p.id", By::Int),
            _ => return None,
        };
        Some(Self { column, descending, by })
    }
}

/// Where the next page begins. A name is not carried: masked or not, it is looked up again by whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct After {
    key: serde_json::Value,
    party: i64,
}

/// The own contact of a kind, else one of those who were merged into the party.
macro_rules! shown {
    ($kind:literal) => {
        concat!(
            "coalesce((select min(c.shown) from contacts c where c.party = p.id and c.kind = '",
            $kind,
            "'), (select min(c.shown) from party_root m join contacts c on c.party = m.party \
             where m.root = p.id and c.kind = '",
            $kind,
            "')) as ",
            $kind,
            ", "
        )
    };
}

const COLUMNS: &str = concat!(
    "select p.id, p.kind, p.name, p.created_at, ",
    shown!("phone"),
    shown!("email"),
    shown!("source_id"),
    "f.state, f.orders, f.currency, f.spend, f.first_day, f.last_day, f.late_from, f.usual_interval, f.r, f.f, f.m, \
     s.p_alive, s.expected_orders, s.value"
);
const SCORES: &str = " left join scores s on s.party = f.party";

/// A page of the list, and where the next one begins.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
    view: View,
) -> Result<(Vec<PartyRow>, Option<After>)> {
    let mut who = filter.predicate(tx, view.today, view.sight).await?;
    let (compare, direction) = if sort.descending { ("<", "desc") } else { (">", "asc") };
    // Both are the same number: the one of the column's table lets its index give the order.
    let party = if sort.column.starts_with("p.") { "p.id" } else { "f.party" };
    if let Some(After { key, party: last }) = after {
        let key = match sort.by {
            By::Text => name_of(tx, last, view).await?.into(),
            by => key_value(by, &key),
        };
        who.and(&format!("({}, {party}) {compare} (?, ?)", sort.column), [key, last.into()]);
    }
    who.values.push((limit + 1).into());
    let order = format!(" order by {} {direction}, {party} {direction}", sort.column);
    let scores = if sort.column.contains("s.") { SCORES } else { "" };
    // First who, then what is shown of them: where no index gives the order, everyone would else be looked up in every
    // table before the sort throws most of them away. A cross join keeps SQLite from going the other way round.
    let text = format!(
        "{COLUMNS} from (select f.party{FROM}{scores}{}{order} limit ${}) w \
         cross join facts f join parties p on p.id = f.party{SCORES} where f.party = w.party{order}",
        who.text,
        who.values.len(),
    );
    let mut rows: Vec<Raw> = query(text, who.values).fetch_all(tx).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let next =
        rows.last().filter(|_| more).map(|last| After { key: sort_key(sort, last), party: last.id.number() });
    let mut rows: Vec<PartyRow> = rows.into_iter().map(|row| row.shown(view)).collect();
    adorn(tx, &mut rows, view.sight).await?;
    let parties: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut agreed = consent::agreed(tx, &parties).await?;
    for row in &mut rows {
        row.agreed = agreed.remove(&row.id).unwrap_or_default();
    }
    Ok((rows, next))
}

/// By what the last row of the page before was sorted. Whoever is not seen any more ends the list.
async fn name_of(tx: &mut Tx, party: i64, view: View) -> Result<Option<String>> {
    if !keepers::is_seen(tx, Id::from_number(party), view.sight).await? {
        return Ok(None);
    }
    let row: Option<(String,)> =
        sql!("select name_fold from parties where id = $1").bind(party).fetch_optional(tx).await?;
    Ok(row.map(|(name,)| name))
}

fn key_value(by: By, key: &serde_json::Value) -> Value {
    match by {
        By::Int | By::Text => key.as_i64().into(),
        By::Float => key.as_f64().into(),
    }
}

fn sort_key(sort: Sort, row: &Raw) -> serde_json::Value {
    match sort.column {
        "f.spend" => row.spend.into(),
        "f.orders" => row.orders.into(),
        "coalesce(f.last_day, -1)" => row.last_day.map_or(-1, Day::epoch).into(),
        "coalesce(f.first_day, -1)" => row.first_day.map_or(-1, Day::epoch).into(),
        "coalesce(f.late_from, 9999999)" => row.late_from.map_or(9_999_999, Day::epoch).into(),
        "p.name_fold" => serde_json::Value::Null,
        "coalesce(s.value, -1.0)" => row.value.unwrap_or(-1.0).into(),
        "coalesce(s.p_alive, -1.0)" => row.p_alive.unwrap_or(-1.0).into(),
        _ => row.id.number().into(),
    }
}
