//! The timeline: everything that happened with a party, newest first.

use crate::events::{built_in, built_in_codes};
use crate::orders::shown_number;
use crate::parties::list::tiers;
use crate::parties::root::{self, members};
use crate::parties::store;
use crate::site;
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
    /// `order`, `refund`, `visit`, `site_visit`, `note`, `follow_up`, `suggestion`, `need`, `state`, `event`, `consent`, `created`,
    /// `request`, `merged`, `unmerged`, `tie`, `untie`, `assessment`, `tier` or `account`.
    pub kind: &'static str,
    /// For how much.
    pub amount: Option<Money>,
    /// The lines of an order.
    pub lines: Vec<TimelineLine>,
    /// The text of a memo; the first page of a visit of the website.
    pub text: Option<String>,
    /// Who wrote it.
    pub by: Option<String>,
    /// How they were contacted.
    pub contact: Option<String>,
    /// Through which channel: `call`, `message`, `visit`, or what the source of an order calls it.
    pub channel: Option<String>,
    /// Who told of it.
    pub source: Option<String>,
    /// The order's number.
    pub order_no: Option<String>,
    /// Where.
    pub store: Option<String>,
    /// The code of the kind of an event, one of Dangol's own or a registered one; the kind of a tie; of a consent `sms.ad`,
    /// its medium and purpose; what a request asked; the occasion of a follow-up; what was judged of a customer.
    pub event: Option<String>,
    /// The number it carries: the level of a bond, stars, the pages of a visit of the website.
    pub value: Option<i64>,
    /// Which of several it is, as a code.
    pub what: Option<String>,
    /// The other end of a tie.
    pub other: Option<web::Person>,
    /// The state before; the name of the tier before.
    pub from: Option<String>,
    /// The state after; the name of the tier after; of a request `received`, `answered` or `refused`; of a follow-up
    /// `done` or `not_done`; of a key account `approved` or `removed`.
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
            channel: None,
            source: None,
            order_no: None,
            store: None,
            event: None,
            value: None,
            what: None,
            other: None,
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
            channel: sight.maybe(self.channel),
            ..self
        }
    }
}

/// Which items are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of these kinds; of all when there is none.
    pub kinds: Vec<String>,
    /// Through this channel: what came through none is left out then.
    pub channel: Option<String>,
}

impl Asked {
    fn wants(&self, kind: &str) -> bool {
        let through = self.channel.is_none() || ["order", "refund", "note", "visit"].contains(&kind);
        through && (self.kinds.is_empty() || self.kinds.iter().any(|asked| asked == kind))
    }
}

/// What happened with `party` before `before`, newest first, at most `limit`, of what is asked for, as `sight` shows it;
/// whether it reaches the party is asked before.
pub async fn page(
    tx: &mut Tx,
    party: PartyId,
    asked: &Asked,
    before: Option<Before>,
    limit: i64,
    sight: Sight,
) -> Result<(Vec<TimelineItem>, Option<Before>)> {
    let Before { at: until, shown } =
        before.unwrap_or(Before { at: Instant::from_micros(i64::MAX), shown: 0 });
    let enough = limit + shown + 1;
    let wants = |kind: &str| asked.wants(kind);
    let channel = asked.channel.as_deref();
    let mut items = Vec::new();
    if wants("order") || wants("refund") {
        items.extend(
            orders(tx, party, until, enough, channel).await?.into_iter().filter(|item| wants(item.kind)),
        );
    }
    if wants("note") {
        items.extend(notes(tx, party, until, enough, channel).await?);
    }
    if wants("visit") && channel.is_none_or(|channel| channel == "visit") {
        items.extend(visits(tx, party, until, enough).await?);
    }
    if wants("site_visit") {
        items.extend(site::of_party(tx, party, until, enough).await?.into_iter().map(site_visit));
    }
    if wants("follow_up") {
        items.extend(follow_ups(tx, party, until, enough).await?);
    }
    if wants("suggestion") {
        items.extend(suggestions(tx, party, until, enough).await?);
    }
    if wants("need") {
        items.extend(sayings(tx, party, until, enough).await?);
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
    let mut items: Vec<TimelineItem> = items.into_iter().map(|item| item.shown(sight)).collect();
    name_others(tx, &mut items, sight).await?;
    name_tiers(tx, &mut items).await?;
    Ok((items, next))
}

/// Names the other ends of ties as they stand now; who is not seen is nobody.
async fn name_others(tx: &mut Tx, items: &mut [TimelineItem], sight: Sight) -> Result<()> {
    for item in items {
        let Some(other) = item.other.take() else { continue };
        let root = root::of(tx, other.id).await?;
        if let Some(party) = store::find(tx, root, sight).await? {
            item.other = Some(web::Person { id: root, name: sight.text(party.name.unwrap_or_default()) });
        }
    }
    Ok(())
}

/// Names tiers as they are called now; of one that there is no more the code is left.
async fn name_tiers(tx: &mut Tx, items: &mut [TimelineItem]) -> Result<()> {
    if items.iter().all(|item| item.kind != "tier") {
        return Ok(());
    }
    let named = tiers::named(tx).await?;
    let name =
        |code: Option<String>| code.map(|code| named.get(&code).map_or(code, |tier| tier.name.clone()));
    for item in items.iter_mut().filter(|item| item.kind == "tier") {
        item.from = name(item.from.take());
        item.to = name(item.to.take());
    }
    Ok(())
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
    channel: Option<String>,
}

/// Orders by their earliest line; the refunds of an order are an item of their own. An order in several currencies
/// is an item a currency.
async fn orders(
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

async fn notes(
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
async fn follow_ups(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
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
async fn suggestions(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
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
async fn sayings(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
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
        .map(|(id, at, store)| TimelineItem {
            store,
            channel: Some("visit".into()),
            ..TimelineItem::new(id.to_string(), at, "visit")
        })
        .collect())
}

/// A visit of the website: its first page, where they came from, through which campaign.
fn site_visit(visit: site::VisitShown) -> TimelineItem {
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
async fn told(tx: &mut Tx, party: PartyId, until: Instant, limit: i64) -> Result<Vec<TimelineItem>> {
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
