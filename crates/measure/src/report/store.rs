//! Counting a report from the rows.

use super::model::{LeakLine, Report, States, revenue};
use crate::models::{Fitted, Models, currency_of};
use crate::population::{self, Population};
use crate::{blocking, leak};
use ::store::{FromRow, Result, Tx, sql};
use choose::lifecycle::{State, StateSettings, state_on};
use kernel::{Currency, Day};
use know::facts::{Gaps, median};
use rayon::prelude::*;
use std::sync::Arc;
use web::Company;

#[derive(FromRow)]
struct Lines {
    currency: Currency,
    lines: i64,
    refunds: i64,
    revenue: i64,
}

/// The company as of the end of `as_of`.
pub async fn report(tx: &mut Tx, as_of: Day, company: &Company) -> Result<Report> {
    let lines = lines(tx, as_of).await?;
    let (orders, anonymous_orders) = orders(tx, as_of).await?;
    let population = Arc::new(population::as_of(tx, as_of).await?);
    let settings = StateSettings::load(tx).await?;
    let causes = leak::store::causes(tx, as_of, company).await?;
    let (people, currency) = (population.clone(), company.currency);
    let (mut states, models, leak) = blocking(move || {
        let months = leak::months(&people, as_of, &settings, &causes);
        (
            states(&people, as_of, &settings),
            models(&people, as_of, currency),
            months.last().map(LeakLine::from),
        )
    })
    .await;
    let known = i64::try_from(population.len()).unwrap_or(i64::MAX);
    let parties = parties(tx, as_of, company).await?.max(known);
    states.add(State::Prospect, parties - known);
    Ok(Report {
        as_of,
        parties,
        orders,
        order_lines: lines.iter().map(|row| row.lines).sum(),
        refund_lines: lines.iter().map(|row| row.refunds).sum(),
        anonymous_orders,
        invalid_rows: invalid_rows(tx).await?,
        revenue: revenue(lines.into_iter().map(|row| (row.currency, row.revenue)).collect()),
        states,
        models,
        leak: leak.unwrap_or_default(),
    })
}

async fn lines(tx: &mut Tx, as_of: Day) -> Result<Vec<Lines>> {
    sql!(
        "select currency, count(*) as lines, count(*) filter (where amount < 0) as refunds, \
         cast(sum(amount) as bigint) as revenue from order_lines where retracted_by is null and day <= $1 \
         group by currency order by currency"
    )
    .bind(as_of)
    .fetch_all(tx)
    .await
}

/// Orders, and those of them that no customer's name is on.
async fn orders(tx: &mut Tx, as_of: Day) -> Result<(i64, i64)> {
    sql!(
        "select count(*), count(*) filter (where named = 0) from (select count(party) as named from order_lines \
         where retracted_by is null and day <= $1 and amount >= 0 group by source, order_no) as placed"
    )
    .bind(as_of)
    .fetch_one(tx)
    .await
}

/// Everyone who stands for themselves, as of today; nobody knows who stood on an earlier day without an order.
async fn parties(tx: &mut Tx, as_of: Day, company: &Company) -> Result<i64> {
    if as_of < company.today(&*tx.environment().clock) {
        return Ok(0);
    }
    let (count,): (i64,) = sql!(
        "select count(*) from parties p where p.retracted_by is null and not exists \
              (select 1 from party_root r where r.party = p.id)"
    )
    .fetch_one(tx)
    .await?;
    Ok(count)
}

/// Rows that the last import of each file set aside: the same content imported again, under whatever name, counts once.
/// An import that failed counts as long as lines of it stand. Imports from before content was hashed are told apart by
/// name and size.
async fn invalid_rows(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = sql!(
        "select cast(coalesce(sum(rows_invalid), 0) as bigint) from (select i.rows_invalid, row_number() over \
         (partition by i.source, coalesce(i.content_hash, i.file), coalesce(i.content_hash, cast(i.size as text)) \
         order by case i.state when 'failed' then 1 else 0 end, i.id desc) as nth from imports i \
         where i.state in ('running', 'done') or i.state = 'failed' and exists \
         (select 1 from order_lines l where l.import_id = i.id and l.retracted_by is null)) as files where nth = 1"
    )
    .fetch_one(tx)
    .await?;
    Ok(count)
}

/// People by the state they are in on `as_of`.
fn states(population: &Population, as_of: Day, settings: &StateSettings) -> States {
    let mut gaps = Gaps::new();
    population.people().flat_map(|person| person.gaps().map(|(_, gap)| gap).collect::<Vec<_>>()).for_each(
        |gap| {
            *gaps.entry(gap).or_default() += 1;
        },
    );
    let company = median(&gaps);
    let judged: Vec<State> = (0..population.len())
        .into_par_iter()
        .map_init(Vec::new, |days, index| {
            days.clear();
            days.extend(population.person(index).days());
            state_on(days, as_of, company, settings)
        })
        .collect();
    let mut states = States::default();
    judged.into_iter().for_each(|state| states.add(state, 1));
    states
}

fn models(population: &Population, as_of: Day, company: Currency) -> Models {
    Fitted::fit(population, as_of, currency_of(population, company)).models()
}
