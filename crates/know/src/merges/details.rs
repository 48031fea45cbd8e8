//! What hangs on a party beside contacts: tags, markets, own fields, birthday, addresses; as it is written, for taking a
//! merge back.

use super::model::PartyId;
use ::store::{FromRow, Result, Tx, sql, sql_rows};
use kernel::{Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Where a detail is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// `party_tags`.
    Tag,
    /// `party_markets`.
    Market,
    /// `party_fields`.
    Field,
    /// `birthdays`.
    Birthday,
    /// `addresses`.
    Address,
}

impl Table {
    /// The word in keys of edits.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Market => "market",
            Self::Field => "field",
            Self::Birthday => "birthday",
            Self::Address => "address",
        }
    }
}

/// A row of one of those tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Where it is written.
    pub table: Table,
    /// Tells it from the other rows of its party.
    pub key: String,
    /// What people read.
    pub shown: String,
    /// Its columns.
    pub row: Value,
}

#[derive(FromRow)]
struct Short {
    party: PartyId,
    key: String,
    detail: String,
    at: Instant,
}

#[derive(Serialize, Deserialize, FromRow)]
struct FieldRow {
    party: PartyId,
    field: Id<kinds::CustomField>,
    num: Option<f64>,
    text: Option<String>,
    day: Option<Day>,
    at: Instant,
}

#[derive(Serialize, Deserialize, FromRow)]
struct BirthdayRow {
    party: PartyId,
    calendar: String,
    year: Option<i64>,
    month: i64,
    day: i64,
    leap: i64,
    next_day: Day,
    of_age_on: Option<Day>,
    at: Instant,
}

#[derive(Serialize, Deserialize, FromRow)]
struct AddressRow {
    party: PartyId,
    id: Id<kinds::Address>,
    label: Option<String>,
    country: String,
    postal_code: Option<String>,
    line1: String,
    line2: Option<String>,
    changed_at: Instant,
}

/// The details of `parties`, in the order of their tables and keys.
pub async fn of(tx: &mut Tx, parties: &[PartyId]) -> Result<HashMap<PartyId, Vec<Detail>>> {
    let mut found: HashMap<PartyId, Vec<Detail>> = HashMap::new();
    let mut tags = sql_rows!(
        1,
        "select party, tag as key, '' as detail, at from party_tags where party in (values {rows})"
    );
    let mut markets = sql_rows!(
        1,
        "select party, market as key, detail, at from party_markets where party in (values {rows})"
    );
    let mut fields = sql_rows!(
        1,
        "select party, field, num, text, day, at from party_fields where party in (values {rows})"
    );
    let mut birthdays = sql_rows!(
        1,
        "select party, calendar, year, month, day, leap, next_day, of_age_on, at from birthdays \
         where party in (values {rows})"
    );
    let mut addresses = sql_rows!(
        1,
        "select party, id, label, country, postal_code, line1, line2, changed_at from addresses \
         where party in (values {rows})"
    );
    for query in [&mut tags, &mut markets, &mut fields, &mut birthdays, &mut addresses] {
        parties.iter().for_each(|party| query.push_row([(*party).into()]));
    }
    let mut add = |party, detail| found.entry(party).or_default().push(detail);
    for row in tags.fetch_of_set::<Short>(tx).await? {
        add(row.party, short(Table::Tag, row));
    }
    for row in markets.fetch_of_set::<Short>(tx).await? {
        add(row.party, short(Table::Market, row));
    }
    for row in fields.fetch_of_set::<FieldRow>(tx).await? {
        let number = row.num.map(|num| num.to_string());
        let shown = row.text.clone().or(number).or(row.day.map(|day| day.to_string())).unwrap_or_default();
        add(row.party, detail(Table::Field, row.field.to_string(), shown, &row)?);
    }
    for row in birthdays.fetch_of_set::<BirthdayRow>(tx).await? {
        let shown = format!("{}-{}", row.month, row.day);
        add(row.party, detail(Table::Birthday, String::new(), shown, &row)?);
    }
    for row in addresses.fetch_of_set::<AddressRow>(tx).await? {
        let shown =
            [Some(row.line1.clone()), row.line2.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        add(row.party, detail(Table::Address, row.id.to_string(), shown, &row)?);
    }
    for details in found.values_mut() {
        details.sort_by(|one, other| (one.table, &one.key).cmp(&(other.table, &other.key)));
    }
    Ok(found)
}

fn short(table: Table, row: Short) -> Detail {
    let key = if table == Table::Tag { row.key.clone() } else { format!("{}:{}", row.key, row.detail) };
    let shown = if row.detail.is_empty() { row.key.clone() } else { row.detail.clone() };
    Detail { table, key, shown, row: json!({ "key": row.key, "detail": row.detail, "at": row.at }) }
}

fn detail(table: Table, key: String, shown: String, row: &impl Serialize) -> Result<Detail> {
    Ok(Detail { table, key, shown, row: serde_json::to_value(row)? })
}

/// Writes a row as it was, in place of whatever has its key now; nothing where it was not there.
pub async fn put_back(tx: &mut Tx, party: PartyId, now: Option<&Detail>, old: Option<&Detail>) -> Result<()> {
    if let Some(now) = now {
        remove(tx, party, now).await?;
    }
    let Some(old) = old else { return Ok(()) };
    let word = |name: &str| old.row[name].as_str().unwrap_or_default().to_owned();
    let statement = match old.table {
        Table::Tag => {
            let at: Instant = serde_json::from_value(old.row["at"].clone())?;
            sql!("insert into party_tags (party, tag, at) values ($1, $2, $3) on conflict do nothing")
                .bind(party)
                .bind(word("key"))
                .bind(at)
        }
        Table::Market => {
            let at: Instant = serde_json::from_value(old.row["at"].clone())?;
            sql!("insert into party_markets (party, market, detail, at) values ($1, $2, $3, $4) on conflict do nothing")
                .bind(party)
                .bind(word("key"))
                .bind(word("detail"))
                .bind(at)
        }
        Table::Field => {
            let row: FieldRow = serde_json::from_value(old.row.clone())?;
            // A field that was removed since takes its values along.
            sql!(
                "insert into party_fields (party, field, num, text, day, at) \
                 select $1, id, $3, $4, $5, $6 from custom_fields where id = $2"
            )
            .bind(party)
            .bind(row.field)
            .bind(row.num)
            .bind(row.text)
            .bind(row.day)
            .bind(row.at)
        }
        Table::Birthday => {
            let row: BirthdayRow = serde_json::from_value(old.row.clone())?;
            sql!(
                "insert into birthdays (party, calendar, year, month, day, leap, next_day, of_age_on, at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"
            )
            .bind(party)
            .bind(row.calendar)
            .bind(row.year)
            .bind(row.month)
            .bind(row.day)
            .bind(row.leap)
            .bind(row.next_day)
            .bind(row.of_age_on)
            .bind(row.at)
        }
        Table::Address => {
            let row: AddressRow = serde_json::from_value(old.row.clone())?;
            sql!(
                "insert into addresses (id, party, label, country, postal_code, line1, line2, changed_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing"
            )
            .bind(row.id)
            .bind(party)
            .bind(row.label)
            .bind(row.country)
            .bind(row.postal_code)
            .bind(row.line1)
            .bind(row.line2)
            .bind(row.changed_at)
        }
    };
    statement.execute(tx).await?;
    Ok(())
}

async fn remove(tx: &mut Tx, party: PartyId, detail: &Detail) -> Result<()> {
    let word = |name: &str| detail.row[name].as_str().unwrap_or_default().to_owned();
    let statement = match detail.table {
        Table::Tag => {
            sql!("delete from party_tags where party = $1 and tag = $2").bind(party).bind(word("key"))
        }
        Table::Market => sql!("delete from party_markets where party = $1 and market = $2 and detail = $3")
            .bind(party)
            .bind(word("key"))
            .bind(word("detail")),
        Table::Field => {
            let row: FieldRow = serde_json::from_value(detail.row.clone())?;
            sql!("delete from party_fields where party = $1 and field = $2").bind(party).bind(row.field)
        }
        Table::Birthday => sql!("delete from birthdays where party = $1").bind(party),
        Table::Address => {
            let row: AddressRow = serde_json::from_value(detail.row.clone())?;
            sql!("delete from addresses where id = $1").bind(row.id)
        }
    };
    statement.execute(tx).await?;
    Ok(())
}
