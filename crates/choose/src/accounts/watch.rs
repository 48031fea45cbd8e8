//! The watch on those left out: what was expected of them, and what came.

use super::store::{self, Watched};
use crate::worth::Figure;
use crate::worth::model::net;
use crate::worth::store as worth;
use ::store::{Result, Tx, sql_rows};
use kernel::{Currency, Day, Id, Month, kinds};
use know::assessments::Input;
use know::facts::store as facts;
use know::facts::{History, OrderDay};
use std::collections::BTreeMap;

type PartyId = Id<kinds::Party>;

/// Months that are shown.
const MONTHS: i64 = 12;
/// Months of a year.
const YEAR: i64 = 12;
/// Parties asked about in one statement.
const SLICE: usize = 500;
/// Days somebody must have been a customer for their own pace to be a forecast.
const OWN_PACE: i64 = 92;

/// How a month went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthOf {
    pub month: Month,
    pub actual: i64,
}

/// How a customer who was left out does.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    pub party: PartyId,
    /// Expected a month.
    pub forecast: i64,
    pub currency: Currency,
    pub basis: String,
    pub since: Month,
    /// The full months since, the latest last.
    pub months: Vec<MonthOf>,
    /// Actual over forecast of all full months; none before the first has ended.
    pub ratio: Option<f64>,
}

impl Course {
    /// How `watched` did up to `today`.
    pub fn of(watched: Watched, days: &[OrderDay], today: Day) -> Self {
        let last = today.month().plus(-1);
        let full = last.number() - watched.since.number() + 1;
        let month = |back: i64| {
            let month = last.plus(-back);
            MonthOf { month, actual: net(days, month.first_day(), month.last_day()) }
        };
        let actual = net(days, watched.since.first_day(), last.last_day());
        let expected = watched.forecast.saturating_mul(full);
        Self {
            months: (0..full.clamp(0, MONTHS)).rev().map(month).collect(),
            ratio: (full > 0 && expected > 0).then(|| actual as f64 / expected as f64),
            party: watched.party,
            forecast: watched.forecast,
            currency: watched.currency,
            basis: watched.basis,
            since: watched.since,
        }
    }
}

/// How everyone who is watched does; key accounts are not watched.
pub async fn courses(tx: &mut Tx, today: Day) -> Result<Vec<Course>> {
    let keys = worth::keys(tx).await?;
    // After a merge two watches may be of one: the older one counts.
    let mut watched: BTreeMap<PartyId, Watched> = BTreeMap::new();
    for one in store::watched(tx).await? {
        if !keys.contains(&one.party) {
            watched.entry(one.party).or_insert(one);
        }
    }
    let parties: Vec<PartyId> = watched.keys().copied().collect();
    let kept = facts::kept(tx, &parties).await?;
    let courses = kept.into_iter().filter_map(|kept| {
        let days = History::days_from_bytes(&kept.history);
        Some(Course::of(watched.remove(&kept.party)?, &days, today))
    });
    let mut courses: Vec<Course> = courses.collect();
    courses.sort_by(|a, b| b.ratio.unwrap_or(-1.0).total_cmp(&a.ratio.unwrap_or(-1.0)));
    Ok(courses)
}

/// What is expected of customers in a month, and by what: what somebody stated, else what the model expects of their
/// orders, else their own pace of the last year.
pub async fn forecasts(
    tx: &mut Tx,
    parties: &[PartyId],
    figures: &BTreeMap<PartyId, Figure>,
    today: Day,
) -> Result<BTreeMap<PartyId, (i64, &'static str)>> {
    let mut all = BTreeMap::new();
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "select f.party, f.spend, f.orders, f.first_day, s.expected_orders from facts f \
             left join scores s on s.party = f.party where f.party in (values {rows})"
        );
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        for row in query.fetch_of_set::<Pace>(tx).await? {
            if let Some(expected) = figures.get(&row.0).and_then(|figure| expected(figure, &row, today)) {
                all.insert(row.0, expected);
            }
        }
    }
    Ok(all)
}

/// A party with spend, orders, the first day and the orders a model expects in a year.
type Pace = (PartyId, i64, i64, Option<Day>, Option<f64>);

fn expected(
    figure: &Figure,
    (_, spend, orders, first, model): &Pace,
    today: Day,
) -> Option<(i64, &'static str)> {
    let monthly = |yearly: f64| (yearly / YEAR as f64).round() as i64;
    let stated = figure.score(Input::Forecast).map(|yearly| (monthly(yearly as f64), "stated"));
    let mean = (*orders > 0).then(|| *spend as f64 / *orders as f64);
    let model = model.zip(mean).map(|(orders, mean)| (monthly(orders * mean), "model"));
    let days = first.map(|first| today.since(first) + 1).filter(|days| *days >= OWN_PACE);
    let pace = days.map(|days| {
        let share = 365.0 / days.min(365) as f64;
        (monthly(figure.revenue as f64 * share), "trend")
    });
    stated.or(model).or(pace).filter(|(forecast, _)| *forecast > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_course_is_of_full_months_against_what_was_expected() {
        let days = [("2026-03-10", 500), ("2026-04-02", 1_000), ("2026-05-20", 1_400), ("2026-06-01", 9_000)];
        let days: Vec<OrderDay> =
            days.iter().map(|(at, net)| OrderDay { day: day(at), net: *net, own: true }).collect();
        let watched = Watched {
            party: Id::from_number(1),
            forecast: 1_000,
            currency: Currency::KRW,
            basis: "model".into(),
            since: day("2026-04-01").month(),
        };
        let course = Course::of(watched.clone(), &days, day("2026-06-03"));
        assert_eq!(course.months.iter().map(|month| month.actual).collect::<Vec<_>>(), [1_000, 1_400]);
        assert_eq!(course.ratio, Some(1.2), "neither the month of the decision nor the running one counts");
        assert_eq!(Course::of(watched, &days, day("2026-04-30")).ratio, None, "no month has ended");
    }
}
