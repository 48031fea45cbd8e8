//! The price sensitivity meter: van Westendorp 1976, "NSS-Price Sensitivity Meter: a new approach to study consumer
//! perception of prices" (ESOMAR congress).
//!
//! Four questions give four cumulative curves over the price: too cheap and cheap fall, expensive and too expensive rise.
//! Their crossings: OPP (too cheap × too expensive), IPP (cheap × expensive), PMC (too cheap × not cheap, that is
//! 1 - cheap) and PME (too expensive × not expensive). PMC to PME is the acceptable range. Curves are steps; a crossing is
//! interpolated between the prices named on both sides of it.

use super::PriceError;
use crate::predict::Estimate;
use crate::quantile::{TooFewDraws, percentile_interval};
use crate::random::stream;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The four prices one person named.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PriceAnswer {
    /// So cheap that one doubts the quality.
    pub too_cheap: f64,
    /// A bargain.
    pub cheap: f64,
    /// Expensive, but one might still buy.
    pub expensive: f64,
    /// Too expensive to buy.
    pub too_expensive: f64,
}

/// The four curves at one price, as shares of people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PriceShares {
    /// The price.
    pub price: f64,
    /// To whom it is too cheap: who named at least this.
    pub too_cheap: f64,
    /// To whom it is cheap.
    pub cheap: f64,
    /// To whom it is expensive: who named at most this.
    pub expensive: f64,
    /// To whom it is too expensive.
    pub too_expensive: f64,
}

/// The four points with bootstrap percentile intervals over people. Where hardly anyone's prices lie near a crossing (people
/// are much alike, and all agree that it is neither too cheap nor too expensive) any price there will do, and its interval
/// is too narrow: look at the curves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VanWestendorp {
    /// Optimal price point: as many find it too cheap as too expensive.
    pub opp: Estimate,
    /// Indifference price point: as many find it cheap as expensive.
    pub ipp: Estimate,
    /// Point of marginal cheapness, the lower end of the acceptable range.
    pub pmc: Estimate,
    /// Point of marginal expensiveness, the upper end.
    pub pme: Estimate,
    /// The curves at each price named.
    pub curves: Vec<PriceShares>,
    /// People.
    pub n: u64,
}

/// Fewest answers.
const FEWEST: u64 = 10;

/// Finds the four points, with `draws` bootstrap draws (stream i of `seed` for draw i).
///
/// # Errors
/// [`PriceError::TooFew`] below 10 answers, [`PriceError::NotPositive`] and [`PriceError::NotRising`] name the answer,
/// [`PriceError::NoCrossing`] when curves do not meet, [`PriceError::TooFewDraws`] when they meet in fewer than 200 draws.
///
/// ```
/// use science::price::{PriceAnswer, van_westendorp};
/// let answer = |i: u32| {
///     let level = 10.0 + f64::from(i % 11);
///     PriceAnswer { too_cheap: level - 6.0, cheap: level - 2.0, expensive: level + 2.0, too_expensive: level + 6.0 }
/// };
/// let answers: Vec<PriceAnswer> = (0..110).map(answer).collect();
/// let meter = van_westendorp(&answers, 200, 1).unwrap();
/// assert!((meter.opp.value - 15.0).abs() < 0.6 && (meter.ipp.value - 15.0).abs() < 0.6);
/// assert!(meter.pmc.value < meter.pme.value);
/// ```
pub fn van_westendorp(answers: &[PriceAnswer], draws: u32, seed: u64) -> Result<VanWestendorp, PriceError> {
    check(answers)?;
    TooFewDraws::asked(draws).map_err(PriceError::TooFewDraws)?;
    let prices = prices(answers);
    let once = vec![1_u32; answers.len()];
    let curves = curves(answers, &once, &prices);
    let points = points(&curves)?;
    let one = |draw: u32| {
        let mut random = stream(seed, u64::from(draw));
        let mut times = vec![0_u32; answers.len()];
        (0..answers.len()).for_each(|_| times[random.random_range(0..answers.len())] += 1);
        self::points(&self::curves(answers, &times, &prices)).ok()
    };
    let drawn: Vec<Option<[f64; 4]>> = (0..draws).into_par_iter().map(one).collect();
    let drawn: Vec<[f64; 4]> = drawn.into_iter().flatten().collect();
    let estimate = |i: usize| {
        percentile_interval(points[i], draws, drawn.iter().map(|p| p[i])).map_err(PriceError::TooFewDraws)
    };
    Ok(VanWestendorp {
        opp: estimate(0)?,
        ipp: estimate(1)?,
        pmc: estimate(2)?,
        pme: estimate(3)?,
        curves,
        n: answers.len() as u64,
    })
}

impl PriceAnswer {
    fn all(&self) -> [f64; 4] {
        [self.too_cheap, self.cheap, self.expensive, self.too_expensive]
    }
}

fn check(answers: &[PriceAnswer]) -> Result<(), PriceError> {
    for (row, answer) in answers.iter().enumerate() {
        if !answer.all().iter().all(|p| *p >= 0.0 && p.is_finite()) {
            return Err(PriceError::NotPositive { row });
        }
        if !answer.all().is_sorted() {
            return Err(PriceError::NotRising { row });
        }
    }
    let have = answers.len() as u64;
    if have < FEWEST { Err(PriceError::TooFew { have, need: FEWEST }) } else { Ok(()) }
}

fn prices(answers: &[PriceAnswer]) -> Vec<f64> {
    let mut prices: Vec<f64> = answers.iter().flat_map(PriceAnswer::all).collect();
    prices.sort_unstable_by(f64::total_cmp);
    prices.dedup();
    prices
}

/// The curves at each price, each answer counted `times` times.
fn curves(answers: &[PriceAnswer], times: &[u32], prices: &[f64]) -> Vec<PriceShares> {
    let n: f64 = times.iter().map(|t| f64::from(*t)).sum();
    // How many named each price, for each question.
    let mut named = vec![[0.0; 4]; prices.len()];
    for (answer, times) in answers.iter().zip(times) {
        for (question, price) in answer.all().into_iter().enumerate() {
            let at = prices.partition_point(|p| *p < price);
            named[at][question] += f64::from(*times) / n;
        }
    }
    let mut below = [0.0; 4];
    let curve = |(price, named): (&f64, &[f64; 4])| {
        let before = below;
        below.iter_mut().zip(named).for_each(|(b, n)| *b += n);
        PriceShares {
            price: *price,
            too_cheap: 1.0 - before[0],
            cheap: 1.0 - before[1],
            expensive: below[2],
            too_expensive: below[3],
        }
    };
    prices.iter().zip(&named).map(curve).collect()
}

/// OPP, IPP, PMC, PME.
fn points(curves: &[PriceShares]) -> Result<[f64; 4], PriceError> {
    let crossing =
        |point: &'static str, rising: fn(&PriceShares) -> f64, falling: fn(&PriceShares) -> f64| {
            crossing(curves, |c| rising(c) - falling(c)).ok_or(PriceError::NoCrossing { point })
        };
    Ok([
        crossing("optimal price point", |c| c.too_expensive, |c| c.too_cheap)?,
        crossing("indifference price point", |c| c.expensive, |c| c.cheap)?,
        crossing("point of marginal cheapness", |c| 1.0 - c.cheap, |c| c.too_cheap)?,
        crossing("point of marginal expensiveness", |c| c.too_expensive, |c| 1.0 - c.expensive)?,
    ])
}

/// Where a rising difference passes zero; the middle of a stretch where it is zero.
fn crossing(curves: &[PriceShares], difference: impl Fn(&PriceShares) -> f64) -> Option<f64> {
    const ZERO: f64 = 1e-9;
    let after = curves.iter().position(|c| difference(c) > ZERO);
    let first = curves.iter().position(|c| difference(c) >= -ZERO)?;
    if difference(&curves[first]) <= ZERO {
        let last = after.unwrap_or(curves.len()).max(first + 1) - 1;
        return Some((curves[first].price + curves[last].price) / 2.0);
    }
    let before = &curves[first.checked_sub(1)?];
    let (low, high) = (difference(before), difference(&curves[first]));
    Some(before.price + (curves[first].price - before.price) * (-low / (high - low)))
}
