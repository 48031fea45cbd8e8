//! The leak board: the last complete month, its holes, and what plugging one would do.

use super::model::{LeakMonth, ReasonCount};
use kernel::{Day, Money};
use science::economics::{Hole as Leaking, LeakyBucket};
use serde::Serialize;
use utoipa::ToSchema;

/// The board.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Board {
    /// The day it stands at.
    #[schema(value_type = String)]
    pub as_of: Day,
    /// Up to 24 complete months.
    pub months: Vec<LeakMonth>,
    /// Live customers at the end of the last complete month.
    pub level: i64,
    /// Who came in it.
    pub inflow: i64,
    /// Who left in it.
    pub outflow: i64,
    /// Outflow over its opening.
    pub loss_rate: Option<f64>,
    /// Where the level settles if nothing changes, in people; none when nothing leaks.
    pub steady_state: Option<f64>,
    /// The reasons of the last complete month, the largest first.
    pub holes: Vec<Hole>,
    /// What one live customer is expected to bring.
    pub value_per_person: Option<Money>,
}

/// A reason through which people left.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Hole {
    /// The reason and how many.
    #[serde(flatten)]
    pub reason: ReasonCount,
    /// Its part of the outflow, 0 to 1.
    pub share_of_outflow: f64,
    /// What those who left through it were expected to bring.
    pub value: Option<Money>,
    /// The bucket once nobody leaves through it.
    pub plugged: Plugged,
}

/// The bucket with one hole plugged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Plugged {
    /// Loss rate that remains.
    pub loss_rate: Option<f64>,
    /// Where the level then settles, in people; none when nothing leaks any more.
    pub steady_state: Option<f64>,
    /// How many more people that is.
    pub extra_people: Option<f64>,
}

impl Board {
    /// The board of these months, the last of which is the headline.
    pub fn new(as_of: Day, months: Vec<LeakMonth>, value_per_person: Option<Money>) -> Self {
        let headline = months.last().cloned();
        let bucket = headline.as_ref().and_then(bucket);
        let steady = bucket.and_then(|bucket| bucket.steady_state());
        let count = |count: fn(&LeakMonth) -> i64| headline.as_ref().map_or(0, count);
        let outflow = count(|month| month.outflow);
        let reasons = headline.iter().flat_map(|month| month.reasons.clone());
        Self {
            as_of,
            level: count(|month| month.level),
            inflow: count(|month| month.inflow),
            outflow,
            loss_rate: headline.as_ref().and_then(|month| month.loss_rate),
            steady_state: steady.map(f64::round),
            holes: reasons.map(|reason| hole(reason, outflow, bucket, value_per_person)).collect(),
            value_per_person,
            months,
        }
    }
}

/// The bucket that a month shows.
pub fn bucket(month: &LeakMonth) -> Option<LeakyBucket> {
    LeakyBucket::observed(month.opening as f64, month.inflow as f64, month.outflow as f64)
}

fn hole(reason: ReasonCount, outflow: i64, bucket: Option<LeakyBucket>, value: Option<Money>) -> Hole {
    let leaking = Leaking { lost: reason.count as f64, pluggable: 1.0 };
    let plugged = bucket.map(|bucket| bucket.plugged(&leaking));
    let settles =
        |bucket: Option<LeakyBucket>| bucket.and_then(|bucket| bucket.steady_state()).map(f64::round);
    let (now, then) = (settles(bucket), settles(plugged));
    Hole {
        share_of_outflow: reason.count as f64 / outflow.max(1) as f64,
        value: value.map(|each| Money::new(each.currency, each.amount_minor.saturating_mul(reason.count))),
        plugged: Plugged {
            loss_rate: plugged.map(|bucket| bucket.loss_rate),
            steady_state: then,
            extra_people: now.zip(then).map(|(now, then)| then - now),
        },
        reason,
    }
}
