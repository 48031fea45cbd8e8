//! Scores of people among people, and who moves where.

use super::rules::{TierBy, VipRules};
use kernel::{Currency, Day};
use know::facts::OrderDay;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Cut points that are kept of each measure.
const CUTS: usize = 99;
/// Points for one, two and three kinds of voluntary promotion.
const ADVOCACY: [f64; 4] = [0.0, 60.0, 85.0, 100.0];
/// The parts of a score.
pub const PARTS: [&str; 5] = ["recency", "frequency", "margin", "tenure", "advocacy"];

/// What a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VipMeasures)]
pub struct Measures {
    /// Days since the last order.
    pub recency_days: i64,
    /// Order days within the window.
    pub order_days: i64,
    /// Margin within the window in minor units: recorded, else estimated, else what they bought.
    pub margin: i64,
    /// Whether somebody recorded the margin.
    pub margin_recorded: bool,
    /// Days since the first order.
    pub tenure_days: i64,
    /// Kinds of voluntary promotion within the window: 0 to 3.
    pub advocacy: i64,
}

/// What is known besides orders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Besides {
    /// The margin of a year that somebody recorded.
    pub margin: Option<i64>,
    /// The company's gross margin in percent.
    pub margin_percent: Option<f64>,
    /// Kinds of voluntary promotion within the window.
    pub advocacy: i64,
}

impl Measures {
    /// What is measured of somebody; none who did not order within the window.
    pub fn of(days: &[OrderDay], rules: &VipRules, today: Day, besides: Besides) -> Option<Self> {
        let since = rules.since(today);
        let within: Vec<&OrderDay> = days.iter().filter(|it| it.day >= since && it.day <= today).collect();
        let last = within.last()?.day;
        let bought: i64 = within.iter().map(|it| it.net).sum();
        // A recorded margin is of a year.
        let recorded = besides.margin.map(|margin| margin.saturating_mul(rules.window_months) / 12);
        let estimated = || besides.margin_percent.map(|it| (bought as f64 * it / 100.0).round() as i64);
        Some(Self {
            recency_days: today.since(last),
            order_days: i64::try_from(within.len()).unwrap_or(i64::MAX),
            margin: recorded.or_else(estimated).unwrap_or(bought),
            margin_recorded: recorded.is_some(),
            tenure_days: days.first().map_or(0, |first| today.since(first.day)),
            advocacy: besides.advocacy.clamp(0, 3),
        })
    }

    /// In the order of [`PARTS`], the larger the better.
    fn ordered(&self) -> [i64; 4] {
        [-self.recency_days, self.order_days, self.margin, self.tenure_days]
    }

    /// The points of each part, 0 to 100: the place among everyone, and advocacy on a fixed scale.
    pub fn points(&self, cuts: &Cuts) -> [f64; 5] {
        let [recency, frequency, margin, tenure] = self.ordered();
        let advocacy = ADVOCACY[usize::try_from(self.advocacy).unwrap_or(0).min(3)];
        let [r, f, m, t] = &cuts.0;
        [place(r, recency), place(f, frequency), place(m, margin), place(t, tenure), advocacy]
    }

    /// The score, 0 to 100.
    pub fn score(&self, cuts: &Cuts, rules: &VipRules) -> i64 {
        let weights = rules.weights.all();
        let all: f64 = weights.iter().sum();
        let sum: f64 = self.points(cuts).iter().zip(weights).map(|(points, weight)| points * weight).sum();
        (sum / all).round() as i64
    }
}

/// The cut points of recency (negated days), frequency, margin and tenure among everyone, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cuts([Vec<i64>; 4]);

impl Cuts {
    /// The cut points of everyone measured.
    pub fn of(all: &[Measures]) -> Self {
        let column = |at: usize| {
            let mut values: Vec<i64> = all.iter().map(|one| one.ordered()[at]).collect();
            values.sort_unstable();
            let count = values.len();
            (1..=CUTS).filter_map(|cut| values.get(cut * count / (CUTS + 1)).copied()).collect::<Vec<i64>>()
        };
        Self([0, 1, 2, 3].map(column))
    }
}

/// The place of a value among the cut points, 0 to 100; equal ones share the middle of their places.
fn place(cuts: &[i64], value: i64) -> f64 {
    if cuts.is_empty() {
        return 50.0;
    }
    let below = cuts.partition_point(|cut| *cut < value);
    let up_to = cuts.partition_point(|cut| *cut <= value);
    (below + up_to) as f64 / (2 * cuts.len()) as f64 * 100.0
}

/// What everyone was last measured by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VipRun {
    /// The day.
    pub as_of: Day,
    /// The version of the rules.
    pub version: i64,
    /// The currency of margins.
    pub currency: Currency,
    /// Customers who ordered within the window.
    pub customers: usize,
    /// Whether the company's margin was known; else margin is what they bought.
    pub margin_known: bool,
    /// The cut points.
    pub cuts: Cuts,
    /// The lowest score of each tier.
    pub lines: BTreeMap<String, i64>,
}

/// The lowest score of each tier, given the scores of everyone.
pub fn lines(rules: &VipRules, scores: &mut [i64]) -> BTreeMap<String, i64> {
    scores.sort_unstable_by(|a, b| b.cmp(a));
    let top = |percent: f64| {
        let count = (scores.len() as f64 * percent / 100.0).floor() as usize;
        // Of nobody there is no best part.
        count.checked_sub(1).and_then(|last| scores.get(last)).copied().unwrap_or(101)
    };
    let line = |tier: &super::Tier| match tier.by {
        TierBy::Score => tier.at.ceil() as i64,
        TierBy::Top => top(tier.at),
    };
    rules.tiers.iter().map(|tier| (tier.code.clone(), line(tier))).collect()
}

/// The tier that a score reaches on a day: the highest that is open.
pub fn reached<'r>(
    rules: &'r VipRules,
    lines: &BTreeMap<String, i64>,
    score: i64,
    day: Day,
) -> Option<&'r str> {
    let open = rules.tiers.iter().rev().filter(|tier| tier.is_open(day));
    open.map(|tier| tier.code.as_str()).find(|code| lines.get(*code).is_some_and(|line| score >= *line))
}

/// Where somebody stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Their tier.
    pub tier: Option<String>,
    /// The tier they will fall to.
    pub falls_to: Option<String>,
    /// When they will fall.
    pub falls_on: Option<Day>,
}

/// Where somebody stands from now on who stood at `now`, whose score reaches `reached`, and to whom `granted` was
/// granted. Without `grace` a fall is not announced: the rules changed, and their author saw who falls.
pub fn next(
    now: &Standing,
    reached: Option<&str>,
    granted: Option<&str>,
    rules: &VipRules,
    day: Day,
    grace: bool,
) -> Standing {
    let wanted = if rules.rank(granted) > rules.rank(reached) { granted } else { reached };
    let wanted = wanted.filter(|code| rules.tier(code).is_some());
    let (have, want) = (rules.rank(now.tier.as_deref()), rules.rank(wanted));
    let there = Standing { tier: wanted.map(str::to_owned), ..Standing::default() };
    // One whose tier is gone from the rules, or whose days are over, has nothing to be warned of.
    let is_open =
        now.tier.as_deref().and_then(|code| rules.tier(code)).is_some_and(|(_, tier)| tier.is_open(day));
    if want >= have || !grace || !is_open {
        return there;
    }
    match now.falls_on {
        Some(on) if on <= day => there,
        on => Standing {
            tier: now.tier.clone(),
            falls_to: there.tier,
            falls_on: Some(on.unwrap_or(day.plus(rules.grace_days))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Tier, VipWeights};
    use super::*;

    fn tier(code: &str, by: TierBy, at: f64) -> Tier {
        Tier { code: code.into(), name: code.into(), colour: "jade".into(), by, at, starts: None, ends: None }
    }

    fn rules() -> VipRules {
        let tiers = vec![tier("silver", TierBy::Score, 50.0), tier("gold", TierBy::Score, 80.0)];
        VipRules { tiers, ..VipRules::default() }
    }

    fn day(at: i64) -> Day {
        Day::from_epoch(20_000 + at)
    }

    fn measures(n: i64) -> Measures {
        Measures {
            recency_days: 100 - n,
            order_days: n,
            margin: n * 1_000,
            margin_recorded: false,
            tenure_days: n * 10,
            advocacy: 0,
        }
    }

    #[test]
    fn a_score_is_the_place_among_everyone() {
        let all: Vec<Measures> = (1..=100).map(measures).collect();
        let cuts = Cuts::of(&all);
        let only = |weights| VipRules { weights, ..rules() };
        let none = VipWeights { recency: 0.0, frequency: 0.0, margin: 0.0, tenure: 0.0, advocacy: 0.0 };
        let frequency = only(VipWeights { frequency: 1.0, ..none });
        let scores: Vec<i64> = all.iter().map(|one| one.score(&cuts, &frequency)).collect();
        assert!(scores.is_sorted());
        assert_eq!((scores[0], scores[49], scores[99]), (0, 49, 99));
        let alike: Vec<Measures> = vec![measures(7); 30];
        assert_eq!(alike[0].score(&Cuts::of(&alike), &frequency), 50, "who are alike share the middle");
        let advocacy = only(VipWeights { advocacy: 1.0, ..none });
        let spoke = Measures { advocacy: 2, ..measures(1) };
        assert_eq!((all[99].score(&cuts, &advocacy), spoke.score(&cuts, &advocacy)), (0, 85));
    }

    #[test]
    fn margin_is_recorded_else_estimated_else_what_they_bought() {
        let days = [(-400, 9_000), (-20, 10_000), (-3, 20_000)];
        let days: Vec<OrderDay> =
            days.iter().map(|(at, net)| OrderDay { day: day(*at), net: *net, own: true }).collect();
        let of = |besides| Measures::of(&days, &rules(), day(0), besides).unwrap();
        assert_eq!(of(Besides::default()).margin, 30_000);
        let estimated = of(Besides { margin_percent: Some(50.0), ..Besides::default() });
        assert_eq!((estimated.margin, estimated.margin_recorded), (15_000, false));
        let recorded = of(Besides { margin: Some(8_000), margin_percent: Some(50.0), advocacy: 1 });
        assert_eq!((recorded.margin, recorded.margin_recorded, recorded.advocacy), (8_000, true, 1));
        assert_eq!((recorded.recency_days, recorded.order_days, recorded.tenure_days), (3, 2, 400));
        assert_eq!(
            Measures::of(&days[..1], &rules(), day(0), Besides::default()),
            None,
            "not within the window"
        );
    }

    #[test]
    fn the_best_part_has_so_many_people() {
        let rules = VipRules { tiers: vec![tier("top", TierBy::Top, 10.0)], ..rules() };
        let mut scores: Vec<i64> = (0..50).collect();
        assert_eq!(lines(&rules, &mut scores)["top"], 45);
        assert_eq!(lines(&rules, &mut [])["top"], 101, "of nobody nobody is the best");
    }

    #[test]
    fn people_rise_at_once_and_fall_after_a_notice() {
        let rules = rules();
        let gold = Standing { tier: Some("gold".into()), ..Standing::default() };
        let at =
            |now: &Standing, reached: Option<&str>, on: i64| next(now, reached, None, &rules, day(on), true);
        assert_eq!(at(&Standing::default(), Some("gold"), 0), gold);
        let warned = at(&gold, Some("silver"), 0);
        assert_eq!((warned.tier.as_deref(), warned.falls_on), (Some("gold"), Some(day(30))));
        assert_eq!(at(&warned, None, 10).falls_on, Some(day(30)), "the notice does not begin again");
        assert_eq!(at(&warned, Some("gold"), 20), gold, "they came back in time");
        assert_eq!(at(&warned, Some("silver"), 30).tier.as_deref(), Some("silver"));
        assert_eq!(next(&gold, None, Some("silver"), &rules, day(0), false).tier.as_deref(), Some("silver"));
        assert_eq!(next(&gold, None, Some("gold"), &rules, day(0), true), gold, "what was granted holds");
    }

    #[test]
    fn a_tier_is_given_between_its_days() {
        let mut rules = rules();
        rules.tiers[1].starts = Some(day(5));
        rules.tiers[1].ends = Some(day(9));
        let lines = lines(&rules, &mut [90]);
        let on = |at: i64| reached(&rules, &lines, 90, day(at));
        assert_eq!(
            [on(4), on(5), on(9), on(10)],
            [Some("silver"), Some("gold"), Some("gold"), Some("silver")]
        );
        assert_eq!(reached(&rules, &lines, 49, day(5)), None);
    }
}
