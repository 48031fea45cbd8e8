//! RFM in the database: measuring everyone, keeping the run, writing the cells.

use super::model::{ENOUGH, RfmRun, input};
use crate::lifecycle::store::PAGE;
use ::store::{FromRow, Result, Tx, setting, sql, sql_rows};
use futures::TryStreamExt;
use kernel::{Currency, Day, Id, kinds};
use know::facts::History;
use know::facts::store::{self as facts, Cell};
use science::rfm::{DEFAULT_CLASSES, RfmCuts, RfmInput, RfmScore};
use web::Company;

type PartyId = Id<kinds::Party>;

/// The name of the setting that keeps the run.
const SETTING: &str = "choose.rfm";
/// New people of the best cell that are kept: enough for a card and the list it opens.
const NEW_VIPS: usize = 100;

/// The last run, if there was one.
pub async fn last_run(tx: &mut Tx) -> Result<Option<RfmRun>> {
    Ok(setting::get(tx, SETTING).await?.value)
}

/// Keeps a run.
pub async fn keep(tx: &mut Tx, run: &RfmRun) -> Result<()> {
    setting::put(tx, SETTING, run).await?;
    Ok(())
}

/// Keeps who is new in the best cell of the last run.
pub async fn keep_new_vips(tx: &mut Tx, new_vips: &[PartyId]) -> Result<()> {
    match last_run(tx).await? {
        Some(run) => keep(tx, &RfmRun { new_vips: new_vips.to_vec(), ..run }).await,
        None => Ok(()),
    }
}

/// Looks at everyone with orders in the company's currency and finds the cut points.
pub async fn measure(tx: &mut Tx) -> Result<RfmRun> {
    let company = Company::load(tx).await?;
    let (as_of, currency) = (company.today(&*tx.environment().clock.clone()), company.currency);
    let rows = sql!("select last_day, order_days, spend from facts where currency = $1 and order_days > 0")
        .bind(currency)
        .stream::<(Day, i64, i64)>(tx);
    let customers: Vec<RfmInput> =
        rows.map_ok(|(last, days, spend)| input(as_of, last, days, spend)).try_collect().await?;
    let cuts = (customers.len() >= ENOUGH).then(|| RfmCuts::of(&customers, DEFAULT_CLASSES));
    Ok(RfmRun { as_of, currency, customers: customers.len(), cuts, new_vips: Vec::new() })
}

#[derive(FromRow)]
struct Customer {
    party: PartyId,
    currency: Option<Currency>,
    last_day: Option<Day>,
    order_days: i64,
    spend: i64,
    r: Option<i64>,
    f: Option<i64>,
    m: Option<i64>,
}

impl Customer {
    fn score(&self, run: &RfmRun) -> Option<RfmScore> {
        self.currency.filter(|currency| *currency == run.currency)?;
        run.score(self.last_day?, self.order_days, self.spend)
    }

    fn has(&self, score: Option<RfmScore>) -> bool {
        let cell = score.map(|score| [score.recency, score.frequency, score.monetary].map(i64::from));
        [self.r, self.f, self.m] == cell.map_or([None; 3], |cell| cell.map(Some))
    }
}

/// Scores a page of everyone after `after` by the last run and writes what is different; gives the last party, if
/// there was any, and adds to `new_vips` who is new in the best cell.
pub async fn score_page(tx: &mut Tx, after: i64, new_vips: &mut Vec<PartyId>) -> Result<Option<PartyId>> {
    let Some(run) = last_run(tx).await? else { return Ok(None) };
    let page: Vec<Customer> = sql!(
        "select party, currency, last_day, order_days, spend, r, f, m from facts \
         where party > $1 order by party limit $2"
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    let scored: Vec<(&Customer, Option<RfmScore>)> =
        page.iter().map(|customer| (customer, customer.score(&run))).collect();
    write(tx, &scored).await?;
    let vips: Vec<PartyId> = scored
        .iter()
        .filter_map(|(customer, score)| score.filter(|score| run.is_vip(*score)).map(|_| customer.party))
        .collect();
    let room = NEW_VIPS.saturating_sub(new_vips.len());
    let new = facts::kept(tx, &vips).await?.into_iter();
    let new = new.filter(|kept| run.is_new_vip(&History::days_from_bytes(&kept.history)));
    new_vips.extend(new.map(|kept| kept.party).take(room));
    Ok(page.last().map(|last| last.party))
}

async fn write(tx: &mut Tx, scored: &[(&Customer, Option<RfmScore>)]) -> Result<()> {
    let moved = || scored.iter().filter(|(customer, score)| !customer.has(*score));
    let cells: Vec<Cell> = moved()
        .filter_map(|(customer, score)| {
            let RfmScore { recency: r, frequency: f, monetary: m } = (*score)?;
            Some(Cell { party: customer.party, r, f, m })
        })
        .collect();
    facts::write_cells(tx, &cells).await?;
    let mut clear =
        sql_rows!(1, "update facts set r = null, f = null, m = null where party in (values {rows})");
    let gone = moved().filter(|(_, score)| score.is_none());
    gone.for_each(|(customer, _)| clear.push_row([customer.party.into()]));
    if !clear.is_empty() {
        clear.execute(tx).await?;
    }
    Ok(())
}
