//! Applying what a shop told, in the transaction that settles the delivery.

use super::model::{DeliveryState, Shop, ShopId, Waiting};
use super::store::{self, Settled};
use super::tell::{self, Manner, Order, What};
use crate::imports::chunk::Lines;
use crate::imports::feed;
use crate::orders::{self, Line, LineKey, Outcome, stand_in, whole};
use crate::parties::{self, Contact, Identity, resolve};
use crate::privacy::forgotten;
use crate::requests::api::{Asked, receive};
use crate::requests::model::{Kind, Way};
use crate::requests::store::By;
use ::store::log::Origin;
use ::store::{Error, Result, Tx, sql};
use kernel::{Id, Instant, kinds};
use reading::{Item, Record, Records, RowFaultCode};
use serde_json::Value;
use web::{Company, Problem, text};

type PartyId = Id<kinds::Party>;

/// Days after which a line that comes is history, of which nobody is told: a shop that touches an old order tells it.
const HISTORY_DAYS: i64 = 30;

/// What became of a delivery so far.
type Done = std::result::Result<(DeliveryState, &'static str, Option<PartyId>), &'static str>;

/// Applies a delivery.
pub async fn apply(tx: &mut Tx, shop: &Shop, company: &Company, delivery: &Waiting) -> Result<Settled> {
    let Some(body) = delivery.body.as_deref() else {
        return Ok(settled(Err("body_gone"), None, false));
    };
    // What the law forbids keeping is not kept, whatever becomes of the rest.
    let forget = reading::has_resident_number(body);
    let told = serde_json::from_str::<Value>(body).map_err(|_| "unreadable");
    let told = match told.and_then(|body| tell::read(shop.kind, &delivery.topic, &body)) {
        Ok(told) => told.without_resident_number(),
        Err(why) => return Ok(settled(Err(why), None, forget)),
    };
    if let Some(object) = &told.object
        && !store::is_newest(tx, shop.id, object, told.version).await?
    {
        let older = (DeliveryState::Nothing, "older", None);
        return Ok(settled(Ok(older), told.object, forget));
    }
    let contacts = contacts(&told.what, &shop.source());
    let is_order = matches!(told.what, What::Order(_));
    let done = match told.what {
        What::Nothing(why) => Ok((DeliveryState::Nothing, why, None)),
        What::Person(identity) => person(tx, shop, identity).await?,
        What::Asked(identity, kind) => asked(tx, shop, company, delivery, &identity, kind).await?,
        What::Order(order) => order_of(tx, shop, company, *order).await?,
    };
    if let (Some(object), Ok((_, _, party))) = (&told.object, &done) {
        store::belongs(tx, shop.id, object, *party).await?;
    }
    if forgotten::of_undated(tx, &[contacts]).await?[0] {
        // Nothing is kept anew of somebody who was erased, not even their number at the shop.
        if let Some(object) = told.object.filter(|_| !is_order) {
            store::forget_object(tx, shop.id, &object).await?;
        }
        return Ok(settled(done, None, true));
    }
    Ok(settled(done, told.object, forget))
}

/// Everything in what was told by which somebody may be known.
fn contacts(what: &What, source: &str) -> Vec<Contact> {
    match what {
        What::Nothing(_) => Vec::new(),
        What::Person(identity) | What::Asked(identity, _) => identity.contacts(source),
        What::Order(order) => {
            let written = order.rows.iter().flatten();
            let written = written.flat_map(|cell| [Contact::email(cell), Contact::phone(cell)]).flatten();
            order.customer.contacts(source).into_iter().chain(written).collect()
        }
    }
}

fn settled(done: Done, object: Option<String>, forget: bool) -> Settled {
    let (state, outcome, party) = done.unwrap_or_else(|why| (DeliveryState::Failed, why, None));
    Settled { state, outcome, object, party, forget }
}

fn applied(outcome: Outcome, party: Option<PartyId>) -> Done {
    Ok(match outcome {
        Outcome::New => (DeliveryState::Applied, "new", party),
        Outcome::Changed => (DeliveryState::Applied, "changed", party),
        Outcome::Unchanged => (DeliveryState::Nothing, "unchanged", party),
    })
}

/// A customer: found or made. Whoever was erased is not brought back by a shop that still has them.
async fn person(tx: &mut Tx, shop: &Shop, identity: Identity) -> Result<Done> {
    let source = shop.source();
    let contacts = identity.contacts(&source);
    if contacts.is_empty() {
        return Ok(Ok((DeliveryState::Nothing, "nobody_named", None)));
    }
    if forgotten::of_undated(tx, &[contacts]).await?[0] {
        return Ok(Ok((DeliveryState::Nothing, "erased", None)));
    }
    let identities = [identity];
    let origins = resolve::Origins { source: &source, import: None, origin: Origin::Live };
    let resolved = resolve::resolve(tx, &origins, &identities).await?;
    let Some(party) = resolved.parties.first().copied().flatten() else {
        return Ok(Ok((DeliveryState::Nothing, "nobody_named", None)));
    };
    name_if_none(tx, party, &identities[0]).await?;
    let outcome = if resolved.added > 0 { Outcome::New } else { Outcome::Unchanged };
    Ok(applied(outcome, Some(party)))
}

/// A name for somebody who has none: what people wrote stays.
async fn name_if_none(tx: &mut Tx, party: PartyId, identity: &Identity) -> Result<()> {
    let name = identity.name.as_deref().map(kernel::one_line).filter(|name| !name.is_empty());
    let Some(name) = name else { return Ok(()) };
    let (now,): (Option<String>,) =
        sql!("select name from parties where id = $1").bind(party).fetch_one(tx).await?;
    if now.is_some() {
        return Ok(());
    }
    let name: String = name.chars().take(kernel::limits::NAME_CHARS).collect();
    parties::store::rename_unasked(tx, party, Some(&name)).await
}

/// What somebody asks about their own data, passed on by the shop.
async fn asked(
    tx: &mut Tx,
    shop: &Shop,
    company: &Company,
    delivery: &Waiting,
    identity: &Identity,
    kind: Kind,
) -> Result<Done> {
    let mut party = None;
    for contact in identity.contacts(&shop.source()) {
        if party.is_none() {
            party = parties::store::owner(tx, &contact)
                .await?
                .filter(|(_, retracted)| !retracted)
                .map(|(party, _)| party);
        }
    }
    if party.is_none() && kind == Kind::Erasure {
        return Ok(Ok((DeliveryState::Nothing, "nobody_known", None)));
    }
    let who =
        identity.email.clone().or_else(|| identity.phone.clone()).or_else(|| identity.source_id.clone());
    let Some(who) = who else { return Ok(Err("unreadable")) };
    let words = text::say(company.locale, "shop.asked", &[("shop", shop.name.as_str())]);
    let asked = Asked { kind, way: Way::Mail, words, at: delivery.received_at, who: Some(who) };
    let by = By { user: None, name: shop.name.clone() };
    receive(tx, party, asked, None, &by).await.map_err(refused)?;
    Ok(Ok((DeliveryState::Applied, "request", party)))
}

/// A request that was not taken is a fault of ours: it is tried again.
fn refused(problem: Problem) -> Error {
    Error::Refused(problem.code().to_owned())
}

/// The records that the rows of an order are, or why they are none.
fn records(
    order: &Order,
    shop: &Shop,
    company: &Company,
) -> std::result::Result<Option<Vec<Record>>, &'static str> {
    let told = reading::Told {
        source: shop.kind.source(),
        columns: order.columns,
        more: order.more,
        rows: order.rows.clone(),
        currency: company.currency.code(),
        zone: &company.zone,
    };
    let (mut records, mut none) = (Vec::new(), order.rows.is_empty());
    for item in Records::told(told).map_err(|_| "unreadable")? {
        match item.map_err(|_| "unreadable")? {
            Item::Record(record) => records.push(*record),
            Item::Fault(fault) if fault.code == RowFaultCode::NotAnOrder => none = true,
            Item::Fault(fault) => return Err(fault.code.as_str()),
            Item::Customer(_) | Item::Notice(_) => {}
        }
    }
    Ok((!none).then_some(records))
}

/// What files of the shop do not say of who ordered.
fn know_better(row: &mut feed::Row, customer: &Identity) {
    let better = |known: &mut Option<String>, more: &Option<String>| {
        if known.is_none() {
            known.clone_from(more);
        }
    };
    better(&mut row.record.customer, &customer.source_id);
    better(&mut row.record.email, &customer.email);
    better(&mut row.record.phone, &customer.phone);
    better(&mut row.record.name, &customer.name);
}

async fn order_of(tx: &mut Tx, shop: &Shop, company: &Company, order: Order) -> Result<Done> {
    let source = shop.source();
    let records = match records(&order, shop, company) {
        Ok(records) => records.unwrap_or_default(),
        Err(why) => return Ok(Err(why)),
    };
    let mut rows = feed::named(records);
    rows.iter_mut().for_each(|row| know_better(row, &order.customer));
    let zone = company.zone();
    let mut lines = Lines::new(rows, &zone, &zone);
    let gone = forgotten::of(tx, &source, &lines.identities).await?;
    lines.leave_out(&gone);
    let origins = resolve::Origins { source: &source, import: None, origin: Origin::Live };
    let resolved = resolve::resolve(tx, &origins, &lines.identities).await?;
    lines.belong_to(&resolved.parties);
    let mut lines = lines.lines;
    if let Some(owner) = owner(tx, shop.id, order.owner.as_deref()).await? {
        lines.iter_mut().filter(|line| line.party.is_none()).for_each(|line| line.party = Some(owner));
    }
    let party = lines.first().and_then(|line| line.party);
    let standing = whole::standing(tx, &source, &order.number).await?;
    let was = standing.first().and_then(|line| line.party);
    let from = orders::From { source: &source, import: None, origin: origin(tx, &lines) };
    let (mine, others): (Vec<_>, Vec<_>) = standing.into_iter().partition(|line| match &order.manner {
        Manner::Whole => true,
        Manner::Line(name) | Manner::Sum { line: name, .. } => is_of(&line.line_id, name),
    });
    let is_sum = matches!(order.manner, Manner::Sum { .. });
    let in_detail = is_sum && others.iter().any(|line| !stand_in::is_one(&line.line_id));
    if in_detail && mine.is_empty() {
        let cancelled = matches!(order.manner, Manner::Sum { cancelled: true, .. });
        return if cancelled { take_all_back(tx, &from, &others).await } else { Ok(in_detail_already(was)) };
    }
    if lines.is_empty() && mine.is_empty() {
        return Ok(Ok((DeliveryState::Nothing, "no_order", party)));
    }
    let outcome = whole::write_whole(tx, &from, mine, &lines).await?;
    Ok(applied(outcome, party.or(was)))
}

fn in_detail_already(party: Option<PartyId>) -> Done {
    Ok((DeliveryState::Nothing, "in_detail", party))
}

/// Whether a line is the one called `name`, or the refund of it.
fn is_of(line_id: &str, name: &str) -> bool {
    line_id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest == "/refund")
}

async fn owner(tx: &mut Tx, shop: ShopId, object: Option<&str>) -> Result<Option<PartyId>> {
    match object {
        Some(object) => store::owner(tx, shop, object).await,
        None => Ok(None),
    }
}

/// How lines come to be told: what happened long ago sets nothing off.
fn origin(tx: &Tx, lines: &[Line]) -> Origin {
    let old = tx.now().plus(-HISTORY_DAYS * Instant::DAY);
    let newest = lines.iter().map(|line| line.at).max();
    if newest.is_some_and(|at| at < old) { Origin::Backfill } else { Origin::Live }
}

/// An order whose lines a file named was cancelled: each line is taken back as a file would do it.
async fn take_all_back(
    tx: &mut Tx,
    from: &orders::From<'_>,
    lines: &[orders::store::Stored],
) -> Result<Done> {
    let party = lines.first().and_then(|line| line.party);
    let has = |name: &str| lines.iter().any(|line| line.line_id == name);
    let refunds = lines.iter().filter(|line| line.amount > 0);
    let refunds =
        refunds.map(|line| (format!("{}/refund", line.line_id), line)).filter(|(name, _)| !has(name));
    let back: Vec<Line> = refunds
        .map(|(line_id, stored)| {
            let sale = stored.line();
            Line { key: LineKey { line_id, ..sale.key.clone() }, amount: -sale.amount, ..sale }
        })
        .collect();
    if back.is_empty() {
        return Ok(in_detail_already(party));
    }
    orders::write(tx, from, &back).await?;
    Ok(applied(Outcome::Changed, party))
}
