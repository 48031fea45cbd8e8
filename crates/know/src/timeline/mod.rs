//! The timeline: everything that happened with a party, newest first.

mod sources;

use crate::parties::list::tiers;
use crate::parties::root;
use crate::parties::store;
use crate::site;
use ::store::{Result, Tx};
use kernel::{Id, Instant, Money, kinds};
use serde::{Deserialize, Serialize};
use sources::{follow_ups, notes, orders, sayings, site_visit, suggestions, told, visits};
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
