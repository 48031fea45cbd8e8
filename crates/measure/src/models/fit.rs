//! Fitting and scoring, pure: BG/NBD, MBG/NBD and Gamma-Gamma on order days.
//!
//! Times are weeks at day grain and x counts order days after the first. Gamma-Gamma is fitted in major units
//! (dollars, won) on the mean of the order days after the first, of people whose main currency is the model's and whose
//! mean is positive, so that published parameters come out and do not depend on the minor unit. Days on which they
//! bought in another currency alone count for attrition, not for spend.

use crate::population::{Person, Population};
use kernel::{Currency, Day};
use rayon::prelude::*;
use science::btyd::{BgNbd, LatentAttrition, MbgNbd};
use science::fit::{MIN_CUSTOMERS, MIN_REPEAT_BUYERS};
use science::spend::{GammaGammaFit, Spend, SpendError};
use science::{Fit, NotEnoughData, Summary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The three models of a company, each fitted or with why it was not.
pub struct Fitted {
    /// The distinct histories.
    pub summary: Summary,
    /// The model that is reported, as published.
    pub bg_nbd: Result<Fit<BgNbd>, NotEnoughData>,
    /// The model that scores people: it does not call every one-time buyer alive.
    pub mbg_nbd: Result<Fit<MbgNbd>, NotEnoughData>,
    /// What an order is worth.
    pub gamma_gamma: Result<GammaGammaFit, SpendError>,
    /// The currency of `gamma_gamma`.
    pub currency: Currency,
}

impl Fitted {
    /// Fits everyone with an order day, as of a day on or after their last order.
    pub fn fit(population: &Population, as_of: Day, currency: Currency) -> Self {
        let histories = population.people().filter_map(|person| person.history(as_of));
        let summary =
            Summary::from_days(histories).expect("order days are ascending and none lies after as_of");
        let spends: Vec<Spend> = population.people().filter_map(|person| spend(&person, currency)).collect();
        let ((bg_nbd, mbg_nbd), gamma_gamma) = rayon::join(
            || rayon::join(|| BgNbd::fit(&summary), || MbgNbd::fit(&summary)),
            || GammaGammaFit::fit(&spends),
        );
        Self { bg_nbd, mbg_nbd, gamma_gamma, summary, currency }
    }

    /// What reports say of the fits.
    pub fn models(&self) -> Models {
        let mut missing = BTreeMap::new();
        let mut note = |name: &'static str, lack: Missing| drop(missing.insert(name.to_owned(), lack));
        let bg_nbd =
            self.bg_nbd.as_ref().map_err(|lack| note("bg_nbd", lack.into())).ok().map(Attrition::from);
        let mbg_nbd =
            self.mbg_nbd.as_ref().map_err(|lack| note("mbg_nbd", lack.into())).ok().map(Attrition::from);
        let spend = self.gamma_gamma.as_ref().map_err(|lack| note("gamma_gamma", lack.into())).ok();
        let gamma_gamma = spend.map(|fit| Spending::new(fit, self.currency));
        Models { bg_nbd, mbg_nbd, gamma_gamma, missing }
    }
}

/// A person's repeat spend in major units of `currency`, if there is any to learn from.
pub fn spend(person: &Person<'_>, currency: Currency) -> Option<Spend> {
    let x = person.repeat_days;
    let mean = person.repeat_net as f64 / f64::from(x.max(1)) / minor_units(currency);
    (person.currency == Some(currency) && x > 0 && mean > 0.0).then_some(Spend { x, mean })
}

/// Minor units in a major one.
pub fn minor_units(currency: Currency) -> f64 {
    f64::from(10_u32.pow(currency.decimals()))
}

/// The currency to fit what orders are worth in: the company's if anyone buys in it, else the one of most people.
pub fn currency_of(population: &Population, company: Currency) -> Currency {
    let mut people: BTreeMap<Currency, usize> = BTreeMap::new();
    population
        .people()
        .filter_map(|person| person.currency)
        .for_each(|code| *people.entry(code).or_default() += 1);
    if people.contains_key(&company) {
        return company;
    }
    let most = people.into_iter().max_by_key(|(code, count)| (*count, std::cmp::Reverse(*code)));
    most.map_or(company, |(code, _)| code)
}

/// What reports say of the models; one that lacks data is null, with what it needs beside it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Models {
    /// BG/NBD (Fader, Hardie & Lee 2005).
    pub bg_nbd: Option<Attrition>,
    /// MBG/NBD (Batislam, Denizel & Filiztekin 2007): the one people are scored by.
    pub mbg_nbd: Option<Attrition>,
    /// Gamma-Gamma (Fader & Hardie 2013).
    pub gamma_gamma: Option<Spending>,
    /// Why a model is missing, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, Missing>,
}

/// A fitted attrition model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attrition {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in weeks.
    pub alpha: f64,
    /// First shape of the leaving probabilities.
    pub a: f64,
    /// Second shape.
    pub b: f64,
    /// Maximised log-likelihood.
    pub log_likelihood: f64,
    /// Customers fitted on.
    pub customers: u64,
    /// Always `week`.
    pub unit: String,
}

impl<M: LatentAttrition> From<&Fit<M>> for Attrition {
    fn from(fit: &Fit<M>) -> Self {
        let [r, alpha, a, b] = fit.model.parameters();
        Self {
            r,
            alpha,
            a,
            b,
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            unit: "week".into(),
        }
    }
}

/// A fitted Gamma-Gamma model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Spending {
    /// Shape of the order values of one customer.
    pub p: f64,
    /// Shape of the customers' scales.
    pub q: f64,
    /// Scale over the customers, in major units of `currency`.
    pub gamma: f64,
    /// Customers fitted on.
    pub customers: u64,
    /// Maximised log-likelihood.
    pub log_likelihood: f64,
    /// Correlation of frequency and value, which the model takes to be small.
    pub correlation: Option<f64>,
    /// The currency.
    #[schema(value_type = String)]
    pub currency: Currency,
}

impl Spending {
    fn new(fit: &GammaGammaFit, currency: Currency) -> Self {
        let (model, correlation) = (fit.fit.model, fit.correlation);
        let (customers, log_likelihood) = (fit.fit.customers, fit.fit.log_likelihood);
        Self { p: model.p, q: model.q, gamma: model.gamma, customers, log_likelihood, correlation, currency }
    }
}

/// What a model lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Missing {
    /// `customers`, `repeat_buyers`, `observation_time` or `all_alike`.
    pub code: String,
    /// How many are there.
    pub has: u64,
    /// How many it takes.
    pub needs: u64,
}

impl From<&NotEnoughData> for Missing {
    fn from(lack: &NotEnoughData) -> Self {
        let (code, has, needs) = match *lack {
            NotEnoughData::Customers { have, need } => ("customers", have, need),
            NotEnoughData::RepeatBuyers { have, need } => ("repeat_buyers", have, need),
            NotEnoughData::Losses { have, need } => ("losses", have, need),
            NotEnoughData::ObservationTime => ("observation_time", 0, MIN_REPEAT_BUYERS),
        };
        Self { code: code.into(), has, needs }
    }
}

impl From<&SpendError> for Missing {
    fn from(lack: &SpendError) -> Self {
        match lack {
            SpendError::NotEnoughData(NotEnoughData::Customers { have, need }) => {
                Self { code: "repeat_buyers".into(), has: *have, needs: *need }
            }
            SpendError::NotEnoughData(lack) => lack.into(),
            SpendError::AllAlike | SpendError::NotPositive { .. } => {
                Self { code: "all_alike".into(), has: 0, needs: MIN_CUSTOMERS }
            }
        }
    }
}

/// Scores of one person: (estimate, low, high).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonScore {
    /// Probability of still being a customer.
    pub p_alive: [f64; 3],
    /// Orders in the next 52 weeks.
    pub orders: [f64; 3],
    /// Residual value in minor units; none without a spending model or in another currency.
    pub value: Option<[f64; 3]>,
}

/// How value is reckoned.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Yearly discount rate, 0.1 for ten percent.
    pub discount: f64,
    /// Share of revenue that is kept; 1 gives revenue.
    pub margin: f64,
}

/// Years in which value is counted.
pub const VALUE_YEARS: f64 = 10.0;

/// The share of a person's orders that are in the currency of most of them: an order in another one is expected as well,
/// but its worth is not known. The first of the `x` + 1 order days counts as one of these, because it is not told apart.
pub(super) fn own_share(person: &Person<'_>, x: u32) -> f64 {
    f64::from(person.repeat_days + 1) / f64::from(x + 1)
}

/// The scores of everyone, in the order of the population; none without an order. Empty without MBG/NBD.
pub fn score(fitted: &Fitted, population: &Population, as_of: Day, terms: Terms) -> Vec<Option<PersonScore>> {
    let Ok(fit) = &fitted.mbg_nbd else { return Vec::new() };
    let outlook = science::clv::Outlook::new(terms.discount, VALUE_YEARS);
    let rows = science::clv::score(fit, &fitted.summary, &outlook);
    let places = fitted.summary.places();
    let spending = fitted.gamma_gamma.as_ref().ok();
    let minor = minor_units(fitted.currency);
    let of = |index: usize| {
        let person = population.person(index);
        let (x_all, t_x, t) = person.history(as_of)?;
        let row = &rows[places.of(x_all, t_x, t)?];
        let value = spending.filter(|_| person.currency == Some(fitted.currency)).map(|model| {
            let Spend { x, mean } = spend(&person, fitted.currency).unwrap_or(Spend { x: 0, mean: 0.0 });
            let value = row.residual.value(&model.forecast(x, mean), terms.margin);
            let share = own_share(&person, x_all);
            [value.value, value.low, value.high].map(|amount| amount * minor * share)
        });
        let shown = |estimate: science::Estimate| [estimate.value, estimate.low, estimate.high];
        Some(PersonScore { p_alive: shown(row.p_alive), orders: shown(row.orders), value })
    };
    (0..population.len()).into_par_iter().map(of).collect()
}
