//! Birthdays in the database.

use super::model::{Birth, Calendar, next};
use crate::parties::root::members;
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

type PartyId = Id<kinds::Party>;

/// A birthday that is known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Known {
    /// As they say it.
    #[serde(flatten)]
    pub birth: Birth,
    /// The day of the next one.
    #[schema(value_type = Option<String>)]
    pub next: Option<Day>,
    /// Years of age today, where the year is known.
    pub age: Option<i16>,
    /// Whether they are under 14, so that a guardian answers for them.
    pub needs_guardian: bool,
}

#[derive(FromRow)]
pub(super) struct Row {
    pub party: PartyId,
    calendar: String,
    year: Option<i64>,
    month: i64,
    day: i64,
    leap: i64,
}

impl Row {
    pub fn birth(&self) -> Birth {
        let small = |number: i64| i8::try_from(number).unwrap_or(1);
        Birth {
            calendar: if self.calendar == "lunar" { Calendar::Lunar } else { Calendar::Solar },
            year: self.year.and_then(|year| i16::try_from(year).ok()),
            month: small(self.month),
            day: small(self.day),
            leap: self.leap == 1,
        }
    }
}

/// The birthday of `party`, or of the first of those merged into it.
pub async fn of(tx: &mut Tx, party: PartyId, today: Day) -> Result<Option<Known>> {
    let row: Option<Row> = sql!(concat!(
        "select party, calendar, year, month, day, leap from birthdays where party in ",
        members!("$1"),
        " order by case when party = $1 then 0 else 1 end, party limit 1"
    ))
    .bind(party)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| known(row.birth(), today)))
}

fn known(birth: Birth, today: Day) -> Known {
    let of_age = birth.of_age_on();
    Known {
        next: next(&birth, today),
        age: birth.born().map(|born| age(born, today)),
        needs_guardian: of_age.is_some_and(|day| day > today),
        birth,
    }
}

fn age(born: Day, today: Day) -> i16 {
    let (born, today) = (born.date(), today.date());
    let had = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had)
}

/// Whether a guardian answers for `party` on the day `today`, because their birth date says that they are under 14.
pub async fn needs_guardian(tx: &mut Tx, party: PartyId, today: Day) -> Result<bool> {
    Ok(of(tx, party, today).await?.is_some_and(|known| known.needs_guardian))
}

/// What a file changed about a birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    before: Option<Birth>,
    after: Birth,
}

/// Keeps what a file says of `party`, a person, in the place of what its source said `before` if that is still there; what
/// somebody else said stands.
pub(crate) async fn learn(
    tx: &mut Tx,
    party: PartyId,
    said: &Birth,
    before: Option<&Birth>,
    today: Day,
) -> Result<Option<Written>> {
    let own = own(tx, party).await?;
    let is_theirs = own.is_none() && of(tx, party, today).await?.is_some();
    let is_said = own.is_some() && own.as_ref() != before;
    let (kind,): (String,) = sql!("select kind from parties where id = $1").bind(party).fetch_one(tx).await?;
    if own.as_ref() == Some(said) || is_theirs || is_said || kind == "organisation" {
        return Ok(None);
    }
    put(tx, party, said, today).await?;
    Ok(Some(Written { before: own, after: *said }))
}

/// Takes back what a file changed, unless somebody has changed it since.
pub(crate) async fn unlearn(tx: &mut Tx, party: PartyId, written: &Written, today: Day) -> Result<()> {
    if own(tx, party).await?.as_ref() != Some(&written.after) {
        return Ok(());
    }
    match &written.before {
        Some(before) => put(tx, party, before, today).await,
        None => {
            sql!("delete from birthdays where party = $1").bind(party).execute(tx).await?;
            Ok(())
        }
    }
}

/// The birthday of the record `party` alone.
async fn own(tx: &mut Tx, party: PartyId) -> Result<Option<Birth>> {
    let row: Option<Row> =
        sql!("select party, calendar, year, month, day, leap from birthdays where party = $1")
            .bind(party)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|row| row.birth()))
}

/// Keeps the birthday of `party`.
pub(super) async fn put(tx: &mut Tx, party: PartyId, birth: &Birth, today: Day) -> Result<()> {
    sql!(
        "insert into birthdays (party, calendar, year, month, day, leap, next_day, of_age_on, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (party) do update set calendar = excluded.calendar, \
         year = excluded.year, month = excluded.month, day = excluded.day, leap = excluded.leap, \
         next_day = excluded.next_day, of_age_on = excluded.of_age_on, at = excluded.at"
    )
    .bind(party)
    .bind(birth.calendar.text())
    .bind(birth.year.map(i64::from))
    .bind(i64::from(birth.month))
    .bind(i64::from(birth.day))
    .bind(i64::from(birth.leap))
    .bind(next(birth, today).unwrap_or(today))
    .bind(birth.of_age_on())
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the birthday of `party` and of those merged into it; gives whether there was one.
pub(super) async fn remove(tx: &mut Tx, party: PartyId) -> Result<bool> {
    let gone = sql!(concat!("delete from birthdays where party in ", members!("$1")))
        .bind(party)
        .execute(tx)
        .await?;
    Ok(gone > 0)
}

/// Moves birthdays that passed to their next day, at most `limit`; gives how many.
pub(super) async fn move_passed(tx: &mut Tx, today: Day, limit: i64) -> Result<usize> {
    let rows: Vec<Row> = sql!(
        "select party, calendar, year, month, day, leap from birthdays where next_day < $1 \
         order by next_day, party limit $2"
    )
    .bind(today)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    for row in &rows {
        let next = next(&row.birth(), today).unwrap_or(today);
        sql!("update birthdays set next_day = $2 where party = $1")
            .bind(row.party)
            .bind(next)
            .execute(tx)
            .await?;
    }
    Ok(rows.len())
}
