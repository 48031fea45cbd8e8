//! The timeline: everything that happened with a party, newest first.

use crate::orders::shown_number;
use crate::parties::root::members;
use ::store::{FromRow, Json, Result, Tx, sql};
use kernel::{Currency, Id, Instant, Money, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::Sight;

type PartyId = Id<kinds::Party>;

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineItem {
    /// A name for it, unique within the timeline.
    pub id: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// `order`, `refund`, `visit`, `note`, `state`, `event`, `created`, `merged` or `unmerged`.
    pub kind: &'static str,
    /// For how much.
    pub amount: Option<Money>,
    /// The lines of an order.
    pub lines: Vec<TimelineLine>,
    /// The text of a memo.
    pub text: Option<String>,
    /// Who wrote it.
    pub by: Option<String>,
    /// How they were contacted.
    pub contact: Option<String>,
    /// Who told of it.
    pub source: Option<String>,
    /// The order's number.
    pub order_no: Option<String>,
    /// Where.
    pub store: Option<String>,
    /// The code of the registered kind of an event.
    pub event: Option<String>,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
}

/// A line of an order on the timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineLine {
    /// What.
    pub product: Option<String>,
    /// How many.
    pub quantity: Option<f64>,
    /// For how much.
    pub amount: Money,
}

/// Where the next page begins. Much can happen at one instant: a day without a time is its midnight.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Before {
    /// Only what happened at this instant or before.
    pub at: Instant,
    /// Without so many items of this very instant, which were shown already.
    pub shown: i64,
}

impl TimelineItem {
    /// An item with nothing but what every item has.
    pub fn new(id: String, at: Instant, kind: &'static str) -> Self {
        Self {
            id,
            at,
            kind,
            amount: None,
            lines: Vec::new(),
            text: None,
            by: None,
            contact: None,
            source: None,
            order_no: None,
            store: None,
            event: None,
            from: None,
            to: None,
        }
    }

    /// The same as `sight` shows it: people write numbers into memos, and names of stores and staff come from files.
    fn shown(self, sight: Sight) -> Self {
        Self {
            text: sight.maybe(self.text),
            by: sight.maybe(self.by),
            store: sight.maybe(self.store),
            ..self
        }
    }
}

/// What happened with `party` before `before`, newest first, at most `limit`, of the kinds asked for (all when
/// none), as `sight` shows it; whether it reaches the party is asked before.
pub async fn page(
    tx: &mut Tx,
    party: PartyId,
    asked: &[String],
    before: Option<Before>,
    limit: i64,
    sight: Sight,
) -> Result<(Vec<TimelineItem>, Option<Before>)> {
    let Before { at: until, shown } =
        before.unwrap_or(Before { at: Instant::from_micros(i64::MAX), shown: 0 });
    let enough = limit + shown + 1;
    let wants = |kind: &str| asked.is_empty() || asked.iter().any(|asked| asked == kind);
    let mut items = Vec::new();
    if wants("order") || wants("refund") {
        items.extend(orders(tx, party, until, enough).await?.into_iter().filter(|item| wants(item.kind)));
    }
    if wants("note") {
        items.extend(notes(tx, party, until, enough).await?);
    }
    if wants("visit") {
        items.extend(visits(tx, party, until, enough).await?);
    }
    items.extend(told(tx, party, until, enough).await?.into_iter().filter(|item| wants(item.kind)));
    items.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| other.id.cmp(&one.id)));
    let end = usize::try_from(limit + shown).unwrap_or(usize::MAX);
    let more = items.len() > end;
    items.truncate(end);
    let next = items.last().filter(|_| more).map(|last| {
        let same = items.iter().rev().take_while(|item| item.at == last.at).count();
        Before { at: last.at, shown: i64::try_from(same).unwrap_or(i64::MAX) }
    });
    items.drain(..usize::try_from(shown).unwrap_or(usize::MAX).min(items.len()));
    Ok((items.into_iter().map(|item| item.shown(sight)).collect(), next))
}

#[derive(FromRow)]
struct LineRow {
    source: String,
    order_no: String,
    at: Instant,
    product: Option<String>,
    quantity_milli: Option<i64>,
    amount: i64,
    currency: Currency,
    store: Option<String>,
    staff: Option<String>,
}

/// Orders by their earliest line; the refunds of an order are an item of their own. An order in several currencies
/// is an item a currency.
async fn orders(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
    let rows: Vec<LineRow> = sql!(concat!(
        "with item as (select source, order_no, case when amount < 0 then 1 else 0 end as refund, currency, min(at) as at \
         from order_lines where party in ",
        members!("$1"),
        " and retracted_by is null \
         group by source, order_no, case when amount < 0 then 1 else 0 end, currency having min(at) <= $2 \
         order by min(at) desc, case when amount < 0 then 1 else 0 end desc, \
         source || ':' || order_no || ':' || currency desc limit $3) \
         select l.source, l.order_no, l.at, l.product, l.quantity_milli, l.amount, l.currency, l.store, l.staff \
         from item i join order_lines l on l.source = i.source and l.order_no = i.order_no \
         and case when l.amount < 0 then 1 else 0 end = i.refund and l.currency = i.currency \
         where l.party in ",
        members!("$1"),
        " and l.retracted_by is null order by l.at, l.id"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    let mut items: BTreeMap<(String, String, bool, Currency), TimelineItem> = BTreeMap::new();
    for row in rows {
        let refund = row.amount < 0;
        let kind = if refund { "refund" } else { "order" };
        let key = (row.source.clone(), row.order_no.clone(), refund, row.currency);
        let item = items.entry(key).or_insert_with(|| {
            let mut item = TimelineItem::new(
                format!("{kind}:{}:{}:{}", row.source, row.order_no, row.currency),
                row.at,
                kind,
            );
            item.source = Some(row.source.clone());
            item.order_no = shown_number(row.order_no.clone());
            item.store = row.store.clone();
            item.by = row.staff.clone();
            item
        });
        let sum = item.amount.map_or(0, |amount| amount.amount_minor) + row.amount;
        item.amount = Some(Money::new(row.currency, sum));
        item.lines.push(TimelineLine {
            product: row.product,
            quantity: row.quantity_milli.map(|milli| milli as f64 / 1000.0),
            amount: Money::new(row.currency, row.amount),
        });
    }
    Ok(items.into_values().collect())
}

#[derive(FromRow)]
struct NoteRow {
    id: Id<kinds::Note>,
    body: String,
    contact: Option<String>,
    author_name: String,
    at: Instant,
}

async fn notes(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
    let rows: Vec<NoteRow> = sql!(concat!(
        "select id, body, contact, author_name, at from notes \
         where party in ",
        members!("$1"),
        " and deleted_at is null and at <= $2 order by at desc, id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TimelineItem {
            text: Some(row.body),
            by: Some(row.author_name),
            contact: row.contact,
            ..TimelineItem::new(row.id.to_string(), row.at, "note")
        })
        .collect())
}

async fn visits(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
    let rows: Vec<(Id<kinds::Visit>, Instant, Option<String>)> = sql!(concat!(
        "select id, at, store from visits where party in ",
        members!("$1"),
        " and at <= $2 order by at desc, id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, at, store)| TimelineItem { store, ..TimelineItem::new(id.to_string(), at, "visit") })
        .collect())
}

#[derive(FromRow)]
struct ToldRow {
    seq: i64,
    kind: String,
    at: Instant,
    source: String,
    body: Json<serde_json::Value>,
}

/// What only the log tells: changes of state, and how the party came to be known.
async fn told(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
    // The index on the party leaves `order.added` out.
    let rows: Vec<ToldRow> = sql!(concat!(
        "select seq, kind, at, source, body from interactions where party in ",
        members!("$1"),
        " and at <= $2 and kind <> 'order.added' \
         and (kind in ('state.changed', 'party.added', 'event.told') and origin <> 'backfill' \
         or kind in ('party.merged', 'party.unmerged') and party = $1) order by at desc, seq desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(told_item).collect())
}

fn told_item(row: ToldRow) -> TimelineItem {
    let kind = match row.kind.as_str() {
        "state.changed" => "state",
        "event.told" => "event",
        "party.merged" => "merged",
        "party.unmerged" => "unmerged",
        _ => "created",
    };
    let word = |name: &str| row.body.0.get(name).and_then(|word| word.as_str()).map(str::to_owned);
    TimelineItem {
        event: word("event"),
        from: word("from"),
        to: word("to"),
        source: Some(row.source.clone()),
        ..TimelineItem::new(format!("log:{}", row.seq), row.at, kind)
    }
}
