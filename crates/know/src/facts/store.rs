//! Facts in the database.

use super::history::{History, OrderKey, OrderTotal};
use super::interval::{Gaps, median, usual_interval};
use super::lines::{Places, Told};
use crate::outside;
use crate::parties::root::{self, Roots};
use ::store::{FromRow, Json, Query, Result, Tx, sql, sql_rows};
use futures::stream::{BoxStream, StreamExt};
use kernel::{Currency, Day, Id, kinds};
use std::collections::{BTreeMap, BTreeSet, HashMap};

type PartyId = Id<kinds::Party>;

/// Parties recomputed at a time: what their order lines take in memory stays small.
const SLICE: usize = 500;

#[derive(FromRow)]
struct TotalRow {
    party: PartyId,
    source: String,
    order_no: String,
    day: Day,
    currency: Currency,
    sold: i64,
    refunded: i64,
    sale_lines: i64,
}

impl From<TotalRow> for OrderTotal {
    fn from(row: TotalRow) -> Self {
        Self {
            order: OrderKey { source: row.source, number: row.order_no },
            day: row.day,
            currency: row.currency,
            sold: row.sold,
            refunded: row.refunded,
            sale_lines: row.sale_lines,
        }
    }
}

/// Recomputes the facts of `parties`, or of those who stand for them, from the order lines of all who were merged into
/// them.
pub async fn recompute(tx: &mut Tx, parties: &[PartyId]) -> Result<()> {
    let roots = root::groups(tx, parties.iter().copied()).await?;
    // Those merged away stay among them: their facts go.
    let touched: BTreeSet<PartyId> =
        parties.iter().copied().chain(roots.merged().map(|(_, root)| root)).collect();
    for slice in touched.into_iter().collect::<Vec<_>>().chunks(SLICE) {
        let mut told = told_of(tx, slice, &roots).await?;
        let before = histories_of(tx, slice).await?;
        let (mut after, mut places) = (Vec::with_capacity(slice.len()), Vec::with_capacity(slice.len()));
        for party in existing(tx, slice).await? {
            let told = told.remove(&party).unwrap_or_default();
            after.push((party, History::from_totals(&told.totals)));
            places.push(told.places);
        }
        move_gaps(tx, &before, &after).await?;
        let company = company_interval(tx).await?;
        write(tx, &after, &places, company).await?;
        write_money(tx, slice, &after).await?;
        mark_taken_back(tx, slice, &roots, &after).await?;
        remove_gone(tx, slice, &after).await?;
    }
    Ok(())
}

/// The parties of the slice that stand for themselves: one whose import was undone or who was merged away has no facts.
async fn existing(tx: &mut Tx, slice: &[PartyId]) -> Result<Vec<PartyId>> {
    let mut query = sql_rows!(
        1,
        "select id from parties where retracted_by is null and id in (values {rows}) \
         and not exists (select 1 from party_root r where r.party = parties.id) order by id"
    );
    slice.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<(PartyId,)> = query.fetch_of_set(tx).await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// What the lines of the slice tell, those of its members under their root.
async fn told_of(tx: &mut Tx, slice: &[PartyId], roots: &Roots) -> Result<HashMap<PartyId, Told>> {
    // One text a party, because each row costs a way between two threads; `lines` reads it.
    let mut query = sql_rows!(
        1,
        "select party, string_agg(day || ' ' || amount || ' ' || currency || ' ' || length(source) || ' ' \
         || length(order_no) || ' ' || length(coalesce(store, '')) || ' ' || length(coalesce(staff, '')) || ' ' \
         || source || order_no || coalesce(store, '') || coalesce(staff, ''), '') from order_lines \
         where party in (values {rows}) and retracted_by is null group by party"
    );
    with_members(slice, roots).into_iter().for_each(|party| query.push_row([party.into()]));
    let mut told: HashMap<PartyId, Told> = HashMap::with_capacity(slice.len());
    for (party, text) in query.fetch_of_set::<(PartyId, String)>(tx).await? {
        let lines = Told::read(&text)
            .ok_or_else(|| ::store::Error::Corrupt("order lines do not read as they were written".into()))?;
        told.entry(roots.of(party)).or_default().join(lines);
    }
    Ok(told)
}

/// The slice, and who was merged into someone of it.
fn with_members(slice: &[PartyId], roots: &Roots) -> BTreeSet<PartyId> {
    let merged = roots.merged().filter(|(_, root)| slice.binary_search(root).is_ok());
    slice.iter().copied().chain(merged.map(|(party, _)| party)).collect()
}

/// Marks the lines of orders that refunds have wholly taken back, so that whoever counts what was ordered need not add
/// refunds up.
async fn mark_taken_back(
    tx: &mut Tx,
    slice: &[PartyId],
    roots: &Roots,
    after: &[(PartyId, History)],
) -> Result<()> {
    let gone: BTreeSet<_> = after.iter().flat_map(|(_, history)| &history.taken_back).cloned().collect();
    let mut query = sql_rows!(
        1,
        "select distinct source, order_no, currency from order_lines where taken_back = 1 and party in (values {rows})"
    );
    with_members(slice, roots).into_iter().for_each(|party| query.push_row([party.into()]));
    let marked: Vec<(String, String, Currency)> = query.fetch_of_set(tx).await?;
    let marked = marked.into_iter().map(|(source, number, currency)| (OrderKey { source, number }, currency));
    let standing = marked.filter(|order| !gone.contains(order)).map(|order| (order, 0));
    let all: Vec<_> = standing.chain(gone.iter().cloned().map(|order| (order, 1))).collect();
    for part in all.chunks(SLICE) {
        let mut update = sql_rows!(
            4,
            "with gone (source, order_no, currency, mark) as (values {rows}) update order_lines \
             set taken_back = cast(gone.mark as bigint) from gone where order_lines.source = gone.source and order_lines.order_no = gone.order_no \
             and order_lines.currency = gone.currency and order_lines.taken_back <> cast(gone.mark as bigint)"
        );
        for ((order, currency), mark) in part {
            let (source, number) = (order.source.as_str(), order.number.as_str());
            update.push_row([source.into(), number.into(), (*currency).into(), i64::from(*mark).into()]);
        }
        update.execute(tx).await?;
    }
    Ok(())
}

/// The order totals of every party up to `as_of`, grouped by party, one party after another; those of merged parties
/// under who stands for them today.
pub fn totals_as_of(tx: &mut Tx, as_of: Day) -> BoxStream<'_, Result<(PartyId, OrderTotal)>> {
    sql!(
        "select coalesce(r.root, l.party) as party, l.source, l.order_no, l.day, l.currency, \
         cast(coalesce(sum(l.amount) filter (where l.amount >= 0), 0) as bigint) as sold, \
         cast(coalesce(-sum(l.amount) filter (where l.amount < 0), 0) as bigint) as refunded, \
         count(*) filter (where l.amount >= 0) as sale_lines \
         from order_lines l left join party_root r on r.party = l.party \
         where l.party is not null and l.retracted_by is null and l.day <= $1 \
         group by coalesce(r.root, l.party), l.source, l.order_no, l.day, l.currency order by 1"
    )
    .bind(as_of)
    .stream::<TotalRow>(tx)
    .map(|row| row.map(|row| (row.party, row.into())))
    .boxed()
}

async fn histories_of(tx: &mut Tx, slice: &[PartyId]) -> Result<Vec<Vec<u8>>> {
    let mut query = sql_rows!(1, "select history from facts where party in (values {rows})");
    slice.iter().for_each(|party| query.push_row([(*party).into()]));
    let rows: Vec<(Vec<u8>,)> = query.fetch_of_set(tx).await?;
    Ok(rows.into_iter().map(|(history,)| history).collect())
}

/// Moves the company's counted gaps from what the histories were to what they are.
async fn move_gaps(tx: &mut Tx, before: &[Vec<u8>], after: &[(PartyId, History)]) -> Result<()> {
    let mut moved = Gaps::new();
    for bytes in before {
        let history = History { days: History::days_from_bytes(bytes), ..History::default() };
        history.gaps().for_each(|gap| *moved.entry(gap).or_default() -= 1);
    }
    for (_, history) in after {
        history.gaps().for_each(|gap| *moved.entry(gap).or_default() += 1);
    }
    let mut insert = sql_rows!(
        2,
        "insert into gaps (days, count) values {rows} on conflict (days) do update set count = gaps.count + excluded.count"
    );
    moved.retain(|_, count| *count != 0);
    moved.into_iter().for_each(|(gap, count)| insert.push_row([gap.into(), count.into()]));
    if !insert.is_empty() {
        insert.execute(tx).await?;
    }
    Ok(())
}

/// The company's usual interval as of now: the median of all gaps of all parties.
pub async fn company_interval(tx: &mut Tx) -> Result<Option<f64>> {
    let (gaps,): (Option<String>,) =
        sql!("select string_agg(days || ' ' || count, ',') from gaps where count > 0").fetch_one(tx).await?;
    let gaps = gaps.unwrap_or_default();
    let pairs = gaps.split(',').filter_map(|pair| pair.split_once(' '));
    Ok(median(&pairs.filter_map(|(days, count)| Some((days.parse().ok()?, count.parse().ok()?))).collect()))
}

async fn write(
    tx: &mut Tx,
    rows: &[(PartyId, History)],
    places: &[Places],
    company: Option<f64>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = sql_rows!(
        15,
        "insert into facts (party, orders, order_days, currency, spend, refunds, first_day, last_day, \
         usual_interval, own_interval, late_from, history, places, state, contacted_day) values {rows} \
         on conflict (party) do update set orders = excluded.orders, order_days = excluded.order_days, \
         currency = excluded.currency, spend = excluded.spend, refunds = excluded.refunds, \
         first_day = excluded.first_day, last_day = excluded.last_day, usual_interval = excluded.usual_interval, \
         own_interval = excluded.own_interval, late_from = excluded.late_from, history = excluded.history, places = excluded.places"
    );
    for ((party, history), places) in rows.iter().zip(places) {
        let money =
            history.currency.and_then(|currency| history.money.get(&currency)).copied().unwrap_or_default();
        let interval = usual_interval(&history.days, company);
        insert.push_row([
            (*party).into(),
            history.orders.into(),
            i64::try_from(history.days.len()).unwrap_or(i64::MAX).into(),
            history.currency.into(),
            money.net.into(),
            money.refunds.into(),
            history.first_day().into(),
            history.last_day().into(),
            interval.map(|interval| interval.days).into(),
            interval.is_some_and(|interval| interval.own).into(),
            late_from(history, interval.map(|interval| interval.days)).into(),
            history.to_bytes().into(),
            serde_json::to_value(places)?.into(),
            "prospect".into(),
            None::<i64>.into(),
        ]);
    }
    insert.execute(tx).await?;
    Ok(())
}

/// The first day on which the party is later than usual.
pub fn late_from(history: &History, interval: Option<f64>) -> Option<Day> {
    let interval = interval?;
    // Intervals are small positive numbers, so the cast is exact after flooring.
    history.last_day().map(|last| last.plus(interval.floor() as i64 + 1))
}

async fn write_money(tx: &mut Tx, slice: &[PartyId], rows: &[(PartyId, History)]) -> Result<()> {
    let mut clear = sql_rows!(1, "delete from party_money where party in (values {rows})");
    slice.iter().for_each(|party| clear.push_row([(*party).into()]));
    clear.execute(tx).await?;
    let mut insert =
        sql_rows!(5, "insert into party_money (party, currency, orders, spend, refunds) values {rows}");
    for (party, history) in rows {
        for (currency, spend) in &history.money {
            insert.push_row([
                (*party).into(),
                (*currency).into(),
                spend.orders.into(),
                spend.net.into(),
                spend.refunds.into(),
            ]);
        }
    }
    if !insert.is_empty() {
        insert.execute(tx).await?;
    }
    Ok(())
}

async fn remove_gone(tx: &mut Tx, slice: &[PartyId], rows: &[(PartyId, History)]) -> Result<()> {
    let standing: std::collections::HashSet<PartyId> = rows.iter().map(|(party, _)| *party).collect();
    let gone: Vec<PartyId> = slice.iter().copied().filter(|party| !standing.contains(party)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    for mut clear in [
        sql_rows!(1, "delete from facts where party in (values {rows})"),
        sql_rows!(1, "delete from scores where party in (values {rows})"),
    ] {
        gone.iter().for_each(|party| clear.push_row([(*party).into()]));
        clear.execute(tx).await?;
    }
    Ok(())
}

/// A party's history as facts keep it, with its present state.
#[derive(Debug, Clone, FromRow)]
pub struct Kept {
    /// The party.
    pub party: PartyId,
    /// The days, see [`History::days_from_bytes`].
    pub history: Vec<u8>,
    /// The state it was last seen in.
    pub state: String,
    /// Whether it is outside of the customer market, and so in no state.
    pub outside: bool,
}

/// The state of those who are outside of the customer market.
pub const NO_STATE: &str = "none";

/// The kept histories of `parties`.
pub async fn kept(tx: &mut Tx, parties: &[PartyId]) -> Result<Vec<Kept>> {
    let mut all = Vec::with_capacity(parties.len());
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            concat!(
                "select party, history, state, (",
                outside!(),
                ") as outside from facts f where party in (values {rows}) order by party"
            )
        );
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        all.extend(query.fetch_of_set::<Kept>(tx).await?);
    }
    Ok(all)
}

/// The kept histories after `after`, in the order of ids: for going through everyone in pages.
pub async fn kept_page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Kept>> {
    sql!(concat!(
        "select party, history, state, (",
        outside!(),
        ") as outside from facts f where party > $1 order by party limit $2"
    ))
    .bind(after)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Who somebody is to the company: when they came, how they stand, and where they were.
#[derive(Debug, FromRow)]
pub struct Known {
    /// The party.
    pub party: PartyId,
    /// The days, see [`History::days_from_bytes`].
    pub history: Vec<u8>,
    /// Their state.
    pub state: String,
    /// Where they bought and who served them; nothing before the facts were computed with it.
    pub places: Option<Json<Places>>,
}

/// Everyone after `after`, in the order of ids: for going through everyone in pages.
pub async fn known_page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Known>> {
    sql!("select party, history, state, places from facts where party > $1 order by party limit $2")
        .bind(after)
        .bind(limit)
        .fetch_all(tx)
        .await
}

/// Whether more than `count` parties have facts.
pub async fn are_more_than(tx: &mut Tx, count: i64) -> Result<bool> {
    let (found,): (i64,) = sql!("select count(*) from (select party from facts limit $1) f")
        .bind(count + 1)
        .fetch_one(tx)
        .await?;
    Ok(found > count)
}

/// Parties whose state changes by itself on or before `today`.
pub async fn due(tx: &mut Tx, today: Day, limit: i64) -> Result<Vec<PartyId>> {
    let rows: Vec<(PartyId,)> = sql!(
        "select party from facts where state_changes_at <= $1 order by state_changes_at, party limit $2"
    )
    .bind(today)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// Where a party stands in its life cycle; written by choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The party.
    pub party: PartyId,
    /// `prospect`, `new`, `active`, `regular`, `dormant`, `lost` or `returned`.
    pub state: &'static str,
    /// Since when, where it is known.
    pub since: Option<Day>,
    /// The day on which it changes if nothing happens.
    pub changes_at: Option<Day>,
    /// The usual interval it was judged by.
    pub interval: Option<f64>,
    /// The first day on which the party is later than usual.
    pub late_from: Option<Day>,
    /// The first day on which there are too few order days in the window for a regular.
    pub regular_until: Option<Day>,
}

/// Writes standings onto facts.
pub async fn write_standings(tx: &mut Tx, standings: &[Standing]) -> Result<()> {
    for slice in standings.chunks(SLICE) {
        let mut update = sql_rows!(
            7,
            "with standing (party, state, since, changes_at, usual, late, regular) as (values {rows}) \
             update facts set state = standing.state, state_since = standing.since, \
             state_changes_at = standing.changes_at, usual_interval = standing.usual, late_from = standing.late, \
             regular_until = standing.regular \
             from standing where facts.party = standing.party"
        );
        for standing in slice {
            update.push_row([
                standing.party.into(),
                standing.state.into(),
                standing.since.into(),
                standing.changes_at.into(),
                standing.interval.into(),
                standing.late_from.into(),
                standing.regular_until.into(),
            ]);
        }
        update.execute(tx).await?;
    }
    Ok(())
}

/// An RFM cell of a party, 1 to 5 each, 5 the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The party.
    pub party: PartyId,
    /// Recency.
    pub r: u8,
    /// Frequency.
    pub f: u8,
    /// Spend.
    pub m: u8,
}

/// Writes RFM cells onto facts.
pub async fn write_cells(tx: &mut Tx, cells: &[Cell]) -> Result<()> {
    for slice in cells.chunks(SLICE) {
        let mut update = sql_rows!(
            4,
            "with cell (party, r, f, m) as (values {rows}) update facts set r = cell.r, f = cell.f, m = cell.m \
             from cell where facts.party = cell.party"
        );
        for cell in slice {
            update.push_row([
                cell.party.into(),
                i64::from(cell.r).into(),
                i64::from(cell.f).into(),
                i64::from(cell.m).into(),
            ]);
        }
        update.execute(tx).await?;
    }
    Ok(())
}

/// How many parties are in each state.
pub async fn state_counts(tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        sql!("select state, count(*) from facts group by state").fetch_all(tx).await?;
    Ok(rows.into_iter().collect())
}

/// Drops every fact and gap, so that the log can be read again from its start.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    for drop in [sql!("delete from facts"), sql!("delete from gaps"), sql!("delete from party_money")] {
        Query::execute(drop, tx).await?;
    }
    Ok(())
}
