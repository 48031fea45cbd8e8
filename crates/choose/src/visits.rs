//! From the first visit to the third: how many come again, after how long, and where they become regulars.
//!
//! Of few customers it is counted when it is asked for, of many by the refresh job.

use crate::lifecycle::store::order_days;
use crate::lifecycle::{State as LifeState, StateSettings};
use ::store::{Db, Result, Tx, setting};
use axum::Json;
use axum::extract::State;
use kernel::Day;
use know::facts::store as facts;
use know::facts::{Gaps, median};
use know::parties::list::{self, Filter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Actor, Answer, App, Company, Permission, Registry};

/// Visits that are followed.
const STEPS: usize = 3;
/// Customers that are counted whenever the board is opened: it takes some hundredths of a second. Of more it shows what
/// the last refresh counted.
const AT_ONCE: i64 = 10_000;
/// Customers of a page.
const PAGE: i64 = 5_000;
/// Stores, and members of staff, that are shown.
const SHOWN: usize = 50;
/// The setting that keeps what the last refresh counted.
const SETTING: &str = "choose.visits";

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ByStore {
    /// The store.
    store: String,
    /// People who bought there.
    people: i64,
    /// Those of them who came a second time.
    #[serde(default)]
    second: i64,
    /// Those of them who came a third time.
    #[serde(default)]
    third: i64,
    /// Those of them who are one visit away from being regulars.
    #[serde(default)]
    one_away: i64,
    /// Those of them who are regulars.
    regulars: i64,
    /// The share of those.
    share: f64,
}

/// The customers of a member of staff.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ByStaff {
    /// The member of staff.
    staff: String,
    /// People they served.
    people: i64,
    /// Those of them who came a second time.
    #[serde(default)]
    second: i64,
    /// Those of them who came a third time.
    #[serde(default)]
    third: i64,
    /// Those of them who are one visit away from being regulars.
    #[serde(default)]
    one_away: i64,
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
    let (filter, href) = one_away(&StateSettings::load(&mut tx).await?);
    let count = list::count(&mut tx, &filter, today, actor.sight).await?;
    drop(tx);
    let Counted { steps, by_store, by_staff } = counted(app.db()).await?;
    Ok(Json(Visits { steps, one_away: OneAway { count, href }, by_store, by_staff }))
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

/// The board's figures, counted over everyone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Counted {
    steps: Vec<VisitStep>,
    by_store: Vec<ByStore>,
    by_staff: Vec<ByStaff>,
}

/// Counts everyone; reads a page at a time, each in a transaction of its own.
pub(crate) async fn count(db: &Db) -> Result<Counted> {
    let (mut funnel, mut stores, mut staff) = (Funnel::default(), Visited::default(), Visited::default());
    let nearly = StateSettings::load(&mut db.read().await?).await?.regular_orders - 1;
    let mut after = i64::MIN;
    loop {
        let page = facts::known_page(&mut db.read().await?, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.party.number();
        for known in page {
            let days = order_days(&known.history);
            funnel.add(&days);
            let came = i64::try_from(days.len()).unwrap_or(i64::MAX);
            let tally = Tally::of(came, &known.state, nearly);
            let places = known.places.map(|places| places.0).unwrap_or_default();
            stores.add(places.stores, tally);
            staff.add(places.staff, tally);
        }
    }
    let by_store = stores.largest().map(|(store, tally)| {
        let Tally { people, second, third, one_away, regulars } = tally;
        ByStore { store, people, second, third, one_away, regulars, share: tally.share() }
    });
    let by_staff = staff.largest().map(|(staff, tally)| {
        let Tally { people, second, third, one_away, regulars } = tally;
        ByStaff { staff, people, second, third, one_away, regulars, share: tally.share() }
    });
    Ok(Counted { steps: funnel.steps(), by_store: by_store.collect(), by_staff: by_staff.collect() })
}

/// Keeps the figures for when they are asked for.
pub(crate) async fn keep(tx: &mut Tx, counted: &Counted) -> Result<()> {
    setting::put(tx, SETTING, &Some(counted)).await.map(drop)
}

/// The figures: of few customers as they are now, of many as the last refresh counted them.
async fn counted(db: &Db) -> Result<Counted> {
    let mut tx = db.read().await?;
    if facts::are_more_than(&mut tx, AT_ONCE).await?
        && let Some(kept) = setting::get::<Option<Counted>>(&mut tx, SETTING).await?.value
    {
        return Ok(kept);
    }
    drop(tx);
    count(db).await
}

/// What becomes of the customers of one place.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    people: i64,
    second: i64,
    third: i64,
    one_away: i64,
    regulars: i64,
}

impl Tally {
    /// One customer, who came on so many days; `nearly` are the days after which one more makes a regular.
    fn of(came: i64, state: &str, nearly: i64) -> Self {
        let is = |states: &[LifeState]| states.iter().any(|one| one.text() == state);
        let goes_on = is(&[LifeState::New, LifeState::Active, LifeState::Returned]);
        Self {
            people: 1,
            second: i64::from(came >= 2),
            third: i64::from(came >= 3),
            one_away: i64::from(came == nearly && goes_on),
            regulars: i64::from(is(&[LifeState::Regular])),
        }
    }

    fn add(&mut self, other: Self) {
        self.people += other.people;
        self.second += other.second;
        self.third += other.third;
        self.one_away += other.one_away;
        self.regulars += other.regulars;
    }

    /// The share of regulars.
    fn share(self) -> f64 {
        self.regulars as f64 / self.people as f64
    }
}

/// What becomes of customers by the name of a store or of a member of staff.
#[derive(Debug, Default)]
struct Visited(BTreeMap<String, Tally>);

impl Visited {
    fn add(&mut self, names: impl IntoIterator<Item = String>, tally: Tally) {
        for name in names {
            self.0.entry(name).or_default().add(tally);
        }
    }

    /// Those with the most people.
    fn largest(self) -> impl Iterator<Item = (String, Tally)> {
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.people));
        all.into_iter().take(SHOWN)
    }
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
