//! Filling the demo's database from the simulation, through the same functions that imports use.

use super::{FILLED, Filled, bonds, consents, judgements};
use anyhow::{Result, anyhow};
use choose::example;
use futures::FutureExt;
use jiff::tz::TimeZone;
use kernel::{Currency, Day, FakeClock, Id, Instant, Locale, SeededChance, kinds};
use know::notes::{self, Memo};
use know::orders::{self, Line, LineKey};
use know::parties::{Identity, resolve};
use measure::costs::store::{self as costs, NewCost};
use simulate::{CostKind, CustomerKey, CustomerSeed, OrderSeed, Settings, Shop};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use store::log::Origin;
use store::reactor::Reactor;
use store::{Db, Environment, Lane, Location, Tx, job, setting};
use web::{Actor, Company, Problem, Role, Sight};

/// The source of the shop's own till.
const SOURCE: &str = "ongi";
/// Orders written in one transaction.
const CHUNK: usize = 500;

type Parties = HashMap<CustomerKey, Id<kinds::Party>>;

/// Fills `folder` with the shop of `wanted`.
pub async fn fill(folder: &Path, wanted: Filled, zone: &TimeZone) -> Result<()> {
    let shop =
        Arc::new(Shop::simulate(&Settings { seed: wanted.seed, ..Settings::new(wanted.today.date()) }));
    let clock = Arc::new(FakeClock::at(wanted.today.start_in(zone)));
    let environment = Environment { clock, chance: Arc::new(SeededChance::new(wanted.seed)), durable: false };
    let db = Db::open(&Location::Folder(folder.into()), environment).await?;
    write(&db, |tx| async move { company(tx).await }.boxed()).await?;
    let parties = Arc::new(customers(&db, &shop).await?);
    all_orders(&db, &shop, &parties, zone).await?;
    {
        let (shop, parties) = (shop.clone(), parties.clone());
        write(&db, move |tx| async move { people(tx, &shop, &parties).await }.boxed()).await?;
    }
    {
        // In the order of the shop's own keys: the same demo is the same to the last row.
        let mut known: Vec<_> = parties.iter().map(|(key, party)| (key.to_string(), *party)).collect();
        known.sort();
        let known: Vec<_> = known.into_iter().map(|(_, party)| party).collect();
        write(&db, move |tx| async move { consents::fill(tx, &known).await }.boxed()).await?;
    }
    {
        let of = |key: &CustomerKey| parties.get(key).copied();
        let (given, best) = (bonds::given(&shop, zone, of), judgements::best(&shop, of));
        write(&db, move |tx| async move { bonds::fill(tx, &given, OWNER).await }.boxed()).await?;
        write(&db, move |tx| async move { judgements::fill(tx, &best, OWNER).await }.boxed()).await?;
    }
    choose_as_owner(&db).await?;
    write(&db, move |tx| async move { setting::put(tx, FILLED, &wanted).await }.boxed()).await?;
    Ok(db.close().await?)
}

/// A write whose error is the store's.
async fn write<T, F>(db: &Db, write: F) -> store::Result<T>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> futures::future::BoxFuture<'t, store::Result<T>> + Send + 'static,
{
    db.write(Lane::Import, write).await
}

async fn company(tx: &mut Tx) -> store::Result<()> {
    let mut company = Company::load(tx).await?;
    company.name = simulate::COMPANY.into();
    company.zone = simulate::ZONE.into();
    company.currency = Currency::KRW;
    company.margin_percent = Some(62.0);
    company.demo = true;
    company.set_up = true;
    company.save(tx).await.map(drop)
}

async fn customers(db: &Db, shop: &Arc<Shop>) -> store::Result<Parties> {
    let mut parties = Parties::new();
    for slice in shop.customers().chunks(CHUNK) {
        let slice = slice.to_vec();
        parties.extend(write(db, move |tx| async move { resolved(tx, &slice).await }.boxed()).await?);
    }
    Ok(parties)
}

async fn resolved(tx: &mut Tx, customers: &[CustomerSeed]) -> store::Result<Parties> {
    let identities: Vec<Identity> = customers.iter().map(identity).collect();
    let from = resolve::Origins { source: SOURCE, import: None, origin: Origin::Backfill };
    let resolved = resolve::resolve(tx, &from, &identities).await?;
    let known = customers.iter().zip(resolved.parties);
    Ok(known.filter_map(|(customer, party)| Some((customer.key, party?))).collect())
}

fn identity(customer: &CustomerSeed) -> Identity {
    Identity {
        source_id: Some(customer.key.to_string()),
        email: customer.email.clone(),
        phone: customer.phone.clone(),
        name: customer.name.clone(),
    }
}

async fn all_orders(db: &Db, shop: &Arc<Shop>, parties: &Arc<Parties>, zone: &TimeZone) -> store::Result<()> {
    for slice in shop.orders().chunks(CHUNK) {
        let lines: Vec<Line> = slice.iter().flat_map(|order| lines(order, parties, zone)).collect();
        let from = orders::From { source: SOURCE, import: None, origin: Origin::Backfill };
        write(db, move |tx| async move { orders::write(tx, &from, &lines).await }.boxed()).await?;
    }
    Ok(())
}

/// The lines of an order; those of a refund carry the number of the order they take back.
fn lines(order: &OrderSeed, parties: &Parties, zone: &TimeZone) -> Vec<Line> {
    let at = Instant::from(order.at);
    let refund = order.refund_of.is_some();
    let number = order.refund_of.as_ref().unwrap_or(&order.order_no);
    let line = |line: &simulate::LineSeed| Line {
        key: LineKey {
            order_no: number.clone(),
            line_id: if refund {
                format!("{}/{}", order.order_no, line.line_id)
            } else {
                line.line_id.clone()
            },
        },
        party: order.customer.and_then(|customer| parties.get(&customer)).copied(),
        at,
        day: at.day_in(zone),
        product: Some(line.product.into()),
        category: Some(line.category.into()),
        quantity_milli: Some(i64::from(line.quantity) * 1000),
        amount: line.amount_minor,
        currency: Currency::KRW,
        store: order.store.map(|store| store.name().into()),
        staff: order.staff.map(str::to_owned),
        channel: Some(order.channel.name().into()),
    };
    order.lines.iter().map(line).collect()
}

/// Visits, memos and costs.
async fn people(tx: &mut Tx, shop: &Shop, parties: &Parties) -> store::Result<()> {
    for visit in shop.visits() {
        let Some(party) = parties.get(&visit.customer) else { continue };
        know::insert_visit(tx, *party, visit.at.into(), Some(visit.store.name().into())).await?;
    }
    for note in shop.notes() {
        let Some(party) = parties.get(&note.customer) else { continue };
        notes::insert(tx, &memo(*party, note)).await?;
    }
    for cost in shop.costs() {
        costs::insert(tx, None, &new_cost(cost)).await?;
    }
    Ok(())
}

fn memo(party: Id<kinds::Party>, note: &simulate::NoteSeed) -> Memo {
    Memo {
        party,
        text: note.text.into(),
        contact: None,
        card: None,
        author: None,
        author_name: note.by.into(),
        at: note.at.into(),
    }
}

fn new_cost(cost: &simulate::CostSeed) -> NewCost {
    NewCost {
        kind: match cost.kind {
            CostKind::Acquisition => "acquisition",
            CostKind::Retention => "retention",
        },
        month: Day::from(cost.month).month(),
        amount: kernel::Money::new(Currency::KRW, cost.amount_minor),
        medium: cost.medium.into(),
        note: String::new(),
    }
}

/// The made-up owner, who has no account.
const OWNER: &str = "온기 사장";

async fn owner(db: &Db) -> Result<Actor> {
    let user = write(db, |tx| async move { Ok(tx.id()) }.boxed()).await?;
    let (role, sight) = (Role::Owner, Sight::WHOLE);
    Ok(Actor { user, name: OWNER.into(), role, locale: Locale::Ko, sight, key: None })
}

/// What the owner chose; the key accounts by figures that must be there first.
async fn choose_as_owner(db: &Db) -> Result<()> {
    let told = |problem: Problem| anyhow!("the demo's owner may not choose so: {problem:?}");
    let owner = Arc::new(owner(db).await?);
    let same = owner.clone();
    db.write(Lane::Import, move |tx| async move { example::segments_and_tiers(tx, &owner).await }.boxed())
        .await
        .map_err(told)?;
    derive(db).await?;
    db.write(Lane::Import, move |tx| async move { example::key_accounts(tx, &same).await }.boxed())
        .await
        .map_err(told)?;
    settle(db).await
}

/// Facts, states, scores and the bucket, through the program's own reactions and jobs.
async fn derive(db: &Db) -> Result<()> {
    for kind in [choose::REFRESH, measure::REFIT] {
        write(db, move |tx| async move { job::start(tx, kind, serde_json::json!({})).await }.boxed()).await?;
    }
    settle(db).await
}

/// Lets reactions and jobs come to their end.
async fn settle(db: &Db) -> Result<()> {
    let registry = crate::registry();
    Reactor::new(db.clone(), registry.reactions().to_vec()).drain().await?;
    while job::run_next(db, registry.works(), None).await? {}
    Ok(())
}
