//! Writing events that are sound: parties first, then orders, visits and interactions, all in one transaction.

use super::check::line_id;
use super::model::{Event, EventStatus, Told};
use super::rows;
use crate::orders::{self, Line, LineKey, Outcome, whole};
use crate::parties::{Identity, resolve};
use ::store::log::{self, Entry, Origin};
use ::store::{Result, Tx, sql};
use kernel::{Id, kinds};
use serde_json::json;
use web::Company;

type PartyId = Id<kinds::Party>;

/// What became of an event, and with whom it happened.
pub type Applied = (EventStatus, Option<PartyId>);

/// Writes `events` of `source`; gives what became of each.
pub async fn apply(tx: &mut Tx, source: &str, events: &[Event]) -> Result<Vec<Applied>> {
    let company = Company::load(tx).await?;
    let origins = resolve::Origins { source, import: None, origin: Origin::Live };
    let identities: Vec<Identity> = events.iter().map(identity).collect();
    let parties = resolve::resolve(tx, &origins, &identities).await?.parties;
    let mut applied = Vec::with_capacity(events.len());
    for (event, party) in events.iter().zip(parties) {
        let status = match (event.kind.as_str(), party) {
            ("order", party) => order(tx, source, event, party, &company).await?,
            (_, Some(party)) => interaction(tx, source, event, party, &company).await?,
            (_, None) => EventStatus::Refused,
        };
        applied.push((status, party));
    }
    Ok(applied)
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
    let name = format!("{}:{}", event.kind, event.id.trim());
    let known: Option<(i64,)> = sql!("select seq from interactions where source = $1 and source_id = $2")
        .bind(source)
        .bind(&name)
        .fetch_optional(tx)
        .await?;
    if known.is_some() {
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
