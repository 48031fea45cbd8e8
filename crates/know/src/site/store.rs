//! Counts of visits, and visits of somebody known, in the database.

use super::model::Page;
use crate::parties::root::members;
use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Day, Id, Instant, kinds};
use serde::Serialize;
use utoipa::ToSchema;

type PartyId = Id<kinds::Party>;

/// Different rows of a day: what is more is counted together, however many paths somebody makes up.
pub const DIFFERENT: i64 = 2_000;
/// The path under which that is counted.
const OTHER: &str = "…";
/// Visits of one person a day: more is no person.
const A_DAY: i64 = 48;

/// Counts a page, and a visit where one begins.
pub async fn count(tx: &mut Tx, day: Day, page: &Page, begins: bool) -> Result<()> {
    let visits = i64::from(begins);
    if add(tx, day, (&page.path, &page.source, &page.campaign), visits).await? {
        return Ok(());
    }
    let (different,): (i64,) =
        sql!("select count(*) from site_days where day = $1").bind(day).fetch_one(tx).await?;
    let row = match different < DIFFERENT {
        true => (page.path.as_str(), page.source.as_str(), page.campaign.as_str()),
        false => (OTHER, "", ""),
    };
    sql!(
        "insert into site_days (day, path, source, campaign, pages, visits) values ($1, $2, $3, $4, 1, $5) \
         on conflict (day, path, source, campaign) do update set pages = site_days.pages + 1, \
         visits = site_days.visits + excluded.visits"
    )
    .bind(day)
    .bind(row.0)
    .bind(row.1)
    .bind(row.2)
    .bind(visits)
    .execute(tx)
    .await?;
    Ok(())
}

/// Adds to a row that is there; gives whether it is.
async fn add(tx: &mut Tx, day: Day, row: (&str, &str, &str), visits: i64) -> Result<bool> {
    let added = sql!(
        "update site_days set pages = pages + 1, visits = visits + $5 \
         where day = $1 and path = $2 and source = $3 and campaign = $4"
    )
    .bind(day)
    .bind(row.0)
    .bind(row.1)
    .bind(row.2)
    .bind(visits)
    .execute(tx)
    .await?;
    Ok(added == 1)
}

/// Keeps a visit of somebody, or a further page of it. Its first page tells the log.
pub async fn keep(tx: &mut Tx, party: PartyId, visit: &str, page: &Page, day: Day) -> Result<()> {
    let further = sql!("update site_visits set pages = pages + 1 where party = $1 and visit = $2")
        .bind(party)
        .bind(visit)
        .execute(tx)
        .await?;
    let (today,): (i64,) = sql!("select count(*) from site_visits where party = $1 and day = $2")
        .bind(party)
        .bind(day)
        .fetch_one(tx)
        .await?;
    if further > 0 || today >= A_DAY {
        return Ok(());
    }
    let id: Id<kinds::Visit> = tx.id();
    let kept = sql!(
        "insert into site_visits (id, party, visit, at, day, path, source, medium, campaign, pages) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) on conflict (party, visit) do nothing"
    )
    .bind(id)
    .bind(party)
    .bind(visit)
    .bind(tx.now())
    .bind(day)
    .bind(&page.path)
    .bind(&page.source)
    .bind(&page.medium)
    .bind(&page.campaign)
    .execute(tx)
    .await?;
    match kept {
        1 => log::append(tx, Entry::live(tx, "site.visited", id.number()).about(party)).await,
        _ => Ok(()),
    }
}

/// A visit as the timeline shows it.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct VisitShown {
    /// Its id.
    pub id: Id<kinds::Visit>,
    /// When it began.
    pub at: Instant,
    /// Its first page.
    pub path: String,
    /// Where they came from.
    pub source: String,
    /// Through which campaign.
    pub campaign: String,
    /// How many pages they saw.
    pub pages: i64,
}

/// Visits of a party until `until`, the newest first.
pub(crate) async fn of_party(
    tx: &mut Tx,
    party: PartyId,
    until: Instant,
    limit: i64,
) -> Result<Vec<VisitShown>> {
    sql!(concat!(
        "select id, at, path, source, campaign, pages from site_visits where party in ",
        members!("$1"),
        " and at <= $2 order by at desc, id desc limit $3"
    ))
    .bind(party)
    .bind(until)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Forgets visits of people of before `before`, at most `limit` at once.
pub async fn forget_before(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64> {
    sql!(
        "delete from site_visits where id in (select id from site_visits where at < $1 order by at limit $2)"
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await
}

/// Counts visits into the day's line of the report of what was destroyed because its period had ended.
pub async fn report(tx: &mut Tx, before: Instant, count: i64) -> Result<()> {
    let since = tx.now().plus(-Instant::DAY);
    let counted = sql!(
        "update destructions set count = count + $1, before = $2 where id = \
         (select max(id) from destructions where kind = 'site_visits' and at > $3)"
    )
    .bind(count)
    .bind(before)
    .bind(since)
    .execute(tx)
    .await?;
    if counted > 0 {
        return Ok(());
    }
    let id: Id<kinds::Destruction> = tx.id();
    sql!(
        "insert into destructions (id, at, kind, before, count, method) values ($1, $2, 'site_visits', $3, $4, 'deleted')"
    )
    .bind(id)
    .bind(tx.now())
    .bind(before)
    .bind(count)
    .execute(tx)
    .await?;
    Ok(())
}

/// A day's visits.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct SiteDay {
    /// The day.
    #[schema(value_type = String)]
    pub day: Day,
    /// Visits.
    pub visits: i64,
    /// Pages that were seen.
    pub pages: i64,
}

/// How often something was seen.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct SiteCount {
    /// A path, a source or a campaign; empty for visitors who came by themselves.
    pub what: String,
    /// Visits that began so.
    pub visits: i64,
    /// Pages that were seen.
    pub pages: i64,
}

/// Visits by day since `from`.
pub async fn days(tx: &mut Tx, from: Day) -> Result<Vec<SiteDay>> {
    sql!(
        "select day, cast(sum(visits) as bigint) as visits, cast(sum(pages) as bigint) as pages from site_days \
         where day >= $1 group by day order by day"
    )
    .bind(from)
    .fetch_all(tx)
    .await
}

/// The counts by one column, the most visited first.
macro_rules! by {
    ($column:literal, $tx:expr, $from:expr, $limit:expr) => {
        sql!(concat!(
            "select ",
            $column,
            " as what, cast(sum(visits) as bigint) as visits, cast(sum(pages) as bigint) as pages from site_days \
             where day >= $1 group by ",
            $column,
            " order by cast(sum(visits) as bigint) desc, cast(sum(pages) as bigint) desc, ",
            $column,
            " limit $2"
        ))
        .bind($from)
        .bind($limit)
        .fetch_all($tx)
        .await
    };
}

/// The pages since `from`, the most visited first.
pub async fn paths(tx: &mut Tx, from: Day, limit: i64) -> Result<Vec<SiteCount>> {
    by!("path", tx, from, limit)
}

/// Where visitors came from since `from`.
pub async fn sources(tx: &mut Tx, from: Day, limit: i64) -> Result<Vec<SiteCount>> {
    by!("source", tx, from, limit)
}

/// The campaigns through which visitors came since `from`.
pub async fn campaigns(tx: &mut Tx, from: Day, limit: i64) -> Result<Vec<SiteCount>> {
    by!("campaign", tx, from, limit)
}

/// Visits of somebody known since `from`.
pub async fn known(tx: &mut Tx, from: Day) -> Result<i64> {
    let (count,): (i64,) =
        sql!("select count(*) from site_visits where day >= $1").bind(from).fetch_one(tx).await?;
    Ok(count)
}
