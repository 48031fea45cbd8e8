//! What a latent-attrition model in continuous time must tell; everything in [`LatentAttrition`] follows from it.
//!
//! Private on purpose: a model is added here, where its likelihood is checked against its forecasts.

use super::{LatentAttrition, living::Living};
use crate::fit::{Fit, NotEnoughData, maximise, maximise_by_few, maximise_from, require};
use crate::summary::{Row, Summary};

/// The log-odds of having left, with slopes in the logarithms of the parameters.
#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    /// ln(P(left) / P(alive)).
    pub log_odds: f64,
    /// d log-odds / d ln parameter.
    pub slopes: [f64; 4],
}

/// The arithmetic of one model.
pub trait Engine: Sized {
    /// The stream of purchases of a living customer.
    type Living: Living;

    /// Which parameters are times: the fit counts them in units of the mean observation time, so that days or weeks
    /// give the same path.
    const TIMES: [bool; 4];

    /// What is to come of a customer with x repeat purchases in t weeks who is known to be alive.
    fn living(&self, x: u32, t: f64) -> Self::Living;

    /// `None` without a chance to have left.
    fn leaving(&self, x: u32, t_x: f64, t: f64) -> Option<Leaving>;

    /// The log-likelihood of a summary and its gradient in the parameters.
    fn likelihood(&self, summary: &Summary) -> (f64, [f64; 4]);

    /// The log-likelihood of one customer.
    fn history_likelihood(&self, x: u32, t_x: f64, t: f64) -> f64;

    /// P(X(t) = n) of a new customer.
    fn count_probability(&self, n: u32, t: f64) -> f64;

    /// Where to begin, times in units of the mean observation time: all parameters alike, and rates that give the mean
    /// number of repeat orders if nobody had left.
    fn starts(orders_each: f64) -> [[f64; 4]; 2];
}

/// Repeat orders and weeks of observation of the mean customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means {
    pub orders: f64,
    pub weeks: f64,
}

impl Means {
    pub fn of(summary: &Summary) -> Self {
        let add = |(orders, weeks): (f64, f64), row: &Row| {
            let weight = row.weight as f64;
            (orders + weight * f64::from(row.x), weeks + weight * summary.weeks(row.t))
        };
        let (orders, weeks) = summary.rows().iter().fold((0.0, 0.0), add);
        let customers = summary.customers() as f64;
        Self { orders: orders / customers, weeks: weeks / customers }
    }
}

/// Refuses what cannot be fitted.
pub(super) fn checked(summary: &Summary) -> Result<Means, NotEnoughData> {
    require(summary.customers(), summary.repeat_buyers())?;
    let means = Means::of(summary);
    if means.weeks > 0.0 { Ok(means) } else { Err(NotEnoughData::ObservationTime) }
}

/// The parameters of logarithms that count times in `unit` weeks.
pub(super) fn natural<M: Engine>(log: &[f64; 4], unit: f64) -> [f64; 4] {
    std::array::from_fn(|i| log[i].exp() * if M::TIMES[i] { unit } else { 1.0 })
}

/// The logarithms of parameters, times in `unit` weeks.
fn logarithms<M: Engine>(parameters: &[f64; 4], unit: f64) -> [f64; 4] {
    std::array::from_fn(|i| (parameters[i] / if M::TIMES[i] { unit } else { 1.0 }).ln())
}

/// Maximum likelihood from the model's own starts.
pub(super) fn fit<M: LatentAttrition>(summary: &Summary) -> Result<Fit<M>, NotEnoughData> {
    let means = checked(summary)?;
    Ok(fit_from(summary, means.weeks, &M::starts(means.orders)))
}

/// Maximum likelihood from parameters that are close already: a refit of data much like those they came from.
pub(crate) fn refit<M: LatentAttrition>(summary: &Summary, near: &M) -> Result<M, NotEnoughData> {
    let means = checked(summary)?;
    let start = logarithms::<M>(&near.parameters(), means.weeks);
    let end = maximise_from(objective::<M>(summary, means.weeks), start, summary.customers());
    Ok(M::from_parameters(natural::<M>(&end, means.weeks)))
}

/// The log-likelihood and its gradient in the logarithms of the parameters.
fn objective<M: LatentAttrition>(summary: &Summary, unit: f64) -> impl Fn(&[f64; 4]) -> (f64, [f64; 4]) {
    move |log| {
        let parameters = natural::<M>(log, unit);
        let (value, slopes) = M::from_parameters(parameters).likelihood(summary);
        (value, std::array::from_fn(|i| slopes[i] * parameters[i]))
    }
}

/// So many customers show where the maximum of any number of them lies, to some hundredths of the parameters. (Of 2,000
/// to 20,000 tried at ten million, all end at the same maximum in about the same time.)
const FEW: u64 = 5_000;

fn fit_from<M: LatentAttrition>(summary: &Summary, unit: f64, starts: &[[f64; 4]]) -> Fit<M> {
    let customers = summary.customers();
    let all = objective::<M>(summary, unit);
    let few = summary.thinned(FEW).filter(|few| 2 * few.rows().len() < summary.rows().len());
    let by_few = few.and_then(|few| {
        maximise_by_few((objective::<M>(&few, unit), few.customers()), (&all, customers), starts)
    });
    let found = by_few.unwrap_or_else(|| maximise(all, starts, customers));
    let parameters = natural::<M>(&found.at, unit);
    found.fit(M::from_parameters(parameters), &parameters, summary.size())
}

#[cfg(test)]
mod tests {
    use super::super::{BgNbd, MbgNbd, ParetoNbd, Simulate};
    use super::*;
    use rand::Rng;

    fn check<M: LatentAttrition + Simulate>(truth: &M) {
        let history = |i: u64| {
            let mut chance = crate::random::stream(11, i);
            let t = chance.random_range(365..730);
            let (x, t_x) = truth.draw(t, 1.0 / 7.0, &mut chance);
            (x, t_x, t)
        };
        let summary = Summary::from_days((0..150_000).map(history)).unwrap();
        let means = checked(&summary).unwrap();
        let few = summary.thinned(FEW).unwrap();
        assert!(2 * few.rows().len() < summary.rows().len(), "{} {}", few.rows().len(), summary.rows().len());
        let by_few: Fit<M> = fit_from(&summary, means.weeks, &M::starts(means.orders));
        let found =
            maximise(objective::<M>(&summary, means.weeks), &M::starts(means.orders), summary.customers());
        assert_ne!(by_few.starts, found.starts, "the starts were followed on all");
        assert!((by_few.log_likelihood / found.log_likelihood - 1.0).abs() < 1e-13);
        for (got, want) in by_few.model.parameters().into_iter().zip(natural::<M>(&found.at, means.weeks)) {
            assert!((got / want - 1.0).abs() < 1e-6, "{got} {want}");
        }
    }

    #[test]
    fn a_few_lead_to_the_maximum_of_all() {
        check(&BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 });
        check(&MbgNbd { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 });
        check(&ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 });
    }
}
