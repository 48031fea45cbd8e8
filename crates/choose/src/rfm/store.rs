//! RFM in the database: measuring everyone, keeping the run, writing the cells.

use super::model::{ENOUGH, RfmRun, input};
use ::store::{FromRow, Result, Tx, setting, sql, sql_rows};
use futures::TryStreamExt;
use kernel::{Currency, Day, Id, kinds};
use know::facts::History;
use know::facts::store::{self as facts, Cell};
use know::privacy::suspension;
use science::rfm::{DEFAULT_CLASSES, RfmCuts, RfmInput, RfmScore};
use web::Company;

type PartyId = Id<kinds::Party>;

/// The name of the setting that keeps the run.
const SETTING: &str = "choose.rfm";
/// People of a page.
pub const PAGE: i64 = 5_000;
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

/// What the last run says of a page of people.
pub struct Scored {
    /// The last of them.
    pub last: PartyId,
    /// Cells that are not as they were.
    moved: Vec<Cell>,
    /// People who have no cell any more.
    gone: Vec<PartyId>,
    /// Who is new in the best cell.
    pub new_vips: Vec<PartyId>,
}

/// Scores a page of everyone after `after` by the last run, without writing: `new_vips` are
/// known already. Nothing at the end.
pub async fn scored_page(tx: &mut Tx, after: i64, new_vips: usize) -> Result<Option<Scored>> {
    let Some(run) = last_run(tx).await? else { return Ok(None) };
    let page: Vec<Customer> = sql!(
        "select party, currency, last_day, order_days, spend, r, f, m from facts \
         where party > $1 order by party limit $2"
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    let Some(last) = page.last().map(|last| last.party) else { return Ok(None) };
    let unused = suspension::all(tx).await?;
    let mut scored = Scored { last, moved: Vec::new(), gone: Vec::new(), new_vips: Vec::new() };
    let mut vips = Vec::new();
    for customer in &page {
        let score = customer.score(&run).filter(|_| !unused.contains(&customer.party));
        vips.extend(score.filter(|score| run.is_vip(*score)).map(|_| customer.party));
        match score {
            _ if customer.has(score) => {}
            Some(RfmScore { recency: r, frequency: f, monetary: m }) => {
                scored.moved.push(Cell { party: customer.party, r, f, m });
            }
            None => scored.gone.push(customer.party),
        }
    }
    let room = NEW_VIPS.saturating_sub(new_vips);
    if room > 0 {
        let new = facts::kept(tx, &vips).await?.into_iter();
        let new = new.filter(|kept| run.is_new_vip(&History::days_from_bytes(&kept.history)));
        scored.new_vips = new.map(|kept| kept.party).take(room).collect();
    }
    Ok(Some(scored))
}

/// Writes what is different on a page.
pub async fn write(tx: &mut Tx, scored: &Scored) -> Result<()> {
    facts::write_cells(tx, &scored.moved).await?;
    let mut clear =
        sql_rows!(1, "update facts set r = null, f = null, m = null where party in (values {rows})");
    scored.gone.iter().for_each(|party| clear.push_row([(*party).into()]));
    if !clear.is_empty() {
        clear.execute(tx).await?;
    }
    Ok(())
}
