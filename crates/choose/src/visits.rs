//! From the first visit to the third: how many come again, after how long, and where they become regulars.

use crate::lifecycle::StateSettings;
use crate::lifecycle::store::each_history;
use ::store::{FromRow, Result, Tx, sql};
use axum::Json;
use axum::extract::State;
use kernel::Day;
use know::facts::{Gaps, median};
use know::parties::list::{self, Filter};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Actor, Answer, App, Company, Permission, Registry};

/// Visits that are followed.
const STEPS: usize = 3;

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(visits)));
    registry.allow("GET", "/choose/visits", Permission::FiguresRead);
}

/// Who comes again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Visits {
    /// The first, second and third visit.
    steps: Vec<VisitStep>,
    /// People who are one visit away from being regulars.
    one_away: OneAway,
    /// Where they bought.
    by_store: Vec<ByStore>,
    /// Who served them.
    by_staff: Vec<ByStaff>,
}

/// A visit and the next one.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct VisitStep {
    /// Which visit: an order day.
    visit: usize,
    /// People who came so often or more.
    people: i64,
    /// Those of them who came again.
    converted: i64,
    /// The share of those.
    share: Option<f64>,
    /// The median of the days until they came again.
    median_days: Option<f64>,
}

/// People who are one visit away from being regulars.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneAway {
    /// How many.
    count: i64,
    /// The list of them.
    href: String,
}

/// A store's customers.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct ByStore {
    /// The store.
    store: String,
    /// People who bought there.
    people: i64,
    /// Those of them who are regulars.
    regulars: i64,
    /// The share of those.
    share: f64,
}

/// The customers of a member of staff.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct ByStaff {
    /// The member of staff.
    staff: String,
    /// People they served.
    people: i64,
    /// Those of them who are regulars.
    regulars: i64,
    /// The share of those.
    share: f64,
}

/// Who comes again after the first, the second and the third visit.
#[utoipa::path(get, path = "/choose/visits", tag = "choose", responses((status = 200, body = Visits)))]
async fn visits(app: State<App>, actor: Actor) -> Answer<Json<Visits>> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let mut funnel = Funnel::default();
    each_history(&mut tx, |days| funnel.add(days)).await?;
    let (filter, href) = one_away(&StateSettings::load(&mut tx).await?);
    let count = list::count(&mut tx, &filter, today, actor.sight).await?;
    Ok(Json(Visits {
        steps: funnel.steps(),
        one_away: OneAway { count, href },
        by_store: by_store(&mut tx).await?,
        by_staff: by_staff(&mut tx).await?,
    }))
}

/// Customers whose next visit makes them regulars, and the address of their list.
pub(crate) fn one_away(settings: &StateSettings) -> (Filter, String) {
    let days = settings.regular_orders - 1;
    let state = "new,active,returned";
    let filter =
        Filter { days_min: Some(days), days_max: Some(days), state: Some(state.into()), ..Filter::default() };
    (filter, format!("/know/customers?days_min={days}&days_max={days}&state={state}"))
}

/// Counts visits and the days between them.
#[derive(Debug, Default)]
struct Funnel {
    people: [i64; STEPS + 1],
    gaps: [Gaps; STEPS],
}

impl Funnel {
    fn add(&mut self, days: &[Day]) {
        self.people.iter_mut().take(days.len()).for_each(|people| *people += 1);
        for (gaps, pair) in self.gaps.iter_mut().zip(days.windows(2)) {
            *gaps.entry(pair[1].since(pair[0])).or_default() += 1;
        }
    }

    fn steps(&self) -> Vec<VisitStep> {
        let pairs = self.people.windows(2).zip(&self.gaps).enumerate();
        pairs
            .map(|(position, (pair, gaps))| {
                let (people, converted) = (pair[0], pair[1]);
                let share = (people > 0).then(|| converted as f64 / people as f64);
                VisitStep { visit: position + 1, people, converted, share, median_days: median(gaps) }
            })
            .collect()
    }
}

async fn by_store(tx: &mut Tx) -> Result<Vec<ByStore>> {
    sql!(
        "with bought as (select distinct store, party from order_lines \
         where store is not null and party is not null and retracted_by is null), \
         counted as (select b.store, count(*) as people, count(*) filter (where f.state = 'regular') as regulars \
         from bought b join facts f on f.party = b.party group by b.store) \
         select store, people, regulars, cast(regulars as double precision) / people as share from counted \
         order by people desc, store limit 50"
    )
    .fetch_all(tx)
    .await
}

async fn by_staff(tx: &mut Tx) -> Result<Vec<ByStaff>> {
    sql!(
        "with bought as (select distinct staff, party from order_lines \
         where staff is not null and party is not null and retracted_by is null), \
         counted as (select b.staff, count(*) as people, count(*) filter (where f.state = 'regular') as regulars \
         from bought b join facts f on f.party = b.party group by b.staff) \
         select staff, people, regulars, cast(regulars as double precision) / people as share from counted \
         order by people desc, staff limit 50"
    )
    .fetch_all(tx)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_funnel_counts_who_came_again_and_after_how_long() {
        let mut funnel = Funnel::default();
        for days in [&[0][..], &[0, 10], &[5, 25, 32], &[1, 8, 15, 40, 90], &[]] {
            funnel.add(&days.iter().map(|day| Day::from_epoch(*day)).collect::<Vec<_>>());
        }
        let step = |visit, people, converted, share, median_days| VisitStep {
            visit,
            people,
            converted,
            share: Some(share),
            median_days: Some(median_days),
        };
        assert_eq!(
            funnel.steps(),
            [step(1, 4, 3, 0.75, 10.0), step(2, 3, 2, 2.0 / 3.0, 7.0), step(3, 2, 1, 0.5, 25.0),]
        );
        assert_eq!(Funnel::default().steps()[0].share, None);
    }
}
