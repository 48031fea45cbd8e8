//! What happened between a merge and its undoing. Ids are ordered in time, so what came later has a greater one.

use super::model::{MergeId, PartyId};
use ::store::{FromRow, Result, Tx, sql, sql_rows};
use kernel::{Currency, Day, Instant, Locale, Money};
use serde::Serialize;
use utoipa::ToSchema;
use web::text;

use crate::consent;
use crate::events::{built_in, built_in_codes};
use crate::orders::shown_number;

/// Things of a kind that are listed; a person looks through them.
const LISTED: i64 = 200;

/// Something that happened while two records were one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Happened {
    /// `order`, `note`, `visit`, `event` (told by a program, or entered: a complaint, an answer) or `refusal` (of messages,
    /// which holds for both records).
    pub kind: &'static str,
    /// When, as a day of the company.
    #[schema(value_type = Option<String>)]
    pub day: Option<Day>,
    /// At which instant.
    #[schema(value_type = Option<String>)]
    pub at: Option<Instant>,
    /// An order's number.
    pub order_no: Option<String>,
    /// For how much.
    pub amount: Option<Money>,
    /// The text of a memo; the medium that was refused; what an event of a known kind is called.
    pub text: Option<String>,
}

#[derive(FromRow)]
struct OrderRow {
    order_no: String,
    currency: Currency,
    day: Day,
    amount: i64,
}

/// What came for `parties` since the merge, whether by file, from a program or by hand: orders, visits, what was told, in
/// the words of `locale`.
pub async fn since(
    tx: &mut Tx,
    merge: MergeId,
    parties: &[PartyId],
    locale: Locale,
) -> Result<Vec<Happened>> {
    let mut found = orders(tx, merge, parties).await?;
    let visits = sql_rows!(
        1,
        "select 'visit', at from visits where id > $1 and party in (values {rows}) order by at desc limit 200"
    );
    // The index on the party leaves `order.added` out, and is found by saying so.
    let told = sql_rows!(
        1,
        concat!(
            "select kind, at from interactions where recorded_at >= (select merged_at from merges where id = $1) \
             and kind <> 'order.added' and kind in ('event.told', ",
            built_in_codes!(),
            ") and origin <> 'backfill' and party in (values {rows}) order by at desc limit 200"
        )
    );
    for (kind, query) in [("visit", visits), ("event", told)] {
        let mut query = query.bind(merge);
        parties.iter().for_each(|party| query.push_row([(*party).into()]));
        let rows: Vec<(String, Instant)> = query.fetch_of_set(tx).await?;
        found.extend(rows.into_iter().map(|(told, at)| at_instant(kind, at, called(&told, locale))));
    }
    Ok(found)
}

/// What an event of a kind that Dangol knows is called.
fn called(kind: &str, locale: Locale) -> Option<String> {
    built_in(kind).map(|kind| text::say(locale, &format!("event.{}", kind.code), &[]))
}

fn at_instant(kind: &'static str, at: Instant, text: Option<String>) -> Happened {
    Happened { kind, day: None, at: Some(at), order_no: None, amount: None, text }
}

async fn orders(tx: &mut Tx, merge: MergeId, parties: &[PartyId]) -> Result<Vec<Happened>> {
    let mut query = sql_rows!(
        1,
        "select order_no, currency, min(day) as day, cast(sum(amount) as bigint) as amount from order_lines \
         where id > $1 and retracted_by is null and party in (values {rows}) \
         group by source, order_no, currency order by min(day) desc, order_no limit 200"
    )
    .bind(merge);
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<OrderRow> = query.fetch_of_set(tx).await?;
    Ok(rows.into_iter().map(order).collect())
}

fn order(row: OrderRow) -> Happened {
    Happened {
        kind: "order",
        day: Some(row.day),
        at: None,
        order_no: shown_number(row.order_no),
        amount: Some(Money::new(row.currency, row.amount)),
        text: None,
    }
}

/// What was recorded since for the customer that both were: memos, visits, orders without a contact of either side, and
/// the messages that `group` refused.
pub async fn by_hand_since(
    tx: &mut Tx,
    merge: MergeId,
    survivor: PartyId,
    group: &[PartyId],
    locale: Locale,
) -> Result<Vec<Happened>> {
    let mut found = since(tx, merge, &[survivor], locale).await?;
    let notes: Vec<(Instant, String)> = sql!(
        "select at, body from notes where party = $1 and id > $2 and deleted_at is null order by at desc limit $3"
    )
    .bind(survivor)
    .bind(merge)
    .bind(LISTED)
    .fetch_all(tx)
    .await?;
    found.extend(notes.into_iter().map(|(at, text)| at_instant("note", at, Some(text))));
    let refused = consent::refused_since(tx, merge.number(), group).await?;
    found.extend(refused.into_iter().map(|(at, channel)| at_instant("refusal", at, Some(channel))));
    Ok(found)
}
