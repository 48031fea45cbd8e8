//! Conjoint analysis by least squares on rated profiles: Green & Srinivasan 1978, "Conjoint analysis in consumer research",
//! Journal of Consumer Research 5.
//!
//! A rating is the sum of the part-worths of a profile's levels. Part-worths are given around zero within an attribute
//! (effects coding) or against its first level (dummy coding); the fit is the same. Importance is an attribute's range over
//! all ranges. With a price slope b < 0, a change worth w is worth w / -b in money (delta method interval).

use super::{PriceError, student};
use crate::least_squares::{Covariance, Square, ols, quadratic};
use crate::predict::Estimate;
use serde::{Deserialize, Serialize};

/// One thing that varies among the profiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its levels.
    pub levels: Vec<String>,
}

/// A rated profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Who rated it; each gets their own intercept, and errors may hang together within one.
    pub person: u32,
    /// The level of each attribute, from 0.
    pub levels: Vec<u8>,
    /// Its price, when price enters as a number; the same 0 everywhere when it does not.
    pub price: f64,
    /// The rating.
    pub rating: f64,
}

/// What part-worths are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// The mean of the attribute's levels: part-worths add up to zero.
    Effects,
    /// The attribute's first level, which is worth zero.
    Dummy,
}

/// A level and its worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelWorth {
    /// The attribute.
    pub attribute: String,
    /// The level.
    pub level: String,
    /// Its part-worth, in points of the rating.
    pub part_worth: Estimate,
    /// What one pays for it instead of the attribute's first level, in the currency of the price; `None` without a price,
    /// or when a higher price does not clearly (with 95 %) lower the rating.
    pub willingness_to_pay: Option<Estimate>,
}

/// A fitted conjoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conjoint {
    /// All levels, attribute by attribute.
    pub levels: Vec<LevelWorth>,
    /// Share of each attribute's range in all ranges; together 1. Price comes last when it enters as a number.
    pub importance: Vec<(String, f64)>,
    /// Points of the rating for one unit of price; `None` when no price varies.
    pub price_slope: Option<Estimate>,
    /// Share of the variance within persons that is explained.
    pub r_squared: f64,
    /// Ratings.
    pub n: u64,
    /// People.
    pub people: u64,
}

/// Fits the part-worths. With five raters or more errors may hang together within one, by leaving out one person after the
/// other (CR3) with Student's t of people - 1 degrees, which holds its level for a handful too; below that they are
/// classical, and speak of these raters alone.
///
/// # Errors
/// [`PriceError`] names the row or the level that cannot be told.
///
/// ```
/// use science::price::{Attribute, Coding, Profile, conjoint};
/// let attribute = |name: &str, levels: &[&str]| Attribute {
///     name: name.into(), levels: levels.iter().map(|l| (*l).into()).collect(),
/// };
/// let attributes = [attribute("size", &["small", "large"]), attribute("colour", &["red", "blue", "green"])];
/// let profile = |i: u32| {
///     let (size, colour, price) = ((i % 2) as u8, (i % 3) as u8, f64::from(i % 5));
///     let noise = f64::from(i * 7 % 11) / 20.0;
///     Profile { person: 0, levels: vec![size, colour], price, rating: 3.0 * f64::from(size) - price + noise }
/// };
/// let profiles: Vec<Profile> = (0..60).map(profile).collect();
/// let fit = conjoint(&attributes, &profiles, Coding::Effects).unwrap();
/// let large = fit.levels[1].willingness_to_pay.unwrap();
/// assert!((large.value - 3.0).abs() < 0.2 && large.low < 3.1 && large.high > 2.9);
/// ```
pub fn conjoint(
    attributes: &[Attribute],
    profiles: &[Profile],
    coding: Coding,
) -> Result<Conjoint, PriceError> {
    check(attributes, profiles)?;
    let priced = profiles.iter().any(|p| p.price != profiles[0].price);
    let mut columns = dummies(attributes, profiles);
    if priced {
        columns.push(profiles.iter().map(|p| p.price).collect());
    }
    let mut people: Vec<u32> = profiles.iter().map(|p| p.person).collect();
    people.sort_unstable();
    people.dedup();
    let number = |p: &Profile| people.partition_point(|person| *person < p.person) as u32;
    let person: Vec<u32> = profiles.iter().map(number).collect();
    let clustered = people.len() >= FEWEST_CLUSTERS;
    let kind = if clustered { Covariance::Jackknife(&person) } else { Covariance::Classical };
    let ratings: Vec<f64> = profiles.iter().map(|p| p.rating).collect();
    let fit = ols(&ratings, &columns, &person, people.len(), kind)
        .map_err(|unfit| PriceError::of(unfit, |j| column_name(attributes, j)))?;
    let freedom = if clustered { people.len() as f64 - 1.0 } else { fit.freedom };
    let worths = Worths { b: fit.coefficients, covariance: fit.covariance, t: student(freedom), priced };
    let prices = profiles.iter().map(|p| p.price);
    let price_range = prices.clone().fold(f64::MIN, f64::max) - prices.fold(f64::MAX, f64::min);
    let levels = worths.levels(attributes, coding);
    Ok(Conjoint {
        importance: worths.importance(attributes, &levels, price_range),
        price_slope: worths.price_slope(),
        levels,
        r_squared: fit.r_squared,
        n: profiles.len() as u64,
        people: people.len() as u64,
    })
}

/// Fewest raters whose errors are clustered.
const FEWEST_CLUSTERS: usize = 5;

fn check(attributes: &[Attribute], profiles: &[Profile]) -> Result<(), PriceError> {
    if profiles.is_empty() {
        return Err(PriceError::TooFew { have: 0, need: 2 });
    }
    for (row, profile) in profiles.iter().enumerate() {
        let fits = |(level, attribute): (&u8, &Attribute)| usize::from(*level) < attribute.levels.len();
        let shaped = profile.levels.len() == attributes.len();
        if !shaped || !profile.levels.iter().zip(attributes).all(fits) {
            return Err(PriceError::Shape { row });
        }
        if [profile.price, profile.rating].iter().any(|v| v.is_nan() || v.abs() > 1e100) {
            return Err(PriceError::NotPositive { row });
        }
    }
    Ok(())
}

/// One column for each level but the first of each attribute.
fn dummies(attributes: &[Attribute], profiles: &[Profile]) -> Vec<Vec<f64>> {
    let column = |(a, level): (usize, usize)| {
        profiles.iter().map(|p| f64::from(u8::from(usize::from(p.levels[a]) == level))).collect()
    };
    places(attributes).map(column).collect()
}

/// (attribute, level) of each column of dummies.
fn places(attributes: &[Attribute]) -> impl Iterator<Item = (usize, usize)> {
    attributes.iter().enumerate().flat_map(|(a, attribute)| (1..attribute.levels.len()).map(move |l| (a, l)))
}

fn column_name(attributes: &[Attribute], j: usize) -> String {
    places(attributes)
        .nth(j)
        .map_or("The price".into(), |(a, l)| format!("{}: {}", attributes[a].name, attributes[a].levels[l]))
}

struct Worths {
    b: Vec<f64>,
    covariance: Square,
    t: f64,
    priced: bool,
}

impl Worths {
    fn estimate(&self, contrast: &[f64]) -> Estimate {
        let value = crate::least_squares::dot(contrast, &self.b);
        let error = quadratic(&self.covariance, contrast).max(0.0).sqrt();
        Estimate { value, standard_error: error, low: value - self.t * error, high: value + self.t * error }
    }

    fn price_slope(&self) -> Option<Estimate> {
        let mut contrast = vec![0.0; self.b.len()];
        *contrast.last_mut()? = 1.0;
        self.priced.then(|| self.estimate(&contrast))
    }

    fn levels(&self, attributes: &[Attribute], coding: Coding) -> Vec<LevelWorth> {
        let mut first = 0;
        let mut all = Vec::new();
        for attribute in attributes {
            let count = attribute.levels.len();
            let mean = if coding == Coding::Effects { 1.0 / count as f64 } else { 0.0 };
            for (l, level) in attribute.levels.iter().enumerate() {
                let mut against_first = vec![0.0; self.b.len()];
                if l > 0 {
                    against_first[first + l - 1] = 1.0;
                }
                let mut contrast = against_first.clone();
                contrast[first..first + count - 1].iter_mut().for_each(|c| *c -= mean);
                all.push(LevelWorth {
                    attribute: attribute.name.clone(),
                    level: level.clone(),
                    part_worth: self.estimate(&contrast),
                    willingness_to_pay: self.in_money(against_first),
                });
            }
            first += count - 1;
        }
        all
    }

    /// w / -b with the variance of (dw + (w / -b) db) / -b.
    fn in_money(&self, mut contrast: Vec<f64>) -> Option<Estimate> {
        let slope = self.price_slope().filter(|s| s.high < 0.0)?.value;
        let value = crate::least_squares::dot(&contrast, &self.b) / -slope;
        *contrast.last_mut()? += value;
        let error = quadratic(&self.covariance, &contrast).max(0.0).sqrt() / -slope;
        let estimate = Estimate {
            value,
            standard_error: error,
            low: value - self.t * error,
            high: value + self.t * error,
        };
        [value, error].iter().all(|v| v.is_finite()).then_some(estimate)
    }

    fn importance(
        &self,
        attributes: &[Attribute],
        levels: &[LevelWorth],
        price_range: f64,
    ) -> Vec<(String, f64)> {
        let range = |attribute: &Attribute| {
            let worths = levels.iter().filter(|l| l.attribute == attribute.name).map(|l| l.part_worth.value);
            worths.clone().fold(f64::MIN, f64::max) - worths.fold(f64::MAX, f64::min)
        };
        let mut ranges: Vec<(String, f64)> = attributes.iter().map(|a| (a.name.clone(), range(a))).collect();
        if let Some(slope) = self.price_slope() {
            ranges.push(("price".into(), slope.value.abs() * price_range));
        }
        let total: f64 = ranges.iter().map(|r| r.1).sum();
        ranges.iter_mut().for_each(|r| r.1 = if total > 0.0 { r.1 / total } else { 0.0 });
        ranges
    }
}
