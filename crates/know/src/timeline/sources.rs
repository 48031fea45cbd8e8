//! Where the items of a timeline come from: each function looks at one table.

use super::{PartyId, TimelineItem, TimelineLine};
use crate::events::{built_in, built_in_codes};
use crate::orders::shown_number;
use crate::parties::root::members;
use crate::site;
use ::store::{FromRow, Json, Result, Tx, sql};
use kernel::{Currency, Id, Instant, Money, kinds};
use std::collections::BTreeMap;

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
    channel: Option<String>,
}

/// Orders by their earliest line; the refunds of an order are an item of their own. An order in several currencies
/// is an item a currency.
pub(super) async fn orders(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
    channel: Option<&str>,
) -> Result<Vec<TimelineItem>> {
    let rows: Vec<LineRow> = sql!(concat!(
        "with item as (select source, order_no, case when amount < 0 then 1 else 0 end as refund, currency, min(at) as at \
         from order_lines where party in ",
        members!("$1"),
        " and retracted_by is null and (cast($4 as text) is null or channel = $4) \
         group by source, order_no, case when amount < 0 then 1 else 0 end, currency having min(at) <= $2 \
         order by min(at) desc, case when amount < 0 then 1 else 0 end desc, \
         source || ':' || order_no || ':' || currency desc limit $3) \
         select l.source, l.order_no, l.at, l.product, l.quantity_milli, l.amount, l.currency, l.store, l.staff, l.channel \
         from item i join order_lines l on l.source = i.source and l.order_no = i.order_no \
         and case when l.amount < 0 then 1 else 0 end = i.refund and l.currency = i.currency \
         where l.party in ",
        members!("$1"),
        " and l.retracted_by is null order by l.at, l.id"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .bind(channel.map(str::to_owned))
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
            item.channel = row.channel.clone();
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

/// The channel of a contact that a memo tells of.
fn channel_of(contact: &str) -> &'static str {
    match contact {
        "called" => "call",
        "messaged" => "message",
        _ => "visit",
    }
}

pub(super) async fn notes(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
    channel: Option<&str>,
) -> Result<Vec<TimelineItem>> {
    let contacts = ["called", "messaged", "met"];
    let contact =
        channel.map(|channel| contacts.into_iter().find(|one| channel_of(one) == channel).unwrap_or("none"));
    let rows: Vec<NoteRow> = sql!(concat!(
        "select id, body, contact, author_name, at from notes \
         where party in ",
        members!("$1"),
        " and deleted_at is null and at <= $2 and (cast($4 as text) is null or contact = $4) \
         order by at desc, id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .bind(contact)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TimelineItem {
            text: Some(row.body),
            by: Some(row.author_name),
            channel: row.contact.as_deref().map(|contact| channel_of(contact).to_owned()),
            contact: row.contact,
            ..TimelineItem::new(row.id.to_string(), row.at, "note")
        })
        .collect())
}

#[derive(FromRow)]
struct ClosedRow {
    id: Id<kinds::FollowUp>,
    occasion: String,
    title: String,
    state: String,
    closed_by_name: Option<String>,
    at: Instant,
}

/// What was done for them, or not done; what is still to be done stands on the card.
pub(super) async fn follow_ups(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
) -> Result<Vec<TimelineItem>> {
    let rows: Vec<ClosedRow> = sql!(concat!(
        "select id, occasion, title, state, closed_by_name, closed_at as at from follow_ups where party in ",
        members!("$1"),
        " and closed_at <= $2 order by closed_at desc, id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TimelineItem {
            text: Some(row.title),
            by: row.closed_by_name,
            event: Some(row.occasion),
            to: Some(row.state),
            ..TimelineItem::new(row.id.to_string(), row.at, "follow_up")
        })
        .collect())
}

/// What was suggested, and done or not.
pub(super) async fn suggestions(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
) -> Result<Vec<TimelineItem>> {
    let rows: Vec<(i64, String, String, String, Instant)> = sql!(concat!(
        "select id, kind, outcome, by_name, at from suggestion_outcomes where party in ",
        members!("$1"),
        " and at <= $2 order by at desc, id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    let item = |(id, kind, outcome, by, at): (i64, String, String, String, Instant)| TimelineItem {
        by: Some(by),
        event: Some(kind),
        to: Some(outcome),
        ..TimelineItem::new(format!("suggestion:{id}"), at, "suggestion")
    };
    Ok(rows.into_iter().map(item).collect())
}

#[derive(FromRow)]
struct SayingRow {
    id: Id<kinds::Declared>,
    topic: Option<String>,
    title: Option<String>,
    value: String,
    by_name: Option<String>,
    at: Instant,
}

/// What they said of what they want, with the question they answered.
pub(super) async fn sayings(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
) -> Result<Vec<TimelineItem>> {
    let rows: Vec<SayingRow> = sql!(concat!(
        "select d.id, d.topic, q.title, d.value, d.by_name, d.at from declared_facts d \
         left join questions q on q.id = d.question where d.party in ",
        members!("$1"),
        " and d.at <= $2 order by d.at desc, d.id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    let item = |row: SayingRow| TimelineItem {
        text: Some(row.title.map_or_else(|| row.value.clone(), |title| format!("{title} {}", row.value))),
        by: row.by_name,
        event: row.topic,
        ..TimelineItem::new(row.id.to_string(), row.at, "need")
    };
    Ok(rows.into_iter().map(item).collect())
}

pub(super) async fn visits(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
) -> Result<Vec<TimelineItem>> {
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
        .map(|(id, at, store)| TimelineItem {
            store,
            channel: Some("visit".into()),
            ..TimelineItem::new(id.to_string(), at, "visit")
        })
        .collect())
}

/// A visit of the website: its first page, where they came from, through which campaign.
pub(super) fn site_visit(visit: site::VisitShown) -> TimelineItem {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    TimelineItem {
        text: Some(visit.path),
        source: some(visit.source),
        what: some(visit.campaign),
        value: Some(visit.pages),
        ..TimelineItem::new(visit.id.to_string(), visit.at, "site_visit")
    }
}

#[derive(FromRow)]
struct ToldRow {
    seq: i64,
    kind: String,
    at: Instant,
    source: String,
    store: Option<String>,
    amount: Option<i64>,
    currency: Option<Currency>,
    body: Json<serde_json::Value>,
}

/// What only the log tells: changes of state and tier, what was judged and decided, and how the party came to be known.
/// A judgement or a bond that was taken back was a slip, and never happened.
pub(super) async fn told(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
) -> Result<Vec<TimelineItem>> {
    // The index on the party leaves `order.added` out.
    let rows: Vec<ToldRow> = sql!(concat!(
        "select seq, kind, at, source, store, amount, currency, body from interactions where party in ",
        members!("$1"),
        " and at <= $2 and kind <> 'order.added' \
         and (kind in ('state.changed', 'party.added', 'event.told', 'tie.added', 'tie.removed', 'consent.recorded', \
         'request.received', 'request.answered', 'request.refused', 'assessment.recorded', 'account.decided', ",
        built_in_codes!(),
        ") and origin <> 'backfill' \
         or kind = 'vip.changed' or kind in ('party.merged', 'party.unmerged') and party = $1) \
         and not (kind = 'assessment.recorded' and exists \
         (select 1 from assessments a where a.id = subject and a.deleted_at is not null)) \
         and not (kind in ('bond.started', 'bond.ended') and exists \
         (select 1 from bonds b where b.id = subject and b.deleted_at is not null)) order by at desc, seq desc limit $3"
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
        "request.received" | "request.answered" | "request.refused" => "request",
        "consent.recorded" => "consent",
        "tie.added" => "tie",
        "tie.removed" => "untie",
        "assessment.recorded" => "assessment",
        "account.decided" => "account",
        "vip.changed" => "tier",
        kind if built_in(kind).is_some() => "event",
        "party.merged" => "merged",
        "party.unmerged" => "unmerged",
        _ => "created",
    };
    let word = |name: &str| row.body.0.get(name).and_then(|word| word.as_str()).map(str::to_owned);
    let other = word("other").and_then(|id| id.parse().ok());
    let about = word("channel").zip(word("purpose")).map(|(channel, purpose)| format!("{channel}.{purpose}"));
    let step = row.kind.strip_prefix("request.").map(str::to_owned);
    TimelineItem {
        // What was told before it had a kind of its own has its code in the body.
        event: word("event")
            .or_else(|| word("tie"))
            .or_else(|| word("input"))
            .or(about)
            .or_else(|| word("kind").filter(|_| step.is_some()))
            .or_else(|| built_in(&row.kind).map(|kind| kind.code.to_owned())),
        value: row.body.0.get("value").and_then(serde_json::Value::as_i64),
        what: word("what"),
        amount: row.amount.zip(row.currency).map(|(amount, currency)| Money::new(currency, amount)),
        store: row.store.clone(),
        other: other.map(|id| web::Person { id, name: String::new() }),
        from: word("from"),
        to: word("to").or_else(|| word("state")).or_else(|| word("decision")).or(step),
        source: Some(row.source.clone()),
        ..TimelineItem::new(format!("log:{}", row.seq), row.at, kind)
    }
}
