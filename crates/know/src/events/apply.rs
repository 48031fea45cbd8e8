//! Writing events that are sound: parties first, then orders, visits and interactions, all in one transaction.
//!
//! Whoever was erased is brought back by nothing that happened before ([`forgotten`]): such an order goes to the record
//! without a name, and of anything else that was not told before nothing is kept.

use super::check::{Fault, line_id};
use super::model::{Event, EventStatus, Told};
use super::rows;
use crate::orders::{self, Line, LineKey, Outcome, whole};
use crate::parties::{Identity, resolve};
use crate::privacy::forgotten::{self, Gone};
use ::store::log::{self, Entry, Origin};
use ::store::{Result, Tx, sql};
use kernel::{Id, Instant, kinds};
use serde_json::json;
use web::Company;

type PartyId = Id<kinds::Party>;

/// What became of an event.
#[derive(Debug, Clone, Copy)]
pub struct Applied {
    /// Where it stands.
    pub status: EventStatus,
    /// With whom it happened.
    pub party: Option<PartyId>,
    /// Why it was not taken.
    pub fault: Option<Fault>,
}

impl Applied {
    fn refused(fault: Fault) -> Self {
        Self { status: EventStatus::Refused, party: None, fault: Some(fault) }
    }
}

/// Writes `events` of `source`; gives what became of each.
pub async fn apply(tx: &mut Tx, source: &str, events: &[Event]) -> Result<Vec<Applied>> {
    let company = Company::load(tx).await?;
    let origins = resolve::Origins { source, import: None, origin: Origin::Live };
    let mut identities: Vec<Identity> = events.iter().map(identity).collect();
    let past = past(tx, source, events, &identities, &company).await?;
    for (identity, _) in identities.iter_mut().zip(&past).filter(|(_, past)| past.is_some()) {
        *identity = Identity::default();
    }
    let parties = resolve::resolve(tx, &origins, &identities).await?.parties;
    let mut applied = Vec::with_capacity(events.len());
    for ((event, party), past) in events.iter().zip(parties).zip(past) {
        applied.push(match past {
            Some(gone) => of_erased(tx, source, event, gone, &company).await?,
            None => one(tx, source, event, party, &company).await?,
        });
    }
    Ok(applied)
}

/// For each event that is from before its customer was erased, who that was.
async fn past(
    tx: &mut Tx,
    source: &str,
    events: &[Event],
    identities: &[Identity],
    company: &Company,
) -> Result<Vec<Option<Gone>>> {
    let mut gone = forgotten::of(tx, source, identities).await?;
    for (gone, event) in gone.iter_mut().zip(events) {
        if let Some(someone) = *gone
            && since(tx, source, event).await?.day_in(&company.zone()) > someone.until
        {
            *gone = None;
        }
    }
    Ok(gone)
}

/// When it happened: of an order that was told before, then or when it says now, whichever is earlier.
async fn since(tx: &mut Tx, source: &str, event: &Event) -> Result<Instant> {
    let standing = match event.kind.as_str() {
        "order" => whole::standing(tx, source, event.id.trim()).await?,
        _ => Vec::new(),
    };
    let known = standing.iter().map(|line| line.at).min();
    Ok(event.at.into_iter().chain(known).min().unwrap_or_else(|| tx.now()))
}

async fn one(
    tx: &mut Tx,
    source: &str,
    event: &Event,
    party: Option<PartyId>,
    company: &Company,
) -> Result<Applied> {
    let status = match (event.kind.as_str(), party) {
        ("order", party) => order(tx, source, event, party, company).await?,
        (_, Some(party)) => interaction(tx, source, event, party, company).await?,
        (_, None) => return Ok(Applied::refused(("customer", "customer_needed"))),
    };
    Ok(Applied { status, party, fault: None })
}

/// An event that is the past of somebody who was erased: the books keep their sales, and nothing says whose they were.
async fn of_erased(
    tx: &mut Tx,
    source: &str,
    event: &Event,
    gone: Gone,
    company: &Company,
) -> Result<Applied> {
    let status = match event.kind.as_str() {
        "order" => order(tx, source, event, gone.party, company).await?,
        _ if is_known(tx, source, &name(event)).await? => EventStatus::Unchanged,
        _ => return Ok(Applied::refused(("customer", "customer_erased"))),
    };
    Ok(Applied { status, party: None, fault: None })
}

/// The name of an interaction among those of its source.
fn name(event: &Event) -> String {
    format!("{}:{}", event.kind, event.id.trim())
}

async fn is_known(tx: &mut Tx, source: &str, name: &str) -> Result<bool> {
    let known: Option<(i64,)> = sql!("select seq from interactions where source = $1 and source_id = $2")
        .bind(source)
        .bind(name)
        .fetch_optional(tx)
        .await?;
    Ok(known.is_some())
}

fn identity(event: &Event) -> Identity {
    let customer = event.customer.clone().unwrap_or_default();
    Identity { source_id: customer.id, email: customer.email, phone: customer.phone, name: customer.name }
}

/// An order is told whole.
async fn order(
    tx: &mut Tx,
    source: &str,
    event: &Event,
    party: Option<PartyId>,
    company: &Company,
) -> Result<EventStatus> {
    let standing = whole::standing(tx, source, event.id.trim()).await?;
    let at = whole::at(event.at, &standing, tx.now());
    let line = |(place, line): (usize, &super::model::EventLine)| Line {
        key: LineKey { order_no: event.id.trim().to_owned(), line_id: line_id(place, line) },
        party,
        at,
        day: at.day_in(&company.zone()),
        product: line.product.clone(),
        category: line.category.clone(),
        quantity_milli: line.quantity.map(|quantity| (quantity * 1000.0).round() as i64),
        amount: line.amount_minor,
        currency: event.currency.unwrap_or(company.currency),
        store: event.store.clone(),
        staff: event.staff.clone(),
        channel: event.channel.clone(),
    };
    let lines: Vec<Line> = event.lines.iter().enumerate().map(line).collect();
    let from = orders::From { source, import: None, origin: Origin::Live };
    Ok(match whole::write_whole(tx, &from, standing, &lines).await? {
        Outcome::Unchanged => EventStatus::Unchanged,
        Outcome::New => EventStatus::Created,
        Outcome::Changed => EventStatus::Changed,
    })
}

/// A visit, or an interaction of a registered kind: it happened once and does not change.
async fn interaction(
    tx: &mut Tx,
    source: &str,
    event: &Event,
    party: PartyId,
    company: &Company,
) -> Result<EventStatus> {
    let at = event.at.unwrap_or_else(|| tx.now());
    let name = name(event);
    if is_known(tx, source, &name).await? {
        return Ok(EventStatus::Unchanged);
    }
    let is_visit = event.kind == "visit";
    let told = Told { kind: &event.kind, value: event.value, what: event.what.as_deref() };
    let subject = match is_visit {
        true => Some(crate::people::insert_visit(tx, party, at, event.store.clone()).await?.number()),
        false => {
            let day = at.day_in(&company.zone());
            rows::keep(tx, party, &told, event.amount, day, rows::Teller::Program(source, &name)).await?
        }
    };
    let entry = Entry {
        at,
        subject,
        store: event.store.clone(),
        staff: event.staff.clone(),
        channel: event.channel.clone(),
        amount: event.amount.map(|amount| amount.amount_minor),
        currency: event.amount.map(|amount| amount.currency),
        source: source.to_owned(),
        body: if is_visit { json!({}) } else { told.body() },
        ..Entry::live(tx, if is_visit { "visit.recorded" } else { told.log_kind() }, 0)
    };
    log::append(tx, entry.about(party).named(name)).await?;
    Ok(EventStatus::Created)
}
